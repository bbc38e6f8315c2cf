"""What goes to a payer beside a claim's codes: papers (X12 PWK) and a note (NTE), as far as an 837 has room for them.

The lists are those of both guides (pyx12's maps of X222A1 and X223A2 have the same).
"""

from typing import Final

from schemas.events.claim import ClaimKind

MOST_ATTACHMENTS: Final = 10
NOTE: Final = 80
"""Characters of a claim's note."""
ON_REQUEST: Final = "AA"
TRANSMISSIONS: Final = frozenset({ON_REQUEST, "BM", "EL", "EM", "FT", "FX"})
REPORT_TYPES: Final = frozenset(
    {
        "03", "04", "05", "06", "07", "08", "09", "10", "11", "13", "15", "21", "A3", "A4", "AM", "AS", "B2", "B3",
        "B4", "BR", "BS", "BT", "CB", "CK", "CT", "D2", "DA", "DB", "DG", "DJ", "DS", "EB", "HC", "HR", "I5", "IR",
        "LA", "M1", "MT", "NN", "OB", "OC", "OD", "OE", "OX", "OZ", "P4", "P5", "PE", "PN", "PO", "PQ", "PY", "PZ",
        "RB", "RR", "RT", "RX", "SG", "V5", "XP",
    }
)  # fmt: skip
_LATE: Final[dict[str, str]] = {
    "1": "coverage was not known",
    "2": "litigation",
    "3": "authorization came late",
    "4": "provider was certified late",
    "5": "forms came late",
    "6": "custom-made item came late",
    "7": "another payer had to answer first",
    "8": "coverage was decided late",
    "9": "sent before and rejected for another reason",
    "10": "prior approval was delayed",
    "15": "natural disaster",
}
"""X12 CLM20 in our own words; of 11 the hospital's own note tells."""


def late_words(kind: ClaimKind, delay_reason: str | None) -> tuple[str, ...]:
    """What an institutional claim's note adds for its delay (CLM20): a hospital's late bill says in words why; a
    professional's note has no more room than for its own."""
    words = _LATE.get(delay_reason or "") if kind == "institutional" else None
    return (f"LATE, {words.upper()}",) if words else ()
