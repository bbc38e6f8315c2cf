"""Until when a chart's claims have to be with its first payer, and what its hospital is told before that, and before an
appeal's time is over."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from claims import settlement
from claims.accounts import AccountClaim
from claims.edits.filing import last_day
from claims.findings import warn
from claims.partners import Hospital, Payer
from claims.stay import local_day
from schemas.events.chart import ChartCompleted
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded

WARN_DAYS: Final = 14  # as D4 has it for a chart that arrives late

FILING_NEAR: Final = warn(
    "D4",
    "no claim of this chart is with its payer, whose time for it is nearly over",
    mend="complete the chart and send its next version: after that time the payer takes no claim for it",
    citation="42 CFR 424.44; the payer's timely_filing_days in partners.yaml",
    carc="29",
)
APPEAL_NEAR: Final = warn(
    "D4",
    "the time to appeal what the payer denied is nearly over",
    mend="appeal, send the chart's next version, or write it off",
    citation="42 CFR 405.942; the payer's appeal_days in partners.yaml",
)


REJECTED_NEAR: Final = warn(
    "D4",
    "the payer rejected this claim, so that it was never filed, and his time for it is nearly over",
    mend="correct what he rejected, and send the chart's next version: after that time he takes no claim for it",
    citation="42 CFR 424.44; X12 277CA; the payer's timely_filing_days in partners.yaml",
    carc="29",
)
NEXT_NEAR: Final = warn(
    "D4",
    "no claim is with the payer after this one's, whose time for it is nearly over",
    mend="ask the payer of this claim for his answer, or mend what keeps the next claim back",
    citation="42 CFR 424.44, 447.45(d); timely_filing_days and days_after_answer in partners.yaml",
    carc="29",
)


def claim_by(claim: ClaimBuilt, payer: Payer) -> date:
    """The last day on which its payer takes a claim: by its day of service, or as a next payer who has it so in his
    profile by the day on which the one before answered. An institutional claim counts from its last day, a
    professional's from its first (CPM 1/70)."""
    if payer.days_after_answer is not None and claim.prior:
        return claim.prior[-1].adjudicated_on + timedelta(days=payer.days_after_answer)
    return last_day(payer, claim.statement_to if claim.kind == "institutional" else claim.statement_from)


def next_by(before: AccountClaim, payer: Payer) -> date | None:
    """The last day on which the payer after a claim's own takes one; null while that counts from an answer that has not
    come."""
    if payer.days_after_answer is None:
        return claim_by(before.claim.model_copy(update={"prior": ()}), payer)
    days = [answer.adjudicated_on for answer in settlement.counted(before)]
    return max(days) + timedelta(days=payer.days_after_answer) if days else None


def file_by(chart: ChartCompleted | ChartCoded, payer: Payer, hospital: Hospital) -> date | None:
    """The last day on which the payer takes all claims of a chart: its first service's, or its last day's where the
    hospital bills alone. Null where no day is known."""
    return min((last_day(payer, day) for day in _days(chart, hospital)), default=None)


def _days(chart: ChartCompleted | ChartCoded, hospital: Hospital) -> Iterator[date]:
    if isinstance(chart, ChartCompleted):
        if chart.encounter.start is not None:
            yield local_day(chart.encounter.start, hospital)
        return
    for service in chart.services:
        yield service.service_from if service.component == "professional" else chart.encounter.end_day
    if not chart.services:
        yield chart.encounter.start_day
