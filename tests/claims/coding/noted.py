"""A code set with notes, cut from the Tabular List: what tests of the coding conventions are made of."""

from dataclasses import replace

from claims.codesets import CodeSets
from claims.codesets.build import Row, compile_codesets
from claims.codesets.notes import RowNote
from claims.tables import Reference
from tests.claims.coding.conftest import ROWS

SEVENTHS = tuple(
    RowNote("seventh", "", f"{letter}={meaning}")
    for letter, meaning in (("A", "initial encounter"), ("D", "subsequent encounter"), ("S", "sequela"))
)


def with_sevenths(row: Row) -> Row:
    return row._replace(notes=tuple(note._replace(at=row.code) for note in SEVENTHS))


NOTED = (
    Row(
        "F02",
        "Dementia in other diseases classified elsewhere",
        False,
        notes=(RowNote("code-first", "F02", "the underlying condition, such as: Alzheimer's (G30.-)"),),
    ),
    Row("F02.80", "Dementia in other diseases classified elsewhere, unspecified severity", True, "F02"),
    Row("G30", "Alzheimer's disease", False),
    Row("G30.9", "Alzheimer's disease, unspecified", True, "G30"),
    Row("I11", "Hypertensive heart disease", False),
    Row(
        "I11.0",
        "Hypertensive heart disease with heart failure",
        True,
        "I11",
        notes=(RowNote("use-additional", "I11.0", "code to identify type of heart failure (I50.-)"),),
    ),
    Row(
        "J44",
        "Other chronic obstructive pulmonary disease",
        False,
        notes=(RowNote("excludes1", "J44", "bronchiectasis (J47.-)"),),
    ),
    Row("J47", "Bronchiectasis", False, notes=(RowNote("excludes1", "J47", "obstructive pulmonary disease (J44.-)"),)),
    Row("J47.9", "Bronchiectasis, uncomplicated", True, "J47"),
    Row(
        "N30.00",
        "Acute cystitis without hematuria",
        True,
        notes=(RowNote("use-additional", "N30", "code to identify infectious agent (B95-B97)"),),
    ),
    Row("S93.401", "Sprain of unspecified ligament of right ankle", False, "S93.40"),
    with_sevenths(Row("T36", "Poisoning by systemic antibiotics", False)),
    Row("T36.0X1", "Poisoning by penicillins, accidental", False, "T36"),
    Row("T36.0X1A", "Poisoning by penicillins, accidental, initial encounter", True, "T36.0X1"),
)


def noted_reference(reference: Reference) -> Reference:
    """The reference with these rows too, and the 7th characters of what conftest has."""
    rows = (with_sevenths(row) if row.code in {"S93.40", "W19"} else row for row in ROWS)
    own = {row.code for row in NOTED}
    others = (row for row in rows if row.code not in own)
    return replace(reference, codes=CodeSets(compile_codesets((*others, *NOTED), "2026-04-01")))
