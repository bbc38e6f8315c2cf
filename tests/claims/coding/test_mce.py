"""The Medicare Code Editor and the grouper behind one module, by day."""

from datetime import date

import pytest

from claims.claimed_stays import Condition, Stay
from claims.mce import MedicareCodeEditor
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
    [
        (date(2022, 10, 1), "40.0"),
        (date(2023, 3, 31), "40.0"),
        (date(2023, 4, 1), "40.1"),
        (date(2025, 9, 30), "42.1"),
        (date(2025, 10, 1), "43.0"),
        (date(2026, 3, 31), "43.0"),
        (date(2026, 4, 1), "43.1"),
        (date(2026, 9, 30), "43.1"),
        (date(2026, 10, 1), "44.0"),
        (date(2027, 3, 31), "44.0"),
    ],
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


KIDNEY, LUNG, SUGAR = Condition("N17.9", "Y"), Condition("J96.01", "Y"), Condition("E11.9", "Y")
Decided = tuple[str, str | None, str | None, tuple[str, ...]]


@pytest.mark.parametrize(
    ("others", "decided"),
    [
        pytest.param((), ("293", None, "293", ()), id="no complication"),
        pytest.param((SUGAR,), ("293", None, "293", ()), id="a disease that is none"),
        pytest.param((KIDNEY, SUGAR), ("292", "CC", "293", ("N17.9",)), id="one"),
        pytest.param((KIDNEY, Condition("D62", "Y")), ("292", "CC", "293", ()), id="two: neither alone"),
        pytest.param((KIDNEY, LUNG), ("291", "MCC", "293", ("J96.01",)), id="the major one"),
        pytest.param((LUNG, LUNG), ("291", "MCC", "293", ()), id="one twice: neither alone"),
        pytest.param((Condition("I50.22", "Y"),), ("293", None, "293", ()), id="excluded by the principal one"),
        pytest.param((Condition("L89.153", "N"),), ("293", None, "293", ()), id="acquired here"),
    ],
)
def test_a_group_says_what_made_it(mce: MedicareCodeEditor, others: tuple[Condition, ...], decided: Decided) -> None:
    drg = mce.drg(Stay(MARCH, 65, "female", "01", FAILURE, others))

    assert drg is not None
    assert (drg.code, drg.severity, drg.without, drg.decided_by) == decided
    assert (drg.mdc, drg.weight) == ("05", None)


def test_a_death_is_no_complication_of_itself(mce: MedicareCodeEditor) -> None:
    arrest = (Condition("I46.9", "Y"),)

    lived, died = (mce.grouping(Stay(MARCH, 65, "female", status, FAILURE, arrest)) for status in ("01", "20"))

    assert (lived and lived.complications, died and died.complications) == ({"I469": "MCC"}, {})


def test_an_injury_of_multiple_trauma_decides_its_group_though_it_complicates_nothing(mce: MedicareCodeEditor) -> None:
    injuries = (Condition("S52.335N", "N"), Condition("S82.126B", "U"), Condition("T15.11XS", "U"))

    drg = mce.drg(Stay(MARCH, 1, "female", "01", Condition("S32.17XB", "Y"), injuries))

    assert drg is not None
    assert (drg.mdc, drg.decided_by) == ("24", ("S52.335N", "S82.126B"))


def test_an_edit_is_traced_to_its_codes(mce: MedicareCodeEditor) -> None:
    stay = Stay(MARCH, 65, "female", "01", FAILURE, (KIDNEY, Condition("S72.009A")), ("02703DZ", "02HA3QZ"))

    assert mce.concerned(stay, "UNSPECIFIED") == (frozenset({1}), frozenset())
    assert mce.concerned(stay, "NON_COVERED") == (frozenset(), frozenset({1}))


@pytest.mark.parametrize(
    ("code", "day", "known"),
    [
        pytest.param("02703DZ", MARCH, True, id="valid"),
        pytest.param("ZZZZZZZ", MARCH, False, id="never was"),
        pytest.param("XW03306", date(2025, 9, 30), True, id="the last day"),
        pytest.param("XW03306", date(2025, 10, 1), False, id="over"),
        pytest.param("XW0330B", date(2026, 3, 31), False, id="not yet"),
        pytest.param("XW0330B", date(2026, 4, 1), True, id="new"),
        pytest.param("02703DZ", date(2014, 1, 1), None, id="before ICD-10"),
        pytest.param("02703DZ", date(2027, 4, 1), None, id="beyond the tables"),
    ],
)
def test_a_procedure_code_is_valid_by_day(mce: MedicareCodeEditor, code: str, day: date, known: bool | None) -> None:
    assert mce.procedure_known(code, day) is known
