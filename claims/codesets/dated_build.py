"""Compiles dated tables into the one file that workers map: releases of rows in, bytes out.

The rows are streamed: what is kept of a million pairs is their packed records, sorted in runs and merged.
"""

import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, NamedTuple
from zlib import crc32

from claims.codesets.dated_layout import (
    ANY_BASE,
    FIRST_DAY,
    FORMAT,
    HEADER,
    LAST_DAY,
    LENGTH,
    MAGIC,
    NO_END,
    SPAN,
    TERM,
    Shape,
    day_of,
    days_of,
    digest_of,
    iso,
    shape_of,
)
from claims.codesets.dated_rows import AddOn, Necessity, Pair, Row, SourceFile, Term, UnitLimit
from claims.reference import BadReference

Placed = tuple[int, Row]
"""A row and where it was read; what the number means, the release's `locate` says."""

_RUN: Final = 100_000
_SPAN_MEND: Final = f"a first day not after the last one, both from {FIRST_DAY} to {LAST_DAY}"
_OVERLAP_MEND: Final = "the same entry is valid twice on one day; end the earlier row before the later begins"


def _placed_by_number(place: int) -> tuple[str, int]:
    return "rows", place


@dataclass(frozen=True)
class Release:
    """What one publication says of a table. `released` is the day we learned it; without `first` it is of all days."""

    table: str
    rows: Iterable[Placed]
    released: date = FIRST_DAY
    first: date | None = None
    last: date | None = None
    source: str = ""
    files: tuple[SourceFile, ...] = ()
    locate: Callable[[int], tuple[str, int]] = _placed_by_number

    def bad(self, place: int, field: str, mend: str) -> BadReference:
        file, line = self.locate(place)
        return BadReference(file, line, 1, field, mend)


def release(
    table: str, rows: Iterable[Row], *, released: date = FIRST_DAY, first: date | None = None, last: date | None = None
) -> Release:
    """A release of rows at hand."""
    return Release(table, enumerate(rows, start=1), released, first, last, source="rows at hand")


class _Section(NamedTuple):
    records: bytes
    text: bytes
    first: date | None
    last: date | None


class _Titles:
    """Titles one after the other, each kept once."""

    def __init__(self) -> None:
        self.all = bytearray()
        self._places: dict[bytes, int] = {}

    def place(self, title: str) -> tuple[int, int]:
        raw = title.encode()
        if raw not in self._places:
            self._places[raw] = len(self.all)
            self.all += raw
        return self._places[raw], len(raw)


def compile_tables(releases: Iterable[Release]) -> bytes:
    """The compiled file. The same releases give the same bytes, in whatever order they come."""
    body = bytearray()
    directory = []
    for each in sorted(releases, key=lambda each: (each.table, each.released, each.first or FIRST_DAY, each.files)):
        section = _section(each)
        directory.append(_entry(each, section, len(body)))
        body += section.records
        body += section.text
    listed = json.dumps(directory, sort_keys=True, separators=(",", ":")).encode()
    rest = LENGTH.pack(len(listed)) + listed
    checksum = crc32(body, crc32(rest))
    return b"".join((HEADER.pack(MAGIC, FORMAT, checksum, len(rest) + len(body)), rest, body))


def _entry(of: Release, section: _Section, offset: int) -> dict[str, object]:
    """A line of the directory."""
    return {
        "table": of.table,
        "released": iso(of.released),
        "first": iso(of.first),
        "last": iso(of.last),
        "source": of.source,
        "files": of.files,
        "rows": len(section.records) // shape_of(of.table).size,
        "valid_first": iso(section.first),
        "valid_last": iso(section.last),
        "offset": offset,
        "text": len(section.text),
        "digest": digest_of((of.table, of.released, of.first, of.last), section.records, section.text),
    }


def _section(of: Release) -> _Section:
    shape = shape_of(of.table)
    titles = _Titles()
    rows: Iterable[Placed] = of.rows
    if shape is TERM:  # titles are few, and are laid down in the order of their codes
        rows = sorted(of.rows, key=lambda placed: placed[1][:1] + placed[1][2:4])
    runs = list(_runs(_packed(of, shape, rows, titles)))
    records, spans = _joined(of, shape, heapq.merge(*map(_cut(shape.size + LENGTH.size), runs)))
    return _Section(records, bytes(titles.all), *spans)


def _packed(of: Release, shape: Shape, rows: Iterable[Placed], titles: _Titles) -> Iterator[bytes]:
    for place, row in rows:
        try:
            days = days_of(row.first, row.last)
        except ValueError:
            raise of.bad(place, "dates", _SPAN_MEND) from None
        for parts, said in _cells(row, titles):
            key = shape.packed(*parts)
            if key is None:
                raise of.bad(place, "code", f"at most {' and '.join(map(str, shape.parts))} characters of a code")
            yield key + days + shape.said.pack(*said) + LENGTH.pack(place)


def _cells(row: Row, titles: _Titles) -> Iterator[tuple[tuple[str, ...], tuple[int | bytes, ...]]]:
    """The keys of a row and what is said of each."""
    match row:
        case Pair():
            yield (row.column1, row.column2), (row.indicator,)
        case UnitLimit():
            yield (row.code,), (row.units, row.indicator)
        case Term():
            yield (row.code,), (*titles.place(row.title), (row.note or "").encode())
        case AddOn():
            for base in sorted(row.bases) or (ANY_BASE,):
                yield (row.code, base), (row.kind,)
        case Necessity():
            for diagnosis in row.diagnoses:
                yield (row.code, row.policy, diagnosis), ()


def _runs(records: Iterator[bytes]) -> Iterator[bytes]:
    """Sorted runs, each one piece of memory: a list of a million small objects would weigh ten times as much."""
    while run := list(islice(records, _RUN)):
        run.sort()
        yield b"".join(run)


def _cut(size: int) -> Callable[[bytes], Iterator[bytes]]:
    return lambda run: (run[at : at + size] for at in range(0, len(run), size))


def _joined(of: Release, shape: Shape, records: Iterable[bytes]) -> tuple[bytes, tuple[date | None, date | None]]:
    """The records without their places, and the days they span; two of one key on one day are a fault."""
    made, width = bytearray(), shape.key
    before, end = b"", -1
    earliest, ends = NO_END, 0
    for record in records:
        key, (first, last) = record[:width], SPAN.unpack_from(record, width)
        earliest, ends = min(earliest, first), max(ends, last)
        made += record[: -LENGTH.size]
        if shape.void is not None and record[width + SPAN.size : -LENGTH.size] == shape.void:
            continue
        if key == before and first <= end:
            raise of.bad(LENGTH.unpack(record[-LENGTH.size :])[0], "dates", _OVERLAP_MEND)
        before, end = key, last
    return bytes(made), (day_of(earliest), day_of(ends)) if made else (None, None)
