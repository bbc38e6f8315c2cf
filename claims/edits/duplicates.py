"""Edits on duplicates (N5): one service billed twice, on one chart or on two."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from claims.codesets.shapes import SEPARATING_MODIFIERS
from claims.edits.ncci import provider_of
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.history import HistoryLine, stays_of
from schemas.events.coded import Service

_BEYOND_BEDS: Final = "0220"  # revenue codes 010x to 021x are room and board


@rule(
    "N5",
    "reject",
    carc="18",
    citation="CPM 1/120",
    mend="remove the one that was not done, add up their units, or add the modifier that tells them apart",
    needs="lines alike",
)
def same_line_twice(subject: Subject) -> Iterator[Fault]:
    """No two lines of a chart are the same in all that a claim shows, unless a modifier says 'again' or 'apart' (CPM
    1/120).

    Two doses of different size are no duplicate, nor is an item that the patient keeps from his plan beside one that
    he doesn't, nor a hospital's services to an inpatient, of which only the bed is counted. It is told at the later
    line.
    """
    restricted = {restriction.statement for restriction in subject.chart.restrictions}
    seen: set[tuple[object, ...]] = set()
    for at, service in enumerate(subject.services):
        key = _key(service, subject.chart.hospital, service.service_from)
        if key is None or _is_apart(service) or _is_of_a_stay(subject, service):
            continue
        shown = (*key, *_shown(service), service.statement in restricted)
        if shown in seen:
            yield Fault("a line that repeats an earlier one", f"services[{at}]", at, "service")
        seen.add(shown)


@rule(
    "N5",
    "reject",
    carc="18",
    citation="CPM 1/120",
    mend="remove the one that was not done, or add the modifier that tells them apart",
    proposes="replace",
)
def same_line_on_another_chart(subject: Subject) -> Iterator[Fault]:
    """The same service, for one patient on one day by one provider, stands on another chart too (CPM 1/120).

    A modifier on either that says 'again' or 'apart' (76, 77, 59, X{EPSU}, 27, 91) makes it another service. An earlier
    version of the chart itself is corrected, not repeated. What a hospital gave to an inpatient is no service of its
    own, so that it doesn't repeat that of the emergency room: of a stay only the bed is counted.
    """
    others = subject.other_charts
    if not others:
        return
    stays = stays_of(subject.history)
    elsewhere = {
        _key(line, line.hospital, line.day): line
        for line in others
        if not (_is_apart(line) or ((line.hospital, line.chart_id) in stays and _goes_with_the_bed(line)))
    }
    elsewhere.pop(None, None)
    for at, service in enumerate(subject.services):
        apart = _is_apart(service) or _is_of_a_stay(subject, service)
        key = None if apart else _key(service, subject.chart.hospital, service.service_from)
        if key is not None and key in elsewhere:
            message = "the same service stands on another chart of this patient and day"
            yield Fault(message, f"services[{at}]", at, "service", other=elsewhere[key])


def _is_of_a_stay(subject: Subject, service: Service) -> bool:
    return subject.inpatient and _goes_with_the_bed(service)


def _goes_with_the_bed(line: HistoryLine | Service) -> bool:
    return line.component == "facility" and line.code is not None


def _is_apart(line: HistoryLine | Service) -> bool:
    return not SEPARATING_MODIFIERS.isdisjoint(line.modifiers)


def _key(line: HistoryLine | Service, hospital: str, day: date) -> tuple[object, ...] | None:
    """When two lines are one service. A revenue code alone says a department, and only a bed is counted by it."""
    bed = line.code is None and line.revenue_code is not None and line.revenue_code < _BEYOND_BEDS
    item = line.revenue_code if bed else line.code
    if item is None:
        return None
    return (provider_of(line, hospital), day, item, line.component, frozenset(line.modifiers))


def _shown(service: Service) -> tuple[object, ...]:
    """What else a claim's line says of a service."""
    quantities = (service.units, service.charge_cents, service.ndc, service.ndc_quantity)
    return (service.service_to, service.revenue_code, service.place_of_service, service.text, *quantities)


DUPLICATES: Final[tuple[Rule, ...]] = (same_line_twice,)
DUPLICATES_ACROSS: Final[tuple[Rule, ...]] = (same_line_on_another_chart,)
