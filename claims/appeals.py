"""Until when a denial may be appealed."""

from datetime import date, timedelta
from typing import Final

from claims.accounts import AccountClaim
from claims.denials import denied
from claims.partners import Payer
from claims.payers import MEDICARE
from claims.settlement import counted

_MEDICARE_DAYS: Final = 120 + 5
"""To ask for a redetermination, from receipt, which is presumed five days after the notice (42 CFR 405.942)."""


def appeal_by(claim: AccountClaim, payer: Payer) -> date | None:
    """The last day of the newest answer's time for appeal; null when nothing of the claim is denied."""
    days = _MEDICARE_DAYS if payer.filing_indicator in MEDICARE else payer.appeal_days
    newest = max((answer.adjudicated_on for answer in counted(claim)), default=None)
    return newest + timedelta(days=days) if newest is not None and denied(claim) else None
