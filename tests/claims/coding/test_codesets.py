"""The compiled code sets: found by code and by phrase, and refused when the file is not whole."""

import mmap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.codesets import CodeSets
from claims.codesets.build import Row, compile_codesets
from claims.codesets.shapes import (
    is_diagnosis_shape,
    is_inpatient_procedure_shape,
    is_procedure_shape,
    is_revenue_shape,
)
from claims.reference import BadReference


def test_a_code_is_found_with_and_without_its_dot(codes: CodeSets) -> None:
    assert codes.diagnosis("E11.9") == codes.diagnosis("E119")


def test_an_entry_names_title_parent_and_group(codes: CodeSets) -> None:
    entry = codes.diagnosis("A00.0")

    assert entry == ("A00.0", "Cholera due to Vibrio cholerae 01, biovar cholerae", True, "A00", "DIG001")


@pytest.mark.parametrize("code", ["", "A", "A01", "ZZZ", "I10.0", "S93.402AAAAAA", "Ä00"])
def test_what_is_no_code_is_not_found(codes: CodeSets, code: str) -> None:
    assert codes.diagnosis(code) is None


def test_a_category_is_not_billable(codes: CodeSets) -> None:
    entry = codes.diagnosis("E11")

    assert entry is not None
    assert not entry.billable


def test_a_code_that_the_grouping_lacks_is_unclassified(codes: CodeSets) -> None:
    assert codes.ccsr("G35.D") == "unclassified"


def test_a_title_is_encoded_whatever_its_case_spaces_and_points(codes: CodeSets) -> None:
    assert [m.entry.code for m in codes.encode("  CHOLERA;  unspecified ")] == ["A00.9"]


def test_words_in_parentheses_may_be_left_out(codes: CodeSets) -> None:
    assert [m.entry.code for m in codes.encode("essential hypertension")] == ["I10"]


def test_an_inclusion_term_is_encoded_and_says_so(codes: CodeSets) -> None:
    assert [(m.entry.code, m.path, m.term) for m in codes.encode("high blood pressure")] == [
        ("I10", "inclusion-term", "High blood pressure")
    ]


def test_accents_do_not_matter(codes: CodeSets) -> None:
    assert [m.entry.code for m in codes.matches("Meniere's disease")] == ["H81.0"]


def test_a_category_with_one_code_below_is_encoded(codes: CodeSets) -> None:
    assert [m.entry.code for m in codes.encode("Multiple sclerosis")] == ["G35.D"]


def test_a_category_with_several_codes_has_no_single_answer(codes: CodeSets) -> None:
    assert len(codes.encode("Sprained ankle NOS")) == 2


@pytest.mark.parametrize("text", ["", "  ", "()", "hypertension", "cholera unspecified today"])
def test_a_phrase_that_no_code_is_named_by_is_not_encoded(codes: CodeSets, text: str) -> None:
    assert codes.encode(text) == ()


def test_candidates_share_the_rarest_words(codes: CodeSets) -> None:
    assert {entry.code[:6] for entry in codes.sharing_words("twisted left ankle", 3)} == {"S93.40"}


def test_the_same_rows_give_the_same_bytes_in_any_order() -> None:
    rows = [Row("A00.0", "One", True), Row("A00.9", "Two", True)]

    assert compile_codesets(rows, "r") == compile_codesets(rows[::-1], "r")


def test_another_title_is_another_version() -> None:
    one = CodeSets(compile_codesets([Row("A00.0", "One", True)], "r"))
    other = CodeSets(compile_codesets([Row("A00.0", "Other", True)], "r"))

    assert one.version != other.version


def test_a_mapped_file_answers_as_bytes_do(buffer: bytes, tmp_path: Path) -> None:
    path = tmp_path / "codesets.bin"
    path.write_bytes(buffer)

    with path.open("rb") as file:
        codes = CodeSets(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    assert codes.diagnosis("I10") == CodeSets(buffer).diagnosis("I10")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: raw[:-1], id="truncated"),
        pytest.param(lambda raw: raw[:20], id="a piece of the header"),
        pytest.param(lambda raw: b"", id="empty"),
        pytest.param(lambda raw: b"PK" + raw[2:], id="another file"),
        pytest.param(lambda raw: raw[:-40] + b"!" + raw[-39:], id="a byte changed"),
        pytest.param(lambda raw: raw[:9] + b"\xff" + raw[10:], id="another format"),
    ],
)
def test_a_file_that_is_not_whole_says_how_to_build_it(buffer: bytes, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadReference, match="claimstream codesets build"):
        CodeSets(damage(buffer), "codesets.bin")


_CODE = st.from_regex(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}", fullmatch=True)


@given(st.dictionaries(_CODE, st.text("abc (),é", min_size=1, max_size=12), max_size=40))
def test_every_code_that_was_compiled_is_found_and_no_other(titles: dict[str, str]) -> None:
    codes = CodeSets(compile_codesets([Row(code, title, True) for code, title in titles.items()], "r"))

    assert len(codes) == len(titles)
    for code, title in titles.items():
        entry = codes.diagnosis(code)
        assert entry is not None
        assert entry.title == title
        assert codes.diagnosis(f"{code}0X"[:7]) is None or f"{code}0X"[:7] in titles


@given(st.dictionaries(_CODE, st.text("ab ()", min_size=1, max_size=8), max_size=20))
def test_every_title_with_a_word_leads_to_its_code(titles: dict[str, str]) -> None:
    codes = CodeSets(compile_codesets([Row(code, title, True) for code, title in titles.items()], "r"))

    for code, title in titles.items():
        found = {match.entry.code.replace(".", "") for match in codes.matches(title)}
        assert code in found or not title.strip(" ()")


SHAPES = [
    # what it is, shape, code, accepted
    ("Level II", is_procedure_shape, "G0463", True),
    ("five digits", is_procedure_shape, "0" * 5, True),
    ("four digits and A, as vaccination had it", is_procedure_shape, "0" * 4 + "A", True),
    ("dental", is_procedure_shape, "D" + "0120", False),
    ("lower case", is_procedure_shape, "g0463", False),
    ("too long", is_procedure_shape, "G04631", False),
    ("other digits", is_procedure_shape, "G٠٤٦٣", False),
    ("inpatient procedure", is_inpatient_procedure_shape, "10E0XZZ", True),
    ("inpatient procedure with an O", is_inpatient_procedure_shape, "1OE0XZZ", False),
    ("diagnosis", is_diagnosis_shape, "S93.402A", True),
    ("diagnosis of April 2026, a letter in second place", is_diagnosis_shape, "QA0.0101", True),
    ("diagnosis, lower case", is_diagnosis_shape, "s93.402a", False),
    ("diagnosis, dot alone", is_diagnosis_shape, "S93.", False),
    ("revenue code", is_revenue_shape, "0510", True),
    ("revenue code without its zero", is_revenue_shape, "510", False),
    ("no department", is_revenue_shape, "0000", False),
]


@pytest.mark.parametrize(("shape", "code", "accepted"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_a_shape_tells_what_can_be_a_code(shape: Callable[[str], bool], code: str, accepted: bool) -> None:
    assert shape(code) is accepted
