"""What tests of who billed, rendered and ordered share: a professional's line, enrolments, entries of the hospital."""

from datetime import date
from typing import Any

from claims.partner_fields import Enrolment
from claims.partners import Hospital
from schemas.events.coded import ChartCoded
from tests.claims.coding.changes import Case, only

YEAR, THIS, BEFORE, AFTER = date(2026, 1, 1), date(2026, 3, 10), date(2026, 3, 9), date(2026, 3, 11)


def professional(chart: ChartCoded, **fields: Any) -> ChartCoded:
    return only(chart, "professional", **fields)


def spans(*days: tuple[date, date | None]) -> dict[str, Any]:
    return {"commercial": tuple(Enrolment(since=since, until=until) for since, until in days)}


YEAR, THIS, BEFORE, AFTER = date(2026, 1, 1), date(2026, 3, 10), date(2026, 3, 9), date(2026, 3, 11)


def resolved(case: Case, mercy: Hospital) -> Case:
    """`entries` are made from the hospital's own."""
    make = case.hospital.get("entries")
    return case if make is None else case._replace(hospital=make(mercy))
