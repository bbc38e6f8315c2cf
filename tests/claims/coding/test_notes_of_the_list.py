"""Notes of the Tabular List: which codes a line names, and which notes hold for a code."""

import pytest

from claims.codesets import CodeSets
from claims.codesets.build import Row, compile_codesets
from claims.codesets.notes import RowNote, Span, lines, read, references, written

REFERENCES = [
    # reason, line, spans
    ("one code", "scarlet fever (A38.9)", [("A389", "A389")]),
    ("a category", "type 1 diabetes (E10.-)", [("E10", "E10")]),
    ("a subcategory", "gestational diabetes (O24.4-)", [("O244", "O244")]),
    ("categories from and to", "influenza (J09-J11)", [("J09", "J11")]),
    ("to below a category", "thyrotoxicosis (E00-E03.-)", [("E00", "E03")]),
    ("several", "ulcer (L97.-, L98.49-)", [("L97", "L97"), ("L9849", "L9849")]),
    ("two parentheses", "kidney disease (chronic) (N18.-)", [("N18", "N18")]),
    ("no code", "certain localized infections - see body system-related chapters", []),
    ("qualified by words", "poisoning (T36-T65 with fifth or sixth character 1-4)", []),
    ("an abbreviation", "body mass index (BMI)", []),
]


@pytest.mark.parametrize(("line", "spans"), [row[1:] for row in REFERENCES], ids=[row[0] for row in REFERENCES])
def test_a_line_names_the_codes_of_its_parentheses(line: str, spans: list[tuple[str, str]]) -> None:
    found = references(line)

    assert found == tuple(Span(*span) for span in spans)
    assert read(written(found)) == found


HELD = [
    ("its own code", Span("E10", "E10"), "E10", True),
    ("a code below", Span("E10", "E10"), "E10.9", True),
    ("the next category", Span("E10", "E10"), "E11.9", False),
    ("below the last of a range", Span("E08", "E13"), "E13.9", True),
    ("past a range", Span("E08", "E13"), "E14", False),
    ("a letter in the category", Span("C76", "C80"), "C7A.00", True),
    ("the category of a subcategory", Span("O244", "O244"), "O24", False),
]


@pytest.mark.parametrize(("span", "code", "held"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_a_span_holds_all_that_stands_below_its_ends(span: Span, code: str, held: bool) -> None:
    assert span.holds(code) is held


def test_a_line_stands_under_its_heading() -> None:
    assert list(lines(["the disease, such as:", "mumps (B26.-)", ""])) == ["the disease, such as: mumps (B26.-)"]


ROWS = (
    Row("E11", "Type 2 diabetes mellitus", False, notes=(
        RowNote("excludes1", "E11", "type 1 diabetes mellitus (E10.-)"),
        RowNote("use-additional", "E11", "code to identify control using: insulin (Z79.4)"),
        RowNote("excludes1", "chapter 4", "transitory disorders specific to newborn (P70-P74)"),
    )),
    Row("E11.9", "Type 2 diabetes mellitus without complications", True, "E11", notes=(
        RowNote("excludes1", "E11.9", "in remission (E11.A)"),
    )),
    Row("E10.9", "Type 1 diabetes mellitus without complications", True),
    Row("F02", "Dementia in other diseases classified elsewhere", False, notes=(
        RowNote("code-first", "F02", "the underlying condition, such as: Parkinson's disease (G20.-)"),
        RowNote("excludes2", "F02", "vascular dementia (F01.5-)"),
    )),
    Row("F02.80", "Dementia in other diseases classified elsewhere, unspecified severity", True, "F02"),
    Row("S93", "Dislocation and sprain of ankle", False, notes=(
        RowNote("seventh", "S93", "A=initial encounter"), RowNote("seventh", "S93", "S=sequela"),
    )),
    Row("S93.402A", "Sprain of left ankle, initial encounter", True, "S93"),
)  # fmt: skip


@pytest.fixture(scope="module")
def noted() -> CodeSets:
    return CodeSets(compile_codesets(ROWS, "r"))


def test_notes_of_every_ancestor_hold(noted: CodeSets) -> None:
    assert [note.at for note in noted.excludes1("E119")] == ["E11.9", "E11", "chapter 4"]
    assert [note.names("Z79.4") for note in noted.use_additional("E11.9")] == [True]
    assert [note.names("G20.A1") for note in noted.code_first("F02.80")] == [True]
    assert [note.names("F01.50") for note in noted.excludes2("F02.80")] == [True]


def test_an_unknown_code_has_no_notes(noted: CodeSets) -> None:
    assert (noted.excludes1("E99.9"), noted.code_first(""), noted.seventh("E99.9")) == ((), (), {})


@pytest.mark.parametrize("pair", [("E11.9", "E10.9"), ("E109", "E119"), ("E11.9", "P70.2")])
def test_two_codes_exclude_each_other_in_either_order(noted: CodeSets, pair: tuple[str, str]) -> None:
    assert noted.excluded(*pair) is not None


@pytest.mark.parametrize("pair", [("E11.9", "F02.80"), ("E11.9", "E11.9"), ("F02.80", "F01.50")])
def test_codes_that_no_excludes1_note_names_may_stand_together(noted: CodeSets, pair: tuple[str, str]) -> None:
    assert noted.excluded(*pair) is None


def test_the_seventh_characters_are_those_of_the_nearest_note(noted: CodeSets) -> None:
    assert dict(noted.seventh("S93.402A")) == {"A": "initial encounter", "S": "sequela"}
    assert noted.seventh("E11.9") == {}


def test_a_manifestation_says_so_in_its_title(noted: CodeSets) -> None:
    assert (noted.is_manifestation("F02.80"), noted.is_manifestation("E11.9")) == (True, False)
