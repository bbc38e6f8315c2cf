"""Deadlines: rows that fire once, by compare-and-set from open to fired inside the decision's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import pick, put
from ledger.tables import deadlines
from ledger.writes import Write, write

PORTION = 500


class Place(NamedTuple):
    """Where a deadline stands among its stage's: by its time, then by its id."""

    due_ms: int
    id: str


FIRST = Place(-(2**63), "")


@dataclass(frozen=True)
class Deadline:
    """`key` is the Kafka key (a pseudonym) that leads to the partition of what it is `about`; `due_ms` in UTC."""

    id: str
    kind: str
    stage: str
    key: str
    about: str
    due_ms: int

    @property
    def place(self) -> Place:
        return Place(self.due_ms, self.id)


def open_(tx: Connection, opened: Sequence[Deadline]) -> None:
    """Opens deadlines; one that was opened before stays as it is."""
    rows = {}
    for deadline in opened:
        row = asdict(deadline)
        rows[deadline.id] = {**row, "due": row.pop("due_ms"), "state": "open"}
    put(tx, deadlines, [rows[i] for i in sorted(rows)], conflict="keep")


def still_open(tx: Connection, ids: Iterable[str]) -> frozenset[str]:
    """Which of these are open, locked until the transaction ends."""
    rows = pick(tx, deadlines, {"state": "open"}, "id", ids, tail='ORDER BY "id" FOR UPDATE')
    return frozenset(row.id for row in rows)


def end(tx: Connection, ended: Mapping[str, str]) -> None:
    """Open deadlines are over, each by its id: 'fired' when it acted, 'closed' when it is moot."""
    if ended and tx.dialect.name == "postgresql":
        ids = sorted(ended)
        write(tx, Write("deadlines", _END_ALL, {"ids": ids, "states": [ended[i] for i in ids]}))
        return
    if ended:
        tx.execute(_END, [{"id": i, "state": ended[i]} for i in sorted(ended)])


def due(tx: Connection, stage: str, now_ms: int, after: Place = FIRST, limit: int = PORTION) -> list[Deadline]:
    """A stage's open deadlines whose time has come, the oldest first, from behind a place on."""
    rows = tx.execute(_DUE, {"stage": stage, "now": now_ms, "after": after.due_ms, "id": after.id, "limit": limit})
    return [Deadline(row.id, row.kind, row.stage, row.key, row.about, row.due) for row in rows]


_DUE = sa.text(
    "SELECT id, kind, stage, \"key\", about, due FROM deadlines WHERE stage = :stage AND state = 'open'"
    " AND due <= :now AND (due, id) > (:after, :id) ORDER BY due, id LIMIT :limit"
)
_END = sa.text("UPDATE deadlines SET state = :state WHERE id = :id AND state = 'open'")
_END_ALL = (
    "UPDATE deadlines SET state = ended.state FROM unnest(CAST(:ids AS text[]), CAST(:states AS text[]))"
    " AS ended (id, state) WHERE deadlines.id = ended.id AND deadlines.state = 'open'"
)
