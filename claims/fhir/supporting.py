"""Claim.supportingInfo: what a claim says beside its lines, each under its category."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from claims.fhir import systems
from claims.fhir.writing import Element, coding, concept, day, period, present
from schemas.events.chart import Cause
from schemas.events.claim import ClaimBuilt, CodedValue

_NEWBORN: Final = "4"  # X12 CL101: its points of origin are another list
_STILL_A_PATIENT: Final = "30"


def supporting(claim: ClaimBuilt) -> list[Element]:
    """Numbered in one order, so that the same claim is written the same."""
    return [{"sequence": number, **said} for number, said in enumerate(_all(claim), 1)]


def _all(claim: ClaimBuilt) -> Iterator[Element]:
    yield _own("frequency", code=concept(systems.FREQUENCY, claim.frequency))
    yield _carin("patientaccountnumber", valueString=claim.account_number)
    yield _carin("medicalrecordnumber", valueString=claim.patient.mrn)
    if claim.bill_type:
        yield _carin("typeofbill", code=concept(systems.TYPE_OF_BILL, claim.bill_type))
    yield from _stay(claim)
    if claim.drg:
        yield _carin("drg", code=concept(systems.MS_DRG, claim.drg.code, version=claim.drg.version))
    for value in claim.coded_values:
        yield _coded_value(value)
    for cause in claim.causes:
        yield _cause(cause)
    if claim.onset:
        yield _own("onset", timingDate=day(claim.onset))
    if claim.last_menstrual_period:
        yield _own("last-menstrual-period", timingDate=day(claim.last_menstrual_period))
    if claim.insurance_type:
        yield _own("insurance-type", code=concept(systems.INSURANCE_TYPE, claim.insurance_type))
    if claim.patient_paid_cents:
        yield _own("patient-paid", valueQuantity=_dollars(claim.patient_paid_cents))
    if claim.delay_reason:
        yield _own("delay-reason", code=concept(systems.DELAY, claim.delay_reason))
    for paper in claim.attachments:
        kind = concept(systems.ATTACHMENT, paper.report_type)
        yield _own("attachment", code=kind, valueString=paper.control_number)
    for note in claim.notes:
        yield _own("note", valueString=note)


def _stay(claim: ClaimBuilt) -> Iterator[Element]:
    """Admission and discharge (837I CL1, DTP)."""
    if claim.admission_date:
        left = None if claim.patient_status == _STILL_A_PATIENT else claim.statement_to
        stayed = left if left is None or left >= claim.admission_date else None
        yield _carin("admissionperiod", timingPeriod=period(claim.admission_date, stayed))
    if claim.admission_type:
        yield _carin("admtype", code=concept(systems.ADMISSION_TYPE, claim.admission_type))
    if claim.admission_source:
        newborn = claim.admission_type == _NEWBORN
        origin = systems.POINT_OF_ORIGIN_NEWBORN if newborn else systems.POINT_OF_ORIGIN
        yield _carin("pointoforigin", code=concept(origin, claim.admission_source))
    if claim.patient_status:
        yield _carin("discharge-status", code=concept(systems.DISCHARGE_STATUS, claim.patient_status))
    if claim.admission_hour:
        yield _own("admission-hour", valueString=claim.admission_hour)
    if claim.discharge_hour:
        yield _own("discharge-hour", valueString=claim.discharge_hour)


def _coded_value(value: CodedValue) -> Element:
    """Condition, occurrence, span and value codes: a day, a period or a number belongs to them. Whether a value is
    money, days or grams is its code's affair, so that it has no unit."""
    span = value.kind == "span"
    return _own(
        value.kind,
        code=concept(systems.CODED_VALUES[value.kind], value.code),
        timingDate=None if span else day(value.start),
        timingPeriod=period(value.start, value.end) if span else None,
        valueQuantity=None if value.cents is None else {"value": Decimal(value.cents).scaleb(-2)},
    )


def _cause(cause: Cause) -> Element:
    """Who else may have to pay (837 CLM11), with the casualty claim's number (REF Y4)."""
    return _own(
        "cause",
        code=concept(systems.CAUSE, cause.kind, cause.employer),
        timingDate=day(cause.date),
        valueString=cause.claim_number,
    )


def _dollars(cents: int) -> Element:
    """supportingInfo has no money in R4, but a quantity; of ISO 4217's unit."""
    return {"value": Decimal(cents).scaleb(-2), "system": "urn:iso:std:iso:4217", "code": "USD"}


def _own(category: str, **said: Any) -> Element:
    return present({"category": {"coding": [coding(systems.SUPPORTING, category)]}, **said})


def _carin(category: str, **said: Any) -> Element:
    return present({"category": {"coding": [coding(systems.C4BB_SUPPORTING, category)]}, **said})
