"""What is asked of a code, once for a quarter."""

from datetime import date

import pytest

from claims.code_facts import DiagnosisCodes, age_class
from claims.codesets import CodeSets
from claims.codesets.build import Row, compile_codesets
from claims.codesets.conventions import Named
from claims.codesets.notes import RowNote, Span
from claims.edits.once import once
from claims.mce import MedicareCodeEditor
from claims.tables import Reference
from tests.claims.coding.noted import noted_reference

AGED = ("Z38.00", "P07.30", "Z00.129", "O80", "O09.511", "N40.0", "H25.9", "F03.90", "I10")
QUARTERS = (date(2016, 1, 1), date(2020, 1, 1), date(2022, 10, 1), date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture(scope="module")
def noted(reference: Reference) -> DiagnosisCodes:
    return noted_reference(reference).diagnosis_codes


@pytest.mark.parametrize("since", QUARTERS)
def test_an_age_class_answers_for_each_of_its_ages(codes: CodeSets, mce: MedicareCodeEditor, since: date) -> None:
    known = DiagnosisCodes(codes, mce)

    for code in AGED:
        unfit = known.facts(code, since).unfit
        conflicts = [age for age in range(125) if "AGE_CONFLICT" in mce.raised_by(code, age, since)]
        assert conflicts == [age for age in range(125) if age_class(age) in unfit]


def test_a_code_brings_its_notes(noted: DiagnosisCodes) -> None:
    manifestation, ask = noted.facts("F02.80", date(2026, 1, 1)), noted.facts("I11.0", date(2026, 1, 1)).asks

    assert (manifestation.key, manifestation.is_manifestation) == ("F0280", True)
    assert manifestation.first.spans == (Span("G30", "G30"),)
    assert [(one.spans, one.categories) for one in ask] == [((Span("I50", "I50"),), frozenset({"I50"}))]


def test_excluded_categories_are_those_of_the_note(noted: DiagnosisCodes) -> None:
    assert noted.facts("E11.9", date(2026, 1, 1)).excludes == {"E10"}
    assert noted.facts("E10.9", date(2026, 1, 1)).excludes == frozenset()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("code to identify stage of chronic kidney disease (N18.1-N18.6)", 1),
        ("code (B95-B97) to identify infectious agent", 1),
        ("code, if applicable, to identify stage (N18.1)", 0),
        ("code to identify: tobacco use (Z72.0)", 0),
        ("code for any associated type (N18.1)", 0),
        ("code to identify the organism, if known (B95)", 0),
        ("code for fecal incontinence (R15)", 0),
    ],
)
def test_only_what_a_condition_always_has_is_asked_for(text: str, asked: int, mce: MedicareCodeEditor) -> None:
    assert len(asks_of(mce, text)) == asked


def test_lines_under_one_heading_are_alternatives(mce: MedicareCodeEditor) -> None:
    lines = ("code to identify type of: one (N18.1)", "code to identify type of: other (N18.2)")

    assert [len(ask.spans) for ask in asks_of(mce, *lines)] == [2]


def asks_of(mce: MedicareCodeEditor, *lines: str) -> tuple[Named, ...]:
    """What a code with these lines of a note asks for."""
    notes = tuple(RowNote("use-additional", "I10", line) for line in lines)
    codes = CodeSets(compile_codesets((Row("I10", "a disease", True, notes=notes),), "2026-04-01"))
    return DiagnosisCodes(codes, mce).facts("I10", date(2026, 1, 1)).asks


class Counted:
    def __init__(self) -> None:
        self.asked = 0

    @once
    def answer(self) -> int:
        """The number of times it was worked out."""
        self.asked += 1
        return self.asked


def test_an_attribute_is_worked_out_once() -> None:
    counted = Counted()

    assert (counted.answer, counted.answer, counted.asked) == (1, 1, 1)
