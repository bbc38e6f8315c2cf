"""Edits on whether the plan has the patient on the day: I4 dates of coverage, I5 the answer, I6 Medicare Advantage."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import MEDICARE, routes
from schemas.events.chart import Coverage


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
    "I5",
    "warn",
    carc="31",
    citation="eligibility 270/271; the payer's eligibility_days in partners.yaml",
    mend="ask the plan (270) and send its answer with its date",
)
def eligibility_unchecked_or_stale(subject: Subject) -> Iterator[Fault]:
    """The plan was asked whether it has the patient, and not longer ago than the payer wants (271).

    A plan that answered no warns always, CARC 27. That nobody asked (31), or more than `eligibility_days` before the
    first day of service (27), warns where the payer's entry has such a number. An answer after that day is fresh.
    """
    for at, (coverage, payer) in enumerate(zip(subject.coverages, subject.payers, strict=True)):
        if coverage.eligibility == "inactive":
            message = "the plan answered that it doesn't cover the patient"
            yield Fault(message, f"coverages[{at}].eligibility", carc="27")
        elif payer is not None and (days := payer.eligibility_days) is not None and coverage.kind != "patient":
            asked = coverage.eligibility_date
            if asked is None or coverage.eligibility == "unknown":
                yield Fault("nobody asked the plan whether it covers the patient", f"coverages[{at}].eligibility")
            elif (subject.stay.start_day - asked).days > days:
                message = "the plan was asked too long before the service"
                yield Fault(message, f"coverages[{at}].eligibility_date", None, "day", carc="27")


@rule(
    "I6",
    "reject",
    carc="109",
    citation="42 CFR 422.50; 271 EB: a Medicare Advantage plan has the member",
    mend="bill the Medicare Advantage plan, under its own member id",
    needs="plan's answers",
)
def medicare_instead_of_its_advantage_plan(subject: Subject) -> Iterator[Fault]:
    """Original Medicare is not asked when a Medicare Advantage plan has the member, not even second: the plan is
    instead of it.

    Contractors' pages read: they reject a hospital's claim (CARC 109) and return a professional's (CARC 24). What stays
    with Medicare for a member of such a plan (hospice, certain trials) is told by no field of a chart: turn the rule to
    a warning where that is common.
    """
    for at, coverage in enumerate(subject.coverages):
        if coverage.advantage and coverage.plan_kind in MEDICARE:
            yield Fault(
                "Medicare is asked, and a Medicare Advantage plan has the member",
                f"coverages[{at}].payer",
                None,
                "payer",
                carc="109" if subject.facility else "24",
            )


ELIGIBILITY: Final[tuple[Rule, ...]] = (
    outside_coverage,
    eligibility_unchecked_or_stale,
    medicare_instead_of_its_advantage_plan,
)
