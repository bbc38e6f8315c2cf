"""The door: a hospital's FHIR export in, its finished charts out, and what was not published with the reason."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from claims.fhir.conditions import read_conditions
from claims.fhir.coverages import UnknownPayer, read_coverages
from claims.fhir.documents import read_documents
from claims.fhir.elements import Resource, ending, first, instant, reference, words
from claims.fhir.encounters import (
    encounter_class,
    read_attachments,
    read_causes,
    read_claim_note,
    read_delay_reason,
    read_encounter,
    read_last_menstrual_period,
    read_onset,
)
from claims.fhir.people import mrn, read_patient
from claims.fhir.privacy import (
    read_estimate,
    read_part2,
    read_payments,
    read_restrictions,
    read_surprise_consent,
)
from claims.fhir.results import read_unordered
from claims.fhir.services import (
    read_drugs,
    read_orders,
    read_performed_orders,
    read_procedures,
    read_vaccines,
)
from claims.fhir.sources import Resources, read_worlds
from claims.fhir.visit import Unresolved, Visit
from claims.partners import Hospital, Payer
from schemas.events.chart import ChartCompleted, Statement
from schemas.identity import derived

_STATUSES = {
    "planned", "arrived", "triaged", "in-progress", "onleave", "cancelled", "entered-in-error", "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class Unpublished:
    """An encounter that no chart was made of; `why` names paths and kinds, never values."""

    encounter_id: str
    code: Literal["unfinished", "no-patient", "unknown-payer", "unknown-class", "no-time", "refused"]
    why: str


Reading = ChartCompleted | Unpublished | Unresolved


def read_export(files: Iterable[tuple[str, str]], hospital: Hospital, payers: Mapping[str, Payer]) -> Iterator[Reading]:
    """Every encounter of (file name, text) pairs: its dead references, then its chart or why there is none.

    Bulk NDJSON first, then Bundles in the order given. A file that can't be read raises BadChartFile before any chart.
    """
    for resources in list(read_worlds(files)):
        for encounter in resources.every("Encounter"):
            yield from _read(encounter, resources, hospital, payers)


def _read(
    encounter: Resource, resources: Resources, hospital: Hospital, payers: Mapping[str, Payer]
) -> Iterator[Reading]:
    refusal = _refusal(encounter, resources)
    occurred_at = _occurred_at(encounter, hospital)
    if refusal or occurred_at is None:
        yield refusal or Unpublished(str(encounter["id"]), "no-time", "Encounter.period has no end and no start")
        return
    visit = Visit(encounter, resources.find(reference(encounter, "subject")) or {}, resources, hospital)
    try:
        chart: Reading = _chart(visit, occurred_at, payers)
    except UnknownPayer as error:
        chart = Unpublished(visit.id, "unknown-payer", str(error))
    except ValidationError as error:
        chart = Unpublished(visit.id, "refused", _faults(error))
    yield from visit.notes
    yield chart


def _refusal(encounter: Resource, resources: Resources) -> Unpublished | None:
    """What makes an encounter no chart at all; everything else is for validation to ask about."""
    said = str(encounter["id"])
    status = encounter.get("status")
    if status != "finished":
        return Unpublished(said, "unfinished", f"Encounter.status is {status if status in _STATUSES else 'not said'}")
    if encounter_class(encounter) is None:
        return Unpublished(
            said, "unknown-class", "Encounter.class is none of AMB, EMER, IMP, ACUTE, NONAC, OBSENC, VR, HH"
        )
    patient = resources.find(reference(encounter, "subject"))
    if patient is None:
        return Unpublished(said, "no-patient", "Encounter.subject leads to no Patient of the export")
    if mrn(patient) is None:
        return Unpublished(said, "no-patient", "Patient.identifier has none of type MR, the medical record number")
    return None


def _chart(visit: Visit, occurred_at: datetime, payers: Mapping[str, Payer]) -> ChartCompleted:
    version = _version(visit.encounter)
    statements = tuple(_statements(visit))
    return ChartCompleted(
        event_id=derived("chart-completed", visit.hospital.id, visit.id, version),
        occurred_at=occurred_at,
        producer=visit.hospital.id,
        hospital=visit.hospital.id,
        chart_id=visit.id,
        version=version,
        account_number=account_number(visit.hospital.id, visit.id),
        patient=read_patient(visit.patient, mrn(visit.patient) or "", visit.zone),
        encounter=read_encounter(visit, encounter_class(visit.encounter) or "ambulatory"),
        causes=read_causes(visit),
        documents=tuple(read_documents(visit)),
        statements=statements,
        orders=tuple(read_orders(visit)),
        coverages=read_coverages(visit, payers),
        part2=read_part2(visit),
        restrictions=read_restrictions(visit, statements),
        payments_cents=read_payments(visit),
        estimate=read_estimate(visit),
        surprise_consent=read_surprise_consent(visit),
        onset=read_onset(visit),
        last_menstrual_period=read_last_menstrual_period(visit),
        attachments=read_attachments(visit),
        claim_note=read_claim_note(visit),
        delay_reason=read_delay_reason(visit),  # type: ignore[arg-type]  # the model holds it to those there are
    )


def _statements(visit: Visit) -> Iterator[Statement]:
    readers = (read_conditions, read_performed_orders, read_unordered, read_procedures, read_drugs, read_vaccines)
    for read in readers:
        yield from read(visit)


def account_number(hospital: str, encounter_id: str) -> str:
    """An account per encounter; digits and capitals only, because payers echo it (X12 CLM01)."""
    return "A" + derived("account", hospital, encounter_id).replace("-", "")[:12].upper()


def _version(encounter: Resource) -> int:
    """meta.versionId where it is a number, as most servers count; else the first version."""
    version = words(first(encounter, "meta"), "versionId") or "1"
    return int(version) if re.fullmatch(r"[0-9]{1,9}", version) else 1


def _occurred_at(encounter: Resource, hospital: Hospital) -> datetime | None:
    """The end of the encounter; of a correction, when it was made."""
    span = first(encounter, "period")
    ended = ending(span.get("end"), hospital.zone) or instant(span.get("start"), hospital.zone)
    updated = instant(first(encounter, "meta").get("lastUpdated"), hospital.zone)
    return updated or ended if _version(encounter) > 1 else ended or updated


def _faults(error: ValidationError) -> str:
    """Where the wire's bounds are broken and how, without what stood there."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(
        f"{error.title}.{'.'.join(str(part) for part in fault['loc'])}: {fault['type']}" for fault in faults
    )
