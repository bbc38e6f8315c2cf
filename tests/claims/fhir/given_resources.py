"""Given: FHIR resources of one encounter, and a reader of them as Mercy General's."""

import json
from typing import Any

import pytest

from claims.fhir import Unresolved, read_export
from claims.partners import Hospital, Partners
from schemas.events import ChartCompleted

Json = dict[str, Any]
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def ref(link: str) -> Json:
    return {"reference": link}


def concept(system: str, code: str, text: str | None = None) -> Json:
    return {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}


def patient(**fields: Any) -> Json:
    number = {"type": {"coding": [{"code": "MR"}]}, "value": "M-1"}
    return {"resourceType": "Patient", "id": "p1", "identifier": [number], **fields}


def encounter(kind: str = "AMB", **fields: Any) -> Json:
    start = {"period": {"start": "2026-03-02T14:00:00Z", "end": "2026-03-02T14:30:00Z"}}
    common = {"id": "e1", "status": "finished", "class": {"code": kind}, "subject": ref("Patient/p1")}
    return {"resourceType": "Encounter", **common, **start, **fields}


def of_encounter(kind: str, name: str, **fields: Any) -> Json:
    link = "context" if kind == "MedicationAdministration" else "encounter"
    return {"resourceType": kind, "id": name, link: ref("Encounter/e1"), **fields}


def condition(name: str, code: str | None, text: str, **fields: Any) -> Json:
    return of_encounter("Condition", name, code=concept(ICD, code, text) if code else {"text": text}, **fields)


def dose(name: str, at: str, value: float | None, **fields: Any) -> Json:
    amount = {"dosage": {"dose": {"value": value, "code": "mg"}}} if value is not None else {}
    drug = {"medicationCodeableConcept": concept(RXNORM, "161", "Acetaminophen")}
    return of_encounter(
        "MedicationAdministration", name, status="completed", effectiveDateTime=at, **drug, **amount, **fields
    )


def order(name: str, status: str = "completed", **fields: Any) -> Json:
    category = [concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB")]
    code = concept("http://loinc.org", "2345-7", "Glucose")
    return of_encounter("ServiceRequest", name, status=status, category=category, code=code, **fields)


def coverage(payor: str = "US-BCBS", **fields: Any) -> Json:
    return {
        "resourceType": "Coverage", "id": "c1", "beneficiary": ref("Patient/p1"), "subscriberId": "S-1",
        "payor": [ref(f"Organization/payer-{payor}")], **fields,
    }  # fmt: skip


class Reader:
    """Reads a Bundle of these resources as Mercy General's."""

    def __init__(self, hospital: Hospital, partners: Partners) -> None:
        self.hospital, self.payers = hospital, partners.payers

    def all(self, *resources: Json) -> list[object]:
        entries = [{"resource": resource} for resource in resources]
        text = json.dumps({"resourceType": "Bundle", "entry": entries})
        return list(read_export([("chart.json", text)], self.hospital, self.payers))

    def chart(self, *resources: Json) -> ChartCompleted:
        found = [reading for reading in self.all(*resources) if isinstance(reading, ChartCompleted)]
        assert len(found) == 1
        return found[0]

    def notes(self, *resources: Json) -> list[str]:
        return [reading.path for reading in self.all(*resources) if isinstance(reading, Unresolved)]


@pytest.fixture
def read(mercy: Hospital, partners: Partners) -> Reader:
    return Reader(mercy, partners)
