"""The Medicare Code Editor and the grouper behind one module, by day."""

from datetime import date

import pytest

from claims.mce import Condition, MedicareCodeEditor, Stay
from schemas.events.chart import PresentOnAdmission

MARCH = date(2026, 3, 6)
FAILURE = Condition("I50.20")


@pytest.mark.parametrize(
    ("day", "code", "known"),
    [
        pytest.param(date(2025, 3, 1), "G35", True, id="valid then"),
        pytest.param(date(2026, 3, 1), "G35", False, id="divided since"),
        pytest.param(date(2026, 3, 1), "G35.D", True, id="new"),
        pytest.param(date(2025, 9, 30), "G35.D", False, id="not yet"),
        pytest.param(date(2026, 3, 1), "E11", False, id="a category"),
        pytest.param(date(2031, 1, 1), "I10", None, id="beyond the tables"),
        pytest.param(date(2014, 1, 1), "I10", None, id="before ICD-10"),
    ],
)
def test_a_code_is_valid_by_day(mce: MedicareCodeEditor, day: date, code: str, known: bool | None) -> None:
    assert mce.known(code, day) is known


def test_a_duplicate_of_the_principal_is_an_edit(mce: MedicareCodeEditor) -> None:
    edits = mce.edits(Stay(MARCH, 65, "female", "01", FAILURE, (FAILURE,)))

    assert [edit.name for edit in edits] == ["DUPLICATE_OF_PDX"]


def test_a_plain_stay_has_no_edits(mce: MedicareCodeEditor) -> None:
    assert mce.edits(Stay(MARCH, 65, "female", "01", FAILURE)) == ()


@pytest.mark.parametrize("age", [-5, 125, 300, 5000])
def test_an_impossible_age_does_not_crash(mce: MedicareCodeEditor, age: int) -> None:
    stay = Stay(MARCH, age, "unknown", "01", FAILURE)

    assert mce.drg(stay) is not None
    assert isinstance(mce.edits(stay), tuple)


@pytest.mark.parametrize("status", ["", "99", "9" * 40, "٣٤", None])
def test_what_is_no_patient_status_does_not_crash(mce: MedicareCodeEditor, status: str | None) -> None:
    assert mce.drg(Stay(MARCH, 65, "female", status, FAILURE)) is not None


@pytest.mark.parametrize("code", ["", "ZZZZZZZZZZ", "I", "é"])
def test_what_is_no_code_does_not_crash(mce: MedicareCodeEditor, code: str) -> None:
    stay = Stay(MARCH, 65, "male", "xx", Condition(code), (Condition(code),), (code,))

    assert mce.drg(stay) is None
    assert isinstance(mce.edits(stay), tuple)


@pytest.mark.parametrize(
    ("day", "version"),
    [(date(2022, 10, 1), "40.0"), (date(2025, 9, 30), "42.1"), (date(2025, 10, 1), "43.0"), (date(2026, 4, 1), "43.1")],
)
def test_a_stay_is_grouped_by_the_version_of_its_discharge_day(
    mce: MedicareCodeEditor, day: date, version: str
) -> None:
    drg = mce.drg(Stay(day, 65, "female", "01", FAILURE))

    assert drg is not None
    assert (drg.version, drg.code) == (version, "293")


@pytest.mark.parametrize("day", [date(2022, 9, 30), date(2027, 4, 1)])
def test_a_day_without_a_version_is_not_grouped(mce: MedicareCodeEditor, day: date) -> None:
    assert mce.drg(Stay(day, 65, "female", "01", FAILURE)) is None


@pytest.mark.parametrize(
    ("present", "drg"),
    [
        pytest.param("Y", "291", id="brought along: a major complication"),
        pytest.param("W", "291", id="nobody can tell clinically: as if brought along"),
        pytest.param("N", "293", id="acquired here: not paid for"),
        pytest.param("U", "293", id="the record doesn't say: as if acquired here"),
        pytest.param(None, None, id="missing"),
    ],
)
def test_a_hospital_acquired_condition_counts_by_whether_it_was_brought_along(
    mce: MedicareCodeEditor, present: PresentOnAdmission | None, drg: str | None
) -> None:
    grouped = mce.drg(Stay(MARCH, 65, "female", "01", FAILURE, (Condition("L89.153", present),)))

    assert (grouped and grouped.code) == drg
