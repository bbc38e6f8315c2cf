"""ClaimBuilt as a FHIR R4 Claim; and what an ExplanationOfBenefit repeats of it."""

from collections.abc import Iterator
from typing import Final

from claims.fhir import systems
from claims.fhir.elements import ICD_10_CM, NDC
from claims.fhir.parties import Parties
from claims.fhir.supporting import supporting
from claims.fhir.writing import (
    Element,
    coded,
    concept,
    day,
    identifier,
    link,
    listed,
    moment,
    money,
    payers_number,
    period,
    present,
    quantity,
    resource,
    words_of,
)
from claims.stay import INPATIENT_BILLS
from schemas.events.chart import Cause
from schemas.events.claim import ClaimBuilt, ClaimDiagnosis, ClaimLine
from schemas.events.coded import CodedProcedure

_CARE_TEAM: Final = {
    "attending": (systems.C4BB_CARE_TEAM, "attending"),
    "operating": (systems.C4BB_CARE_TEAM, "operating"),
    "rendering": (systems.C4BB_CARE_TEAM, "rendering"),
    "referring": (systems.C4BB_CARE_TEAM, "referring"),
    "ordering": (systems.CARE_TEAM, "other"),  # neither list has who ordered: the text says it
    "supervising": (systems.CARE_TEAM, "supervisor"),
}
_DIAGNOSIS: Final = {
    "principal": (systems.DIAGNOSIS_TYPE, "principal"),
    "admitting": (systems.DIAGNOSIS_TYPE, "admitting"),
    "reason-for-visit": (systems.C4BB_DIAGNOSIS_TYPE, "patientreasonforvisit"),
    "external-cause": (systems.C4BB_DIAGNOSIS_TYPE, "externalcauseofinjury"),
    "other": (systems.C4BB_DIAGNOSIS_TYPE, "other"),
}
_ACCIDENT: Final = {"employment": "WPA", "auto": "MVA"}  # HL7 v3 ActIncidentCode
_CORRECTS: Final = ("7", "8")
"""Frequencies that name the claim they replace or void (837 CLM05-3, REF F8)."""


def claim_resource(claim: ClaimBuilt, about: Parties, answered: tuple[Element, ...]) -> Element:
    """The claim as it went to its payer. `answered`: the ClaimResponses of the payers before, in their order."""
    return resource(
        "Claim",
        (claim.claim_id,),
        {
            "identifier": listed(
                identifier(systems.CLAIM_ID, claim.claim_id),
                identifier(systems.CONTROL_NUMBER, claim.control_number),
            ),
            "status": "active",
            "created": moment(claim.occurred_at),
            "insurer": link(about.insurer),
            "priority": concept(systems.PRIORITY, "normal"),
            **repeated(claim, about),
            "insurance": [*_earlier_insurance(about, answered), _insurance(claim, about)],
            "item": [item(claim, line) for line in claim.lines],
            "total": money(claim.total_charge_cents),
        },
    )


def repeated(claim: ClaimBuilt, about: Parties) -> Element:
    """What Claim and ExplanationOfBenefit have in common."""
    return {
        "type": concept(systems.CLAIM_TYPE, claim.kind),
        "subType": concept(systems.C4BB_SUBTYPE, _subtype(claim)),
        "use": "claim",
        "patient": link(about.patient),
        "billablePeriod": period(claim.statement_from, claim.statement_to),
        "provider": link(about.biller),
        "related": _related(claim),
        "payee": _payee(claim, about),
        "referral": _referral(claim),
        "facility": link(about.facility) if about.facility else None,
        "careTeam": list(_care_team(claim, about)),
        "supportingInfo": supporting(claim),
        "diagnosis": [_diagnosis(number, diagnosis) for number, diagnosis in enumerate(claim.diagnoses, 1)],
        "procedure": [_procedure(number, procedure) for number, procedure in enumerate(claim.procedures, 1)],
        "accident": _accident(claim.causes),
    }


def item(claim: ClaimBuilt, line: ClaimLine) -> Element:
    """A line under its number; R4 has no identifier of a line, so its control number is an extension."""
    one_day = line.service_from == line.service_to
    place = line.place_of_service or claim.place_of_service
    return present(
        {
            "extension": _line_extensions(line),
            "sequence": line.number,
            "careTeamSequence": _of_line(claim, line),
            "diagnosisSequence": list(line.pointers),
            "revenue": concept(systems.REVENUE, line.revenue_code),
            "productOrService": product(line.code, line.text),
            "modifier": listed(*(concept(systems.modifier_system(code), code) for code in line.modifiers)),
            "servicedDate": day(line.service_from) if one_day else None,
            "servicedPeriod": None if one_day else period(line.service_from, line.service_to),
            "locationCodeableConcept": concept(systems.PLACE_OF_SERVICE, place),
            "quantity": quantity(line.units, line.unit_kind),
            "net": money(line.charge_cents),
            "detail": _drug(line),
        }
    )


def _of_line(claim: ClaimBuilt, line: ClaimLine) -> list[int]:
    """The numbers in the care team of who did, supervised and ordered a line; where the line says nothing, of the only
    one who may have done it."""
    named = [
        number
        for number, provider in enumerate(claim.providers, 1)
        for role, npi in (
            ("rendering", line.rendering_npi),
            ("supervising", line.supervising_npi),
            ("operating", line.operating_npi),
            ("ordering", line.ordering_npi),
        )
        if npi is not None and (provider.role, provider.npi) == (role, npi)
    ]
    rendering = [number for number, provider in enumerate(claim.providers, 1) if provider.role == "rendering"]
    only = rendering if line.rendering_npi is None and len(rendering) == 1 else []
    return sorted({*named, *only})


def _drug(line: ClaimLine) -> list[Element]:
    """The NDC with its own quantity (837 LIN, CTP)."""
    much = None if line.ndc_quantity is None else quantity(line.ndc_quantity, line.ndc_unit)
    return [
        present({"sequence": 1, "productOrService": drug, "quantity": much}) for drug in listed(concept(NDC, line.ndc))
    ]


def product(code: str | None, text: str | None = None) -> Element:
    """HCPCS of either level; R4 requires something where the revenue code stands alone."""
    return present({**coded(systems.procedure_system(code or ""), code, "not-applicable"), "text": text})


def line_number(control_number: str) -> list[Element]:
    return [{"url": systems.LINE, "valueIdentifier": said} for said in listed(identifier(systems.LINE, control_number))]


def authorizations(claim: ClaimBuilt) -> list[str]:
    return words_of(*(authorization.number for authorization in claim.authorizations))


def _line_extensions(line: ClaimLine) -> list[Element]:
    said = line_number(line.control_number)
    if line.non_covered_cents:
        said.append({"url": systems.NON_COVERED, "valueMoney": money(line.non_covered_cents)})
    said += ({"url": systems.AUTHORIZATION, "valueString": number} for number in words_of(line.authorization))
    return said


def _subtype(claim: ClaimBuilt) -> str | None:
    """By the type of bill; a professional claim has no subtype."""
    if claim.bill_type is None:
        return None
    return "inpatient" if claim.bill_type[:3] in INPATIENT_BILLS else "outpatient"


def _related(claim: ClaimBuilt) -> list[Element]:
    """The claim that this one replaces or voids, by its payer's number; supportingInfo says which of the two."""
    number = payers_number(claim.payer, claim.original_reference)
    if claim.frequency not in _CORRECTS or number is None:
        return []
    return [{"relationship": concept(systems.RELATED_CLAIM, "prior"), "reference": number}]


def _payee(claim: ClaimBuilt, about: Parties) -> Element | None:
    """Who is paid, where it is known whether benefits were assigned to the provider (837 CLM08)."""
    match claim.signatures.assignment_of_benefits:
        case None:
            return None
        case True:
            return {"type": concept(systems.PAYEE, "provider"), "party": link(about.biller)}
        case False:
            return {"type": concept(systems.PAYEE, "subscriber"), "party": link(about.subscriber)}


def _referral(claim: ClaimBuilt) -> Element | None:
    number = identifier(systems.of_payer(claim.payer), claim.referral)
    return {"type": "ServiceRequest", "identifier": number} if number else None


def _care_team(claim: ClaimBuilt, about: Parties) -> Iterator[Element]:
    for number, (provider, who) in enumerate(zip(claim.providers, about.practitioners, strict=True), 1):
        system, code = _CARE_TEAM[provider.role]
        yield present(
            {
                "sequence": number,
                "provider": link(who),
                "role": concept(system, code, "ordering" if provider.role == "ordering" else None),
                "qualification": concept(systems.TAXONOMY, provider.taxonomy),
            }
        )


def _diagnosis(number: int, diagnosis: ClaimDiagnosis) -> Element:
    system, code = _DIAGNOSIS[diagnosis.role]
    admission = diagnosis.present_on_admission
    return present(
        {
            "sequence": number,
            "diagnosisCodeableConcept": coded(ICD_10_CM, diagnosis.code),
            "type": [concept(system, code)],
            "onAdmission": concept(systems.ON_ADMISSION, admission.lower()) if admission else None,
        }
    )


def _procedure(number: int, procedure: CodedProcedure) -> Element:
    """The first is the principal one (837I HI BBR)."""
    return {
        "sequence": number,
        "type": [concept(systems.PROCEDURE_TYPE, "primary" if number == 1 else "secondary")],
        "date": day(procedure.performed_at),
        "procedureCodeableConcept": coded(systems.ICD_10_PCS, procedure.code),
    }


def _accident(causes: tuple[Cause, ...]) -> Element | None:
    """The first accident with its day, which R4 requires; supportingInfo has every cause."""
    dated = next((cause for cause in causes if cause.date is not None), None)
    if dated is None:
        return None
    where = present({"state": dated.state, "country": dated.country})
    what = _ACCIDENT.get(dated.kind)
    return present({"date": day(dated.date), "type": concept(systems.ACCIDENT, what), "locationAddress": where})


def _insurance(claim: ClaimBuilt, about: Parties) -> Element:
    return present(
        {
            "sequence": len(about.earlier) + 1,
            "focal": True,
            "coverage": link(about.coverage),
            "preAuthRef": authorizations(claim),
        }
    )


def _earlier_insurance(about: Parties, answered: tuple[Element, ...]) -> Iterator[Element]:
    """The payers before, each with his answer (X12 2320, 2330)."""
    for number, (earlier, response) in enumerate(zip(about.earlier, answered, strict=True), 1):
        yield {
            "sequence": number,
            "focal": False,
            "coverage": link(earlier.coverage),
            "claimResponse": link(response),
        }
