"""Files of claims that went out: what each holds, and what was said of the file itself (999, TA1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, get_args

from sqlalchemy.engine import Connection

from claims.x12.transactions import FileAnswer, FileVerdict, SentFile
from ledger import interchanges
from ledger.store import Ledger

_RANK: Final = {verdict: rank for rank, verdict in enumerate(get_args(FileVerdict))}
_DIGITS: Final = 9  # of ISA13 and GS06


@dataclass(frozen=True)
class SentFiles:
    """As the ledger knows them, by the number that ISA13 and GS06 share."""

    ledger: Ledger

    def held(self, number: str, set_number: str | None) -> SentFile | None:
        """A file, or one of its sets, and the claims of it that went in no later file. A test sent none."""
        return self.ledger.read(lambda tx: _held(tx, number, set_number))

    def answered(self, answers: Iterable[FileAnswer], at_ms: int) -> None:
        """What was said stays, whatever comes after it is weaker, in whatever order and however often it comes."""
        said = tuple(answers)
        if said:
            self.ledger.run(lambda tx: _answer(tx, said, at_ms))


def _held(tx: Connection, number: str, set_number: str | None) -> SentFile | None:
    row = _file(tx, number)
    if row is None or (set_number is not None and not interchanges.has_set(tx, row["number"], set_number)):
        return None
    claims = () if row["test"] else interchanges.not_sent_since(tx, row["number"], set_number)
    return SentFile(row["payer"], tuple(claims))


def _file(tx: Connection, number: str) -> interchanges.FileRow | None:
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        return None
    row = interchanges.written(tx, int(number))
    return row if row is not None and row["format"] == "x12" else None


def _answer(tx: Connection, answers: Iterable[FileAnswer], at_ms: int) -> None:
    for each in answers:
        row = _file(tx, each.number) if each.is_ours else None
        if row is None:
            if each.verdict in {"refused", "partly"}:
                of = interchanges.Unknown(each.sender, each.kind, each.number[:64], each.set_number or "")
                interchanges.put_unknown(tx, [of], at_ms)
            continue
        if each.verdict == "refused":
            interchanges.refuse(tx, row["number"], each.set_number)
        verdict = "partly" if each.set_number is not None else each.verdict
        if _RANK[verdict] > _RANK.get(row["verdict"], -1):
            interchanges.judge(tx, row["number"], verdict, at_ms)
