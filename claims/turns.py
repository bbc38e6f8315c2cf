"""On which days of an encounter which plans are asked: where coverage changes, each service goes by its own day."""

from collections.abc import Iterator
from datetime import timedelta
from operator import attrgetter
from typing import Final, NamedTuple

from claims.in_force import changes, covers, is_in_force
from claims.stay import admission_day
from schemas.events.chart import ChartCompleted, Coverage
from schemas.events.coded import ChartCoded, Service
from schemas.events.types import Day

_DAY: Final = timedelta(days=1)
_TOLD: Final = attrgetter(
    "payer", "kind", "plan_kind", "member_id", "group", "subscriber", "authorizations", "referral"
)
"""What a claim says of a plan: where it is the same, the plan is."""


class Turn(NamedTuple):
    """Days of the encounter on which the same payers are asked, in their order."""

    first: Day
    last: Day
    payers: tuple[Coverage, ...]


def turns_of(chart: ChartCoded, *orders: tuple[Coverage, ...]) -> Iterator[tuple[Turn, ...]]:
    """For each order of plans the encounter's days, parted where others of them are in force; of nearly all charts all
    days together.

    A plan that was only renewed is the same. On a day on which none is in force, the patient pays if the chart says so
    by a coverage of his own. Else nobody knows better, and all are asked, where rule I4 doesn't hold the chart.
    """
    first, last = days_of(chart)
    steady = all(covers(coverage, first, last) for coverage in chart.coverages)
    for order in orders:
        yield (Turn(first, last, order),) if steady else tuple(_parted(chart, order, first, last))


def _parted(chart: ChartCoded, order: tuple[Coverage, ...], first: Day, last: Day) -> list[Turn]:
    turns: list[Turn] = []
    starts = changes(chart.coverages, first, last)
    for day, after in zip(starts, (*starts[1:], last + _DAY), strict=True):
        payers = _asked_on(day, order, chart)
        if turns and _are_alike(turns[-1].payers, payers):
            turns[-1] = turns[-1]._replace(last=after - _DAY)
        else:
            turns.append(Turn(day, after - _DAY, payers))
    return turns


def turn_at(turns: tuple[Turn, ...], chart: ChartCoded, service: Service) -> int:
    """Whose turn it is for a service: by its first day.

    A stay is not parted. Who has the patient when he is admitted answers for the hospital's services until he leaves
    (42 CFR 422.318 of a Medicare Advantage plan; others do likewise), and a professional's go by their own day.
    """
    if len(turns) == 1:
        return 0
    day = day_asked(chart, service)
    return max((at for at, turn in enumerate(turns) if turn.first <= day), default=0)


def day_asked(chart: ChartCoded, service: Service) -> Day:
    """The day on which a plan has to be in force to answer for a service."""
    stays = chart.encounter.encounter_class == "inpatient" and service.component == "facility"
    return (admission_day(chart.encounter) if stays else None) or service.service_from


def days_of(chart: ChartCoded) -> tuple[Day, Day]:
    """The encounter's days, with those of services that were folded into it."""
    first, last = chart.encounter.start_day, chart.encounter.end_day
    if not chart.folds:
        return first, last
    folded = [service for service in chart.services if service.chart_id is not None]
    earliest, latest = (service.service_from for service in folded), (service.service_to for service in folded)
    return min((first, *earliest)), max((last, *latest))


def pays_himself(chart: ChartCompleted | ChartCoded, day: Day) -> bool:
    """Whether the chart says of a day that the patient pays, by a coverage of his own."""
    return any(coverage.kind == "patient" and is_in_force(coverage, day) for coverage in chart.coverages)


def is_parted(order: tuple[Coverage, ...], first: Day, last: Day) -> bool:
    """Whether other plans of that order are in force on some of these days."""
    begun, *others = [_in_force(order, day) for day in changes(order, first, last)]
    return not all(_are_alike(begun, later) for later in others)


def _asked_on(day: Day, order: tuple[Coverage, ...], chart: ChartCoded) -> tuple[Coverage, ...]:
    asked = _in_force(order, day)
    return asked if asked or pays_himself(chart, day) else order


def _in_force(order: tuple[Coverage, ...], day: Day) -> tuple[Coverage, ...]:
    return tuple(coverage for coverage in order if is_in_force(coverage, day))


def _are_alike(some: tuple[Coverage, ...], others: tuple[Coverage, ...]) -> bool:
    return tuple(map(_TOLD, some)) == tuple(map(_TOLD, others))
