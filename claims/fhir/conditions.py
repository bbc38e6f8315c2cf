"""What was diagnosed: Conditions of the encounter. Why the patient came is a diagnosis only where there is no other."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from claims.fhir.elements import (
    ICD_10_CM,
    Resource,
    code_values,
    codings,
    day,
    first,
    instant,
    label,
    meaning,
    reference,
    some,
)
from claims.fhir.visit import Visit
from schemas.events.chart import (
    Certainty,
    Coding,
    Laterality,
    PresentOnAdmission,
    Statement,
    StatementKind,
)

_DUE_TO = "http://hl7.org/fhir/StructureDefinition/condition-dueTo"
_CERTAINTIES: dict[str, Certainty] = {
    "confirmed": "confirmed",
    "provisional": "suspected",
    "differential": "suspected",
    "unconfirmed": "suspected",
    "refuted": "ruled-out",
}
_WHY_HE_CAME = {"AD", "CC", "admission"}  # diagnosis-role: admission diagnosis, chief complaint
Author = Literal["attending", "nurse", "dietitian", "other"]
# Groups of NUCC's taxonomy; 363, with nurse practitioners, is of providers. Others: case managers, pharmacists, aides.
_NO_PROVIDERS: dict[str, Author] = {
    **dict.fromkeys(("163", "164"), "nurse"),
    **dict.fromkeys(("133", "136"), "dietitian"),
    **dict.fromkeys(("171", "172", "183", "246", "247", "374", "376"), "other"),
}
_SIDES: dict[str, Laterality] = {"left": "left", "right": "right", "bilateral": "bilateral"}


def read_conditions(visit: Visit) -> Iterator[Statement]:
    """Conditions in the encounter's order of diagnoses, then its others, then a reason that nobody diagnosed."""
    own, came = _diagnosed(visit), _came(visit)
    yield from own
    said = {word for statement in own for word in _said(statement)}
    for statement in (*came, *_reasons(visit, ranked=not own and not came)):
        if not said & _said(statement) and _is_all_there_is(visit, statement, own):
            said |= _said(statement)
            yield statement


def why_he_came(visit: Visit) -> Coding | None:
    """As the hospital coded it: an inpatient's admitting diagnosis, any other's reason for the visit (837I HI ABJ, PR).

    A diagnosis that the encounter lists as such goes before the reason.
    """
    coded = (coding for statement in (*_came(visit), *_reasons(visit, ranked=False)) for coding in statement.codings)
    return next((coding for coding in coded if coding.system == ICD_10_CM), None)


def _is_all_there_is(visit: Visit, reason: Statement, own: list[Statement]) -> bool:
    """An outpatient's reason stands for the diagnosis he did not get (OCG IV.D, IV.H).

    Beside diagnoses that the encounter lists it is none; nor is a symptom beside any that was confirmed. An inpatient
    is asked about: what he was admitted for is not what was found after study (UHDDS; OCG II).
    """
    if is_inpatient(visit):
        return False
    if not any(statement.certainty == "confirmed" for statement in own):
        return True
    return reason.kind == "diagnosis" and not some(visit.encounter, "diagnosis")


def is_inpatient(visit: Visit) -> bool:
    return str(first(visit.encounter, "class").get("code")) in {"IMP", "ACUTE", "NONAC"}


class _Listed(NamedTuple):
    """A diagnosis that the encounter lists, and whether it is listed only as why the patient came."""

    condition: Resource
    rank: int | None
    reason: bool


def _listed(visit: Visit) -> list[_Listed]:
    found: dict[tuple[str, bool], _Listed] = {}
    for index, diagnosis in enumerate(some(visit.encounter, "diagnosis")):
        condition = visit.find(reference(diagnosis, "condition"), f"Encounter.diagnosis[{index}].condition")
        if condition and not _in_error(condition):
            use, rank = code_values(first(diagnosis, "use")), diagnosis.get("rank")
            reason = bool(use) and use <= _WHY_HE_CAME
            each = _Listed(condition, rank if isinstance(rank, int) and rank >= 0 else None, reason)
            found.setdefault((condition["id"], reason), each)
    return list(found.values())


def _diagnosed(visit: Visit) -> list[Statement]:
    listed = _listed(visit)
    named = {each.condition["id"] for each in listed}
    others = [each for each in visit.of("Condition") if each["id"] not in named and not _in_error(each)]
    ranked = [_statement(visit, each.condition, each.rank) for each in listed if not each.reason]
    return [*ranked, *(_statement(visit, condition, None) for condition in others)]


def _came(visit: Visit) -> list[Statement]:
    return [_statement(visit, each.condition, each.rank) for each in _listed(visit) if each.reason]


def _in_error(condition: Resource) -> bool:
    return "entered-in-error" in code_values(first(condition, "verificationStatus"))


def _statement(visit: Visit, condition: Resource, rank: int | None) -> Statement:
    concept = first(condition, "code")
    asserter = reference(condition, "asserter") or reference(condition, "recorder")
    author = visit.practitioner(asserter, "Condition.asserter")
    return Statement(
        id=condition["id"],
        kind=_kind(codings(concept)),
        text=label(concept),
        codings=codings(concept),
        certainty=_certainty(first(condition, "verificationStatus")),
        documented_by=_author(visit, author),
        documented_at=instant(condition.get("recordedDate"), visit.zone),
        present_on_admission=_present_on_admission(visit, condition),
        laterality=_laterality(condition),
        rank=rank,
        due_to=_due_to(visit, condition),
    )


def _author(visit: Visit, local: str | None) -> Author | None:
    """The attending, or by the roster one who may not diagnose; of anybody else nothing is said."""
    if local is not None and local == visit.attending:
        return "attending"
    known = visit.hospital.roster.get(local or "")
    return _NO_PROVIDERS.get(known.taxonomy[:3]) if known else None


def _certainty(status: Resource) -> Certainty:
    """Who says nothing has confirmed it; of a status that nobody knows, no more than suspected is left."""
    return "confirmed" if not code_values(status) else meaning(status, _CERTAINTIES) or "suspected"


def _kind(given: tuple[Coding, ...]) -> StatementKind:
    """Chapter 18 of ICD-10-CM (R00-R99) is symptoms and signs."""
    return "symptom" if any(c.system == ICD_10_CM and c.code.upper().startswith("R") for c in given) else "diagnosis"


def _present_on_admission(visit: Visit, condition: Resource) -> PresentOnAdmission | None:
    """Y where the documented onset is not after the beginning of the stay; else it is not said (OCG appendix I).

    An onset without a time of day, on the day of the stay's beginning, may have been after it.
    """
    onset = instant(condition.get("onsetDateTime"), visit.zone)
    if not (is_inpatient(visit) and onset and visit.start and onset <= visit.start):
        return None
    same_day = day(condition.get("onsetDateTime"), visit.zone) == visit.start.astimezone(visit.zone).date()
    return None if same_day and "T" not in str(condition.get("onsetDateTime")) else "Y"


def _laterality(condition: Resource) -> Laterality | None:
    stated: list[Laterality] = []
    for site in some(condition, "bodySite"):
        stated += [_SIDES[word] for word in (label(site) or "").lower().split() if word in _SIDES]
    return stated[0] if len(set(stated)) == 1 else None


def _due_to(visit: Visit, condition: Resource) -> str | None:
    for extension in some(condition, "extension"):
        if extension.get("url") == _DUE_TO and (link := reference(extension, "valueReference")):
            cause = visit.find(link, "Condition.extension[dueTo]")
            return str(cause["id"]) if cause else None
    return None


def _reasons(visit: Visit, *, ranked: bool) -> Iterator[Statement]:
    """Encounter.reasonCode. Words alone are a symptom; ranked only where the encounter has no diagnosis of its own."""
    recorded: datetime | None = visit.start
    for index, reason in enumerate(some(visit.encounter, "reasonCode")):
        given = codings(reason)
        if given or label(reason):
            yield Statement(
                id=f"{visit.id[:50]}-reason-{index + 1}",
                kind=_kind(given) if given else "symptom",
                text=label(reason),
                codings=given,
                documented_at=recorded,
                rank=index + 1 if ranked else None,
            )


def _said(statement: Statement) -> set[str]:
    """What makes two statements the same: an ICD-10-CM code, or the same words."""
    codes = {coding.code for coding in statement.codings if coding.system == ICD_10_CM}
    return codes or {(statement.text or "").lower()}
