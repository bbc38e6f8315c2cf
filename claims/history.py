"""What claiming keeps of a patient: the service lines and visits of his charts, as edits across charts compare them.

The types are wire models, so that the ledger stores them with the codec that serves the events.
"""

from datetime import timedelta
from typing import Literal

from claims.accounts import Account, billed_version
from claims.payers import first_payer, numbered_services
from claims.stay import admission_day
from schemas.events.chart import EncounterClass, Part2Consent
from schemas.events.coded import ChartCoded
from schemas.events.types import Code, Count, Day, Id, Many, Milli, Npi, Wire

LOOK_BACK = timedelta(days=2 * 366)
"""How old a patient's service may be when a chart comes, and still be compared with the chart's.

The edits over the history (claims/edits/account.py) compare services of one day, a month, or the days before an
admission. Twice the longest time in which a claim may be filed, a calendar year (42 CFR 424.44), nobody bills that day
any more. Without a bound every chart of a patient would cost more than the one before.
"""


class HistoryLine(Wire):
    """A service line of an earlier chart. `control_number` is the line's own, by which its claim is found."""

    hospital: Id
    account_number: Id
    chart_id: Id
    version: Count
    control_number: Id
    day: Day
    code: Code | None = None
    modifiers: Many[Code] = ()
    revenue_code: Code | None = None
    performer_npi: Npi | None = None
    units: Milli
    component: Literal["facility", "professional"]


class Visit(Wire):
    """An earlier chart as a whole: when the patient was where, who is asked first to pay, and who may learn of it
    (42 CFR Part 2). A stay starts with the admission."""

    hospital: Id
    account_number: Id
    chart_id: Id
    encounter_class: EncounterClass
    start: Day
    end: Day
    payer: Id | None = None
    admission_related: bool | None = None
    part2: Part2Consent | None = None


class PatientHistory(Wire):
    lines: Many[HistoryLine] = ()
    visits: Many[Visit] = ()


def lines_of(chart: ChartCoded) -> tuple[HistoryLine, ...]:
    """A chart's services as later charts of the patient are compared with them."""
    return tuple(
        HistoryLine(
            hospital=chart.hospital,
            account_number=chart.account_number,
            chart_id=chart.chart_id,
            version=chart.version,
            control_number=each.control_number,
            day=each.service.service_from,
            code=each.service.code,
            modifiers=each.service.modifiers,
            revenue_code=each.service.revenue_code,
            performer_npi=each.service.performer_npi,
            units=each.service.units,
            component=each.service.component,
        )
        for each in numbered_services(chart)
    )


def visit_of(chart: ChartCoded) -> Visit:
    payer = first_payer(chart)
    return Visit(
        hospital=chart.hospital,
        account_number=chart.account_number,
        chart_id=chart.chart_id,
        encounter_class=chart.encounter.encounter_class,
        start=admission_day(chart.encounter) or chart.encounter.start_day,
        end=chart.encounter.end_day,
        payer=payer.payer if payer else None,
        admission_related=chart.admission_related,
        part2=chart.part2,
    )


def stays_of(history: PatientHistory) -> frozenset[tuple[str, str]]:
    """Hospital and chart of each earlier stay."""
    return frozenset((v.hospital, v.chart_id) for v in history.visits if v.encounter_class == "inpatient")


def remembered(history: PatientHistory, chart: ChartCoded) -> PatientHistory:
    """The patient's history with this version of the chart instead of any other, as far back as it is looked."""
    others = forgotten(history, chart.hospital, chart.chart_id)
    since = (chart.received_at or chart.occurred_at).date() - LOOK_BACK
    return PatientHistory(
        lines=tuple(line for line in (*others.lines, *lines_of(chart)) if line.day >= since),
        visits=tuple(visit for visit in (*others.visits, visit_of(chart)) if visit.end >= since),
    )


def forgotten(history: PatientHistory, hospital: str, chart_id: str) -> PatientHistory:
    """The patient's history without a chart."""
    gone = (hospital, chart_id)
    return PatientHistory(
        lines=tuple(line for line in history.lines if (line.hospital, line.chart_id) != gone),
        visits=tuple(visit for visit in history.visits if (visit.hospital, visit.chart_id) != gone),
    )


def as_billed(history: PatientHistory, account: Account, chart: ChartCoded) -> PatientHistory:
    """The patient's history once a chart went back: of it only what was billed still counts."""
    billed = billed_version(account, chart.chart_id)
    return forgotten(history, chart.hospital, chart.chart_id) if billed is None else remembered(history, billed)
