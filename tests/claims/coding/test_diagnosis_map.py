"""Other systems' codes become diagnosis codes by the hospital's own table, and by nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from claims.diagnosis_map import parse_diagnosis_map
from claims.encoding import encode
from claims.reference import BadReference
from claims.tables import Reference
from schemas.events.chart import ChartCompleted, Coding, Statement
from tests.claims.coding.test_encoding import found, scene

TERMS = "urn:example:terms"
HEADER = "system,code,icd10cm,start,end"
MAP = f"""{HEADER}
{TERMS},t-high,I10,2025-01-01,
{TERMS},t-lung,J449,2025-01-01,2025-12-31
{TERMS},t-sugar,E11.9,2025-01-01,
{TERMS},t-sugar,E10.9,2025-01-01,
urn:local,knee,M25.56,2025-01-01,
"""


@pytest.fixture
def mapping(reference: Reference) -> Reference:
    return replace(reference, diagnosis_maps={"mercy-general": parse_diagnosis_map(MAP, "mercy-general.csv")})


def coded_as(code: str, system: str = TERMS, **fields: str) -> Statement:
    return Statement(id="d", kind="diagnosis", codings=(Coding(system=system, code=code),), **fields)  # type: ignore[arg-type]


def test_a_code_that_the_hospital_maps_is_taken_and_says_whence(chart: ChartCompleted, mapping: Reference) -> None:
    (one,) = encode(scene(chart, mapping, coded_as("t-high"))).found

    assert (one.code, one.path, one.note) == ("I10", "given", f"mapped from {TERMS} t-high")


def test_a_mapped_category_is_completed_by_the_documented_side(chart: ChartCompleted, mapping: Reference) -> None:
    encoded = encode(scene(chart, mapping, coded_as("knee", "urn:local", laterality="left")))

    assert [each.code for each in encoded.found] == ["M25.562"]


COMES_TO_NOTHING = [
    ("no row", "1", "no-text"),
    ("a row that has ended", "t-lung", "no-text"),
    ("two rows", "t-sugar", "ambiguous"),
]


@pytest.mark.parametrize(
    ("code", "kind"), [row[1:] for row in COMES_TO_NOTHING], ids=[row[0] for row in COMES_TO_NOTHING]
)
def test_without_one_row_on_the_day_it_is_a_coders(
    chart: ChartCompleted, mapping: Reference, code: str, kind: str
) -> None:
    encoded = encode(scene(chart, mapping, coded_as(code)))

    assert (found(encoded), [item.kind for item in encoded.worklist]) == ([], [kind])


def test_another_hospitals_mapping_is_not_asked(chart: ChartCompleted, reference: Reference) -> None:
    theirs = replace(reference, diagnosis_maps={"riverside": parse_diagnosis_map(MAP, "riverside.csv")})

    assert encode(scene(chart, theirs, coded_as("t-high"))).found == ()


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2024, 12, 31), ()),
        (date(2025, 1, 1), ("J44.9",)),
        (date(2025, 12, 31), ("J44.9",)),
        (date(2026, 1, 1), ()),
    ],
)
def test_a_row_holds_on_its_first_and_its_last_day(day: date, codes: tuple[str, ...]) -> None:
    assert parse_diagnosis_map(MAP, "m.csv").on(TERMS, "t-lung", day) == codes


BROKEN = [
    # what is broken, the row or header, field, line
    ("a changed header", "system,code,icd10,start,end", "icd10cm", 1),
    ("no code of ICD-10-CM", f"{HEADER}\n{TERMS},1,ten,2025-01-01,", "icd10cm", 2),
    ("a day that is none", f"{HEADER}\n{TERMS},1,I10,2025-02-30,", "start", 2),
    ("an end before its start", f"{HEADER}\n{TERMS},1,I10,2025-02-01,2025-01-01", "end", 2),
    ("a system that needs none", f"{HEADER}\nhttp://hl7.org/fhir/sid/icd-10-cm,I10,I10,2025-01-01,", "system", 2),
    (
        "the same twice on a day",
        f"{HEADER}\n{TERMS},1,I10,2025-01-01,\n{TERMS},1,I10,2025-06-01,",
        "start",
        3,
    ),
    ("a missing cell", f"{HEADER}\n{TERMS},1,I10", "row", 2),
]


@pytest.mark.parametrize(("text", "field", "line"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_row_names_its_line_and_field(text: str, field: str, line: int) -> None:
    with pytest.raises(BadReference, match=r"m\.csv:") as stopped:
        parse_diagnosis_map(text, "m.csv")

    assert (stopped.value.field, stopped.value.line) == (field, line)
