"""Timely filing (D4): a claim reaches its payer in time, or is never paid."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from claims.edits.rule import Fault, Rule, Severity, rule
from claims.edits.subject import Subject
from claims.federal_days import next_working_day
from claims.partners import Payer
from claims.payers import MEDICARE

_NEAR: Final = 14  # days, beside those that the hospital waits for late charges


@rule(
    "D4",
    "reject",
    carc="29",
    citation="42 CFR 424.44; CPM 1/70; the payer's timely_filing_days in partners.yaml",
    mend="send it at once; if it is late, give the payer's reason for an exception or write it off",
)
def filed_too_late(subject: Subject) -> Iterator[Fault]:
    """On the day we have the chart, its first payer still takes its claims; within two weeks of the end it warns.

    A professional line counts from its first day, an institutional claim from its last. Medicare (filing indicator MA
    or MB in the payer's entry): one calendar year; of 29 February until 28 February; an end on a Saturday, Sunday or
    federal holiday moves to the next working day (CPM 1/70.1 and 70.4, 42 CFR 424.44; read in digests of them).
    Others: `timely_filing_days`. The two weeks are added to the days that the hospital waits for late charges. A later
    version only warns: it may give back what was paid in error, for which no limit counts (42 CFR 401.305).
    """
    payer = subject.payer
    if payer is None:
        return
    earliest, today = min(subject.days[0], subject.stay.end_day), subject.received
    wait = _NEAR + subject.hospital.hold_days(subject.stay.encounter_class)
    if (today - earliest).days + wait < _shortest(payer):
        return
    if subject.facility:
        yield from _late(subject, last_day(payer, subject.stay.end_day), wait, "encounter.end_day", None)
    for at, service in enumerate(subject.services):
        if service.component == "professional":
            last = last_day(payer, service.service_from)
            yield from _late(subject, last, wait, f"services[{at}].service_from", at)


def _shortest(payer: Payer) -> int:
    return 365 if payer.filing_indicator in MEDICARE else payer.timely_filing_days


def last_day(payer: Payer, service_day: date) -> date:
    """On which a payer takes a claim for that day of service."""
    if payer.filing_indicator not in MEDICARE:
        return service_day + timedelta(days=payer.timely_filing_days)
    leap = (service_day.month, service_day.day) == (2, 29)
    return next_working_day(service_day.replace(year=service_day.year + 1, day=28 if leap else service_day.day))


def _late(subject: Subject, last: date, wait: int, field: str, line: int | None) -> Iterator[Fault]:
    left = (last - subject.received).days
    if left < 0:
        severity: Severity = "reject" if subject.chart.version == 1 else "warn"
        yield Fault("the payer takes no claim for this day any more", field, line, "day", severity=severity)
    elif left < wait:
        yield Fault("the payer's time for this claim is nearly over", field, line, "day", severity="warn")


FILING: Final[tuple[Rule, ...]] = (filed_too_late,)
