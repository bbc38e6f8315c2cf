"""ICD-10-CM and ICD-10-PCS of one release, as CMS publishes them each year and half-year: the order file, fixed.

Positions, counted from 1: number 1-5, code without dot 7-13, 15 is 1 for a code and 0 for what only heads codes, short
text 17-76, long text from 78. The file has no days: it is of one release, whose days the manifest gives.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Literal

from claims.codesets.dated_build import Placed
from claims.codesets.dated_rows import Term
from claims.codesets.shapes import is_diagnosis_shape
from claims.codesets.sheet import text_lines
from claims.reference import BadReference

Classification = Literal["icd-10-cm", "icd-10-pcs"]
BILLABLE, HEADING = "1", "0"
"""What the note of a term says."""
_PROCEDURE: Final = re.compile(r"[0-9A-HJ-NP-Z]{3,7}")


def read_order(
    lines: Iterable[bytes], file: str, table: Classification, first: date, last: date | None
) -> Iterator[Placed]:
    empty = True
    for number, line in enumerate(text_lines(lines, file), start=1):
        if not line.strip():
            continue
        empty = False
        code, flag, title = line[6:13].strip(), line[14:15], " ".join(line[77:].split())
        fits = is_diagnosis_shape(code) if table == "icd-10-cm" else _PROCEDURE.fullmatch(code)
        if not fits:
            raise BadReference(file, number, 7, "code", f"a code of {table} without its dot at 7-13")
        if flag not in {BILLABLE, HEADING}:
            raise BadReference(file, number, 15, "billable", "1 for a code, 0 for what heads codes")
        if not title:
            raise BadReference(file, number, 78, "title", "the long text, from 78")
        yield number, Term(code, title, first, last, flag)
    if empty:
        raise BadReference(file, 1, 1, "file", "no record; is it another file?")
