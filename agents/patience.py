"""How long claiming waits for what has to come, and the names of the deadlines by which it waits."""

from datetime import datetime, timedelta

from claims import settlement
from claims.accounts import Account, AccountChart, AccountClaim, voided
from schemas.events import ChartCoded, ClaimAcknowledged, ClaimAdjudicated, ClaimBuilt
from schemas.identity import derived

ANSWER_PATIENCE = timedelta(days=45)
"""How long a payer's answer may take before it is a work item."""

CONSENT_PATIENCE = timedelta(days=30)
"""How long a consent may take before the chart goes back without it."""


def received(event: ChartCoded | ClaimAdjudicated | ClaimAcknowledged) -> datetime:
    return event.received_at or event.occurred_at


def answer_deadline(claim: ClaimBuilt, *after: object) -> str:
    """By when the claim is to be answered; `after` names the answer that left it open again."""
    return derived("deadline", "answer-overdue", claim.claim_id, claim.submission, *after)


def deadline_of(claim: AccountClaim) -> str:
    """The deadline of the answer that a claim waits for, or waited for last."""
    return claim.deadline_id or answer_deadline(claim.claim)


def answered_voids(account: Account, reversed_: AccountClaim) -> tuple[AccountClaim, ...]:
    """A payer answers a void by reversing what it is about: he has taken it, and nothing more is due from him."""
    if reversed_.state != "replaced" or settlement.totals(reversed_).charge_cents != 0:
        return ()
    return _voids_of(account, reversed_)


def open_again(account: Account, before: AccountClaim, corrected: AccountClaim) -> tuple[AccountClaim, ...]:
    """Voids that seemed to be answered: the reversal was a step of a correction of the payer's own, who has the claim
    and pays for it still."""
    if corrected.state != "replaced" or not before.answers or settlement.totals(before).charge_cents != 0:
        return ()
    if settlement.totals(corrected).charge_cents == 0:
        return ()
    return tuple(void for void in _voids_of(account, corrected) if void.state == "accepted")


def _voids_of(account: Account, claim: AccountClaim) -> tuple[AccountClaim, ...]:
    about = ((kept, voided(account, kept)) for kept in account.claims)
    return tuple(kept for kept, it in about if it is not None and it.claim.claim_id == claim.claim.claim_id)


def moot(before: AccountChart | None, after: AccountChart | None) -> tuple[str, ...]:
    """The deadline that a chart waited for, and doesn't any more."""
    waited = before.deadline_id if before else None
    return () if waited is None or (after is not None and after.deadline_id == waited) else (waited,)
