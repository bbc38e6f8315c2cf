"""A coded chart's claims as originals to its first payers: which lines go on which, and what stands around them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from claims import billers, claim_diagnoses, claim_values
from claims.identity import billing_key, claim_built_id, claim_id, control_number, period
from claims.interim import by_bill, frequency_of
from claims.operators import operator_of_line
from claims.order_reason import order_reason
from claims.partners import Hospital, Payer
from claims.payers import MEDICARE, NumberedService, Route, pays_for_accidents, pays_for_work
from claims.sequence import Ends, in_sequence
from claims.splitting import Services, period_of, split
from claims.stay import INPATIENT_PLACES, STILL_A_PATIENT, admission_day
from claims.turns import days_of
from schemas.events.chart import Cause, Coverage
from schemas.events.claim import ChartVersion, ClaimBuilt, ClaimKind, ClaimLine
from schemas.events.coded import ChartCoded, Service
from schemas.events.people import Address, Organization, Patient
from schemas.events.types import Day
from schemas.identity import caused_by

PRODUCER = "claiming"

_HOME = "12"
_SENT_HOME, _DIED = "01", "20"  # patient status, X12 CL103
_ORIGINAL = "1"  # frequency, X12 CLM05-3
_NONE: Ends = {}

Splits = tuple[Literal["month", "year"], ...]


@dataclass(frozen=True)
class _Part:
    """What becomes one claim."""

    route: Route
    kind: ClaimKind
    billing: Organization
    services: Services
    splits: Splits = ()
    pay_to: Address | None = None
    chart: ChartCoded | None = None  # over the days of one bill, where the stay has several in sequence
    follows: bool = False  # one of them


def draft(
    chart: ChartCoded,
    routes: tuple[Route, ...],
    hospital: Hospital,
    payers: Mapping[str, Payer],
    through: tuple[Day, ...] = (),
    *,
    ends: Ends = _NONE,
) -> tuple[ClaimBuilt, ...]:
    """The claims of every route that has a payer, each in its first revision and submission. `through`: the last days
    of the stay's interim bills so far; `ends`: those by which a payer wants it parted."""
    asking = [route for route in routes if route.payers]
    parts = [part for route in asking for part in _parts(chart, route, hospital, payers, through, ends=ends)]
    # What a patient paid belongs to one claim (AMT F5). With several, nobody knows to which: the bill counts it.
    paid = chart.payments_cents if len(parts) == 1 else 0
    shared = _of_chart(chart, hospital)
    shared["patient_paid_cents"] = paid
    return tuple(_claim(part.chart or chart, hospital, part, shared) for part in parts)


def payer_fields(coverage: Coverage, kind: ClaimKind, sequence: int) -> dict[str, Any]:
    """What a claim says of the payer it goes to, and of the patient's standing there."""
    return {
        "payer": coverage.payer,
        "payer_kind": coverage.kind,
        "payer_sequence": sequence,
        "filing_indicator": _filing_indicator(coverage.plan_kind, kind),
        "subscriber": coverage.subscriber,
        "member_id": coverage.member_id,
        "group": coverage.group,
        "authorizations": coverage.authorizations,
        "referral": coverage.referral,
    }


def _filing_indicator(plan_kind: str, kind: ClaimKind) -> str:
    """X12 SBR09: Medicare's contractors take a hospital's claims as MA and a professional's as MB, whatever the chart
    calls the plan."""
    if plan_kind not in MEDICARE:
        return plan_kind
    return "MA" if kind == "institutional" else "MB"


def _parts(
    chart: ChartCoded,
    route: Route,
    hospital: Hospital,
    payers: Mapping[str, Payer],
    through: tuple[Day, ...],
    *,
    ends: Ends,
) -> Iterator[_Part]:
    """Facility services: the hospital's institutional claim. Professional: one claim per billing entity. What the payer
    wants apart is, but for a stay, which is paid as a whole."""
    payer = payers.get(route.payers[0].payer)
    splits: Splits = payer.splits if payer is not None and chart.encounter.encounter_class != "inpatient" else ()
    by_entity: dict[str | None, list[NumberedService]] = {}
    facility = tuple(numbered for numbered in route.services if numbered.service.component == "facility")
    for numbered in route.services:
        if numbered.service.component == "professional":
            entity = billers.billing_entity(numbered.service, chart.encounter, hospital)
            by_entity.setdefault(entity, []).append(numbered)
    ours, pay_to = hospital.organization, hospital.pay_to
    if facility and (mine := ends.get(route.payers[0].payer)):
        for bill in in_sequence(chart, facility, mine):
            for services in split(bill.services, "institutional"):
                yield _Part(route, "institutional", ours, services, (), pay_to, bill.chart, bill.follows)
    elif facility:
        for services in split(facility, "institutional", splits):
            yield _Part(route, "institutional", ours, services, splits, pay_to)
    for entity, performed in by_entity.items():
        billing = hospital.billing_entities.get(entity or "", hospital)
        for billed in by_bill(performed, through):
            for services in split(billed, "professional", splits):
                yield _Part(route, "professional", billing.organization, services, splits, billing.pay_to)


def _claim(chart: ChartCoded, hospital: Hospital, part: _Part, shared: dict[str, Any]) -> ClaimBuilt:
    coverage, services = part.route.payers[0], [numbered.service for numbered in part.services]
    causes = _causes(chart, part.route)
    institutional = part.kind == "institutional"
    own = _institutional(chart, part, causes) if institutional else _professional(chart, hospital, part)
    start, end = own["statement_from"], own["statement_to"]
    name = claim_id(
        hospital=chart.hospital,
        account_number=chart.account_number,
        kind=part.kind,
        billing=billing_key(part.billing),
        period=period(chart.chart_id, start, end),
        split=part.services[0].control_number,
        payer=coverage.payer,
        sequence=1,
        revision=1,
    )
    return ClaimBuilt(
        **shared,
        **payer_fields(coverage, part.kind, 1),
        **own,
        order_reason=order_reason(chart, part.route.payers, 1, part.route.days and part.route.days[0]),
        event_id=claim_built_id(name, 1),
        claim_id=name,
        submission=1,
        control_number=control_number(name, 1),
        kind=part.kind,
        billing_provider=part.billing,
        pay_to=part.pay_to,
        providers=billers.providers(
            part.kind, services, claim_diagnoses.disclosed_procedures(chart), chart.encounter, hospital
        ),
        causes=causes,
        total_charge_cents=sum(service.charge_cents for service in services),
    )


def _of_chart(chart: ChartCoded, hospital: Hospital) -> dict[str, Any]:
    """What every claim of a chart has in common."""
    version = ChartVersion(chart_id=chart.chart_id, version=chart.version, coding_revision=chart.coding_revision)
    return {
        **caused_by(chart, PRODUCER),
        "hospital": chart.hospital,
        "account_number": chart.account_number,
        "revision": 1,
        "charts": (version,),
        "submitter": hospital.name,
        "patient": _for_a_payer(chart.patient),
        "signatures": chart.signatures,
        **(claim_values.enclosed(chart) if chart.claim_note or chart.attachments else {}),
    }


def _for_a_payer(patient: Patient) -> Patient:
    """No more of the patient than a claim needs (45 CFR 164.502(b)); a confidential address stays with the hospital."""
    unneeded = {"phone": None, "confidential_address": None, "mother_mrn": None, "guarantor": None}
    return patient.model_copy(update=unneeded)


def _causes(chart: ChartCoded, route: Route) -> tuple[Cause, ...]:
    """What is not the injury's does not say so: the plan would ask who answers for that to pay it (CARC 19-21)."""
    if not chart.causes or route.why in {"work-injury", "accident"}:
        return chart.causes
    work, others = any(map(pays_for_work, chart.coverages)), any(map(pays_for_accidents, chart.coverages))
    return tuple(cause for cause in chart.causes if not (work if cause.kind == "employment" else others))


def _institutional(chart: ChartCoded, part: _Part, causes: tuple[Cause, ...]) -> dict[str, Any]:
    """837I: the hospital's, over the days of the stay; or over those of one period, and the patient comes again."""
    stay = chart.encounter
    start, end = _period(chart, part)
    inpatient = stay.encounter_class == "inpatient"
    status = patient_status(chart) if end >= stay.end_day else STILL_A_PATIENT
    goes_on = inpatient and status == STILL_A_PATIENT
    frequency = frequency_of(goes_on, part.follows)
    lines = tuple(_line(chart, place, numbered) for place, numbered in enumerate(part.services, start=1))
    diagnoses = claim_diagnoses.institutional(chart)
    return {
        "frequency": frequency,
        "bill_type": bill_type(inpatient, frequency),
        "statement_from": start,
        "statement_to": end,
        "admission_date": admission_day(stay) if inpatient else None,
        "admission_type": stay.admission_type,
        "admission_source": stay.admission_source,
        "admission_hour": stay.admission_hour if inpatient else None,
        "patient_status": status,
        "discharge_hour": stay.discharge_hour if inpatient and not goes_on else None,
        "coded_values": claim_values.coded_values(chart, causes, diagnoses),
        "diagnoses": diagnoses,
        "procedures": claim_diagnoses.disclosed_procedures(chart) if inpatient else (),
        "drg": chart.drg if inpatient else None,
        "lines": lines,
    }


def _professional(chart: ChartCoded, hospital: Hospital, part: _Part) -> dict[str, Any]:
    """837P: one billing entity's, over the days of its services."""
    services = [numbered.service for numbered in part.services]
    place = services[0].place_of_service or chart.encounter.place_of_service
    diagnoses = claim_diagnoses.professional(chart, services)
    on_claim = claim_diagnoses.places(diagnoses)
    here = chart.encounter.service_facility or hospital.organization
    return {
        "frequency": _ORIGINAL,
        "place_of_service": place,
        "statement_from": min(service.service_from for service in services),
        "statement_to": max(service.service_to for service in services),
        "admission_date": admission_day(chart.encounter) if place in INPATIENT_PLACES else None,
        "service_facility": None if place == _HOME or here.npi == part.billing.npi else here,
        "onset": claim_values.onset(chart) if chart.onset else None,
        "last_menstrual_period": claim_values.last_menstrual_period(chart, diagnoses),
        "diagnoses": diagnoses,
        "lines": tuple(
            _line(chart, number, numbered, claim_diagnoses.pointers(chart, numbered.service, on_claim))
            for number, numbered in enumerate(part.services, start=1)
        ),
    }


def _period(chart: ChartCoded, part: _Part) -> tuple[Day, Day]:
    """The days of the encounter on which its payer is asked and that lie in one period with the claim's services; a
    stay is not parted."""
    whole = days_of(chart)
    if part.route.days is not None and chart.encounter.encounter_class != "inpatient":
        whole = (max(whole[0], part.route.days[0]), min(whole[1], part.route.days[1]))
    own = (
        min(numbered.service.service_from for numbered in part.services),
        max(numbered.service.service_to for numbered in part.services),
    )
    here = period_of(own[0], part.splits)
    start, end = (day if period_of(day, part.splits) == here else mine for day, mine in zip(whole, own, strict=True))
    return start, end


def bill_type(inpatient: bool, frequency: str) -> str:
    """Leading zero, facility (1 hospital), care (1 inpatient, 3 outpatient), frequency. Observation is outpatient."""
    return f"01{'1' if inpatient else '3'}{frequency}"


def patient_status(chart: ChartCoded) -> str | None:
    """On every institutional claim (CL103 is required by the 837I, for outpatients too).

    An outpatient's chart seldom says how a visit ended: it ended at home unless he died. An inpatient's discharge
    status decides payment, so completeness asks for it and nothing is assumed here.
    """
    stay, died = chart.encounter, chart.patient.deceased_date
    if stay.discharge_status is not None or stay.encounter_class == "inpatient":
        return stay.discharge_status
    return _DIED if died is not None and died <= stay.end_day else _SENT_HOME


def _line(
    chart: ChartCoded, number: int, numbered: NumberedService, pointers: tuple[int, ...] | None = None
) -> ClaimLine:
    """A service as a claim's line: a professional one has place and pointers, an institutional one its revenue code."""
    service: Service = numbered.service
    professional = pointers is not None
    return ClaimLine(
        number=number,
        control_number=numbered.control_number,
        chart_id=service.chart_id or chart.chart_id,
        statement=service.statement,
        code=service.code,
        modifiers=service.modifiers,
        revenue_code=None if professional else service.revenue_code,
        units=service.units,
        unit_kind=service.unit_kind,
        service_from=service.service_from,
        service_to=service.service_to,
        place_of_service=(service.place_of_service or chart.encounter.place_of_service) if professional else None,
        charge_cents=service.charge_cents,
        non_covered_cents=service.non_covered_cents,
        pointers=pointers or (),
        ndc=service.ndc,
        ndc_quantity=service.ndc_quantity,
        ndc_unit=service.ndc_unit,
        group=service.group,
        rendering_npi=service.performer_npi if professional else None,
        ordering_npi=service.ordering_npi if professional else None,
        authorization=service.authorization,
        text=service.text,
        supervising_npi=service.supervising_npi if professional else None,
        operating_npi=None if professional else operator_of_line(service, chart.encounter),
    )
