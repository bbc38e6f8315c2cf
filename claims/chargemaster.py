"""The charge description master: the hospital's own service codes to billing codes, units and prices, by date.

A CSV of the hospital's, one row per service and component:
    system,code,description,hcpcs,modifiers,revenue_code,unit,per_unit,price_cents,component,department,start,end
`system` is one of local, loinc, rxnorm, ndc, snomed, cvx, text (the lower-cased order text) and class (the visit charge
of an encounter class). An empty `per_unit` bills each occurrence as one unit; an empty `end` is still in force.
A row that can't be read stops the start, because a price that is quietly missing is a charge that is quietly lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from claims.amounts import LARGEST
from claims.chargemaster_file import LONGEST_CODE, Cells, read_rows
from claims.codesets.shapes import is_modifier_shape, is_procedure_shape, is_revenue_shape
from schemas.events.chart import Coding
from schemas.events.coded import Service

Component = Literal["facility", "professional"]

SYSTEMS: Final = {
    "http://loinc.org": "loinc",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://snomed.info/sct": "snomed",
    "http://hl7.org/fhir/sid/cvx": "cvx",
}
"""FHIR's URI of a code system and its word in the file; any other URI is the hospital's own: local."""
_WORDS: Final = frozenset({*SYSTEMS.values(), "local", "text", "class"})
_MAX_DIGITS: Final = len(str(LARGEST))
_MAX_THOUSANDTHS: Final = 2**53  # the wire's Milli


@dataclass(frozen=True, slots=True)
class Charge:
    """One row. `per_unit` thousandths of `unit` make one billing unit; without it each occurrence is one."""

    system: str
    code: str
    description: str
    billing_code: str | None
    modifiers: tuple[str, ...]
    revenue_code: str
    unit: str | None
    per_unit: int | None
    price_cents: int
    component: Component
    department: str | None
    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def units(self, quantity: int | None, unit: str | None) -> int | None:
        """Whole billing units of a quantity in thousandths; None where the quantity is unknown or in another unit,
        where there is not one unit in it, or where they would cost more than a claim can say.

        A dose that is no multiple of the code's is rounded to the next higher unit, and never below one (CMS Pub.
        100-04 chapter 17 section 10): of a code 'per 10 mg', 12 mg have used a second one. It is the day's dose that is
        rounded, so whoever has several sums them first. Hours are rounded to the nearest (observation, chapter 4
        section 290.2.2): less than half an hour is none. A fraction is never billed (rule N4).
        """
        if self.per_unit is None:
            return 1
        if not quantity or unit is None or unit.casefold() != self.unit:
            return None
        up, nearest = -(-quantity // self.per_unit), (2 * quantity + self.per_unit) // (2 * self.per_unit)
        units = nearest if self.unit == "h" else up
        return units if units > 0 and units * max(self.price_cents, 1) <= LARGEST else None


class Key(NamedTuple):
    system: str
    code: str


class Chargemaster:
    """The rows of one hospital, found by what a chart says of a service, on its day."""

    def __init__(self, rows: Collection[Charge]) -> None:
        found: dict[Key, list[Charge]] = defaultdict(list)
        for row in rows:
            found[Key(row.system, row.code)].append(row)
        self._rows: Mapping[Key, tuple[Charge, ...]] = {key: tuple(charges) for key, charges in found.items()}
        self._lines: dict[tuple[str | None, ...], list[Charge]] = defaultdict(list)
        for row in rows:
            self._lines[row.billing_code, row.revenue_code, row.component, row.department].append(row)
        self.departments = frozenset(row.department for row in rows if row.department)
        self.prices_visits = any(key.system == "class" for key in self._rows)

    def __len__(self) -> int:
        return sum(len(charges) for charges in self._rows.values())

    def charges(self, codings: Iterable[Coding], text: str | None, on: date) -> tuple[Charge, ...]:
        """The rows in force for the first coding that has any, or else for the order's text: one for each component."""
        for key in _keys(codings, text):
            charges = self._on(key, on)
            if charges:
                return charges
        return ()

    def charge(self, codings: Iterable[Coding], text: str | None, on: date) -> Charge | None:
        """The first of `charges`."""
        return next(iter(self.charges(codings, text, on)), None)

    def visit(self, encounter_class: str, on: date) -> tuple[Charge, ...]:
        """The visit charges of an encounter class, or of a level of care ('inpatient/icu')."""
        return self._on(Key("class", encounter_class), on)

    def made(self, line: Service) -> bool:
        """Whether a row in force on its day makes a line of these codes, this component and department."""
        same = self._lines.get((line.code, line.revenue_code, line.component, line.group), ())
        return any(charge.covers(line.service_from) for charge in same)

    def _on(self, key: Key, on: date) -> tuple[Charge, ...]:
        return tuple(charge for charge in self._rows.get(key, ()) if charge.covers(on))


def order_text(text: str) -> str:
    """How the text of an order is compared: lower case, single spaces."""
    return " ".join(text.casefold().split())


def _keys(codings: Iterable[Coding], text: str | None) -> Iterable[Key]:
    for coding in codings:
        yield Key(SYSTEMS.get(coding.system, "local"), coding.code)
    if text:
        yield Key("text", order_text(text))


def parse_chargemaster(text: str, file: str) -> Chargemaster:
    """The file's rows, or BadReference with file, line, column and mend for the first that is wrong."""
    charges: list[Charge] = []
    periods: dict[tuple[str, str, str], list[Charge]] = defaultdict(list)
    for cells in read_rows(text, file):
        charge = _charge(cells)
        earlier = periods[charge.system, charge.code, charge.component]
        if any(_overlap(charge, other) for other in earlier):
            raise cells.bad("start", "another row of this system, code and component is in force then: end it")
        earlier.append(charge)
        charges.append(charge)
    return Chargemaster(charges)


def _overlap(one: Charge, other: Charge) -> bool:
    return one.start <= (other.end or date.max) and other.start <= (one.end or date.max)


def _charge(cells: Cells) -> Charge:
    unit = cells.optional("unit")
    start, end = cells.day("start"), cells.optional_day("end")
    if end is not None and end < start:
        raise cells.bad("end", "ends before it starts")
    system = cells.one_of("system", _WORDS)
    return Charge(
        system=system,
        code=_service_code(cells, system),
        description=cells.required("description"),
        billing_code=_billing_code(cells),
        modifiers=_modifiers(cells),
        revenue_code=_revenue_code(cells),
        unit=unit.casefold() if unit else None,
        per_unit=_per_unit(cells, unit),
        price_cents=_price(cells),
        component=_component(cells),
        department=cells.optional("department"),
        start=start,
        end=end,
    )


def _service_code(cells: Cells, system: str) -> str:
    """An order's text is a line of text; any other code is no longer than a chart's may be."""
    code = cells.required("code")
    if system == "text":
        return order_text(code)
    if len(code) > LONGEST_CODE:
        raise cells.bad("code", f"at most {LONGEST_CODE} characters; no chart can name a longer code")
    return code


def _component(cells: Cells) -> Component:
    word = cells.one_of("component", {"facility", "professional"})
    return "professional" if word == "professional" else "facility"


def _billing_code(cells: Cells) -> str | None:
    code = cells.optional("hcpcs")
    if code is not None and not is_procedure_shape(code):
        raise cells.bad("hcpcs", "a capital letter but D and four digits, or five digits; empty: only a revenue code")
    return code


def _modifiers(cells: Cells) -> tuple[str, ...]:
    modifiers = tuple(part.strip() for part in (cells.optional("modifiers") or "").split(";") if part.strip())
    if len(modifiers) > 4 or not all(map(is_modifier_shape, modifiers)):
        raise cells.bad("modifiers", "at most four, two capital letters or digits each, separated by ';'")
    return modifiers


def _revenue_code(cells: Cells) -> str:
    code = cells.required("revenue_code")
    if not is_revenue_shape(code):
        raise cells.bad("revenue_code", "four digits with the leading zero, such as 0300")
    return code


def _price(cells: Cells) -> int:
    price = cells.required("price_cents")
    # The length first: int() refuses thousands of digits with an error of its own.
    if not (price.isascii() and price.isdecimal()) or len(price) > _MAX_DIGITS or int(price) > LARGEST:
        raise cells.bad(
            "price_cents", "whole cents, at most ten digits, without sign, point or separator: 12.50 is 1250"
        )
    return int(price)


def _per_unit(cells: Cells, unit: str | None) -> int | None:
    text = cells.optional("per_unit")
    if text is None:
        return None
    if unit is None:
        raise cells.bad("unit", "which unit is `per_unit` a quantity of?")
    thousandths = _thousandths(text)
    if thousandths is None:
        raise cells.bad("per_unit", "a quantity above zero with at most three decimals")
    return thousandths


def _thousandths(text: str) -> int | None:
    digits = text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdecimal()):
        return None
    exact = Decimal(text) * 1000
    return int(exact) if exact == int(exact) and 0 < exact <= _MAX_THOUSANDTHS else None
