"""Edits on whether the plan has the patient on the day: I4 dates of coverage, I5 the answer, I6 Medicare Advantage."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.in_force import is_in_force, touches
from claims.payers import MEDICARE, asks_anybody, injury_order, order_of, plan_order, routes
from claims.turns import day_asked


@rule(
    "I4",
    "reject",
    carc="27",
    citation="837 2000B; eligibility 271; 42 CFR 422.318",
    mend="give the coverage in force on the day, or who pays instead",
    needs="plans change",
)
def outside_coverage(subject: Subject) -> Iterator[Fault]:
    """A plan covers the days of service: CARC 26 before it began, 27 after it ended.

    A plan that is in force on no day of the encounter is not asked and should not stand there. Where coverage changes
    within the encounter, each service goes to the plans of its own day; one on whose day none is in force rejects, but
    where a coverage of the patient's own says that he pays. The hospital's services of an inpatient go by the day of
    admission: a stay is not parted.
    """
    order, span = order_of(subject.chart), subject.span
    if not asks_anybody(subject.chart):
        return
    for at, coverage in enumerate(subject.coverages):
        if not touches(coverage, *span) and coverage in order:
            early = coverage.valid_from is not None and span[1] < coverage.valid_from
            message = "a service before the coverage began" if early else "a service after the coverage ended"
            field = f"coverages[{at}].{'valid_from' if early else 'valid_to'}"
            yield Fault(message, field, None, "day", carc="26" if early else "27")
    if any(touches(coverage, *span) for coverage in order):
        yield from _between_coverages(subject)


def _between_coverages(subject: Subject) -> Iterator[Fault]:
    """Services on whose day nobody who is asked covers the patient; of a stay's own it is said once."""
    places, stays = {id(service): at for at, service in enumerate(subject.services)}, False
    for route in routes(subject.chart):
        order = injury_order(subject.chart) if route.why in {"work-injury", "accident"} else plan_order(subject.chart)
        for service in (numbered.service for numbered in route.services):
            day = day_asked(subject.chart, service)
            if not route.payers or any(is_in_force(coverage, day) for coverage in order):
                continue
            begun = any(coverage.valid_from is None or coverage.valid_from <= day for coverage in order)
            carc, message = "27" if begun else "26", "a service on a day that no coverage has"
            if not (subject.inpatient and service.component == "facility"):
                at = places[id(service)]
                yield Fault(message, f"services[{at}].service_from", at, "day", carc=carc)
            elif not stays:
                stays = True
                yield Fault("no coverage has the day of admission", "encounter.admission_date", None, "day", carc=carc)


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
