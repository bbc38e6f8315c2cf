"""Who bills for a service, and who acted in it: the hospital, or the group its professionals belong to."""

from collections.abc import Iterable, Iterator, Sequence

from claims.operators import operators
from claims.partners import Hospital, Practitioner
from schemas.events.claim import ClaimKind
from schemas.events.coded import CodedProcedure, Service, StayFacts
from schemas.events.people import Provider, ProviderRole

_ON_THE_CLAIM: dict[ClaimKind, frozenset[ProviderRole]] = {
    "institutional": frozenset({"attending", "operating", "rendering", "referring"}),  # X12 837I loops 2310A-F
    "professional": frozenset({"referring", "ordering", "supervising"}),  # 837P; who renders stands in the services
}


def billing_entity(service: Service, stay: StayFacts, hospital: Hospital) -> str | None:
    """The group of who performed the service, or of who answers for the visit; null is the hospital itself."""
    npi = service.performer_npi
    if npi is None:
        return _in_role("rendering", stay) or _in_role("attending", stay)
    named = _entity(provider for provider in stay.providers if provider.npi == npi)
    practitioner = None if named else hospital.practitioner(npi)
    return practitioner.billing_entity if practitioner else named


def providers(
    kind: ClaimKind,
    services: Sequence[Service],
    procedures: Sequence[CodedProcedure],
    stay: StayFacts,
    hospital: Hospital,
) -> tuple[Provider, ...]:
    """Each practitioner in each of his roles, once; on a professional claim who performed and ordered comes first."""
    of_visit = [provider for provider in stay.providers if provider.role in _ON_THE_CLAIM[kind]]
    if kind == "institutional":
        inpatient = stay.encounter_class == "inpatient"
        return (*of_visit, *operators(procedures if inpatient else services, stay, hospital))
    performers = _acting("rendering", (service.performer_npi for service in services), stay, hospital)
    orderers = _acting("ordering", (service.ordering_npi for service in services), stay, hospital)
    supervisors = _acting("supervising", (service.supervising_npi for service in services), stay, hospital)
    acted = (*performers, *orderers, *of_visit, *supervisors)
    everybody = {(provider.role, provider.npi): provider for provider in acted}
    return tuple(everybody.values())


def _acting(role: ProviderRole, npis: Iterable[str | None], stay: StayFacts, hospital: Hospital) -> Iterator[Provider]:
    for npi in dict.fromkeys(npis):
        if npi is None:
            continue
        named = next((provider for provider in stay.providers if provider.npi == npi), None)
        if named is not None:
            yield named if named.role == role else named.model_copy(update={"role": role})
        else:
            yield _from_roster(role, npi, hospital.practitioner(npi))


def _from_roster(role: ProviderRole, npi: str, practitioner: Practitioner | None) -> Provider:
    if practitioner is None:
        return Provider(role=role, npi=npi)
    return Provider(
        role=role,
        npi=npi,
        name=practitioner.name,
        taxonomy=practitioner.taxonomy,
        billing_entity=practitioner.billing_entity,
    )


def _in_role(role: ProviderRole, stay: StayFacts) -> str | None:
    return _entity(provider for provider in stay.providers if provider.role == role)


def _entity(of: Iterable[Provider]) -> str | None:
    return next((provider.billing_entity for provider in of if provider.billing_entity), None)
