"""What people ask the ledger: where a chart, a claim or a bill stands. Rows follow decisions, in their transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from ledger.rows import pick, put
from ledger.tables import answers, bills, charts, claims, decisions, denials

Rows = Sequence[Mapping[str, Any]]

UNMATCHED = "unmatched"
"""The state of an answer to no claim that is known: it counts in its remittance and waits for a person, and its place
for the answer as mended."""


class Place(NamedTuple):
    """Where an answer stands: in which of a payer's remittances, and where in it."""

    payer: str
    trace: str
    position: int


def put_charts(tx: Connection, rows: Rows) -> None:
    """Newest state of charts, one row a stage and chart."""
    put(tx, charts, _last(rows, "stage", "hospital", "chart_id"), conflict="replace")


def put_claims(tx: Connection, rows: Rows) -> None:
    put(tx, claims, _last(rows, "control_number"), conflict="replace")


def put_bills(tx: Connection, rows: Rows) -> None:
    put(tx, bills, _last(rows, "bill_id"), conflict="replace")


def put_denials(tx: Connection, rows: Rows) -> None:
    put(tx, denials, _last(rows, "control_number", "line", "carc"), conflict="replace")


def put_answers(tx: Connection, rows: Rows) -> None:
    """Payers' answers, once by remittance and position."""
    put(tx, answers, _last(rows, "payer", "trace", "position"), conflict="replace")


def charts_of(tx: Connection, stage: str, chart_ids: Iterable[str]) -> dict[tuple[str, str], Row[Any]]:
    """Rows of these charts by (hospital, chart id), locked, for what comes next is judged by the version read here."""
    tail = 'ORDER BY "hospital", "chart_id" FOR UPDATE'
    rows = pick(tx, charts, {"stage": stage}, "chart_id", chart_ids, tail=tail)
    return {(row.hospital, row.chart_id): row for row in rows}


def versions_of(tx: Connection, stage: str, chart_ids: Iterable[str]) -> dict[tuple[str, str], Row[Any]]:
    """Rows of these charts as another stage has them: read, and left to it."""
    rows = pick(tx, charts, {"stage": stage}, "chart_id", chart_ids)
    return {(row.hospital, row.chart_id): row for row in rows}


def claims_by_number(tx: Connection, control_numbers: Iterable[str]) -> dict[str, Row[Any]]:
    return {row.control_number: row for row in pick(tx, claims, {}, "control_number", control_numbers)}


def claims_by_id(tx: Connection, claim_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """The newest submission of each of these claims: a resend has a number of its own."""
    rows = pick(tx, claims, {}, "claim_id", claim_ids)
    return {row.claim_id: row for row in sorted(rows, key=lambda row: (row.at, row.control_number))}


def claims_by_payer_number(tx: Connection, numbers: Iterable[str]) -> dict[str, Row[Any]]:
    """Claims that payers call by these numbers, of any payer, by our control number."""
    return {row.control_number: row for row in pick(tx, claims, {}, "payer_number", numbers)}


def claims_of_members(tx: Connection, members: Iterable[str]) -> dict[str, Row[Any]]:
    """Claims of people with these member ids, of any payer, by our control number."""
    return {row.control_number: row for row in pick(tx, claims, {}, "member", members)}


def claims_of(tx: Connection, accounts: Iterable[tuple[str, str]]) -> dict[str, Row[Any]]:
    """The claims of these accounts, (hospital, account number) each, by control number."""
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    if tx.dialect.name == "postgresql":
        columns = dict(zip(("hospitals", "accounts"), map(list, zip(*wanted, strict=True)), strict=True))
        rows = tx.execute(_OF_ALL, columns)
    else:
        rows = tx.execute(_OF, {"wanted": json.dumps(wanted)})
    return {row.control_number: row for row in rows}


def answers_of(tx: Connection, traces: Iterable[str]) -> list[Row[Any]]:
    """Answers kept for these trace numbers, of any payer, in order of position."""
    return sorted(pick(tx, answers, {}, "trace", traces), key=lambda row: (row.payer, row.trace, row.position))


def answers_at(tx: Connection, places: Iterable[Place]) -> dict[Place, bytes | None]:
    """Which of these places hold an answer: null for one to a claim, and the answer itself where none is known to which
    it is. A remittance may have thousands: only those that are asked for are read."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    if tx.dialect.name == "postgresql":
        columns = dict(zip(("payers", "traces", "positions"), map(list, zip(*wanted, strict=True)), strict=True))
        rows = tx.execute(_AT_ALL, columns)
    else:
        rows = tx.execute(_AT, {"wanted": json.dumps(wanted)})
    return {Place(*place): None if aside is None else bytes(aside) for *place, aside in rows}


def trace(tx: Connection, about: str) -> Sequence[Row[Any]]:
    """Every decision that concerned an account, oldest first."""
    query = sa.select(decisions).where(decisions.c.about == about)
    return tx.execute(query.order_by(decisions.c.at, decisions.c.stage, decisions.c.part, decisions.c.off)).all()


def _last(rows: Rows, *key: str) -> list[Mapping[str, Any]]:
    """One row a key, the last one, in key order: locks are taken in one order."""
    newest = {tuple(row[name] for name in key): row for row in rows}
    return [newest[k] for k in sorted(newest)]


# One look-up a place, by plan, as ledger/rows.py does it for a single column.
_AT = sa.text(
    "SELECT payer, trace, position, CASE WHEN state = 'unmatched' THEN body END AS aside"
    " FROM json_each(:wanted) AS asked CROSS JOIN answers"
    " WHERE trace = json_extract(asked.value, '$[1]') AND payer = json_extract(asked.value, '$[0]')"
    " AND position = json_extract(asked.value, '$[2]')"
)
_OF = sa.text(
    "SELECT claims.* FROM json_each(:wanted) AS asked CROSS JOIN claims"
    " WHERE hospital = json_extract(asked.value, '$[0]') AND account = json_extract(asked.value, '$[1]')"
)
_OF_ALL = sa.text(
    "SELECT found.* FROM unnest(CAST(:hospitals AS text[]), CAST(:accounts AS text[])) AS asked (hospital, account)"
    " CROSS JOIN LATERAL (SELECT * FROM claims WHERE claims.hospital = asked.hospital"
    " AND claims.account = asked.account OFFSET 0) AS found"
)
_AT_ALL = sa.text(
    "SELECT found.* FROM unnest(CAST(:payers AS text[]), CAST(:traces AS text[]), CAST(:positions AS bigint[]))"
    " AS asked (payer, trace, position) CROSS JOIN LATERAL (SELECT payer, trace, position,"
    " CASE WHEN state = 'unmatched' THEN body END AS aside FROM answers"
    " WHERE answers.trace = asked.trace AND answers.payer = asked.payer AND answers.position = asked.position"
    " OFFSET 0) AS found"
)
