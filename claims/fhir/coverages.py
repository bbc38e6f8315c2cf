"""Coverage: the plans in force on the encounter's day, in the order the hospital believes they pay."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from claims.fhir.elements import Resource, code_values, day, extensions, first, meaning, parts, reference, some, words
from claims.fhir.people import home, name, sex
from claims.fhir.visit import Visit
from claims.partners import Payer
from schemas.events.chart import Coverage, Network, PriorityFacts
from schemas.events.people import Relationship, Subscriber

_RELATIONSHIPS: dict[str, Relationship] = {"self": "self", "spouse": "spouse", "common": "spouse", "child": "child"}
_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
NETWORK = "urn:claimstream:network"
PRIORITY = "urn:claimstream:priority"
_MOST_PEOPLE = 2**31  # of a count
_YES_OR_NO = {"working": "working", "retired": "retired", "continued": "continued", "court_order": "courtOrder"}
_NETWORKS: dict[str | None, Literal["in", "out"]] = {"in": "in", "out": "out"}
_NEVER_IN_FORCE = {"entered-in-error", "draft"}


class UnknownPayer(LookupError):
    """A payor that the hospital's coverage_map lacks; the message names those it has, not the one it met."""

    def __init__(self, known: Mapping[str, object]) -> None:
        super().__init__(f"Coverage.payor is not in the hospital's coverage_map; known: {', '.join(sorted(known))}")


def read_coverages(visit: Visit, payers: Mapping[str, Payer]) -> tuple[Coverage, ...]:
    """A payor that stands for two payers (dual eligible) becomes a coverage of each."""
    return tuple(
        coverage
        for resource in sorted(_in_force(visit), key=_order)
        for coverage in _coverages(visit, resource, payers)
    )


def _in_force(visit: Visit) -> Iterator[Resource]:
    """On a day of the visit, by period and not by status: a plan cancelled since was good on that day."""
    start = visit.start.astimezone(visit.zone).date() if visit.start else None
    end = visit.end.astimezone(visit.zone).date() if visit.end else start
    for resource in visit.resources.of("Coverage", visit.patient):
        valid_from, valid_to = _period(visit, resource)
        begun = end is None or valid_from is None or valid_from <= end
        going_on = start is None or valid_to is None or start <= valid_to
        if begun and going_on and resource.get("status") not in _NEVER_IN_FORCE:
            yield resource


def _order(resource: Resource) -> tuple[int, str, str]:
    order = resource.get("order")
    return (
        order if isinstance(order, int) else 99,
        words(first(resource, "period"), "start") or "",
        str(resource["id"]),
    )


def _period(visit: Visit, resource: Resource) -> tuple[date | None, date | None]:
    span = first(resource, "period")
    return day(span.get("start"), visit.zone), day(span.get("end"), visit.zone)


def _coverages(visit: Visit, resource: Resource, payers: Mapping[str, Payer]) -> Iterator[Coverage]:
    valid_from, valid_to = _period(visit, resource)
    subscriber = _subscriber(visit, resource)
    for number, payer in enumerate(_payers(visit, resource, payers)):
        yield Coverage(
            id=resource["id"] if number == 0 else f"{resource['id'][:60]}-{number + 1}",
            payer=payer.id,
            kind=payer.kind,
            plan_kind=payer.filing_indicator,
            member_id=words(resource, "subscriberId") or _member_number(resource),
            group=_group(resource),
            subscriber=subscriber,
            valid_from=valid_from,
            valid_to=valid_to,
            network=_network(resource),
            facts=_facts(visit, resource),
        )


def _network(resource: Resource) -> Network | None:
    """Extension urn:claimstream:network: in or out, of the hospital and of the professionals who bill apart."""
    for extension in extensions(resource, NETWORK):
        said = {name: _NETWORKS.get(words(part, "valueCode")) for name, part in parts(extension).items()}
        return Network(facility=said.get("facility"), professional=said.get("professional"))
    return None


def _facts(visit: Visit, resource: Resource) -> PriorityFacts | None:
    """Extension urn:claimstream:priority (charts/README.md): what decides which plan pays first (42 CFR 411)."""
    for extension in extensions(resource, PRIORITY):
        said = parts(extension)
        yes_or_no = {field: said.get(part, {}).get("valueBoolean") for field, part in _YES_OR_NO.items()}
        size = said.get("employerSize", {}).get("valueInteger")
        return PriorityFacts(
            **{field: answer for field, answer in yes_or_no.items() if isinstance(answer, bool)},
            employer_size=size
            if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < _MOST_PEOPLE
            else None,
            esrd_start=day(said.get("esrdStart", {}).get("valueDate"), visit.zone),
        )
    return None


def _member_number(resource: Resource) -> str | None:
    """The identifier that is typed as the member's number; any other may be the policy's or the hospital's own."""
    for identifier in some(resource, "identifier"):
        types = some(first(identifier, "type"), "coding")
        if any(entry.get("code") == "MB" and entry.get("system", _TYPES) == _TYPES for entry in types):
            return words(identifier, "value")
    return None


def _payers(visit: Visit, resource: Resource, payers: Mapping[str, Payer]) -> Iterator[Payer]:
    known = visit.hospital.coverage_map
    for payor in some(resource, "payor"):
        link = words(payor, "reference")
        mapped = known.get(link or "") or known.get(visit.resources.key(link or ""))
        if mapped is None:
            raise UnknownPayer(known)
        yield from (payers[payer] for payer in mapped)


def _group(resource: Resource) -> str | None:
    for entry in some(resource, "class"):
        if "group" in code_values(first(entry, "type")):
            return words(entry, "value")
    return None


def _subscriber(visit: Visit, resource: Resource) -> Subscriber:
    """The patient as subscriber says nothing twice; anybody else is named by what the reference leads to."""
    said = first(resource, "relationship")
    stated: Relationship = meaning(said, _RELATIONSHIPS) or "other"
    relationship = stated if code_values(said) else _by_reference(visit, resource)
    if relationship == "self":
        return Subscriber(relationship="self")
    person = visit.find(reference(resource, "subscriber"), "Coverage.subscriber") or {}
    return Subscriber(
        relationship=relationship,
        name=name(person),
        birth_date=day(person.get("birthDate"), visit.zone),
        sex=sex(person),
        address=home(person),
    )


def _by_reference(visit: Visit, resource: Resource) -> Relationship:
    link = reference(resource, "subscriber")
    return "self" if link is None or visit.resources.find(link) == visit.patient else "other"
