"""What payers do with voids, and what waits for it: nobody is sent a line twice, and nobody forgets what he paid."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from claims import splitting
from schemas.events import ChartReturned, ClaimAdjudicated, ClaimBuilt, PatientBill
from schemas.events.coded import Service
from schemas.records import Decision
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, built, due, kept, rejection, settled, visit
from tests.agents.given_stages import Stages
from tests.claims.given_accounts import EMERGENCY_PHYSICIAN, Reasons, coverage, reversal, service

COMMERCIAL, MEDICAID = coverage(), coverage("medicaid")
PLANS, HIMSELF = (COMMERCIAL, MEDICAID), (coverage("patient"),)
LEFT: Reasons = [("PR", "2", 1_600)]
OF_ONE = (service("s1", "professional", 6_000), service("s2", "professional", 5_000))
OF_TWO = (OF_ONE[0], OF_ONE[1].model_copy(update={"performer_npi": EMERGENCY_PHYSICIAN}))


def billed(given: Stages, version: int = 1, **other: Any) -> list[ClaimBuilt]:
    return built(given, given.decide("claiming", visit(version, **{"coverages": PLANS, **other})))


def answered(given: Stages, *answers: ClaimAdjudicated) -> list[ClaimBuilt]:
    return built(given, given.decide("claiming", *answers))


def both_paid(given: Stages, claim: ClaimBuilt, trace: str = "t") -> None:
    (second,) = answered(given, settled(claim, reasons=LEFT, trace_number=f"{trace}1"))
    answered(given, settled(second, reasons=[("PR", "1", 500)], trace_number=f"{trace}2"))


def parted(given: Stages) -> tuple[ClaimBuilt, ClaimBuilt]:
    """Both plans paid one claim of two lines; in version 2 another entity bills the second line."""
    (claim,) = billed(given, services=OF_ONE)
    both_paid(given, claim)
    replacement, new = billed(given, 2, services=OF_TWO)
    return replacement, new


def voided(given: Stages) -> tuple[ClaimAdjudicated, ClaimBuilt]:
    """Paid; then the patient pays himself, and then the plan is named again. The answer, and the void."""
    (claim,) = billed(given, coverages=(COMMERCIAL,))
    paid = settled(claim)
    versions = (visit(2, coverages=HIMSELF), visit(3, coverages=(COMMERCIAL,)))
    (void,) = built(given, given.decide("claiming", paid, *versions))
    return paid, void


def rules(given: Stages, decisions: Sequence[Decision]) -> list[str]:
    return [finding.rule for back in given.said(decisions, ChartReturned) for finding in back.findings]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[Service]:
    """Four professional lines, where a claim holds two."""
    monkeypatch.setitem(splitting.MOST_LINES, "professional", 2)
    return [service(f"s{at}", "professional", 5_000, code=f"G021{at}", modifiers=("59",)) for at in range(1, 5)]


def test_lines_of_a_claim_its_payer_would_not_void_are_on_the_bill_once(given: Stages) -> None:
    (claim,) = billed(given, coverages=(COMMERCIAL,))
    first = settled(claim, reasons=LEFT)
    (void,) = built(given, given.decide("claiming", first, visit(2, coverages=HIMSELF)))
    given.decide("claiming", rejection(void))
    anew = settled(claim, reasons=[("PR", "2", 2_000)], trace_number="t2", position=2)
    bills = given.said(given.decide("claiming", reversal(first, 1), anew), PatientBill)
    assert [bill.total_charge_cents for bill in bills] == [10_000]


def test_a_claim_its_payer_reversed_stays_voided_though_the_void_is_rejected(given: Stages) -> None:
    (claim,) = billed(given, coverages=(COMMERCIAL,))
    first = settled(claim, reasons=LEFT)
    (void,) = built(given, given.decide("claiming", first, visit(2, coverages=HIMSELF)))
    given.decide("claiming", reversal(first, 1), rejection(void))
    assert [each.state for each in kept(given).claims] == ["replaced", "rejected"]


# What waits for a void


def test_a_new_claim_waits_for_the_answer_to_the_void_of_the_earlier_one(given: Stages) -> None:
    """Should its payer reject the void, he has the claim still, and gets no second one."""
    voided(given)
    assert [each.claim.frequency for each in kept(given).claims] == ["1", "8"]


@pytest.mark.parametrize("under", ["the claim's number", "the void's"])
def test_it_goes_when_the_void_is_answered(given: Stages, under: str) -> None:
    paid, void = voided(given)
    number = {"control_number": void.control_number, "claim_id": void.claim_id} if under == "the void's" else {}
    assert [each.frequency for each in answered(given, reversal(paid, 1).model_copy(update=number))] == ["1"]


def test_a_price_told_before_the_payment_keeps_nobody_waiting_for_a_void(given: Stages) -> None:
    (claim,) = billed(given, coverages=(COMMERCIAL,))
    paid = settled(claim, trace_number="t2")
    given.decide("claiming", settled(claim, status="25"), paid, visit(2, coverages=HIMSELF), reversal(paid, 1, "t3"))
    assert [each.frequency for each in billed(given, 3, coverages=(COMMERCIAL,))] == ["1"]


def test_what_its_payer_would_not_void_is_not_sent_again(given: Stages) -> None:
    _, void = voided(given)
    assert built(given, given.decide("claiming", rejection(void))) == []


def test_a_void_denied_in_a_remittance_leaves_the_claim_as_a_rejected_one_does(given: Stages) -> None:
    _, void = voided(given)
    answered(given, settled(void, paid=0, reasons=[("CO", "16", 10_000)], trace_number="t9", status="4"))
    assert [(each.claim.frequency, each.state) for each in kept(given).claims] == [("1", "answered"), ("8", "denied")]


def test_a_correction_that_waits_too_long_is_told(given: Stages) -> None:
    voided(given)
    decisions = given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=60)))
    assert {back.version for back in given.said(decisions, ChartReturned)} == {1, 3}


# Lines a next payer has already


def test_claims_that_exchanged_their_lines_are_told_and_do_not_wait_for_each_other(given: Stages) -> None:
    first, second = (OF_TWO[0], OF_TWO[1].model_copy(update={"charge_cents": 6_000}))
    for at, claim in enumerate(billed(given, services=(first, second))):
        both_paid(given, claim, f"t{at}")
    exchanged = [(first, second.performer_npi), (second, first.performer_npi)]
    changed = tuple(each.model_copy(update={"performer_npi": npi}) for each, npi in exchanged)
    one, other = billed(given, 2, services=changed)
    answered(given, settled(one, reasons=LEFT, trace_number="v1"))
    decisions = given.decide("claiming", settled(other, reasons=LEFT, trace_number="v2"))
    assert (built(given, decisions), set(rules(given, decisions))) == ([], {"C5"})


def test_a_corrected_answer_waits_in_silence_while_the_next_payer_has_the_claim(given: Stages) -> None:
    (claim,) = billed(given)
    first = settled(claim, reasons=LEFT)
    given.decide("claiming", first)
    anew = settled(claim, reasons=[("PR", "2", 2_000)], trace_number="t5", position=2)
    assert rules(given, given.decide("claiming", reversal(first, 1, "t5"), anew)) == []


def test_a_forwarded_claim_takes_nothing_from_a_sister(given: Stages, lines: list[Service]) -> None:
    s1, s2, s3, _ = lines
    (claim,) = billed(given, services=(s1, s2))
    both_paid(given, claim)
    replacement, new = sorted(billed(given, 2, services=(s1, s3, s2)), key=lambda each: each.frequency, reverse=True)
    answered(given, settled(new, reasons=LEFT, trace_number="t3", status="19"))
    assert [each.frequency for each in answered(given, settled(replacement, reasons=LEFT, trace_number="t4"))] == ["7"]


def test_a_line_he_kept_is_not_sent_on_a_replacement_either(given: Stages, lines: list[Service]) -> None:
    s1, s2, s3, s4 = lines
    for at, claim in enumerate(billed(given, services=(s1, s2, s3))):
        both_paid(given, claim, f"t{at}")
    first, second = billed(given, 2, services=(s1, s4, s2, s3))
    (void,) = answered(given, settled(first, trace_number="v1"))
    given.decide("claiming", rejection(void))
    decisions = given.decide("claiming", settled(second, reasons=LEFT, trace_number="v2"))
    assert (built(given, decisions), rules(given, decisions)) == ([], ["C5"])


def test_a_line_that_a_next_payer_would_not_take_back_is_told_and_not_sent_twice(given: Stages) -> None:
    replacement, new = parted(given)
    (void,) = answered(given, settled(replacement, trace_number="t4"))
    given.decide("claiming", rejection(void))
    decisions = given.decide("claiming", settled(new, reasons=[("PR", "2", 700)], trace_number="t3"))
    assert (built(given, decisions), rules(given, decisions)) == ([], ["C5"])
