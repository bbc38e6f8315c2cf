"""Who pays himself: the good-faith estimate he was given, and the hospital's discount (45 CFR 149.610, 149.620)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from claims import findings
from claims.federal_days import next_working_day
from claims.partner_fields import SelfPayDiscount
from schemas.events.chart import Estimate
from schemas.events.claim import BillEstimate
from schemas.events.coded import Finding
from schemas.events.types import Cents, Day

DISPUTABLE_CENTS: Final = 40_000  # 45 CFR 149.620(a)(2)(ii): substantially in excess
_DAY: Final = timedelta(days=1)


def discount_of(charges: Cents, day: Day, discounts: Sequence[SelfPayDiscount]) -> Cents:
    """What the hospital takes off what nobody insures: the newest discount of that day of service, rounded to the
    nearest cent, half a cent in the patient's favour; never more than the charges."""
    in_force = [each for each in discounts if each.since <= day]
    if not in_force or charges <= 0:
        return 0
    newest = max(in_force, key=lambda each: each.since)
    off = newest.cents or (charges * (newest.percent_hundredths or 0) + 5_000) // 10_000
    return min(off, charges)


def compared(estimate: Estimate | None, billed: Cents) -> BillEstimate | None:
    """The estimate as the bill shows it; what was taken off is not billed."""
    if estimate is None:
        return None
    above = billed - estimate.cents
    return BillEstimate(
        cents=estimate.cents, given=estimate.given, above_cents=above, disputable=above >= DISPUTABLE_CENTS
    )


def warnings(estimate: Estimate | None, shown: BillEstimate | None, service: Day) -> Iterator[Finding]:
    """What the hospital hears of a bill with an estimate. `service` is the first day of care."""
    if estimate is not None and is_late(estimate, service):
        yield _LATE
    if shown is not None and shown.disputable:
        yield _ABOVE


def is_late(estimate: Estimate, service: Day) -> bool:
    """Given after the last day that its own dates leave: 3 business days from the patient's request; 1 from when care
    was booked at least 3 ahead, 3 from when it was booked at least 10 ahead (45 CFR 149.610(b)(1)(vi)). What the dates
    don't tell is not judged."""
    if estimate.given is None:
        return False
    due = [business_days_after(estimate.requested, 3)] if estimate.requested is not None else []
    booked = estimate.scheduled
    if booked is not None and business_days_after(booked, 3) <= service:
        due.append(business_days_after(booked, 3 if business_days_after(booked, 10) <= service else 1))
    return any(estimate.given > day for day in due)


def business_days_after(day: Day, number: int) -> Day:
    """The day that many federal working days later."""
    for _ in range(number):
        day = next_working_day(day + _DAY)
    return day


_LATE = findings.warn(
    "E1",
    "the estimate was given later than its dates allow",
    field="estimate.given",
    mend="give it within 1 business day of booking, or 3 where care is 10 or more away or the patient asked",
    citation="45 CFR 149.610(b)(1)(vi)",
)
_ABOVE = findings.warn(
    "E2",
    "the bill is 400 dollars or more above the estimate, and may be disputed",
    field="estimate.cents",
    mend="look whether the estimate or the charges are wrong before the patient disputes the bill",
    citation="45 CFR 149.620",
)
