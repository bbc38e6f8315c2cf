"""What the No Surprises Act keeps off a patient's bill (45 CFR 149.410, 149.420, 149.440).

For emergency care, for a professional outside the plan's network at a hospital inside it, and for an air ambulance the
patient owes his in-network share alone. His plan tells it in its answer: deductible, coinsurance, copay and what it
does not cover. What it leaves to him above its own price (CARC 45), or because of the network (242, 243), is no part
of it and is not billed.
"""

from collections.abc import Collection
from typing import Final

from claims import findings
from claims.payers import is_group_plan
from schemas.events.chart import Coverage
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded, StayFacts

BALANCE: Final = frozenset({"45", "242", "243"})
"""CARCs of a balance bill: above the plan's price; not by its network; not authorized by its network, which emergency
care needs not be (45 CFR 149.110(c)(1))."""
_SAID_TO_APPLY: Final = frozenset({"N864", "N865", "N866"})  # RARC: the payer itself applied the act
_MEDICARE_ADVANTAGE: Final = "16"  # X12 SBR09: has rules of its own
_EMERGENCY: Final = "1"  # admission type, X12 CL101
_EMERGENCY_ROOM: Final = "045"  # revenue codes
_AIR_AMBULANCE: Final = frozenset({"A0430", "A0431", "A0435", "A0436"})
_ANCILLARY: Final = ("207L", "207P", "207ZP", "2085", "2080N", "208M", "207RC02")
"""Taxonomies of who may not ask for consent (45 CFR 149.420(b)): anesthesiology, emergency medicine, pathology,
radiology, neonatology, hospitalists, intensivists."""


def is_protected(claim: ClaimBuilt, chart: ChartCoded, remarks: Collection[str]) -> bool:
    """Whether the act holds for the claim. Of the network nothing is assumed: what nobody said is not out of it."""
    coverage = _coverage(claim, chart)
    if coverage is None or not _is_plan(coverage):
        return False
    if not _SAID_TO_APPLY.isdisjoint(remarks) or _is_emergency(claim, chart.encounter) or _is_air_ambulance(claim):
        return True
    consented = chart.surprise_consent is True and not _is_ancillary(claim)
    if consented:
        return False
    return chart.encounter.admission_type == _EMERGENCY or _is_surprise(claim, coverage)


def _coverage(claim: ClaimBuilt, chart: ChartCoded) -> Coverage | None:
    his = (each for each in chart.coverages if (each.payer, each.member_id) == (claim.payer, claim.member_id))
    return next(his, None)


def _is_plan(coverage: Coverage) -> bool:
    return is_group_plan(coverage) and coverage.plan_kind != _MEDICARE_ADVANTAGE


def _is_emergency(claim: ClaimBuilt, stay: StayFacts) -> bool:
    """Care after it is stabilized, once admitted, may be consented to; the emergency itself never (149.410(b))."""
    by_line = any((line.revenue_code or "").startswith(_EMERGENCY_ROOM) for line in claim.lines)
    return stay.encounter_class == "emergency" or (stay.encounter_class != "inpatient" and by_line)


def _is_surprise(claim: ClaimBuilt, coverage: Coverage) -> bool:
    network = coverage.network
    if network is None or claim.kind != "professional":
        return False
    return network.facility == "in" and network.professional == "out"


def _is_ancillary(claim: ClaimBuilt) -> bool:
    doers = (each for each in claim.providers if each.role in {"rendering", "attending"})
    return any((each.taxonomy or "").startswith(_ANCILLARY) for each in doers)


def _is_air_ambulance(claim: ClaimBuilt) -> bool:
    return all(line.code in _AIR_AMBULANCE for line in claim.lines)


NOT_BILLED = findings.warn(
    "E3",
    "a payer left more to the patient than his in-network share, and it is not billed",
    field="coverages",
    mend="have the contract desk settle it with the payer: 30 business days of negotiation, then dispute resolution",
    citation="45 CFR 149.410, 149.420, 149.510",
)
