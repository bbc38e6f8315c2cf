"""What validation asks, as rows of the ledger: queries with their life, a coder's items, and the draft he completes.

A chart version that goes back opens them; the next version, or a coder's answer that is accepted, ends them. Of a query
that a version asks again the day it is due stays.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypedDict

from agents.clock import milliseconds
from agents.pseudonyms import Pseudonyms
from agents.stage import Row, States, World
from claims.draft import Draft
from claims.tables import Reference
from ledger.deadlines import Deadline
from ledger.worklist import WAITING
from schemas.events import ChartCoded, ChartCompleted, ChartReturned
from schemas.events.coded import Query, WorkItem
from schemas.identity import derived

STAGE = "validation"
_TASK, _CLINICAL = timedelta(days=7), timedelta(days=14)
"""How long a query waits whose rule names no day: what is on file is looked up within a week, a clinician may be off
duty for one."""

Chart = ChartCompleted | ChartCoded


class Changes(TypedDict, total=False):
    """What of a verdict is about queries, items and drafts."""

    queries: tuple[Row, ...]
    work: tuple[Row, ...]
    drafts: tuple[Row, ...]
    opened: tuple[Deadline, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True)
class Asking:
    reference: Reference
    pseudonyms: Pseudonyms
    states: States

    def of_version(self, world: World, chart: ChartCompleted, returned: ChartReturned, draft: Draft | None) -> Changes:
        """A version goes back: its queries and items are open, and what only earlier ones asked is over."""
        before = _waiting(world, chart)
        asked = {query.id: query for query in returned.queries}
        rows = tuple(self._query_row(chart, query, before.get(query.id)) for query in asked.values())
        ended = tuple(_ended(row, chart) for name, row in before.items() if name not in asked)
        earlier = _items(world, chart)
        items = tuple(self._item_row(chart, item, earlier) for item in returned.worklist)
        return Changes(
            queries=(*rows, *ended),
            work=(*(_withdrawn(row, chart) for row in earlier), *items),
            drafts=_forgotten(earlier, chart) if draft is None else (self._draft_row(draft),),
            opened=tuple(self._deadlines(chart, rows)),
            closed=tuple(dict.fromkeys(deadline_of(row) for row in before.values())),
        )

    def accepted(self, world: World, chart: Chart) -> Changes:
        """Nothing is missing any more."""
        before, items = _waiting(world, chart), _items(world, chart)
        by_coder = isinstance(chart, ChartCoded)
        return Changes(
            queries=tuple(_ended(row, chart) for row in before.values()),
            work=tuple(_answered(row, chart) if by_coder else _withdrawn(row, chart) for row in items),
            drafts=_forgotten(items, chart),
            closed=tuple(dict.fromkeys(deadline_of(row) for row in before.values())),
        )

    def refused(self, world: World, answer: ChartCoded, returned: ChartReturned) -> Changes:
        """A coder's answer goes back: his items open again, with what he said, upon the revision that was refused."""
        draft = world.drafts.get((answer.hospital, answer.chart_id))
        revision = answer.coding_revision
        return Changes(
            work=tuple(
                {**row, "state": "open", "coder": None, "base": revision, "since": _moment(answer)}
                for row in _items(world, answer)
            ),
            drafts=() if draft is None else (self._with_findings(draft, revision, returned),),
        )

    def _with_findings(self, row: Row, revision: int, returned: ChartReturned) -> Row:
        draft = self.states.load(Draft, row["body"])
        chart = draft.chart.model_copy(update={"findings": returned.findings})
        body = self.states.dump(draft.model_copy(update={"chart": chart}))
        return {**row, "revision": revision, "body": body, "answer": None, "sent": None}

    def _query_row(self, chart: ChartCompleted, query: Query, before: Row | None) -> Row:
        due = self._due(chart, query)
        stands = {"state": "open", "opened": _moment(chart), "due": milliseconds(due)}
        if before is not None:
            stands = {name: before[name] for name in stands}
        named = {"hospital": chart.hospital, "chart_id": chart.chart_id, "version": chart.version, "id": query.id}
        what = {"whom": query.to, "kind": query.kind, "topic": query.topic, "body": self.states.dump(query)}
        return {**named, **what, **stands}

    def _due(self, chart: ChartCompleted, query: Query) -> datetime:
        """The end of the day a query is due, where the hospital is."""
        zone = self.reference.partners.hospital(chart.hospital).zone
        received = chart.received_at or chart.occurred_at
        patience = _TASK if query.kind == "task" else _CLINICAL
        day: date = query.due or (received + patience).astimezone(zone).date()
        return datetime.combine(day, time(23, 59), zone)

    def _item_row(self, chart: ChartCompleted, item: WorkItem, earlier: Iterable[Row]) -> Row:
        """What a coder took or answered of an earlier version stands, where this one asks the very same."""
        named = {"hospital": chart.hospital, "chart_id": chart.chart_id, "version": chart.version, "id": item.id}
        what = {"statement": item.statement, "kind": item.kind, "body": self.states.dump(item), "base": 0}
        moment = _moment(chart)
        stands: dict[str, Any] = {"state": "open", "coder": None, "since": moment, "opened": moment, "answer": None}
        for row in earlier:
            asked = self.states.load(WorkItem, row["body"])
            if row["state"] != "withdrawn" and asked.model_copy(update={"id": item.id}) == item:
                stands = {name: row[name] for name in stands}
        return {"stage": STAGE, **named, **what, **stands}

    def _draft_row(self, draft: Draft) -> Row:
        chart = draft.chart
        named = {"stage": STAGE, "chart_id": chart.chart_id, "hospital": chart.hospital, "version": chart.version}
        cents = sum(service.charge_cents for service in chart.services)
        return {**named, "revision": 0, "cents": cents, "body": self.states.dump(draft), "answer": None, "sent": None}

    def _deadlines(self, chart: Chart, rows: Iterable[Row]) -> Iterator[Deadline]:
        """One for all that is due at one time, so that the hospital is told of it at once."""
        key = self.pseudonyms.patient(chart.hospital, chart.patient.mrn)
        about = about_chart(chart.hospital, chart.chart_id)
        for row in {deadline_of(row): row for row in rows if row["state"] == "open"}.values():
            yield Deadline(deadline_of(row), "query-overdue", STAGE, key, about, row["due"])


def about_chart(hospital: str, chart_id: str) -> str:
    return f"chart/{hospital}/{chart_id}"


def chart_about(about: str) -> tuple[str, str]:
    """Hospital and chart id; the id may have a slash, a hospital's has none."""
    _, hospital, chart_id = about.split("/", 2)
    return hospital, chart_id


def deadline_of(query: Row) -> str:
    """The deadline by which a query is due: of the version that asked it last, and of its time."""
    named = (query["hospital"], query["chart_id"], query["version"], query["due"])
    return derived("deadline", "query-overdue", *named)


def overdue(world: World, hospital: str, chart_id: str, deadline_id: str) -> tuple[Row, ...]:
    """The queries that nobody has answered by this deadline, as they are from now on."""
    rows = world.queries.get((hospital, chart_id), {}).values()
    late = (row for row in rows if row["state"] == "open" and deadline_of(row) == deadline_id)
    return tuple({**row, "state": "overdue"} for row in late)


def is_back(world: World, chart: Chart) -> bool:
    """Whether the chart's last version went back: of no other anything is open, and of no other it was recalled."""
    known = world.charts.get((chart.hospital, chart.chart_id))
    return known is not None and known["state"] == "returned"


def _waiting(world: World, chart: Chart) -> Mapping[str, Row]:
    rows = world.queries.get((chart.hospital, chart.chart_id), {}) if is_back(world, chart) else {}
    return {name: row for name, row in rows.items() if row["state"] in WAITING}


def _items(world: World, chart: Chart) -> tuple[Row, ...]:
    """Validation's own items of the version that went back last."""
    if not is_back(world, chart):
        return ()
    key = (chart.hospital, chart.chart_id)
    rows = world.work.get(key, {}).values()
    return tuple(row for row in rows if row["stage"] == STAGE and row["version"] == world.charts[key]["version"])


def _ended(row: Row, chart: Chart) -> Row:
    """A task is done, or a clinician answered; a clinical question that no longer arises is withdrawn."""
    done = isinstance(chart, ChartCoded) or row["kind"] == "task"
    said = isinstance(chart, ChartCompleted) and any(answer.query_id == row["id"] for answer in chart.answers)
    return {**row, "state": "answered" if done or said else "withdrawn", "version": chart.version}


def _answered(row: Row, chart: Chart) -> Row:
    return {**row, "state": "answered", "since": row["since"] if row["state"] == "answered" else _moment(chart)}


def _withdrawn(row: Row, chart: Chart) -> Row:
    return {**row, "state": "withdrawn", "since": _moment(chart)}


def _forgotten(items: Iterable[Row], chart: Chart) -> tuple[Row, ...]:
    """What is coded, or asked no more, needs no draft: its row is emptied, where there is one."""
    revision = chart.coding_revision if isinstance(chart, ChartCoded) else 0
    named = {"stage": STAGE, "chart_id": chart.chart_id, "hospital": chart.hospital, "version": chart.version}
    empty = {**named, "revision": revision, "cents": 0, "body": b"", "answer": None, "sent": None}
    return (empty,) if any(items) else ()


def _moment(chart: Chart) -> int:
    return milliseconds(chart.received_at or chart.occurred_at)
