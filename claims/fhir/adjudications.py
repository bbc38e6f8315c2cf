"""A payer's money as FHIR adjudications: what was submitted is what he paid and every adjustment, to the cent.

Each adjustment stands in one category, so that submitted = benefit + all of `PARTS`. `eligible` is what is left of the
charge without discounts and what is not covered: an 835 may say it itself (AMT B6, AU), our events don't carry that.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from claims.denying import denying
from claims.fhir import systems
from claims.fhir.writing import Element, concept, money, present, quantity, words_of
from schemas.events.claim import Adjustment

_COST_SHARE: Final = {
    "1": "deductible",
    "66": "deductible",  # blood
    "247": "deductible",  # of a professional service in an institution
    "2": "coinsurance",
    "248": "coinsurance",
    "3": "copay",
    "241": "copay",  # low income subsidy
}
_PRIOR_PAYER, _PAID_TO_PATIENT = "23", "100"
PARTS: Final = (
    "deductible", "coinsurance", "copay", "priorpayerpaid", "paidtopatient", "discount", "noncovered",
)  # fmt: skip
"""Where an adjustment stands; the first five are part of what is eligible."""
_ELIGIBLE: Final = frozenset(PARTS[:5])
_OF_HL7: Final = frozenset({"submitted", "eligible", "deductible", "copay", "benefit"})


def part(adjustment: Adjustment) -> str:
    """The one category of an adjustment, by its group and reason (CARC)."""
    if adjustment.group == "PR":
        return _COST_SHARE.get(adjustment.carc, "noncovered")
    if adjustment.carc == _PRIOR_PAYER:
        return "priorpayerpaid"
    if adjustment.carc == _PAID_TO_PATIENT:
        return "paidtopatient"
    return "noncovered" if any(denying((adjustment,), None)) else "discount"


def adjudication(
    charge: int, paid: int, adjustments: Sequence[Adjustment], remarks: Iterable[str] = ()
) -> list[Element]:
    """Of a line, or of a claim that was answered as one."""
    return [
        _amount("submitted", charge),
        _amount("eligible", eligible(paid, adjustments)),
        *adjusted(adjustments, remarks),
        _amount("benefit", paid),
    ]


def adjusted(adjustments: Iterable[Adjustment], remarks: Iterable[str] = ()) -> list[Element]:
    """Adjustments with their reasons, and remarks, which have no amount."""
    return [*(_adjustment(adjustment) for adjustment in adjustments), *(_remark(code) for code in words_of(*remarks))]


def interest(cents: int) -> list[Element]:
    """Paid beside the claim and no part of it (835 AMT I)."""
    return [{"category": concept(systems.INTEREST, "interest"), "amount": money(cents)}] if cents else []


def totals(charge: int, paid: int, adjustments: Sequence[Adjustment]) -> list[Element]:
    """By category; `memberliability` repeats what is left to the patient (group PR), whatever the reason."""
    cents: defaultdict[str, int] = defaultdict(int)
    for adjustment in adjustments:
        cents[part(adjustment)] += adjustment.cents
    patient = sum(adjustment.cents for adjustment in adjustments if adjustment.group == "PR")
    return [
        _amount("submitted", charge),
        _amount("eligible", eligible(paid, adjustments)),
        *(_amount(name, cents[name]) for name in PARTS if cents[name]),
        _amount("benefit", paid),
        _amount("memberliability", patient),
    ]


def eligible(paid: int, adjustments: Iterable[Adjustment]) -> int:
    return paid + sum(adjustment.cents for adjustment in adjustments if part(adjustment) in _ELIGIBLE)


def _amount(category: str, cents: int) -> Element:
    return {"category": _category(category), "amount": money(cents)}


def _adjustment(adjustment: Adjustment) -> Element:
    counted = adjustment.quantity
    return present(
        {
            "extension": [{"url": systems.GROUP, "valueCode": adjustment.group}],
            "category": _category(part(adjustment)),
            "reason": concept(systems.CARC, adjustment.carc),
            "amount": money(adjustment.cents),
            "value": None if counted is None else quantity(counted)["value"],
        }
    )


def _remark(code: str) -> Element:
    return {
        "category": concept(systems.C4BB_DISCRIMINATOR, "adjustmentreason"),
        "reason": concept(systems.RARC, code),
    }


def _category(code: str) -> Element | None:
    return concept(systems.ADJUDICATION if code in _OF_HL7 else systems.C4BB_ADJUDICATION, code)
