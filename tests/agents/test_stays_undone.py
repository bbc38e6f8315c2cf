"""A stay that becomes an outpatient's visit, and the other way: its payer gives back the one claim before he gets the
other (billing.md section 2; condition code 44, CPM 1/50.3)."""

from typing import Any

import pytest

from schemas.events import ChartCoded, ChartReturned, ClaimBuilt
from tests.agents.given_accounts_of_claiming import built, kept, rejection, settled, visit
from tests.agents.given_stages import Stages
from tests.claims.given_accounts import NOON, coverage, reversal, service, stay

MEDICARE, MEDICAID = coverage("medicare"), coverage("medicaid")


def admitted(version: int = 1, **other: Any) -> ChartCoded:
    lasts = stay("inpatient", admission_type="1", discharge_status="01")
    return visit(version, **{"encounter": lasts, "coverages": (MEDICARE,), **other})


def undone(version: int = 2, **other: Any) -> ChartCoded:
    observed = stay("observation", changed_to_outpatient_at=NOON)
    return visit(version, **{"encounter": observed, "coverages": (MEDICARE,), **other})


def shown(claims: list[ClaimBuilt]) -> list[tuple[str, str | None, str]]:
    return [(claim.payer, claim.bill_type, claim.frequency) for claim in claims]


def conditions(claim: ClaimBuilt) -> list[str]:
    return [value.code for value in claim.coded_values if value.kind == "condition"]


@pytest.fixture
def sent(given: Stages) -> ClaimBuilt:
    """The claim of the stay."""
    (claim,) = built(given, given.decide("claiming", admitted()))
    return claim


def test_the_claim_of_an_undone_stay_says_so(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", undone(1)))
    assert (claim.bill_type, conditions(claim)) == ("0131", ["44"])


def test_the_stays_claim_is_voided_and_nothing_else_is_said(given: Stages, sent: ClaimBuilt) -> None:
    said = built(given, given.decide("claiming", settled(sent), undone()))
    assert shown(said) == [("medicare", "0118", "8")]
    assert [chart.state for chart in kept(given).charts] == ["awaiting-answer"]


def test_when_the_payer_has_taken_the_void_the_visit_is_billed(given: Stages, sent: ClaimBuilt) -> None:
    paid = settled(sent)
    given.decide("claiming", paid, undone())
    (claim,) = built(given, given.decide("claiming", reversal(paid, 1)))
    assert (shown([claim]), conditions(claim)) == ([("medicare", "0131", "1")], ["44"])
    assert [each.state for each in kept(given).claims] == ["replaced", "accepted", "sent"]


def test_a_stay_without_an_answer_yet_is_waited_for(given: Stages, sent: ClaimBuilt) -> None:
    assert built(given, given.decide("claiming", undone())) == []
    paid = settled(sent)
    assert shown(built(given, given.decide("claiming", paid))) == [("medicare", "0118", "8")]
    assert shown(built(given, given.decide("claiming", reversal(paid, 1)))) == [("medicare", "0131", "1")]


def test_a_payer_who_does_not_void_it_keeps_it_and_gets_no_second_claim(given: Stages, sent: ClaimBuilt) -> None:
    (void,) = built(given, given.decide("claiming", settled(sent), undone()))
    decisions = given.decide("claiming", rejection(void))
    assert built(given, decisions) == []
    told = {finding.rule for back in given.said(decisions, ChartReturned) for finding in back.findings}
    assert "C5" in told
    assert [(each.claim.frequency, each.state) for each in kept(given).claims] == [("1", "answered"), ("8", "rejected")]


def test_what_was_denied_or_never_filed_needs_no_void(given: Stages, sent: ClaimBuilt) -> None:
    denied = settled(sent, 0, [("CO", "50", sent.total_charge_cents)])
    assert shown(built(given, given.decide("claiming", denied, undone()))) == [("medicare", "0131", "1")]


def test_a_rejected_claim_of_the_stay_is_forgotten(given: Stages, sent: ClaimBuilt) -> None:
    assert shown(built(given, given.decide("claiming", rejection(sent), undone()))) == [("medicare", "0131", "1")]


def test_both_payers_give_back_what_they_have(given: Stages) -> None:
    plans = (MEDICARE, MEDICAID)
    (first,) = built(given, given.decide("claiming", admitted(coverages=plans)))
    paid = settled(first, reasons=[("PR", "1", 1_600)])
    (second,) = built(given, given.decide("claiming", paid))
    too = settled(second, trace_number="t2")
    said = built(given, given.decide("claiming", too, undone(coverages=plans)))
    assert sorted(shown(said)) == [("medicaid", "0118", "8"), ("medicare", "0118", "8")]
    again = built(given, given.decide("claiming", reversal(too, 1, "t3"), reversal(paid, 1, "t4")))
    assert shown(again) == [("medicare", "0131", "1")]


def test_a_visit_that_became_a_stay_goes_the_same_way(given: Stages) -> None:
    seen = visit(coverages=(MEDICARE,), encounter=stay("observation"), services=(service(),))
    (first,) = built(given, given.decide("claiming", seen))
    paid = settled(first)
    assert shown(built(given, given.decide("claiming", paid, admitted(2)))) == [("medicare", "0138", "8")]
    assert shown(built(given, given.decide("claiming", reversal(paid, 1)))) == [("medicare", "0111", "1")]


def test_told_twice_it_is_done_once(given: Stages, sent: ClaimBuilt) -> None:
    given.decide("claiming", settled(sent), undone())
    assert built(given, given.decide("claiming", undone().model_copy(update={"event_id": "again"}))) == []
    assert [each.claim.frequency for each in kept(given).claims] == ["1", "8"]
