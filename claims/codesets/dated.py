"""Dated tables as a rule asks them: one compiled, read-only buffer, bisected in place. See dated_layout for the file.

Two axes of time. A row is valid from a day to a day, and every look-up is given the day of the service. And we learned
it on a day: of the releases known by then that speak of the day of the service, the newest is in force, also where it
says nothing of a code. Only our own lists are added to by newer releases, code by code.
"""

import json
import mmap
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from itertools import permutations
from typing import Any, Final
from zlib import crc32

from claims.codesets.dated_layout import FIRST_DAY, FORMAT, HEADER, LAST_DAY, LENGTH, MAGIC, latest
from claims.codesets.dated_rows import AddOn, Necessity, Pair, Setting, Term, UnitLimit
from claims.codesets.dated_section import Known, Section
from claims.reference import BadReference

__all__ = ["AddOn", "DatedTables", "Necessity", "Pair", "Setting", "Term", "UnitLimit", "open_tables"]

ADDED_TO: Final = frozenset(
    {
        "admission-source", "admission-type", "bill-types", "discharge-status", "modifiers", "place-of-service",
        "revenue-codes",
    }
)  # fmt: skip
"""Lists that ship with the program: what a newer release doesn't name, the older one still says."""
_CACHED: Final = 32_768
_GROUPED: Final = 4_096
_MANY: Final = 32
"""Codes of a day beyond which not every two of them are looked up."""
_PTP: Final = {"practitioner": "ptp-practitioner", "outpatient": "ptp-outpatient", "dme": "ptp-dme"}
_MUE: Final = {"practitioner": "mue-practitioner", "outpatient": "mue-outpatient", "dme": "mue-dme"}
_MEND: Final = "run `claimstream codesets build --tables DIR`"


class DatedTables:
    """Every dated table, as known on some day; see the module for what is in force."""

    def __init__(self, sections: Iterable[Section], known: date | None = None) -> None:
        self._all = tuple(sections)
        self.sections = tuple(section for section in self._all if known is None or section.released <= known)
        self._views: dict[int, DatedTables] = {}
        newest = sorted(self.sections, key=lambda section: section.released, reverse=True)
        self._tables: dict[str, list[Section]] = {}
        for section in newest:
            self._tables.setdefault(section.table, []).append(section)
        digest = blake2b("".join(sorted(section.digest for section in newest)).encode(), digest_size=6)
        self.version = f"tables-{digest.hexdigest()}"
        self._known = lru_cache(_CACHED)(self._find)
        self._term_of: Callable[[str, str, date], Term | None] = lru_cache(_CACHED)(self._row)
        self._limit_of: Callable[[str, str, date], UnitLimit | None] = lru_cache(_CACHED)(self._row)
        self._add_on_of = lru_cache(_GROUPED)(self._add_on)
        self._policies_of = lru_cache(_GROUPED)(self._policies)
        self._pairs_of = lru_cache(_GROUPED)(self._pairs_among)

    def has(self, table: str) -> bool:
        """Was such a table loaded? Without it nothing follows from what a look-up doesn't find."""
        return table in self._tables

    def speaks_of(self, table: str, day: date) -> bool:
        """Does a release of the table cover the day? If not, that a code is missing there says nothing."""
        sections = self._tables.get(table, ())
        return any((each.first or FIRST_DAY) <= day <= (each.last or LAST_DAY) for each in sections)

    def as_known(self, day: date) -> "DatedTables":
        """What we had learned by that day. Days between two releases share one view, and what it remembers."""
        count = sum(section.released <= day for section in self._all)
        if count == len(self.sections):
            return self
        if count not in self._views:
            self._views[count] = DatedTables(self._all, day)
        return self._views[count]

    def term(self, table: str, code: str, day: date) -> Term | None:
        """The entry of a list that is valid on the day."""
        return self._term_of(table, code, day)

    def pair(self, setting: Setting, column1: str, column2: str, day: date) -> Pair | None:
        """The PTP edit of two codes, in this order."""
        found: Pair | None = _in_force(self._known(_PTP[setting], column1, column2), day)
        return found

    def pairs_among(self, setting: Setting, codes: tuple[str, ...], day: date) -> tuple[Pair, ...]:
        """The PTP edits that any two of these codes are under; the same codes meet again and again."""
        return self._pairs_of(setting, codes, day) if _PTP[setting] in self._tables else ()

    def unit_limit(self, setting: Setting, code: str, day: date) -> UnitLimit | None:
        """The MUE of a code; none is unknown, not unlimited: some values are confidential."""
        return self._limit_of(_MUE[setting], code, day)

    def add_on(self, code: str, day: date) -> AddOn | None:
        """A code that needs a base beside it, with the bases that hold on the day."""
        return self._add_on_of(code, day) if self._known("add-on", code) else None

    def necessity(self, code: str, day: date) -> tuple[Necessity, ...]:
        """The policies that say which diagnoses support a procedure."""
        return self._policies_of(code, day) if self._known("necessity", code) else ()

    def _find(self, table: str, *parts: str) -> tuple[Known, ...]:
        """What each release says of a key, the newest first; nothing when none of them knows it."""
        found = tuple(section.find(*parts) for section in self._tables.get(table, ()))
        if table in ADDED_TO:
            found = tuple(known for known in found if known.rows)
        if table.startswith("ptp-"):
            found = tuple(known._replace(rows=tuple(sorted(known.rows, key=_ignored))) for known in found)
        return found if any(known.rows for known in found) else ()

    def _row(self, table: str, code: str, day: date) -> Any:
        return _in_force(self._known(table, code), day)

    def _add_on(self, code: str, day: date) -> AddOn | None:
        """Of rows of several kinds the widest counts: it leaves more to the payer."""
        rows = _all_in_force(self._known("add-on", code), day)
        if not rows:
            return None
        bases = frozenset[str]().union(*(row.bases for row in rows))
        return AddOn(code, bases, max(row.kind for row in rows), *_span(rows))

    def _pairs_among(self, setting: Setting, codes: tuple[str, ...], day: date) -> tuple[Pair, ...]:
        met = permutations(codes, 2) if len(codes) <= _MANY else self._met(_PTP[setting], codes)
        found = (self.pair(setting, column1, column2, day) for column1, column2 in met)
        return tuple(pair for pair in found if pair is not None and not _ignored(pair))

    def _met(self, table: str, codes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Those two of many codes of which some release speaks."""
        present = {code.encode(): code for code in codes}
        for column1 in codes:
            met = {other for section in self._tables[table] for other in section.beside(column1, present)} - {column1}
            yield from ((column1, column2) for column2 in sorted(met, key=codes.index))

    def _policies(self, code: str, day: date) -> tuple[Necessity, ...]:
        by_policy: dict[str, list[Necessity]] = {}
        for row in _all_in_force(self._known("necessity", code), day):
            by_policy.setdefault(row.policy, []).append(row)
        return tuple(
            Necessity(policy, code, tuple(row.diagnoses[0] for row in rows), *_span(rows))
            for policy, rows in by_policy.items()
        )


def open_tables(buffer: bytes | mmap.mmap | memoryview, file: str = "tables") -> DatedTables:
    """The tables of a compiled file, which is summed once, here."""
    view = memoryview(buffer).toreadonly().cast("B")
    if len(view) < HEADER.size + LENGTH.size:
        raise BadReference(file, 1, 1, "tables", f"not compiled tables: {_MEND}")
    magic, layout, checksum, length = HEADER.unpack_from(view)
    if magic != MAGIC or layout != FORMAT:
        raise BadReference(file, 1, 1, "tables", f"not tables of this program's format: {_MEND}")
    if len(view) - HEADER.size != length or crc32(view[HEADER.size :]) != checksum:
        raise BadReference(file, 1, 1, "tables", f"truncated or damaged: {_MEND}")
    start = HEADER.size + LENGTH.size
    (listed,) = LENGTH.unpack_from(view, HEADER.size)
    directory: list[dict[str, Any]] = json.loads(bytes(view[start : start + listed]))
    body = view[start + listed :]
    return DatedTables(Section(line, body) for line in directory)


def _in_force(releases: tuple[Known, ...], day: date) -> Any:
    """The row of the newest release that speaks of the day."""
    for first, last, rows in releases:
        if first <= day <= last:
            for row in rows:
                if row.first <= day and (row.last is None or day <= row.last):
                    return row
            return None
    return None


def _all_in_force(releases: tuple[Known, ...], day: date) -> list[Any]:
    """All of them, where several rows together say it."""
    for first, last, rows in releases:
        if first <= day <= last:
            return [row for row in rows if row.first <= day and (row.last is None or day <= row.last)]
    return []


def _ignored(pair: Pair) -> bool:
    """Indicator 9 says that the pair was never in force; another row of it may be."""
    return pair.indicator == 9


def _span(rows: list[Any]) -> tuple[date, date | None]:
    return min(row.first for row in rows), latest([row.last for row in rows])
