"""Whether a diagnosis code may be billed on a day."""

from datetime import date
from typing import Final, Literal

from claims.codesets import CodeEntry, CodeSets
from claims.codesets.shapes import is_diagnosis_shape, without_dot
from claims.tables import Reference

_YEARS: Final = range(2016, 2028)
"""The October releases of ICD-10-CM in the United States, by fiscal year, as far as the editor's tables reach."""


def billable_on(code: str, day: date, reference: Reference) -> bool:
    """Complete and valid on that day: by the dated tables where they reach, else by the release."""
    return reference.diagnosis_codes.is_billable(code, day)


def valid_elsewhere(code: str, day: date, reference: Reference) -> Literal["before", "after"] | None:
    """Whether a code that is not valid on the day was so before it, or will be: deleted, or not yet in force."""
    if not is_diagnosis_shape(code) or billable_on(code, day, reference):
        return None
    changes = [date(year - first, month, 1) for year in _YEARS for month, first in ((10, 1), (4, 0))]
    valid = [change for change in changes if reference.mce.known(code, change)]
    if any(change < day for change in valid):
        return "before"
    return "after" if valid else None


def padded(code: str, codes: CodeSets) -> CodeEntry | None:
    """The code that a 7th character without its placeholders was meant for: W19.A is W19.XXXA (OCG I.A.4)."""
    key = without_dot(code)
    entry = codes.diagnosis(f"{key[:-1]:X<6}{key[-1]}") if 3 < len(key) < 7 else None
    return entry if entry is not None and entry.billable else None
