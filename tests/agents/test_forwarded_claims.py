"""A payer may send a claim on to the next one itself (835 CLP02 19): nobody is sent it twice, and nobody forgets it."""

from datetime import timedelta

from schemas.events import ChartReturned, ClaimAdjudicated, PatientBill, Refused, Remittance
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, built, due, kept, rejection, settled, visit
from tests.agents.given_stages import Stages
from tests.claims.given_accounts import NOON, Reasons, coverage, reversal

PLANS = (coverage("medicare"), coverage("medicaid"))
LEFT: Reasons = [("CO", "45", 4_000), ("PR", "2", 1_600)]


def crossed_over(given: Stages) -> ClaimAdjudicated:
    """Medicare answers the one claim and forwards it to Medicaid."""
    (claim,) = built(given, given.decide("claiming", visit(coverages=PLANS)))
    said = settled(claim, reasons=LEFT, status="19", received_at=AFTER_THE_HOLD)
    assert built(given, given.decide("claiming", said)) == []
    return said


def payment(payer: str, said: ClaimAdjudicated) -> Remittance:
    return Remittance(
        event_id="payment", occurred_at=NOON, producer=payer, payer=payer, trace_number=said.trace_number, method="ACH",
        date=said.adjudicated_on, payment_cents=said.paid_cents, claims_count=1, claims_paid_cents=said.paid_cents,
    )  # fmt: skip


def of_medicaid(first: ClaimAdjudicated) -> ClaimAdjudicated:
    """What the next payer answers, under the number the claim was sent with."""
    whole = {"event_id": "medicaid-answers", "payer": "medicaid", "producer": "medicaid", "trace_number": "m1"}
    return first.model_copy(update={**whole, "status": "2", "payer_claim_number": "ICN-medicaid", "claim_id": None})


def adjudicated(given: Stages, said: ClaimAdjudicated) -> ClaimAdjudicated:
    (passed_on,) = given.said(given.decide("adjudication", payment(said.payer, said), said), ClaimAdjudicated)
    return passed_on


def test_the_next_payers_answer_is_taken_under_the_number_the_claim_was_sent_with(given: Stages) -> None:
    said = of_medicaid(crossed_over(given))
    assert adjudicated(given, said).claim_id == kept(given).claims[1].claim.claim_id


def test_another_payers_answer_is_not(given: Stages) -> None:
    said = crossed_over(given).model_copy(update={"payer": "commercial", "producer": "commercial"})
    (refused,) = given.said(given.decide("adjudication", said), Refused)
    assert refused.code == "wrong-payer"


def test_the_bill_follows_the_last_payers_answer(given: Stages) -> None:
    said = of_medicaid(crossed_over(given))
    (bill,) = given.said(given.decide("claiming", adjudicated(given, said)), PatientBill)
    assert [share.payer for share in bill.payers] == ["medicare", "medicaid"]
    assert bill.owed_cents == 1_600


def test_an_answer_that_never_comes_leads_to_a_claim_of_ours(given: Stages) -> None:
    crossed_over(given)
    (never_came,) = due(given, AFTER_THE_HOLD + timedelta(days=45))
    (claim,) = built(given, given.decide("claiming", never_came))
    assert (claim.payer, claim.payer_sequence, claim.prior[0].payer) == ("medicaid", 2, "medicare")


def test_an_answer_to_the_forwarded_claim_is_an_answer_to_ours(given: Stages) -> None:
    """It comes late, after ours went out: there is one claim to that payer."""
    said = adjudicated(given, of_medicaid(crossed_over(given)))
    given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=45)))
    given.decide("claiming", said)
    assert [each.state for each in kept(given).claims] == ["crossed-over", "answered"]


def test_a_claim_forwarded_to_a_plan_the_chart_does_not_name_is_told(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit(coverages=PLANS[:1])))
    decisions = given.decide("claiming", settled(claim, reasons=LEFT, status="19"))
    (told,) = given.said(decisions, ChartReturned)
    assert ([finding.rule for finding in told.findings], given.said(decisions, PatientBill)) == (["C4"], [])


def test_a_version_that_names_it_waits_for_its_answer(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit(coverages=PLANS[:1])))
    given.decide("claiming", settled(claim, reasons=LEFT, status="19"))
    assert built(given, given.decide("claiming", visit(2, coverages=PLANS))) == []
    assert [(each.claim.payer, each.state) for each in kept(given).claims] == [
        ("medicare", "crossed-over"),
        ("medicaid", "expected"),
    ]


def test_a_second_answer_forwards_nothing_twice(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit(coverages=PLANS)))
    once = settled(claim, reasons=LEFT, status="19")
    back = reversal(once, 1)
    again = once.model_copy(update={"trace_number": "t2", "position": 2, "event_id": "again"})
    given.decide("claiming", once, back, again)
    assert [each.state for each in kept(given).claims] == ["crossed-over", "expected"]


def test_what_we_sent_instead_and_its_payer_rejected_goes_again_and_is_not_waited_for(given: Stages) -> None:
    crossed_over(given)
    (claim,) = built(given, given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=45))))
    given.decide("claiming", rejection(claim))
    (again,) = built(given, given.decide("claiming", visit(2, coverages=PLANS)))
    assert (again.claim_id, again.frequency, again.submission) == (claim.claim_id, "1", 2)
