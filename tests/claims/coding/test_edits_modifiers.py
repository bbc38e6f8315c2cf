"""Modifiers (M1, M2, M3, M5)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from claims.codesets import CodeSets
from claims.codesets.build import Row, compile_codesets
from claims.codesets.dated import Term, open_tables
from claims.codesets.dated_build import compile_tables, release
from claims.codesets.sides import sides_of
from claims.edits.modifiers import (
    modifier_not_valid,
    modifier_unknown,
    modifiers_conflict,
    notice_and_modifier_differ,
    side_against_diagnosis,
)
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.given_edits import (
    DAY,
    VISIT,
    Case,
    coded_as,
    found,
    kinds,
    line,
    named,
    places,
    with_coverage,
    with_diagnoses,
    with_lines,
    with_tables,
)

BEGAN = VISIT - 90 * DAY
LEFT, RIGHT, NEITHER = "S93.402A", "S93.401A", "S93.409A"


@pytest.fixture(scope="session")
def listed(reference: Reference) -> Reference:
    terms = [Term("LT", "left", VISIT, VISIT + DAY), Term("RT", "right", BEGAN), Term("XU", "apart", VISIT)]
    return with_tables(reference, release("modifiers", terms, released=BEGAN, first=BEGAN))


def marked(*modifiers: str, diagnoses: tuple[str, ...] = ("I10",), **fields: Any) -> Any:
    """A change to one line with these modifiers on a chart with these diagnoses, all of which it points to."""
    pointers = tuple(range(1, len(diagnoses) + 1))
    given = {"modifiers": modifiers, "pointers": pointers, **fields}
    return lambda c: with_lines(with_diagnoses(c, *diagnoses), line(c, "L1902", **given))


def medicare(change: Any) -> Any:
    return lambda c: with_coverage(change(c), plan_kind="MB")


def uninsured(change: Any) -> Any:
    return lambda c: change(c).model_copy(update={"coverages": ()})


FIRES: list[Case] = [
    (modifier_unknown, "M1", "reject", "182", marked("lt")),
    (modifier_unknown, "M1", "reject", "182", marked("L")),
    (modifier_unknown, "M1", "reject", "182", marked("25", "27", "LT", "NU", "59")),
    (modifier_not_valid, "M1", "reject", "182", marked("Y9")),
    (modifier_not_valid, "M1", "reject", "182", marked("RT", "Y9")),
    (modifiers_conflict, "M2", "warn", "4", marked("LT", "RT")),
    (modifiers_conflict, "M2", "warn", "4", marked("NU", "25", "25")),
    (side_against_diagnosis, "M3", "warn", "4", marked("LT", diagnoses=(RIGHT,))),
    (side_against_diagnosis, "M3", "warn", "4", marked("NU", "T5", diagnoses=("I10", LEFT))),
    (notice_and_modifier_differ, "M5", "warn", "116", marked("GA")),
    (notice_and_modifier_differ, "M5", "warn", "116", marked("GX", abn=False)),
    (notice_and_modifier_differ, "M5", "warn", "116", marked("GZ", abn=True)),
    (notice_and_modifier_differ, "M5", "warn", "50", medicare(marked(abn=True))),
    (notice_and_modifier_differ, "M5", "warn", "50", medicare(marked("GY", abn=True))),
    (notice_and_modifier_differ, "M5", "warn", "50", lambda c: with_coverage(marked(abn=True)(c), plan_kind="MA")),
]


@pytest.mark.parametrize("case", FIRES, ids=named(FIRES))
def test_a_wrong_modifier_is_found(coded: ChartCoded, listed: Reference, case: Case) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(coded), listed)

    assert kinds(said) == {(rule, severity, carc)}
    assert places(said) == [(1, "services[0].modifiers")]
    assert found(edit, coded, listed) == []


PASSES = [
    ("four are not too many", modifier_unknown, marked("25", "27", "LT", "NU")),
    ("letters and digits", modifier_unknown, marked("F1")),
    ("the list has it", modifier_not_valid, marked("LT", "RT", "XU")),
    ("what has no shape is said by the other rule", modifier_not_valid, marked("lt")),
    ("none", modifier_not_valid, marked()),
    ("two that go together", modifiers_conflict, marked("LT", "NU")),
    ("none on the side of the diagnosis", side_against_diagnosis, marked("LT", diagnoses=(LEFT,))),
    ("a diagnosis of neither side", side_against_diagnosis, marked("LT", diagnoses=(NEITHER,))),
    ("a right line and a diagnosis of neither side", side_against_diagnosis, marked("RT", diagnoses=(NEITHER,))),
    ("a disease that has no side", side_against_diagnosis, marked("RT", diagnoses=("I10",))),
    ("it points to what has no side", side_against_diagnosis, marked("RT", diagnoses=("I10", LEFT), pointers=(1,))),
    ("one of each side", side_against_diagnosis, marked("LT", diagnoses=(RIGHT, LEFT))),
    ("both sides", side_against_diagnosis, marked("LT", "RT", diagnoses=(RIGHT,))),
    ("no side", side_against_diagnosis, marked("NU", diagnoses=(RIGHT,))),
    ("a pointer to nothing", side_against_diagnosis, marked("LT", diagnoses=(RIGHT,), pointers=(9,))),
    ("a pointer to none", side_against_diagnosis, marked("LT", diagnoses=(RIGHT,), pointers=(0,))),
    ("another's is the other side", side_against_diagnosis, marked("LT", diagnoses=(LEFT, RIGHT), pointers=(1,))),
    ("a notice and its modifier", notice_and_modifier_differ, medicare(marked("GA", abn=True))),
    ("a voluntary notice", notice_and_modifier_differ, medicare(marked("GX", "GY", abn=True))),
    ("no notice, and said so", notice_and_modifier_differ, medicare(marked("GZ", abn=False))),
    ("not covered, which needs no notice", notice_and_modifier_differ, medicare(marked("GY", abn=False))),
    ("a notice of a plan that has no such modifier", notice_and_modifier_differ, marked(abn=True)),
    ("a notice, and the patient pays", notice_and_modifier_differ, uninsured(marked(abn=True))),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "change"), [row[1:] for row in PASSES], ids=[row[0] for row in PASSES])
def test_a_right_modifier_passes(coded: ChartCoded, listed: Reference, edit: Any, change: Any) -> None:
    assert found(edit, change(coded), listed) == []


# why, day of the line, is LT unknown
BOTH_SIDES = [
    ("the day before it began", VISIT - DAY, True),
    ("its first day", VISIT, False),
    ("its last day", VISIT + DAY, False),
    ("the day after its end", VISIT + 2 * DAY, True),
    ("a day of which no list speaks", BEGAN - DAY, False),
]


@pytest.mark.parametrize(("day", "wrong"), [row[1:] for row in BOTH_SIDES], ids=[row[0] for row in BOTH_SIDES])
def test_a_modifier_is_valid_on_the_day_of_its_line(
    coded: ChartCoded, reference: Reference, day: date, wrong: bool
) -> None:
    terms = [Term("LT", "left", VISIT, VISIT + DAY)]
    listed = with_tables(reference, release("modifiers", terms, released=BEGAN, first=BEGAN))

    assert bool(found(modifier_not_valid, marked("LT", service_from=day)(coded), listed)) is wrong


CONTRARY = [
    ("LT", "50"), ("RT", "50"), ("26", "TC"), ("52", "22"), ("73", "74"), ("53", "73"), ("76", "77"), ("59", "XS"),
    ("80", "AS"), ("62", "66"), ("JW", "JZ"), ("GY", "GA"), ("GA", "GZ"), ("GX", "GZ"), ("GA", "GX"), ("NU", "RR"),
    ("UE", "NU"), ("PN", "PO"), ("93", "95"), ("GN", "GP"), ("QX", "QZ"), ("P1", "P3"), ("K1", "K3"), ("FX", "FY"),
    ("Q5", "Q6"), ("22", "74"), ("XE", "XP"), ("XU", "59"), ("81", "82"), ("RR", "UE"), ("GO", "GN"), ("AA", "AD"),
    ("AD", "QK"), ("QY", "QX"), ("P2", "P4"), ("P5", "P6"), ("K0", "K2"), ("K4", "K0"),
]  # fmt: skip


@pytest.mark.parametrize("pair", CONTRARY, ids="-".join)
def test_two_that_contradict_each_other_are_found_in_either_order(
    coded: ChartCoded, reference: Reference, pair: tuple[str, str]
) -> None:
    for given in (pair, pair[::-1]):
        assert len(found(modifiers_conflict, marked(given[0], "25", given[1])(coded), reference)) == 1


GOES_WELL = [("GX", "GY"), ("LT", "59"), ("26", "59"), ("JW", "59"), ("NU", "KX"), ("QS", "QZ"), ("25", "57")]


@pytest.mark.parametrize("pair", GOES_WELL, ids="-".join)
def test_two_that_go_together_pass(coded: ChartCoded, reference: Reference, pair: tuple[str, str]) -> None:
    assert found(modifiers_conflict, marked(*pair)(coded), reference) == []


OF_THE_LEFT = ["LT", "E1", "E2", "FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4"]
OF_THE_RIGHT = ["RT", "E3", "E4", "F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9"]


@pytest.mark.parametrize("modifier", OF_THE_LEFT + OF_THE_RIGHT)
def test_a_modifier_of_one_side_is_against_a_diagnosis_of_the_other_only(
    coded: ChartCoded, reference: Reference, modifier: str
) -> None:
    charts = [marked(modifier, diagnoses=(code,))(coded) for code in (LEFT, RIGHT)]
    against = [bool(found(side_against_diagnosis, chart, reference)) for chart in charts]

    assert against == [modifier in OF_THE_RIGHT, modifier in OF_THE_LEFT]


def test_a_line_without_pointers_is_about_all_diagnoses(coded: ChartCoded, reference: Reference) -> None:
    chart = marked("LT", diagnoses=("I10", RIGHT), pointers=())(coded)

    assert len(found(side_against_diagnosis, chart, reference)) == 1


TITLES = [
    ("a side that has its other", "M25.1", "Pain in left knee", "left"),
    ("a word in capitals", "M25.2", "Pain in Right knee", "right"),
    ("left behind", "T81.1", "Foreign body accidentally left in body", None),
    ("a side without its other", "I50.1", "Left ventricular failure", None),
    ("both sides", "H54.1", "Blindness right eye, low vision left eye", None),
    ("a word that holds another", "Q10.1", "Bright spot", None),
]


@pytest.mark.parametrize(("code", "side"), [(row[1], row[3]) for row in TITLES], ids=[row[0] for row in TITLES])
def test_a_title_says_a_side_where_the_other_side_has_its_own(code: str, side: str | None) -> None:
    others = [Row("M25.8", "Pain in right knee", True), Row("M25.9", "Pain in left  knee", True)]
    rows = [*(Row(row[1], row[2], True) for row in TITLES), *others]

    assert sides_of(CodeSets(compile_codesets(rows, "2026-04-01")))(code) == side


def test_a_code_that_is_none_has_no_side(reference: Reference) -> None:
    assert reference.side("S93402Z") is None


def test_without_a_list_of_modifiers_nothing_is_said(coded: ChartCoded, reference: Reference) -> None:
    nothing = replace(reference, tables=open_tables(compile_tables(())))

    assert found(modifier_not_valid, marked("Y9")(coded), nothing) == []


def test_each_line_is_told_by_itself(coded: ChartCoded, reference: Reference) -> None:
    chart = coded_as(coded, ("L1902", "LT", "RT"), ("A6402", "NU"), ("E0100", "NU", "RR"))

    assert [finding.line for finding in found(modifiers_conflict, chart, reference)] == [1, 3]


def test_modifiers_that_say_why_a_measure_was_not_met_or_a_court_ordered_it_are_known(
    coded: ChartCoded, reference: Reference
) -> None:
    for modifier in ("1P", "2P", "3P", "8P", "H9", "JF"):
        assert found(modifier_not_valid, marked(modifier)(coded), reference) == []
