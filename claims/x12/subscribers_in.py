"""Above a claim, read: who bills, whose policy it is, who pays, who the patient is (837 loops 2000A to 2010CA)."""

from typing import Any

from claims.x12.fields import Fields
from claims.x12.loops import ClaimLoops
from claims.x12.other_payers_in import PayerOf, sequence
from claims.x12.people_in import RELATIONSHIPS, SELF, address, born, died, name, organization, subscriber
from claims.x12.segments import Segment
from schemas.events.people import Organization, Patient, Relationship, Sex
from schemas.events.types import Day


def billing_provider(loops: ClaimLoops, fields: Fields) -> Organization | None:
    level = loops.billing
    named = next(level.within("NM1", "85"), None) if level else None
    if level is None or named is None:
        why = "a claim without a billing provider (HL 20, NM1*85)"
        fields.wrong(loops.claim.head, 1, why, "name him before it")
        return None
    currency = level.first("CUR")
    if currency is not None and currency.element(2) != "USD":
        fields.wrong(currency, 2, "not in dollars", "send its amounts in USD")
    return organization(named, fields, level.first("PRV", "BI"))


def member(loops: ClaimLoops, payer_of: PayerOf, fields: Fields) -> dict[str, Any] | None:
    """Whose policy it is, and the payer it goes to."""
    level = loops.subscriber
    said = level.first("SBR") if level else None
    person = next(level.within("NM1", "IL"), None) if level else None
    payer = next(level.within("NM1", "PR"), None) if level else None
    if said is None or payer is None:
        why = "a claim without its payer (HL 22, SBR, NM1*PR)"
        fields.wrong(loops.claim.head, 1, why, "name him before it")
        return None
    indicator = said.element(9)
    who, kind = payer_of(fields.required(payer.head, 9), indicator)
    return {
        "payer": who,
        "payer_kind": kind,
        "payer_sequence": sequence(said, fields),
        "filing_indicator": indicator or "ZZ",
        "insurance_type": said.element(5) or None,
        "subscriber": subscriber(_relationship(loops, said), person, fields),
        "member_id": (person.head.element(9) or None) if person else None,
        "group": said.element(3) or None,
    }


def _relationship(loops: ClaimLoops, said: Segment) -> Relationship:
    """Of a patient with a level of his own by PAT01; else the subscriber is the patient."""
    told = loops.patient.first("PAT") if loops.patient else None
    code = told.element(1) if told else said.element(2) or ("" if loops.patient else SELF)
    return RELATIONSHIPS.get(code, "other")


def patient(loops: ClaimLoops, record: str, fields: Fields) -> Patient:
    """The patient where he stands: on a level of his own, or as the subscriber. `record` is what his hospital calls
    him."""
    level, entity = (loops.patient, "QC") if loops.patient else (loops.subscriber, "IL")
    person = next(level.within("NM1", entity), None) if level else None
    birth: Day | None = None
    sex: Sex = "unknown"
    if person is not None:
        birth, sex = born(person, fields)
    return Patient(
        mrn=record,
        name=name(person.head) if person else None,
        birth_date=birth,
        sex=sex,
        address=address(person) if person else None,
        deceased_date=died(level, fields) if level else None,
    )
