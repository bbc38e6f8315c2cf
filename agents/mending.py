"""What claiming sends back, at the desk: an item for each finding that rejects, until its chart is taken.

No code answers it: a coder folds what is proposed, or the hospital sends its chart's next version. Who takes an item
says that he sees to it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from agents.clock import milliseconds
from agents.stage import Row, States, World
from ledger.worklist import UNANSWERED
from schemas.events import ChartCoded
from schemas.events.coded import Finding, WorkItem
from schemas.identity import derived

KIND = "finding"
_STAGE = "claiming"


def asked(world: World, chart: ChartCoded, findings: Iterable[Finding], states: States) -> tuple[Row, ...]:
    """The items of a chart that goes back. Who took one has it still, where the next version has the same fault."""
    before = _open(world, chart)
    rejecting = [finding for finding in findings if finding.severity == "reject"]
    rows = {row["id"]: row for row in (_row(chart, finding, before, states) for finding in rejecting)}
    return (*rows.values(), *(_ended(row, chart) for name, row in before.items() if name not in rows))


def ended(world: World, chart: ChartCoded) -> tuple[Row, ...]:
    """The items of a chart that comes again and is taken."""
    return tuple(_ended(row, chart) for row in _open(world, chart).values())


def _open(world: World, chart: ChartCoded) -> Mapping[str, Row]:
    rows = world.work.get((chart.hospital, chart.chart_id), {})
    return {name: row for name, row in rows.items() if row["stage"] == _STAGE and row["state"] in UNANSWERED}


def _row(chart: ChartCoded, finding: Finding, before: Mapping[str, Row], states: States) -> Row:
    where = (finding.rule, finding.field or "", finding.line or 0, finding.claim or "")
    name = derived("work-item", _STAGE, chart.hospital, chart.chart_id, *where)
    item = WorkItem(statement=finding.rule, kind=KIND, text=finding.mend, why=finding.message, id=name)
    now = _moment(chart)
    stands: dict[str, Any] = {"state": "open", "coder": None, "since": now, "opened": now, "answer": None}
    if name in before:
        stands = {column: before[name][column] for column in stands}
    named = {"stage": _STAGE, "hospital": chart.hospital, "chart_id": chart.chart_id, "version": chart.version}
    what = {"statement": item.statement, "kind": KIND, "body": states.dump(item), "base": chart.coding_revision}
    return {**named, "id": name, **what, **stands}


def _ended(row: Row, chart: ChartCoded) -> Row:
    """Answered by a coder's revision of the version, withdrawn by the hospital's next one."""
    state = "answered" if row["version"] == chart.version else "withdrawn"
    return {**row, "state": state, "since": _moment(chart)}


def _moment(chart: ChartCoded) -> int:
    return milliseconds(chart.received_at or chart.occurred_at)
