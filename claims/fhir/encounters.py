"""Encounter: class, places, providers, admission, discharge and the causes that make another payer liable."""

import re
from collections.abc import Iterator
from datetime import date

from claims.fhir.conditions import why_he_came
from claims.fhir.elements import (
    US_NPI,
    Resource,
    code_values,
    day,
    extensions,
    first,
    instant,
    meaning,
    parts,
    reference,
    some,
    words,
)
from claims.fhir.people import name
from claims.fhir.visit import Visit
from schemas.events.chart import Admission, Attachment, Cause, Discharge, Encounter, EncounterClass
from schemas.events.people import Provider, ProviderRole
from schemas.events.types import Instant

CAUSE = "urn:claimstream:cause"
ATTACHMENT = "urn:claimstream:attachment"
CLAIM_NOTE = "urn:claimstream:claim-note"
DELAY_REASON = "urn:claimstream:delay-reason"
ONSET = "urn:claimstream:onset"
LAST_MENSTRUAL_PERIOD = "urn:claimstream:last-menstrual-period"

# HL7 v3-ActCode; ACUTE and NONAC are kinds of inpatient stay.
_CLASSES: dict[str, EncounterClass] = {
    "AMB": "ambulatory",
    "EMER": "emergency",
    "IMP": "inpatient",
    "ACUTE": "inpatient",
    "NONAC": "inpatient",
    "OBSENC": "observation",
    "VR": "virtual",
    "HH": "home",
}
# CMS place of service codes: 22 is a hospital's own department. A virtual visit depends on where the patient was.
_PLACES: dict[EncounterClass, str] = {
    "ambulatory": "22",
    "emergency": "23",
    "inpatient": "21",
    "observation": "22",
    "home": "12",
}
_ROLES: dict[str, ProviderRole] = {"ATND": "attending", "PPRF": "rendering", "SPRF": "operating", "REF": "referring"}
# v3-ActPriority -> type of admission (X12 CL101): emergency, urgent, elective.
_ADMISSION_TYPES = {"EM": "1", "UR": "2", "EL": "3", "R": "3"}
_NEWBORN = "4"
# admit-source -> point of origin (X12 CL102). 7, 'emergency room', ended in 2010: the origin lies before it.
_ORIGINS = {"outp": "2", "gp": "2", "mp": "2", "emd": "1", "hosp-trans": "4", "psych": "4", "nursing": "5", "born": "5"}
# discharge-disposition -> patient status (X12 CL103), where one word has one meaning. A hospice may be at home or not,
# long-term care a hospital or not, another facility anything: then completeness asks.
_DISCHARGES = {
    "home": "01",
    "alt-home": "01",
    "aadvice": "07",
    "exp": "20",
    "psy": "65",
    "rehab": "62",
    "snf": "03",
}
_STATUS = re.compile(r"[0-9]{2}")


def encounter_class(resource: Resource) -> EncounterClass | None:
    """Our class of an encounter, or null where FHIR's says something no claim is made for."""
    return _CLASSES.get(words(first(resource, "class"), "code") or "")


def read_encounter(visit: Visit, kind: EncounterClass) -> Encounter:
    return Encounter(
        id=visit.id,
        encounter_class=kind,
        start=visit.start,
        end=visit.end,
        place_of_service=_PLACES.get(kind),
        facility=visit.hospital.id if reference(visit.encounter, "serviceProvider") else None,
        providers=tuple(_providers(visit)),
        admission=_admission(visit, kind),
        discharge=_discharge(visit, kind),
        changed_to_outpatient_at=None if kind == "inpatient" else _no_longer_inpatient(visit),
    )


def _no_longer_inpatient(visit: Visit) -> Instant | None:
    """When an inpatient's class ended and another followed, as Encounter.classHistory tells."""
    for entry in some(visit.encounter, "classHistory"):
        if _CLASSES.get(words(first(entry, "class"), "code") or "") == "inpatient":
            return instant(words(first(entry, "period"), "end"), visit.zone)
    return None


def _providers(visit: Visit) -> Iterator[Provider]:
    """Each practitioner once per role; ordering ones stand on the orders."""
    seen: set[tuple[str, str]] = set()
    for role, link, path in (*_participants(visit.encounter), *_ordering(visit)):
        local = visit.practitioner(link, path)
        if (local or link) and (role, local or link) not in seen:
            seen.add((role, local or link))
            yield _provider(role, local, visit.resources.find(link) or {})


def _participants(encounter: Resource) -> Iterator[tuple[ProviderRole, str, str]]:
    for index, participant in enumerate(some(encounter, "participant")):
        link = reference(participant, "individual")
        types = [code for kind in some(participant, "type") for code in code_values(kind)]
        roles = dict.fromkeys(_ROLES[code] for code in types if code in _ROLES)
        for role in roles if link else ():
            yield role, link or "", f"Encounter.participant[{index}].individual"


def _ordering(visit: Visit) -> Iterator[tuple[ProviderRole, str, str]]:
    for order in visit.of("ServiceRequest"):
        if link := reference(order, "requester"):
            yield "ordering", link, "ServiceRequest.requester"


def _provider(role: ProviderRole, local: str | None, practitioner: Resource) -> Provider:
    """The roster knows the rest; an identifier of ten digits that the export types as an NPI is kept."""
    npis = (
        words(entry, "value") or "" for entry in some(practitioner, "identifier") if words(entry, "system") == US_NPI
    )
    npi = next((npi for npi in npis if re.fullmatch(r"[0-9]{10}", npi)), None)
    return Provider(role=role, local_id=local, npi=npi, name=name(practitioner))


def _admission(visit: Visit, kind: EncounterClass) -> Admission | None:
    """Why the patient came; type and origin of a hospital stay or emergency visit; date and hour of an inpatient's."""
    reason = why_he_came(visit)
    if kind not in ("inpatient", "emergency", "observation"):
        return Admission(diagnosis=reason) if reason else None
    source = first(first(visit.encounter, "hospitalization"), "admitSource")
    urgency = meaning(first(visit.encounter, "priority"), _ADMISSION_TYPES)
    admission_type = _NEWBORN if "born" in code_values(source) else urgency
    admission = Admission(type=admission_type, source=meaning(source, _ORIGINS), diagnosis=reason)
    if kind != "inpatient" or visit.start is None:
        return admission
    local = visit.start.astimezone(visit.zone)
    return admission.model_copy(update={"date": local.date(), "hour": f"{local.hour:02}"})


def _discharge(visit: Visit, kind: EncounterClass) -> Discharge | None:
    """Where the patient went, if the hospital said so; a patient status given as such is kept."""
    disposition = first(first(visit.encounter, "hospitalization"), "dischargeDisposition")
    bare = (code for code in sorted(code_values(disposition)) if _STATUS.fullmatch(code))
    status = meaning(disposition, _DISCHARGES) or next(bare, None)
    hour = f"{visit.end.astimezone(visit.zone).hour:02}" if kind == "inpatient" and visit.end else None
    return Discharge(status=status, hour=hour) if status or hour else None


def read_causes(visit: Visit) -> tuple[Cause, ...]:
    """Encounter extension urn:claimstream:cause (charts/README.md): who else may have to pay, and why."""
    return tuple(_cause(parts(extension), visit) for extension in extensions(visit.encounter, CAUSE))


def read_onset(visit: Visit) -> date | None:
    """Encounter extension urn:claimstream:onset: when the symptoms began; no condition says it for the visit."""
    return _only_day(visit, ONSET)


def read_last_menstrual_period(visit: Visit) -> date | None:
    return _only_day(visit, LAST_MENSTRUAL_PERIOD)


def read_attachments(visit: Visit) -> tuple[Attachment, ...]:
    """Encounter extension urn:claimstream:attachment: a paper that goes to the payer."""
    return tuple(_attachment(parts(extension)) for extension in extensions(visit.encounter, ATTACHMENT))


def _attachment(given: dict[str, Resource]) -> Attachment:
    return Attachment(
        report_type=words(given.get("reportType", {}), "valueCode") or "unsaid",
        transmission=words(given.get("transmission", {}), "valueCode") or "unsaid",
        control_number=words(given.get("controlNumber", {}), "valueString"),
    )


def read_claim_note(visit: Visit) -> str | None:
    return next((words(said, "valueString") for said in extensions(visit.encounter, CLAIM_NOTE)), None)


def read_delay_reason(visit: Visit) -> str | None:
    return next((words(said, "valueCode") for said in extensions(visit.encounter, DELAY_REASON)), None)


def _only_day(visit: Visit, url: str) -> date | None:
    said = next(iter(extensions(visit.encounter, url)), None)
    return None if said is None else day(said.get("valueDate"), visit.zone)


def _cause(given: dict[str, Resource], visit: Visit) -> Cause:
    kind = given.get("kind", {}).get("valueCode")
    return Cause(
        kind=kind if kind in ("employment", "auto") else "other",
        date=day(given.get("date", {}).get("valueDate"), visit.zone),
        state=words(given.get("state", {}), "valueCode"),
        country=words(given.get("country", {}), "valueCode"),
        claim_number=words(given.get("claimNumber", {}), "valueString"),
        employer=words(given.get("employer", {}), "valueString"),
        no_fault=no_fault if isinstance(no_fault := given.get("noFault", {}).get("valueBoolean"), bool) else None,
    )
