"""What Medicare is told where another plan pays before it."""

from typing import Final

from claims.edits.payer_order import is_aged, is_coordinated
from claims.payers import MEDICARE
from schemas.events.chart import Coverage
from schemas.events.claim import ClaimBuilt, OrderReason

_BEFORE_MEDICARE: Final = {
    "WC": "15",
    "AM": "14",
    "LM": "47",
    "LI": "47",
    "VA": "42",
}  # SBR09 of the plan before, and SBR05


def insurance_type(coverage: Coverage, before: ClaimBuilt, why: OrderReason | None = None) -> str | None:
    """Why Medicare comes after another plan (X12 SBR05; 42 CFR 411): null for any other plan.

    By what the plan before is: workers' compensation 15, no-fault 14, liability 47, the veterans' 42. A group plan: 13
    in the coordination period of end-stage renal disease, 12 of the aged, 43 of the disabled. `why` the plan came first
    is known where the facts stand at the plan.
    """
    if coverage.plan_kind not in MEDICARE:
        return None
    if (kind := _BEFORE_MEDICARE.get(before.filing_indicator)) is not None:
        return kind
    kidneys = None if coverage.facts is None else coverage.facts.esrd_start
    if why == "esrd-first-30-months":
        return "13"
    if kidneys is not None and is_coordinated(kidneys, before.statement_from):
        return "13"
    born = before.patient.birth_date
    return None if born is None else "12" if is_aged(born, before.statement_from) else "43"
