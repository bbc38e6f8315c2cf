"""What a day without a time of day says of an encounter and of a service."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.claims.fhir.given_resources import Json, Reader, encounter, of_encounter, patient

LAST = datetime(2026, 3, 3, 5, tzinfo=UTC) - timedelta(milliseconds=1)  # of 2 March in New York
BARE: Json = {"period": {"start": "2026-03-02", "end": "2026-03-02"}}


def test_an_end_on_a_bare_day_is_the_end_of_that_day_where_the_hospital_stands(read: Reader) -> None:
    visit = read.chart(patient(), encounter(**BARE)).encounter

    assert (visit.start, visit.end) == (datetime(2026, 3, 2, 5, tzinfo=UTC), LAST)


@pytest.mark.parametrize("kind", ["IMP", "OBSENC"])
def test_where_the_hour_counts_a_bare_day_is_no_start_and_no_end(read: Reader, kind: str) -> None:
    chart = read.chart(patient(), encounter(kind, **BARE))

    assert (chart.encounter.start, chart.encounter.end, chart.encounter.discharge) == (None, None, None)


def test_a_chart_occurs_at_the_end_of_the_bare_day(read: Reader) -> None:
    assert read.chart(patient(), encounter("IMP", **BARE)).occurred_at == LAST


def test_a_procedure_that_ends_on_a_bare_day_ends_after_it_began(read: Reader) -> None:
    span = {"start": "2026-03-02T14:05:00Z", "end": "2026-03-02"}
    procedure = of_encounter("Procedure", "p", status="completed", code={"text": "x"}, performedPeriod=span)

    assert [s.performed_end for s in read.chart(patient(), encounter(), procedure).statements] == [LAST]
