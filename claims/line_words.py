"""Which lines of a claim say in words what was done: no more than the payer needs (45 CFR 164.502(b))."""

from typing import Final

from claims.codesets.dated import DatedTables
from claims.codesets.titles import is_unlisted
from schemas.events.claim import ClaimBuilt, ClaimLine

_UNLISTED: Final = "99"  # ends the codes of either level for what is not listed beside the others of a section
_DRUGS: Final = frozenset({"J3490", "J3590", "C9399"})  # unclassified drugs and biologicals end otherwise


def with_needed_words(claim: ClaimBuilt, tables: DatedTables) -> ClaimBuilt:
    """The claim, its words only on lines without a code, or with one for what is not otherwise listed (SV101-7)."""
    lines = tuple(
        line if _needs_words(line, tables) else line.model_copy(update={"text": None}) for line in claim.lines
    )
    return claim if lines == claim.lines else claim.model_copy(update={"lines": lines})


def _needs_words(line: ClaimLine, tables: DatedTables) -> bool:
    """By the title in the user's HCPCS file, as the edit H5 asks for words; what it doesn't know, by the code."""
    if line.text is None or line.code is None:
        return True
    term = tables.term("hcpcs", line.code, line.service_from)
    if term is not None and is_unlisted(term.title):
        return True
    if term is not None and not line.code[0].isdigit():
        return False
    return line.code.endswith(_UNLISTED) or line.code in _DRUGS
