"""Which claim of ours an answer is to, when it names no control number of ours: by the payer's own number, or by whom,
when and how much. What fits two claims alike fits none: a person decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from claims.remittance import REVERSAL
from schemas.events.payer import ClaimAdjudicated
from schemas.events.people import Name
from schemas.events.types import Cents

ENOUGH: Final = 75
"""A match needs the payer's number, or the member and the charge; the rest tells those apart that have both."""
CLEARLY: Final = 15
"""By how much the best must lead."""

_SIGN: Final = re.compile(r"[^\w ]|_")
_MEMBER, _CHARGE, _DAYS, _OVERLAP, _PERSON, _EXPECTED, _PAYERS_NUMBER = 50, 25, 15, 5, 10, 15, 100


@dataclass(frozen=True)
class Candidate:
    """What is known of a claim that went to the payer who answers. Days are ISO."""

    control_number: str
    payer_number: str | None
    member_id: str | None
    person: str | None
    service_from: str | None
    service_to: str | None
    charge_cents: Cents
    is_answered: bool = False
    is_done: bool = False
    """It was replaced, or voids another: nothing is expected but that it is taken back."""


@dataclass(frozen=True)
class Match:
    """The claim that is meant, or null; then `fits` is how many could be."""

    control_number: str | None
    fits: int


def match(answer: ClaimAdjudicated, candidates: Iterable[Candidate]) -> Match:
    """The one candidate that fits enough, clearly better than the next one, and that nothing speaks against."""
    ranked = ranking(answer, candidates)
    fits = sum(points >= ENOUGH for points, _ in ranked)
    if fits == 0:
        return Match(None, 0)
    (most, best), *others = ranked
    clearly = all(most - points >= CLEARLY for points, _ in others[:1])
    return Match(best.control_number, 1) if clearly and not _speaks_against(answer, best) else Match(None, fits)


def ranking(answer: ClaimAdjudicated, candidates: Iterable[Candidate]) -> Sequence[tuple[int, Candidate]]:
    """Candidates by their score, the best first."""
    scored = [(score(answer, each), each) for each in candidates]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].control_number))


def score(answer: ClaimAdjudicated, candidate: Candidate) -> int:
    """How well they fit. A part of a claim is answered under its number or the payer's; else charges are the same."""
    charge, named = abs(answer.charge_cents), _is_named(answer, candidate)
    if charge > candidate.charge_cents or (charge < candidate.charge_cents and not named):
        return 0
    found = (_PAYERS_NUMBER if named else 0) + (_CHARGE if charge == candidate.charge_cents else 0)
    if answer.member_id is not None and answer.member_id == candidate.member_id:
        found += _MEMBER
    if answer.patient_name is not None and person(answer.patient_name) == candidate.person:
        found += _PERSON
    if candidate.is_answered == (answer.status == REVERSAL):
        found += _EXPECTED  # what is answered may be reversed; what isn't is answered
    return found + _days(answer, candidate)


def person(name: Name) -> str:
    """Family and given name as payers write them: capitals, without accents and signs."""
    plain = unicodedata.normalize("NFKD", f"{name.family} {name.given or ''}")
    return " ".join(_SIGN.sub("", plain.upper()).split())


def _is_named(answer: ClaimAdjudicated, candidate: Candidate) -> bool:
    return answer.payer_claim_number is not None and answer.payer_claim_number == candidate.payer_number


def _speaks_against(answer: ClaimAdjudicated, candidate: Candidate) -> bool:
    """A family may share one member id, and a visit's charge comes again each month: another person or other days are
    another claim, which we perhaps never sent. Under the payer's own number it has to be another member as well. Who
    answers a claim anew that was replaced may mean the one that took its place."""
    if candidate.is_done and answer.status != REVERSAL:
        return True
    if _is_named(answer, candidate):
        return _is_another_person(answer, candidate) and answer.member_id not in {None, candidate.member_id}
    return _is_another_person(answer, candidate) or _are_other_days(answer, candidate)


def _is_another_person(answer: ClaimAdjudicated, candidate: Candidate) -> bool:
    """Where both names are known and neither is the other one cut short."""
    if answer.patient_name is None or candidate.person is None:
        return False
    pairs = zip(person(answer.patient_name).split(), candidate.person.split(), strict=False)
    return any(said != ours for said, ours in pairs)


def _are_other_days(answer: ClaimAdjudicated, candidate: Candidate) -> bool:
    known = None not in {answer.service_from, candidate.service_from, candidate.service_to}
    return known and _days(answer, candidate) == 0


def _days(answer: ClaimAdjudicated, candidate: Candidate) -> int:
    if answer.service_from is None or candidate.service_from is None or candidate.service_to is None:
        return 0
    begun, ended = answer.service_from.isoformat(), (answer.service_to or answer.service_from).isoformat()
    if (begun, ended) == (candidate.service_from, candidate.service_to):
        return _DAYS
    return _OVERLAP if begun <= candidate.service_to and ended >= candidate.service_from else 0
