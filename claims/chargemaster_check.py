"""All that is wrong or doubtful in a chargemaster's file, at once: what stops the start, and what loses money."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from claims.charge import Charge
from claims.charge_row import faults, read_charge
from claims.chargemaster import overlapping, periods
from claims.chargemaster_file import Sheet
from claims.codesets.dated import DatedTables
from claims.reference import BadReference

_DRUGS: Final = frozenset({"rxnorm", "ndc"})
_A_DAY: Final = timedelta(days=1)


class Flaw(NamedTuple):
    """What is wrong in which cell; what is only doubtful is not `grave`."""

    line: int
    column: int
    field: str
    grave: bool
    what: str
    mend: str


class Checked(NamedTuple):
    rows: int
    flaws: tuple[Flaw, ...]

    @property
    def sound(self) -> bool:
        return not any(flaw.grave for flaw in self.flaws)


class Doubt(NamedTuple):
    """A flaw of a row that can be read; its column is found when it is told."""

    row: Charge
    field: str
    grave: bool
    what: str
    mend: str


def check_chargemaster(text: str, file: str, tables: DatedTables) -> Checked:
    """All flaws in the order of the file; of codes only what the tables that are loaded can say."""
    try:
        sheet = Sheet(text, file)
    except BadReference as fault:
        return Checked(0, (unreadable(fault),))
    rows, flaws = _read(sheet)
    if not rows and not flaws:
        mend = "give each service a row; a hospital that has none names no chargemaster in partners.yaml"
        return Checked(0, (Flaw(1, 1, "row", True, "no row below the header", mend),))
    for doubt in chain(_priced(rows), _unmeasured(rows), Codes(tables).doubts(rows)):
        line = doubt.row.line
        flaws.append(Flaw(line, sheet.at(line, doubt.field), doubt.field, doubt.grave, doubt.what, doubt.mend))
    return Checked(len(rows), tuple(sorted(flaws)))


def unreadable(fault: BadReference) -> Flaw:
    """What stops the start, as a flaw."""
    return Flaw(fault.line, fault.column, fault.field, True, "can't be read", fault.mend)


def _read(sheet: Sheet) -> tuple[list[Charge], list[Flaw]]:
    rows: list[Charge] = []
    flaws: list[Flaw] = []
    for cells in sheet.rows():
        if isinstance(cells, BadReference):
            flaws.append(unreadable(cells))
            continue
        try:
            rows.append(read_charge(cells))
        except BadReference:
            flaws.extend(map(unreadable, faults(cells)))
    return rows, flaws


def _priced(rows: Iterable[Charge]) -> Iterator[Doubt]:
    """Each service by its prices from first to last."""
    for same in periods(rows):
        if len(same) > 1:
            yield from _together(same)
            yield from _breaks(same)
        last = max(same, key=_lasts)
        if last.end is not None:
            mend = "give it a row from the next day on, unless the service is no longer given"
            yield Doubt(last, "end", False, "nothing follows this row", mend)


def _together(same: list[Charge]) -> Iterator[Doubt]:
    """Two rows in force on one day: which price holds nobody could say, so that the start is refused."""
    for earlier, row in overlapping(same):
        if (earlier.start, earlier.end, earlier.price_cents) == (row.start, row.end, row.price_cents):
            yield Doubt(row, "start", True, f"repeats line {earlier.line}", "remove one of the two rows")
        else:
            mend = "end the one on the day before the other starts"
            yield Doubt(row, "start", True, f"overlaps line {earlier.line}", mend)


def _breaks(same: list[Charge]) -> Iterator[Doubt]:
    """Days without a price between two of a service; a payer's list falls back on the standard one."""
    last = same[0]
    for row in same[1:]:
        if last.end is not None and last.end + _A_DAY < row.start:
            what = f"a gap from {last.end + _A_DAY} to {row.start - _A_DAY} after line {last.line}"
            yield Doubt(row, "start", row.price_list is None, what, "let one of the two rows cover these days")
        last = max(last, row, key=_lasts)


def _lasts(row: Charge) -> date:
    return row.end or date.max


def _unmeasured(rows: Iterable[Charge]) -> Iterator[Doubt]:
    for row in rows:
        if row.per_unit is not None:
            continue
        if row.system in _DRUGS and row.billing_code:
            mend = "give `unit` and `per_unit` as the code's text has them, unless its unit is one dose"
            yield Doubt(row, "per_unit", False, "a drug that is billed as one unit whatever the dose", mend)
        elif row.unit is not None:
            yield Doubt(row, "unit", False, "a unit that nothing is counted in", "give `per_unit`, or empty the cell")


class Codes:
    """A row's codes against the dated tables: valid on every day of the row of which a table speaks."""

    def __init__(self, tables: DatedTables) -> None:
        self._tables = tables
        self._spans = {name: self._spoken(name) for name in ("hcpcs", "modifiers", "revenue-codes")}
        self._lapse = lru_cache(65_536)(self._first_lapse)

    def doubts(self, rows: Iterable[Charge]) -> Iterator[Doubt]:
        for row in rows:
            for field, table, code in _coded(row):
                day = self._lapse(table, code, row.start, row.end or date.max)
                if day is not None:
                    what = f"no such code in the table {table} on {day}"
                    yield Doubt(row, field, True, what, "end the row the day before, or give the code that replaces it")

    def _spoken(self, table: str) -> list[tuple[date, date]]:
        """The days of which the releases of a table speak."""
        releases = (section for section in self._tables.sections if section.table == table)
        return sorted((section.first or date.min, section.last or date.max) for section in releases)

    def _first_lapse(self, table: str, code: str, start: date, end: date) -> date | None:
        """The first day from start to end on which a release speaks and has no such code."""
        for first, last in self._spans[table]:
            day, until = max(first, start), min(last, end)
            while day <= until:
                term = self._tables.term(table, code, day)
                if term is None:
                    return day
                if term.last is None or term.last >= until:
                    break
                day = term.last + _A_DAY
        return None


def _coded(row: Charge) -> Iterator[tuple[str, str, str]]:
    """The field, table and code of each; the five digits of Level I are in no table we have."""
    if row.billing_code and row.billing_code[0].isalpha():
        yield "hcpcs", "hcpcs", row.billing_code
    yield "revenue_code", "revenue-codes", row.revenue_code
    yield from (("modifiers", "modifiers", modifier) for modifier in row.modifiers)
    yield from (("modifier_rules", "modifiers", modifier) for _, modifier in row.modifier_rules)
