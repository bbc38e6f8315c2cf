"""Why somebody else may have to pay, read: an 837P relates causes, an 837I has codes; and the accident's number."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from claims.x12.fields import Fields, parts
from claims.x12.loops import ClaimLoops
from schemas.events.chart import Cause
from schemas.events.claim import CodedValue
from schemas.events.types import Day

Kind = Literal["employment", "auto", "other"]

_RELATED: Final[dict[str, Kind]] = {"AA": "auto", "EM": "employment", "OA": "other"}  # CLM11
_OCCURRED: Final[dict[str, Kind]] = {"01": "auto", "02": "auto", "03": "other", "04": "employment", "05": "other"}
"""Occurrence codes of accidents: medical coverage and no fault, tort, employment, others."""
_OF_WORK: Final = "02"  # condition code
_ACCIDENT: Final = "439"


def causes(loops: ClaimLoops, values: Sequence[CodedValue], fields: Fields) -> tuple[Cause, ...]:
    """An accident that has a number and no code is one of some kind."""
    number = _casualty(loops)
    if loops.kind == "institutional":
        state = loops.claim.first("REF", "LU")
        where = (state.element(2) or None) if state else None
        said = dict(_told_by(values, "auto" if where else "other")) or _untold(where, number)
        return tuple(_cause(kind, on, where if kind == "auto" else None, None, number) for kind, on in said.items())
    related, accident = parts(loops.claim.head, 11), loops.claim.first("DTP", _ACCIDENT)
    day = fields.days(accident)[0] if accident else None
    found = (_RELATED[code] for code in map(related.element, (1, 2, 3)) if code in _RELATED)
    return tuple(_cause(kind, day, related.element(4), related.element(5), number) for kind in found)


def _cause(kind: Kind, on: Day | None, state: str | None, country: str | None, number: str | None) -> Cause:
    return Cause(kind=kind, date=on, state=state or None, country=country or None, claim_number=number)


def _untold(where: str | None, number: str | None) -> dict[Kind, Day | None]:
    """An accident of which only its state or its number is said."""
    if where:
        return {"auto": None}
    return {"other": None} if number else {}


def _told_by(values: Iterable[CodedValue], accident: Kind) -> Iterable[tuple[Kind, Day | None]]:
    """Each cause once; the day of its occurrence is known, that of a condition is not. `accident` is what one is whose
    code says only who answers for it."""
    for value in values:
        if value.kind == "condition" and value.code == _OF_WORK:
            yield "employment", None
    for value in values:
        if value.kind == "occurrence" and value.code in _OCCURRED:
            kind = _OCCURRED[value.code]
            yield (accident if kind == "other" else kind), value.start


def _casualty(loops: ClaimLoops) -> str | None:
    """REF Y4, which stands with the patient."""
    for level, entity in ((loops.patient, "QC"), (loops.subscriber, "IL")):
        person = next(level.within("NM1", entity), None) if level else None
        said = person.first("REF", "Y4") if person else None
        if said is not None and said.element(2):
            return said.element(2)
    return None
