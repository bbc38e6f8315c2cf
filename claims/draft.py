"""A chart that goes back, as far as it could be coded, with what is needed to complete it from a coder's answers.

A coded chart has no longer what orders its diagnoses and points its lines at them: rank and cause of each statement.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from claims.ranking import ADMISSION
from claims.scene import CLINICAL, Scene
from claims.stay import local_day
from schemas.events.chart import ChartCompleted, PresentOnAdmission, Statement, StatementKind
from schemas.events.coded import ChartCoded, Query, Service, WorkItem
from schemas.events.types import Code, Count, Id, Many, Wire
from schemas.identity import derived


class Condition(Wire):
    """A documented diagnosis or symptom, with what ranks it."""

    statement: Id
    kind: StatementKind
    rank: Count | None = None
    present_on_admission: PresentOnAdmission | None = None


class DueTo(Wire):
    """What a service was done for, as documented."""

    statement: Id
    condition: Id


class Draft(Wire):
    """`lines` are the services that have no price yet: their days and who did them, without code, units or cents."""

    chart: ChartCoded
    release: Code  # of the diagnosis codes it was coded by
    conditions: Many[Condition] = ()
    due_to: Many[DueTo] = ()
    lines: Many[Service] = ()


def drafted(scene: Scene, coded: ChartCoded, worklist: Iterable[WorkItem]) -> Draft:
    statements = {statement.id: statement for statement in scene.chart.statements}
    asked = dict.fromkeys(item.statement for item in worklist)
    return Draft(
        chart=coded,
        release=scene.reference.codes.release,
        conditions=tuple(_condition(scene, each) for each in statements.values() if each.kind in CLINICAL),
        due_to=tuple(DueTo(statement=each.id, condition=each.due_to) for each in statements.values() if each.due_to),
        lines=tuple(line for name in asked for line in _unpriced(scene, coded, name, statements.get(name))),
    )


def places(draft: Draft) -> dict[str, str]:
    """By statement, where it stands in the draft: a name for a screen that may not show the statement's own."""
    named = {each.statement: f"services[{at}]" for at, each in enumerate(draft.chart.services)}
    named |= {each.statement: f"lines[{at}]" for at, each in enumerate(draft.lines)}
    named |= {each.statement: f"conditions[{at}]" for at, each in enumerate(draft.conditions)}
    return named | {draft.chart.encounter.id: "encounter", ADMISSION: "encounter.admission"}


def place_asked(draft: Draft, query: Query) -> str | None:
    """Where what a query asks about stands; of one that asks about the whole chart nowhere."""
    chart, topic = draft.chart, query.topic or ""
    asked = {derived("query", chart.hospital, chart.chart_id, topic, name): at for name, at in places(draft).items()}
    return asked.get(query.id)


def numbered(chart: ChartCompleted, worklist: Iterable[WorkItem]) -> Iterator[WorkItem]:
    """Each item with an id of its own: of its version, for the next one may say otherwise, and by its place among those
    of its statement."""
    seen: Counter[str] = Counter()
    for item in worklist:
        about = (chart.hospital, chart.chart_id, chart.version, item.statement, seen[item.statement])
        seen[item.statement] += 1
        yield item.model_copy(update={"id": derived("work", *about)})


def _condition(scene: Scene, statement: Statement) -> Condition:
    arrived = statement.present_on_admission if scene.inpatient else None
    return Condition(statement=statement.id, kind=statement.kind, rank=statement.rank, present_on_admission=arrived)


def _unpriced(scene: Scene, coded: ChartCoded, name: str, statement: Statement | None) -> Iterator[Service]:
    """The line a coder would have to price: of a service that was done, or of the visit itself."""
    facts = scene.facts
    if statement is None:
        if name == facts.id:
            yield _line(coded, name)
    elif statement.kind not in CLINICAL:
        first = local_day(statement.performed_at, scene.hospital) if statement.performed_at else facts.start_day
        last = local_day(statement.performed_end, scene.hospital) if statement.performed_end else first
        known = ("ndc", "ndc_quantity", "ndc_unit", "discarded", "single_dose", "abn", "modifiers", "text")
        said = {field: getattr(statement, field) for field in known}
        days = {"service_from": first, "service_to": max(first, last)}
        yield _line(coded, name).model_copy(update={**said, **days, "performer_npi": _npi(scene, statement.performer)})


def _line(coded: ChartCoded, name: str) -> Service:
    facts = coded.encounter
    return Service(
        statement=name,
        units=0,
        unit_kind="DA" if name == facts.id and facts.encounter_class == "inpatient" else "UN",
        service_from=facts.start_day,
        service_to=facts.end_day,
        place_of_service=facts.place_of_service,
        charge_cents=0,
        component="facility",
        path="coder",
    )


def _npi(scene: Scene, performer: str | None) -> str | None:
    if performer is None:
        return None
    known = scene.hospital.roster.get(performer)
    listed = (provider.npi for provider in scene.facts.providers if provider.local_id == performer)
    return known.npi if known else next(listed, None)
