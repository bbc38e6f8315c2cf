"""Files of claims: their numbers, which never come twice, and which claims went out in which.

A number is taken in the transaction that records what the file will hold. A file that was not finished is given up:
its claims are free again, and its number is skipped.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import pick, put
from ledger.tables import exported, interchanges

BEGUN, WRITTEN, GIVEN_UP = "begun", "written", "given-up"

Sent = tuple[str, int]
"""A claim as it is sent: its id and its submission."""


def begin(tx: Connection, row: Mapping[str, Any], claims: Iterable[Sent]) -> int:
    """The number of a new file, with what it will hold; who was quicker with the same number makes this one fail."""
    number = int(tx.scalar(sa.select(sa.func.coalesce(sa.func.max(interchanges.c.number), 0))) or 0) + 1
    put(tx, interchanges, [{"sha256": None, **row, "number": number, "state": BEGUN}])
    keys = [{"claim_id": name, "submission": count} for name, count in claims]
    put(tx, exported, [{**key, "format": row["format"], "number": number} for key in keys])
    return number


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


def _to(tx: Connection, number: int, **change: Any) -> None:
    tx.execute(sa.update(interchanges).where(interchanges.c.number == number).values(**change))
