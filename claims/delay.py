"""Why a claim comes after its payer's time for it (X12 CLM20): what the account itself can tell."""

from datetime import date
from typing import Final

from claims.filing import claim_by
from claims.partners import Payer
from schemas.events.claim import ClaimBuilt

_ANOTHER_PAYER: Final = "7"  # who had to answer first
_REJECTED: Final = "9"  # it was sent in time, and not taken for another reason


def with_delay_reason(claim: ClaimBuilt, payer: Payer | None, day: date) -> ClaimBuilt:
    """The claim as it goes out on that day. A replacement or a void isn't asked; of what else made it late nothing is
    known here, and no reason is made up."""
    if payer is None or claim.frequency in {"7", "8"} or day <= claim_by(claim, payer):
        return claim
    if claim.payer_sequence > 1:
        return claim.model_copy(update={"delay_reason": _ANOTHER_PAYER})
    return claim.model_copy(update={"delay_reason": _REJECTED}) if claim.submission > 1 else claim
