"""Edits on dates (D1, D2, D3, D5); timely filing has a room of its own."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import order_of
from claims.stay import INPATIENT_PLACES, admission_day
from claims.turns import is_parted


@rule(
    "D1",
    "reject",
    carc="16",
    citation="837 DTP 434, 472; 42 CFR 412.2(c)(5)",
    mend="correct the day, or bill it with the encounter it belongs to",
    needs="days outside",
)
def outside_encounter(subject: Subject) -> Iterator[Fault]:
    """A line's days lie within the encounter's (837 statement dates); those of a folded chart lay within that one's.

    An operation may have been done in the days before an admission that go on its claim (42 CFR 412.2(c)(5)); on
    another day outside the stay it warns.
    """
    first, last = subject.stay.start_day, subject.stay.end_day
    earliest, latest = subject.days
    if not (first <= earliest and latest <= last and subject.in_order):
        for at, service in enumerate(subject.services):
            inside = first <= service.service_from <= service.service_to <= last
            if not inside and service.chart_id is None:
                yield Fault("a service day lies outside the encounter", f"services[{at}].service_from", at, "day")
    for at, procedure in enumerate(subject.chart.procedures):
        if not first - timedelta(days=subject.hospital.window_days) <= procedure.performed_at <= last:
            message = "an operation lies outside the stay"
            yield Fault(message, f"procedures[{at}].performed_at", None, "day", severity="warn")


@rule(
    "D2",
    "reject",
    carc="16",
    citation="837 DTP 434, 472; IOCE 23; CARC 110",
    mend="correct the date",
)
def dates_out_of_order(subject: Subject) -> Iterator[Fault]:
    """Nothing ends before it begins, and nothing is billed before it is done (IOCE 23; CARC 110).

    'Today' is the day the chart reached us, where the hospital is. Completeness says the same of the hospital's own
    words; where it has, it is not said again of the lines that came from them.
    """
    stay, today = subject.stay, subject.received
    if stay.end_day < stay.start_day or stay.end < stay.start:
        yield Fault("the encounter ends before it starts", "encounter.end", None, "day")
    if stay.end_day > today:
        yield Fault("the encounter ends in the future", "encounter.end", None, "day", carc="110")
    if stay.admission_date is not None and stay.admission_date > stay.end_day:
        yield Fault("the discharge is before the admission", "encounter.admission_date", None, "day")
    if subject.in_order and subject.days[1] <= today:
        return
    for at, service in enumerate(subject.services):
        if service.service_to < service.service_from:
            yield Fault("a service ends before it begins", f"services[{at}].service_to", at, "day")
        if service.service_to > today:
            yield Fault("a service in the future", f"services[{at}].service_to", at, "day", carc="110")


@rule(
    "D3",
    "reject",
    carc="16",
    citation="837P DTP 435; X12 RFI 154, 2130",
    mend="give the day of admission, or the place where it was done",
    of="professional",
    needs="inpatient places",
)
def admission_date_missing(subject: Subject) -> Iterator[Fault]:
    """A professional's service to an inpatient (place 21, 51 or 61) has the day of admission (837P DTP 435).

    X12 RFI 154 and 2130, read: wanted when any line is a visit to an inpatient. A stay's own first day is its day of
    admission (837I, 011x), so that only a chart of another class can lack it.
    """
    if admission_day(subject.stay) is not None:
        return
    for at, service in enumerate(subject.services):
        place = service.place_of_service or subject.stay.place_of_service
        if service.component == "professional" and place in INPATIENT_PLACES:
            message = "a service to an inpatient, without the day of admission"
            yield Fault(message, "encounter.admission_date", at, "day")


@rule(
    "D5",
    "reject",
    carc="267",
    citation="the payer's splits in partners.yaml; CARC 267, 268",
    mend="part the line, or bill each part on a chart of its own",
    of="outpatient",
    needs="splits",
)
def spans_what_must_be_split(subject: Subject) -> Iterator[Fault]:
    """Outpatient days that a payer wants apart don't stand together on one line: months (CARC 267), and years (268).

    Which, the payer's entry says (`splits`); by itself none. Lines of different months or years go on claims of their
    own, so that only a line over both is wrong. A stay paid by DRG is never split, so that inpatients are not looked
    at.
    """
    payer = subject.payer
    if payer is None or not payer.splits:
        return
    for at, service in enumerate(subject.services):
        days, field = (service.service_from, service.service_to), f"services[{at}].service_to"
        yield from _of_two_periods(payer.splits, days, field, at)


@rule(
    "D5",
    "reject",
    carc="239",
    citation="CARC 239; 42 CFR 422.318",
    mend="part the line where the coverage changes",
    needs="plans change",
)
def over_a_change_of_coverage(subject: Subject) -> Iterator[Fault]:
    """A line's days are covered by the same plans (CARC 239): each service goes to those of its own day.

    A stay is not split, so that the hospital's lines of an inpatient are not looked at.
    """
    order = order_of(subject.chart)
    for at, service in enumerate(subject.services):
        parted = not (subject.inpatient and service.component == "facility")
        if parted and is_parted(order, service.service_from, service.service_to):
            yield Fault("days with and without coverage together", f"services[{at}].service_to", at, "day")


def _of_two_periods(splits: tuple[str, ...], days: tuple[date, date], field: str, line: int) -> Iterator[Fault]:
    start, end = days
    if "year" in splits and start.year != end.year:
        yield Fault("days of two years together", field, line, "day", carc="268")
    elif "month" in splits and (start.year, start.month) != (end.year, end.month):
        yield Fault("days of two months together", field, line, "day")


DATES: Final[tuple[Rule, ...]] = (
    outside_encounter,
    dates_out_of_order,
    admission_date_missing,
    spans_what_must_be_split,
    over_a_change_of_coverage,
)
