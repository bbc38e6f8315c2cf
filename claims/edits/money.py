"""Edits on amounts ($)."""

from collections.abc import Iterator
from typing import Final

from claims.amounts import LARGEST
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

_TOTAL: Final = "837 CLM02, SV102, SV203"
_CREDIT: Final = "give the charge of the line in cents; a credit is a new version of the chart without the line"


@rule(
    "$1",
    "reject",
    carc="16",
    citation=_TOTAL,
    mend="correct the amounts; they are in cents",
    fixed=True,
    needs="odd amounts",
)
def amounts_beyond_a_claim(subject: Subject) -> Iterator[Fault]:
    """No charge is negative, and lines and payments add up to what a claim can say (837 CLM02)."""
    total = 0
    for at, service in enumerate(subject.services):
        charge = service.charge_cents
        total += charge
        if not 0 <= service.non_covered_cents <= charge <= LARGEST:
            message = "a charge that is negative, above 99,999,999.99, or less than what of it is not covered"
            yield Fault(message, f"services[{at}].charge_cents", at, "amount", _CREDIT)
    chart = subject.chart
    if total > LARGEST:
        yield Fault("the lines add up to more than 99,999,999.99", "services", None, "amount")
    if abs(chart.payments_cents) > LARGEST:
        yield Fault("payments above 99,999,999.99", "payments_cents", None, "amount")
    if chart.restrictions and any(abs(paid) > LARGEST for paid in _restricted(subject)):
        yield Fault("a restricted item paid with more than 99,999,999.99", "restrictions", None, "amount")


def _restricted(subject: Subject) -> Iterator[int]:
    """What was paid for each restricted item, and for all."""
    restrictions = subject.chart.restrictions
    yield from (restriction.paid_cents for restriction in restrictions)
    yield sum(restriction.paid_cents for restriction in restrictions)


@rule(
    "$3",
    "reject",
    carc="16",
    citation="837 loop 2400",
    mend="document what was done, or give the visit a charge in the chargemaster",
    fixed=True,
    needs="no lines",
)
def nothing_charged(subject: Subject) -> Iterator[Fault]:
    """A chart has at least one service, and so has its claim (837 loop 2400), unless they stand on another chart."""
    if not subject.services and subject.chart.folded_into is None:
        yield Fault("a chart with nothing to charge", "services")


@rule(
    "$2",
    "warn",
    citation="the hospital's chargemaster",
    mend="charge what the chargemaster has for that day, or mend it",
    needs="other charges",
)
def charge_not_of_the_chargemaster(subject: Subject) -> Iterator[Fault]:
    """A line whose codes, component and department the chargemaster has on its day costs its units times a price there.

    Where several rows make such a line, it may be a sum of theirs: from the lowest to the highest price. So it is with
    every line of our own; a coder's may differ. What the chargemaster doesn't have is a price of the coder's, and what
    units that are no whole ones should cost, nobody knows (N4).
    """
    for at, agrees in enumerate(agreement(subject)):
        if not agrees:
            message = "a charge that differs from the chargemaster's of that day"
            yield Fault(message, f"services[{at}].charge_cents", at, "amount")


def agreement(subject: Subject) -> Iterator[bool]:
    """Whether each line costs what the chargemaster has for it."""
    lines, master = subject.lines, subject.reference.chargemasters[subject.chart.hospital]
    made = zip(lines.code, lines.revenue_code, lines.component, lines.group, lines.service_from, strict=True)
    return map(master.agrees, made, lines.units, lines.charge_cents)


MONEY: Final[tuple[Rule, ...]] = (amounts_beyond_a_claim, nothing_charged, charge_not_of_the_chargemaster)
