"""Edits on dates (D) and on the patient's life span (I7, I8)."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

_OLDEST: Final = 124


@rule(
    "D1",
    "reject",
    carc="16",
    citation="837 DTP 434, 472",
    mend="correct the day, or bill it with the encounter it belongs to",
)
def outside_encounter(subject: Subject) -> Iterator[Fault]:
    """A line's days lie within the encounter's (837 statement dates); those of a folded chart lay within that one's."""
    first, last = subject.stay.start_day, subject.stay.end_day
    for at, service in enumerate(subject.services):
        inside = first <= service.service_from <= service.service_to <= last
        if not inside and service.chart_id is None:
            yield Fault("a service day lies outside the encounter", f"services[{at}].service_from", at, "day")


@rule("I7", "reject", carc="13", citation="CARC 13", mend="correct the day of service or of death")
def after_death(subject: Subject) -> Iterator[Fault]:
    """No service after the day of death."""
    died = subject.patient.deceased_date
    if died is None:
        return
    for at, service in enumerate(subject.services):
        if service.service_from > died:
            yield Fault("a service after the patient's death", f"services[{at}].service_from", at, "day")


@rule(
    "I8",
    "reject",
    carc="14",
    citation="MCE 14, IOCE 25",
    mend="correct the date of birth or of the encounter",
)
def before_birth_or_too_old(subject: Subject) -> Iterator[Fault]:
    """Nobody is treated before his birth, or older than 124 (MCE 14, IOCE 25)."""
    if subject.age is not None and not 0 <= subject.age <= _OLDEST:
        yield Fault("the date of birth gives no possible age", "patient.birth_date", None, "day")


DATES: Final[tuple[Rule, ...]] = (outside_encounter, after_death, before_birth_or_too_old)
