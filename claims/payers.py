"""Who is asked to pay, on which days and in which order (billing.md section 6; 42 CFR 411, 45 CFR 164.522)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from claims.identity import line_control_number
from claims.in_force import is_in_force
from claims.stay import admission_day
from claims.turns import Turn, pays_himself, turn_at, turns_of
from schemas.events.chart import ChartCompleted, Coverage
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded, Service
from schemas.events.types import Day

Why = Literal["plan", "work-injury", "self-pay", "restricted"]

MEDICARE: Final = frozenset({"MA", "MB"})
"""X12 SBR09 of original Medicare; a Medicare Advantage plan is 16."""

_NOBODY: Final = (None,)
_WORKERS_COMPENSATION = "WC"  # claim filing indicator, X12 SBR09
_INJURIES, _SIGNS = frozenset("ST"), frozenset("R")  # first letters of ICD-10-CM chapters 19 and 18
_CAUSES = frozenset("VWXY")  # and of chapter 20


@dataclass(frozen=True)
class NumberedService:
    """A service under the control number that its line has on every claim."""

    control_number: str
    service: Service


@dataclass(frozen=True)
class Route:
    """Services that the same payers answer for, in order. No payer: the patient pays. `days`: those of the encounter on
    which these are asked; null is all of them."""

    why: Why
    payers: tuple[Coverage, ...]
    services: tuple[NumberedService, ...]
    days: tuple[Day, Day] | None = None

    @property
    def control_numbers(self) -> set[str]:
        return {numbered.control_number for numbered in self.services}


def routes(chart: ChartCoded) -> tuple[Route, ...]:
    """Every service on exactly one route: the plan's, the work injury's, the patient's own, the restricted ones'. Where
    other plans are in force on other days, each service goes by its own."""
    plan, injury = turns_of(chart, plan_order(chart), injury_order(chart))
    turns: dict[Why, tuple[Turn, ...]] = {"plan": plan, "work-injury": injury}
    restricted, injured = _restricted_statements(chart), _work_injury_pointers(chart)
    found: dict[tuple[Why, int], list[NumberedService]] = {}
    for numbered in numbered_services(chart):
        why, at = _why(numbered.service, restricted, injured), 0
        if why != "restricted":
            at = turn_at(turns[why], chart, numbered.service)
            if not turns[why][at].payers:
                why, at = "self-pay", 0
        found.setdefault((why, at), []).append(numbered)
    return tuple(_route(why, turns.get(why, _NOBODY)[at], tuple(services)) for (why, at), services in found.items())


def _route(why: Why, turn: Turn | None, services: tuple[NumberedService, ...]) -> Route:
    return Route(why, turn.payers, services, (turn.first, turn.last)) if turn else Route(why, (), services)


def numbered_services(chart: ChartCoded) -> Iterator[NumberedService]:
    """One statement may be billed by the facility and by a professional, or on two lines. A line that was folded from
    another chart keeps the number it had."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for service in chart.services:
        name = (service.chart_id or chart.chart_id, service.statement, service.component)
        seen[name] += 1
        yield NumberedService(line_control_number(chart.hospital, *name, seen[name]), service)


def first_payer(chart: ChartCompleted | ChartCoded, day: Day | None = None) -> Coverage | None:
    """Whose claim it will be first, on a day or when the encounter begins: after a work injury who answers for that;
    None: the patient's."""
    order = order_of(chart)
    if day is None and isinstance(chart, ChartCoded):
        day = admission_day(chart.encounter) or chart.encounter.start_day
    if not order or day is None or is_in_force(order[0], day):
        return order[0] if order else None
    asked = next((coverage for coverage in order if is_in_force(coverage, day)), None)
    return asked if asked or pays_himself(chart, day) else order[0]


def order_of(chart: ChartCompleted | ChartCoded) -> tuple[Coverage, ...]:
    """Everybody who is asked about something of the chart, on any day."""
    return injury_order(chart) if _happened_at_work(chart) else plan_order(chart)


def plan_order(chart: ChartCompleted | ChartCoded) -> tuple[Coverage, ...]:
    """The plans as the hospital ordered them. Workers' compensation answers for a work injury only; after one, the
    employer does too."""
    return tuple(
        coverage
        for coverage in chart.coverages
        if coverage.kind != "patient"
        and coverage.plan_kind != _WORKERS_COMPENSATION
        and not (coverage.kind == "business" and _happened_at_work(chart))
    )


def injury_order(chart: ChartCompleted | ChartCoded) -> tuple[Coverage, ...]:
    """A work injury: workers' compensation or the employer first, then the plans, should it deny (CARC P2, P4)."""
    return tuple(coverage for coverage in chart.coverages if pays_for_work(coverage)) + plan_order(chart)


def compensation_unexplained(chart: ChartCompleted | ChartCoded) -> bool:
    """The first plan is workers' compensation, and nothing says that something happened at work: its claims would go
    to the next plan, or all to the patient."""
    first = next((coverage for coverage in chart.coverages if coverage.kind != "patient"), None)
    return first is not None and first.plan_kind == _WORKERS_COMPENSATION and not _happened_at_work(chart)


def pays_for_work(coverage: Coverage) -> bool:
    """Workers' compensation, or the employer himself."""
    return coverage.plan_kind == _WORKERS_COMPENSATION or coverage.kind == "business"


def route_of(chart: ChartCoded, claim: ClaimBuilt) -> Route | None:
    """The route on which it is the claim's payer's turn for all of its lines; null where a newer version parts them,
    has them no more, or asks somebody else in that turn."""
    mine, turn = {line.control_number for line in claim.lines}, claim.payer_sequence
    route = next((route for route in routes(chart) if mine <= route.control_numbers), None)
    if route is None or turn > len(route.payers) or route.payers[turn - 1].payer != claim.payer:
        return None
    return route


def is_his_turn(chart: ChartCoded, claim: ClaimBuilt) -> bool:
    return route_of(chart, claim) is not None


def asks_anybody(chart: ChartCoded) -> bool:
    """Whether a payer learns of the chart at all."""
    return any(route.payers for route in routes(chart))


def next_coverage(chart: ChartCoded, claim: ClaimBuilt) -> Coverage | None:
    """Who stands after this claim's payer on the route its lines are on; one insurer may stand there twice."""
    route = route_of(chart, claim)
    later = route.payers[claim.payer_sequence :] if route else ()
    return later[0] if later else None


def consents(chart: ChartCoded, day: Day) -> bool:
    """42 CFR 2.31-2.33: substance-use treatment goes to a payer only under a consent that is in force on that day."""
    consent = chart.part2
    if consent is None or not consent.applies:
        return True
    begun = consent.start is not None and consent.start <= day
    ended = consent.end is not None and consent.end < day
    revoked = consent.revoked is not None and consent.revoked <= day
    return begun and not ended and not revoked


def _why(service: Service, restricted: frozenset[str], injured: frozenset[int] | None) -> Why:
    """A line is the injury's when it names the injury or names no diagnosis; what treats only something else is not."""
    if service.chart_id is None and service.statement in restricted:
        return "restricted"
    if injured is None or (service.pointers and injured.isdisjoint(service.pointers)):
        return "plan"
    return "work-injury"


def _restricted_statements(chart: ChartCoded) -> frozenset[str]:
    return frozenset(restriction.statement for restriction in chart.restrictions)


def _work_injury_pointers(chart: ChartCoded) -> frozenset[int] | None:
    """Which of the chart's diagnoses are the work injury; null when nothing happened at work.

    Its injuries and their causes; without any, its signs and symptoms. A disease of work (a wrist, a lung) stands in
    any chapter: without either all diagnoses are it.
    """
    if not _happened_at_work(chart):
        return None
    letters = [diagnosis.code[0] for diagnosis in chart.diagnoses]
    telling = next((kind for kind in (_INJURIES, _SIGNS) if not kind.isdisjoint(letters)), frozenset(letters)) | _CAUSES
    return frozenset(at for at, letter in enumerate(letters, start=1) if letter in telling)


def _happened_at_work(chart: ChartCompleted | ChartCoded) -> bool:
    return any(cause.kind == "employment" for cause in chart.causes)
