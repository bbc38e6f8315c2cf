"""NCCI procedure-to-procedure edits, as CMS publishes them each quarter: text with tabs, in up to four parts a setting.

Seven columns: column 1, column 2, in existence before 1996, effective date, deletion date (`*` is none), modifier
indicator 0, 1 or 9, rationale. Above them stand the AMA's notice and a header of several rows.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from claims.codesets.dated_build import Placed
from claims.codesets.dated_rows import Pair
from claims.codesets.sheet import Head, Sheet, begins_with_code

COLUMNS: Final[Head] = {
    "column 1": ("column 1",),
    "column 2": ("column 2",),
    "effective date": ("effective date",),
    "deletion date": ("deletion date",),
    "modifier": ("modifier",),
}


def read_pairs(lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    sheet = Sheet(lines, file, COLUMNS, begins_with_code)
    code, day, end, digit = sheet.code, sheet.day, sheet.end, sheet.digit
    for column1, column2, effective, deletion, modifier in sheet.rows():
        first = day("effective date", effective)
        yield (
            sheet.line,
            Pair(
                code("column 1", column1),
                code("column 2", column2),
                digit("modifier", modifier, "019"),
                first,
                end("deletion date", deletion, first),
            ),
        )
