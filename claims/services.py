"""What was done, as priced service lines: through the hospital's chargemaster, or else a coder's work item.

Nothing performed is dropped: a service without a row is lost revenue and says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from claims.charge import HOURS, Charge
from claims.codesets.shapes import ICD_10_PCS
from claims.doses import Amount, amount, billed, summed, together
from claims.operations import is_performed
from claims.payers import first_payer
from claims.scene import Scene
from claims.service_line import Occurrence, Pricing, fitting, line, work
from claims.stay import covered_days, local_day
from schemas.events.chart import Statement
from schemas.events.coded import CodedDiagnosis, Service, WorkItem


@dataclass(frozen=True)
class Priced:
    lines: tuple[Service, ...]
    worklist: tuple[WorkItem, ...]


def price(scene: Scene, diagnoses: tuple[CodedDiagnosis, ...]) -> Priced:
    """A line for each charge of the visit and of every service performed; the rest to the coder."""
    pricing = Pricing(scene, scene.reference.chargemasters[scene.hospital.id], diagnoses, _price_list(scene))
    visit = list(_visit(pricing))
    performed = [each for s in scene.chart.statements if is_performed(s) for each in _statement(pricing, s)]
    amounts = together(pricing, [each for each in performed if isinstance(each, Amount)])
    outcomes = [*visit, *performed, *(outcome for each in amounts for outcome in billed(pricing, each))]
    lines = [outcome for outcome in outcomes if isinstance(outcome, Service)]
    return Priced(
        lines=tuple(summed(scene, lines)),
        worklist=tuple(outcome for outcome in outcomes if isinstance(outcome, WorkItem)),
    )


def _price_list(scene: Scene) -> str | None:
    """The list of the first payer asked, or of the patient: a chart has one price for a service, whoever pays a part of
    it later."""
    own = (coverage for coverage in scene.chart.coverages if coverage.kind == "patient")
    first = first_payer(scene.chart, scene.facts.start_day) or next(own, None)
    return scene.hospital.price_lists.get(first.payer) if first else None


def _visit(pricing: Pricing) -> Iterator[Service | WorkItem]:
    """The charge of the encounter itself: a visit, hours of observation, days of room and board by level of care.

    A hospital whose file has no class rows charges its visits by service code. What makes no whole unit, as less than
    half an hour of observation, is a coder's: nobody is charged for an hour he was not there.
    """
    if not pricing.master.prices_visits:
        return
    visit = pricing.scene.facts.id
    for level in _levels(pricing.scene):
        charges = pricing.master.visit(level.name, level.first, pricing.price_list)
        if not charges:
            why = pricing.master.lacks_visit(level.name, level.first, pricing.price_list)
            yield WorkItem(statement=visit, kind="visit", text=level.name, why=why)
        for charge in charges:
            units = charge.units(_length(pricing.scene, charge, level.days), charge.unit)
            if units is None:
                why = "the visit makes no whole unit of its charge, or the unit is neither hours (h) nor days (d)"
                yield WorkItem(statement=visit, kind="visit", text=level.name, why=why)
            else:
                what = Occurrence(visit, level.first, level.last)
                yield fitting(line(pricing, charge, units, what), what)


class Level(NamedTuple):
    name: str
    first: date
    last: date
    days: int


def _levels(scene: Scene) -> Iterator[Level]:
    """An inpatient stay by documented level of care, each with its days; any other encounter once, by its class."""
    facts, care = scene.facts, scene.chart.encounter.care_days
    if not (scene.inpatient and care):
        days = covered_days(facts, scene.chart.encounter.leave_days)
        yield Level(facts.encounter_class, facts.start_day, facts.end_day, days)
        return
    for level in dict.fromkeys(day.level for day in care):
        dates = sorted(day.date for day in care if day.level == level)
        yield Level(f"inpatient/{level}", dates[0], dates[-1], len(dates))


def _length(scene: Scene, charge: Charge, days: int) -> int | None:
    """How long, in thousandths of the charge's unit: hours from start to end, or days."""
    if charge.unit == HOURS:
        return round((scene.facts.end - scene.facts.start).total_seconds() / 3.6)
    return days * 1000 if charge.unit == "d" else None


def _statement(pricing: Pricing, statement: Statement) -> Iterator[Amount | WorkItem]:
    day, last = _days(pricing.scene, statement)
    service = (statement.codings, statement.text, day, pricing.price_list)
    charges = pricing.master.charges(*service)
    if not charges and not _coded_as_procedure(pricing.scene, statement):
        yield work(statement, "charge", pricing.master.lacks(*service))
    for charge in charges:
        yield amount(pricing.scene, charge, Occurrence(statement.id, day, last, statement), statement)


def _days(scene: Scene, statement: Statement) -> tuple[date, date]:
    """When it was done, on the hospital's calendar; what has no time was done when the encounter began."""
    first = local_day(statement.performed_at, scene.hospital) if statement.performed_at else scene.facts.start_day
    last = local_day(statement.performed_end, scene.hospital) if statement.performed_end else first
    return first, max(first, last)


def _coded_as_procedure(scene: Scene, statement: Statement) -> bool:
    """An inpatient operation is on the claim by its ICD-10-PCS code, with or without a charge of its own."""
    return scene.inpatient and any(coding.system in ICD_10_PCS for coding in statement.codings)
