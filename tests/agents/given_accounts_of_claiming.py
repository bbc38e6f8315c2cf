"""Given: a hospital's charts and its payers' answers, as claiming takes them, and the account that is left."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from agents.timers import announced
from claims.accounts import Account
from ledger import accounts, deadlines
from schemas.events import ChartCoded, ClaimAcknowledged, ClaimAdjudicated, ClaimBuilt, DeadlineDue
from schemas.records import Decision
from tests.agents.given_stages import Stages
from tests.claims.given_accounts import NOON, answer, chart, service

AFTER_THE_HOLD = NOON + timedelta(days=30)
KEY = "account/mercy-general/a1"


def visit(version: int = 1, **other: Any) -> ChartCoded:
    """One facility service of a patient with one plan, whose bill hold is over."""
    fixed = {"event_id": f"v{version}", "version": version, "received_at": AFTER_THE_HOLD, "services": (service(),)}
    return chart(**{**fixed, **other})


def kept(given: Stages) -> Account:
    with given.assembly.ledger.transaction() as tx:
        body = accounts.lock(tx, "claiming", [KEY])[KEY].body
    assert body is not None
    return given.assembly.states.load(Account, body)


def built(given: Stages, decisions: Sequence[Decision]) -> list[ClaimBuilt]:
    return given.said(decisions, ClaimBuilt)


def settled(claim: ClaimBuilt, *args: Any, **other: Any) -> ClaimAdjudicated:
    """An answer as adjudication passes it on: with the account it is about."""
    said = answer(claim, *args, **other)
    about = {"hospital": claim.hospital, "account_number": claim.account_number, "producer": "adjudication"}
    return said.model_copy(update={**about, "claim_id": claim.claim_id})


def of_account(answered: ClaimAdjudicated) -> ClaimAdjudicated:
    return answered.model_copy(update={"hospital": "mercy-general", "account_number": "a1", "producer": "adjudication"})


def rejection(claim: ClaimBuilt) -> ClaimAcknowledged:
    return ClaimAcknowledged(
        event_id=f"rejects-{claim.control_number}", occurred_at=NOON, producer="adjudication", payer=claim.payer,
        claim_id=claim.claim_id, control_number=claim.control_number, accepted=False, hospital=claim.hospital,
        account_number=claim.account_number,
    )  # fmt: skip


def acceptance(claim: ClaimBuilt) -> ClaimAcknowledged:
    return rejection(claim).model_copy(update={"event_id": f"accepts-{claim.control_number}", "accepted": True})


def due(given: Stages, moment: datetime) -> list[DeadlineDue]:
    """What claiming's timer would say at a moment."""
    with given.assembly.ledger.reading() as tx:
        return [announced(each) for each in deadlines.due(tx, "claiming", int(moment.timestamp() * 1000))]
