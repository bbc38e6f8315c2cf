"""What two compiled files say otherwise, table by table: rows added, removed and changed."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from claims.codesets.dated import ADDED_TO, DatedTables
from claims.codesets.dated_section import Section

_EXAMPLES: Final = 5


@dataclass
class TableDiff:
    """A row is the same entry when its key and its first day are; then the rest of it may have changed."""

    table: str
    added: int = 0
    removed: int = 0
    changed: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)

    def note(self, what: str, row: Any) -> None:
        setattr(self, what, getattr(self, what) + 1)
        if sum(1 for said, _ in self.examples if said == what) < _EXAMPLES:
            self.examples.append((what, described(row)))

    @property
    def differs(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def described(row: Any) -> str:
    """The row in one line."""
    said = [
        " ".join(sorted(part)) if isinstance(part, frozenset | tuple) else str(part) for part in row[:-2] if part != ""
    ]
    return f"{' '.join(said)}, {row.first} to {row.last or 'now'}"


def differences(one: DatedTables, other: DatedTables) -> Iterator[TableDiff]:
    """Of each table that either of them has, in order of their names."""
    for table in sorted({section.table for section in (*one.sections, *other.sections)}):
        yield _of_table(table, _entries(one, table), _entries(other, table))


Entry = tuple[bytes, bytes, Section]
"""A record, what makes it this entry, and where it stands."""


def _of_table(table: str, old: Iterator[Entry], new: Iterator[Entry]) -> TableDiff:
    diff = TableDiff(table)
    left, right = next(old, None), next(new, None)
    while left or right:
        if right is None or (left is not None and left[0] < right[0]):
            diff.note("removed", _row(left))
            left = next(old, None)
        elif left is None or right[0] < left[0]:
            diff.note("added", _row(right))
            right = next(new, None)
        else:
            if not _same(left, right):
                diff.note("changed", _row(right))
            left, right = next(old, None), next(new, None)
    return diff


def _same(left: Entry, right: Entry) -> bool:
    """Records of lists point to their titles, which may stand elsewhere."""
    return _row(left) == _row(right) if left[2].has_titles else left[1] == right[1]


def _row(entry: Entry | None) -> Any:
    assert entry is not None
    return entry[2].row(entry[1])


def _entries(tables: DatedTables, table: str) -> Iterator[Entry]:
    """What is in force: of releases that speak of the same days the newest, of our own lists all."""
    newest = sorted(
        (section for section in tables.sections if section.table == table), key=lambda section: section.released
    )
    by_days = {
        (section.first, section.last, section.released if table in ADDED_TO else None): section for section in newest
    }
    return heapq.merge(*(section.entries() for section in by_days.values()), key=lambda entry: entry[0])
