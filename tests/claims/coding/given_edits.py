"""What tests of the edits share: dated tables of a test's own, what a rule finds, and charts of given lines."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from claims.codesets.dated import DatedTables, open_tables
from claims.codesets.dated_build import Release, compile_tables
from claims.codesets.lists import shipped
from claims.edits.rule import Rule
from claims.edits.subject import NO_HISTORY, Subject
from claims.history import HistoryLine, PatientHistory, visit_of
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding, Service

DAY = timedelta(days=1)
VISIT = date(2026, 3, 10)
"""The day of the chart in conftest."""

Case = tuple[Rule, str, str, str | None, Any]
"""A rule, what its finding says (rule, severity, CARC), and what is changed so that it fires."""
Reasoned = tuple[str, Callable[[ChartCoded], ChartCoded]]
"""Why nothing is found, and what is changed."""


def tables(*releases: Release) -> DatedTables:
    return open_tables(compile_tables((*shipped(), *releases)))


def with_tables(reference: Reference, *releases: Release) -> Reference:
    return replace(reference, tables=tables(*releases))


def found(edit: Rule, chart: ChartCoded, reference: Reference, history: PatientHistory = NO_HISTORY) -> list[Finding]:
    return list(edit.findings(Subject(chart, reference, history)))


def kinds(said: Iterable[Finding]) -> set[tuple[str, str, str | None]]:
    return {(finding.rule, finding.severity, finding.carc) for finding in said}


def places(said: Iterable[Finding]) -> list[tuple[int | None, str | None]]:
    """Where each finding is: the line's number, and the field."""
    return [(finding.line, finding.field) for finding in said]


def named(rows: Iterable[Case]) -> list[str]:
    return [f"{row[0].name}-{at}" for at, row in enumerate(rows)]


def line(chart: ChartCoded, code: str | None, **fields: Any) -> Service:
    """A hospital's line of a code that its chargemaster doesn't have, one unit on the day of the chart."""
    common = {"code": code, "component": "facility", "performer_npi": None, "revenue_code": "0270", "group": None}
    return chart.services[0].model_copy(update={**common, **fields})


def with_lines(chart: ChartCoded, *lines: Service) -> ChartCoded:
    return chart.model_copy(update={"services": lines})


def coded_as(chart: ChartCoded, *codes: str | tuple[str, ...], **fields: Any) -> ChartCoded:
    """The chart with a line for each code, or code and modifiers."""
    items = [(code,) if isinstance(code, str) else code for code in codes]
    return with_lines(chart, *(line(chart, item[0], modifiers=item[1:], **fields) for item in items))


def with_coverage(chart: ChartCoded, **fields: Any) -> ChartCoded:
    return chart.model_copy(update={"coverages": (chart.coverages[0].model_copy(update=fields),)})


def with_diagnoses(chart: ChartCoded, *codes: str) -> ChartCoded:
    """The chart with these diagnoses, the first of them principal."""
    first = chart.diagnoses[0]
    others = [
        first.model_copy(update={"code": code, "role": "other", "rank": rank})
        for rank, code in enumerate(codes[1:], start=2)
    ]
    return chart.model_copy(update={"diagnoses": (first.model_copy(update={"code": codes[0]}), *others)})


def elsewhere(chart: ChartCoded, *lines: Service, **fields: Any) -> PatientHistory:
    """A history of these lines on another chart of that patient, of the same class."""
    common = {"hospital": chart.hospital, "account_number": "A0", "chart_id": "c-0", "version": 1, **fields}
    same = ("code", "modifiers", "revenue_code", "performer_npi", "units", "component")
    kept = (
        {"control_number": f"L{at}", "day": each.service_from, **{name: getattr(each, name) for name in same}, **common}
        for at, each in enumerate(lines)
    )
    visit = visit_of(chart).model_copy(update={"chart_id": common["chart_id"], "hospital": common["hospital"]})
    return PatientHistory(lines=tuple(HistoryLine(**each) for each in kept), visits=(visit,))
