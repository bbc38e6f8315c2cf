"""Edits on what a payer has to agree to before it is done (C6)."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import first_payer
from claims.turns import day_asked
from schemas.events.chart import Authorization, Coverage
from schemas.events.coded import Service


class _Needed(NamedTuple):
    """A service that needs an authorization, where it stands, those that may be it, and whether there are any."""

    at: int
    service: Service
    found: tuple[Authorization, ...]
    others: bool


@rule(
    "C6",
    "reject",
    carc="197",
    citation="837 REF G1; the payer's requires_authorization in partners.yaml",
    mend="give the number, days, service and units that the payer authorized",
    needs="authorizations",
)
def not_authorized(subject: Subject) -> Iterator[Fault]:
    """What a payer wants to authorize is authorized, for the service, its days and its units (837 REF G1).

    None at all: CARC 197; for other services only: 284; not in force on all days of the line: 302; more units than
    authorized, over all lines of the chart: 198. What needs one stands in the payer's entry (`requires_authorization`);
    by itself nothing does. A line that names a number of which the chart says no more is taken at its word, and so is
    what the patient paid in full (45 CFR 164.522). What other charts have used up of an authorization isn't counted.
    """
    needed = list(_needed(subject))
    for each in needed:
        fault = _fault(each)
        if fault is not None:
            yield fault
    yield from _exceeded(needed)


def _needed(subject: Subject) -> Iterator[_Needed]:
    paid = {restriction.statement for restriction in subject.chart.restrictions}
    for at, service in enumerate(subject.services):
        first, items = _asked(subject, service)
        wanted = service.code in items or service.revenue_code in items or (service.revenue_code or "")[:3] in items
        if not wanted or first is None or service.statement in paid:
            continue
        if service.authorization in {None, *(authorization.number for authorization in first.authorizations)}:
            yield _Needed(at, service, tuple(_of(service, first.authorizations)), bool(first.authorizations))


def _asked(subject: Subject, service: Service) -> tuple[Coverage | None, frozenset[str]]:
    """Who is asked first for a service, and what he wants to authorize."""
    first, payer = subject.first, subject.payer
    if subject.plans_change:
        first = first_payer(subject.chart, day_asked(subject.chart, service))
        payer = subject.reference.partners.payers.get(first.payer) if first else None
    return first, frozenset() if payer is None else payer.authorized


def _of(service: Service, given: Iterable[Authorization]) -> Iterator[Authorization]:
    """By the number that the line names, or else by the service; one without a service is for any."""
    for authorization in given:
        named = service.authorization in {None, authorization.number}
        if named and authorization.service in {None, service.code, service.revenue_code}:
            yield authorization


def _fault(needed: _Needed) -> Fault | None:
    field = f"services[{needed.at}].authorization"
    if not needed.found:
        message = (
            "a service that is not what was authorized" if needed.others else "a service without its authorization"
        )
        return Fault(message, field, needed.at, "authorization", carc="284" if needed.others else "197")
    if not any(_in_force(authorization, needed.service) for authorization in needed.found):
        return Fault("a service on a day that is not authorized", field, needed.at, "day", carc="302")
    return None


def _in_force(authorization: Authorization, service: Service) -> bool:
    begun = authorization.start is None or authorization.start <= service.service_from
    return begun and (authorization.end is None or service.service_to <= authorization.end)


def _exceeded(needed: Iterable[_Needed]) -> Iterator[Fault]:
    """Each line takes its units from the first authorization in force that has them left."""
    left: dict[str, int] = {}
    for at, service, found, _ in needed:
        counted = [one for one in found if _in_force(one, service)]
        if not counted or any(one.units is None for one in counted):
            continue
        for one in counted:
            left.setdefault(one.number, 1000 * (one.units or 0))
        fits = next((one for one in counted if left[one.number] >= service.units), None)
        if fits is None:
            yield Fault("more units than are authorized", f"services[{at}].units", at, "quantity", carc="198")
        else:
            left[fits.number] -= service.units


AUTHORIZATION: Final[tuple[Rule, ...]] = (not_authorized,)
