"""Which of a payer's adjustments deny, and which write off what a contract, a program or a law says."""

from collections.abc import Iterable, Iterator
from typing import Final

from claims.payers import MEDICARE
from schemas.events.claim import Adjustment

_MANAGED_CARE: Final = "24"
_NOT_A_DENIAL: Final = frozenset({
    "23", _MANAGED_CARE, "44", "45", "59", "69", "70", "74", "75", "76", "89", "94", "100", "103", "104", "105", "118",
    "121", "130", "131", "132", "134", "137", "139", "143", "144", "161", "187", "205", "209", "223", "225", "232",
    "235", "237", "245", "246", "253", "260", "271", "281", "293", "294", "295", "A0", "B10", "P12", "P23", "P24",
    "P25", "P26",
})  # fmt: skip
"""CARCs: other payers' part, capitation, fee schedules and discounts, what a stay's rate adds or withholds, what the
patient got or others for him, what may not be asked of him, taxes, sequestration, codes that are only reported."""


def denying(adjustments: Iterable[Adjustment], filing_indicator: str | None) -> Iterator[Adjustment]:
    """Those by which a payer of that kind (X12 SBR09) denies, rather than write off, or leave it to the patient.

    Original Medicare has no capitation: by 24 it says that a Medicare Advantage plan has the member.
    """
    medicare = filing_indicator in MEDICARE
    for entry in adjustments:
        denies = entry.carc not in _NOT_A_DENIAL or (medicare and entry.carc == _MANAGED_CARE)
        if denies and entry.group != "PR":
            yield entry
