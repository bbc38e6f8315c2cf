"""Facts and the windows they belong to. Facts are kept packed, a row a batch; only a closed window is published.

A window is open, then closed (nobody adds to it any more), then published, and each once. Facts name patients' tokens:
those of a published window are deleted.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import put
from ledger.tables import cells, facts, windows
from ledger.writes import Conflict, Write, write
from schemas.records import Coordinates

_LENGTH = struct.Struct(">I")


class NoWindow(LookupError):
    """No statistics window is open: `claimstream topics apply` opens the first."""


class Place(NamedTuple):
    """Where a row of facts stands in its window."""

    stage: str
    topic: str
    part: int
    first: int


class Portion(NamedTuple):
    """Some facts of a window, and the place after which the next ones stand; none after the last."""

    bodies: tuple[bytes, ...]
    upto: Place | None


BEGINNING = Place("", "", -1, -1)


def open_window(tx: Connection) -> str:
    """The window that is open now; while this transaction lives nobody can close it.

    On PostgreSQL the lock is an advisory one, whose queue is fair: whoever wants to close waits for those who write
    now; who comes later waits for the next window. Shared row locks overlapped for seconds and let nobody close.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(_WRITING)  # a statement of its own: what is open is read after the wait
    row = tx.execute(_OPEN).first()
    if row is None:
        raise NoWindow
    return str(row[0])


def begin_window(tx: Connection, window: str, now_ms: int) -> None:
    put(tx, windows, [{"id": window, "opened": now_ms, "state": "open"}], conflict="keep")


def close_window(tx: Connection, window: str) -> None:
    """From open to closed, once: another who closed it meanwhile is a conflict."""
    if tx.dialect.name == "postgresql":
        tx.execute(_CLOSING)
    _move(tx, window, "open", "closed")


def publish_window(tx: Connection, window: str) -> None:
    """From closed to published, once. Its facts may be deleted now."""
    _move(tx, window, "closed", "published")


def unpublished(tx: Connection) -> dict[str, str]:
    """The state of every window that isn't published: the open one, and closed ones whose turn is to come."""
    return {row.id: row.state for row in tx.execute(_UNPUBLISHED)}


def append(tx: Connection, window: str, stage: str, first: Coordinates, bodies: Sequence[bytes]) -> None:
    """The facts of one batch, under the coordinates of its first record.

    A topic made anew begins at the same coordinates again; then the facts stand behind those that are there.
    """
    if bodies:
        packed = b"".join(_LENGTH.pack(len(body)) + body for body in bodies)
        where = {"topic": first.topic, "part": first.partition, "first": first.offset}
        values = {"window": window, "stage": stage, **where, "body": packed}
        write(tx, Write("facts", _APPEND[tx.dialect.name], values))


def recall(tx: Connection, window: str, after: Place = BEGINNING, rows: int = 100) -> Portion:
    """The facts of the next rows of a window, in a settled order; in portions, for a window may hold millions."""
    query = sa.select(facts).where(facts.c.window == window, sa.tuple_(*_ORDER) > sa.tuple_(*after))
    found = tx.execute(query.order_by(*_ORDER).limit(rows)).all()
    upto = Place(*(found[-1]._mapping[column.name] for column in _ORDER)) if len(found) == rows else None
    return Portion(tuple(body for row in found for body in _unpacked(row.body)), upto)


def forget_published(tx: Connection, rows: int = 1_000) -> int:
    """Deletes facts of published windows, at most so many rows; how many it were."""
    return tx.execute(_FORGET, {"rows": rows}).rowcount


def put_cells(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The published tables of a closed window, as they were said."""
    put(tx, cells, rows, conflict="keep")


def _move(tx: Connection, window: str, was: str, now: str) -> None:
    if tx.execute(_MOVE, {"id": window, "was": was, "now": now}).rowcount != 1:
        raise Conflict("window")


def _unpacked(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        (length,) = _LENGTH.unpack_from(packed, at)
        yield packed[at + _LENGTH.size : at + _LENGTH.size + length]
        at += _LENGTH.size + length


_ORDER = (facts.c.stage, facts.c.topic, facts.c.part, facts.c.first)
_OPEN = sa.text("SELECT id FROM windows WHERE state = 'open' ORDER BY id DESC LIMIT 1")
# The number is this project's own, any constant would do.
_WRITING = sa.text("SELECT pg_advisory_xact_lock_shared(837835278)")
_CLOSING = sa.text("SELECT pg_advisory_xact_lock(837835278)")
_APPEND = {
    dialect: 'INSERT INTO facts ("window", stage, topic, part, "first", body)'  # noqa: S608 only the word differs
    " VALUES (:window, :stage, :topic, :part, :first, :body)"
    ' ON CONFLICT ("window", stage, topic, part, "first")'
    " DO UPDATE SET body = CAST(facts.body || excluded.body AS " + binary + ")"
    for dialect, binary in (("postgresql", "bytea"), ("sqlite", "blob"))
}
_MOVE = sa.text("UPDATE windows SET state = :now WHERE id = :id AND state = :was")
_UNPUBLISHED = sa.text("SELECT id, state FROM windows WHERE state <> 'published'")
_KEY = '"window", stage, topic, part, "first"'
_FORGET = sa.text(
    f"DELETE FROM facts WHERE ({_KEY}) IN (SELECT {_KEY} FROM facts"  # noqa: S608 a constant
    """ WHERE "window" IN (SELECT id FROM windows WHERE state = 'published') LIMIT :rows)"""
)
