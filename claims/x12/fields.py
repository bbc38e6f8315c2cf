"""The elements of one claim as values; what can't be read is kept, so that everything wrong is said at once."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, NamedTuple, TypeVar

from claims.x12 import values
from claims.x12.segments import Segment, X12Fault

T = TypeVar("T")
_NPI: Final = "XX"
_TEN_DIGITS: Final = re.compile(r"[0-9]{10}")
NO_DAY: Final = date(1900, 1, 1)
"""Stands for a day that can't be read, in a claim that is then not made."""


class Doubt(NamedTuple):
    """What is wrong with a claim that can be read all the same: the rule it offends, and which of its diagnoses, from
    0, it is about."""

    rule: str
    fault: X12Fault
    diagnosis: int | None = None


class Fields:
    def __init__(self) -> None:
        self.faults: list[X12Fault] = []
        self.doubts: list[Doubt] = []

    def in_order(self) -> tuple[X12Fault, ...]:
        """As they stand in the file, each once: an element may be asked for twice."""
        once = {(fault.at, fault.element or "", fault.why): fault for fault in self.faults}
        return tuple(once[key] for key in sorted(once))

    def wrong(self, segment: Segment, number: int, why: str, mend: str) -> None:
        self.faults.append(values.fault(segment, number, why, mend))

    def required(self, segment: Segment, number: int) -> str:
        return self._or(lambda: values.required(segment, number), "?")

    def cents(self, segment: Segment, number: int) -> int:
        return self._or(lambda: values.cents(segment, number), 0)

    def thousandths(self, segment: Segment, number: int) -> int:
        return self._or(lambda: values.thousandths(segment, number), None) or 0

    def amount(self, segment: Segment, number: int) -> int:
        """An amount that is wanted, in cents."""
        return self.cents(segment, number) if self.required(segment, number) != "?" else 0

    def quantity(self, segment: Segment, number: int) -> int:
        """A quantity that is wanted, in thousandths."""
        return self.thousandths(segment, number) if self.required(segment, number) != "?" else 0

    def day(self, segment: Segment, number: int) -> date:
        """Of care or of paying for it: of our time."""
        found = self.any_day(segment, number)
        if not 1900 <= found.year <= 2100:
            self.wrong(segment, number, "no day of our time", "correct the year")
            return NO_DAY
        return found

    def any_day(self, segment: Segment, number: int) -> date:
        return self._or(lambda: values.day(segment, number), NO_DAY)

    def npi(self, named: Segment) -> str | None:
        """NM109 where NM108 says that it is an NPI. Its check digit is a rule (P2)."""
        said = named.element(9)
        if named.element(8) != _NPI or not said:
            return None
        if not _TEN_DIGITS.fullmatch(said):
            self.wrong(named, 9, "no NPI", "write its ten digits")
            return None
        return said

    def count(self, segment: Segment, number: int) -> int:
        """A whole number that is wanted."""
        found = values.whole(segment, number)
        if found is None:
            self.wrong(segment, number, "no whole number", "write it in digits")
        return found or 0

    def days(self, segment: Segment) -> tuple[date, date]:
        """The day or days of a DTP, by the format it names; an hour after them is another's to read."""
        kind, said = segment.element(2), segment.element(3)
        if kind == "RD8":
            return self.span(segment, 3)
        if kind not in ("D8", "DT"):
            self.wrong(segment, 2, "no format of days", "write D8, RD8 or DT")
            return NO_DAY, NO_DAY
        only = self.day(_with(segment, 3, said[:8] if kind == "DT" else said), 3)
        return only, only

    def span(self, segment: Segment, number: int) -> tuple[date, date]:
        """From and to, with a hyphen between."""
        first, _, last = segment.element(number).partition("-")
        return self.day(_with(segment, number, first), number), self.day(_with(segment, number, last), number)

    def _or(self, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except X12Fault as fault:
            self.faults.append(fault)
            return instead


def parts(segment: Segment, number: int) -> Segment:
    """A composite element as a segment of its components: its first one is element 1."""
    return Segment([f"{segment.tag}{number:02d}-", *segment.components(number)], segment.at, segment.delimiters)


def composites(segment: Segment) -> Iterator[Segment]:
    """Each element of a segment that has only composites (HI)."""
    return (parts(segment, number) for number in range(1, len(segment.elements)) if segment.element(number))


def _with(segment: Segment, number: int, said: str) -> Segment:
    return segment._replace(elements=[*segment.elements[:number], said])
