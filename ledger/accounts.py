"""Accounts: one row of state per key, locked in key order, its version checked when it is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import pick, put
from ledger.tables import accounts
from ledger.writes import Conflict, Write, write


@dataclass(frozen=True)
class Stored:
    """A row as it was read: its version, and its state's bytes or none."""

    version: int
    body: bytes | None


def lock(tx: Connection, stage: str, keys: Iterable[str]) -> dict[str, Stored]:
    """The rows of `keys`, inserted where missing, locked until the transaction ends.

    Compare-and-set alone starved a batch of 195 for 18 s; waiting in key order doesn't (docs/design.md, promise 1).
    SQLite's writer is alone, so it has nothing to lock.
    """
    wanted = sorted(set(keys))
    if tx.dialect.name == "postgresql":
        put(tx, accounts, [{"stage": stage, "key": key, "version": 0, "body": None} for key in wanted], conflict="keep")
    rows = pick(tx, accounts, {"stage": stage}, "key", wanted, tail='ORDER BY "key" FOR UPDATE')
    found = {row.key: Stored(row.version, None if row.body is None else bytes(row.body)) for row in rows}
    return {key: found.get(key, Stored(0, None)) for key in wanted}


def lock_more(tx: Connection, stage: str, keys: Iterable[str]) -> dict[str, Stored]:
    """Rows that are wanted beside those that are locked already; of those that there are.

    They may come before them in the order, so nobody waits for them: where one is locked the work begins again, and two
    never wait for each other.
    """
    rows = pick(tx, accounts, {"stage": stage}, "key", keys, tail='ORDER BY "key" FOR UPDATE NOWAIT')
    return {row.key: Stored(row.version, None if row.body is None else bytes(row.body)) for row in rows}


def save(tx: Connection, stage: str, read: Mapping[str, Stored], changed: Mapping[str, bytes]) -> None:
    """Writes changed states, each one version on; a row that moved since it was read is a conflict."""
    if not changed:
        return
    keys = sorted(changed)
    columns = {"key": keys, "was": [read[key].version for key in keys], "body": [changed[key] for key in keys]}
    if tx.dialect.name == "postgresql":
        write(tx, Write("accounts", _SAVE_ALL, {"stage": stage, **columns}, rows=len(keys), conflict="account"))
        return
    rows = [dict(zip(columns, values, strict=True), stage=stage) for values in zip(*columns.values(), strict=True)]
    if tx.execute(_SAVE, rows).rowcount != len(keys):
        raise Conflict("account")


_SAVE = sa.text(
    'INSERT INTO accounts (stage, "key", version, body) VALUES (:stage, :key, :was + 1, :body)'
    ' ON CONFLICT (stage, "key") DO UPDATE SET version = excluded.version, body = excluded.body'
    " WHERE accounts.version = :was"
)
_SAVE_ALL = (
    "UPDATE accounts SET version = changed.was + 1, body = changed.body"
    " FROM unnest(CAST(:key AS text[]), CAST(:was AS bigint[]), CAST(:body AS bytea[])) AS changed (k, was, body)"
    ' WHERE accounts.stage = :stage AND accounts."key" = changed.k AND accounts.version = changed.was'
)
