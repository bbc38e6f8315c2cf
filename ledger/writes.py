"""What a transaction writes, said together: on PostgreSQL one statement for all tables that a batch changes.

A batch writes to ten tables. On a busy machine each statement waits for its turn twice, in the database and here: most
of a small batch's time in the ledger was such waiting (docs/design.md, what was decided).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_WRITES = "writes"  # a transaction's execution option
_NAME = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")  # as SQLAlchemy's text() finds them
_MOST_ROWS = 1_500
"""More go in several statements: their round trips are nothing against the rows, and driver and database keep a copy of
each."""


class Conflict(Exception):
    """Somebody else changed what this transaction had read: roll back and read again."""


class Write(NamedTuple):
    """A statement that changes rows of `target`: a table, or rows of it that no other statement touches. Where it must
    change so many `rows`, another number is a conflict."""

    target: str
    statement: str
    values: Mapping[str, Any]
    rows: int | None = None
    conflict: str = ""


def gathering() -> dict[str, list[Write]]:
    """Execution options of one transaction whose writes wait for each other: until a read by `execute`, `flush`, or the
    end."""
    return {_WRITES: []}


def write(tx: Connection, change: Write) -> None:
    """Changes rows, together with what else the transaction writes, or at once where writes aren't gathered."""
    waiting: list[Write] | None = tx.get_execution_options().get(_WRITES)
    if waiting is None:
        _check(change, tx.execute(text(change.statement), change.values).rowcount)
    else:
        waiting.append(change)


def flush(tx: Connection) -> None:
    """Sends what waits to be written. Statements on one target go one after the other: within one statement none sees
    what another changes, and the database decides which is first."""
    waiting: list[Write] = tx.get_execution_options().get(_WRITES, [])
    pending = waiting.copy()
    waiting.clear()
    while pending:
        together, later = list[Write](), list[Write]()
        for change in pending:
            known = {other.target for other in (*together, *later)}
            too_many = together and sum(map(_size, (*together, change))) > _MOST_ROWS
            (later if too_many or change.target in known else together).append(change)
        _say(tx, together)
        pending = later


def _size(change: Write) -> int:
    return max((len(value) for value in change.values.values() if isinstance(value, list)), default=1)


def _say(tx: Connection, changes: Sequence[Write]) -> None:
    statement = _together(tuple((change.statement, change.rows is not None) for change in changes))
    values = {f"w{at}_{name}": value for at, change in enumerate(changes) for name, value in change.values.items()}
    changed = iter(tx.execute(statement, values).one())
    for change in changes:
        if change.rows is not None:
            _check(change, next(changed))


def _check(change: Write, rows: int) -> None:
    if change.rows not in {None, rows}:
        raise Conflict(change.conflict)


@lru_cache(maxsize=512)
def _together(statements: tuple[tuple[str, bool], ...]) -> sa.TextClause:
    """Each statement under a name of its own; of those that must change so many rows they are counted."""
    parts, counts = [], []
    for at, (statement, counted) in enumerate(statements):
        named = _NAME.sub(rf":w{at}_\1", statement)
        parts.append(f"w{at} AS ({named}{' RETURNING 1' if counted else ''})")
        if counted:
            counts.append(f"(SELECT count(*) FROM w{at})")  # noqa: S608 a name of our own
    return sa.text(f"WITH {', '.join(parts)} SELECT {', '.join(counts) or '1'}")


@lru_cache(maxsize=512)
def text(statement: str) -> sa.TextClause:
    """A statement as SQLAlchemy keeps it, parsed once."""
    return sa.text(statement)
