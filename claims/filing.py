"""Until when a chart's claims have to be with its first payer, and what its hospital is told before that, and before an
appeal's time is over."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from claims.edits.filing import last_day
from claims.findings import warn
from claims.partners import Hospital, Payer
from claims.stay import local_day
from schemas.events.chart import ChartCompleted
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
