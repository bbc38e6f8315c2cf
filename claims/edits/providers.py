"""Edits on who bills, who attended, rendered and operated, and whether the payer has them (P1-P5, P7)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from claims import billers
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.operators import has_operator, is_operation, operator
from claims.partner_fields import PartnerId, has_check_digit, no_street
from claims.partners import BillingEntity, Enrolments, Hospital
from schemas.events.coded import CodedProcedure, Service

_TAX_ID: Final = re.compile(r"[0-9]{9}")


@rule(
    "P1",
    "reject",
    carc="206",
    citation="837P 2010AA, 2310B, 2420A; 45 CFR 162.410",
    mend="add the practitioner to the hospital's roster, and his group to its billing entities",
    of="professional",
    needs="providers unknown",
)
def npi_missing(subject: Subject) -> Iterator[Fault]:
    """A professional's line names who rendered it and who bills for him, by NPI (837P loops 2310B, 2420A and 2010AA).

    Each billing entity of partners.yaml has an NPI, so that only one which is not there can lack it.
    """
    for at, service in enumerate(subject.services):
        if service.component == "professional" and service.performer_npi is None:
            message = "a professional service without the NPI of who rendered it"
            yield Fault(message, f"services[{at}].performer_npi", at)
    for at, provider in enumerate(subject.stay.providers):
        entity = provider.billing_entity
        if entity is not None and entity not in subject.hospital.billing_entities:
            message = "a provider of a billing entity that partners.yaml doesn't have"
            yield Fault(message, f"encounter.providers[{at}].billing_entity", None, "billing entity")


@rule(
    "P2",
    "reject",
    carc="207",
    citation="45 CFR 162.406",
    mend="correct the NPI in the chart or the roster",
    needs="check digits",
)
def npi_check_digit(subject: Subject) -> Iterator[Fault]:
    """The tenth digit of an NPI is its check digit: Luhn over 80840 + NPI (45 CFR 162.406)."""
    lines, people = subject.services, subject.stay.providers
    named = {line.performer_npi for line in lines} | {line.ordering_npi for line in lines} | {who.npi for who in people}
    wrong = {npi for npi in named if npi is not None and not is_npi(npi)}
    for npi in sorted(wrong):
        field, line = _first_place(npi, subject)
        yield Fault("an NPI with a wrong check digit", field, line, "NPI")


is_npi = lru_cache(65_536)(has_check_digit)


def _first_place(npi: str, subject: Subject) -> tuple[str, int | None]:
    """Where it stands first: among the providers of the encounter, then by whom lines were rendered and ordered."""
    for at, provider in enumerate(subject.stay.providers):
        if provider.npi == npi:
            return f"encounter.providers[{at}].npi", None
    at = next(at for at, line in enumerate(subject.services) if npi in {line.performer_npi, line.ordering_npi})
    role = "performer_npi" if subject.services[at].performer_npi == npi else "ordering_npi"
    return f"services[{at}].{role}", at


@rule(
    "P3",
    "reject",
    carc="16",
    citation="837 2010AA REF EI",
    mend="give the nine digits of the employer identification number, without a hyphen",
)
def tax_id_not_nine_digits(subject: Subject) -> Iterator[Fault]:
    """A tax id has nine digits (837 REF EI). partners.yaml takes no other; this looks at what a coder's chart says."""
    facility = subject.stay.service_facility
    if facility is not None and facility.tax_id is not None and not _TAX_ID.fullmatch(facility.tax_id):
        yield Fault("a tax id that is none", "encounter.service_facility.tax_id", None, "tax id")


@rule(
    "P4",
    "reject",
    carc="16",
    citation="837 2010AA, 2310C, 2310E N3 and N4; X12 RFI 1451",
    mend="give the street where care is given, with the nine digits of its ZIP code; a box is where payments go",
)
def no_place_of_care(subject: Subject) -> Iterator[Fault]:
    """Who bills and where care was given are named by a street, not a box, and in this country by ZIP+4.

    X12 RFI 1451, read: a box belongs to the pay-to address, so that payers can tell by the billing provider's which
    practice it is. That N403 has nine digits there is told by a clearinghouse's page of the guide, read. Of the billing
    entities only those are looked at that bill for this chart.
    """
    facility, streetless = subject.stay.service_facility, subject.hospital.streetless
    if facility is not None and facility.address is not None and (why := no_street(facility.address)):
        yield Fault(why, "encounter.service_facility.address", None, "address")
    if not streetless:
        return
    if subject.facility and subject.hospital.id in streetless:
        yield Fault(streetless[subject.hospital.id], "hospital", None, "address")
    for at, service in enumerate(subject.services):
        if service.component == "professional" and (why := streetless.get(biller(subject, at).id)):
            yield Fault(why, f"services[{at}].performer_npi", at, "address")


def biller(subject: Subject, at: int) -> Hospital | BillingEntity:
    """Who bills a professional's line."""
    entity = billers.billing_entity(subject.services[at], subject.stay, subject.hospital)
    return subject.hospital.billing_entities.get(entity or "", subject.hospital)


@rule(
    "P5",
    "reject",
    carc="16",
    citation="837I 2310A, 2310B; X12 RFI 2656; 45 CFR 162.410",
    mend="name the attending provider, and who operated; add them to the hospital's roster",
    of="facility",
)
def attending_missing(subject: Subject) -> Iterator[Fault]:
    """A hospital's own claim names who attended, and who operated where there was an operation, by NPI (837I loops
    2310A and 2310B).

    Who only rendered a service doesn't stand for who attended: he answers for the patient's overall care. The operator
    is named by the encounter, or by the operation itself. An operation is a procedure of ICD-10-PCS's medical and
    surgical section, or an outpatient's procedure code in an operating room (036x, 049x): X12 RFI 2656, read, wants him
    when a surgical code is listed, and leaves which those are to others.
    """
    if not any(provider.npi for provider in subject.stay.providers if provider.role == "attending"):
        yield Fault("a hospital's service without the NPI of the attending provider", "encounter.providers")
    if not has_operator(subject.stay):
        yield from _without_operator(subject)


def _without_operator(subject: Subject) -> Iterator[Fault]:
    """The first of them: a claim names one."""
    done: Sequence[CodedProcedure | Service] = subject.chart.procedures if subject.inpatient else subject.services
    unseen = {restriction.statement for restriction in subject.chart.restrictions}
    operations = [(at, each) for at, each in enumerate(done) if is_operation(each) and each.statement not in unseen]
    if operations and not any(operator(each, subject.stay, subject.hospital) for _, each in operations):
        at = operations[0][0]
        field = f"procedures[{at}].performer" if subject.inpatient else f"services[{at}].performer_npi"
        yield Fault("an operation without the NPI of who operated", field, None, "NPI")


@rule(
    "P7",
    "warn",
    carc="185",
    citation="CARC 185, B7; the enrolments in partners.yaml",
    mend="enrol him with the payer, or correct the days in partners.yaml",
    needs="enrolments",
)
def not_enrolled(subject: Subject) -> Iterator[Fault]:
    """Who renders and who bills is enrolled with the payer on the day: CARC 185 of who rendered, B7 of who bills.

    The days stand in `enrolments` of the hospital, its billing entities and its roster; who says nothing of a payer is
    unknown, and nothing is said of him.
    """
    first, hospital = subject.first, subject.hospital
    if first is None or not hospital.tells_enrolments:
        return
    if subject.facility and _is_out(hospital.enrolments, first.payer, subject):
        yield Fault("the hospital is not enrolled with the payer on this day", "hospital", carc="B7")
    if not subject.professional:
        return
    for at, service in enumerate(subject.services):
        if service.component != "professional":
            continue
        person = hospital.practitioner(service.performer_npi) if service.performer_npi else None
        if person is not None and _is_out(person.enrolments, first.payer, subject, at):
            message = "who rendered the service is not enrolled with the payer on its day"
            yield Fault(message, f"services[{at}].performer_npi", at, "NPI")
        if _is_out(biller(subject, at).enrolments, first.payer, subject, at):
            message = "who bills the service is not enrolled with the payer on its day"
            yield Fault(message, f"services[{at}].performer_npi", at, "NPI", carc="B7")


def _is_out(enrolments: Mapping[PartnerId, Enrolments], payer: str, subject: Subject, at: int | None = None) -> bool:
    """Said of the payer, and on no day that counts: of a line its first, of the hospital the first of the stay."""
    if payer not in enrolments:
        return False
    day = subject.stay.start_day if at is None else subject.services[at].service_from
    return not any(enrolment.holds(day) for enrolment in enrolments[payer])


PROVIDERS: Final[tuple[Rule, ...]] = (
    npi_missing,
    npi_check_digit,
    tax_id_not_nine_digits,
    no_place_of_care,
    attending_missing,
    not_enrolled,
)
