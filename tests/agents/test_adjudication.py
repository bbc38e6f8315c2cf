"""Payers' answers against the ledger: which claim is meant, and when a remittance is posted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.rows import claim_row
from claims.accounts import AccountClaim
from claims.forming import form
from ledger import projections
from schemas.events import ClaimAcknowledged, ClaimBuilt, Refused
from tests.agents.given_stages import Stages, outcomes, stages
from tests.claims.given_accounts import NOON, account, chart, committed_partners


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Stages]:
    made = stages(tmp_path)
    yield made
    made.assembly.ledger.close()


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
