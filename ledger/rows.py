"""Many rows in one statement: arrays on PostgreSQL, executemany on SQLite.

Row lists (`(a, b) IN (...)`, VALUES of many rows) are planned badly and parsed slowly: 320 ms against 13
(docs/design.md).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql.elements import TextClause

from ledger.writes import Write, text, write

_TYPES = {sa.Text: "text", sa.BigInteger: "bigint", sa.LargeBinary: "bytea"}


def put(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], conflict: str = "") -> None:
    """Insert rows. `conflict` says what to do with one that is there: '' to fail, 'keep' or 'replace'."""
    if not rows:
        return
    postgres = connection.dialect.name == "postgresql"
    statement = _insert(table, postgres, conflict)
    if postgres:
        columns = {column.name: [row[column.name] for row in rows] for column in table.columns}
        write(connection, Write(table.name, statement, columns))
    else:
        connection.execute(text(statement), list(rows))


def pick(
    connection: Connection,
    table: sa.Table,
    fixed: Mapping[str, Any],
    column: str,
    values: Iterable[str],
    *,
    tail: str = "",
) -> Sequence[Row[Any]]:
    """Rows whose `column` (text) is one of `values` and the others as `fixed`, in the values' order on PostgreSQL.

    `tail` is appended there to the query of each value: `FOR UPDATE` locks in that order.
    """
    wanted = sorted(set(values))
    if not wanted:
        return ()
    postgres = connection.dialect.name == "postgresql"
    statement = _select(table, tuple(fixed), column, postgres, tail)
    return connection.execute(statement, {**fixed, "wanted": wanted if postgres else json.dumps(wanted)}).all()


@lru_cache(maxsize=256)
def _insert(table: sa.Table, postgres: bool, conflict: str) -> str:
    names = [column.name for column in table.columns]
    if postgres:
        arrays = ", ".join(f"CAST(:{c.name} AS {_TYPES[type(c.type)]}[])" for c in table.columns)
        source = f"SELECT * FROM unnest({arrays})"  # noqa: S608 names of our own columns
    else:
        source = f"VALUES ({', '.join(f':{name}' for name in names)})"
    return f"INSERT INTO {table.name} ({_quoted(names)}) {source} {_on_conflict(table, conflict)}"


def _on_conflict(table: sa.Table, conflict: str) -> str:
    if not conflict:
        return ""
    keys = [column.name for column in table.primary_key.columns]
    if conflict == "keep":
        return f"ON CONFLICT ({_quoted(keys)}) DO NOTHING"
    rest = ", ".join(f'"{c.name}" = excluded."{c.name}"' for c in table.columns if not c.primary_key)
    return f"ON CONFLICT ({_quoted(keys)}) DO UPDATE SET {rest}"


@lru_cache(maxsize=256)
def _select(table: sa.Table, fixed: tuple[str, ...], column: str, postgres: bool, tail: str) -> TextClause:
    where = " AND ".join([*(f'"{name}" = :{name}' for name in fixed), f'"{column}" '])
    rows = f"SELECT * FROM {table.name} WHERE {where}"  # noqa: S608 names of our own columns
    if not postgres:
        return sa.text(f"{rows} IN (SELECT value FROM json_each(:wanted))")  # noqa: S608
    # One look-up a value, by plan: before a table has statistics, `= ANY` filters every row of the fixed columns.
    return sa.text(
        f"SELECT found.* FROM unnest(CAST(:wanted AS text[])) AS asked (for_)"  # noqa: S608
        f" CROSS JOIN LATERAL ({rows} = asked.for_ {tail} OFFSET 0) AS found"
    )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
