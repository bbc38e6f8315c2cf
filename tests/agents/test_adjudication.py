"""Payers' answers against the ledger: which claim is meant, and when a remittance is posted."""

import itertools
from typing import Any

import pytest

from agents.matching import could_be
from agents.rows import claim_row
from agents.stage import Judgement
from agents.timers import announced
from claims.accounts import AccountClaim
from claims.forming import form
from ledger import deadlines, inquiries, projections, statistics
from schemas.events import ClaimAcknowledged, ClaimAdjudicated, ClaimBuilt, Refused, Remittance
from tests.agents.given_stages import MONTH, Stages, outcomes
from tests.claims.given_accounts import NOON, account, answer, chart, committed_partners, reversal, service


@pytest.fixture
def claim(given: Stages) -> ClaimBuilt:
    """A claim that went to the commercial payer."""
    return sent(given)


def sent(given: Stages, **other: Any) -> ClaimBuilt:
    visit = chart(**other)
    claim = form(visit, account(), committed_partners()).claims[0]
    with given.assembly.ledger.transaction() as tx:
        projections.put_claims(tx, [claim_row(AccountClaim(claim=claim), "patient")])
    return claim


def receipt(claim: ClaimBuilt, **other: Any) -> ClaimAcknowledged:
    fixed = {"event_id": "receipt", "occurred_at": NOON, "producer": claim.payer, "payer": claim.payer}
    return ClaimAcknowledged.model_validate({**fixed, "accepted": True, **other})


def test_a_claim_is_acknowledged_by_its_id_alone(given: Stages, claim: ClaimBuilt) -> None:
    decisions = given.decide("adjudication", receipt(claim, claim_id=claim.claim_id))
    assert [said.control_number for said in given.said(decisions, ClaimAcknowledged)] == [claim.control_number]


def test_a_claim_is_acknowledged_by_its_number_whatever_its_id(given: Stages, claim: ClaimBuilt) -> None:
    named = {"control_number": claim.control_number, "claim_id": "the payer's own"}
    decisions = given.decide("adjudication", receipt(claim, **named))
    assert [said.claim_id for said in given.said(decisions, ClaimAcknowledged)] == [claim.claim_id]


def test_an_id_that_names_no_claim_is_refused(given: Stages, claim: ClaimBuilt) -> None:
    decisions = given.decide("adjudication", receipt(claim, claim_id="no such claim"))
    assert [said.code for said in given.said(decisions, Refused)] == ["unknown-claim"]


def test_an_id_of_another_payer_s_claim_is_refused(given: Stages, claim: ClaimBuilt) -> None:
    theirs = {"payer": "medicare", "producer": "medicare", "claim_id": claim.claim_id}
    assert outcomes(given.decide("adjudication", receipt(claim, **theirs))) == ["refused:unknown-claim"]


def payment(*answers: ClaimAdjudicated, **other: Any) -> Remittance:
    """The remittance of these answers, balanced."""
    paid = sum(answer.paid_cents for answer in answers)
    fixed = {"event_id": "payment", "occurred_at": NOON, "producer": answers[0].payer, "payer": answers[0].payer}
    money = {"payment_cents": paid, "claims_count": len(answers), "claims_paid_cents": paid}
    named = {"trace_number": answers[0].trace_number, "method": "ACH", "date": NOON.date()}
    return Remittance.model_validate({**fixed, **money, **named, **other})


def overdue(given: Stages) -> list[str]:
    """The deadlines of remittances come."""
    with given.assembly.ledger.reading() as tx:
        due = [announced(each) for each in deadlines.due(tx, "adjudication", 10**14)]
    return outcomes(given.decide("adjudication", *due))


def test_an_answer_that_comes_after_the_deadline_is_posted_with_its_remittance(
    given: Stages, claim: ClaimBuilt
) -> None:
    said = answer(claim)
    given.decide("adjudication", payment(said))
    overdue(given)
    assert outcomes(given.decide("adjudication", said)) == ["settled"]


def test_a_payment_that_comes_after_the_deadline_posts_its_answers(given: Stages, claim: ClaimBuilt) -> None:
    said = answer(claim)
    given.decide("adjudication", said)
    overdue(given)
    assert outcomes(given.decide("adjudication", payment(said))) == ["settled"]


def test_a_part_that_comes_after_the_deadline_and_is_not_the_last_one_waits(given: Stages, claim: ClaimBuilt) -> None:
    said = answer(claim)
    given.decide("adjudication", payment(said, claims_count=2))
    overdue(given)
    assert outcomes(given.decide("adjudication", said)) == ["incomplete"]


def test_what_is_incomplete_is_told_once(given: Stages, claim: ClaimBuilt) -> None:
    given.decide("adjudication", payment(answer(claim), claims_count=2))
    assert overdue(given) == ["incomplete"]
    given.decide("adjudication", answer(claim))
    assert overdue(given) == []


def test_a_late_part_that_does_not_balance_suspends_the_remittance(given: Stages, claim: ClaimBuilt) -> None:
    given.decide("adjudication", payment(answer(claim), claims_paid_cents=1, payment_cents=1))
    overdue(given)
    assert outcomes(given.decide("adjudication", answer(claim))) == ["suspended:remittance-sum"]


def test_a_remittance_that_was_whole_and_did_not_balance_takes_no_more_answers(
    given: Stages, claim: ClaimBuilt
) -> None:
    given.decide("adjudication", payment(answer(claim), claims_paid_cents=1, payment_cents=1), answer(claim))
    late = answer(claim, position=2)
    assert outcomes(given.decide("adjudication", late)) == ["refused:remittance-closed"]


def recalled(given: Stages, *events: ClaimAdjudicated | Remittance) -> int:
    """How many waiting answers a batch of these events loads."""
    stage = given.assembly.stage("adjudication")
    assert isinstance(stage, Judgement)
    with given.assembly.ledger.transaction() as tx:
        world = stage.stage.recall(tx, [(given.record(event), event) for event in events])
    return sum(len(rows) for rows in world.answers.values())


def test_an_answer_of_many_loads_none_of_those_that_wait(given: Stages, claim: ClaimBuilt) -> None:
    first, second, *_ = (answer(claim, position=n) for n in range(1, 4))
    given.decide("adjudication", payment(first, claims_count=3), first)
    assert recalled(given, second) == 0


def test_the_answer_that_may_be_the_last_one_loads_the_others(given: Stages, claim: ClaimBuilt) -> None:
    first, second, third = (answer(claim, position=n) for n in range(1, 4))
    given.decide("adjudication", payment(first, claims_count=3), first, second)
    assert recalled(given, third) == 2


def test_a_remittance_in_one_batch_is_settled_as_one_that_comes_bit_by_bit(given: Stages, claim: ClaimBuilt) -> None:
    other = sent(given, chart_id="c2", account_number="a2")
    for trace, batches in (("whole", 1), ("bit by bit", 3)):
        answers = [answer(each, trace_number=trace, position=n) for n, each in enumerate((claim, other), start=1)]
        events = [payment(*answers, event_id=trace), *answers]
        split = [events] if batches == 1 else [[event] for event in events]
        assert outcomes([d for batch in split for d in given.decide("adjudication", *batch)]) == [
            "waiting",
            "waiting",
            "settled",
        ]


def test_a_position_that_waits_since_an_earlier_batch_is_not_taken_twice(given: Stages, claim: ClaimBuilt) -> None:
    given.decide("adjudication", answer(claim))
    assert outcomes(given.decide("adjudication", answer(claim))) == ["refused:position-repeated"]


def test_more_answers_than_announced_suspend_the_remittance(given: Stages, claim: ClaimBuilt) -> None:
    answers = [answer(claim, position=n) for n in (1, 2)]
    given.decide("adjudication", *answers)
    decisions = given.decide("adjudication", payment(answers[0]))
    assert outcomes(decisions) == ["suspended:remittance-count"]


def test_answers_are_settled_while_no_statistics_window_is_open(given: Stages, claim: ClaimBuilt) -> None:
    """They write no facts, so they wait for no window."""
    with given.assembly.ledger.transaction() as tx:
        statistics.close_window(tx, MONTH)
    said = answer(claim)
    assert outcomes(given.decide("adjudication", payment(said), said)) == ["waiting", "settled"]


def about(claim: ClaimBuilt, **other: Any) -> ClaimAdjudicated:
    """An answer to the claim that names no number of ours, but the member and the days."""
    told = {"member_id": claim.member_id, "service_from": claim.statement_from, "service_to": claim.statement_to}
    return answer(claim).model_copy(update={"control_number": "0", "patient_name": claim.patient.name, **told, **other})


def test_an_answer_without_our_number_is_posted_to_the_claim_of_that_member_charge_and_days(
    given: Stages, claim: ClaimBuilt
) -> None:
    said = about(claim, payer_claim_number=None)
    decisions = given.decide("adjudication", payment(said), said)
    assert outcomes(decisions) == ["waiting", "settled"]
    assert [told.control_number for told in given.said(decisions, ClaimAdjudicated)] == [claim.control_number]


def test_an_answer_without_our_number_is_posted_to_the_claim_with_the_payers_number(given: Stages) -> None:
    """Of two alike it is the one that the payer took under that number."""
    first, second = sent(given), sent(given, chart_id="c2", account_number="a2")
    with given.assembly.ledger.transaction() as tx:
        kept = AccountClaim(claim=second, payer_claim_number="ICN-2")
        projections.put_claims(tx, [claim_row(kept, "patient")])
    said = about(first, payer_claim_number="ICN-2")
    decisions = given.decide("adjudication", payment(said), said)
    assert [told.claim_id for told in given.said(decisions, ClaimAdjudicated)] == [second.claim_id]


def test_an_answer_that_fits_two_claims_is_posted_to_none_and_waits_for_a_person(given: Stages) -> None:
    first, _ = sent(given), sent(given, chart_id="c2", account_number="a2")
    said = about(first, payer_claim_number=None)
    assert outcomes(given.decide("adjudication", payment(said), said)) == ["waiting", "refused:unknown-claim"]
    assert unmatched(given) == [("commercial", "t1", 1)]


def test_an_answer_to_another_payers_claim_is_not_matched(given: Stages, claim: ClaimBuilt) -> None:
    said = about(claim, payer="medicare", producer="medicare")
    assert outcomes(given.decide("adjudication", said)) == ["refused:unknown-claim"]


def test_what_was_matched_by_a_person_takes_the_place_of_what_was_not(given: Stages) -> None:
    first, _ = sent(given), sent(given, chart_id="c2", account_number="a2")
    said = about(first, payer_claim_number=None)
    given.decide("adjudication", payment(said), said)
    mended = said.model_copy(update={"event_id": "mended", "control_number": first.control_number})
    assert outcomes(given.decide("adjudication", mended)) == ["settled"]
    assert unmatched(given) == []


def test_what_two_people_say_of_one_answer_counts_once(given: Stages) -> None:
    """The first one's word, whichever claims they name."""
    first, second = sent(given), sent(given, chart_id="c2", account_number="a2")
    said = about(first, payer_claim_number=None)
    given.decide("adjudication", payment(said), said)
    words = [
        said.model_copy(update={"event_id": claim.claim_id, "control_number": claim.control_number})
        for claim in (second, first)
    ]
    decisions = given.decide("adjudication", *words)
    assert outcomes(decisions) == ["settled", "refused:position-repeated"]
    assert [told.claim_id for told in given.said(decisions, ClaimAdjudicated)] == [second.claim_id]


def test_claims_that_an_answer_does_not_mean_are_not_locked(given: Stages) -> None:
    """A member may have hundreds; who posts to another of them need not wait."""
    first = sent(given)
    sent(given, chart_id="c2", account_number="a2", services=(service(cents=7_000),))
    said, judgement = about(first, payer_claim_number=None), given.assembly.stage("adjudication")
    assert isinstance(judgement, Judgement)
    with given.assembly.ledger.transaction() as tx:
        world = judgement.stage.recall(tx, [(given.record(said), said)])
    assert set(world.stored) == {"payment/commercial/t1", f"claim/{first.control_number}"}


def test_a_reversal_without_number_is_posted_with_its_correction(given: Stages, claim: ClaimBuilt) -> None:
    original = answer(claim)
    given.decide("adjudication", payment(original), original)
    taken = reversal(original, 1).model_copy(update={"control_number": "0", "member_id": claim.member_id})
    again = answer(claim, trace_number="t2", position=2)
    decisions = given.decide("adjudication", payment(taken, again), taken, again)
    assert outcomes(decisions) == ["waiting", "waiting", "settled"]


def with_a_stranger(claim: ClaimBuilt) -> tuple[ClaimAdjudicated, ClaimAdjudicated]:
    """An answer to the claim, and one in the same remittance to a claim that nobody knows."""
    return answer(claim), answer(claim, position=2, control_number="STRANGER", event_id="theirs")


def posted(given: Stages, decisions: Any) -> list[tuple[int, str]]:
    return [(told.position, told.control_number) for told in given.said(decisions, ClaimAdjudicated)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_one_answer_to_no_claim_that_is_known_keeps_no_other_from_being_posted(
    given: Stages, claim: ClaimBuilt, order: tuple[int, ...]
) -> None:
    ours, theirs = with_a_stranger(claim)
    events = (payment(ours, theirs), ours, theirs)
    decisions = [each for n in order for each in given.decide("adjudication", events[n])]
    assert posted(given, decisions) == [(1, claim.control_number)]
    assert unmatched(given) == [("commercial", "t1", 2)]


def test_what_stands_aside_counts_when_the_remittance_is_balanced(given: Stages, claim: ClaimBuilt) -> None:
    """Its money is in the payment."""
    ours, theirs = with_a_stranger(claim)
    decisions = given.decide("adjudication", payment(ours, claims_count=2), ours, theirs)
    assert outcomes(decisions)[:2] == ["waiting", "waiting"]
    assert (posted(given, decisions), unmatched(given)) == ([], [])
    assert "remittance-sum" in {said.code for said in given.said(decisions, Refused)}


def test_an_answer_that_stood_aside_is_posted_by_itself_once_its_claim_is_said(given: Stages) -> None:
    first, second = sent(given), sent(given, chart_id="c2", account_number="a2")
    ours, theirs = with_a_stranger(first)
    given.decide("adjudication", payment(ours, theirs), ours, theirs)
    mended = theirs.model_copy(update={"event_id": "mended", "control_number": second.control_number})
    decisions = given.decide("adjudication", mended)
    assert (outcomes(decisions), posted(given, decisions)) == (["settled"], [(2, second.control_number)])
    assert unmatched(given) == []
    assert outcomes(given.decide("adjudication", mended.model_copy(update={"event_id": "again"}))) == [
        "refused:position-repeated"
    ]


def test_an_answer_that_stood_aside_cannot_come_to_another_sum(given: Stages, claim: ClaimBuilt) -> None:
    """Its remittance was balanced with what it paid."""
    ours, theirs = with_a_stranger(claim)
    given.decide("adjudication", payment(ours, theirs), ours, theirs)
    other = answer(claim, position=2, event_id="more")
    other = other.model_copy(update={"paid_cents": 0, "adjustments": (), "lines": (), "charge_cents": 0})
    assert outcomes(given.decide("adjudication", other)) == ["refused:remittance-closed"]
    assert unmatched(given) == [("commercial", "t1", 2)]


def test_an_answer_to_nobody_that_does_not_balance_counts_nowhere(given: Stages, claim: ClaimBuilt) -> None:
    _, theirs = with_a_stranger(claim)
    broken = theirs.model_copy(update={"paid_cents": theirs.paid_cents + 1})
    assert outcomes(given.decide("adjudication", broken)) == ["refused:unknown-claim"]
    assert unmatched(given) == []


def test_an_answer_that_is_not_ours_counts_and_is_posted_to_nobody(given: Stages, claim: ClaimBuilt) -> None:
    ours, theirs = with_a_stranger(claim)
    given.decide("adjudication", payment(ours, theirs), ours, theirs)
    decisions = given.decide("adjudication", theirs.model_copy(update={"event_id": "told", "not_ours": True}))
    assert (outcomes(decisions), posted(given, decisions), unmatched(given)) == (["settled"], [], [])


def test_what_is_said_of_it_before_the_remittance_is_whole_counts_once(given: Stages, claim: ClaimBuilt) -> None:
    ours, theirs = with_a_stranger(claim)
    given.decide("adjudication", theirs, theirs.model_copy(update={"event_id": "told", "not_ours": True}))
    decisions = given.decide("adjudication", payment(ours, theirs), ours)
    assert (outcomes(decisions), posted(given, decisions)) == (["waiting", "settled"], [(1, claim.control_number)])


def test_an_answer_under_the_number_of_another_payers_claim_waits_for_a_person(
    given: Stages, claim: ClaimBuilt
) -> None:
    """A claim that its payer forwarded and never said so is answered like this."""
    said = answer(claim).model_copy(update={"payer": "medicare", "producer": "medicare"})
    assert outcomes(given.decide("adjudication", said)) == ["refused:wrong-payer"]
    assert unmatched(given) == [("medicare", "t1", 1)]


def unmatched(given: Stages) -> list[tuple[str, str, int]]:
    with given.assembly.ledger.reading() as tx:
        return [(row.payer, row.trace, row.position) for row in inquiries.unmatched(tx)]


def test_each_answer_leads_to_the_claims_of_its_own_member_alone(given: Stages, claim: ClaimBuilt) -> None:
    other = sent(given, chart_id="c2", account_number="a2")
    with given.assembly.ledger.transaction() as tx:
        projections.put_claims(tx, [{**claim_row(AccountClaim(claim=other), "patient"), "member": "SOMEBODY"}])
    mine = about(claim, payer_claim_number=None)
    with given.assembly.ledger.reading() as tx:
        found = could_be(tx, [mine, mine.model_copy(update={"member_id": "SOMEBODY"})])
    numbers = [[each.control_number for _, each in candidates] for candidates in found]
    assert numbers == [[claim.control_number], [other.control_number]]


def test_a_claim_that_went_again_is_one_claim(given: Stages, claim: ClaimBuilt) -> None:
    again = claim.model_copy(update={"control_number": "AGAIN", "submission": 2, "occurred_at": NOON})
    with given.assembly.ledger.transaction() as tx:
        before = {**claim_row(AccountClaim(claim=claim, state="rejected"), "patient"), "at": 0}
        projections.put_claims(tx, [before, claim_row(AccountClaim(claim=again), "patient")])
    said = about(claim, payer_claim_number=None)
    decisions = given.decide("adjudication", payment(said), said)
    assert [told.control_number for told in given.said(decisions, ClaimAdjudicated)] == ["AGAIN"]
