"""Facts: what a closed window counts. They name a month and a patient's token, so they never leave the ledger.

A token is an HMAC that the caller made; it is derived from a person and therefore no Safe Harbor value
(45 CFR 164.514(c)). A chart under 42 CFR Part 2 makes no fact at all, so that no flag of it is kept either.
"""

from collections import Counter
from typing import NamedTuple

from claims import deidentify
from claims.deidentify import Ccsr, Chart, CountedBy
from schemas.events.claim import ClaimBuilt, PatientBill
from schemas.events.coded import ChartCoded, ChartReturned
from schemas.events.control import ClaimStats
from schemas.events.payer import ClaimAdjudicated
from schemas.events.types import Cents, Code, Id, Line, Many, Milli, Wire


class Where(NamedTuple):
    """What a caller adds to an event: the open window's month, and tokens of the patient and of the chart or claim."""

    month: str
    patient: str
    about: str


class ServiceUse(Wire):
    """Billing units of one group of services or supplies, in thousandths."""

    group: Line
    units: Milli


class Fact(Wire):
    """One outcome as a window counts it. `statistic` is what may leave alone; the rest may not."""

    month: Code  # YYYY-MM
    patient: Id
    about: Id
    statistic: ClaimStats
    services: Many[ServiceUse] = ()
    charge_cents: Cents = 0
    paid_cents: Cents = 0
    patient_share_cents: Cents = 0


def _uses(chart: ChartCoded, by: CountedBy) -> tuple[ServiceUse, ...]:
    units: Counter[str] = Counter()
    for service in chart.services:
        units[deidentify.service_group(service, by.departments)] += service.units
    return tuple(ServiceUse(group=group, units=units[group]) for group in sorted(units))


def of_coded(chart: ChartCoded, by: CountedBy, where: Where) -> Fact | None:
    """A chart in codes: which services were used, and whether it was complete at first."""
    if deidentify.is_part2(chart):
        return None
    return Fact(
        **where._asdict(),
        statistic=deidentify.of_coded(chart, by),
        services=_uses(chart, by),
        charge_cents=sum(each.charge_cents for each in chart.services),
    )


def of_returned(stage: str, returned: ChartReturned, chart: Chart, by: CountedBy, where: Where) -> Fact | None:
    """A chart that went back, and why."""
    if deidentify.is_part2(chart):
        return None
    return Fact(**where._asdict(), statistic=deidentify.of_returned(stage, returned, chart, by))


def of_claim(claim: ClaimBuilt, ccsr: Ccsr, part2: bool, where: Where) -> Fact | None:
    """A claim that went out, with what was charged."""
    if part2:
        return None
    statistic = deidentify.of_claim(claim, ccsr, part2)
    return Fact(**where._asdict(), statistic=statistic, charge_cents=claim.total_charge_cents)


def of_answer(answer: ClaimAdjudicated, claim: ClaimBuilt, ccsr: Ccsr, part2: bool, where: Where) -> Fact | None:
    """A payer's answer in signed cents: a reversal takes back what it reverses, in either order.

    The patient's share is summed from the PR adjustments, since a reversal leaves CLP05 empty (x12.org RFI 1147).
    """
    if part2:
        return None
    return Fact(
        **where._asdict(),
        statistic=deidentify.of_answer(answer, claim, ccsr, part2),
        charge_cents=answer.charge_cents,
        paid_cents=answer.paid_cents,
        patient_share_cents=sum(each.cents for each in deidentify.adjustments(answer) if each.group == "PR"),
    )


def of_bill(bill: PatientBill, part2: bool, where: Where) -> Fact | None:
    """A bill to a person: what was charged, what he has paid, what he owes."""
    if part2:
        return None
    return Fact(
        **where._asdict(),
        statistic=deidentify.of_bill(bill, part2),
        charge_cents=bill.total_charge_cents,
        paid_cents=bill.patient_paid_cents,
        patient_share_cents=bill.owed_cents,
    )
