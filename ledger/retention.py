"""What the ledger forgets: decisions, and with them their event ids, once no input topic can bring them again; and
deadlines that have ended, as long after they were due.

Only from a partition's oldest decision on, and never one whose outputs are still stored (docs/design.md, promise 1).
"""

from collections.abc import Iterator
from itertools import takewhile

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Partition = tuple[str, int]


def forget(tx: Connection, stage: str, before_ms: int, limit: int = 5_000) -> int:
    """Deletes a stage's decisions and ended deadlines of before `before_ms`, at most `limit` of all together; how many
    were deleted."""
    left = limit
    for partition in _old(tx, stage, before_ms):
        if left:
            left -= _forget(tx, stage, partition, before_ms, left)
    for state in ("fired", "closed"):
        ended = {"stage": stage, "state": state, "before": before_ms, "limit": left}
        left -= tx.execute(_FORGET_DEADLINES, ended).rowcount
    return limit - left


def _old(tx: Connection, stage: str, before_ms: int) -> Iterator[Partition]:
    """Partitions whose oldest decision is old enough."""
    for row in tx.execute(_OLDEST, {"stage": stage}).all():
        if row.oldest is not None and row.oldest < before_ms:
            yield row.topic, row.part


def _forget(tx: Connection, stage: str, partition: Partition, before_ms: int, limit: int) -> int:
    where = {"stage": stage, "topic": partition[0], "part": partition[1]}
    rows = tx.execute(_FIRST, {**where, "limit": limit}).all()
    old = [row.off for row in takewhile(lambda row: row.at < before_ms, rows)]
    stored = tx.execute(_STORED, where).scalar()
    end = old[-1] + 1 if stored is None else min(old[-1] + 1, stored)
    return tx.execute(_FORGET, {**where, "end": end}).rowcount


_OLDEST = sa.text(
    "SELECT topic, part, (SELECT at FROM decisions WHERE decisions.stage = positions.stage"
    " AND decisions.topic = positions.topic AND decisions.part = positions.part ORDER BY off LIMIT 1) AS oldest"
    " FROM positions WHERE stage = :stage ORDER BY topic, part"
)
_PLACE = "WHERE stage = :stage AND topic = :topic AND part = :part"
_FIRST = sa.text(f"SELECT off, at FROM decisions {_PLACE} ORDER BY off LIMIT :limit")  # noqa: S608 a constant
_STORED = sa.text(f'SELECT min("first") FROM outputs {_PLACE}')  # noqa: S608
_FORGET = sa.text(f"DELETE FROM decisions {_PLACE} AND off < :end")  # noqa: S608
_FORGET_DEADLINES = sa.text(
    "DELETE FROM deadlines WHERE id IN (SELECT id FROM deadlines"
    " WHERE stage = :stage AND state = :state AND due < :before ORDER BY due, id LIMIT :limit)"
)
