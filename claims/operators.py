"""Which services are operations, and who operated: an institutional claim names him (837I loops 2310B, 2420A)."""

from collections.abc import Iterable
from typing import Final

from claims.partners import Hospital
from schemas.events.coded import CodedProcedure, Service, StayFacts
from schemas.events.people import Provider

_SURGICAL_SECTION: Final = "0"  # ICD-10-PCS: medical and surgical
_OPERATING_ROOMS: Final = frozenset({"036", "049"})  # revenue codes: operating room, ambulatory surgery


def is_operation(done: CodedProcedure | Service) -> bool:
    """A procedure of ICD-10-PCS's medical and surgical section; of an outpatient, a procedure code of an operating
    room.

    X12 RFI 2656, read: the operator is wanted when a surgical code is listed, and which those are is not X12's to say.
    """
    if isinstance(done, CodedProcedure):
        return done.code.startswith(_SURGICAL_SECTION)
    return done.code is not None and (done.revenue_code or "")[:3] in _OPERATING_ROOMS


def operator(done: CodedProcedure | Service, stay: StayFacts, hospital: Hospital) -> str | None:
    """The NPI of who performed it, by the line, the roster or the encounter."""
    if isinstance(done, Service):
        return done.performer_npi
    known = hospital.roster.get(done.performer) if done.performer else None
    if known is not None:
        return known.npi
    return next(
        (person.npi for person in stay.providers if person.local_id and person.local_id == done.performer), None
    )


def has_operator(stay: StayFacts) -> bool:
    """Whether the encounter itself says who operated."""
    return any(provider.role == "operating" and provider.npi for provider in stay.providers)


def operator_of_line(service: Service, stay: StayFacts) -> str | None:
    """Who operated, of an outpatient's line: a stay's operations stand on its claim, and not in lines (837I HI BBR)."""
    if service.performer_npi is None or stay.encounter_class == "inpatient" or not is_operation(service):
        return None
    return service.performer_npi


def operators(done: Iterable[CodedProcedure | Service], stay: StayFacts, hospital: Hospital) -> tuple[Provider, ...]:
    """Who operated, as far as only the operations say so. Of a stay's the first, for its claim has room for one; of an
    outpatient's each, for a line names its own (837I 2420A)."""
    named = {provider.npi for provider in stay.providers if provider.role == "operating"}
    npis = dict.fromkeys(npi for each in done if is_operation(each) and (npi := operator(each, stay, hospital)))
    if stay.encounter_class == "inpatient":
        npis = {} if has_operator(stay) else dict.fromkeys([*npis][:1])
    return tuple(_operator(npi, stay, hospital) for npi in npis if npi not in named)


def _operator(npi: str, stay: StayFacts, hospital: Hospital) -> Provider:
    person = hospital.practitioner(npi) or next((each for each in stay.providers if each.npi == npi), None)
    if person is None:
        return Provider(role="operating", npi=npi)
    return Provider(role="operating", npi=npi, name=person.name, taxonomy=person.taxonomy)
