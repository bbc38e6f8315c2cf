"""What hospitals are asked and coders have to code: queries, work items, and the charts as far as they are coded.

Validation writes them with its decisions. At the desk a row changes by compare-and-set, under the lock of its chart's
row, which validation takes too: what a coder answers is never beside what is being decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from ledger.rows import pick, put
from ledger.tables import charts, drafts, queries, work
from ledger.writes import text

Rows = Sequence[Mapping[str, Any]]
Keyed = dict[tuple[str, str], dict[str, Mapping[str, Any]]]
"""Rows by (hospital, chart id), and there by their own id."""

WAITING = ("open", "overdue")
UNANSWERED = ("open", "taken")


def put_queries(tx: Connection, rows: Rows) -> None:
    """The newest state of queries, one row each."""
    put(tx, queries, _last(rows, "chart_id", "id"), conflict="replace")


def put_work(tx: Connection, rows: Rows) -> None:
    put(tx, work, _last(rows, "chart_id", "id"), conflict="replace")


def put_drafts(tx: Connection, rows: Rows) -> None:
    """A chart as far as it is coded, in its newest version: one row a stage and chart."""
    put(tx, drafts, _last(rows, "stage", "chart_id", "hospital"), conflict="replace")


def queries_of(tx: Connection, chart_ids: Iterable[str]) -> Keyed:
    return _keyed(pick(tx, queries, {}, "chart_id", chart_ids))


def work_of(tx: Connection, chart_ids: Iterable[str]) -> Keyed:
    return _keyed(pick(tx, work, {}, "chart_id", chart_ids))


def drafts_of(tx: Connection, stage: str, chart_ids: Iterable[str]) -> dict[tuple[str, str], Mapping[str, Any]]:
    rows = pick(tx, drafts, {"stage": stage}, "chart_id", chart_ids)
    return {(row.hospital, row.chart_id): dict(row._mapping) for row in rows}


def draft_beside(tx: Connection, query: Mapping[str, Any]) -> bytes | None:
    """The draft of the version that a query asks about, whichever stage keeps it."""
    same = [drafts.c[name] == query[name] for name in ("chart_id", "hospital", "version")]
    held = sa.select(drafts.c.body).where(*same, sa.func.length(drafts.c.body) > 0)
    return tx.scalar(held.order_by(drafts.c.stage).limit(1))


def open_work(tx: Connection, hospital: str | None = None) -> Sequence[Row[Any]]:
    """What coders have to do, the oldest first, with the money of what is priced of its chart."""
    beside = (drafts.c.stage == work.c.stage) & (drafts.c.chart_id == work.c.chart_id)
    joined = work.outerjoin(drafts, beside & (drafts.c.hospital == work.c.hospital))
    query = sa.select(work, drafts.c.cents).select_from(joined).where(work.c.state.in_(UNANSWERED))
    return tx.execute(_of(query, work, hospital).order_by(work.c.opened, work.c.chart_id, work.c.id)).all()


def open_queries(tx: Connection, hospital: str | None = None) -> Sequence[Row[Any]]:
    """What hospitals have not answered, the oldest first."""
    query = sa.select(queries).where(queries.c.state.in_(WAITING))
    return tx.execute(_of(query, queries, hospital).order_by(queries.c.opened, queries.c.chart_id, queries.c.id)).all()


def coded_drafts(tx: Connection, hospital: str | None = None, *, sent: bool = False) -> Sequence[Mapping[str, Any]]:
    """Drafts of charts that are still back, of which nothing is left to code and Kafka has confirmed no answer; with
    `sent` also those that it has. An emptied one is of a version that asks coders nothing."""
    beside = (charts.c.stage == drafts.c.stage) & (charts.c.chart_id == drafts.c.chart_id)
    same = (charts.c.hospital == drafts.c.hospital) & (charts.c.version == drafts.c.version)
    query = sa.select(drafts).select_from(drafts.join(charts, beside & same)).where(charts.c.state == "returned")
    about = (work.c.chart_id == drafts.c.chart_id) & (work.c.hospital == drafts.c.hospital)
    left = sa.exists().where(about, work.c.stage == drafts.c.stage, work.c.state.in_(UNANSWERED))
    query = query.where(~left, sa.func.length(drafts.c.body) > 0)
    back = query if sent else query.where(drafts.c.sent.is_(None))
    rows = tx.execute(_of(back, drafts, hospital).order_by(drafts.c.chart_id, drafts.c.hospital)).all()
    return [dict(row._mapping) for row in rows]


def find_work(tx: Connection, beginning: str) -> Sequence[Row[Any]]:
    """Items whose id begins so; at most two, for a second one says that it isn't enough."""
    return _beginning(tx, work, beginning)


def find_queries(tx: Connection, beginning: str) -> Sequence[Row[Any]]:
    """Queries whose id begins so, at most two, in any state."""
    return _beginning(tx, queries, beginning)


def move(tx: Connection, row: Mapping[str, Any], **change: Any) -> bool:
    """An item from the state it was read in to another; false where somebody else was first."""
    after = {**row, **change}
    values = {name: after[name] for name in ("chart_id", "id", "state", "coder", "since", "answer")}
    was = {"was_state": row["state"], "was_since": row["since"], "was_coder": row["coder"]}
    return tx.execute(text(_MOVE), {**values, **was}).rowcount == 1


def mark_sent(tx: Connection, row: Mapping[str, Any], sent_ms: int) -> None:
    """Kafka has the completed chart of this version and revision."""
    named = {name: row[name] for name in ("stage", "chart_id", "hospital", "version", "revision")}
    tx.execute(text(_SENT), {**named, "sent": sent_ms})


def _beginning(tx: Connection, table: sa.Table, beginning: str) -> Sequence[Row[Any]]:
    query = sa.select(table).where(table.c.id.startswith(beginning, autoescape=True))
    return tx.execute(query.order_by(table.c.id).limit(2)).all()


def _of(query: sa.Select[Any], table: sa.Table, hospital: str | None) -> sa.Select[Any]:
    return query if hospital is None else query.where(table.c.hospital == hospital)


def _keyed(rows: Iterable[Row[Any]]) -> Keyed:
    found: Keyed = {}
    for row in rows:
        found.setdefault((row.hospital, row.chart_id), {})[row.id] = dict(row._mapping)
    return found


def _last(rows: Rows, *key: str) -> list[Mapping[str, Any]]:
    newest = {tuple(row[name] for name in key): row for row in rows}
    return [newest[k] for k in sorted(newest)]


_MOVE = (
    "UPDATE work SET state = :state, coder = :coder, since = :since, answer = :answer"
    " WHERE chart_id = :chart_id AND id = :id AND state = :was_state AND since = :was_since"
    " AND coalesce(coder, '') = coalesce(CAST(:was_coder AS text), '')"
)
_SENT = (
    "UPDATE drafts SET sent = :sent WHERE stage = :stage AND chart_id = :chart_id AND hospital = :hospital"
    " AND version = :version AND revision = :revision AND answer IS NOT NULL"
)
