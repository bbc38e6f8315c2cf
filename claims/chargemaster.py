"""The charge description master: the hospital's own service codes to billing codes, units and prices, by date and list.

A CSV of the hospital's, one row per service and component:
    system,code,description,hcpcs,modifiers,revenue_code,unit,per_unit,price_cents,component,department,start,end
`system` is one of local, loinc, rxnorm, ndc, snomed, cvx, text (the lower-cased order text) and class (the visit charge
of an encounter class). An empty `per_unit` bills each occurrence as one unit; an empty `end` is still in force.
Four columns may be left out: `price_list` (empty: the standard one), `conversions` (mL:4;vial:100),
`modifier_rules` (left:LT;right:RT) and `waste` (jw).
A row that can't be read stops the start, because a price that is quietly missing is a charge that is quietly lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from claims.charge import Charge
from claims.charge_row import SYSTEMS, order_text, read_charge
from claims.chargemaster_file import Sheet
from claims.reference import BadReference
from schemas.events.chart import Coding
from schemas.events.coded import Service

_CACHED: Final = 8192


class Key(NamedTuple):
    system: str
    code: str


Made = tuple[str | None, str | None, str, str | None, date]
"""What rows make a line: its code, revenue code, component, department and day."""


class Prices(NamedTuple):
    """Of a unit, in cents."""

    lowest: int
    highest: int


class Chargemaster:
    """The rows of one hospital, found by what a chart says of a service, on its day, in the list its payer has."""

    def __init__(self, rows: Collection[Charge]) -> None:
        found: dict[Key, list[Charge]] = defaultdict(list)
        for row in rows:
            found[Key(row.system, row.code)].append(row)
        self._rows: Mapping[Key, tuple[Charge, ...]] = {key: tuple(charges) for key, charges in found.items()}
        self._lines: dict[tuple[str | None, ...], list[Charge]] = defaultdict(list)
        for row in rows:
            self._lines[row.billing_code, row.revenue_code, row.component, row.department].append(row)
        self.departments = frozenset(row.department for row in rows if row.department)
        self.price_lists = frozenset(row.price_list for row in rows if row.price_list)
        self.prices = lru_cache(_CACHED)(self._prices)
        """What a unit of a line costs by the rows that make it, of whatever price list; None: no row does."""
        self.agrees = lru_cache(_CACHED)(self._agrees)
        """Whether a line's units may cost what it says: so they may where no row makes it, or they are not whole."""
        self.prices_visits = any(key.system == "class" for key in self._rows)

    def __len__(self) -> int:
        return sum(len(charges) for charges in self._rows.values())

    def charges(
        self, codings: Iterable[Coding], text: str | None, on: date, price_list: str | None = None
    ) -> tuple[Charge, ...]:
        """The rows in force for the first coding that has any, or else for the order's text: one for each component."""
        for key in _keys(codings, text):
            charges = self._on(key, on, price_list)
            if charges:
                return charges
        return ()

    def charge(self, codings: Iterable[Coding], text: str | None, on: date) -> Charge | None:
        """The first of `charges`."""
        return next(iter(self.charges(codings, text, on)), None)

    def visit(self, encounter_class: str, on: date, price_list: str | None = None) -> tuple[Charge, ...]:
        """The visit charges of an encounter class, or of a level of care ('inpatient/icu')."""
        return self._on(Key("class", encounter_class), on, price_list)

    def lacks(self, codings: Iterable[Coding], text: str | None, on: date, price_list: str | None = None) -> str:
        """Why nothing is in force for a service on a day."""
        return self._gap(_keys(codings, text), on, price_list)

    def lacks_visit(self, encounter_class: str, on: date, price_list: str | None = None) -> str:
        """Why nothing is in force for the visit of a class on a day."""
        return self._gap((Key("class", encounter_class),), on, price_list)

    def made(self, line: Service) -> bool:
        """Whether a row in force on its day makes a line of these codes, this component and department."""
        return self.prices(line.code, line.revenue_code, line.component, line.group, line.service_from) is not None

    def _prices(
        self, code: str | None, revenue_code: str | None, component: str, department: str | None, day: date
    ) -> Prices | None:
        same = self._lines.get((code, revenue_code, component, department), ())
        cents = [charge.price_cents for charge in same if charge.covers(day)]
        return Prices(min(cents), max(cents)) if cents else None

    def _agrees(self, made: Made, thousandths: int, charge_cents: int) -> bool:
        units, rest = divmod(thousandths, 1000)
        prices = self.prices(*made) if units and not rest else None
        return prices is None or units * prices.lowest <= charge_cents <= units * prices.highest

    def _on(self, key: Key, on: date, price_list: str | None) -> tuple[Charge, ...]:
        """The list's own rows; of a component for which it has none that day, the standard row."""
        charges = [charge for charge in self._known(key, price_list) if charge.covers(on)]
        own = {charge.component for charge in charges if charge.price_list}
        return tuple(charge for charge in charges if charge.price_list or charge.component not in own)

    def _known(self, key: Key, price_list: str | None) -> Iterator[Charge]:
        """The rows of any day, of the list and of the standard one."""
        return (charge for charge in self._rows.get(key, ()) if charge.price_list in (None, price_list))

    def _gap(self, keys: Iterable[Key], on: date, price_list: str | None) -> str:
        rows = [charge for key in keys for charge in self._known(key, price_list)]
        ended = max((row.end for row in rows if row.end and row.end < on), default=None)
        begins = min((row.start for row in rows if row.start > on), default=None)
        if ended and begins:
            why = f"its row in the chargemaster ended on {ended}, and the next begins on {begins}"
        elif ended:
            why = f"its row in the chargemaster ended on {ended}, and none follows"
        elif begins:
            why = f"its row in the chargemaster begins on {begins}, after its day"
        else:
            why = "the chargemaster has never had a row for this service"
        return f"{why}; its dollars are unknown"


def _keys(codings: Iterable[Coding], text: str | None) -> Iterable[Key]:
    for coding in codings:
        yield Key(SYSTEMS.get(coding.system, "local"), coding.code)
    if text:
        yield Key("text", order_text(text))


def parse_chargemaster(text: str, file: str) -> Chargemaster:
    """The file's rows, or BadReference with file, line, column and mend for the first that is wrong."""
    sheet = Sheet(text, file)
    charges: list[Charge] = []
    for cells in sheet.rows():
        if isinstance(cells, BadReference):
            raise cells
        charges.append(read_charge(cells))
    twice = min((later.line for same in periods(charges) for _, later in overlapping(same)), default=None)
    if twice is not None:
        mend = "another row of this system, code, component and list is in force then: end it"
        raise BadReference(file, twice, sheet.at(twice, "start"), "start", mend)
    return Chargemaster(charges)


def periods(rows: Iterable[Charge]) -> Iterator[list[Charge]]:
    """The rows of one service, component and list, by the day they begin."""
    found: dict[tuple[str | None, ...], list[Charge]] = defaultdict(list)
    for row in rows:
        found[row.price_list, row.system, row.code, row.component].append(row)
    for same in found.values():
        yield sorted(same, key=lambda row: (row.start, row.line))


def overlapping(same: Iterable[Charge]) -> Iterator[tuple[Charge, Charge]]:
    """Of one of `periods`, the rows of which another is in force on the same day, after that other one; the later line
    is the second."""
    longest: Charge | None = None
    for row in same:
        if longest is not None and (longest.end is None or row.start <= longest.end):
            yield (longest, row) if longest.line < row.line else (row, longest)
        if longest is None or (longest.end is not None and (row.end is None or row.end > longest.end)):
            longest = row
