"""Interim bills: of a stay that goes on, what was done until now.

A payer who takes them gets the first as type of bill 0112. Each further one has everything since the admission, the
last one the discharge too, and replaces the one before (0117). None comes before 60 days of stay, and none within 60
days of the one before (CPM 1/50.2 and 3/150.19, read in contractors' digests of them). Other payers say other days,
and may want each bill with its own days (claims/sequence.py).
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from claims.accounts import Account
from claims.partners import Payer
from claims.payers import MEDICARE, NumberedService
from claims.stay import STILL_A_PATIENT
from schemas.events.claim import ClaimBuilt
from schemas.events.types import Day

_WHOLE, _FIRST, _FURTHER, _LAST = "1", "2", "3", "4"  # frequency, X12 CLM05-3
_IN_SEQUENCE, _CORRECTS = frozenset({_FURTHER, _LAST}), frozenset({"7", "8"})
_STAYS: Final = "011"


def takes_interim_bills(payer: Payer) -> bool:
    """As his entry says; by itself Medicare does."""
    return payer.interim != "none" if payer.interim else payer.filing_indicator in MEDICARE


def is_interim(claim: ClaimBuilt) -> bool:
    """Whether the stay goes on. Outpatient claims of one month or coverage of several say 'still a patient' too."""
    return (claim.bill_type or "").startswith(_STAYS) and claim.patient_status == STILL_A_PATIENT


def frequency_of(goes_on: bool, follows: bool = False) -> str:
    """What a claim is that replaces no other: an interim bill, or of a stay from admission to discharge. `follows`: a
    bill of earlier days of the stay is before it."""
    if follows:
        return _FURTHER if goes_on else _LAST
    return _FIRST if goes_on else _WHOLE


def own_frequency(claim: ClaimBuilt) -> str:
    """What a claim would be if it replaced no other. Of what corrects, the days tell whether a bill is before it."""
    begun = claim.admission_date
    later = claim.frequency in _CORRECTS and begun is not None and claim.statement_from > begun
    stays = (claim.bill_type or "").startswith(_STAYS)
    return frequency_of(is_interim(claim), claim.frequency in _IN_SEQUENCE or (stays and later))


def billed_through(account: Account, chart_id: str) -> tuple[Day, ...]:
    """The last days of the chart's interim bills, in their order."""
    mine = (kept.claim for kept in account.claims if kept.claim.charts[0].chart_id == chart_id)
    return tuple(sorted({claim.statement_to for claim in mine if is_interim(claim)}))


def by_bill(services: Iterable[NumberedService], through: tuple[Day, ...]) -> list[tuple[NumberedService, ...]]:
    """A professional's services by the interim bill with which they came. His claims are not repeated with each: what
    he did since goes on one of its own, for Medicare takes no replacement of his."""
    if not through:
        return [tuple(services)]

    def bill(numbered: NumberedService) -> int:
        return bisect_left(through, numbered.service.service_from)

    return [tuple(each) for _, each in groupby(sorted(services, key=bill), key=bill)]
