"""HCPCS Level II and its modifiers, as CMS publishes them each quarter: the contractor record, 320 bytes and fixed.

Positions, counted from 1: code 1-5, of a modifier 4-5; sequence 6-10; record 11, where 3 and 4 are of a procedure and 7
and 8 of a modifier, 4 and 8 go on with the long text; long text 12-91; short text 92-119; coverage code 230; added
269-276; last action 277-284; terminated 285-292, the last day of use; action 293. Spaces at the end may be missing.
Read: the beginning of CMS's record layout of 2024; the days, the coverage code and the action in several public
programs that cut the record alike.

A code is valid from the day it was added. That it ended and came back in between, the file does not say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from claims.codesets.dated_build import Placed
from claims.codesets.dated_rows import Term
from claims.codesets.sheet import calendar_day, is_code, text_lines
from claims.reference import BadReference

Table = Literal["hcpcs", "modifiers"]

_FIRST: Final[dict[str, Table]] = {"3": "hcpcs", "7": "modifiers"}
_MORE: Final = {"4": "3", "8": "7"}
_ADDED, _TERMINATED, _COVERAGE, _RECORD = 269, 285, 230, 11
_LONGEST: Final = 2_000


@dataclass(frozen=True)
class _Record:
    """One line."""

    file: str
    number: int
    text: str

    def cut(self, first: int, last: int) -> str:
        return self.text[first - 1 : last].strip()

    def bad(self, column: int, field: str, mend: str) -> BadReference:
        return BadReference(self.file, self.number, column, field, mend)

    @property
    def kind(self) -> str:
        kind = self.cut(_RECORD, _RECORD)
        if kind not in {*_FIRST, *_MORE}:
            raise self.bad(_RECORD, "record", "3 or 4 of a procedure, 7 or 8 of a modifier; is it CMS's fixed file?")
        return kind

    @property
    def code(self) -> str:
        """Of a modifier record the first three places are empty."""
        code = self.cut(1, 5)
        fits = is_code(code) if self.kind in {"3", "4"} else len(code) == 2 and self.cut(4, 5) == code
        if not fits:
            raise self.bad(1, "code", "five letters and digits at 1-5, or a modifier's two at 4-5")
        return code


def read_hcpcs(lines: Iterable[bytes], file: str, table: Table) -> Iterator[Placed]:
    """The procedures or the modifiers of the file."""
    first: _Record | None = None
    words: list[str] = []
    for record in _records(lines, file):
        if record.kind in _FIRST:
            yield from _term(first, words, table)
            first, words = record, [record.cut(12, 91)]
        elif first is None or first.code != record.code or _MORE[record.kind] != first.kind:
            raise record.bad(1, "code", "a text that goes on without its first record")
        else:
            words.append(record.cut(12, 91))
    if first is None:
        raise BadReference(file, 1, 1, "file", "no record; is it another file?")
    yield from _term(first, words, table)


def _records(lines: Iterable[bytes], file: str) -> Iterator[_Record]:
    for number, text in enumerate(text_lines(lines, file), start=1):
        if text.strip():
            yield _Record(file, number, text.rstrip("\r\n"))


def _term(record: _Record | None, words: list[str], table: Table) -> Iterator[Placed]:
    if record is None or _FIRST[record.kind] != table:
        return
    added, terminated = record.cut(_ADDED, _ADDED + 7), record.cut(_TERMINATED, _TERMINATED + 7)
    first, last = calendar_day(added), calendar_day(terminated)
    if first is None:
        raise record.bad(_ADDED, "added date", "a day as YYYYMMDD")
    if terminated and (last is None or last < first):
        raise record.bad(
            _TERMINATED, "termination date", "a day as YYYYMMDD, not before the code was added, or nothing"
        )
    title = " ".join(" ".join(words).split())[:_LONGEST] or record.cut(92, 119)
    yield record.number, Term(record.code, title, first, last, record.cut(_COVERAGE, _COVERAGE))
