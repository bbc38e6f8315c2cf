"""Who a claim is about: patient, subscriber, coverage, payer, who bills and who treated, as FHIR resources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from claims.fhir import systems
from claims.fhir.elements import US_NPI
from claims.fhir.writing import (
    MEMBER,
    RECORD,
    TAX,
    Element,
    concept,
    day,
    human_name,
    identifier,
    link,
    listed,
    postal,
    present,
    resource,
    words_of,
)
from claims.partners import Payer
from schemas.events.claim import ClaimBuilt, PriorAnswer
from schemas.events.people import Organization, Provider, Subscriber


@dataclass(frozen=True)
class Earlier:
    """A payer who answered before, as the claim to the next one carries it."""

    answer: PriorAnswer
    insurer: Element
    coverage: Element
    subscriber: Element | None


@dataclass(frozen=True)
class Parties:
    patient: Element
    subscriber: Element
    """The patient himself, or who holds the policy."""
    insurer: Element
    coverage: Element
    biller: Element
    facility: Element | None
    practitioners: tuple[Element, ...]
    """One per provider of the claim, in their order; a person in two roles comes twice."""
    earlier: tuple[Earlier, ...]

    def resources(self) -> Iterator[Element]:
        yield from (self.patient, self.subscriber, self.coverage, self.insurer, self.biller)
        yield from self.practitioners
        yield from (self.facility,) if self.facility else ()
        for earlier in self.earlier:
            yield from listed(earlier.coverage, earlier.insurer, earlier.subscriber)


def parties(claim: ClaimBuilt, payers: Mapping[str, Payer]) -> Parties:
    patient = _patient(claim)
    plan, insurer = _own_plan(claim), _insurer(claim.payer, payers)
    subscriber = _subscriber(claim, plan, patient)
    return Parties(
        patient=patient,
        subscriber=subscriber or patient,
        insurer=insurer,
        coverage=_coverage(claim, plan, patient, subscriber, insurer),
        biller=_biller(claim),
        facility=_facility(claim.service_facility),
        practitioners=tuple(_practitioner(claim, provider) for provider in claim.providers),
        earlier=tuple(_earlier(claim, answer, patient, payers) for answer in claim.prior),
    )


def _patient(claim: ClaimBuilt) -> Element:
    """As the payer may know him: no confidential address (45 CFR 164.522(b)), no telephone."""
    patient = claim.patient
    records = systems.of_hospital(claim.hospital, "record")
    return resource(
        "Patient",
        (claim.hospital, patient.mrn),
        {
            "identifier": listed(identifier(records, patient.mrn, RECORD)),
            "name": human_name(patient.name),
            "gender": patient.sex,
            "birthDate": day(patient.birth_date),
            "deceasedDateTime": day(patient.deceased_date),
            "address": postal(patient.address),
        },
    )


@dataclass(frozen=True)
class _Plan:
    """How the patient is insured with one payer, by whose turn he is: the same in each payer's claim of the account."""

    payer: str
    sequence: int
    subscriber: Subscriber | None
    filing_indicator: str | None
    member_id: str | None
    group: str | None


def _own_plan(claim: ClaimBuilt) -> _Plan:
    return _Plan(
        claim.payer, claim.payer_sequence, claim.subscriber, claim.filing_indicator, claim.member_id, claim.group
    )


def _plan_of(answer: PriorAnswer) -> _Plan:
    return _Plan(
        answer.payer, answer.sequence, answer.subscriber, answer.filing_indicator, answer.member_id, answer.group
    )


def _subscriber(claim: ClaimBuilt, plan: _Plan, patient: Element) -> Element | None:
    """The patient, whoever else holds the policy, or nobody where it is not said."""
    holder = plan.subscriber
    if holder is None:
        return None
    if holder.relationship == "self":
        return patient
    return resource(
        "RelatedPerson",
        (claim.hospital, claim.account_number, plan.payer, plan.sequence),
        {
            "patient": link(patient),
            "name": human_name(holder.name),
            "gender": holder.sex,
            "birthDate": day(holder.birth_date),
            "address": postal(holder.address),
        },
    )


def _coverage(
    claim: ClaimBuilt, plan: _Plan, patient: Element, subscriber: Element | None, insurer: Element
) -> Element:
    groups = words_of(plan.group)
    return resource(
        "Coverage",
        (claim.hospital, claim.account_number, plan.payer, plan.sequence),
        {
            "identifier": listed(identifier(systems.of_payer(plan.payer), plan.member_id, MEMBER)),
            "status": "active",
            "type": concept(systems.FILING, plan.filing_indicator),
            "subscriber": link(subscriber) if subscriber else None,
            "subscriberId": plan.member_id,
            "beneficiary": link(patient),
            "relationship": concept(systems.SUBSCRIBER, plan.subscriber.relationship if plan.subscriber else None),
            "payor": [link(insurer)],
            "class": [{"type": concept(systems.COVERAGE_CLASS, "group"), "value": group} for group in groups],
            "order": plan.sequence or None,
        },
    )


def _earlier(claim: ClaimBuilt, answer: PriorAnswer, patient: Element, payers: Mapping[str, Payer]) -> Earlier:
    insurer, plan = _insurer(answer.payer, payers), _plan_of(answer)
    subscriber = _subscriber(claim, plan, patient)
    return Earlier(answer, insurer, _coverage(claim, plan, patient, subscriber, insurer), subscriber)


def _insurer(payer: str, payers: Mapping[str, Payer]) -> Element:
    """Our id of a payer, and what partners.yaml says of him; one who left it has no more than the id."""
    known = payers.get(payer)
    number = identifier(systems.PAYER, known.payer_id if known else None, "payerid", systems.C4BB_IDENTIFIER_TYPE)
    return resource(
        "Organization",
        ("payer", payer),
        {
            "identifier": listed(identifier(systems.of_payer(payer), payer), number),
            "type": _kind("pay"),
            "name": known.name if known else None,
        },
    )


def _biller(claim: ClaimBuilt) -> Element:
    entity = claim.billing_provider
    parts = _organization(entity)
    pay_to = postal(claim.pay_to, "billing")
    return resource(
        "Organization",
        ("biller", entity.npi, entity.tax_id, entity.name),
        {**parts, "type": _kind("prov"), "address": [*parts["address"], *pay_to]},
    )


def _facility(place: Organization | None) -> Element | None:
    if place is None:
        return None
    parts = _organization(place)
    return resource("Location", (place.npi, place.name), {**parts, "address": next(iter(parts["address"]), None)})


def _organization(entity: Organization) -> Element:
    return {
        "identifier": listed(identifier(US_NPI, entity.npi, "NPI"), identifier(systems.TAX_ID, entity.tax_id, TAX)),
        "name": entity.name,
        "address": postal(entity.address),
    }


def _practitioner(claim: ClaimBuilt, provider: Provider) -> Element:
    """By his NPI, by the hospital's id for him, or as nobody but of this claim and role."""
    local = (claim.hospital, provider.local_id) if provider.local_id else (claim.claim_id, provider.role)
    staff = systems.of_hospital(claim.hospital, "practitioner")
    return resource(
        "Practitioner",
        ("npi", provider.npi) if provider.npi else local,
        {
            "identifier": listed(identifier(US_NPI, provider.npi, "NPI"), identifier(staff, provider.local_id)),
            "name": human_name(provider.name),
            "qualification": [{"code": code} for code in listed(concept(systems.TAXONOMY, provider.taxonomy))],
        },
    )


def _kind(code: str) -> list[Element]:
    return [present({"coding": [{"system": systems.ORGANIZATION_TYPE, "code": code}]})]
