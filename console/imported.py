"""What became of payers' files, as `claimstream remit import` tells it to people and machines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import typer

from claims.x12.envelopes import Note
from claims.x12.transactions import Result
from console.screen import WORDS, counted, dollars, draw, say, say_json, table

_NEEDS_A_LOOK: Final = frozenset(
    {"set-refused", "group-refused", "interchange-refused", "batch-refused", "outside", "no-end"}
)


@dataclass
class Imported:
    """What became of a file. `state` of a transaction: published, repeated, suspended, noted or nothing to say."""

    file: str
    transactions: list[tuple[Result, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    bad: Note | None = None

    @property
    def needs_a_look(self) -> bool:
        states = {state for _, state in self.transactions}
        return self.bad is not None or "suspended" in states or any(n.code in _NEEDS_A_LOOK for _, n in self.said())

    def said(self) -> Iterator[tuple[str, Note]]:
        """Everything that was wrong, as it was taken: what stopped the file, a transaction, or nothing."""
        if self.bad is not None:
            yield "not read on", self.bad
        for result, _ in self.transactions:
            yield from (("suspended", note) for note in result.faults)
            yield from (("noted", note) for note in result.findings)
        yield from (("noted", note) for note in self.notes)

    def facts(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "transactions": [_facts(result, state) for result, state in self.transactions],
            "notes": [{"taken": taken, **note._asdict()} for taken, note in self.said()],
            "read": self.bad is None,
        }


def say_as_json(done: Sequence[Imported]) -> None:
    say_json([each.facts() for each in done])


def tell_all(done: Sequence[Imported]) -> None:
    columns = ("file", "kind", "payer", "trace", "claims#", "paid#", "payment#", "state")
    rows = [
        (
            Path(each.file).name, result.kind, result.payer, result.trace, result.claims,
            dollars(result.paid_cents), dollars(result.payment_cents), state,
        )
        for each in done
        for result, state in each.transactions
    ]  # fmt: skip
    if rows:
        draw(table("Imported", columns, rows))
    notes = [
        (Path(each.file).name, note.at, taken, note.code, f"{note.why}; mend: {note.mend}")
        for each in done
        for taken, note in each.said()
    ]
    if notes:
        draw(table("Wrong with them", ("file", "segment#", "taken", "code", WORDS), notes))
    states = [state for each in done for _, state in each.transactions]
    said = ", ".join(f"{states.count(state):,} {state}" for state in ("published", "repeated", "suspended"))
    say(f"{counted(len(done), 'file')}: {said}")
    for each in done:
        if each.bad is not None:
            where = f"{each.file}: segment {each.bad.at}"
            typer.echo(f"not read on: {where}: {each.bad.why}; mend: {each.bad.mend}", err=True)


def _facts(result: Result, state: str) -> dict[str, Any]:
    return {
        "kind": result.kind,
        "control_number": result.control_number,
        "segment": result.at,
        "payer": result.payer,
        "trace": result.trace,
        "claims": result.claims,
        "paid_cents": result.paid_cents,
        "payment_cents": result.payment_cents,
        "state": state,
    }
