"""How long a chart waits before its claims are formed, so that late charges and other visits can still join them."""

from calendar import monthrange
from datetime import date, timedelta

from claims.edits.visits import is_repetitive
from claims.partners import Hospital, Payer
from schemas.events.coded import ChartCoded


def held_until(chart: ChartCoded, hospital: Hospital, payer: Payer | None) -> date | None:
    """The last day of the hospital's bill hold; None where nothing is waited for.

    Repetitive services wait for the end of their month, where their payer wants them on one claim (CPM 1/50.2.2).
    """
    last = chart.encounter.end_day
    days = hospital.hold_days(chart.encounter.encounter_class)
    if payer is not None and "month" in payer.one_claim and _all_repetitive(chart):
        return last.replace(day=monthrange(last.year, last.month)[1]) + timedelta(days=days)
    return last + timedelta(days=days) if days else None


def _all_repetitive(chart: ChartCoded) -> bool:
    return bool(chart.services) and all(is_repetitive(service.revenue_code or "") for service in chart.services)
