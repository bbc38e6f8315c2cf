"""Edits on who is asked to pay, and in which order (C1, C2, C7, C8)."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from claims.edits.payer_order import is_by_current_work, medicare_is_first
from claims.edits.rule import Fault, Rule, Severity, rule
from claims.edits.subject import Subject
from claims.in_force import is_in_force
from claims.payers import (
    ACCIDENT_CARRIERS,
    MEDICAID,
    MEDICARE,
    TRICARE,
    VETERANS,
    WORKERS_COMPENSATION,
    Route,
    is_group_plan,
    pays_for_accidents,
    pays_for_work,
    routes,
)
from schemas.events.chart import Coverage

_NOT_BEFORE_MEDICAID: Final = frozenset({MEDICAID, WORKERS_COMPENSATION, VETERANS, "TV"})  # TV, Title V: not liable


@rule(
    "C1",
    "reject",
    carc="19",
    citation="42 CFR 411.20; CARC 19, 20, 21",
    mend="add the coverage that answers for the accident, or correct the cause",
    needs="accidents",
)
def health_plan_for_an_accident(subject: Subject) -> Iterator[Fault]:
    """Who answers for an accident pays before the health plan (42 CFR 411.20).

    A work injury without workers' compensation or the employer rejects, CARC 19. An automobile or other accident
    without a no-fault or liability plan warns, CARC 21 or 20. Where coverage changes within the encounter, each service
    goes by its own day.
    """
    coverages = subject.coverages
    if not subject.chart.causes or all(coverage.kind == "patient" for coverage in coverages):
        return
    asked = routes(subject.chart) if subject.plans_change else (Route("work-injury", coverages, ()),)
    at_work = all(any(map(pays_for_work, route.payers)) for route in asked if route.why == "work-injury")
    injured = [route for route in asked if route.why in {"work-injury", "accident"}]
    answered = bool(injured) and all(any(map(pays_for_accidents, route.payers)) for route in injured)
    for at, cause in enumerate(subject.chart.causes):
        if cause.kind == "employment" and not at_work:
            yield Fault("a work injury without who answers for it", f"causes[{at}]")
        elif cause.kind != "employment" and not answered:
            carc = "21" if cause.kind == "auto" else "20"
            message = "an accident without a plan that answers for it"
            yield Fault(message, f"causes[{at}]", carc=carc, severity="warn")


@rule(
    "C2",
    "reject",
    carc="22",
    citation="42 CFR 411.172, 411.204, 411.162; 433.139(b)(1)",
    mend="put the coverages in the order in which they pay, or correct the facts",
)
def paid_in_another_order(subject: Subject) -> Iterator[Fault]:
    """A group plan pays before Medicare, and everybody before Medicaid, where the facts say so.

    The plan is first with current work: aged 65 with an employer of 20 or more, younger with one of 100 or more (42 CFR
    411.170, 411.172, 411.204; read). It is first in the first 30 months of kidney failure at any size, and Medicare
    after them (POMS HI 00801.247, read; 42 CFR 411.162, not read: a warning). Retired: Medicare is first, and the plan
    before it warns. Medicaid rejects a claim of which another is liable (42 CFR 433.139(b)(1), read), but for the
    pediatric prevention and child support of (b)(3), which a state pays and recovers. What the facts leave open is not
    judged.
    """
    if len(subject.coverages) > 1:
        yield from dict.fromkeys(fault for day in subject.plan_days for fault in _order_faults(subject, day))


def _order_faults(subject: Subject, day: date) -> Iterator[Fault]:
    """Of the plans in force on that day."""
    for at, coverage in enumerate(subject.coverages):
        if not is_in_force(coverage, day):
            continue
        if coverage.plan_kind in MEDICARE:
            yield from _beside_medicare(at, coverage, subject, day)
        elif coverage.plan_kind == MEDICAID and any(_pays_too(each, day) for each in subject.coverages[at + 1 :]):
            yield Fault("Medicaid before another who pays", f"coverages[{at}]", None, "order of payers")


def _beside_medicare(at: int, medicare: Coverage, subject: Subject, day: date) -> Iterator[Fault]:
    for place, plan in enumerate(subject.coverages):
        facts = plan.facts or medicare.facts
        if facts is None or not is_group_plan(plan) or not _pays_too(plan, day):
            continue
        first = medicare_is_first(facts, subject.patient.birth_date, day)
        if first is False and at < place:
            severity: Severity | None = None if facts.esrd_start is None else "warn"
            message = "Medicare before a plan that pays first"
            yield Fault(message, f"coverages[{at}]", None, "order of payers", severity=severity)
        elif first and place < at:
            message = "a plan before Medicare, which pays first"
            yield Fault(message, f"coverages[{place}]", None, "order of payers", severity="warn")


@rule(
    "C2",
    "warn",
    carc="22",
    citation="NAIC model on coordination of benefits; billing.md section 6",
    mend="put the coverages in the order in which they pay; a court's order or the parents' custody comes first",
)
def plans_in_another_order(subject: Subject) -> Iterator[Fault]:
    """Of two plans of insurers the patient's own pays before one under which he is a dependent; of two under which he
    is a child, that of the parent whose birthday comes earlier in the year; else the one by current work before one of
    a retired person or one that is continued (COBRA).

    The model's rules, not read: they warn. A court's order comes before them, where the facts tell of one; custody goes
    by other rules, and of two plans that are alike in all this nothing is said. Medicare, Medicaid, TRICARE and what
    answers for an accident are no such plans.
    """
    yield from dict.fromkeys(fault for day in subject.plan_days for fault in _parents_faults(subject, day))


def _parents_faults(subject: Subject, day: date) -> Iterator[Fault]:
    plans = [(at, plan) for at, plan in enumerate(subject.coverages) if is_group_plan(plan) and _pays_too(plan, day)]
    for (at, first), (_, second) in pairwise(plans):
        if _by_order(first):
            continue
        if _by_order(second):
            yield Fault("a plan before the one that a court's order names", f"coverages[{at}]", None, "order of payers")
        elif first.subscriber.relationship != "self" and second.subscriber.relationship == "self":
            message = "a plan that covers the patient as a dependent before his own"
            yield Fault(message, f"coverages[{at}]", None, "order of payers")
        elif _is_later_birthday(first, second):
            yield Fault(
                "the plan of the parent with the later birthday first", f"coverages[{at}]", None, "order of payers"
            )
        elif is_by_current_work(first.facts) is False and is_by_current_work(second.facts):
            message = "a plan of a retired person, or a continued one, before one by current work"
            yield Fault(message, f"coverages[{at}]", None, "order of payers")


@rule(
    "C2",
    "warn",
    carc="22",
    citation="32 CFR 199.8; billing.md section 6",
    mend="put TRICARE behind the other plans, before Medicaid alone",
)
def tricare_before_others(subject: Subject) -> Iterator[Fault]:
    """TRICARE pays after every other plan, but before Medicaid (32 CFR 199.8, not read: it warns).

    A supplement to TRICARE comes after it, and charts don't tell one from another plan.
    """
    coverages = subject.coverages
    if len(coverages) < 2:
        return
    for at, coverage in enumerate(coverages):
        if coverage.plan_kind == TRICARE and any(
            _before_tricare(later, day) for later in coverages[at + 1 :] for day in subject.plan_days
        ):
            yield Fault("TRICARE before another who pays", f"coverages[{at}]", None, "order of payers")


def _before_tricare(coverage: Coverage, day: date) -> bool:
    return coverage.plan_kind not in {TRICARE, MEDICAID} and _pays_too(coverage, day)


def _by_order(plan: Coverage) -> bool:
    return plan.facts is not None and plan.facts.court_order is True


def _is_later_birthday(first: Coverage, second: Coverage) -> bool:
    """Month and day count, not the year."""
    if {first.subscriber.relationship, second.subscriber.relationship} != {"child"}:
        return False
    one, other = first.subscriber.birth_date, second.subscriber.birth_date
    return one is not None and other is not None and (one.month, one.day) > (other.month, other.day)


def _pays_too(coverage: Coverage, day: date) -> bool:
    """A plan that is asked and in force on the day; what answers for a work injury only is neither."""
    return coverage.kind == "insurer" and coverage.plan_kind not in _NOT_BEFORE_MEDICAID and is_in_force(coverage, day)


@rule(
    "C7",
    "warn",
    carc="288",
    citation="837 REF 9F; the payer's requires_referral in partners.yaml",
    mend="give the referral's number",
    needs="referrals",
)
def referral_absent(subject: Subject) -> Iterator[Fault]:
    """A payer who wants a referral for encounters of this class gets its number (837 REF 9F).

    The classes stand in the payer's entry (`requires_referral`); by itself no payer wants one.
    """
    payer, first = subject.payer, subject.first
    if payer is None or first is None or first.referral is not None:
        return
    if payer.requires_referral and subject.stay.encounter_class in payer.requires_referral:
        yield Fault("no referral, and this class of encounter needs one", f"coverages[{subject.place}].referral")


@rule(
    "C8",
    "reject",
    carc="16",
    citation="837 REF Y4; X12 RFI 974",
    mend="give the number under which the carrier knows the accident",
    needs="accidents",
)
def casualty_number_missing(subject: Subject) -> Iterator[Fault]:
    """A claim for a work or automobile accident has the number that its carrier gave (837 REF Y4).

    X12 RFI 974, read: required of property and casualty claims, workers' compensation among them, and 'unknown' only
    where the carrier says so. An employer who pays himself gives none.
    """
    for at, cause in enumerate(subject.chart.causes):
        if cause.claim_number is not None or cause.kind == "other":
            continue
        kinds = {WORKERS_COMPENSATION} if cause.kind == "employment" else ACCIDENT_CARRIERS
        if any(coverage.plan_kind in kinds for coverage in subject.coverages):
            yield Fault("an accident without its carrier's number", f"causes[{at}].claim_number")


@rule(
    "C6",
    "reject",
    carc="197",
    citation="38 CFR 17.4020, 17.120; billing.md section 6",
    mend="give the number under which Veterans Affairs authorized the care, or leave the coverage out",
)
def veterans_without_authorization(subject: Subject) -> Iterator[Fault]:
    """Veterans Affairs pays for care that it authorized, and for no other (billing.md section 6).

    Looked at where it would be asked first. Emergency care that is told in time has a number too. 38 CFR is not read.
    """
    first = subject.first
    if first is not None and first.plan_kind == VETERANS and not first.authorizations:
        yield Fault("Veterans Affairs asked without its authorization", f"coverages[{subject.place}].authorizations")


COVERAGE: Final[tuple[Rule, ...]] = (
    health_plan_for_an_accident,
    paid_in_another_order,
    plans_in_another_order,
    tricare_before_others,
    referral_absent,
    casualty_number_missing,
    veterans_without_authorization,
)
