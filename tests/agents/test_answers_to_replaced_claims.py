"""An answer to a version that has been replaced is kept with that version, is shown, and touches no other."""

from typing import Any

import pytest

from agents.stage import States
from agents.tracing import trace_chart
from claims.accounts import Account, claim_of
from ledger import projections
from schemas.events import ClaimAdjudicated, ClaimBuilt, Remittance
from tests.agents.given_accounts_of_claiming import built, kept, settled, visit
from tests.agents.given_stages import Stages, outcomes
from tests.claims.given_accounts import NOON, answer, reversal, service

DEARER = (service(cents=12_000),)


@pytest.fixture
def versions(given: Stages) -> tuple[ClaimBuilt, ClaimBuilt]:
    """A claim that was answered, and the one that replaces it."""
    (first,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(first, paid=9_000))
    (second,) = built(given, given.decide("claiming", visit(2, services=DEARER)))
    assert second.frequency == "7"
    return first, second


def adjudicated(given: Stages, said: ClaimAdjudicated) -> list[ClaimAdjudicated]:
    """The answer as adjudication passes it on, with a payment of its own; claiming has taken it."""
    carried = [{"provider": "1", "fiscal_date": NOON.date(), "code": "FB", "cents": said.paid_cents}]
    payment: dict[str, Any] = {
        "event_id": f"payment-{said.trace_number}", "occurred_at": NOON, "producer": said.payer, "payer": said.payer,
        "trace_number": said.trace_number, "method": "NON", "date": NOON.date(), "payment_cents": 0,
        "provider_adjustments": carried, "claims_count": 1, "claims_paid_cents": said.paid_cents,
    }  # fmt: skip
    decisions = given.decide("adjudication", Remittance.model_validate(payment), said)
    assert outcomes(decisions) == ["waiting", "settled"]
    passed = given.said(decisions, ClaimAdjudicated)
    given.decide("claiming", *passed)
    return passed


def balances(given: Stages, *claims: ClaimBuilt) -> list[tuple[str, int, int]]:
    """State, what is paid and how many answers there are, of each claim."""
    found = [claim_of(kept(given), claim.claim_id) for claim in claims]
    with given.assembly.ledger.reading() as tx:
        rows = projections.claims_by_number(tx, [claim.control_number for claim in claims])
    return [
        (each.state, rows[claim.control_number].paid_cents, len(each.answers))
        for each, claim in zip(found, claims, strict=True)
        if each is not None
    ]


def test_a_late_reversal_under_the_old_number_is_kept_with_the_old_version(
    given: Stages, versions: tuple[ClaimBuilt, ClaimBuilt]
) -> None:
    first, second = versions
    (passed,) = adjudicated(given, reversal(answer(first, paid=9_000), 1))
    assert passed.claim_id == first.claim_id
    assert balances(given, first, second) == [("replaced", 0, 2), ("sent", 0, 0)]


def test_a_reversal_under_no_number_of_ours_finds_the_old_version_by_the_payers_number(
    given: Stages, versions: tuple[ClaimBuilt, ClaimBuilt]
) -> None:
    first, second = versions
    adjudicated(given, reversal(answer(first, paid=9_000), 1).model_copy(update={"control_number": "0"}))
    assert balances(given, first, second) == [("replaced", 0, 2), ("sent", 0, 0)]


def test_old_and_new_each_come_to_their_own_answers(given: Stages, versions: tuple[ClaimBuilt, ClaimBuilt]) -> None:
    first, second = versions
    adjudicated(given, answer(second, paid=11_000, trace_number="t3"))
    adjudicated(given, reversal(answer(first, paid=9_000), 1))
    assert balances(given, first, second) == [("replaced", 0, 2), ("answered", 11_000, 1)]


def test_both_versions_are_shown_with_what_was_paid_on_them(
    given: Stages, versions: tuple[ClaimBuilt, ClaimBuilt]
) -> None:
    first, second = versions
    adjudicated(given, reversal(answer(first, paid=9_000), 1))
    with given.assembly.ledger.reading() as tx:
        shown = trace_chart(tx, States(Account), "mercy-general", "c1")
    assert shown is not None
    assert {row.control_number: row.state for row in shown.claims} == {
        first.control_number: "replaced", second.control_number: "sent",
    }  # fmt: skip
