"""Until when a denial may be appealed."""

from datetime import date, timedelta
from typing import Final

from claims.accounts import AccountClaim, Answer
from claims.denial_reasons import UNPROCESSABLE
from claims.denials import Denial, denied
from claims.filing import claim_by
from claims.partners import Payer
from claims.payers import MEDICARE
from claims.remittance import REVERSAL
from claims.settlement import counted
from schemas.events.claim import Adjustment

_MEDICARE_DAYS: Final = 120 + 5
"""To ask for a redetermination, from receipt, which is presumed five days after the notice (42 CFR 405.942)."""


def appeal_by(claim: AccountClaim, payer: Payer) -> date | None:
    """The last day to act on all that is denied; null when nothing is. What the payer could not process is not appealed
    (42 CFR 405.926): a new claim has to be with him in time."""
    return min((_last_day(claim, payer, denial) for denial in denied(claim)), default=None)


def _last_day(claim: AccountClaim, payer: Payer, denial: Denial) -> date:
    if UNPROCESSABLE in denial.remarks:
        return claim_by(claim.claim, payer)
    days = _MEDICARE_DAYS if payer.filing_indicator in MEDICARE else payer.appeal_days
    return _said_on(claim, denial) + timedelta(days=days)


def _said_on(claim: AccountClaim, denial: Denial) -> date:
    """When its payer said so last: he may answer in parts, and take an answer back."""
    number = None if denial.line is None else claim.claim.lines[denial.line - 1].control_number
    answers, why = counted(claim), (denial.group, denial.carc)
    said = [
        answer.adjudicated_on
        for answer in answers
        if answer.status != REVERSAL and why in {(each.group, each.carc) for each in _adjustments(answer, number)}
    ]
    return max(said or [answer.adjudicated_on for answer in answers])


def _adjustments(answer: Answer, number: str | None) -> list[Adjustment]:
    """Of a line, or of the claim as a whole and of lines that are not known."""
    of_lines = [each for line in answer.lines if line.control_number == number for each in line.adjustments]
    return of_lines if number is not None else [*answer.adjustments, *of_lines]
