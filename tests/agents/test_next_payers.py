"""What the payers after the first one are sent, keep and give back, whatever becomes of the chart meanwhile."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from schemas.events import ChartReturned, ClaimAdjudicated, ClaimBuilt, PatientBill
from schemas.events.chart import Part2Consent, Restriction
from schemas.records import Decision
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, built, due, kept, rejection, settled, visit
from tests.agents.given_stages import Stages
from tests.claims.given_accounts import DAY, Reasons, coverage, reversal, service

COMMERCIAL, MEDICARE, MEDICAID = coverage(), coverage("medicare"), coverage("medicaid")
PLANS, HIMSELF = (COMMERCIAL, MEDICAID), (coverage("patient"),)
LEFT: Reasons = [("PR", "2", 1_600)]
CONSENTS = Part2Consent(applies=True, start=DAY)
REVOKED = Part2Consent(applies=True, start=DAY, revoked=AFTER_THE_HOLD.date())
PAID_IN_FULL = (Restriction(statement="s1", paid_cents=10_000),)


def billed(given: Stages, version: int = 1, **other: Any) -> list[ClaimBuilt]:
    return built(given, given.decide("claiming", visit(version, **other)))


def says(claims: list[ClaimBuilt]) -> list[tuple[str, int, str]]:
    return [(claim.payer, claim.payer_sequence, claim.frequency) for claim in claims]


def both_paid(given: Stages, **other: Any) -> tuple[ClaimAdjudicated, ClaimAdjudicated]:
    """Commercial leaves 16 dollars to the patient, and Medicaid 5 of them."""
    (claim,) = billed(given, **{"coverages": PLANS, **other})
    first = settled(claim, reasons=LEFT)
    (second,) = built(given, given.decide("claiming", first))
    last = settled(second, reasons=[("PR", "1", 500)], trace_number="t2")
    given.decide("claiming", last)
    return first, last


def bills(given: Stages, *events: Any) -> list[PatientBill]:
    return given.said(given.decide("claiming", *events), PatientBill)


def again(first: ClaimAdjudicated, **other: Any) -> tuple[ClaimAdjudicated, ClaimAdjudicated]:
    """A reversal and the same answer once more, but for what differs."""
    anew = {"trace_number": "t5", "position": 2, "event_id": "again", **other}
    return reversal(first, 1, "t5"), first.model_copy(update=anew)


def forwarded_dearer(given: Stages) -> Sequence[Decision]:
    """Commercial forwards the replacement of a claim that Medicaid has paid on."""
    first, _ = both_paid(given)
    (dearer,) = billed(given, 2, coverages=PLANS, services=(service(cents=11_000),))
    return given.decide(
        "claiming", reversal(first, 1, "t6"), settled(dearer, reasons=LEFT, status="19", trace_number="t7")
    )


# A payer forwards what the next one has from us already


def test_a_claim_the_next_payer_has_answered_is_not_expected_once_more(given: Stages) -> None:
    first, _ = both_paid(given)
    said = built(given, given.decide("claiming", *again(first, status="19")))
    assert ([each.state for each in kept(given).claims], said) == (["crossed-over", "answered"], [])


def test_a_forwarded_replacement_is_no_third_claim(given: Stages) -> None:
    said = built(given, forwarded_dearer(given))
    assert (said, [each.state for each in kept(given).claims]) == (
        [],
        ["replaced", "replaced", "crossed-over", "expected"],
    )


def test_a_replacement_is_ours_when_the_forwarded_one_never_came(given: Stages) -> None:
    """He has paid the earlier one: an original would be a second claim."""
    forwarded_dearer(given)
    (claim,) = built(given, given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=60))))
    assert (claim.frequency, claim.original_reference, claim.total_charge_cents) == ("7", "ICN-medicaid", 11_000)


# A newer version waits


@pytest.mark.parametrize("newer", [{"part2": REVOKED}, {"restrictions": PAID_IN_FULL, "part2": REVOKED}])
def test_nobody_new_learns_of_a_chart_whose_newer_version_waits(given: Stages, newer: dict[str, Any]) -> None:
    (claim,) = billed(given, part2=CONSENTS, coverages=PLANS)
    billed(given, 2, coverages=PLANS, **newer)
    claims = built(given, given.decide("claiming", settled(claim, reasons=LEFT)))
    assert [claim for claim in claims if claim.payer == "medicaid"] == []


def test_a_revocation_counts_though_its_version_went_back(given: Stages) -> None:
    """It waited for another consent in vain: then what was billed goes on, but to nobody new."""
    (claim,) = billed(given, part2=CONSENTS, coverages=PLANS)
    given.decide("claiming", visit(2, part2=REVOKED, coverages=PLANS), settled(claim, reasons=LEFT))
    decisions = given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=31)))
    rules = [finding.rule for back in given.said(decisions, ChartReturned) for finding in back.findings]
    assert (built(given, decisions), set(rules)) == ([], {"C9"})


def test_what_was_answered_meanwhile_is_billed_when_a_version_waited_in_vain(given: Stages) -> None:
    (claim,) = billed(given, part2=CONSENTS)
    given.decide("claiming", visit(2, part2=REVOKED), settled(claim, reasons=LEFT))
    assert [bill.owed_cents for bill in bills(given, *due(given, AFTER_THE_HOLD + timedelta(days=31)))] == [1_600]


def test_a_forwarded_claim_that_never_came_goes_to_nobody_who_may_not_learn_of_it(given: Stages) -> None:
    (claim,) = billed(given, part2=CONSENTS, coverages=PLANS)
    given.decide("claiming", settled(claim, reasons=LEFT, status="19"), visit(2, part2=REVOKED, coverages=PLANS))
    later = due(given, AFTER_THE_HOLD + timedelta(days=60))
    assert built(given, given.decide("claiming", *later)) == []


# Other plans, other lines


def test_another_second_plan_takes_the_place_of_the_one_before(given: Stages) -> None:
    both_paid(given)
    assert says(billed(given, 2, coverages=(COMMERCIAL, MEDICARE))) == [("medicaid", 2, "8"), ("medicare", 2, "1")]


def test_a_second_plan_that_rejected_the_claim_keeps_back_no_bill(given: Stages) -> None:
    (claim,) = billed(given, coverages=PLANS)
    (second,) = built(given, given.decide("claiming", settled(claim, reasons=LEFT)))
    given.decide("claiming", rejection(second))
    (right,) = billed(given, 2, coverages=(COMMERCIAL, MEDICARE))
    (bill,) = bills(given, settled(right, reasons=[("PR", "1", 200)], trace_number="t3"))
    assert [share.payer for share in bill.payers] == ["commercial", "medicare"]


def test_a_plan_put_between_two_is_asked_alone_first(given: Stages) -> None:
    both_paid(given)
    assert says(billed(given, 2, coverages=(COMMERCIAL, MEDICARE, MEDICAID))) == [
        ("medicaid", 2, "8"),
        ("medicare", 2, "1"),
    ]


def test_a_correction_with_other_lines_corrects_the_next_payers_claim_too(given: Stages) -> None:
    first, _ = both_paid(given)
    (seven,) = billed(given, 2, coverages=PLANS, services=(service("s9", cents=9_000),))
    answers = (reversal(first, 1, "t6"), settled(seven, reasons=LEFT, trace_number="t7"))
    assert says(built(given, given.decide("claiming", *answers))) == [("medicaid", 2, "7")]


# Voids


def test_a_forwarded_claim_whose_void_was_rejected_stands_as_forwarded(given: Stages) -> None:
    (claim,) = billed(given, coverages=PLANS)
    given.decide("claiming", said := settled(claim, reasons=LEFT, status="19"))
    expected = kept(given).claims[1].claim
    given.decide("claiming", settled(expected, reasons=[], trace_number="t2"))
    voids = billed(given, 2, coverages=HIMSELF)
    given.decide("claiming", *map(rejection, voids))
    assert (said.status, [each.state for each in kept(given).claims][:2]) == ("19", ["crossed-over", "answered"])


def test_the_void_of_a_replacement_is_about_the_replacement(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", first := settled(claim))
    (seven,) = billed(given, 2, services=(service(cents=11_000),))
    given.decide("claiming", reversal(first, 1), settled(seven, trace_number="t3"))
    (void,) = billed(given, 3, coverages=HIMSELF)
    given.decide("claiming", rejection(void))
    assert [each.state for each in kept(given).claims] == ["replaced", "answered", "rejected"]


def test_a_next_payers_rejected_void_is_sent_again(given: Stages) -> None:
    both_paid(given)
    voids = billed(given, 2, coverages=HIMSELF)
    given.decide("claiming", *(rejection(void) for void in voids if void.payer == "medicaid"))
    decisions = given.decide("claiming", visit(3, coverages=HIMSELF))
    assert says(built(given, decisions)) == [("medicaid", 2, "8")]


def test_a_void_may_be_answered_under_its_own_number(given: Stages) -> None:
    (claim,) = billed(given)
    paid = settled(claim)
    (void,) = built(given, given.decide("claiming", paid, visit(2, coverages=HIMSELF)))
    number = {"control_number": void.control_number, "claim_id": void.claim_id}
    given.decide("claiming", reversal(paid, 1).model_copy(update=number))
    assert due(given, AFTER_THE_HOLD + timedelta(days=60)) == []


# Bills


def test_what_is_restricted_now_is_no_longer_on_the_bill_of_the_rest(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", settled(claim, reasons=LEFT))
    revised = bills(given, visit(2, restrictions=PAID_IN_FULL))
    assert sorted((bill.revision, bill.owed_cents) for bill in revised) == [(1, 0), (2, 0)]


def test_a_denied_claim_is_not_sent_again_as_it_was(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", settled(claim, reasons=[("CO", "50", 10_000)]))
    assert billed(given, 2, payments_cents=600) == []


# Deadlines


def test_a_part_of_a_forwarded_claims_answer_leaves_the_rest_due(given: Stages) -> None:
    (claim,) = billed(given, coverages=PLANS)
    given.decide("claiming", settled(claim, reasons=LEFT, status="19"))
    expected = kept(given).claims[1].claim
    given.decide("claiming", settled(expected, status="25", trace_number="t2"))
    decisions = given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=60)))
    assert [back.reason for back in given.said(decisions, ChartReturned)] == ["unanswered"]


def test_an_answer_to_an_earlier_submission_is_an_answer_to_the_claim(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", rejection(claim))
    (resent,) = billed(given, 2, services=(service(cents=9_000),))
    given.decide("claiming", settled(claim))
    assert (resent.claim_id, kept(given).claims[0].answers[0].charge_cents) == (claim.claim_id, 10_000)
