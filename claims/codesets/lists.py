"""The small public lists that ship with the program: bare values with our own words, and days where they are known."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

from claims.codesets.dated import DatedTables, open_tables
from claims.codesets.dated_build import Release, compile_tables
from claims.codesets.dated_layout import FIRST_DAY
from claims.codesets.dated_rows import Term
from claims.codesets.shapes import DISCHARGE_STATUSES, PLACES_OF_SERVICE

SOURCE: Final = "claimstream's own list"

_BEGAN: Final[dict[str, date]] = {"10": date(2022, 1, 1), "27": date(2023, 10, 1)}


def shipped() -> tuple[Release, ...]:
    """Each list as a release that was always known; what a user's file says of a code comes before it."""
    return (
        _list("place-of-service", {**PLACES_OF_SERVICE, "27": "street or other place without shelter"}, _BEGAN),
        _list("discharge-status", DISCHARGE_STATUSES, {}),
    )


@cache
def shipped_tables() -> DatedTables:
    """What serves where no tables were built."""
    return open_tables(compile_tables(shipped()))


def _list(table: str, words: Mapping[str, str], began: Mapping[str, date]) -> Release:
    rows = (Term(code, title, began.get(code, FIRST_DAY)) for code, title in words.items())
    return Release(table, enumerate(rows, start=1), source=SOURCE)
