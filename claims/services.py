"""What was done, as priced service lines: through the hospital's chargemaster, or else a coder's work item.

Nothing performed is dropped: a service without a row is lost revenue and says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from claims.chargemaster import Charge, Chargemaster
from claims.codesets.shapes import ICD_10_CM, ICD_10_PCS, with_dot, without_dot
from claims.operations import is_performed
from claims.scene import Scene
from claims.stay import covered_days, local_day
from schemas.events.chart import Statement
from schemas.events.coded import CodedDiagnosis, Service, WorkItem
from schemas.events.people import ProviderRole

_SUMMED: Final = frozenset({"supply", "drug"})
_POINTERS: Final = 4  # 837P SV107
_NO_UNITS: Final = "the quantity is missing, in another unit than the charge's, or too small or large for one"


@dataclass(frozen=True)
class Priced:
    lines: tuple[Service, ...]
    worklist: tuple[WorkItem, ...]


@dataclass(frozen=True)
class Pricing:
    """What every line of a chart is priced by."""

    scene: Scene
    master: Chargemaster
    diagnoses: tuple[CodedDiagnosis, ...]


@dataclass(frozen=True)
class Occurrence:
    """Something charged for: a service performed, the visit itself, or days at a level of care."""

    about: str
    first: date
    last: date
    statement: Statement | None = None


class Amount(NamedTuple):
    """So much of what a row of the chargemaster charges for, not yet in its billing units."""

    charge: Charge
    statement: Statement
    what: Occurrence
    quantity: int | None


def price(scene: Scene, diagnoses: tuple[CodedDiagnosis, ...]) -> Priced:
    """A line for each charge of the visit and of every service performed; the rest to the coder."""
    pricing = Pricing(scene, scene.reference.chargemasters[scene.hospital.id], diagnoses)
    visit = list(_visit(pricing))
    performed = [each for s in scene.chart.statements if is_performed(s) for each in _statement(pricing, s)]
    amounts = _together(pricing, [each for each in performed if isinstance(each, Amount)])
    outcomes = [*visit, *performed, *(_billed(pricing, amount) for amount in amounts)]
    lines = [outcome for outcome in outcomes if isinstance(outcome, Service)]
    return Priced(
        lines=tuple(_summed(lines, _to_sum(scene))),
        worklist=tuple(outcome for outcome in outcomes if isinstance(outcome, WorkItem)),
    )


def _visit(pricing: Pricing) -> Iterator[Service | WorkItem]:
    """The charge of the encounter itself: a visit, hours of observation, days of room and board by level of care.

    A hospital whose file has no class rows charges its visits by service code. What makes no whole unit, as less than
    half an hour of observation, is a coder's: nobody is charged for an hour he was not there.
    """
    if not pricing.master.prices_visits:
        return
    visit = pricing.scene.facts.id
    for level in _levels(pricing.scene):
        charges = pricing.master.visit(level.name, level.first)
        if not charges:
            why = "the chargemaster has no visit charge of this class on its day"
            yield WorkItem(statement=visit, kind="visit", text=level.name, why=why)
        for charge in charges:
            units = charge.units(_length(pricing.scene, charge, level.days), charge.unit)
            if units is None:
                why = "the visit makes no whole unit of its charge, or the unit is neither hours (h) nor days (d)"
                yield WorkItem(statement=visit, kind="visit", text=level.name, why=why)
            else:
                yield _line(pricing, charge, units, Occurrence(visit, level.first, level.last))


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
    if charge.unit == "h":
        return round((scene.facts.end - scene.facts.start).total_seconds() / 3.6)
    return days * 1000 if charge.unit == "d" else None


def _statement(pricing: Pricing, statement: Statement) -> Iterator[Amount | WorkItem]:
    day, last = _days(pricing.scene, statement)
    charges = pricing.master.charges(statement.codings, statement.text, day)
    if not charges and not _coded_as_procedure(pricing.scene, statement):
        yield _work(statement, "charge", "the chargemaster has no row for this service on its day")
    for charge in charges:
        if charge.units(statement.quantity, statement.unit) is None:
            yield _work(statement, "quantity", _NO_UNITS)
        else:
            yield Amount(charge, statement, Occurrence(statement.id, day, last, statement), statement.quantity)


def _together(pricing: Pricing, amounts: list[Amount]) -> Iterator[Amount]:
    """The quantities of one drug or supply of a day as one, so that they are rounded once and not dose by dose."""
    summable = _to_sum(pricing.scene)
    sums: dict[tuple[object, ...], Amount] = {}
    for number, amount in enumerate(amounts):
        charge = amount.charge
        apart = charge.per_unit is None or amount.statement.id not in summable
        row = (charge.unit, charge.per_unit, charge.price_cents)
        key = (number,) if apart else (*row, *_same(_line(pricing, charge, 0, amount.what)))
        earlier = sums.get(key)
        total = (earlier.quantity or 0) + (amount.quantity or 0) if earlier else 0
        sums[key] = earlier._replace(quantity=total) if earlier else amount
    yield from sums.values()


def _billed(pricing: Pricing, amount: Amount) -> Service | WorkItem:
    units = amount.charge.units(amount.quantity, amount.statement.unit)
    if units is None:
        return _work(amount.statement, "quantity", _NO_UNITS)
    return _line(pricing, amount.charge, units, amount.what)


def _days(scene: Scene, statement: Statement) -> tuple[date, date]:
    """When it was done, on the hospital's calendar; what has no time was done when the encounter began."""
    first = local_day(statement.performed_at, scene.hospital) if statement.performed_at else scene.facts.start_day
    last = local_day(statement.performed_end, scene.hospital) if statement.performed_end else first
    return first, max(first, last)


def _coded_as_procedure(scene: Scene, statement: Statement) -> bool:
    """An inpatient operation is on the claim by its ICD-10-PCS code, with or without a charge of its own."""
    return scene.inpatient and any(coding.system in ICD_10_PCS for coding in statement.codings)


def _line(pricing: Pricing, charge: Charge, units: int, what: Occurrence) -> Service:
    statement, scene = what.statement, pricing.scene
    return Service(
        statement=what.about,
        code=charge.billing_code,
        modifiers=tuple(dict.fromkeys((*charge.modifiers, *(statement.modifiers if statement else ())))),
        revenue_code=charge.revenue_code,
        units=units * 1000,
        unit_kind="DA" if statement is None and charge.unit == "d" else "UN",
        service_from=what.first,
        service_to=what.last,
        place_of_service=scene.facts.place_of_service,
        charge_cents=units * charge.price_cents,
        component=charge.component,
        performer_npi=_performer(scene, charge, statement),
        ordering_npi=_only_npi_of(scene, "ordering"),
        pointers=_pointers(pricing, statement.due_to if statement else None),
        ndc=statement.ndc if statement else None,
        authorization=_authorization(scene, charge, what.first),
        group=charge.department,
        path="chargemaster",
    )


def _performer(scene: Scene, charge: Charge, statement: Statement | None) -> str | None:
    """Who did it, by roster or encounter; else a professional's line is the rendering provider's.

    A nurse gives the drug and bills nothing: it is incident to the services of the one who renders (42 CFR 410.26).
    """
    local = statement.performer if statement else None
    if local is not None:
        known = scene.hospital.roster.get(local)
        listed = (provider.npi for provider in scene.facts.providers if provider.local_id == local)
        npi = known.npi if known else next(listed, None)
        if npi is not None:
            return npi
    if charge.component == "facility":
        return None
    return _npi_of(scene, "rendering") or _npi_of(scene, "attending")


def _only_npi_of(scene: Scene, role: ProviderRole) -> str | None:
    """Where several ordered, nothing says who ordered this."""
    npis = {provider.npi for provider in scene.facts.providers if provider.role == role and provider.npi}
    return npis.pop() if len(npis) == 1 else None


def _npi_of(scene: Scene, role: ProviderRole) -> str | None:
    return next((p.npi for p in scene.facts.providers if p.role == role and p.npi), None)


def _pointers(pricing: Pricing, due_to: str | None) -> tuple[int, ...]:
    """At most four diagnoses, from 1, by rank: those that the service is due to, or if it names none, all; never a
    cause, nor the admitting one."""
    pointed = [(at, d) for at, d in enumerate(pricing.diagnoses, start=1) if d.role in {"principal", "other"}]
    codes = _given(pricing.scene, due_to)
    stated = [at for at, d in pointed if d.statement == due_to or d.code in codes]
    return tuple(stated or [at for at, _ in pointed])[:_POINTERS]


def _given(scene: Scene, name: str | None) -> frozenset[str]:
    """The codes of a diagnosis the patient has: of two statements that give the same one, only the first stands."""
    return frozenset(
        with_dot(without_dot(coding.code))
        for statement in scene.chart.statements
        if statement.id == name and statement.certainty != "ruled-out" and statement.whose == "patient"
        for coding in statement.codings
        if coding.system in ICD_10_CM
    )


def _authorization(scene: Scene, charge: Charge, day: date) -> str | None:
    """The number under which the first plan allowed this code on that day (REF G1)."""
    granted = scene.chart.coverages[0].authorizations if scene.chart.coverages else ()
    for authorization in granted:
        begun = authorization.start is None or authorization.start <= day
        over = authorization.end is not None and authorization.end < day
        if authorization.service == charge.billing_code and begun and not over:
            return authorization.number
    return None


def _to_sum(scene: Scene) -> frozenset[str]:
    """Doses and supplies add up; a test or a treatment done twice is two lines, and a restricted item stays apart."""
    restricted = {restriction.statement for restriction in scene.chart.restrictions}
    return frozenset(s.id for s in scene.chart.statements if s.kind in _SUMMED and s.id not in restricted)


def _summed(lines: list[Service], summable: frozenset[str]) -> Iterator[Service]:
    """One line for the same drug or supply of a day; it keeps the first statement's id."""
    places: dict[tuple[object, ...], Service] = {}
    for number, line in enumerate(lines):
        key = _same(line) if line.statement in summable else (number,)
        earlier = places.get(key)
        places[key] = line if earlier is None else _added(earlier, line)
    yield from places.values()


def _same(line: Service) -> tuple[object, ...]:
    """Equal in everything but statement, units and charge; who gave it sets only a professional's lines apart."""
    performer = line.performer_npi if line.component == "professional" else None
    apart = {"statement": "", "units": 0, "charge_cents": 0, "performer_npi": performer}
    return tuple(line.model_copy(update=apart).__dict__.values())


def _added(one: Service, other: Service) -> Service:
    return one.model_copy(
        update={"units": one.units + other.units, "charge_cents": one.charge_cents + other.charge_cents}
    )


def _work(statement: Statement, kind: str, why: str) -> WorkItem:
    text = statement.text or next((coding.display for coding in statement.codings if coding.display), None)
    return WorkItem(statement=statement.id, kind=kind, text=text, why=why)
