"""The small public lists that ship with the program: bare values with our own words, and days where they are known.

A line is a code, its days as an ISO 8601 interval where we know one (`2022-01-01/`, `/2010-06-30`), and words. The
words are ours: the text of X12, NUBC and the AMA is theirs. What a user's file says of a code comes before these lists.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final

from claims.codesets.dated import DatedTables, open_tables
from claims.codesets.dated_build import Release, compile_tables
from claims.codesets.dated_layout import FIRST_DAY
from claims.codesets.dated_rows import Term
from claims.codesets.lists.modifiers import MODIFIERS
from claims.codesets.lists.places import ADMISSION_SOURCES, ADMISSION_TYPES, BILL_TYPES, PLACES_OF_SERVICE
from claims.codesets.lists.revenue import REVENUE_CODES
from claims.codesets.shapes import DISCHARGE_STATUSES

SOURCE: Final = "ships with the program"
_DISCHARGE: Final = "\n".join(f"{code} {words}" for code, words in DISCHARGE_STATUSES.items())
_LISTS: Final = {
    "admission-source": ADMISSION_SOURCES,
    "admission-type": ADMISSION_TYPES,
    "bill-types": BILL_TYPES,
    "discharge-status": _DISCHARGE,
    "modifiers": MODIFIERS,
    "place-of-service": PLACES_OF_SERVICE,
    "revenue-codes": REVENUE_CODES,
}


def shipped() -> tuple[Release, ...]:
    """Each list as a release that was always known."""
    return tuple(Release(table, enumerate(_terms(lines), start=1), source=SOURCE) for table, lines in _LISTS.items())


@cache
def shipped_tables() -> DatedTables:
    """What serves where no tables were built."""
    return open_tables(compile_tables(shipped()))


def _terms(lines: str) -> Iterator[Term]:
    for line in lines.strip().splitlines():
        code, rest = line.split(maxsplit=1)
        days, _, words = rest.partition(" ") if rest[0].isdigit() or rest[0] == "/" else ("/", "", rest)
        first, _, last = days.partition("/")
        yield Term(code, words, date.fromisoformat(first or str(FIRST_DAY)), date.fromisoformat(last) if last else None)
