"""One row of a chargemaster: what it charges for, when, and how a charted quantity becomes its billing units.

Quantities are converted in exact fractions and rounded once, at the end; money and units are whole numbers throughout.
"""

from datetime import date
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from claims.amounts import LARGEST

Component = Literal["facility", "professional"]
Exact = int | Fraction
"""Thousandths of a unit: a whole number until a conversion makes it a fraction."""
HOURS: Final = "h"


class Charge(NamedTuple):
    """One row. `per_unit` thousandths of `unit` make one billing unit; without it each occurrence is one.

    `conversions` says how much of `unit` is in one of another unit that charts use (a mL, a vial); `modifier_rules`
    which modifier a documented fact adds; `waste` that what was discarded of a single dose is billed. `price_list` null
    is the standard list.
    """

    line: int
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
    price_list: str | None
    conversions: tuple[tuple[str, Fraction], ...]
    modifier_rules: tuple[tuple[str, str], ...]
    waste: bool

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def measured(self, quantity: int | None, unit: str | None) -> Exact | None:
        """A charted quantity in thousandths of the row's unit, nothing rounded; null where it or its unit is
        unknown, or the row doesn't say how much of its own unit is in the charted one."""
        if quantity is None or unit is None:
            return None
        charted = unit.casefold()
        if charted == self.unit:
            return quantity
        return next((quantity * each for name, each in self.conversions if name == charted), None)

    def rounded(self, quantity: Exact) -> int | None:
        """Whole billing units of thousandths of the row's unit; null where there is not one unit in it, or where they
        would cost more than a claim can say.

        A dose that is no multiple of the code's is rounded to the next higher unit, and never below one (CMS Pub.
        100-04 chapter 17 section 10): of a code 'per 10 mg', 12 mg have used a second one. It is the day's dose that is
        rounded, so whoever has several sums them first. Hours are rounded to the nearest (observation, chapter 4
        section 290.2.2): less than half an hour is none. A fraction is never billed (rule N4).
        """
        if self.per_unit is None:
            return 1
        above, below = quantity.numerator, quantity.denominator * self.per_unit
        units = (2 * above + below) // (2 * below) if self.unit == HOURS else -(-above // below)
        return units if units > 0 and units * max(self.price_cents, 1) <= LARGEST else None

    def wasted(self, given: Exact, discarded: Exact) -> int:
        """Whole billing units discarded beyond the rounded dose (CMS Pub. 100-04 chapter 17 section 40).

        The unit into which the dose is rounded up is paid already, and what is billed never exceeds the container: of
        a code 'per 10 mg' and a vial of 25 mg, 12 mg given are two units, and the 5 mg left are none.
        """
        if self.per_unit is None:
            return 0
        return max(0, (given + discarded) // self.per_unit - -(-given // self.per_unit))

    def units(self, quantity: int | None, unit: str | None) -> int | None:
        """Whole billing units of one charted quantity; each occurrence is one where the row has no `per_unit`."""
        if self.per_unit is None:
            return 1
        measured = self.measured(quantity, unit)
        return None if measured is None else self.rounded(measured)
