"""Who is asked to pay, on which days and in which order (billing.md section 6; 42 CFR 411, 45 CFR 164.522)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from claims.identity import line_control_number, service_number
from claims.in_force import is_in_force
from claims.stay import admission_day
from claims.turns import Turn, pays_himself, turn_at, turns_of
from schemas.events.chart import ChartCompleted, Coverage
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded, Service
from schemas.events.types import Day

Why = Literal["plan", "work-injury", "accident", "self-pay", "restricted"]

MEDICARE: Final = frozenset({"MA", "MB"})
"""X12 SBR09 of original Medicare; a Medicare Advantage plan is 16."""

_NOBODY: Final = (None,)
WORKERS_COMPENSATION: Final = "WC"  # claim filing indicator, X12 SBR09
NO_FAULT: Final = "AM"  # medical payments of an automobile's insurer
LIABILITY: Final = frozenset({"LM", "LI"})  # LI was the 4010's
ACCIDENT_CARRIERS: Final = LIABILITY | {NO_FAULT}
MEDICAID: Final = "MC"
TRICARE: Final = "CH"
VETERANS: Final = "VA"
_PROGRAMS: Final = frozenset({MEDICAID, TRICARE, VETERANS, "OF", "TV"})  # OF other federal ones, TV Title V
_INJURIES, _SIGNS = frozenset("ST"), frozenset("R")  # first letters of ICD-10-CM chapters 19 and 18
_CAUSES = frozenset("VWXY")  # and of chapter 20


class NumberedService(NamedTuple):
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
    """Every service on exactly one route: the plan's, the injury's, the patient's own, the restricted ones'. Where
    other plans are in force on other days, each service goes by its own."""
    orders: dict[Why, tuple[Coverage, ...]] = {"plan": plan_order(chart)}
    injury, injured = injury_of(chart), frozenset[int]()
    if injury is not None:
        orders[injury], injured = injury_order(chart), _injury_pointers(chart)
    turns: dict[Why, tuple[Turn, ...]] = dict(zip(orders, turns_of(chart, *orders.values()), strict=True))
    restricted = _restricted_statements(chart)
    found: dict[tuple[Why, int], list[NumberedService]] = {}
    for numbered in numbered_services(chart):
        why, at = _why(numbered.service, restricted, injury, injured), 0
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
    seen: dict[tuple[str, str, str], int] = {}
    for service in chart.services:
        name = (service.chart_id or chart.chart_id, service.statement, service.component)
        seen[name] = occurrence = seen.get(name, 0) + 1
        yield NumberedService(line_control_number(chart.hospital, *name, occurrence), service)


def first_payer(chart: ChartCompleted | ChartCoded, day: Day | None = None) -> Coverage | None:
    """Whose claim it will be first, on a day or when the encounter begins: after an accident who answers for that;
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
    return plan_order(chart) if injury_of(chart) is None else injury_order(chart)


def plan_order(chart: ChartCompleted | ChartCoded) -> tuple[Coverage, ...]:
    """The plans as the hospital ordered them. Workers' compensation answers for a work injury only; after one, the
    employer does too, and after another accident its carrier."""
    return tuple(
        coverage
        for coverage in chart.coverages
        if coverage.kind != "patient"
        and coverage.plan_kind != WORKERS_COMPENSATION
        and not (chart.causes and _answers_for_a_cause(coverage, chart))
    )


def injury_order(chart: ChartCompleted | ChartCoded) -> tuple[Coverage, ...]:
    """An accident: workers' compensation or the employer first, no-fault before liability, then the plans, should these
    deny that it is theirs (billing.md section 6, 2 and 3; 42 CFR 411.20)."""
    carriers = (coverage for coverage in chart.coverages if _answers_for_a_cause(coverage, chart))
    return (*sorted(carriers, key=_turn), *plan_order(chart))


def injury_of(chart: ChartCompleted | ChartCoded) -> Literal["work-injury", "accident"] | None:
    """Whether others than the plans answer for something on the chart."""
    if not chart.causes:
        return None
    if _happened_at_work(chart):
        return "work-injury"
    return "accident" if any(map(pays_for_accidents, chart.coverages)) else None


def compensation_unexplained(chart: ChartCompleted | ChartCoded) -> bool:
    """The first plan is workers' compensation, and nothing says that something happened at work: its claims would go
    to the next plan, or all to the patient."""
    first = next((coverage for coverage in chart.coverages if coverage.kind != "patient"), None)
    return first is not None and first.plan_kind == WORKERS_COMPENSATION and not _happened_at_work(chart)


def pays_for_work(coverage: Coverage) -> bool:
    """Workers' compensation, or the employer himself."""
    return coverage.plan_kind == WORKERS_COMPENSATION or coverage.kind == "business"


def pays_for_accidents(coverage: Coverage) -> bool:
    """A carrier of accidents that are not of work: no-fault or liability."""
    return coverage.plan_kind in ACCIDENT_CARRIERS


def is_group_plan(coverage: Coverage) -> bool:
    """A plan of an insurer: no program of the government's, and no carrier of accidents."""
    program = coverage.plan_kind in MEDICARE or coverage.plan_kind in _PROGRAMS
    return coverage.kind == "insurer" and not (program or pays_for_accidents(coverage) or pays_for_work(coverage))


def route_of(chart: ChartCoded, claim: ClaimBuilt) -> Route | None:
    """The route on which it is the claim's payer's turn for all of its lines; null where a newer version parts them,
    has them no more, or asks somebody else in that turn."""
    mine, turn = {service_number(line.control_number) for line in claim.lines}, claim.payer_sequence
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


def _why(
    service: Service,
    restricted: frozenset[str],
    injury: Literal["work-injury", "accident"] | None,
    injured: frozenset[int],
) -> Why:
    """A line is the injury's when it names the injury or names no diagnosis; what treats only something else is not."""
    if service.chart_id is None and service.statement in restricted:
        return "restricted"
    if injury is None or (service.pointers and injured.isdisjoint(service.pointers)):
        return "plan"
    return injury


def _restricted_statements(chart: ChartCoded) -> frozenset[str]:
    return frozenset(restriction.statement for restriction in chart.restrictions)


def _injury_pointers(chart: ChartCoded) -> frozenset[int]:
    """Which of the chart's diagnoses are what the accident did.

    Its injuries and their causes; without any, its signs and symptoms. A disease of work (a wrist, a lung) stands in
    any chapter: without either all diagnoses are it.
    """
    letters = [diagnosis.code[0] for diagnosis in chart.diagnoses]
    telling = next((kind for kind in (_INJURIES, _SIGNS) if not kind.isdisjoint(letters)), frozenset(letters)) | _CAUSES
    return frozenset(at for at, letter in enumerate(letters, start=1) if letter in telling)


def _answers_for_a_cause(coverage: Coverage, chart: ChartCompleted | ChartCoded) -> bool:
    answers = {"employment": pays_for_work}
    return any(answers.get(cause.kind, pays_for_accidents)(coverage) for cause in chart.causes)


def _turn(coverage: Coverage) -> int:
    """Of who answers for an accident: work, no-fault, liability; among equals as the hospital ordered them."""
    return 0 if pays_for_work(coverage) else 1 if coverage.plan_kind == NO_FAULT else 2


def _happened_at_work(chart: ChartCompleted | ChartCoded) -> bool:
    return any(cause.kind == "employment" for cause in chart.causes)
