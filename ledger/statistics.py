"""Facts and the windows they belong to. Facts are kept packed, a row a batch; only a closed window is published."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import put
from ledger.tables import cells, facts, windows
from schemas.records import Coordinates

_LENGTH = struct.Struct(">I")


class NoWindow(LookupError):
    """No statistics window is open: `claimstream topics apply` opens the first."""


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


def close_window(tx: Connection, window: str) -> bool:
    """True when this transaction closed it: a window closes once."""
    if tx.dialect.name == "postgresql":
        tx.execute(_CLOSING)
    return tx.execute(_CLOSE, {"id": window}).rowcount == 1


def append(tx: Connection, window: str, stage: str, first: Coordinates, bodies: Sequence[bytes]) -> None:
    """The facts of one batch, under the coordinates of its first record.

    A topic made anew begins at the same coordinates again; then the facts stand behind those that are there.
    """
    if bodies:
        packed = b"".join(_LENGTH.pack(len(body)) + body for body in bodies)
        where = {"topic": first.topic, "part": first.partition, "first": first.offset}
        tx.execute(_APPEND[tx.dialect.name], {"window": window, "stage": stage, **where, "body": packed})


def recall(tx: Connection, window: str) -> Iterator[bytes]:
    """Every fact of a window, in a settled order."""
    query = sa.select(facts.c.body).where(facts.c.window == window)
    order = (facts.c.stage, facts.c.topic, facts.c.part, facts.c.first)
    for (packed,) in tx.execute(query.order_by(*order)):
        at = 0
        while at < len(packed):
            (length,) = _LENGTH.unpack_from(packed, at)
            yield packed[at + _LENGTH.size : at + _LENGTH.size + length]
            at += _LENGTH.size + length


def put_cells(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The published tables of a closed window, as they were said."""
    put(tx, cells, rows, conflict="keep")


_OPEN = sa.text("SELECT id FROM windows WHERE state = 'open' ORDER BY id DESC LIMIT 1")
# The number is this project's own, any constant would do.
_WRITING = sa.text("SELECT pg_advisory_xact_lock_shared(837835278)")
_CLOSING = sa.text("SELECT pg_advisory_xact_lock(837835278)")
_APPEND = {
    dialect: sa.text(
        'INSERT INTO facts ("window", stage, topic, part, "first", body)'  # noqa: S608 only the word for bytes differs
        " VALUES (:window, :stage, :topic, :part, :first, :body)"
        ' ON CONFLICT ("window", stage, topic, part, "first")'
        " DO UPDATE SET body = CAST(facts.body || excluded.body AS " + binary + ")"
    )
    for dialect, binary in (("postgresql", "bytea"), ("sqlite", "blob"))
}
_CLOSE = sa.text("UPDATE windows SET state = 'closed' WHERE id = :id AND state = 'open'")
