"""What was given of a drug or a supply in a day, as lines: summed first, rounded once, and what was discarded apart."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Final, NamedTuple

from claims.amounts import LARGEST
from claims.charge import Charge, Exact
from claims.scene import Scene
from claims.service_line import Occurrence, Pricing, fitting, line, work
from schemas.events.chart import Statement
from schemas.events.coded import Service, WorkItem

_SUMMED: Final = frozenset({"supply", "drug"})
_DISCARDED, _NONE_DISCARDED = "JW", "JZ"
_TOLD_SINCE: Final = date(2023, 7, 1)  # JZ, or else JW, on every single dose (CMS Pub. 100-04 chapter 17 section 40)
_alike: Final = attrgetter(
    *Service.model_fields.keys()
    - {"statement", "text", "units", "charge_cents", "performer_npi", "ndc_quantity", "discarded"}
)
"""What lines that add up have in common: all but statement, text, quantities and who did it."""
_NO_UNITS: Final = "the quantity is missing, in another unit than the charge's, or too small or large for one"
_NO_WASTE: Final = "how much of the single dose was discarded, in the unit of the dose? 0 says: nothing"


class Amount(NamedTuple):
    """So much of what a row of the chargemaster charges for, in thousandths of the row's unit; `discarded` null says
    that no waste is billed."""

    charge: Charge
    statement: Statement
    what: Occurrence
    quantity: Exact
    discarded: Exact | None


def amount(scene: Scene, charge: Charge, what: Occurrence, statement: Statement) -> Amount | WorkItem:
    """What one statement says was used, or what a coder has to find out first."""
    quantity = _measured(charge, statement)
    if quantity is None or charge.rounded(quantity) is None:
        return work(statement, "quantity", _NO_UNITS)
    if not _tells_waste(scene, charge, statement):
        return Amount(charge, statement, what, quantity, None)
    discarded = charge.measured(statement.discarded, statement.unit)
    if discarded is None and what.first >= _TOLD_SINCE:
        return work(statement, "quantity", _NO_WASTE)
    return Amount(charge, statement, what, quantity, discarded or 0)


def _tells_waste(scene: Scene, charge: Charge, statement: Statement) -> bool:
    """A single dose under a row that asks for it; an inpatient's drugs are no Part B claim, and what the chart itself
    says by modifier is not said again."""
    said = {_DISCARDED, _NONE_DISCARDED}.intersection(statement.modifiers)
    return charge.waste and statement.single_dose is True and not scene.inpatient and not said


def _measured(charge: Charge, statement: Statement) -> Exact | None:
    """The dose, or where none can be read the NDC's quantity; but a vial that may hold waste is no dose."""
    if charge.per_unit is None:
        return 0
    dose = charge.measured(statement.quantity, statement.unit)
    if dose is not None or charge.waste:
        return dose
    return charge.measured(statement.ndc_quantity, statement.ndc_unit)


def together(pricing: Pricing, amounts: Sequence[Amount]) -> Iterator[Amount]:
    """The quantities of one drug or supply of a day as one, so that they are rounded once and not dose by dose."""
    summable = _to_sum(pricing.scene)
    alike = Counter((each.charge.billing_code, each.what.first) for each in amounts)
    sums: dict[tuple[object, ...], Amount] = {}
    for number, each in enumerate(amounts):
        charge = each.charge
        alone = charge.per_unit is None or alike[charge.billing_code, each.what.first] == 1
        key = (number,) if alone or each.statement.id not in summable else _row(pricing, each)
        earlier = sums.get(key)
        sums[key] = each if earlier is None else _plus(earlier, each)
    yield from sums.values()


def _row(pricing: Pricing, each: Amount) -> tuple[object, ...]:
    charge = each.charge
    priced = (charge.unit, charge.per_unit, charge.price_cents, each.discarded is None)
    return *priced, *_same(line(pricing, charge, 0, each.what))


def _plus(one: Amount, other: Amount) -> Amount:
    """Both under the first one's statement."""
    sums = {
        "ndc_quantity": _sum(one.statement.ndc_quantity, other.statement.ndc_quantity),
        "discarded": _sum(one.statement.discarded, other.statement.discarded),
    }
    told = one.statement.model_copy(update=sums if one.statement.unit == other.statement.unit else {"discarded": None})
    return one._replace(
        statement=told,
        what=Occurrence(one.what.about, one.what.first, one.what.last, told),
        quantity=one.quantity + other.quantity,
        discarded=None if one.discarded is None else one.discarded + (other.discarded or 0),
    )


def billed(pricing: Pricing, each: Amount) -> Iterator[Service | WorkItem]:
    """A line for what was given; one with JW for the whole units discarded, or JZ where there are none."""
    charge, what, discarded = each.charge, each.what, each.discarded
    units = charge.rounded(each.quantity)
    wasted = charge.wasted(each.quantity, discarded) if discarded else 0
    if units is None or wasted * max(charge.price_cents, 1) > LARGEST:
        yield work(each.statement, "quantity", _NO_UNITS)
    elif discarded is None or (not wasted and what.first < _TOLD_SINCE):
        yield fitting(line(pricing, charge, units, what), what)
    elif not wasted:
        yield fitting(line(pricing, charge, units, what, _NONE_DISCARDED), what)
    else:
        yield fitting(line(pricing, charge, units, what), what)
        apart = line(pricing, charge, wasted, what, _DISCARDED).model_copy(
            update={"ndc_quantity": None, "ndc_unit": None}
        )
        yield fitting(apart, what)


def summed(scene: Scene, lines: Iterable[Service]) -> Iterator[Service]:
    """One line for the same drug or supply of a day; it keeps the first statement's id and text."""
    summable = _to_sum(scene)
    places: dict[tuple[object, ...], Service] = {}
    for number, each in enumerate(lines):
        key = _same(each) if each.statement in summable else (number,)
        earlier = places.get(key)
        places[key] = each if earlier is None else _added(earlier, each)
    yield from places.values()


def _to_sum(scene: Scene) -> frozenset[str]:
    """Doses and supplies add up; a test or a treatment done twice is two lines, and a restricted item stays apart."""
    restricted = {restriction.statement for restriction in scene.chart.restrictions}
    return frozenset(s.id for s in scene.chart.statements if s.kind in _SUMMED and s.id not in restricted)


def _same(each: Service) -> tuple[object, ...]:
    """Who gave it sets only a professional's lines apart."""
    return each.performer_npi if each.component == "professional" else None, *_alike(each)


def _added(one: Service, other: Service) -> Service:
    return one.model_copy(
        update={
            "units": one.units + other.units,
            "charge_cents": one.charge_cents + other.charge_cents,
            "ndc_quantity": _sum(one.ndc_quantity, other.ndc_quantity),
            "discarded": _sum(one.discarded, other.discarded),
        }
    )


def _sum(one: int | None, other: int | None) -> int | None:
    """Of two quantities; unknown where one is."""
    return None if one is None or other is None else one + other
