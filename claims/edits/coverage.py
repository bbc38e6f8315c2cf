"""Edits on who is asked to pay (I1, I4, C1)."""

from collections.abc import Iterator
from typing import Final

from claims.findings import reject, warn
from claims.payers import injury_order, pays_for_work, plan_order, routes
from claims.tables import Reference
from schemas.events.chart import Coverage
from schemas.events.coded import ChartCoded, Finding

_ACCIDENT_PLANS: Final = frozenset({"AM", "LM", "LI"})  # X12 SBR09: automobile medical, liability medical, liability

_PRIMARY: Final = "42 CFR 411.20; CARC 19, 20, 21"
_ADD: Final = "add the coverage that answers for the accident, or correct the cause"


def first_coverage(chart: ChartCoded) -> Coverage | None:
    """Whose claim it will be first: after a work injury who answers for that; None: the patient's."""
    at_work = any(cause.kind == "employment" for cause in chart.causes)
    order = injury_order(chart) if at_work else plan_order(chart)
    return order[0] if order else None


def member_id_missing(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """I1: an insurer knows its member by his id (837 loop 2010BA NM109). Reject, CARC 31."""
    for at, coverage in enumerate(chart.coverages):
        if coverage.kind == "insurer" and not pays_for_work(coverage) and coverage.member_id is None:
            yield reject(
                "I1",
                "an insurer's coverage without the member's id",
                field=f"coverages[{at}].member_id",
                carc="31",
                citation="837 2010BA NM109",
                mend="give the id on the member's card",
            )


def outside_coverage(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """I4: each plan that is asked, first or later, covers the days of service. Reject, CARC 26 before it began, 27
    after it ended."""
    asked = [coverage for route in routes(chart) for coverage in route.payers]
    for at, coverage in enumerate(chart.coverages):
        early, late = _not_begun(coverage, chart), _over(coverage, chart)
        if coverage in asked and (early or late):
            yield reject(
                "I4",
                "a service before the coverage began" if early else "a service after the coverage ended",
                field=f"coverages[{at}].valid_from" if early else f"coverages[{at}].valid_to",
                value_kind="day",
                carc="26" if early else "27",
                citation="837 2000B; eligibility 271",
                mend="give the coverage in force on the day, or who pays instead",
            )


def _not_begun(coverage: Coverage, chart: ChartCoded) -> bool:
    return coverage.valid_from is not None and chart.encounter.start_day < coverage.valid_from


def _over(coverage: Coverage, chart: ChartCoded) -> bool:
    """A plan in force at admission pays for an inpatient stay that it doesn't outlast (a DRG stay does not split)."""
    stay = chart.encounter
    day = stay.start_day if stay.encounter_class == "inpatient" else stay.end_day
    return coverage.valid_to is not None and day > coverage.valid_to


def health_plan_for_an_accident(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """C1: who answers for an accident pays before the health plan (42 CFR 411.20).

    A work injury without workers' compensation or the employer: reject, CARC 19. An automobile or other accident
    without a no-fault or liability plan: warn, CARC 21 or 20.
    """
    if all(coverage.kind == "patient" for coverage in chart.coverages):
        return
    answered = any(coverage.plan_kind in _ACCIDENT_PLANS for coverage in chart.coverages)
    for at, cause in enumerate(chart.causes):
        if cause.kind == "employment" and not any(map(pays_for_work, chart.coverages)):
            message = "a work injury without who answers for it"
            yield reject("C1", message, field=f"causes[{at}]", carc="19", citation=_PRIMARY, mend=_ADD)
        elif cause.kind != "employment" and not answered:
            carc = "21" if cause.kind == "auto" else "20"
            message = "an accident without a plan that answers for it"
            yield warn("C1", message, field=f"causes[{at}]", carc=carc, citation=_PRIMARY, mend=_ADD)
