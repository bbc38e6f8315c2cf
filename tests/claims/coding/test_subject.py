"""What rules ask of a chart: the day we had it, the patient's age, and where its diagnoses stand."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from claims.edits.subject import Subject
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.changes import with_patient
from tests.claims.given_accounts import diagnosis

HAD = datetime(2026, 3, 12, 15, tzinfo=UTC)
DAYS = [
    ("when we had it, however long ago it was done", {"received_at": HAD}, date(2026, 3, 12)),
    ("when it was said, where nobody knows when we had it", {"received_at": None}, date(2026, 3, 11)),
    ("of the hospital's own clock", {"received_at": HAD.replace(hour=2)}, date(2026, 3, 11)),
]


@pytest.mark.parametrize(("fields", "day"), [row[1:] for row in DAYS], ids=[row[0] for row in DAYS])
def test_today_is_the_day_on_which_the_chart_came(
    coded: ChartCoded, reference: Reference, fields: dict[str, Any], day: date
) -> None:
    assert Subject(coded.model_copy(update=fields), reference).received == day


@pytest.mark.parametrize(
    ("components", "of_whom"),
    [
        (("facility", "professional"), (True, True)),
        (("facility",), (True, False)),
        (("professional",), (False, True)),
        ((), (False, False)),
    ],
)
def test_a_chart_is_of_those_who_have_a_line_in_it(
    coded: ChartCoded, reference: Reference, components: tuple[str, ...], of_whom: tuple[bool, bool]
) -> None:
    lines = tuple(coded.services[0].model_copy(update={"component": each}) for each in components)
    subject = Subject(coded.model_copy(update={"services": lines}), reference)
    assert (subject.facility, subject.professional) == of_whom


AGES = [
    ("nobody knows when he was born", None, None),
    ("on his birthday", date(1960, 3, 10), 66),
    ("on the day before it", date(1960, 3, 11), 65),
    ("before he was born", date(2026, 3, 11), -1),
]


@pytest.mark.parametrize(("born", "years"), [row[1:] for row in AGES], ids=[row[0] for row in AGES])
def test_the_age_is_that_of_the_first_day(
    coded: ChartCoded, reference: Reference, born: date | None, years: int | None
) -> None:
    assert Subject(with_patient(coded, birth_date=born), reference).age == years


OTHER, PRINCIPAL = diagnosis("I10"), diagnosis("E11.9", "principal")
CAUSE, ADMITTING = diagnosis("W19.XXXA", "external-cause"), diagnosis("R07.9", "admitting")
REASON = diagnosis("R05.1", "reason-for-visit")


def test_treated_is_what_the_patient_has_and_not_why_he_came_or_how_it_happened(
    coded: ChartCoded, reference: Reference
) -> None:
    chart = coded.model_copy(update={"diagnoses": (ADMITTING, OTHER, CAUSE, PRINCIPAL, REASON)})
    assert Subject(chart, reference).treated == (1, 3)


def test_other_diagnoses_stand_before_causes(coded: ChartCoded, reference: Reference) -> None:
    chart = coded.model_copy(update={"diagnoses": (PRINCIPAL, CAUSE, OTHER, ADMITTING, OTHER)})
    assert Subject(chart, reference).other_places == (2, 4, 1)


@pytest.mark.parametrize(
    ("given", "place"),
    [((ADMITTING, OTHER, PRINCIPAL), 2), ((PRINCIPAL, OTHER), 0), ((ADMITTING, OTHER), 0), ((), 0)],
    ids=["behind others", "first", "none leads", "no diagnosis"],
)
def test_what_is_said_of_the_principal_diagnosis_is_told_at_the_first_where_none_leads(
    coded: ChartCoded, reference: Reference, given: tuple[Any, ...], place: int
) -> None:
    assert Subject(coded.model_copy(update={"diagnoses": given}), reference).principal_place == place
