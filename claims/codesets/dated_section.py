"""One release of a table in the mapped file: fixed records, bisected in place."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

from claims.codesets.dated_layout import (
    ADD_ON,
    ANY_BASE,
    FIRST_DAY,
    LAST_DAY,
    LIMIT,
    NECESSITY,
    PAIR,
    SPAN,
    TERM,
    day_of,
    digest_of,
    shape_of,
)
from claims.codesets.dated_rows import AddOn, Necessity, Pair, Row, SourceFile, Term, UnitLimit

_MARK: Final = 128


class Known(NamedTuple):
    """What the rows of one release say of one key, and the days of which the release speaks."""

    first: date
    last: date
    rows: tuple[Any, ...]


class Section:
    """One release in the mapped file."""

    def __init__(self, listed: dict[str, Any], body: memoryview) -> None:
        self.table, self.digest, self.rows = str(listed["table"]), str(listed["digest"]), int(listed["rows"])
        self.source, self.files = str(listed["source"]), tuple(SourceFile(*file) for file in listed["files"])
        self.released = date.fromisoformat(listed["released"])
        self.first, self.last = _day(listed["first"]), _day(listed["last"])
        self.valid_first, self.valid_last = _day(listed["valid_first"]), _day(listed["valid_last"])
        self.shape = shape_of(self.table)
        at, length = int(listed["offset"]), self.rows * self.shape.size
        self.records = body[at : at + length]
        self._text = body[at + length : at + length + int(listed["text"])]

    def find(self, *parts: str) -> Known:
        """The rows whose key begins with these parts."""
        key = self.shape.packed(*parts)
        rows = tuple(self._rows(key)) if key is not None else ()
        return Known(self.first or FIRST_DAY, self.last or LAST_DAY, rows)

    def beside(self, first: str, others: Mapping[bytes, str]) -> Iterator[str]:
        """Which of these stand behind a first part in some key, by one look at each key that begins so."""
        head, size, records = self.shape.packed(first), self.shape.size, self.records
        if head is None:
            return
        width, length = len(head), self.shape.parts[1]
        at = self._first(head) * size
        while at < len(records) and records[at : at + width] == head:
            second = bytes(records[at + width : at + width + length]).rstrip(b"\0")
            if second in others:
                yield others[second]
            at += size

    @property
    def has_titles(self) -> bool:
        return self.shape is TERM

    @property
    def is_whole(self) -> bool:
        """Is what stands in the file still what was read?"""
        head = (self.table, self.released, self.first, self.last)
        return digest_of(head, self.records, self._text) == self.digest

    def entries(self) -> Iterator[tuple[bytes, bytes, "Section"]]:
        """Every record in order, before it its key and its first day."""
        size, until = self.shape.size, self.shape.key + 2
        for at in range(0, len(self.records), size):
            record = bytes(self.records[at : at + size])
            yield record[:until], record, self

    def _rows(self, key: bytes) -> Iterator[Any]:
        size, records = self.shape.size, self.records
        at = self._first(key) * size
        while at < len(records) and records[at : at + len(key)] == key:
            yield self.row(bytes(records[at : at + size]))
            at += size

    @cached_property
    def _marks(self) -> list[bytes]:
        """Every hundredth key or so, in memory: what is left of a search touches one page of the file or two."""
        step, width = _MARK * self.shape.size, self.shape.key
        return [bytes(self.records[at : at + width]) for at in range(0, len(self.records), step)]

    def _first(self, key: bytes) -> int:
        """The number of the first record whose key is not below this one."""
        size, length, records = self.shape.size, len(key), self.records
        mark = bisect_left(self._marks, key)
        low, high = max(mark - 1, 0) * _MARK, min(mark * _MARK, self.rows)
        while low < high:
            middle = (low + high) // 2
            at = middle * size
            if bytes(records[at : at + length]) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def row(self, record: bytes) -> Row:
        """A record as its table's row; of add-ons and policies one base or diagnosis."""
        shape = self.shape
        parts = shape.unpacked(record[: shape.key])
        number, end = SPAN.unpack_from(record, shape.key)
        first, last = day_of(number) or FIRST_DAY, day_of(end)
        said = shape.said.unpack_from(record, shape.key + SPAN.size)
        if shape is PAIR:
            return Pair(parts[0], parts[1], said[0], first, last)
        if shape is LIMIT:
            return UnitLimit(parts[0], said[0], said[1], first, last)
        if shape is ADD_ON:
            return AddOn(parts[0], frozenset({parts[1]} - {ANY_BASE}), said[0], first, last)
        if shape is NECESSITY:
            return Necessity(parts[1], parts[0], (parts[2],), first, last)
        offset, length, note = said
        return Term(parts[0], str(self._text[offset : offset + length], "utf-8"), first, last, _word(note))


def _word(note: bytes) -> str:
    return note.rstrip(b"\0").decode()


def _day(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said)
