"""Services of one chart onto another's claim: of the days before an admission, of one day, of one month.

A person decides it (schemas/events/coded.py, Proposal). Both charts get their next coding revision: the one that gives,
whose claims are then voided, and the one that takes.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from claims.claim_diagnoses import disclosed
from claims.codesets.shapes import without_dot
from claims.findings import reject
from claims.payers import numbered_services
from schemas.events.chart import Part2Consent
from schemas.events.claim import CodedValue
from schemas.events.coded import ChartCoded, CodedDiagnosis, Finding, Service
from schemas.identity import derived

_VISITS: Final = frozenset({"045", "051"})  # revenue codes of emergency rooms and clinics


def fold(
    moved: ChartCoded, into: ChartCoded, coder: str, exempt: Callable[[str], bool] = lambda _code: False
) -> tuple[ChartCoded, ChartCoded]:
    """The two charts once the hospital's own services of `moved` stand on `into`.

    What professionals did stays, and so does what the patient paid so that no plan sees it, with what it was for (45
    CFR 164.522(a)(1)(vi)). The other diagnoses go along: what the patient came with or got before the order to admit
    him was present on admission (OCG Appendix I); codes that are `exempt` say nothing of it. What was folded of that
    chart before is folded anew.
    """
    left = tuple(service for service in moved.services if not _moves(moved, service))
    taken = tuple(_moved(moved, service) for service in moved.services if _moves(moved, service))
    whose = (*moved.folds, moved.chart_id)
    grown: Mapping[str, object] = {
        "services": (*(service for service in into.services if service.chart_id not in whose), *taken),
        "diagnoses": (*into.diagnoses, *_new(moved, into, exempt)),
        "folds": tuple(dict.fromkeys((*into.folds, *whose))),
    }
    return _next(moved, coder, {"services": left, "folded_into": into.chart_id}), _next(into, coder, grown)


def discloses(gives: Part2Consent | None, takes: Part2Consent | None) -> bool:
    """Whether a fold shows substance-use treatment to whom only the other chart's consent names (42 CFR 2.31-2.33)."""
    return gives is not None and gives.applies and gives != takes


def once_more(took: ChartCoded, coder: str) -> ChartCoded:
    """The chart that took services, sent again once the claim that had them is voided."""
    return _next(took, coder, {})


def folded_numbers(chart: ChartCoded) -> frozenset[str]:
    """The control numbers of the lines that came from other charts: they had them on their own claims."""
    if not chart.folds:
        return frozenset()
    return frozenset(each.control_number for each in numbered_services(chart) if each.service.chart_id in chart.folds)


def still_apart(claim: str) -> Finding:
    """Nothing is billed twice: the claims of what was folded are voided first."""
    finding = reject(
        "B7",
        "the services that were folded into this chart still stand on their own claim",
        field="folds",
        carc="60",
        citation="42 CFR 412.2(c)(5); X12 837 CLM05-3, 8",
        mend="wait until its payer has answered that claim and it is voided, then send this chart again",
    )
    return finding.model_copy(update={"claim": claim})


def given_back(claim: str) -> Finding:
    """A fold is undone when the payer has taken the correction of the claim that took the lines."""
    finding = reject(
        "B7",
        "services of this chart still stand on the claim of the chart into which they were folded",
        field="services",
        carc="60",
        citation="42 CFR 412.2(c)(5); X12 837 CLM05-3, 7 and 8",
        mend="wait until its payer has taken the correction of that claim, then send this chart again",
    )
    return finding.model_copy(update={"claim": claim})


def on_two_charts() -> Finding:
    """A line stands on one chart. Half of a fold, or of its undoing, would bill it twice."""
    return reject(
        "B7",
        "lines of this chart stand on another chart of the patient too",
        field="services",
        carc="60",
        citation="42 CFR 412.2(c)(5); CPM 1/50.2.2",
        mend="send both charts of the fold, or both with it undone, first the one that has the lines no more",
    )


def unsaid(before: ChartCoded, chart: ChartCoded) -> Iterator[Finding]:
    """A hospital's next version knows nothing of a fold. By it, lines of another chart would stand on no claim any
    more, or its own on two.

    A coder may undo a fold: by another coding revision of the same version.
    """
    if chart.version == before.version:
        return
    if not set(before.folds) <= set(chart.folds):
        yield _unsaid("services of another chart were folded into the version before", "folds")
    if before.folded_into is not None and chart.folded_into is None:
        yield _unsaid("services of the version before were folded into another chart", "folded_into")


def _unsaid(message: str, field: str) -> Finding:
    return reject(
        "B7",
        message,
        field=field,
        carc="60",
        citation="42 CFR 412.2(c)(5); CPM 1/50.2.2",
        mend="send this version coded, with that field and its lines; or first both charts with their next coding "
        "revision, the fold undone",
    )


def conditions(chart: ChartCoded) -> Iterator[CodedValue]:
    """Condition 51: the hospital says that the visit has nothing to do with the admission after it. G0: two visits of
    one day to one department (CPM 3/40.3; IOCE 42)."""
    if chart.encounter.encounter_class == "inpatient":
        return
    if chart.admission_related is False:
        yield CodedValue(kind="condition", code="51")
    if chart.folds and _two_visits(chart):
        yield CodedValue(kind="condition", code="G0")


def _two_visits(chart: ChartCoded) -> bool:
    seen: Counter[tuple[date, str]] = Counter()
    for day, revenue_code, _ in {(s.service_from, s.revenue_code or "", s.chart_id) for s in chart.services}:
        seen[day, revenue_code] += 1
    return any(count > 1 and revenue_code[:3] in _VISITS for (_, revenue_code), count in seen.items())


def _moves(chart: ChartCoded, service: Service) -> bool:
    restricted = {restriction.statement for restriction in chart.restrictions}
    return service.component == "facility" and service.statement not in restricted


def _moved(chart: ChartCoded, service: Service) -> Service:
    """A line with whose it was; its pointers counted that chart's diagnoses, and a hospital's claim has none."""
    return service.model_copy(update={"chart_id": service.chart_id or chart.chart_id, "pointers": ()})


def _new(moved: ChartCoded, into: ChartCoded, exempt: Callable[[str], bool]) -> Iterator[CodedDiagnosis]:
    known = {without_dot(diagnosis.code) for diagnosis in into.diagnoses}
    last = max((diagnosis.rank for diagnosis in into.diagnoses), default=0)
    present = "Y" if into.encounter.encounter_class == "inpatient" else None
    for diagnosis in disclosed(moved):
        code = without_dot(diagnosis.code)
        if diagnosis.role in {"principal", "other"} and code not in known:
            known.add(code)
            last += 1
            said = None if exempt(code) else present
            yield diagnosis.model_copy(update={"role": "other", "rank": last, "present_on_admission": said})


def _next(chart: ChartCoded, coder: str, changed: Mapping[str, object]) -> ChartCoded:
    revision = chart.coding_revision + 1
    event_id = derived("coder-answer", chart.hospital, chart.chart_id, chart.version, revision)
    update = {"coding_revision": revision, "coder": coder, "event_id": event_id, "producer": chart.hospital}
    return chart.model_copy(update={**update, "findings": (), **changed})
