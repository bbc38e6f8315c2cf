"""Tables as CMS and others publish them: text with tabs or commas, in UTF-8 or Latin-1, below a notice and a header.

The header is found by the names of its columns, never by its place: the notice above it and the number of its rows
change from quarter to quarter. Cells may have spaces at their end.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from claims.codesets.dated_layout import FIRST_DAY, LAST_DAY
from claims.reference import BadReference

Head = Mapping[str, Sequence[str]]
"""Each field with the beginnings by which its column's head is known, in plain words."""

_WORD: Final = re.compile(r"[a-z0-9]+")
_CODE: Final = re.compile(r"(?=.*[0-9])[0-9A-Z]{5}")
_DAY: Final = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})")
_DAY_MEND: Final = f"a day as YYYYMMDD or YYYY-MM-DD, from {FIRST_DAY} to {LAST_DAY}"
_AROUND: Final = ' "\r\n'
_LONGEST_HEAD: Final = 60
"""How many lines may stand above the first row: a notice and a header."""


def is_code(cell: str) -> bool:
    """An HCPCS code by its shape: what begins the rows of CMS's tables, and no word of a header."""
    return _CODE.fullmatch(cell) is not None


def begins_with_code(cells: Sequence[str]) -> bool:
    return is_code(cells[0].strip(_AROUND))


def text_lines(lines: Iterable[bytes], file: str) -> Iterator[str]:
    """Lines as text. CMS writes Latin-1; what was saved anew is UTF-8. A spreadsheet or an archive is neither."""
    for number, raw in enumerate(lines, start=1):
        if b"\0" in raw or (number == 1 and raw.startswith(b"PK")):
            raise BadReference(file, number, 1, "file", "unpack it, or save the sheet as text with tabs or commas")
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            yield line.decode("latin-1")


class Sheet:
    """A table by the names of its columns. `is_row` tells its first row; without it the header is the first line."""

    def __init__(
        self, lines: Iterable[bytes], file: str, columns: Head, is_row: Callable[[Sequence[str]], bool] | None = None
    ) -> None:
        self.file, self.line = file, 0
        self._columns, self._is_row = columns, is_row
        self._lines = text_lines(lines, file)
        self._raw, self._at = "", dict.fromkeys(columns, 0)
        self._tabs = False

    def rows(self) -> Iterator[list[str]]:
        """The cells of each row in the order of the columns, without spaces around; `line` is where it stands."""
        head = self._head()
        self._at = self._placed(head)
        places = list(self._at.values())
        least, found = max(places) + 1, False
        for cells in self._body():
            if len(cells) >= least:
                row = [cells[at].strip(_AROUND) for at in places]
                self._without_tabs(row)
                if row[0] or any(row):
                    found = True
                    yield row
            elif any(cell.strip(_AROUND) for cell in cells):
                raise BadReference(self.file, self.line, 1, "row", f"at least {least} cells; it has {len(cells)}")
        if not found:
            raise BadReference(self.file, self.line, 1, "file", "no row below the header")

    def bad(self, field: str, mend: str) -> BadReference:
        """What is wrong with a cell of this row, and where it begins; never the value itself."""
        return BadReference(self.file, self.line, _column(self._raw, self._at[field], self._tabs), field, mend)

    def code(self, field: str, cell: str) -> str:
        if _CODE.fullmatch(cell) is None:
            raise self.bad(field, "a code of five capital letters and digits")
        return cell

    def day(self, field: str, cell: str) -> date:
        found = calendar_day(cell)
        if found is None:
            raise self.bad(field, _DAY_MEND)
        return found

    def end(self, field: str, cell: str, first: date) -> date | None:
        """A last day, not before the first; `*`, nothing or the year 9999 is none."""
        if cell in {"", "*"} or cell.startswith("9999"):
            return None
        last = self.day(field, cell)
        if last < first:
            raise self.bad(field, "not before the day on which the row begins")
        return last

    def digit(self, field: str, cell: str, allowed: str) -> int:
        """A number of one digit, with or without words behind it."""
        if not cell or cell[0] not in allowed or cell[1:2].isalnum():
            raise self.bad(field, f"one of {', '.join(allowed)}")
        return int(cell[0])

    def _head(self) -> list[list[str]]:
        """The lines above the first row, cut into cells; that row itself is kept for the body."""
        above: list[str] = []
        for line in self._lines:
            self._raw, self.line = line, self.line + 1
            if self._is_row is None and line.strip() and not line.startswith("#"):
                self._tabs = "\t" in line
                return [_cut(line, self._tabs) or []]
            if self._is_row is not None and self._begins(line, self._is_row):
                self._first = line
                return self._cut_all(above)
            above.append(line)
            if len(above) > _LONGEST_HEAD:
                break
        raise BadReference(self.file, max(self.line, 1), 1, "file", "no row of this table; is it another file?")

    def _begins(self, line: str, is_row: Callable[[Sequence[str]], bool]) -> bool:
        """Whether the rows begin here. The first one tells what separates cells: a tab may stand within quotes, too."""
        self._tabs = "\t" in line and is_row(line.split("\t"))
        return self._tabs or is_row(_cut(line, tabs=False) or [""])

    def _cut_all(self, above: list[str]) -> list[list[str]]:
        """Header rows; a quoted cell of theirs may run over lines."""
        if self._tabs:
            return [line.split("\t") for line in above]
        try:
            return list(csv.reader(above))
        except csv.Error:
            raise BadReference(self.file, 1, 1, "file", "a quote that is not closed above the first row") from None

    _first: str | None = None

    def _body(self) -> Iterator[list[str]]:
        if self._first is not None:
            yield self._split(self._first)
        for line in self._lines:
            self._raw, self.line = line, self.line + 1
            yield self._split(line)

    def _split(self, line: str) -> list[str]:
        cells = _cut(line, self._tabs)
        if cells is None:
            raise BadReference(self.file, self.line, 1, "row", "a quote that is not closed or stands inside a cell")
        return cells

    def _without_tabs(self, row: list[str]) -> None:
        if not self._tabs and "\t" in self._raw:
            for field, cell in zip(self._columns, row, strict=True):
                if "\t" in cell:
                    raise self.bad(field, "no tab within a cell")

    def _placed(self, head: list[list[str]]) -> dict[str, int]:
        """Where each field's column is: of the columns whose head begins with its name, the one with the least text."""
        heads = [_heads(head, at) for at in range(max(map(len, head), default=0))]
        line = self.line if self._is_row is None else max(self.line - 1, 1)
        places: dict[str, int] = {}
        for field, names in self._columns.items():
            fitting = [
                (len(words), at)
                for at, all_words in enumerate(heads)
                for words in all_words
                if at not in places.values() and words.startswith(tuple(names))
            ]
            if not fitting:
                mend = f"the header lacks a column '{names[0]}'; the file changed, or is another one"
                raise BadReference(self.file, line, 1, field, mend)
            places[field] = min(fitting)[1]
        return places


def _heads(head: list[list[str]], at: int) -> list[str]:
    """What stands above a column from each header row down: a name may be spread over rows."""
    cells = [" ".join(_WORD.findall(row[at].lower())) if at < len(row) else "" for row in head]
    return [" ".join(filter(None, cells[start:])) for start in range(len(cells)) if cells[start]]


def _cut(line: str, tabs: bool) -> list[str] | None:
    """The cells of one line; null when its quotes don't close."""
    if tabs:
        return line.split("\t")
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return None


@lru_cache(16_384)
def calendar_day(cell: str) -> date | None:
    """YYYYMMDD or YYYY-MM-DD; null when it is no day, or none that a table can hold."""
    found = _DAY.fullmatch(cell)
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _column(raw: str, position: int, tabs: bool) -> int:
    """Where the cell of that position starts, counted from 1."""
    delimiter, quoted, passed = "\t" if tabs else ",", False, 0
    for at, letter in enumerate(raw):
        if passed == position:
            return at + 1
        if letter == '"' and delimiter == ",":
            quoted = not quoted
        elif letter == delimiter and not quoted:
            passed += 1
    return len(raw.rstrip("\r\n")) + 1
