"""NCCI medically unlikely edits, as CMS publishes them each quarter: one file a setting, text with commas or tabs.

Four columns: code, the setting's MUE values, adjudication indicator (a digit and words), rationale. The file has no
dates: it is of one quarter, whose days the manifest gives.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from claims.codesets.dated_build import Placed
from claims.codesets.dated_rows import Setting, UnitLimit
from claims.codesets.sheet import Sheet, begins_with_code

_VALUES: Final[dict[Setting, str]] = {
    "practitioner": "practitioner services mue value",
    "outpatient": "outpatient hospital services mue value",
    "dme": "dme supplier services mue value",
}
_MOST: Final = 10_000_000
_DIGITS: Final = len(str(_MOST))  # int() refuses thousands of digits with an error of its own


def read_unit_limits(
    lines: Iterable[bytes], file: str, setting: Setting, first: date, last: date | None
) -> Iterator[Placed]:
    columns = {
        "code": ("hcpcs cpt code", "hcpcs code", "cpt hcpcs code"),
        "units": (_VALUES[setting],),
        "indicator": ("mue adjudication indicator",),
    }
    sheet = Sheet(lines, file, columns, begins_with_code)
    for code, units, indicator in sheet.rows():
        if not (units.isascii() and units.isdigit()) or len(units) > _DIGITS or int(units) > _MOST:
            raise sheet.bad("units", "a whole number")
        yield (
            sheet.line,
            UnitLimit(sheet.code("code", code), int(units), sheet.digit("indicator", indicator, "123"), first, last),
        )
