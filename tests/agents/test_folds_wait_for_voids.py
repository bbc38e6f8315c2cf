"""A stay with folded services waits until their payer has taken the void of the visit's claim: he never has both."""

from datetime import timedelta

import pytest

from agents.folding import folded
from claims.accounts import Account
from claims.history import PatientHistory
from ledger import accounts
from schemas.events import ChartReturned, ClaimAcknowledged, ClaimAdjudicated, ClaimBuilt, Remittance
from schemas.events.payer import ProviderAdjustment
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, acceptance, built, due, kept, rejection, settled
from tests.agents.given_stages import Stages, outcomes
from tests.agents.test_folding_at_the_desk import admission, visit
from tests.agents.test_neighbours import BEFORE, back
from tests.claims.given_accounts import NOON, coverage, reversal, service
from tests.claims.given_accounts import stay as days

VISITS = "account/mercy-general/a0"
UNRELATED = service("v1", cents=7_000, code=None, revenue_code="0510", service_from=BEFORE, service_to=BEFORE)
TWO_BEFORE = BEFORE - timedelta(days=1)
EARLIER = visit(
    event_id="earlier",
    chart_id="c2",
    account_number="a2",
    encounter=days(start_day=TWO_BEFORE, end_day=TWO_BEFORE),
    services=(service("w1", cents=900, revenue_code="0301", service_from=TWO_BEFORE, service_to=TWO_BEFORE),),
)


def paid(given: Stages) -> ClaimBuilt:
    """The visit's claim, paid, and the stay that comes back for it."""
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim), admission())
    return claim


def sent(given: Stages) -> ClaimBuilt:
    """The void of the visit's claim, which its payer has not taken yet."""
    paid(given)
    (void,) = built(given, given.decide("claiming", *folded(given.assembly, "mercy-general", "c0", "c1", "c-17")))
    return void


def stay(claims: list[ClaimBuilt]) -> list[tuple[str, int]]:
    return [(claim.frequency, claim.total_charge_cents) for claim in claims]


def test_the_stay_waits_while_the_void_is_on_its_way(given: Stages) -> None:
    void = sent(given)
    assert [(each.state, each.voids) for each in kept(given).charts] == [("awaiting-answer", (void.claim_id,))]


def test_it_is_billed_when_the_payer_has_accepted_the_void(given: Stages) -> None:
    assert stay(built(given, given.decide("claiming", acceptance(sent(given))))) == [("1", 107_000)]


@pytest.mark.parametrize("under", ["the claim's number", "the void's"])
def test_it_is_billed_when_the_payer_has_answered_the_void(given: Stages, under: str) -> None:
    claim = paid(given)
    (void,) = built(given, given.decide("claiming", *folded(given.assembly, "mercy-general", "c0", "c1", "c-17")))
    number = {"control_number": void.control_number, "claim_id": void.claim_id} if under == "the void's" else {}
    answer = reversal(settled(claim), 1).model_copy(update=number)
    assert stay(built(given, given.decide("claiming", answer))) == [("1", 107_000)]


def test_a_void_that_is_taken_before_the_stay_comes_keeps_nobody_waiting(given: Stages) -> None:
    claim = paid(given)
    gave, took = folded(given.assembly, "mercy-general", "c0", "c1", "c-17")
    given.decide("claiming", gave)
    given.decide("claiming", reversal(settled(claim), 1))
    assert stay(built(given, given.decide("claiming", took))) == [("1", 107_000)]


def test_it_goes_back_when_the_payer_refuses_the_void(given: Stages) -> None:
    claim = paid(given)
    (void,) = built(given, given.decide("claiming", *folded(given.assembly, "mercy-general", "c0", "c1", "c-17")))
    decisions = given.decide("claiming", rejection(void))
    (told,) = (each for each in given.said(decisions, ChartReturned) if each.chart_id == "c1")
    assert [(each.rule, each.claim) for each in told.findings] == [("B7", claim.control_number)]
    assert [each.state for each in kept(given).charts] == ["returned"]
    assert built(given, decisions) == []


def refusal(void: ClaimBuilt, how: str) -> ClaimAcknowledged | ClaimAdjudicated:
    return rejection(void) if how == "rejected" else settled(void, 0, (("CO", "16", 7_000),), trace_number="t9")


@pytest.mark.parametrize("how", ["rejected", "denied"])
def test_a_void_that_is_accepted_and_refused_later_is_told_of_the_stay_that_was_billed(given: Stages, how: str) -> None:
    void = sent(given)
    given.decide("claiming", acceptance(void))
    told = given.said(given.decide("claiming", refusal(void, how)), ChartReturned)
    assert [(each.rule, each.field) for chart in told if chart.chart_id == "c1" for each in chart.findings] == [
        ("B7", "folds")
    ]
    assert [each.state for each in kept(given).charts] == ["claimed"]


def test_a_stay_that_waits_for_another_void_goes_back_then(given: Stages) -> None:
    (other,) = built(given, given.decide("claiming", EARLIER))
    given.decide("claiming", settled(other, trace_number="t8"))
    first = sent(given)
    given.decide("claiming", *folded(given.assembly, "mercy-general", "c2", "c1", "c-17"), acceptance(first))
    given.decide("claiming", rejection(first))
    assert [each.state for each in kept(given).charts] == ["returned"]


def test_no_edit_counts_it_then(given: Stages) -> None:
    given.decide("claiming", rejection(sent(given)))
    key = given.assembly.pseudonyms.patient("mercy-general", visit().patient.mrn)
    with given.assembly.ledger.transaction() as tx:
        body = accounts.lock(tx, "claiming", [f"patient/{key}"])[f"patient/{key}"].body
    assert body is not None
    assert [each.chart_id for each in given.assembly.states.load(PatientHistory, body).visits] == ["c0"]


def test_it_waits_for_the_last_of_two_voids(given: Stages) -> None:
    (other,) = built(given, given.decide("claiming", EARLIER))
    given.decide("claiming", settled(other, trace_number="t8"))
    first = sent(given)
    both = folded(given.assembly, "mercy-general", "c2", "c1", "c-17")
    (second,) = built(given, given.decide("claiming", *both))
    assert {name for each in kept(given).charts for name in each.voids} == {first.claim_id, second.claim_id}
    assert built(given, given.decide("claiming", acceptance(first))) == []
    assert stay(built(given, given.decide("claiming", acceptance(second)))) == [("1", 107_900)]


def test_a_stay_whose_own_claim_is_answered_waits_for_the_void_still(given: Stages) -> None:
    unrelated = {"admission_related": False, "services": (UNRELATED,)}
    (claim,) = built(given, given.decide("claiming", visit(**unrelated)))
    (own,) = built(given, given.decide("claiming", admission()))
    given.decide("claiming", settled(claim))
    given.decide("claiming", *folded(given.assembly, "mercy-general", "c0", "c1", "c-17"))
    decisions = given.decide("claiming", settled(own, trace_number="t2"))
    assert built(given, decisions) == []


def test_what_its_payer_forwarded_is_not_sent_again_while_the_stay_waits_for_the_void(given: Stages) -> None:
    plans = (coverage("medicare"), coverage("medicaid"))
    (claim,) = built(given, given.decide("claiming", visit(admission_related=False, services=(UNRELATED,))))
    (own,) = built(given, given.decide("claiming", admission(coverages=plans)))
    forwarded = settled(own, trace_number="t2", reasons=(("PR", "1", 1_000),), status="19")
    given.decide("claiming", settled(claim), forwarded)
    given.decide("claiming", *folded(given.assembly, "mercy-general", "c0", "c1", "c-17"))
    given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=46)))
    assert [(each.claim.payer, each.state) for each in kept(given).claims][-1] == ("medicaid", "expected")


def test_a_void_that_nobody_answers_is_told_of_the_stay_too(given: Stages) -> None:
    sent(given)
    decisions = given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=60)))
    told = {(each.chart_id, each.reason) for each in given.said(decisions, ChartReturned)}
    assert ("c1", "unanswered") in told


def test_a_version_that_knows_nothing_of_the_fold_is_not_billed_when_the_void_is_taken(given: Stages) -> None:
    void = sent(given)
    decisions = given.decide("claiming", admission(version=2, event_id="v2"))
    assert [each.field for each in back(given, decisions).findings] == ["folds"]
    assert (outcomes(given.decide("claiming", acceptance(void))), kept(given).charts[0].voids) == (["accepted"], ())


def visits(given: Stages) -> Account:
    with given.assembly.ledger.transaction() as tx:
        body = accounts.lock(tx, "claiming", [VISITS])[VISITS].body
    assert body is not None
    return given.assembly.states.load(Account, body)


def corrected(claim: ClaimBuilt) -> tuple[ClaimAdjudicated, ClaimAdjudicated]:
    """The payer's own correction of what he paid: a reversal, and the claim paid anew."""
    back = reversal(settled(claim), 1)
    return back, settled(claim, 6_000, trace_number=back.trace_number, position=2, event_id="corrected")


def test_a_payers_own_correction_in_one_remittance_is_no_answer_to_the_void(given: Stages) -> None:
    claim = paid(given)
    given.decide("claiming", *folded(given.assembly, "mercy-general", "c0", "c1", "c-17"))
    said = [each.model_copy(update={"hospital": None, "producer": each.payer}) for each in corrected(claim)]
    payment = Remittance(
        event_id="payment", occurred_at=NOON, producer=claim.payer, payer=claim.payer, trace_number="t2", method="ACH",
        date=NOON.date(), payment_cents=0, claims_count=2, claims_paid_cents=-1_000,
        provider_adjustments=(ProviderAdjustment(provider="1", fiscal_date=NOON.date(), code="FB", cents=-1_000),),
    )  # fmt: skip
    posted = given.said(given.decide("adjudication", payment, *said), ClaimAdjudicated)
    assert [each.status for each in posted] == ["1", "22"]
    assert built(given, given.decide("claiming", *posted)) == []
    assert [(each.state, len(each.voids)) for each in kept(given).charts] == [("awaiting-answer", 1)]


def test_a_correction_that_follows_the_reversal_later_is_told_of_the_stay_that_was_billed(given: Stages) -> None:
    claim = paid(given)
    (void,) = built(given, given.decide("claiming", *folded(given.assembly, "mercy-general", "c0", "c1", "c-17")))
    back, again = corrected(claim)
    assert stay(built(given, given.decide("claiming", back))) == [("1", 107_000)]
    told = given.said(given.decide("claiming", again.model_copy(update={"trace_number": "t3"})), ChartReturned)
    found = [(chart.chart_id, each.rule, each.claim) for chart in told for each in chart.findings]
    assert found == [("c1", "B7", claim.control_number)]
    overdue = due(given, AFTER_THE_HOLD + timedelta(days=60))
    assert void.claim_id in {each.claim.claim_id for each in visits(given).claims if each.state == "sent"}
    assert [each.kind for each in overdue if each.about == VISITS] == ["answer-overdue"]


def test_and_the_void_is_taken_when_he_reverses_that_too(given: Stages) -> None:
    claim = paid(given)
    given.decide("claiming", *folded(given.assembly, "mercy-general", "c0", "c1", "c-17"))
    back, again = corrected(claim)
    given.decide("claiming", back, again, reversal(again, 1, trace="t5"))
    assert [each.state for each in visits(given).claims if each.claim.frequency == "8"] == ["accepted"]
