"""Which claim of a payer's a new draft takes the place of."""

from collections.abc import Iterable

from claims.accounts import AccountClaim
from claims.change_reason import without_change_reason
from claims.identity import billing_key
from schemas.events.claim import ClaimBuilt
from schemas.events.types import Event

_OWN_TO_A_SENDING = frozenset(Event.model_fields) | {
    "claim_id", "submission", "control_number", "frequency", "original_reference", "revision", "charts", "bill_type",
    "coded_values",  # but for why it was sent again: compared without it
    "delay_reason",  # of the day on which it went out
    "order_reason",  # why he is asked, and nothing of what he is asked for
    "patient_paid_cents",  # what the patient paid since is the bill's matter, and no reason to correct a claim
}  # fmt: skip

_CARE = 3  # of the type of bill, the leading zero counted: facility and care


def pair(
    drafts: Iterable[ClaimBuilt], earlier: Iterable[AccountClaim]
) -> tuple[list[tuple[ClaimBuilt, AccountClaim | None]], list[AccountClaim]]:
    """Each draft with the claim it takes the place of, and the claims whose place none takes.

    First by the lines they share, then by whatever is left of that biller to that payer: all its lines may be new.
    """
    left, without = list(earlier), list[ClaimBuilt]()
    paired: list[tuple[ClaimBuilt, AccountClaim | None]] = []
    for made in drafts:
        before = closest(made, left)
        if before is None:
            without.append(made)
            continue
        left.remove(before)
        paired.append((made, before))
    for made in without:
        before = next((kept for kept in left if takes_place(made, kept.claim)), None)
        if before is not None:
            left.remove(before)
        paired.append((made, before))
    return paired, left


def closest(made: ClaimBuilt, earlier: Iterable[AccountClaim]) -> AccountClaim | None:
    """The claim of that biller to that payer which has most of the same lines; null when none has any."""
    lines = {line.control_number for line in made.lines}
    shared = [
        (sum(line.control_number in lines for line in kept.claim.lines), kept)
        for kept in earlier
        if takes_place(made, kept.claim)
    ]
    most, found = max(shared, key=lambda each: each[0], default=(0, None))
    return found if most else None


def takes_place(made: ClaimBuilt, before: ClaimBuilt) -> bool:
    """Whether a claim may replace another one: of the same biller to the same payer in his turn, and of the same care.
    A stay's claim and an outpatient's are voided for each other."""
    return slot(made) == slot(before) and (made.bill_type or "")[:_CARE] == (before.bill_type or "")[:_CARE]


def chart_id_of(claim: ClaimBuilt) -> str:
    return claim.charts[0].chart_id


def slot(claim: ClaimBuilt) -> tuple[str, str, str, str, int]:
    biller = billing_key(claim.billing_provider)
    return chart_id_of(claim), claim.kind, biller, claim.payer, claim.payer_sequence


def says_the_same(made: ClaimBuilt, before: ClaimBuilt) -> bool:
    said = ClaimBuilt.model_fields.keys() - _OWN_TO_A_SENDING
    alike = all(getattr(made, field) == getattr(before, field) for field in said)
    return alike and without_change_reason(made) == without_change_reason(before)


def lines_of(claim: ClaimBuilt) -> dict[str, int]:
    return {line.control_number: line.charge_cents for line in claim.lines}
