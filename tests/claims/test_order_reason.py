"""Why a payer is asked in his turn."""

from datetime import date
from typing import Any, get_args

import pytest

from claims.accounts import claim_of, with_claim
from claims.forming import Now, follow_up, form
from claims.order_reason import ORDER_WORDS, order_reason
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.chart import Authorization, Cause, Coverage, PriorityFacts
from schemas.events.claim import OrderReason
from schemas.events.people import Subscriber
from tests.claims.given_accounts import ANSWERED_ON, Reasons, account, answer, chart, coverage, diagnosis, holding

AGED, YOUNGER = date(1955, 1, 1), date(1980, 1, 1)
MEDICARE, MEDICAID, TRICARE = coverage("medicare"), coverage("medicaid"), coverage("tricare", plan_kind="CH")
AT_WORK, BY_CAR = Cause(kind="employment"), Cause(kind="auto")
COMPENSATION, NO_FAULT = coverage("workers-compensation"), coverage("no-fault", plan_kind="AM")
LIABLE = coverage("liable", plan_kind="LM")
VETERAN = coverage("veterans", plan_kind="VA", authorizations=(Authorization(number="A1"),))


def plan(**facts: Any) -> Coverage:
    return coverage(facts=PriorityFacts(**facts))


def of(relationship: Any, born: date | None = None, **other: Any) -> Coverage:
    return coverage(subscriber=Subscriber(relationship=relationship, birth_date=born), **other)


JUNE, MAY = date(1980, 6, 1), date(1985, 5, 31)
SINCE_2020, SINCE_2024 = {"valid_from": date(2020, 1, 1)}, {"valid_from": date(2024, 1, 1)}

CASES: list[tuple[str, tuple[Coverage, ...], tuple[Cause, ...], date, OrderReason]] = [
    ("one plan", (coverage(),), (), YOUNGER, "only-payer"),
    ("work, and no plan besides", (COMPENSATION,), (AT_WORK,), YOUNGER, "work-injury"),
    ("work before the plan", (COMPENSATION, coverage()), (AT_WORK,), YOUNGER, "work-injury"),
    ("no-fault before the plan", (NO_FAULT, coverage()), (BY_CAR,), YOUNGER, "no-fault"),
    ("no-fault before Medicaid", (NO_FAULT, MEDICAID), (BY_CAR,), YOUNGER, "no-fault"),
    ("liability before the plan", (LIABLE, coverage()), (BY_CAR,), YOUNGER, "liability"),
    ("a carrier without an accident", (NO_FAULT, coverage()), (), YOUNGER, "hospital-order"),
    ("65 and at work", (plan(working=True, employer_size=20), MEDICARE), (), AGED, "working-aged"),
    ("disabled and at work", (plan(working=True, employer_size=100), MEDICARE), (), YOUNGER, "working-disabled"),
    ("kidneys, in month 30", (plan(esrd_start=date(2023, 10, 1)), MEDICARE), (), YOUNGER, "esrd-first-30-months"),
    ("kidneys, in month 31", (MEDICARE, plan(esrd_start=date(2023, 9, 1))), (), YOUNGER, "esrd-after-30-months"),
    ("retired", (MEDICARE, plan(retired=True)), (), AGED, "not-working"),
    ("employer of 19", (MEDICARE, plan(working=True, employer_size=19)), (), AGED, "small-employer"),
    ("against the facts", (plan(retired=True), MEDICARE), (), AGED, "hospital-order"),
    ("Medicare, and nobody knows the facts", (MEDICARE, coverage()), (), AGED, "hospital-order"),
    ("Medicaid after Medicare", (MEDICARE, MEDICAID), (), AGED, "medicaid-last"),
    ("Medicaid after TRICARE", (TRICARE, MEDICAID), (), YOUNGER, "medicaid-last"),
    ("TRICARE after a plan", (coverage(), TRICARE), (), YOUNGER, "tricare-after-others"),
    ("Veterans Affairs, authorized", (VETERAN, coverage()), (), YOUNGER, "veterans-authorized"),
    ("his own first", (of("self"), of("spouse")), (), YOUNGER, "own-before-dependent"),
    ("a dependent's first", (of("spouse"), of("self")), (), YOUNGER, "hospital-order"),
    ("the earlier birthday", (of("child", MAY), of("child", JUNE)), (), YOUNGER, "birthday-rule"),
    ("the later birthday", (of("child", JUNE), of("child", MAY)), (), YOUNGER, "hospital-order"),
    ("one birthday, the longer cover", (of("child", MAY, **SINCE_2020), of("child", MAY, **SINCE_2024)), (), YOUNGER,
     "longer-cover"),
    ("a court's order", (of("child", JUNE, facts=PriorityFacts(court_order=True)), of("child", MAY)), (), YOUNGER,
     "court-order"),
    ("by work before continued", (plan(working=True), plan(continued=True)), (), YOUNGER, "active-before-retired"),
    ("continued before by work", (plan(continued=True), plan(working=True)), (), YOUNGER, "hospital-order"),
    ("two plans of which nothing is known", (coverage(), coverage("other")), (), YOUNGER, "hospital-order"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "payers", "causes", "born", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_rule_between_neighbours_is_the_reason(
    reason: str, payers: tuple[Coverage, ...], causes: tuple[Cause, ...], born: date, expected: OrderReason
) -> None:
    given = chart(causes=causes, patient=chart().patient.model_copy(update={"birth_date": born}))
    turns = {order_reason(given, payers, turn) for turn in range(1, len(payers) + 1)}
    assert turns == {expected}, reason


def test_the_third_has_the_reason_of_his_own_place() -> None:
    payers = (of("self"), of("spouse"), MEDICAID)
    assert [order_reason(chart(), payers, turn) for turn in (1, 2, 3)] == [
        "own-before-dependent",
        "own-before-dependent",
        "medicaid-last",
    ]


def test_every_reason_has_its_words() -> None:
    assert ORDER_WORDS.keys() == set(get_args(OrderReason))


INJURED: dict[str, Any] = {"diagnoses": (diagnosis("S61.012A", "principal"),)}
ASKED_NEXT: list[tuple[str, dict[str, Any], Reasons, list[tuple[str, str]]]] = [
    ("what is left goes to the next", {"coverages": (MEDICARE, MEDICAID)}, [("PR", "2", 100)],
     [("medicare", "medicaid-last"), ("medicaid", "medicaid-last")]),
    ("no work injury after all: the plan (P2)", {"coverages": (COMPENSATION, coverage()), "causes": (AT_WORK,)},
     [("CO", "P2", 15_000)], [("workers-compensation", "work-injury"), ("commercial", "not-work-related")]),
    ("not compensable: the plan (P4)", {"coverages": (COMPENSATION, coverage()), "causes": (AT_WORK,)},
     [("CO", "P4", 15_000)], [("workers-compensation", "work-injury"), ("commercial", "not-work-related")]),
    ("no-fault is used up: the plan", {"coverages": (NO_FAULT, coverage()), "causes": (BY_CAR,)},
     [("CO", "119", 15_000)], [("no-fault", "no-fault"), ("commercial", "accident-cover-ended")]),
    ("no-fault denies for want of a paper: nobody", {"coverages": (NO_FAULT, coverage()), "causes": (BY_CAR,)},
     [("CO", "16", 15_000)], [("no-fault", "no-fault")]),
    ("compensation denies for want of a paper: nobody", {"coverages": (COMPENSATION, coverage()), "causes": (AT_WORK,)},
     [("CO", "16", 15_000)], [("workers-compensation", "work-injury")]),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "differs", "said", "expected"), ASKED_NEXT, ids=[row[0] for row in ASKED_NEXT])
def test_every_claim_says_why_it_goes_to_its_payer(
    partners: Partners, reason: str, differs: dict[str, Any], said: Reasons, expected: list[tuple[str, str]]
) -> None:
    given = chart(**INJURED, **differs, services=(chart().services[0].model_copy(update={"charge_cents": 15_000}),))
    formed = form(given, account(), _with_no_fault(partners))
    kept = holding(formed, given)
    known = claim_of(kept, formed.claims[0].claim_id)
    assert known is not None
    answered = answer(known.claim, reasons=said)
    kept = with_claim(kept, known := apply(known, answered))
    after = follow_up(given, (known,), kept, _with_no_fault(partners), Now(answered, ANSWERED_ON))
    assert [(each.payer, each.order_reason) for each in (*formed.claims, *after.claims)] == expected, reason


def test_medicare_is_told_of_the_kidneys_where_the_facts_stand_at_the_plan(partners: Partners) -> None:
    """SBR05 13, and not the 43 of a disabled person."""
    given = chart(coverages=(plan(esrd_start=date(2025, 6, 1)), MEDICARE), services=(chart().services[0],))
    formed = form(given, account(), partners)
    kept = holding(formed, given)
    told = answer(formed.claims[0], reasons=[("PR", "2", 100)])
    known = apply(kept.claims[0], told)
    (second,) = follow_up(given, (known,), with_claim(kept, known), partners, Now(told, ANSWERED_ON)).claims
    assert (second.order_reason, second.insurance_type) == ("esrd-first-30-months", "13")


def test_after_no_fault_the_plan_still_hears_of_the_accident(partners: Partners) -> None:
    given = chart(**INJURED, coverages=(NO_FAULT, coverage()), causes=(BY_CAR,))
    assert [claim.causes for claim in form(given, account(), partners).claims] == [(BY_CAR,), (BY_CAR,)]


def test_what_is_not_the_accidents_does_not_say_so(partners: Partners) -> None:
    """CARC 21: a plan would ask no-fault to pay for it."""
    given = chart(
        coverages=(NO_FAULT, coverage()),
        causes=(BY_CAR,),
        diagnoses=(diagnosis("S61.012A", "principal"), diagnosis("I10", rank=2)),
        services=(
            chart().services[0],
            chart().services[0].model_copy(update={"statement": "s2", "pointers": (2,)}),
        ),
    )
    claims = {claim.payer: claim.causes for claim in form(given, account(), partners).claims}
    assert claims == {"no-fault": (BY_CAR,), "commercial": ()}


def _with_no_fault(partners: Partners) -> Partners:
    """The committed ones, and a carrier of accidents."""
    carrier = partners.payer("commercial").model_copy(update={"id": "no-fault", "filing_indicator": "AM"})
    return partners.model_copy(update={"payers": {**partners.payers, "no-fault": carrier}})
