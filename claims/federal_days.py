"""The federal government's working days: a Medicare deadline never ends on another (CPM 1/70; 5 U.S.C. 6103)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

_DAY: Final = timedelta(days=1)
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_JUNETEENTH_SINCE: Final = 2021


def next_working_day(day: date) -> date:
    """The day itself, or the first after it that is neither Saturday, Sunday nor a federal holiday."""
    while day.weekday() in {_SATURDAY, _SUNDAY} or day in _holidays(day.year):
        day += _DAY
    return day


@lru_cache(256)
def _holidays(year: int) -> frozenset[date]:
    """As observed: of a Saturday on the Friday before, of a Sunday on the Monday after. A New Year's Day on a Saturday
    is observed in the year before."""
    named = (*_fixed(year), *_floating(year), date(year + 1, 1, 1))
    return frozenset(day for day in map(_observed, named) if day.year == year)


def _fixed(year: int) -> Iterator[date]:
    """New Year, Juneteenth, independence, Veterans Day, Christmas."""
    yield date(year, 1, 1)
    if year >= _JUNETEENTH_SINCE:
        yield date(year, 6, 19)
    yield date(year, 7, 4)
    yield date(year, 11, 11)
    yield date(year, 12, 25)


def _floating(year: int) -> Iterator[date]:
    """Martin Luther King, Washington, Memorial Day, Labor Day, Columbus, Thanksgiving."""
    yield _nth(year, 1, _MONDAY, 3)
    yield _nth(year, 2, _MONDAY, 3)
    last = date(year, 5, 31)
    yield last - last.weekday() * _DAY
    yield _nth(year, 9, _MONDAY, 1)
    yield _nth(year, 10, _MONDAY, 2)
    yield _nth(year, 11, _THURSDAY, 4)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (nth - 1)) * _DAY


def _observed(day: date) -> date:
    return day + {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0) * _DAY
