"""Edits on amounts ($)."""

from collections.abc import Iterator
from typing import Final

from claims.amounts import LARGEST
from claims.findings import reject
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding

_TOTAL: Final = "837 CLM02, SV102, SV203"


def nothing_charged(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """$3: a chart has at least one service, and so has its claim (837 loop 2400). Reject, CARC 16."""
    if not chart.services:
        yield reject(
            "$3",
            "a chart with nothing to charge",
            field="services",
            carc="16",
            citation="837 loop 2400",
            mend="document what was done, or give the visit a charge in the chargemaster",
        )


def amounts_beyond_a_claim(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """$1: no charge is negative, and lines and payments add up to what a claim can say (837 CLM02). Reject, CARC 16."""
    for at, service in enumerate(chart.services):
        if not 0 <= service.charge_cents <= LARGEST or not 0 <= service.non_covered_cents <= service.charge_cents:
            yield reject(
                "$1",
                "a charge that is negative, above 99,999,999.99, or less than what of it is not covered",
                field=f"services[{at}].charge_cents",
                line=at + 1,
                value_kind="amount",
                carc="16",
                citation=_TOTAL,
                mend="give the charge of the line in cents; a credit is a new version of the chart without the line",
            )
    if sum(service.charge_cents for service in chart.services) > LARGEST:
        yield _beyond("services", "the lines add up to more than 99,999,999.99")
    if abs(chart.payments_cents) > LARGEST:
        yield _beyond("payments_cents", "payments above 99,999,999.99")
    if any(abs(paid) > LARGEST for paid in _restricted(chart)):
        yield _beyond("restrictions", "a restricted item paid with more than 99,999,999.99")


def _restricted(chart: ChartCoded) -> Iterator[int]:
    """What was paid for each restricted item, and for all."""
    yield from (restriction.paid_cents for restriction in chart.restrictions)
    yield sum(restriction.paid_cents for restriction in chart.restrictions)


def _beyond(field: str, message: str) -> Finding:
    mend = "correct the amounts; they are in cents"
    return reject("$1", message, field=field, value_kind="amount", carc="16", citation=_TOTAL, mend=mend)
