"""What a replacement or a void tells Medicare of the change: one condition code of the hospital's claim.

CPM 1/130.1.2.1, read as a contractor's digest has it: the reason that tells most, and charges (D1) only where nothing
else changed. Other payers are told nothing.
"""

from typing import Final

from claims.interim import is_interim
from schemas.events.claim import ClaimBuilt, CodedValue

_MEDICARE: Final = "MA"  # SBR09 of a hospital's claim
_DATES, _CHARGES, _CODES, _INTERIM, _GROUPER, _CANCELLED, _OTHER = "D0", "D1", "D2", "D3", "D4", "D6", "D9"
_STATUS = "E0"
_REASONS: Final = frozenset({*(f"D{digit}" for digit in range(10)), _STATUS})


def with_change_reason(claim: ClaimBuilt, before: ClaimBuilt) -> ClaimBuilt:
    """The claim that takes the place of `before`, with why: one reason, the first that holds."""
    told = without_change_reason(claim)
    if claim.kind != "institutional" or claim.filing_indicator != _MEDICARE or claim.frequency not in {"7", "8"}:
        return claim.model_copy(update={"coded_values": told})
    code = _CANCELLED if claim.frequency == "8" else _why(claim, before)
    return claim.model_copy(update={"coded_values": (*told, CodedValue(kind="condition", code=code))})


def without_change_reason(claim: ClaimBuilt) -> tuple[CodedValue, ...]:
    """The codes that a claim has of the chart itself."""
    return tuple(value for value in claim.coded_values if value.kind != "condition" or value.code not in _REASONS)


def _why(claim: ClaimBuilt, before: ClaimBuilt) -> str:
    if is_interim(before) and claim.statement_to > before.statement_to:
        return _INTERIM  # a further bill of the stay
    if (claim.statement_from, claim.statement_to) != (before.statement_from, before.statement_to):
        return _DATES
    if claim.patient_status != before.patient_status:
        return _STATUS
    grouped = claim.admission_date is not None
    if grouped and (claim.diagnoses, claim.procedures) != (before.diagnoses, before.procedures):
        return _GROUPER
    if _coded(claim) != _coded(before):
        return _CODES
    return _CHARGES if claim.total_charge_cents != before.total_charge_cents else _OTHER


def _coded(claim: ClaimBuilt) -> list[tuple[str | None, str | None]]:
    return [(line.revenue_code, line.code) for line in claim.lines]
