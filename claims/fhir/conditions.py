"""What was diagnosed: Conditions of the encounter, and the reason for it where no Condition says the same."""

from collections.abc import Iterator
from datetime import datetime

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
_SIDES: dict[str, Laterality] = {"left": "left", "right": "right", "bilateral": "bilateral"}


def read_conditions(visit: Visit) -> Iterator[Statement]:
    """Conditions in the encounter's order of diagnoses, then its others, then a reason nobody diagnosed."""
    said: set[str] = set()
    for condition, rank in _conditions(visit):
        if "entered-in-error" not in code_values(first(condition, "verificationStatus")):
            statement = _statement(visit, condition, rank)
            said |= _said(statement)
            yield statement
    for statement in _reasons(visit, ranked=not said):
        if not said & _said(statement):
            yield statement


def coded_reason(visit: Visit) -> Coding | None:
    """Why the patient came, as the hospital coded it; of an inpatient, the admitting diagnosis."""
    reasons = (coding for reason in some(visit.encounter, "reasonCode") for coding in codings(reason))
    return next((coding for coding in reasons if coding.system == ICD_10_CM), None)


def _conditions(visit: Visit) -> Iterator[tuple[Resource, int | None]]:
    seen: set[str] = set()
    for index, diagnosis in enumerate(some(visit.encounter, "diagnosis")):
        condition = visit.find(reference(diagnosis, "condition"), f"Encounter.diagnosis[{index}].condition")
        if condition and condition["id"] not in seen:
            seen.add(condition["id"])
            rank = diagnosis.get("rank")
            yield condition, rank if isinstance(rank, int) and rank >= 0 else None
    for condition in visit.of("Condition"):
        if condition["id"] not in seen:
            seen.add(condition["id"])
            yield condition, None


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
        documented_by="attending" if author and author == visit.attending else None,
        documented_at=instant(condition.get("recordedDate"), visit.zone),
        present_on_admission=_present_on_admission(visit, condition),
        laterality=_laterality(condition),
        rank=rank,
        due_to=_due_to(visit, condition),
    )


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
    inpatient = {"IMP", "ACUTE", "NONAC"} & {str(first(visit.encounter, "class").get("code"))}
    if not (inpatient and onset and visit.start and onset <= visit.start):
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
