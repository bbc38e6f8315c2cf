"""NCCI add-on codes, as CMS publishes them: a sheet, saved as text with tabs or commas.

A row is an add-on code and one base ('primary code'), the edit's kind 1, 2 or 3, and four days as YYYYDDD: when add-on
code and base were deleted, when the edit began and ended. `CCCCC` for a base says that the payer names the bases. The
names of the columns and the form of the days were read in public programs that read CMS's sheet, not in the sheet.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from claims.codesets.dated_build import Placed
from claims.codesets.dated_rows import AddOn
from claims.codesets.sheet import Head, Sheet, is_code

NAMED_BY_PAYER: Final = "CCCCC"
COLUMNS: Final[Head] = {
    "add-on code": ("add on code",),
    "primary code": ("primary code",),
    "edit type": ("aoc edit type",),
    "add-on deleted": ("aoc del dt",),
    "primary deleted": ("primary code del dt",),
    "edit effective": ("aoc edit eff dt",),
    "edit deleted": ("aoc edit del dt",),
}
_ENDS: Final = ("add-on deleted", "primary deleted", "edit deleted")


def read_add_ons(lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    """A row is in force until the first of its three deletions; that day still counts."""
    sheet = Sheet(lines, file, COLUMNS, _is_row)
    for code, base, kind, add_on_deleted, base_deleted, effective, deleted in sheet.rows():
        first = sheet.day("edit effective", _calendar(effective))
        ends = [
            _end(sheet, field, cell, first)
            for field, cell in zip(_ENDS, (add_on_deleted, base_deleted, deleted), strict=True)
        ]
        bases = frozenset[str]() if base == NAMED_BY_PAYER else frozenset({sheet.code("primary code", base)})
        yield (
            sheet.line,
            AddOn(
                sheet.code("add-on code", code),
                bases,
                sheet.digit("edit type", kind, "123"),
                first,
                min((end for end in ends if end), default=None),
            ),
        )


def _is_row(cells: Sequence[str]) -> bool:
    return any(is_code(cell.strip(' "')) for cell in cells[:2])


def _end(sheet: Sheet, field: str, cell: str, first: date) -> date | None:
    return None if cell == "0" else sheet.end(field, _calendar(cell), first)


def _calendar(cell: str) -> str:
    """A year and the number of a day in it, as a date is written elsewhere; anything else is left as it is."""
    if len(cell) != 7 or not (cell.isascii() and cell.isdigit()) or not "1000001" <= cell < "9999":
        return cell
    if not "001" <= cell[4:] <= "366":
        return cell
    return (date(int(cell[:4]), 1, 1) + timedelta(days=int(cell[4:]) - 1)).isoformat()
