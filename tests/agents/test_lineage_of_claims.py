"""Which claim led to which: a later payer's claim goes with the one it followed, whatever lines a version moves."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from claims import splitting
from schemas.events import ChartReturned, ClaimAdjudicated, ClaimBuilt, PatientBill
from schemas.events.chart import Part2Consent
from schemas.records import Decision
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, built, due, kept, rejection, settled, visit
from tests.agents.given_stages import Stages, outcomes
from tests.claims.given_accounts import (
    DAY,
    EMERGENCY_PHYSICIAN,
    Reasons,
    coverage,
    reversal,
    service,
    stay,
)

COMMERCIAL, MEDICARE, MEDICAID = coverage(), coverage("medicare"), coverage("medicaid")
PLANS, HIMSELF = (COMMERCIAL, MEDICAID), (coverage("patient"),)
LEFT: Reasons = [("PR", "2", 1_600)]
ENDS_SOON = Part2Consent(applies=True, start=DAY, end=AFTER_THE_HOLD.date() + timedelta(days=5))
CONSENTS = Part2Consent(applies=True, start=DAY)
REVOKED = Part2Consent(applies=True, start=DAY, revoked=AFTER_THE_HOLD.date())
OF_ONE = (service("s1", "professional", 6_000), service("s2", "professional", 5_000))
OF_TWO = (OF_ONE[0], OF_ONE[1].model_copy(update={"performer_npi": EMERGENCY_PHYSICIAN}))


def billed(given: Stages, version: int = 1, **other: Any) -> list[ClaimBuilt]:
    return built(given, given.decide("claiming", visit(version, **{"coverages": PLANS, **other})))


def answered(given: Stages, *answers: ClaimAdjudicated) -> list[ClaimBuilt]:
    return built(given, given.decide("claiming", *answers))


def says(claims: Sequence[ClaimBuilt]) -> list[tuple[str, str, list[str]]]:
    return [(claim.payer, claim.frequency, [str(line.statement) for line in claim.lines]) for claim in claims]


def parted(given: Stages) -> tuple[ClaimBuilt, ClaimBuilt]:
    """Both plans paid one claim of two lines; in version 2 another entity bills the second line."""
    (claim,) = billed(given, services=OF_ONE)
    (second,) = answered(given, settled(claim, reasons=LEFT))
    answered(given, settled(second, reasons=[("PR", "1", 500)], trace_number="t2"))
    replacement, new = billed(given, 2, services=OF_TWO)
    return replacement, new


def rules(given: Stages, decisions: Sequence[Decision]) -> list[str]:
    return [finding.rule for back in given.said(decisions, ChartReturned) for finding in back.findings]


def owed(given: Stages, decisions: Sequence[Decision]) -> list[int]:
    return [bill.owed_cents for bill in given.said(decisions, PatientBill)]


# Lines move between claims


def test_another_billers_claim_takes_no_part_in_what_followed_the_first(given: Stages) -> None:
    replacement, new = parted(given)
    answered(given, settled(new, reasons=LEFT, trace_number="t3"))
    claims = answered(given, settled(replacement, reasons=LEFT, trace_number="t4"))
    assert says(claims) == [("medicaid", "7", ["s1"]), ("medicaid", "1", ["s2"])]


def test_a_next_payer_has_no_line_twice_while_the_parted_claim_is_unanswered(given: Stages) -> None:
    _, new = parted(given)
    assert answered(given, settled(new, reasons=LEFT, trace_number="t3")) == []


def test_each_half_of_a_split_claim_is_voided_once(given: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(splitting.MOST_LINES, "professional", 2)
    lines = tuple(service(f"s{at}", "professional", 1_000, code=f"G021{at}", modifiers=("59",)) for at in range(1, 5))
    for at, half in enumerate(billed(given, services=lines)):
        (second,) = answered(given, settled(half, reasons=[("PR", "2", 300)], trace_number=f"t{at}"))
        answered(given, settled(second, trace_number=f"u{at}"))
    (seven,) = billed(given, 2, services=lines[:-1])
    given.decide("claiming", rejection(seven))
    voids = billed(given, 3, services=lines[:-1], coverages=HIMSELF)
    assert (
        sorted((claim.payer, claim.frequency) for claim in voids) == [("commercial", "8")] * 2 + [("medicaid", "8")] * 2
    )


def test_a_third_plan_waits_for_the_first_ones_answer_to_a_correction(given: Stages) -> None:
    (claim,) = billed(given)
    (second,) = answered(given, settled(claim, reasons=LEFT))
    answered(given, settled(second, reasons=[("PR", "1", 500)], trace_number="t2"))
    three = (*PLANS, coverage("medicare-advantage"))
    assert says(billed(given, 2, coverages=three, services=(service(cents=11_000),))) == [("commercial", "7", ["s1"])]


def test_a_claim_sent_again_with_other_lines_has_no_number_that_another_had(given: Stages) -> None:
    """Rejected, then with another first line, and then with the first one again."""
    for version, lines in enumerate((service("s1"), service("s9"), service("s1")), start=1):
        (claim,) = billed(given, version, services=(lines,))
        if version < 3:
            given.decide("claiming", rejection(claim))
    answered(given, settled(claim, reasons=LEFT))
    assert len({each.claim.claim_id for each in kept(given).claims}) == 4


def test_a_resent_claim_does_not_take_the_place_of_a_sister(given: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(splitting.MOST_LINES, "professional", 2)
    lines = [service(f"s{at}", "professional", 1_000, code=f"G021{at}", modifiers=("59",)) for at in range(1, 5)]
    first, second = billed(given, services=tuple(lines))
    given.decide("claiming", rejection(first), settled(second))
    billed(given, 2, services=(lines[2], lines[1], lines[3]))
    assert sum(bool(each.answers) for each in kept(given).claims) == 1


# A version goes back, and answers came while an earlier one waited


def test_answers_that_came_while_a_version_waited_are_followed_when_the_next_is_rejected(given: Stages) -> None:
    same = service("s7", "professional", 700)
    given.decide("claiming", visit(event_id="o1", chart_id="c9", account_number="a9", services=(same,)))
    (claim,) = billed(given, part2=CONSENTS, coverages=(COMMERCIAL,))
    given.decide("claiming", visit(2, part2=REVOKED), settled(claim, reasons=LEFT))
    decisions = given.decide("claiming", visit(3, part2=CONSENTS, coverages=(COMMERCIAL,), services=(service(), same)))
    assert (outcomes(decisions), owed(given, decisions)) == (["rejected-by-edits"], [1_600])


def test_the_same_version_under_another_id_leaves_the_hold_open(given: Stages) -> None:
    held = stay(end=AFTER_THE_HOLD, end_day=AFTER_THE_HOLD.date())
    given.decide("claiming", visit(encounter=held), visit(encounter=held, event_id="again"))
    assert [each.kind for each in due(given, AFTER_THE_HOLD + timedelta(days=9))] == ["bill-hold-ends"]


# Forwarded claims


def test_another_second_plan_takes_the_place_of_a_forwarded_one(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", settled(claim, reasons=LEFT, status="19"))
    answered(given, settled(kept(given).claims[1].claim, reasons=[("PR", "1", 500)], trace_number="t2"))
    claims = billed(given, 2, coverages=(COMMERCIAL, MEDICARE))
    assert says(claims) == [("medicaid", "8", ["s1"]), ("medicare", "1", ["s1"])]


def test_another_second_plan_is_asked_when_the_forwarded_claim_never_came(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", settled(claim, reasons=LEFT, status="19"), visit(2, coverages=(COMMERCIAL, MEDICARE)))
    later = due(given, AFTER_THE_HOLD + timedelta(days=60))
    assert says(built(given, given.decide("claiming", *later))) == [("medicare", "1", ["s1"])]


def duplicate_denied(given: Stages) -> Sequence[Decision]:
    """Medicaid, which paid our claim, denies the one that commercial forwarded as a duplicate."""
    (claim,) = billed(given)
    first = settled(claim, reasons=LEFT)
    (second,) = answered(given, first)
    anew = settled(claim, reasons=LEFT, status="19", trace_number="t5", position=2)
    answered(given, settled(second, reasons=[("PR", "1", 500)], trace_number="t2"), reversal(first, 1, "t5"), anew)
    refuses = settled(second, paid=0, reasons=[("OA", "18", 10_000)], trace_number="t8", status="4")
    return given.decide("claiming", refuses)


def test_a_denial_as_a_duplicate_is_told(given: Stages) -> None:
    assert rules(given, duplicate_denied(given)) == ["N5"]


def test_a_denial_as_a_duplicate_takes_nothing_from_the_answer_that_stands(given: Stages) -> None:
    duplicate_denied(given)
    assert [each.state for each in kept(given).claims] == ["crossed-over", "answered"]


def test_a_late_answer_to_a_forwarded_claim_counts_though_a_version_waits_for_consent(given: Stages) -> None:
    (claim,) = billed(given, part2=CONSENTS)
    revoked = visit(2, part2=REVOKED, coverages=PLANS, received_at=AFTER_THE_HOLD + timedelta(days=30))
    given.decide("claiming", settled(claim, reasons=LEFT, status="19", received_at=AFTER_THE_HOLD), revoked)
    given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=46)))
    answered(given, settled(kept(given).claims[1].claim, reasons=[("PR", "1", 500)], trace_number="t2"))
    consents = visit(3, part2=CONSENTS, coverages=PLANS, received_at=AFTER_THE_HOLD + timedelta(days=50))
    assert owed(given, given.decide("claiming", consents)) == [500]


def test_a_duplicate_denied_after_the_payment_was_taken_back_is_a_denial(given: Stages) -> None:
    (claim,) = billed(given, coverages=(COMMERCIAL,))
    paid = settled(claim, reasons=LEFT)
    refuses = settled(claim, paid=0, reasons=[("CO", "18", 10_000)], trace_number="t8", status="4")
    given.decide("claiming", paid, reversal(paid, 1))
    decisions = given.decide("claiming", refuses)
    assert (outcomes(decisions), rules(given, decisions), owed(given, decisions)) == (["denied"], ["N5"], [0])


def test_an_older_denial_as_a_duplicate_is_not_what_a_reversal_leaves(given: Stages) -> None:
    """The correction is still to come."""
    (claim,) = billed(given, coverages=(COMMERCIAL,))
    paid = settled(claim, reasons=LEFT)
    refuses = settled(claim, paid=0, reasons=[("CO", "18", 10_000)], trace_number="t8", status="4")
    later = {"adjudicated_on": paid.adjudicated_on + timedelta(days=9)}
    decisions = given.decide("claiming", paid, refuses, reversal(paid, 1).model_copy(update=later))
    assert outcomes(decisions) == ["settled", "settled", "waiting"]


def test_our_claim_and_the_forwarded_one_are_one_though_a_correction_waits(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", settled(claim, reasons=LEFT, status="19", received_at=AFTER_THE_HOLD))
    forwarded = kept(given).claims[1].claim
    billed(given, 2, payments_cents=100, received_at=AFTER_THE_HOLD + timedelta(days=40))
    (ours,) = built(given, given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=46))))
    assert ours.claim_id == forwarded.claim_id


def test_a_forwarded_replacement_we_may_not_send_is_expected_on(given: Stages) -> None:
    """He has paid the earlier one and told no number to replace."""
    (claim,) = billed(given)
    (second,) = answered(given, first := settled(claim, reasons=LEFT))
    answered(given, settled(second, trace_number="t2", payer_claim_number=None))
    (dearer,) = billed(given, 2, services=(service(cents=11_000),))
    anew = settled(dearer, reasons=LEFT, status="19", trace_number="t7", received_at=AFTER_THE_HOLD)
    answered(given, reversal(first, 1, "t6"), anew)
    decisions = given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=60)))
    assert (rules(given, decisions), kept(given).claims[-1].state) == (["C5"], "expected")


# Deadlines and order


def test_after_a_rejection_a_part_of_an_answer_leaves_the_rest_due(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", rejection(claim), settled(claim, status="25"))
    assert [each.kind for each in due(given, AFTER_THE_HOLD + timedelta(days=60))] == ["answer-overdue"]


def test_a_correction_that_goes_on_waiting_has_a_deadline_again(given: Stages) -> None:
    both = (service(), service("s2", "professional", 5_000))
    facility, _ = billed(given, services=both)
    billed(given, 2, services=(service(cents=11_000), both[1]))
    given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=60)))
    given.decide("claiming", settled(facility, received_at=AFTER_THE_HOLD + timedelta(days=61)))
    assert len(due(given, AFTER_THE_HOLD + timedelta(days=200))) == 1


def test_a_version_said_again_while_it_waits_has_a_deadline(given: Stages) -> None:
    given.decide("claiming", visit(part2=REVOKED), *due(given, AFTER_THE_HOLD))
    given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=31)))
    given.decide("claiming", visit(part2=REVOKED, event_id="again"))
    assert [each.kind for each in due(given, AFTER_THE_HOLD + timedelta(days=90))] == ["query-overdue"]


@pytest.mark.parametrize("order", [1, -1])
def test_nobody_is_billed_before_the_next_payer_may_learn_of_the_chart(given: Stages, order: int) -> None:
    both = (service(), service("s2", "professional", 5_000))
    facility, professional = billed(given, services=both, part2=ENDS_SOON)
    late = {"received_at": AFTER_THE_HOLD + timedelta(days=10)}
    answers = [settled(facility, reasons=LEFT, **late), settled(professional, trace_number="t2", **late)]
    assert owed(given, given.decide("claiming", *answers[::order])) == []
