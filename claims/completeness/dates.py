"""Dates that can't be: a finding, not a question, because nothing that follows from them can be judged."""

from datetime import timedelta
from typing import Final

from claims.completeness.case import Case, Said
from claims.findings import reject
from claims.partners import Hospital
from claims.stay import local_day
from schemas.events.coded import Finding
from schemas.events.types import Instant

_NOT_IN_FUTURE: Final = "837: no service after the claim; IOCE 23"


def dates_in_order(case: Case) -> Said:
    """D2: an encounter ends after it starts and, like everything done in it, before we hear of it (IOCE 23; R)."""
    encounter, now = case.chart.encounter, case.chart.received_at or case.chart.occurred_at
    if encounter.start and encounter.end and encounter.end < encounter.start:
        yield _date_finding("the encounter ends before it starts", "encounter.end")
    if encounter.end and encounter.end > now and not _is_today(encounter.end, now, case.hospital):
        yield _date_finding("the encounter ends in the future", "encounter.end")
    for position, statement in enumerate(case.chart.statements):
        if statement.performed_at and statement.performed_at > now:
            yield _date_finding("performed in the future", f"statements[{position}].performed_at")
        if statement.performed_at and statement.performed_end and statement.performed_end < statement.performed_at:
            yield _date_finding("ends before it starts", f"statements[{position}].performed_end")


def _is_today(end: Instant, now: Instant, hospital: Hospital) -> bool:
    """The last millisecond of the day we hear of it in: of that end only the day was documented."""
    local = end.astimezone(hospital.zone)
    ends_with_its_day = local_day(end + timedelta(milliseconds=1), hospital) > local.date()
    return ends_with_its_day and local.date() == local_day(now, hospital)


def _date_finding(message: str, field: str) -> Finding:
    return reject(
        "D2", message, field=field, value_kind="instant", carc="110", citation=_NOT_IN_FUTURE, mend="correct the date"
    )


RULES: Final = (dates_in_order,)
