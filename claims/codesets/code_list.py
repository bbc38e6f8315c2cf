"""A list of codes as a CSV: code, title, start, end. For revenue codes, places of service, MS-DRG and other lists."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from claims.codesets.dated_build import Placed
from claims.codesets.dated_rows import Term
from claims.codesets.sheet import Head, Sheet

COLUMNS: Final[Head] = {"code": ("code",), "title": ("title",), "start": ("start",), "end": ("end",)}
SHAPES: Final[dict[str, tuple[str, str]]] = {
    "admission-source": (r"[0-9A-Z]", "a digit or a capital letter"),
    "admission-type": (r"[0-9]", "a digit"),
    "bill-types": (r"0[0-9]{2}", "a zero and the two digits of facility and care, without the frequency"),
    "discharge-status": (r"[0-9]{2}", "two digits"),
    "modifiers": (r"[0-9A-Z]{2}", "two capital letters or digits"),
    "ms-drg": (r"[0-9]{3}", "three digits"),
    "place-of-service": (r"[0-9]{2}", "two digits"),
    "poa-exempt": (r"[A-Z][0-9A-Z]{2,6}", "an ICD-10-CM code without its dot"),
    "revenue-codes": (r"[0-9]{4}", "four digits, with the leading zero"),
}
_LONGEST: Final = 2_000


def read_code_list(lines: Iterable[bytes], file: str, table: str) -> Iterator[Placed]:
    shape, mend = SHAPES[table]
    sheet, fits = Sheet(lines, file, COLUMNS), re.compile(shape, re.ASCII)
    for code, title, start, end in sheet.rows():
        if fits.fullmatch(code) is None:
            raise sheet.bad("code", mend)
        if not 0 < len(title) <= _LONGEST:
            raise sheet.bad("title", f"from 1 to {_LONGEST} characters")
        first = sheet.day("start", start)
        yield sheet.line, Term(code, title, first, sheet.end("end", end, first))
