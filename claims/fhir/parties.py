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
from schemas.events.people import Organization, Provider


@dataclass(frozen=True)
class Earlier:
    """A payer who answered before, as the claim to the next one carries it."""

    answer: PriorAnswer
    insurer: Element
    coverage: Element


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
            yield from (earlier.coverage, earlier.insurer)


def parties(claim: ClaimBuilt, payers: Mapping[str, Payer]) -> Parties:
    patient = _patient(claim)
    subscriber = _subscriber(claim, patient)
    insurer = _insurer(claim.payer, payers)
    return Parties(
        patient=patient,
        subscriber=subscriber,
        insurer=insurer,
        coverage=_coverage(claim, patient, subscriber, insurer),
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


def _subscriber(claim: ClaimBuilt, patient: Element) -> Element:
    if claim.subscriber.relationship == "self":
        return patient
    return resource(
        "RelatedPerson",
        (claim.hospital, claim.account_number, claim.payer, claim.payer_sequence),
        {
            "patient": link(patient),
            "name": human_name(claim.subscriber.name),
            "gender": claim.subscriber.sex,
            "birthDate": day(claim.subscriber.birth_date),
            "address": postal(claim.subscriber.address),
        },
    )


def _coverage(claim: ClaimBuilt, patient: Element, subscriber: Element, insurer: Element) -> Element:
    return resource(
        "Coverage",
        (claim.hospital, claim.account_number, claim.payer, claim.payer_sequence),
        {
            "identifier": listed(identifier(systems.of_payer(claim.payer), claim.member_id, MEMBER)),
            "status": "active",
            "type": concept(systems.FILING, claim.filing_indicator),
            "subscriber": link(subscriber),
            "subscriberId": claim.member_id,
            "beneficiary": link(patient),
            "relationship": concept(systems.SUBSCRIBER, claim.subscriber.relationship),
            "payor": [link(insurer)],
            "class": [
                {"type": concept(systems.COVERAGE_CLASS, "group"), "value": group} for group in words_of(claim.group)
            ],
            "order": claim.payer_sequence or None,
        },
    )


def _earlier(claim: ClaimBuilt, answer: PriorAnswer, patient: Element, payers: Mapping[str, Payer]) -> Earlier:
    """Of an earlier payer's coverage the claim says only whose turn it was."""
    insurer = _insurer(answer.payer, payers)
    coverage = resource(
        "Coverage",
        (claim.hospital, claim.account_number, answer.payer, answer.sequence),
        {
            "status": "active",
            "beneficiary": link(patient),
            "payor": [link(insurer)],
            "order": answer.sequence or None,
        },
    )
    return Earlier(answer, insurer, coverage)


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
