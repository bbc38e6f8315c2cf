"""What the Tabular List's notes ask of codes that stand together (OCG I.A.12, I.A.13, I.B.7), each answered once."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from claims.codesets import CodeSets
from claims.codesets.notes import Note, Span

_LONGEST: Final = 7
_ALWAYS = re.compile(r"\b(stage|severity|organism|agent|outcome|type|site|joint|percentage|limb)\b")
_PERHAPS = re.compile(r"\b(applicable|known|any|such as)\b")
_CATEGORY: Final = 3
_SHARED: Final = 8192


class Named(NamedTuple):
    """The codes that lines of notes name, and their categories: few codes have to be held to the spans."""

    spans: tuple[Span, ...] = ()
    categories: frozenset[str] = frozenset()

    def holds(self, code: str) -> bool:
        return code[:_CATEGORY] in self.categories and any(span.holds(code) for span in self.spans)


class Conventions:
    """Conventions of one release. Codes come without their dots, as `Subject.codes` has them."""

    def __init__(self, codes: CodeSets) -> None:
        self._codes = codes

    def excludes(self, code: str) -> frozenset[str]:
        """The categories of what can't stand beside a code, by its Excludes1 notes and those above it (OCG I.A.12)."""
        return _named(self._codes.excludes1(code)).categories

    def first(self, code: str) -> Named:
        """What stands before a code where it is documented: its "code first" notes (OCG I.A.13, I.B.7)."""
        return _named(self._codes.code_first(code))

    def asks(self, code: str) -> tuple[Named, ...]:
        """The "use additional code" notes about what a condition always has: a stage, a type, an organism (OCG I.B.7).

        What it may have or not ("if applicable", "any", a history, an exposure) is not asked for: nothing says that it
        was there. Nor is a line that names no code.
        """
        notes = [note for note in self._codes.use_additional(code) if note.spans]
        groups = [tuple(lines) for _, lines in groupby(notes, key=_heading)]
        return tuple(_named(lines) for lines in groups if all(map(_always, lines)))

    def seventh_character_wrong(self, code: str) -> bool:
        """Whether a code that is none would be one with another 7th character, or with X in its empty places.

        The 7th character stands in the seventh place: a shorter code is padded (OCG I.A.4, I.A.5).
        """
        stem = next((code[:end] for end in range(min(len(code), _LONGEST), 0, -1) if self._is_entry(code[:end])), "")
        letters = self._codes.seventh(stem) if len(stem) >= _CATEGORY else {}
        padded = stem.ljust(_LONGEST - 1, "X")
        if any(self._is_billable(padded + letter) for letter in letters):
            return True
        gap, episode = _LONGEST - len(code), code[-1:]
        shifted = (f"{code[:at]}{'X' * gap}{code[at:]}" for at in range(_CATEGORY, len(code)))
        return gap > 0 and episode in letters and any(map(self._is_billable, shifted))

    def _is_entry(self, code: str) -> bool:
        return len(code) >= _CATEGORY and self._codes.diagnosis(code) is not None

    def _is_billable(self, code: str) -> bool:
        entry = self._codes.diagnosis(code)
        return entry is not None and entry.billable


def _heading(note: Note) -> tuple[str, str]:
    """Lines under one heading ("to identify control using:") are alternatives."""
    heading, colon, _ = note.text.partition(":")
    return note.at, heading if colon else note.text


def _always(note: Note) -> bool:
    return _ALWAYS.search(note.text) is not None and _PERHAPS.search(note.text) is None


def _named(notes: Iterable[Note]) -> Named:
    return _shared(tuple(dict.fromkeys(span for note in notes for span in note.spans)))


@lru_cache(_SHARED)
def _shared(spans: tuple[Span, ...]) -> Named:
    """Most codes have no notes but those above them: what their siblings have too is kept once."""
    return Named(spans, frozenset(category for span in spans for category in _categories(span.first, span.last)))


@lru_cache(1024)
def _categories(first: str, last: str) -> tuple[str, ...]:
    """Every category that could stand from one code to another: a letter, a digit, a digit or letter."""
    start, end = first[:_CATEGORY], last[:_CATEGORY]
    letters = map(chr, range(ord(start[0]), ord(end[0]) + 1))
    thirds = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    made = (f"{letter}{second}{third}" for letter in letters for second in "0123456789" for third in thirds)
    return tuple(category for category in made if start <= category <= end)
