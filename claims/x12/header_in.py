"""When a file was made, and by whom it is sent (837 BHT, loop 1000A)."""

from datetime import UTC, datetime

from claims.x12.fields import Fields
from claims.x12.loops import Loop
from claims.x12.people_in import called


def sent_at(header: Loop, fields: Fields) -> datetime:
    """BHT04 and 05, as if in UTC: a file names no zone."""
    begun = header.first("BHT")
    if begun is None:
        fields.wrong(header.head, 1, "a transaction without BHT", "give it")
        return datetime(1900, 1, 1, tzinfo=UTC)
    day, clock = fields.day(begun, 4), begun.element(5).ljust(4, "0")[:4]
    hours = (int(clock[:2]), int(clock[2:])) if clock.isdecimal() else (24, 0)
    if hours >= (24, 0) or hours[1] > 59:
        fields.wrong(begun, 5, "no time of day", "write HHMM")
        hours = (0, 0)
    return datetime(day.year, day.month, day.day, *hours, tzinfo=UTC)


def submitter(header: Loop) -> str:
    sender = next(header.within("NM1", "41"), None)
    return called(sender.head) if sender else "?"
