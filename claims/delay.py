"""Why a claim comes after its payer's time for it (X12 CLM20): what the hospital or the account itself can tell.

Both guides take the same reasons, 1 to 11 and 15 (checked against pyx12's maps of X222A1 and X223A2, which have the
codes and not their meaning: that is recalled).
"""

from datetime import date
from typing import Final

from claims.filing import claim_by
from claims.partners import Payer
from schemas.events.chart import DelayReason
from schemas.events.claim import ClaimBuilt

_ANOTHER_PAYER: Final = "7"  # who had to answer first
_REJECTED: Final = "9"  # it was sent in time, and not taken for another reason


def with_delay_reason(claim: ClaimBuilt, payer: Payer | None, day: date, told: DelayReason | None = None) -> ClaimBuilt:
    """The claim as it goes out on that day: late with the reason the hospital told, or else with what the account
    knows. A replacement or a void isn't asked; of what else made it late nothing is known here, and no reason is made
    up."""
    if payer is None or claim.frequency in {"7", "8"} or day <= claim_by(claim, payer):
        return claim
    reason = told or (_ANOTHER_PAYER if claim.payer_sequence > 1 else _REJECTED if claim.submission > 1 else None)
    return claim if reason is None else claim.model_copy(update={"delay_reason": reason})
