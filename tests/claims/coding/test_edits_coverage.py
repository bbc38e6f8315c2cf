"""Who is asked to pay, and in which order (C1, C2, C7, C8), and what he agreed to before (C6)."""

from datetime import date
from typing import Any

import pytest

from claims.edits import check_chart
from claims.edits.authorization import AUTHORIZATION, not_authorized
from claims.edits.coverage import (
    COVERAGE,
    casualty_number_missing,
    health_plan_for_an_accident,
    paid_in_another_order,
    plans_in_another_order,
    referral_absent,
    tricare_before_others,
    veterans_without_authorization,
)
from claims.edits.payer_order import is_aged, medicare_is_first
from claims.tables import Reference
from schemas.events.chart import Authorization, PriorityFacts, Restriction
from schemas.events.coded import ChartCoded
from schemas.events.people import Subscriber
from tests.claims.coding.builders import with_line
from tests.claims.coding.changes import (
    Case,
    Said,
    as_it_is,
    happened,
    with_coverage,
    with_coverages,
    with_patient,
    with_service,
    with_stay,
)
from tests.claims.coding.given_edits import VISIT

CAUSE = "causes[0]"
C1 = [
    Case("at work", health_plan_for_an_accident, lambda c: happened(c, "employment"), (("reject", "19", CAUSE),)),
    Case("with a car", health_plan_for_an_accident, lambda c: happened(c, "auto"), (("warn", "21", CAUSE),)),
    Case("elsewhere", health_plan_for_an_accident, lambda c: happened(c, "other"), (("warn", "20", CAUSE),)),
    Case("no accident", health_plan_for_an_accident, as_it_is),
    Case(
        "workers' compensation answers",
        health_plan_for_an_accident,
        lambda c: happened(with_coverage(c, plan_kind="WC"), "employment"),
    ),
    Case(
        "the employer answers",
        health_plan_for_an_accident,
        lambda c: happened(with_coverage(c, kind="business"), "employment"),
    ),
    Case("no-fault answers", health_plan_for_an_accident, lambda c: happened(with_coverage(c, plan_kind="AM"), "auto")),
    Case(
        "the patient pays himself",
        health_plan_for_an_accident,
        lambda c: happened(with_coverage(c, kind="patient"), "employment"),
    ),
]


def hurt_over_two_days(reason: str, kind: str, *plans: dict[str, Any], said: tuple[Said, ...] = ()) -> Case:
    """An accident, with a service on each of two days."""
    tomorrow = date(2026, 3, 11)

    def change(chart: ChartCoded) -> ChartCoded:
        done = with_service(chart, {}, {"service_from": tomorrow, "service_to": tomorrow})
        return happened(with_coverages(with_stay(done, end_day=tomorrow), *plans), kind)

    return Case(reason, health_plan_for_an_accident, change, said)


ENDS = {"valid_to": date(2026, 3, 10)}
C1 += [
    hurt_over_two_days("compensation for one day of two", "employment", {"plan_kind": "WC", **ENDS}, {},
                       said=(("reject", "19", CAUSE),)),
    hurt_over_two_days("compensation for both", "employment", {"plan_kind": "WC"}, ENDS),
    hurt_over_two_days("no-fault for one day of two", "auto", {"plan_kind": "AM", **ENDS}, {},
                       said=(("warn", "21", CAUSE),)),
    hurt_over_two_days("the patient pays when no-fault is over", "auto", {"plan_kind": "AM", **ENDS},
                       {"kind": "patient"}),
]  # fmt: skip

MEDICARE, MEDICAID = {"plan_kind": "MB", "payer": "medicare"}, {"plan_kind": "MC", "payer": "medicaid"}
AGED = date(1960, 5, 4)  # 65 on the day of the visit


def plan(**facts: Any) -> dict[str, Any]:
    return {"plan_kind": "CI", "facts": PriorityFacts(**facts)}


def in_order(
    reason: str,
    *coverages: dict[str, Any],
    said: str | None = None,
    at: int = 0,
    born: date = AGED,
    until: date = VISIT,
) -> Case:
    """`said` is the severity of what is said of a coverage."""
    findings = ((said, "22", f"coverages[{at}]"),) if said else ()

    def change(chart: ChartCoded) -> ChartCoded:
        return with_stay(with_patient(with_coverages(chart, *coverages), birth_date=born), end_day=until)

    return Case(reason, paid_in_another_order, change, findings)


WORKING, DISABLED = plan(working=True, employer_size=20), date(1990, 1, 1)
C2 = [
    in_order("one plan", MEDICARE),
    in_order(
        "the plan begins on the second day of two",
        MEDICARE,
        {**WORKING, "valid_from": date(2026, 3, 11)},
        said="reject",
        until=date(2026, 3, 11),
    ),
    in_order(
        "it begins when Medicare is over",
        {**MEDICARE, "valid_to": date(2026, 3, 10)},
        {**WORKING, "valid_from": date(2026, 3, 11)},
        until=date(2026, 3, 11),
    ),
    in_order("working, employer of 20", MEDICARE, WORKING, said="reject"),
    in_order("the plan is first, as it should be", WORKING, MEDICARE),
    in_order("employer of 19", MEDICARE, plan(working=True, employer_size=19)),
    in_order("employer of 19, and the plan first", plan(working=True, employer_size=19), MEDICARE, said="warn"),
    in_order("younger, employer of 99", MEDICARE, plan(working=True, employer_size=99), born=DISABLED),
    in_order("younger, of 100", MEDICARE, plan(working=True, employer_size=100), born=DISABLED, said="reject"),
    in_order("retired, and the plan first", plan(retired=True), MEDICARE, said="warn"),
    in_order("retired", MEDICARE, plan(retired=True)),
    in_order("nobody works", MEDICARE, plan(working=False, employer_size=500)),
    in_order("a retired patient under the plan of a spouse who works", MEDICARE, {**WORKING}, said="reject"),
    in_order("working, and of what size is unknown", MEDICARE, plan(working=True)),
    in_order("no facts", MEDICARE, {"plan_kind": "CI"}),
    in_order(
        "the facts stand at Medicare", {**MEDICARE, "facts": WORKING["facts"]}, {"plan_kind": "CI"}, said="reject"
    ),
    in_order("the plan had ended", MEDICARE, {**WORKING, "valid_to": date(2026, 3, 9)}),
    in_order("the plan ended that day", MEDICARE, {**WORKING, "valid_to": date(2026, 3, 10)}, said="reject"),
    in_order("the plan begins that day", MEDICARE, {**WORKING, "valid_from": date(2026, 3, 10)}, said="reject"),
    in_order("an automobile plan is no group's", MEDICARE, {**WORKING, "plan_kind": "AM"}),
    in_order("the plan begins later", MEDICARE, {**WORKING, "valid_from": date(2026, 3, 11)}),
    in_order("an employer who pays himself is no plan", MEDICARE, {**WORKING, "kind": "business"}),
    in_order("kidneys, in month 30", MEDICARE, plan(esrd_start=date(2023, 10, 31)), born=DISABLED, said="warn"),
    in_order("kidneys, in month 31", MEDICARE, plan(esrd_start=date(2023, 9, 1)), born=DISABLED),
    in_order("kidneys, and Medicaid", MEDICARE, MEDICAID),
    in_order("Medicaid before a plan", MEDICAID, {"plan_kind": "CI"}, said="reject"),
    in_order("Medicaid before Medicare", MEDICAID, MEDICARE, said="reject"),
    in_order("a plan between", MEDICARE, MEDICAID, {"plan_kind": "CI"}, said="reject", at=1),
    in_order("Medicaid last", {"plan_kind": "CI"}, MEDICARE, MEDICAID),
    in_order("before a plan that had ended", MEDICAID, {"plan_kind": "CI", "valid_to": date(2026, 3, 9)}),
    in_order("before workers' compensation, which nobody asks", MEDICAID, {"plan_kind": "WC"}),
    in_order("before Veterans Affairs", MEDICAID, {"plan_kind": "VA"}),
    in_order("before Title V", MEDICAID, {"plan_kind": "TV"}),
    in_order("before the patient", MEDICAID, {"kind": "patient"}),
]

OWN = {"plan_kind": "CI", "subscriber": Subscriber(relationship="self")}


def of(relationship: Any, born: date | None = None, **other: Any) -> dict[str, Any]:
    return {"plan_kind": "CI", "subscriber": Subscriber(relationship=relationship, birth_date=born), **other}


def two_plans(reason: str, *coverages: dict[str, Any], said: int | None = None) -> Case:
    findings = () if said is None else (("warn", "22", f"coverages[{said}]"),)
    return Case(reason, plans_in_another_order, lambda c: with_coverages(c, *coverages), findings)


JUNE, MAY = date(1980, 6, 1), date(1985, 5, 31)
ORDERED = PriorityFacts(court_order=True)
C2_PLANS = [
    two_plans("his own first", OWN, of("spouse")),
    two_plans("a dependent's first", of("spouse"), OWN, said=0),
    two_plans("Medicare between is no plan", of("spouse"), MEDICARE, OWN, said=0),
    two_plans("as a dependent in both", of("spouse"), of("other")),
    two_plans("the earlier birthday first", of("child", MAY), of("child", JUNE)),
    two_plans("the later birthday first, though born before", of("child", JUNE), of("child", MAY), said=0),
    two_plans("one day", of("child", JUNE), of("child", JUNE.replace(year=1990))),
    two_plans("nobody knows a birthday", of("child", JUNE), of("child")),
    two_plans("the second had ended", of("child", JUNE), of("child", MAY, valid_to=date(2026, 3, 9))),
    two_plans("Medicaid is no plan", of("child", JUNE), {**of("child", MAY), "plan_kind": "MC"}),
    two_plans("the third before the second", OWN, of("child", JUNE), of("child", MAY), said=1),
    two_plans("retired first", {**OWN, **plan(retired=True)}, {**OWN, **plan(working=True)}, said=0),
    two_plans("continued first", {**OWN, **plan(continued=True)}, {**OWN, **plan(working=True)}, said=0),
    two_plans("by work first", {**OWN, **plan(working=True)}, {**OWN, **plan(continued=True)}),
    two_plans("retired first, and of the other nothing is known", {**OWN, **plan(retired=True)}, OWN),
    two_plans("a court's order first", {**of("child", JUNE), "facts": ORDERED}, of("child", MAY)),
    two_plans("a court's order second", of("child", MAY), {**of("child", JUNE), "facts": ORDERED}, said=0),
]

TRICARE = {"plan_kind": "CH"}


def of_programs(reason: str, *coverages: dict[str, Any], said: int | None = None) -> Case:
    findings = () if said is None else (("warn", "22", f"coverages[{said}]"),)
    return Case(reason, tricare_before_others, lambda c: with_coverages(c, *coverages), findings)


C2_TRICARE = [
    of_programs("alone", TRICARE),
    of_programs("before a plan", TRICARE, OWN, said=0),
    of_programs("before Medicare", TRICARE, MEDICARE, said=0),
    of_programs("after a plan, before Medicaid", OWN, TRICARE, MEDICAID),
    of_programs("before a plan that had ended", TRICARE, {**OWN, "valid_to": date(2026, 3, 9)}),
]
VETERAN = {"plan_kind": "VA"}
C6_VETERANS = [
    Case("another plan", veterans_without_authorization, as_it_is),
    Case(
        "no authorization",
        veterans_without_authorization,
        lambda c: with_coverage(c, **VETERAN),
        (("reject", "197", "coverages[0].authorizations"),),
    ),
    Case(
        "authorized",
        veterans_without_authorization,
        lambda c: with_coverage(c, **VETERAN, authorizations=(Authorization(number="A1"),)),
    ),
    Case("asked second", veterans_without_authorization, lambda c: with_coverages(c, OWN, VETERAN)),
]

REFERRED, FOR_VISITS = "coverages[0].referral", {"requires_referral": ("ambulatory",)}
C7 = [
    Case("a payer who wants none", referral_absent, as_it_is),
    Case("none", referral_absent, as_it_is, (("warn", "288", REFERRED),), FOR_VISITS),
    Case("one", referral_absent, lambda c: with_coverage(c, referral="R1"), (), FOR_VISITS),
    Case("another class", referral_absent, lambda c: with_stay(c, encounter_class="emergency"), (), FOR_VISITS),
    Case("the patient pays", referral_absent, lambda c: with_coverage(c, kind="patient"), (), FOR_VISITS),
]

NUMBER = (("reject", "16", "causes[0].claim_number"),)
C8 = [
    Case(
        "at work",
        casualty_number_missing,
        lambda c: happened(with_coverage(c, plan_kind="WC"), "employment"),
        NUMBER,
    ),
    Case("a car", casualty_number_missing, lambda c: happened(with_coverage(c, plan_kind="AM"), "auto"), NUMBER),
    Case("liability", casualty_number_missing, lambda c: happened(with_coverage(c, plan_kind="LI"), "auto"), NUMBER),
    Case(
        "liability, medical",
        casualty_number_missing,
        lambda c: happened(with_coverage(c, plan_kind="LM"), "auto"),
        NUMBER,
    ),
    Case(
        "with its number",
        casualty_number_missing,
        lambda c: happened(with_coverage(c, plan_kind="WC"), "employment", claim_number="N1"),
    ),
    Case(
        "an employer has none",
        casualty_number_missing,
        lambda c: happened(with_coverage(c, kind="business", plan_kind="ZZ"), "employment"),
    ),
    Case("no carrier", casualty_number_missing, lambda c: happened(c, "auto")),
    Case("a car, at work", casualty_number_missing, lambda c: happened(with_coverage(c, plan_kind="WC"), "auto")),
    Case(
        "neither work nor car",
        casualty_number_missing,
        lambda c: happened(with_coverage(c, plan_kind="LI"), "other"),
    ),
]

WANTS = {"requires_authorization": ("G0463", "030x", "0983")}
FIRST, SECOND, THIRD = (f"services[{at}].authorization" for at in range(3))


def allowed(reason: str, *given: Authorization, said: tuple[str | None, str] | None = None, **line: Any) -> Case:
    """A payer who authorizes the visit alone; `said` is a CARC and a field."""
    return Case(
        reason,
        not_authorized,
        lambda c: with_line(with_coverage(c, authorizations=given), **line),
        (("reject", *said),) if said else (),
        {"requires_authorization": ("G0463",)},
    )


def for_the_visit(**fields: Any) -> Authorization:
    return Authorization(**{"number": "A1", "service": "G0463", **fields})


def allowed_until(reason: str, second: tuple[Authorization, ...], said: tuple[Said, ...] = ()) -> Case:
    """The plan is over on the first of two days, with a visit on each; then another one of the payer has him."""
    tomorrow = date(2026, 3, 11)

    def change(chart: ChartCoded) -> ChartCoded:
        visit = {"code": "G0463", "revenue_code": "0510"}
        done = with_service(chart, visit, {**visit, "service_from": tomorrow, "service_to": tomorrow})
        return with_coverages(
            with_stay(done, end_day=tomorrow),
            {**ENDS, "authorizations": (for_the_visit(),)},
            {"valid_from": tomorrow, "authorizations": second},
        )

    return Case(reason, not_authorized, change, said, {"requires_authorization": ("G0463",)})


C6 = [
    allowed_until("by both plans", (for_the_visit(number="A2"),)),
    allowed_until("by the plan of the other day", (), (("reject", "197", SECOND),)),
    Case("a payer who wants nothing", not_authorized, as_it_is),
    Case(
        "a code, a series and a revenue code",
        not_authorized,
        as_it_is,
        (("reject", "197", FIRST), ("reject", "197", SECOND), ("reject", "197", THIRD)),
        WANTS,
    ),
    Case("nobody is asked", not_authorized, lambda c: c.model_copy(update={"coverages": ()}), (), WANTS),
    Case("another service", not_authorized, as_it_is, (), {"requires_authorization": ("E0601",)}),
    Case(
        "one for all",
        not_authorized,
        lambda c: with_coverage(c, authorizations=(Authorization(number="A1"),)),
        (),
        WANTS,
    ),
    allowed("for this service", for_the_visit()),
    allowed("by its revenue code", for_the_visit(service="0510")),
    allowed("for another service", for_the_visit(service="E0601"), said=("284", FIRST)),
    allowed("its first day", for_the_visit(start=date(2026, 3, 10))),
    allowed("too early", for_the_visit(start=date(2026, 3, 11)), said=("302", FIRST)),
    allowed("its last day", for_the_visit(end=date(2026, 3, 10))),
    allowed("too late", for_the_visit(end=date(2026, 3, 9)), said=("302", FIRST)),
    allowed("the second is in force", for_the_visit(end=date(2026, 3, 9)), for_the_visit(number="A2")),
    allowed("as many units", for_the_visit(units=1)),
    allowed("more units", for_the_visit(units=1), units=1001, said=("198", "services[0].units")),
    allowed("no unit", for_the_visit(units=0), said=("198", "services[0].units")),
    allowed("units of the second", for_the_visit(units=0), for_the_visit(number="A2", units=1)),
    allowed("one of them without a limit", for_the_visit(units=0), for_the_visit(number="A2")),
    allowed("the line names it", for_the_visit(), authorization="A1"),
    allowed("the line names the other", for_the_visit(end=date(2026, 3, 9)), authorization="A1", said=("302", FIRST)),
    allowed("the line names one that is told no further", authorization="A9"),
    Case(
        "what the patient paid in full no plan sees",
        not_authorized,
        lambda c: c.model_copy(
            update={"restrictions": (Restriction(statement=c.services[0].statement, paid_cents=1),)}
        ),
        (),
        {"requires_authorization": ("0510",)},
    ),
    Case(
        "two lines share the units",
        not_authorized,
        lambda c: with_coverage(
            c.model_copy(update={"services": (c.services[0], c.services[0])}), authorizations=(for_the_visit(units=1),)
        ),
        (("reject", "198", "services[1].units"),),
        {"requires_authorization": ("G0463",)},
    ),
]
CASES = [*C1, *C2, *C2_PLANS, *C2_TRICARE, *C6, *C6_VETERANS, *C7, *C8]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.id}, {case.reason}" for case in CASES])
def test_an_edit_on_who_pays_says_this(coded: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(coded, reference) == case.said


def test_every_edit_on_who_pays_has_a_case_that_fires_and_one_that_does_not() -> None:
    rules = {*COVERAGE, *AUTHORIZATION}

    assert {case.rule for case in CASES if case.said} == {case.rule for case in CASES if not case.said} == rules


def test_a_work_injury_that_workers_compensation_answers_for_is_fine(coded: ChartCoded, reference: Reference) -> None:
    compensated = with_coverage(happened(coded, "employment", claim_number="N1"), plan_kind="WC", member_id=None)

    assert check_chart(compensated, reference) == ()


@pytest.mark.parametrize(
    ("reason", "born", "day", "aged"),
    [
        ("the month of the birthday", date(1961, 5, 31), date(2026, 5, 1), True),
        ("the month before", date(1961, 5, 31), date(2026, 4, 30), False),
        ("born on the second, in the month before", date(1961, 5, 2), date(2026, 4, 30), False),
        ("born on the first: 65 the day before", date(1961, 5, 1), date(2026, 4, 1), True),
        ("and not in March", date(1961, 5, 1), date(2026, 3, 31), False),
        ("born on New Year", date(1961, 1, 1), date(2025, 12, 1), True),
    ],
)
def test_one_is_aged_from_the_first_of_the_month(reason: str, born: date, day: date, aged: bool) -> None:
    assert is_aged(born, day) is aged, reason


STARTED, LATER = date(2025, 1, 15), date(2026, 3, 10)


@pytest.mark.parametrize(
    ("reason", "facts", "born", "day", "first"),
    [
        ("retired and aged before the kidneys failed", {"retired": True}, date(1950, 1, 1), LATER, True),
        ("retired, and aged only after", {"retired": True}, date(1961, 1, 2), LATER, False),
        ("working and aged before", {"working": True, "employer_size": 50}, date(1950, 1, 1), LATER, False),
        (
            "working for a small employer, aged before",
            {"working": True, "employer_size": 5},
            date(1950, 1, 1),
            LATER,
            True,
        ),
        ("working, after 30 months", {"working": True, "employer_size": 50}, date(1950, 1, 1), date(2027, 7, 1), True),
        ("on their last day", {"working": True, "employer_size": 50}, date(1950, 1, 1), date(2027, 6, 30), False),
        ("before they fail, by work", {"working": True, "employer_size": 5}, date(1950, 1, 1), date(2025, 1, 14), True),
        ("on the day they fail", {}, date(1990, 1, 1), STARTED, False),
    ],
)
def test_failing_kidneys_put_a_plan_first_for_thirty_months(
    reason: str, facts: dict[str, Any], born: date, day: date, first: bool
) -> None:
    assert medicare_is_first(PriorityFacts(esrd_start=STARTED, **facts), born, day) is first, reason


@pytest.mark.parametrize(
    ("facts", "first"),
    [({"working": False}, True), ({"retired": True}, True), ({}, None), ({"retired": False}, None)],
)
def test_without_current_work_medicare_is_first_as_far_as_it_is_said(facts: dict[str, Any], first: bool | None) -> None:
    assert medicare_is_first(PriorityFacts(**facts), date(1950, 1, 1), LATER) is first


def test_without_a_birth_date_nobody_knows_who_is_first() -> None:
    assert medicare_is_first(PriorityFacts(working=True, employer_size=50), None, LATER) is None


def test_a_retired_patient_whose_spouse_works_is_judged_by_the_spouse() -> None:
    facts = PriorityFacts(working=True, employer_size=50, retired=True)

    assert medicare_is_first(facts, date(1950, 1, 1), LATER) is False
