"""Whether a diagnosis code may be billed on a day."""

from datetime import date

from claims.codesets.shapes import is_diagnosis_shape
from claims.tables import Reference


def billable_on(code: str, day: date, reference: Reference) -> bool:
    """Complete and valid on that day (OCG I.B.2: to the highest number of characters).

    The Tabular List is of one release and has no dates: the Medicare Code Editor's tables answer for the days they
    reach (G35 is valid on 2025-03-01 and not on 2026-03-01), the release for all others.
    """
    if not is_diagnosis_shape(code):
        return False
    known = reference.mce.known(code, day)
    if known is not None:
        return known
    entry = reference.codes.diagnosis(code)
    return entry is not None and entry.billable
