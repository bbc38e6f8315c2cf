"""The words events are made of: exact, bounded, and silent about their input."""

from datetime import date, datetime, timedelta
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, FailFast, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError


class Wire(BaseModel):
    """A frozen, strict value of the wire. Its errors never repeat what was sent (45 CFR 164.312)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


D = TypeVar("D", date, datetime)


def _of_our_time(when: D) -> D:
    """Where a year is mistyped, calendars, time zones and code tables end; nobody alive was treated before 1900."""
    if not 1900 <= when.year <= 2100:
        raise PydanticCustomError("year_from_1900_to_2100", "a year from 1900 to 2100")
    return when


def _utc_milliseconds(instant: datetime) -> datetime:
    if instant.utcoffset() != timedelta(0):
        raise ValueError("an instant is in UTC")
    if instant.microsecond % 1000:
        raise ValueError("an instant has whole milliseconds")
    return _of_our_time(instant)


T = TypeVar("T")

Many = Annotated[tuple[T, ...], Strict(False), FailFast()]
"""Zero or more of a thing, in order; an Avro array. The first broken item ends the check: listing millions costs GB."""

# No C0 or C1 control character ever enters a field of one line; running text may break lines.
_LINE = r"^[^\x00-\x1f\x7f-\x9f]+$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"

Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_LINE)]
"""An identifier somebody assigned: event, chart, account, statement, claim, partner."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_LINE)]
"""A value of a code set, or of a closed list of ours."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=240, pattern=_LINE)]
"""One line of text: a name, a label, a display."""
Text = Annotated[str, StringConstraints(max_length=20_000, pattern=_TEXT)]
"""Running text. Longer is refused: a note of 20,000 characters is a document, not a field."""
Npi = Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
"""National Provider Identifier, ten digits; the check digit is a rule (P2), not a shape."""
Day = date
"""A calendar day where it happened; Avro `date`."""
DayOfCare = Annotated[date, AfterValidator(_of_our_time)]
"""A day on which something was done, 1900 to 2100: no birth, and no end of a coverage that says 9999."""
Instant = Annotated[datetime, AfterValidator(_utc_milliseconds)]
"""A moment in UTC, to the millisecond, 1900 to 2100; Avro `timestamp-millis`."""
PatientStatus = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
"""Where a patient went, X12 CL103: two digits; whether there is such a status is a rule (B1), not a shape."""
Cents = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""Signed integer cents; never a float."""
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Milli = Annotated[int, Field(ge=0, le=2**53)]
"""A quantity in thousandths of its unit: 2.5 mL is 2500."""


class Event(Wire):
    """What every event but a statistic carries.

    `event_id` is derived from what the event is about (uuid5), so that a redelivery has the same; a hospital or a payer
    may send its own. `software` is the version that spoke and part of no identity.
    """

    event_id: Id
    occurred_at: Instant
    causation_id: Id | None = None
    correlation_id: Id | None = None
    producer: Id
    software: Line | None = None
