"""Reading a chargemaster's CSV so that a broken cell can be named by file, line and column."""

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from claims.reference import BadReference

COLUMNS: Final = (
    "system",
    "code",
    "description",
    "hcpcs",
    "modifiers",
    "revenue_code",
    "unit",
    "per_unit",
    "price_cents",
    "component",
    "department",
    "start",
    "end",
)
OPTIONAL: Final = ("price_list", "conversions", "modifier_rules", "waste")
"""Columns that a file may leave out; a cell of theirs is then empty."""

LONGEST_CODE: Final = 40  # the wire's Code
_LONGEST: Final = 240  # the wire's Line (schemas/events/types.py)
_TEXTS: Final = frozenset({"code", "description", "department", "conversions", "modifier_rules"})
"""Cells as long as a line; a code of the system `text` is an order's text."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Cells:
    """One line of the file, by column name."""

    file: str
    line: int
    raw: str
    values: Mapping[str, str]
    order: tuple[str, ...]

    def bad(self, field: str, mend: str) -> BadReference:
        """What is wrong and where; never the value itself."""
        return BadReference(self.file, self.line, _column(self.raw, self.order.index(field)), field, mend)

    def optional(self, field: str) -> str | None:
        """A cell as a line of the wire: what is longer, or holds a tab, would fail every chart that meets it."""
        value = self.values.get(field, "").strip() or None
        longest = _LONGEST if field in _TEXTS else LONGEST_CODE
        if value is None:
            return None
        if _has_control(value):
            raise self.bad(field, "no tab or other control character within a cell")
        if len(value) > longest:
            raise self.bad(field, f"at most {longest} characters")
        return value

    def required(self, field: str) -> str:
        value = self.optional(field)
        if value is None:
            raise self.bad(field, "must not be empty")
        return value

    def one_of(self, field: str, allowed: Collection[str]) -> str:
        value = self.required(field)
        if value not in allowed:
            raise self.bad(field, f"one of {', '.join(sorted(allowed))}")
        return value

    def listed(self, field: str) -> tuple[str, ...]:
        """The parts of a cell, which ';' separates."""
        return tuple(part.strip() for part in (self.optional(field) or "").split(";") if part.strip())

    def day(self, field: str) -> date:
        return self._day(field, self.required(field))

    def optional_day(self, field: str) -> date | None:
        value = self.optional(field)
        return None if value is None else self._day(field, value)

    def _day(self, field: str, value: str) -> date:
        day = _day_of(value)
        if day is None:
            raise self.bad(field, "a day as YYYY-MM-DD")
        return day


@lru_cache(4_096)
def _day_of(value: str) -> date | None:
    """A file has few days and many rows. fromisoformat also reads 20250101 and 2025W011, which nobody means to write
    here."""
    try:
        return date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError:
        return None


def _has_control(value: str) -> bool:
    """Nearly every cell is plain ASCII, and that is known sooner."""
    return not (value.isascii() and value.isprintable()) and _CONTROL.search(value) is not None


class Sheet:
    """A file by its lines. BadReference where its header can't be read."""

    def __init__(
        self, text: str, file: str, columns: tuple[str, ...] = COLUMNS, optional: tuple[str, ...] = OPTIONAL
    ) -> None:
        self.file = file
        # Not splitlines(): it also splits at characters that an editor shows within a line.
        self._lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._order = _header(self._lines, file, columns, optional)

    def rows(self) -> Iterator[Cells | BadReference]:
        """Below the header a line is a row, and an empty line or one that starts with # is none."""
        for number, raw in enumerate(self._lines[1:], start=2):
            if raw.strip() and not raw.startswith("#"):
                yield _cells(self.file, number, raw, self._order)

    def at(self, line: int, field: str) -> int:
        """The column, from 1, at which that field of a row begins; where the row has no such cell, where it begins."""
        return _column(self._lines[line - 1], self._order.index(field)) if field in self._order else 1


def _header(lines: list[str], file: str, columns: tuple[str, ...], optional: tuple[str, ...]) -> tuple[str, ...]:
    order = tuple(name.strip() for name in lines[0].split(","))
    missing = [name for name in columns if name not in order]
    if missing:
        mend = f"the header lacks {', '.join(missing)}; it reads {','.join(columns)}, with commas between"
        raise BadReference(file, 1, 1, missing[0], mend)
    for position, name in enumerate(order):
        if name not in {*columns, *optional} or order.count(name) > 1:
            mend = "a column unknown or named twice"
            if optional:
                mend += f"; beside those required there may be {', '.join(optional)}"
            raise BadReference(file, 1, _column(lines[0], position), "header", mend)
    return order


def _cells(file: str, number: int, raw: str, order: tuple[str, ...]) -> Cells | BadReference:
    try:
        values = next(csv.reader([raw], strict=True)) if '"' in raw else raw.split(",")
    except csv.Error:
        return BadReference(file, number, 1, "row", "a quote that is not closed or stands inside a cell")
    if len(values) != len(order):
        mend = f"{len(order)} cells with commas between; quote a cell that holds a comma"
        return BadReference(file, number, 1, "row", mend)
    return Cells(file, number, raw, dict(zip(order, values, strict=True)), order)


def _column(raw: str, position: int) -> int:
    """Where the cell of that position starts, counted from 1: behind as many commas that no quotes enclose."""
    quoted, passed = False, 0
    for at, letter in enumerate(raw):
        if passed == position:
            return at + 1
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            passed += 1
    return len(raw) + 1
