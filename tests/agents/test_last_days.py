"""Before a payer's time is over, for a claim or for an appeal, the hospital is warned, once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agents.timers import announced
from ledger import deadlines
from schemas.events import ChartReturned, ClaimBuilt, DeadlineDue
from schemas.events.chart import Part2Consent
from tests.agents.given_accounts_of_claiming import (
    AFTER_THE_HOLD,
    acceptance,
    built,
    due,
    kept,
    of_account,
    rejection,
    settled,
    visit,
)
from tests.agents.given_returned import UNSIGNED, signed
from tests.agents.given_returned import sent as returned_chart
from tests.agents.given_stages import Stages, outcomes, stages
from tests.claims.given_accounts import Reasons, coverage, reversal, service

LAST = datetime(2026, 8, 29, tzinfo=UTC)  # 180 days after 2 March, where the commercial payer's time ends
BEFORE = LAST - timedelta(days=15)
NEAR = LAST - timedelta(days=13)
NEXT_NEAR = datetime(2027, 2, 17, tzinfo=UTC)  # 14 days before 2 March 2027, a year after it, for Medicaid
APPEAL_NEAR = datetime(2026, 9, 3, tzinfo=UTC)  # 14 days before 16 September
CAME = datetime(2026, 2, 12, tzinfo=UTC)  # two days after the visit of the unsigned chart
NO_CONSENT = Part2Consent(applies=True)


@pytest.fixture
def given(tmp_path: Path) -> Stages:
    return stages(tmp_path)


def fired(given: Stages, moment: datetime, kind: str) -> list[DeadlineDue]:
    return [each for each in due(given, moment) if each.kind == kind]


def told(given: Stages, *events: DeadlineDue) -> list[tuple[str, str, str | None]]:
    back = given.said(given.decide("claiming", *events), ChartReturned)
    return [(each.reason, finding.rule, finding.claim) for each in back for finding in each.findings]


def test_a_chart_that_waits_has_its_last_day_watched(given: Stages) -> None:
    given.decide("claiming", visit(part2=NO_CONSENT))
    assert fired(given, BEFORE, "timely-filing-near") == []
    (near,) = fired(given, NEAR, "timely-filing-near")
    assert told(given, near) == [("deadline-near", "D4", None)]


def test_it_is_told_once_though_it_is_said_twice_and_a_version_comes(given: Stages) -> None:
    given.decide("claiming", visit(part2=NO_CONSENT))
    (near,) = fired(given, NEAR, "timely-filing-near")
    assert len(told(given, near, near)) == 1
    given.decide("claiming", visit(2, part2=NO_CONSENT))
    assert fired(given, NEAR, "timely-filing-near") == []


def test_a_chart_that_was_claimed_meanwhile_has_nothing_to_be_told(given: Stages) -> None:
    given.decide("claiming", visit(part2=NO_CONSENT))
    assert built(given, given.decide("claiming", visit(2)))
    assert fired(given, NEAR, "timely-filing-near") == []


def test_a_claim_that_goes_out_at_once_opens_no_deadline(given: Stages) -> None:
    given.decide("claiming", visit())
    assert fired(given, NEAR, "timely-filing-near") == []


def test_the_end_of_a_hold_makes_a_warning_moot(given: Stages) -> None:
    given.decide("claiming", visit(received_at=AFTER_THE_HOLD - timedelta(days=30)))
    held = fired(given, NEAR, "bill-hold-ends")
    assert built(given, given.decide("claiming", *held))
    assert told(given, *fired(given, NEAR, "timely-filing-near")) == []


def test_who_pays_himself_has_no_payers_day(given: Stages) -> None:
    given.decide("claiming", visit(coverages=(coverage("patient"),)))
    assert fired(given, NEAR, "timely-filing-near") == []


def test_a_denial_is_warned_of_before_its_appeal_is_over(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim, 0, [("CO", "197", 10_000)]))
    (near,) = fired(given, APPEAL_NEAR, "appeal-near")
    assert told(given, near, near) == [("deadline-near", "D4", claim.control_number)]


def test_a_denial_that_was_taken_back_or_replaced_is_not(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    denial = settled(claim, 0, [("CO", "197", 10_000)])
    given.decide("claiming", denial)
    given.decide("claiming", of_account(reversal(denial, 1)), settled(claim, 10_000, trace_number="t3"))
    decisions = given.decide("claiming", *fired(given, APPEAL_NEAR, "appeal-near"))
    assert (outcomes(decisions), given.said(decisions, ChartReturned)) == (["moot"], [])


def test_a_replaced_claims_appeal_is_not_warned_of(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim, 0, [("CO", "197", 10_000)]))
    given.decide("claiming", visit(2, services=(service(cents=9_000),)))
    assert told(given, *fired(given, APPEAL_NEAR, "appeal-near")) == []


def test_a_claim_that_its_payer_rejected_is_warned_of_once(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", rejection(claim), rejection(claim))
    assert fired(given, BEFORE, "timely-filing-near") == []
    (near,) = fired(given, NEAR, "timely-filing-near")
    assert told(given, near, near) == [("deadline-near", "D4", claim.control_number)]


def test_one_that_went_again_is_not(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", rejection(claim), visit(2))
    assert told(given, *fired(given, NEAR, "timely-filing-near")) == []


def test_one_that_was_rejected_twice_is_warned_of_once_more_and_no_oftener(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    (again,) = built(given, given.decide("claiming", rejection(claim), visit(2)))
    given.decide("claiming", rejection(again))
    near = fired(given, NEAR, "timely-filing-near")
    assert (len(near), told(given, *near)) == (2, [("deadline-near", "D4", again.control_number)])


def test_one_rejected_in_the_last_days_is_warned_of_at_once(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", rejection(claim).model_copy(update={"received_at": LAST}))
    assert len(told(given, *fired(given, LAST, "timely-filing-near"))) == 1


def test_one_that_its_payer_takes_after_all_is_waited_for_again(given: Stages) -> None:
    """Its file was refused, and went out again as it was."""
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", rejection(claim), acceptance(claim))
    (overdue,) = fired(given, AFTER_THE_HOLD + timedelta(days=46), "answer-overdue")
    assert [reason for reason, _, _ in told(given, overdue)] == ["unanswered"]
    given.decide("claiming", settled(claim))
    assert fired(given, NEAR, "answer-overdue") == []


def first_of_two(given: Stages, **other: Any) -> ClaimBuilt:
    (claim,) = built(given, given.decide("claiming", visit(coverages=(coverage(), coverage("medicaid")), **other)))
    return claim


def test_the_next_payers_day_is_watched_when_the_first_one_does_not_answer(given: Stages) -> None:
    claim = first_of_two(given)
    given.decide("claiming", *fired(given, AFTER_THE_HOLD + timedelta(days=46), "answer-overdue"))
    assert fired(given, NEXT_NEAR - timedelta(days=2), "timely-filing-near") == []
    (near,) = fired(given, NEXT_NEAR, "timely-filing-near")
    assert told(given, near, near) == [("deadline-near", "D4", claim.control_number)]


def test_and_he_is_not_told_of_when_the_next_payer_has_his_claim(given: Stages) -> None:
    claim = first_of_two(given)
    given.decide("claiming", *fired(given, AFTER_THE_HOLD + timedelta(days=46), "answer-overdue"))
    given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)]))
    assert told(given, *fired(given, NEXT_NEAR, "timely-filing-near")) == []


def test_the_next_payers_day_is_watched_when_his_claim_is_kept_back(given: Stages) -> None:
    ends = Part2Consent(applies=True, start=AFTER_THE_HOLD.date(), end=AFTER_THE_HOLD.date())
    claim = first_of_two(given, part2=ends)
    late = AFTER_THE_HOLD + timedelta(days=20)
    given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)], received_at=late))
    assert told(given, *fired(given, NEXT_NEAR, "timely-filing-near")) == [
        ("deadline-near", "D4", claim.control_number)
    ]


def test_a_claim_to_two_payers_opens_nothing_while_all_goes_well(given: Stages) -> None:
    claim = first_of_two(given)
    given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)]))
    assert fired(given, NEXT_NEAR, "timely-filing-near") == []


def of_validation(given: Stages) -> list[DeadlineDue]:
    """What validation's timer says a year after the visit."""
    with given.assembly.ledger.reading() as tx:
        said = deadlines.due(tx, "validation", int((CAME + timedelta(days=365)).timestamp() * 1000))
    return [announced(each) for each in said if each.kind == "timely-filing-near"]


def test_a_chart_that_is_back_is_watched_too_and_told_once(given: Stages) -> None:
    given.decide(
        "validation", returned_chart(UNSIGNED, received_at=CAME), returned_chart(UNSIGNED, 2, received_at=CAME)
    )
    (near,) = of_validation(given)
    decisions = given.decide("validation", near, near)
    (back,) = given.said(decisions, ChartReturned)
    assert (back.reason, back.version, [finding.rule for finding in back.findings]) == ("deadline-near", 2, ["D4"])
    assert (outcomes(decisions), of_validation(given)) == (["warned", "moot"], [])


def test_a_chart_that_was_mended_is_not_told(given: Stages) -> None:
    given.decide("validation", returned_chart(UNSIGNED, received_at=CAME), signed(returned_chart(UNSIGNED, 2)))
    decisions = given.decide("validation", *of_validation(given))
    assert given.said(decisions, ChartReturned) == []


RECEIVED = AFTER_THE_HOLD.date()
TOO_LATE: Reasons = [("CO", "29", 10_000)]


def mends(given: Stages, *events: Any) -> list[str]:
    back = given.said(given.decide("claiming", *events), ChartReturned)
    return [finding.mend or "" for each in back for finding in each.findings if finding.carc == "29"]


def test_a_payer_who_accepted_a_claim_and_says_it_came_too_late_is_shown_his_own_word(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    accepted = acceptance(claim).model_copy(update={"receipt_date": RECEIVED})
    given.decide("claiming", accepted)
    (mend,) = mends(given, settled(claim, 0, TOO_LATE))
    assert (kept(given).claims[0].filed_on, "277CA" in mend) == (RECEIVED, True)


def test_also_where_he_accepts_it_after_he_answered(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    accepted = acceptance(claim).model_copy(update={"receipt_date": RECEIVED})
    given.decide("claiming", settled(claim, 0, TOO_LATE), accepted)
    assert [(each.state, each.filed_on) for each in kept(given).claims] == [("denied", RECEIVED)]


def test_a_claim_that_was_rejected_was_never_filed(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    received = rejection(claim).model_copy(update={"receipt_date": RECEIVED})
    (again,) = built(given, given.decide("claiming", received, visit(2)))
    (mend,) = mends(given, settled(again, 0, TOO_LATE))
    assert (kept(given).claims[0].filed_on, "277CA" in mend) == (None, False)
