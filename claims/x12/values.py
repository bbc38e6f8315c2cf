"""What stands in an element, as our own words have it: cents, thousandths and days; X12Fault where it isn't one."""

import re
from datetime import date
from typing import Final

from pydantic import ValidationError

from claims.x12.segments import Segment, X12Fault

REASONS: Final = range(2, 20, 3)
"""CAS02, CAS05, ...: reason, amount, quantity; up to six of a group."""
REMARKS: Final[dict[str, tuple[int, ...]]] = {"MOA": (3, 4, 5, 6, 7), "MIA": (5, 20, 21, 22, 23)}
"""Where the remarks of a claim stand."""
_DECIMAL: Final = re.compile(r"-?[0-9]{0,15}(\.[0-9]*)?", re.ASCII)


def cents(segment: Segment, number: int) -> int:
    """An amount in dollars as integer cents; 0 where the element is empty."""
    said = segment.element(number)
    return _scaled(segment, number, said, 2) if said else 0


def amount(segment: Segment, number: int) -> int:
    """An amount that is wanted."""
    required(segment, number)
    return cents(segment, number)


def thousandths(segment: Segment, number: int) -> int | None:
    """A quantity in thousandths; null where the element is empty."""
    said = segment.element(number)
    return _scaled(segment, number, said, 3) if said else None


def day(segment: Segment, number: int) -> date:
    """CCYYMMDD."""
    said = segment.element(number)
    if len(said) == 8 and said.isascii() and said.isdigit():
        try:
            return date(int(said[:4]), int(said[4:6]), int(said[6:]))
        except ValueError:
            pass
    raise fault(segment, number, "no day", "send it as CCYYMMDD")


def whole(segment: Segment, number: int) -> int | None:
    """A count; null where it is none, for a count that is wrong stops nothing."""
    said = segment.element(number)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def required(segment: Segment, number: int) -> str:
    said = segment.element(number).strip()
    if not said:
        raise fault(segment, number, "empty", "it is required")
    return said


def fault(segment: Segment, number: int, why: str, mend: str) -> X12Fault:
    return X12Fault(segment.at, why, mend, f"{segment.tag}{number:02d}")


class NoRoom(X12Fault):
    """What a field of ours can't hold."""


def no_room(at: int, error: ValidationError, element: str) -> NoRoom:
    """The element and the field are named, never what was sent."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return NoRoom(at, f"{where}: {first['msg']}", "send what the field can hold", element)


def _scaled(segment: Segment, number: int, said: str, digits: int) -> int:
    """A decimal number as an integer of its smallest unit; X12 leaves out a zero before and after the point."""
    if said.isascii() and said.isdigit() and len(said) <= 15:
        return int(said) * _POWERS[digits]
    bare, _, part = said.partition(".")
    if not _DECIMAL.fullmatch(said) or not (bare.strip("-") or part) or part[digits:].strip("0"):
        raise fault(segment, number, "no amount", f"send a decimal number of at most {digits} places")
    size = int(bare.lstrip("-") or 0) * _POWERS[digits] + int(part[:digits].ljust(digits, "0"))
    return -size if bare.startswith("-") else size


_POWERS: Final = {2: 100, 3: 1000}
