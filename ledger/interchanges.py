"""Files of claims: their numbers, which never come twice, and which claims went out in which.

A number is taken in the transaction that records what the file will hold. A file that was not finished is given up:
its claims are free again, and its number is skipped.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import pick, put
from ledger.tables import exported, interchanges, unknown_files

BEGUN, WRITTEN, GIVEN_UP = "begun", "written", "given-up"

Sent = tuple[str, int]
"""A claim as it is sent: its id and its submission."""
_UNSAID = {"sha256": None, "test": 0, "verdict": None, "answered_at": None}

FileRow = Mapping[str, Any]


class Held(NamedTuple):
    """A claim as a file holds it: under which control number, in which transaction set."""

    claim_id: str
    submission: int
    control_number: str | None = None
    set_number: str | None = None


class Unknown(NamedTuple):
    """A file that somebody refused and we never sent him, by the number he says."""

    sender: str
    kind: str
    number: str
    set_number: str


def begin(tx: Connection, row: Mapping[str, Any], claims: Iterable[Held]) -> int:
    """The number of a new file, with what it will hold; who was quicker with the same number makes this one fail."""
    number = int(tx.scalar(sa.select(sa.func.coalesce(sa.func.max(interchanges.c.number), 0))) or 0) + 1
    put(tx, interchanges, [{**_UNSAID, **row, "number": number, "state": BEGUN}])
    of_file = {"format": sent_as(row["format"], test=bool(row.get("test"))), "number": number, "refused": 0}
    put(tx, exported, [{**each._asdict(), **of_file} for each in claims])
    return number


def sent_as(form: str, *, test: bool) -> str:
    """In which format a claim went out: a test is none of them, so that it goes out in earnest still."""
    return f"{form}-test" if test else form


def finish(tx: Connection, files: Iterable[tuple[int, str]]) -> None:
    """These numbers' files are there, with their digests, and a manifest lists them."""
    for number, digest in files:
        _to(tx, number, state=WRITTEN, sha256=digest)


def give_up(tx: Connection, number: int) -> None:
    """The file never left; its claims go out in another."""
    tx.execute(sa.delete(exported).where(exported.c.number == number))
    _to(tx, number, state=GIVEN_UP)


def unfinished(tx: Connection) -> list[Mapping[str, Any]]:
    """Files that were begun by a run that ended before it had finished them."""
    query = sa.select(interchanges).where(interchanges.c.state == BEGUN).order_by(interchanges.c.number)
    return [dict(row._mapping) for row in tx.execute(query)]


def sent(tx: Connection, form: str, claim_ids: Iterable[str]) -> frozenset[Sent]:
    """Which of these claims went out in that format already."""
    rows = pick(tx, exported, {"format": form}, "claim_id", claim_ids)
    return frozenset((row.claim_id, row.submission) for row in rows)


def written(tx: Connection, number: int) -> FileRow | None:
    """The file of a number, once it is there."""
    query = sa.select(interchanges).where(interchanges.c.number == number, interchanges.c.state != GIVEN_UP)
    row = tx.execute(query).first()
    return None if row is None else dict(row._mapping)


def files(tx: Connection) -> list[FileRow]:
    """All files that were written, the newest first."""
    query = sa.select(interchanges).where(interchanges.c.state == WRITTEN).order_by(interchanges.c.number.desc())
    return [dict(row._mapping) for row in tx.execute(query)]


def not_sent_since(tx: Connection, number: int, set_number: str | None) -> list[str]:
    """The control numbers of a file, or of one of its sets, whose claims stand in no later file but in refused ones."""
    later = exported.alias("later")
    again = sa.select(later.c.number).where(
        later.c.claim_id == exported.c.claim_id,
        later.c.submission == exported.c.submission,
        later.c.format == exported.c.format,
        later.c.number > exported.c.number,
        later.c.refused == 0,
    )
    query = sa.select(exported.c.control_number).where(*_of(number, set_number), ~again.exists())
    return [name for name in tx.scalars(query.order_by(exported.c.control_number)) if name is not None]


def has_set(tx: Connection, number: int, set_number: str) -> bool:
    return tx.execute(sa.select(exported.c.number).where(*_of(number, set_number)).limit(1)).first() is not None


def refuse(tx: Connection, number: int, set_number: str | None) -> None:
    """A transaction set, or all of a file's, was refused: its claims were never filed."""
    tx.execute(sa.update(exported).where(*_of(number, set_number)).values(refused=1))


def judge(tx: Connection, number: int, verdict: str, at: int) -> None:
    """What is said of a file, and since when."""
    _to(tx, number, verdict=verdict, answered_at=at)


def put_unknown(tx: Connection, refused: Iterable[Unknown], at: int) -> None:
    """Files that were refused and never ours; one that is known already stays as it is."""
    rows = [{**each._asdict(), "at": at, "state": "open"} for each in sorted(set(refused))]
    put(tx, unknown_files, rows, conflict="keep")


def open_unknown(tx: Connection) -> Sequence[sa.Row[Any]]:
    query = sa.select(unknown_files).where(unknown_files.c.state == "open")
    return tx.execute(query.order_by(unknown_files.c.sender, unknown_files.c.kind, unknown_files.c.number)).all()


def dismiss(tx: Connection, sender: str, number: str) -> int:
    """A person has looked into it; how many there were."""
    mine = (unknown_files.c.sender == sender, unknown_files.c.number == number, unknown_files.c.state == "open")
    return tx.execute(sa.update(unknown_files).where(*mine).values(state="dismissed")).rowcount


def _of(number: int, set_number: str | None) -> list[sa.ColumnElement[bool]]:
    whole = exported.c.number == number
    return [whole] if set_number is None else [whole, exported.c.set_number == set_number]


def _to(tx: Connection, number: int, **change: Any) -> None:
    tx.execute(sa.update(interchanges).where(interchanges.c.number == number).values(**change))
