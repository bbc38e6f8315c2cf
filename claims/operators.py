"""Which services are operations, and who operated: an institutional claim names him (837I loop 2310B)."""

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


def operators(done: Iterable[CodedProcedure | Service], stay: StayFacts, hospital: Hospital) -> tuple[Provider, ...]:
    """Who operated, where only the operations say so: of several, the first, for a claim has room for one."""
    if has_operator(stay):
        return ()
    npis = (operator(each, stay, hospital) for each in done if is_operation(each))
    npi = next(filter(None, npis), None)
    if npi is None:
        return ()
    person = hospital.practitioner(npi)
    if person is None:
        return (Provider(role="operating", npi=npi),)
    return (Provider(role="operating", npi=npi, name=person.name, taxonomy=person.taxonomy),)
