"""Medical necessity: which diagnoses support a procedure under a policy, as a CSV made of CMS's coverage database.

A row is a policy, a procedure code, one diagnosis code or a prefix with `*` behind it, and the policy's first and last
day. The database exports these as separate tables (article_x_hcpc_code, article_x_icd10_covered), joined by article and
group; their names for code and diagnosis are taken too.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from claims.codesets.dated_build import Placed
from claims.codesets.dated_rows import Necessity
from claims.codesets.shapes import with_dot, without_dot
from claims.codesets.sheet import Head, Sheet

COLUMNS: Final[Head] = {
    "policy": ("policy", "article id", "lcd id"),
    "code": ("code", "hcpc code id"),
    "diagnosis": ("diagnosis", "icd10 code id"),
    "start": ("start",),
    "end": ("end",),
}
_POLICY: Final = re.compile(r"[0-9A-Za-z._-]{1,16}")
_DIAGNOSIS: Final = re.compile(r"[A-Z][0-9A][0-9A-Z]\.?([0-9A-Z]{0,4}|[0-9A-Z]{0,3}\*)|[A-Z][0-9A]?\*")


def read_necessity(lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    sheet = Sheet(lines, file, COLUMNS)
    for policy, code, diagnosis, start, end in sheet.rows():
        if _POLICY.fullmatch(policy) is None:
            raise sheet.bad("policy", "up to 16 letters, digits, points and hyphens")
        if _DIAGNOSIS.fullmatch(diagnosis) is None:
            raise sheet.bad("diagnosis", "an ICD-10-CM code, or its beginning with * behind it")
        first = sheet.day("start", start)
        yield (
            sheet.line,
            Necessity(policy, sheet.code("code", code), (_written(diagnosis),), first, sheet.end("end", end, first)),
        )


def _written(diagnosis: str) -> str:
    """With its dot, as everywhere in the program; a category and `*` has none."""
    stem, star = diagnosis.rstrip("*"), "*" * diagnosis.endswith("*")
    return with_dot(without_dot(stem)) + star
