"""A payer's answer as ClaimResponse and ExplanationOfBenefit: every cent in one place, whatever the answer."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import settlement
from claims.fhir.adjudications import PARTS, part
from claims.fhir.bundles import AnotherClaim, bundle
from claims.forming import form, secondary
from claims.partners import Partners
from schemas.events.claim import Adjustment, ClaimBuilt
from schemas.events.payer import AnsweredLine, ClaimAdjudicated
from schemas.events.people import Name, Subscriber
from tests.claims.fhir.given_bundles import Json, by_category, cents, code, only, referred, resources, written
from tests.claims.given_accounts import (
    Reasons,
    account,
    adjustments,
    answer,
    by_line,
    chart,
    committed_partners,
    coverage,
    reversal,
    sent,
    service,
)


@pytest.fixture(scope="module")
def claim() -> ClaimBuilt:
    """Of two lines: 100.00 and 50.00."""
    return two_lines()


def two_lines() -> ClaimBuilt:
    services = (service("s1"), service("s2", code="J1885", revenue_code="0636", cents=5_000))
    return form(chart(services=services), account(), committed_partners()).claims[0]


def next_claim(first: ClaimBuilt, paid: ClaimAdjudicated) -> ClaimBuilt:
    """To Medicaid, after the first payer's answer."""
    return secondary(settlement.apply(sent(first), paid), coverage("medicaid"), paid)


def balanced(answered: Json) -> None:
    """Submitted is what was paid and every adjustment: on each line, and in the totals; and lines add up to these."""
    totals = by_category(answered["total"])
    assert totals["submitted"] == totals["benefit"] + sum(totals.get(name, 0) for name in PARTS)
    lines = [*answered.get("item", ()), *answered.get("addItem", ())]
    sums = [by_category(line["adjudication"]) for line in lines if "adjudication" in line]
    for each in sums:
        assert each["submitted"] == each["benefit"] + sum(each.get(name, 0) for name in PARTS)
    own = by_category(answered.get("adjudication", ()))
    for name in PARTS:
        assert totals.get(name, 0) == own.get(name, 0) + sum(each.get(name, 0) for each in sums)
    if sums:
        assert totals["submitted"] == sum(each["submitted"] for each in sums)
        assert totals["benefit"] == sum(each["benefit"] for each in sums) - sum(own.get(name, 0) for name in PARTS)


def answered(claim: ClaimBuilt, said: ClaimAdjudicated) -> tuple[Json, Json]:
    found = written(claim, said)
    response, explanation = only_of(found, claim), only(found, "ExplanationOfBenefit")
    balanced(response)
    balanced(explanation)
    assert response["total"] == explanation["total"]
    return response, explanation


def only_of(found: Json, claim: ClaimBuilt) -> Json:
    """The response of the claim's own payer, not one of an earlier payer."""
    (response,) = [each for each in resources(found, "ClaimResponse") if "request" in each]
    return response


FULL: Reasons = ()
SHARED: Reasons = (("PR", "1", 2_000), ("PR", "2", 1_000), ("PR", "3", 500), ("CO", "45", 1_500))
DENIED: Reasons = (("CO", "50", 15_000),)
KINDS: list[tuple[str, Callable[[ClaimBuilt], ClaimAdjudicated]]] = [
    ("paid in full", answer),
    ("contractual adjustment", lambda claim: answer(claim, paid=9_000)),
    ("deductible, coinsurance, copay", lambda claim: answer(claim, reasons=SHARED)),
    ("line by line", lambda claim: by_line(claim, [SHARED, (("CO", "97", 5_000),)])),
    ("denied", lambda claim: answer(claim, reasons=DENIED)),
    ("one line denied", lambda claim: by_line(claim, [FULL, (("CO", "16", 5_000),)])),
    ("left to the patient as not covered", lambda claim: answer(claim, reasons=(("PR", "96", 15_000),))),
    ("not a member", lambda claim: answer(claim, reasons=(("CO", "31", 15_000),), status="4")),
    ("forwarded", lambda claim: answer(claim, paid=9_000, status="19", crossover_carrier="Example State Medicaid")),
    ("passed on unread", lambda claim: answer(claim, reasons=(("CO", "109", 15_000),), status="23")),
    ("capitation", lambda claim: answer(claim, reasons=(("CO", "24", 15_000),))),
    ("paid to the patient", lambda claim: answer(claim, reasons=(("OA", "100", 15_000),))),
    ("more than the charge", lambda claim: answer(claim, paid=20_000)),
    ("with interest", lambda claim: answer(claim, interest_cents=180)),
    ("reversal", lambda claim: reversal(answer(claim, reasons=SHARED), position=2)),
    ("reversal line by line", lambda claim: reversal(by_line(claim, [SHARED, FULL]), position=2)),
    ("priced, not paid", lambda claim: answer(claim, paid=9_000, status="25")),
]  # fmt: skip


@pytest.mark.parametrize("said", [row[1] for row in KINDS], ids=[row[0] for row in KINDS])
def test_every_kind_of_answer_is_valid_and_balances(
    claim: ClaimBuilt, said: Callable[[ClaimBuilt], ClaimAdjudicated]
) -> None:
    given_answer = said(claim)
    _, explanation = answered(claim, given_answer)
    totals = by_category(explanation["total"])
    assert (totals["submitted"], totals["benefit"]) == (given_answer.charge_cents, given_answer.paid_cents)


def test_cost_sharing_stands_under_its_own_names(claim: ClaimBuilt) -> None:
    response, _ = answered(claim, answer(claim, reasons=SHARED))
    assert by_category(response["total"]) == {
        "submitted": 15_000,
        "eligible": 13_500,
        "deductible": 2_000,
        "coinsurance": 1_000,
        "copay": 500,
        "discount": 1_500,
        "benefit": 10_000,
        "memberliability": 3_500,
    }


PLACES = [
    ("PR", "1", "deductible"), ("PR", "2", "coinsurance"), ("PR", "3", "copay"),
    ("PR", "96", "noncovered"), ("CO", "1", "noncovered"), ("CO", "45", "discount"), ("CO", "253", "discount"),
    ("CO", "97", "noncovered"), ("PI", "16", "noncovered"), ("OA", "23", "priorpayerpaid"),
    ("OA", "100", "paidtopatient"),
]  # fmt: skip


@pytest.mark.parametrize(("group", "carc", "place"), PLACES)
def test_an_adjustment_stands_in_one_category(group: Any, carc: str, place: str) -> None:
    assert part(Adjustment(group=group, carc=carc, cents=1)) == place


def test_an_adjustment_says_its_group_and_reason(claim: ClaimBuilt) -> None:
    said = Adjustment(group="CO", carc="45", cents=15_000, quantity=2_000)
    response, _ = answered(claim, answer(claim, paid=0, adjustments=(said,)))
    (entry,) = [each for each in response["adjudication"] if "extension" in each]
    assert entry["extension"] == [{"url": "urn:claimstream:adjustment-group", "valueCode": "CO"}]
    assert entry["reason"]["coding"] == [
        {"system": "https://x12.org/codes/claim-adjustment-reason-codes", "code": "45"}
    ]
    assert (str(entry["amount"]["value"]), entry["value"]) == ("150.00", 2)


def test_remarks_are_kept_on_their_line_and_on_the_claim(claim: ClaimBuilt) -> None:
    said = by_line(claim, [FULL, (("CO", "97", 5_000),)])
    lines = (said.lines[0], said.lines[1].model_copy(update={"remarks": ("M15",)}))
    response, _ = answered(claim, said.model_copy(update={"lines": lines, "remarks": ("MA01",)}))
    remarks = [
        [code(each["reason"]) for each in level if code(each["category"]) == "adjustmentreason"]
        for level in (
            response["item"][0]["adjudication"],
            response["item"][1]["adjudication"],
            response["adjudication"],
        )
    ]
    assert remarks == [[], ["M15"], ["MA01"]]


def test_a_payment_names_its_remittance(claim: ClaimBuilt) -> None:
    response, explanation = answered(claim, answer(claim, paid=9_000))
    payment = response["payment"]
    assert payment == explanation["payment"]
    assert (cents(payment["amount"]), payment["date"], payment["identifier"]["value"]) == (9_000, "2026-03-20", "t1")


@pytest.mark.parametrize("status", ["1", "25"], ids=["denied", "priced"])
def test_where_nothing_is_paid_there_is_no_payment(claim: ClaimBuilt, status: str) -> None:
    said = answer(claim, reasons=DENIED) if status == "1" else answer(claim, status="25")
    response, _ = answered(claim, said)
    assert "payment" not in response


def test_what_is_only_priced_is_a_predetermination(claim: ClaimBuilt) -> None:
    response, explanation = answered(claim, answer(claim, status="25"))
    assert (response["use"], explanation["use"]) == ("predetermination", "predetermination")


def test_a_reversal_takes_back_to_the_cent_what_it_reverses(claim: ClaimBuilt) -> None:
    first = by_line(claim, [SHARED, FULL])
    found = written(claim, first, reversal(first, position=2))
    sums: dict[str, int] = {}
    for each in resources(found, "ExplanationOfBenefit"):
        for name, amount in by_category(each["total"]).items():
            sums[name] = sums.get(name, 0) + amount
    assert set(sums.values()) == {0}


def test_an_answer_to_a_part_of_the_claim_is_partial(claim: ClaimBuilt) -> None:
    whole = by_line(claim, [FULL, FULL])
    part_of_it = whole.model_copy(update={"lines": whole.lines[:1], "charge_cents": 10_000, "paid_cents": 10_000})
    response, explanation = answered(claim, part_of_it)
    assert (response["outcome"], [item["itemSequence"] for item in response["item"]]) == ("partial", [1])
    assert ["adjudication" in item for item in explanation["item"]] == [True, False]


def test_a_line_answered_in_two_is_one_line_of_the_claim(claim: ClaimBuilt) -> None:
    whole = by_line(claim, [FULL, FULL])
    halves = [whole.lines[0].model_copy(update={"charge_cents": 5_000, "paid_cents": 5_000})] * 2
    response, _ = answered(claim, whole.model_copy(update={"lines": (*halves, whole.lines[1])}))
    assert [by_category(item["adjudication"])["submitted"] for item in response["item"]] == [10_000, 5_000]


def test_a_line_without_its_number_is_found_by_code_and_charge(claim: ClaimBuilt) -> None:
    whole = by_line(claim, [FULL, FULL])
    bare = tuple(
        line.model_copy(update={"control_number": None, "code": sent_line.code})
        for line, sent_line in zip(whole.lines, claim.lines, strict=True)
    )
    response, _ = answered(claim, whole.model_copy(update={"lines": tuple(reversed(bare))}))
    assert [item["itemSequence"] for item in response["item"]] == [1, 2]


def test_a_line_that_is_none_of_the_claims_is_added(claim: ClaimBuilt) -> None:
    strange = AnsweredLine(code="Q0001", units=1000, charge_cents=15_000, paid_cents=15_000)
    response, explanation = answered(claim, answer(claim, lines=(strange,)))
    assert code(response["addItem"][0]["productOrService"]) == "Q0001"
    assert "item" not in response
    assert len(explanation["item"]) == 2


def test_what_a_payer_corrects_is_a_note(claim: ClaimBuilt) -> None:
    said = answer(claim, corrected_member_id="M-2", corrected_payer="EXPAY2", crossover_carrier="Example Plan")
    response, explanation = answered(claim, said)
    assert [note["text"] for note in response["processNote"]] == [
        "forwarded to Example Plan",
        "the payer names another payer: EXPAY2",
        "the payer corrects the member id: M-2",
    ]
    assert response["processNote"] == explanation["processNote"]


# Several answers, and several payers


def test_an_explanation_repeats_the_claim_it_answers(claim: ClaimBuilt) -> None:
    found = written(claim, by_line(claim, [FULL, FULL]))
    request, explanation = only(found, "Claim"), only(found, "ExplanationOfBenefit")
    for name in ("patient", "provider", "billablePeriod", "diagnosis", "supportingInfo", "type", "careTeam"):
        assert explanation.get(name) == request.get(name)
    bare = [{name: said for name, said in item.items() if name != "adjudication"} for item in explanation["item"]]
    assert bare == request["item"]
    assert referred(found, explanation["claim"]) == request
    assert referred(found, explanation["claimResponse"])["resourceType"] == "ClaimResponse"


def test_answers_may_come_in_any_order_and_twice(claim: ClaimBuilt) -> None:
    first = answer(claim, reasons=SHARED)
    taken_back = reversal(first, position=1)
    corrected = answer(claim, paid=9_000, trace_number="t2", position=2)
    assert written(claim, corrected, taken_back, first, first) == written(claim, first, taken_back, corrected)


def test_an_answer_to_another_claim_is_refused(claim: ClaimBuilt, partners: Partners) -> None:
    strange = answer(claim).model_copy(update={"control_number": "ELSE", "claim_id": None})
    with pytest.raises(AnotherClaim):
        bundle(claim, (strange,), partners.payers)


def test_an_answer_under_an_earlier_number_is_the_claims_where_adjudication_said_so(claim: ClaimBuilt) -> None:
    earlier = answer(claim).model_copy(update={"control_number": "ELSE", "claim_id": claim.claim_id})
    assert only_of(written(claim, earlier), claim)["outcome"] == "complete"


def test_the_next_payers_claim_carries_the_answer_of_the_one_before(claim: ClaimBuilt) -> None:
    second = next_claim(claim, by_line(claim, [SHARED, (("CO", "97", 5_000),)]))
    found = written(second)
    first, own = only(found, "Claim")["insurance"]
    assert [(each["sequence"], each["focal"]) for each in (first, own)] == [(1, False), (2, True)]
    response = referred(found, first["claimResponse"])
    balanced(response)
    assert by_category(response["total"])["benefit"] == 5_000
    assert referred(found, response["insurer"])["name"] == "Example Mutual Insurance"
    assert [item["itemSequence"] for item in response["item"]] == [1, 2]
    assert referred(found, own["coverage"])["order"] == 2


def test_how_the_patient_is_insured_with_the_payer_before_is_said(claim: ClaimBuilt) -> None:
    second = next_claim(claim, by_line(claim, [SHARED, FULL]))
    parent = Subscriber(relationship="child", name=Name(family="Parent"))
    told = {"subscriber": parent, "member_id": "M1", "group": "G1", "filing_indicator": "CI", "remarks": ("MA01",)}
    (before,) = second.prior
    found = written(second.model_copy(update={"prior": (before.model_copy(update=told),)}))
    plan = referred(found, only(found, "Claim")["insurance"][0]["coverage"])
    assert (plan["subscriberId"], plan["class"][0]["value"], code(plan["type"])) == ("M1", "G1", "CI")
    assert referred(found, plan["subscriber"])["name"][0]["family"] == "Parent"
    assert code(only(found, "ClaimResponse")["adjudication"][-1]["reason"]) == "MA01"


def test_a_second_payers_answer_says_what_the_first_paid(claim: ClaimBuilt) -> None:
    second = next_claim(claim, by_line(claim, [SHARED, FULL]))
    said = answer(second, paid=3_500, reasons=(("OA", "23", 10_000), ("CO", "45", 1_500)))
    response, explanation = answered(second, said)
    assert by_category(response["total"])["priorpayerpaid"] == 10_000
    assert (explanation["precedence"], [each["focal"] for each in explanation["insurance"]]) == (2, [False, True])


def test_the_coverages_of_an_account_are_the_same_in_each_payers_claim(claim: ClaimBuilt) -> None:
    first = only(written(claim), "Coverage")["id"]
    second = written(next_claim(claim, by_line(claim, [SHARED, FULL])))
    assert first in {each["id"] for each in resources(second, "Coverage")}


# Whatever a payer says

GROUPS = ("CO", "OA", "PI", "PR")
CARCS = ("1", "2", "3", "16", "18", "23", "24", "29", "45", "50", "66", "94", "96", "97", "100", "109", "253")
REASONS: st.SearchStrategy[Any] = st.lists(
    st.tuples(st.sampled_from(GROUPS), st.sampled_from(CARCS), st.integers(-(10**9), 10**9)), max_size=4
)


@st.composite
def answers(draw: st.DrawFn) -> ClaimAdjudicated:
    """Balanced, of the claim or of its lines or of both, and perhaps taken back."""
    claim = two_lines()
    of_claim: Any = draw(REASONS)
    said = answer(claim, paid=0)
    lines = by_line(claim, [draw(REASONS), draw(REASONS)]).lines if draw(st.booleans()) else ()
    paid = sum(line.paid_cents for line in lines) if lines else claim.total_charge_cents
    paid -= sum(cents for _, _, cents in of_claim)
    fixed = {"lines": lines, "adjustments": adjustments(of_claim), "paid_cents": paid}
    balanced_answer = said.model_copy(update=fixed)
    return reversal(balanced_answer, position=2) if draw(st.booleans()) else balanced_answer


@given(answers())
def test_no_cent_of_any_answer_is_lost_or_doubled(said: ClaimAdjudicated) -> None:
    _, explanation = answered(two_lines(), said)
    totals = by_category(explanation["total"])
    patient = sum(each.cents for each in every(said) if each.group == "PR")
    assert (totals["submitted"], totals["benefit"], totals["memberliability"]) == (
        said.charge_cents,
        said.paid_cents,
        patient,
    )


def every(said: ClaimAdjudicated) -> tuple[Adjustment, ...]:
    return (*said.adjustments, *(each for line in said.lines for each in line.adjustments))
