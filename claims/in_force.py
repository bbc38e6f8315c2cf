"""Which of a chart's plans are in force on a day, and from which days of it others are."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.events.chart import Coverage
from schemas.events.types import Day

_DAY = timedelta(days=1)


def is_in_force(coverage: Coverage, day: Day) -> bool:
    return covers(coverage, day, day)


def covers(coverage: Coverage, first: Day, last: Day) -> bool:
    """Whether it is in force on all of these days. A plan whose dates nobody gave is."""
    begins, ends = coverage.valid_from, coverage.valid_to
    return (begins is None or begins <= first) and (ends is None or last <= ends)


def touches(coverage: Coverage, first: Day, last: Day) -> bool:
    """Whether it is in force on any of these days."""
    begins, ends = coverage.valid_from, coverage.valid_to
    return (begins is None or begins <= last) and (ends is None or first <= ends)


def changes(coverages: Iterable[Coverage], first: Day, last: Day) -> tuple[Day, ...]:
    """The first day, and each later one on which a plan begins, or is over."""
    found = {first}
    for coverage in coverages:
        begins, ends = coverage.valid_from, coverage.valid_to
        if begins is not None and first < begins <= last:
            found.add(begins)
        if ends is not None and first <= ends < last:
            found.add(ends + _DAY)
    return tuple(sorted(found)) if len(found) > 1 else (first,)
