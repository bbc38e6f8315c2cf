"""A row of the chargemaster's file as a charge, cell by cell; each cell's rule is here and nowhere else."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from sys import intern
from typing import Final, get_args

from claims.amounts import LARGEST
from claims.charge import Charge, Component
from claims.chargemaster_file import LONGEST_CODE, Cells
from claims.codesets.shapes import is_modifier_shape, is_procedure_shape, is_revenue_shape
from claims.reference import BadReference
from schemas.events.chart import EncounterClass, Laterality

SYSTEMS: Final = {
    "http://loinc.org": "loinc",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://snomed.info/sct": "snomed",
    "http://hl7.org/fhir/sid/cvx": "cvx",
}
"""FHIR's URI of a code system and its word in the file; any other URI is the hospital's own: local."""
NOTICE: Final = "abn"
FACTS: Final = frozenset({*get_args(Laterality), *get_args(EncounterClass), NOTICE})
"""What a modifier may depend on: the documented side, the class of the encounter, a signed notice of non-coverage."""
MOST_MODIFIERS: Final = 4  # 837 SV101-3 to 6

_WORDS: Final = frozenset({*SYSTEMS.values(), "local", "text", "class"})
_MAX_DIGITS: Final = len(str(LARGEST))
_MAX_THOUSANDTHS: Final = 2**53  # the wire's Milli
_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_RATIO: Final = re.compile(rf"({_NUMBER})(?:/({_NUMBER}))?")


def order_text(text: str) -> str:
    """How the text of an order is compared: lower case, single spaces."""
    return " ".join(text.casefold().split())


def read_charge(cells: Cells) -> Charge:
    """The row, or BadReference for its first cell that is wrong."""
    start, end = _period(cells)
    return Charge(
        line=cells.line,
        system=_system(cells),
        code=_service_code(cells),
        description=_description(cells),
        billing_code=_billing_code(cells),
        modifiers=_modifiers(cells),
        revenue_code=_revenue_code(cells),
        unit=_unit(cells),
        per_unit=_per_unit(cells),
        price_cents=_price(cells),
        component=_component(cells),
        department=_department(cells),
        start=start,
        end=end,
        price_list=_price_list(cells),
        conversions=_conversions(cells),
        modifier_rules=_modifier_rules(cells),
        waste=_waste(cells),
    )


def faults(cells: Cells) -> Iterator[BadReference]:
    """Everything that is wrong with a row, each cell once."""
    told: set[int] = set()
    for read in _READERS:
        try:
            read(cells)
        except BadReference as fault:
            if fault.column not in told:
                told.add(fault.column)
                yield fault


def _period(cells: Cells) -> tuple[date, date | None]:
    start, end = cells.day("start"), cells.optional_day("end")
    if end is not None and end < start:
        raise cells.bad("end", "ends before it starts")
    return start, end


def _system(cells: Cells) -> str:
    return intern(cells.one_of("system", _WORDS))


def _service_code(cells: Cells) -> str:
    """An order's text is a line of text; any other code is no longer than a chart's may be."""
    code = cells.required("code")
    if cells.optional("system") == "text":
        return order_text(code)
    if len(code) > LONGEST_CODE:
        raise cells.bad("code", f"at most {LONGEST_CODE} characters; no chart can name a longer code")
    return code


def _description(cells: Cells) -> str:
    return cells.required("description")


def _component(cells: Cells) -> Component:
    word = cells.one_of("component", {"facility", "professional"})
    return "professional" if word == "professional" else "facility"


def _department(cells: Cells) -> str | None:
    name = cells.optional("department")
    return intern(name) if name else None


def _price_list(cells: Cells) -> str | None:
    name = cells.optional("price_list")
    return intern(name) if name else None


def _billing_code(cells: Cells) -> str | None:
    code = cells.optional("hcpcs")
    if code is not None and not is_procedure_shape(code):
        raise cells.bad("hcpcs", "a capital letter but D and four digits, or five digits; empty: only a revenue code")
    return code


def _modifiers(cells: Cells) -> tuple[str, ...]:
    modifiers = cells.listed("modifiers")
    if len(modifiers) > MOST_MODIFIERS or not all(map(is_modifier_shape, modifiers)):
        raise cells.bad("modifiers", "at most four, two capital letters or digits each, separated by ';'")
    return modifiers


def _modifier_rules(cells: Cells) -> tuple[tuple[str, str], ...]:
    rules = tuple(_pair(part) for part in cells.listed("modifier_rules"))
    if not all(fact in FACTS and is_modifier_shape(modifier) for fact, modifier in rules):
        known = ", ".join(sorted(FACTS))
        raise cells.bad("modifier_rules", f"such as left:LT;right:RT, a modifier each for one of {known}")
    return rules


def _revenue_code(cells: Cells) -> str:
    code = cells.required("revenue_code")
    if not is_revenue_shape(code):
        raise cells.bad("revenue_code", "four digits with the leading zero, such as 0300")
    return intern(code)


def _price(cells: Cells) -> int:
    price = cells.required("price_cents")
    # The length first: int() refuses thousands of digits with an error of its own.
    if not (price.isascii() and price.isdecimal()) or len(price) > _MAX_DIGITS or int(price) > LARGEST:
        raise cells.bad(
            "price_cents", "whole cents, at most ten digits, without sign, point or separator: 12.50 is 1250"
        )
    return int(price)


def _unit(cells: Cells) -> str | None:
    unit = cells.optional("unit")
    return intern(unit.casefold()) if unit else None


def _per_unit(cells: Cells) -> int | None:
    text = cells.optional("per_unit")
    if text is None:
        return None
    if cells.optional("unit") is None:
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


def _conversions(cells: Cells) -> tuple[tuple[str, Fraction], ...]:
    """How much of `unit` is in one of another: 'mL:4' is 4 mg in a mL of a row whose unit is mg."""
    parts = [_pair(part) for part in cells.listed("conversions")]
    if not parts:
        return ()
    if cells.optional("per_unit") is None:
        raise cells.bad("conversions", "only a row with `unit` and `per_unit` has something to convert to")
    names = [name.casefold() for name, _ in parts]
    ratios = [_ratio(text) for _, text in parts]
    if len({*names, _unit(cells)}) <= len(names) or not all(names):
        raise cells.bad("conversions", "each unit once, and not the row's own")
    if None in ratios:
        raise cells.bad("conversions", "such as mL:4;vial:100 or mL:100/3, how much of `unit` is in one of these")
    return tuple((name, ratio) for name, ratio in zip(names, ratios, strict=True) if ratio is not None)


def _ratio(text: str) -> Fraction | None:
    found = _RATIO.fullmatch(text)
    if found is None or not Fraction(found[2] or 1):
        return None
    return Fraction(found[1]) / Fraction(found[2] or 1) or None


def _waste(cells: Cells) -> bool:
    if cells.optional("waste") is None:
        return False
    cells.one_of("waste", {"jw"})
    if cells.optional("per_unit") is None or cells.optional("hcpcs") is None:
        raise cells.bad("waste", "only a row with `hcpcs` and `per_unit` can bill what was discarded")
    return True


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition(":")
    return name.strip(), value.strip()


_READERS: Final[tuple[Callable[[Cells], object], ...]] = (
    _system, _service_code, _description, _billing_code, _modifiers, _revenue_code, _unit, _per_unit, _price,
    _component, _department, _period, _price_list, _conversions, _modifier_rules, _waste,
)  # fmt: skip
