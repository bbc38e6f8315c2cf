"""Results: which order each one answers, and those of the laboratory that nobody ordered."""

from collections.abc import Iterator
from typing import NamedTuple

from claims.fhir.elements import Resource, code_values, codings, first, label, period, some, words
from claims.fhir.sources import based_on
from claims.fhir.visit import Visit, actor
from schemas.events.chart import Statement

LABORATORY = {"LAB", "108252007", "laboratory"}  # v2-0074, and the category code US Core asks for
_FINAL = {"final", "amended", "corrected", "appended"}


class Results(NamedTuple):
    """`linked`: orders that a final result names. `matched`: orders that one answers by its code alone.

    `unordered`: final results that answer none.
    """

    linked: frozenset[str]
    matched: frozenset[str]
    unordered: tuple[Resource, ...]


def read_results(visit: Visit) -> Results:
    """A result that names no order answers one completed order of its code, the first that has no answer."""
    final = [
        result
        for kind in ("Observation", "DiagnosticReport")
        for result in visit.of(kind)
        if result.get("status") in _FINAL
    ]
    linked = frozenset(_order(visit, link) for result in final for link in based_on(result))
    free = [result for result in final if not based_on(result)]
    repeated = {key for result in final for key in _members_of_its_code(visit, result)}
    waiting = [
        order
        for order in visit.of("ServiceRequest")
        if order.get("status") == "completed" and order["id"] not in linked
    ]
    matched: dict[str, str] = {}  # by the result's key
    for result in free:
        codes = code_values(first(result, "code"))
        order = next((order for order in waiting if codes & code_values(first(order, "code"))), None)
        if order is not None and _key(result) not in repeated:
            waiting.remove(order)
            matched[_key(result)] = order["id"]
    answering = {*matched, *(_key(result) for result in final if based_on(result))}
    return Results(linked, frozenset(matched.values()), tuple(_unordered(visit, final, answering)))


def _unordered(visit: Visit, final: list[Resource], answering: set[str]) -> Iterator[Resource]:
    """What answers no order, neither itself nor with a part of it; a part is told by what it is a part of."""
    parts = {key for result in final for key in _members(visit, result)}
    for result in final:
        if _key(result) not in answering | parts and not answering & set(_members(visit, result)):
            yield result


def read_unordered(visit: Visit) -> Iterator[Statement]:
    """A laboratory's final result was performed, whether or not anybody ordered it; vital signs are no service."""
    for result in read_results(visit).unordered:
        categories = {code for category in some(result, "category") for code in code_values(category)}
        if categories & LABORATORY:
            start, end = period(result, "effective", visit.zone)
            yield Statement(
                id=result["id"],
                kind="laboratory",
                text=label(first(result, "code")),
                codings=codings(first(result, "code")),
                performed_at=start,
                performed_end=end,
                performer=visit.practitioner(actor(result), f"{result['resourceType']}.performer"),
                result_present=True,
            )


def _order(visit: Visit, link: str) -> str:
    return visit.resources.key(link).removeprefix("ServiceRequest/")


def _key(result: Resource) -> str:
    return f"{result['resourceType']}/{result['id']}"


def _members(visit: Visit, result: Resource) -> Iterator[str]:
    """The results a report or a panel is made of."""
    for name in ("result", "hasMember"):
        for member in some(result, name):
            if link := words(member, "reference"):
                yield visit.resources.key(link)


def _members_of_its_code(visit: Visit, result: Resource) -> Iterator[str]:
    """A report of one test and the test's value are one result."""
    for key in _members(visit, result):
        member = visit.resources.find(key)
        if member and code_values(first(member, "code")) & code_values(first(result, "code")):
            yield key
