"""Whose word is coded: the provider's, who answers for the diagnosis; others' only for what OCG I.B.14 lists."""

from collections.abc import Iterable
from typing import Final

from claims.codesets.shapes import ICD_10_CM, without_dot
from schemas.events.chart import Statement

NO_PROVIDERS: Final = frozenset({"nurse", "dietitian", "other"})

# OCG I.B.14: body mass index, coma and stroke scales, blood alcohol level, underimmunization, social determinants.
_MAY_BE_ANYBODYS: Final = ("Z68", "R402", "R297", "Y90", "Z283", *(f"Z{number}" for number in range(55, 66)))
# The same: depth and stage of an ulcer, which the provider himself has diagnosed.
_STAGED: Final = ("L89", "L97", "L984")


def by_a_provider(statement: Statement) -> bool:
    """Who is not named is the hospital's to vouch for."""
    return statement.documented_by not in NO_PROVIDERS


def may_be_anybodys(statement: Statement) -> bool:
    """What another clinician may document as well (OCG I.B.14)."""
    codes = _codes(statement)
    return bool(codes) and all(code.startswith(_MAY_BE_ANYBODYS) for code in codes)


def a_provider_says_so(statement: Statement, others: Iterable[Statement]) -> bool:
    """The same code or the same words in a provider's statement."""
    return any(by_a_provider(other) and _said(other) & _said(statement) for other in others)


def is_stage_of_a_providers(statement: Statement, others: Iterable[Statement]) -> bool:
    """Depth or stage of an ulcer that a provider has diagnosed."""
    staged = {code[:3] for code in _codes(statement) if code.startswith(_STAGED)}
    return any(by_a_provider(other) and code[:3] in staged for other in others for code in _codes(other))


def _codes(statement: Statement) -> set[str]:
    return {without_dot(coding.code) for coding in statement.codings if coding.system in ICD_10_CM}


def _said(statement: Statement) -> set[str]:
    words = " ".join((statement.text or "").casefold().split())
    return _codes(statement) | ({words} if words else set())
