"""Edits on dates (D) and on the patient's life span (I7, I8)."""

from collections.abc import Iterator
from typing import Final

from claims.findings import reject
from claims.stay import years_between
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding

_OLDEST: Final = 124


def outside_encounter(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """D1: a line's days lie within the encounter's (837 statement dates). Reject, CARC 16."""
    first, last = chart.encounter.start_day, chart.encounter.end_day
    for at, service in enumerate(chart.services):
        if not first <= service.service_from <= service.service_to <= last:
            yield reject(
                "D1",
                "a service day lies outside the encounter",
                field=f"services[{at}].service_from",
                line=at + 1,
                value_kind="day",
                carc="16",
                citation="837 DTP 434, 472",
                mend="correct the day, or bill it with the encounter it belongs to",
            )


def after_death(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """I7: no service after the day of death. Reject, CARC 13."""
    died = chart.patient.deceased_date
    if died is None:
        return
    for at, service in enumerate(chart.services):
        if service.service_from > died:
            yield reject(
                "I7",
                "a service after the patient's death",
                field=f"services[{at}].service_from",
                line=at + 1,
                value_kind="day",
                carc="13",
                citation="CARC 13",
                mend="correct the day of service or of death",
            )


def before_birth_or_too_old(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """I8: nobody is treated before his birth, or older than 124 (MCE 14, IOCE 25). Reject, CARC 14."""
    born = chart.patient.birth_date
    if born is not None and not 0 <= years_between(born, chart.encounter.start_day) <= _OLDEST:
        yield reject(
            "I8",
            "the date of birth gives no possible age",
            field="patient.birth_date",
            value_kind="day",
            carc="14",
            citation="MCE 14, IOCE 25",
            mend="correct the date of birth or of the encounter",
        )
