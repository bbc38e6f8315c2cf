"""Edits on who is asked to pay (I1, I4, C1)."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import pays_for_work, routes
from schemas.events.chart import Coverage

_ACCIDENT_PLANS: Final = frozenset({"AM", "LM", "LI"})  # X12 SBR09: automobile medical, liability medical, liability


@rule("I1", "reject", carc="31", citation="837 2010BA NM109", mend="give the id on the member's card")
def member_id_missing(subject: Subject) -> Iterator[Fault]:
    """An insurer knows its member by his id (837 loop 2010BA NM109)."""
    for at, coverage in enumerate(subject.coverages):
        if coverage.kind == "insurer" and coverage.member_id is None and not pays_for_work(coverage):
            yield Fault("an insurer's coverage without the member's id", f"coverages[{at}].member_id")


@rule(
    "I4",
    "reject",
    carc="27",
    citation="837 2000B; eligibility 271",
    mend="give the coverage in force on the day, or who pays instead",
)
def outside_coverage(subject: Subject) -> Iterator[Fault]:
    """Each plan that is asked, first or later, covers the days of service: CARC 26 before it began, 27 after it
    ended."""
    for at, coverage in enumerate(subject.coverages):
        early, late = _not_begun(coverage, subject), _over(coverage, subject)
        if (early or late) and _is_asked(coverage, subject):
            yield Fault(
                "a service before the coverage began" if early else "a service after the coverage ended",
                f"coverages[{at}].valid_from" if early else f"coverages[{at}].valid_to",
                None,
                "day",
                carc="26" if early else "27",
            )


def _is_asked(coverage: Coverage, subject: Subject) -> bool:
    return any(coverage in route.payers for route in routes(subject.chart))


def _not_begun(coverage: Coverage, subject: Subject) -> bool:
    return coverage.valid_from is not None and subject.stay.start_day < coverage.valid_from


def _over(coverage: Coverage, subject: Subject) -> bool:
    """A plan in force at admission pays for an inpatient stay that it doesn't outlast (a DRG stay does not split)."""
    day = subject.stay.start_day if subject.inpatient else subject.stay.end_day
    return coverage.valid_to is not None and day > coverage.valid_to


@rule(
    "C1",
    "reject",
    carc="19",
    citation="42 CFR 411.20; CARC 19, 20, 21",
    mend="add the coverage that answers for the accident, or correct the cause",
)
def health_plan_for_an_accident(subject: Subject) -> Iterator[Fault]:
    """Who answers for an accident pays before the health plan (42 CFR 411.20).

    A work injury without workers' compensation or the employer rejects, CARC 19. An automobile or other accident
    without a no-fault or liability plan warns, CARC 21 or 20.
    """
    coverages = subject.coverages
    if not subject.chart.causes or all(coverage.kind == "patient" for coverage in coverages):
        return
    answered = any(coverage.plan_kind in _ACCIDENT_PLANS for coverage in coverages)
    for at, cause in enumerate(subject.chart.causes):
        if cause.kind == "employment" and not any(map(pays_for_work, coverages)):
            yield Fault("a work injury without who answers for it", f"causes[{at}]")
        elif cause.kind != "employment" and not answered:
            carc = "21" if cause.kind == "auto" else "20"
            message = "an accident without a plan that answers for it"
            yield Fault(message, f"causes[{at}]", carc=carc, severity="warn")


COVERAGE: Final[tuple[Rule, ...]] = (member_id_missing, outside_coverage, health_plan_for_an_accident)
