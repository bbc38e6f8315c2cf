"""What a revenue code tells: a bed, a line that needs its procedure code, what Medicare knows, what goes together."""

import pytest

from claims.edits.institutional import revenue_code_disagrees
from claims.edits.revenue import is_accommodation, is_beyond_medicare, needs_procedure_code
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.given_edits import coded_as, found, kinds

PACKAGED = """
    0240 0250-0252 0254 0255 0257-0259 0260-0264 0269 0270-0273 0275 0276 0278 0279 0280 0289 0290 0343 0344 0370-0372
    0379 0390 0392 0399 0621-0624 0630-0633 0681-0684 0689 0700 0710 0720 0721 0732 0762 0801-0804 0809 0810 0815 0819
    0821 0824 0825 0829 0860 0861 0940 0942 0943 0964
"""
PASSED_OVER = "0521 0522 0524 0525 0527 0528 0637 0948 0990-0999"
BEYOND_MEDICARE = "0500 0509 0583 0660-0663 0669 0905-0907 0931 0932 1000-1009 2100-2109 3100-3109"
ASKED = "0249 0253 0256 0274 0301 0320 0360 0450 0510 0526 0636 0664 0685 0771 0930 0945 1010"


def revenue_codes(given: str) -> set[str]:
    spans = [(each[:4], each[-4:]) for each in given.split()]
    return {f"{code:04}" for first, last in spans for code in range(int(first), int(last) + 1)}


def test_a_line_needs_its_procedure_code_unless_its_revenue_code_is_packaged_passed_over_or_unknown() -> None:
    silent = revenue_codes(f"{PACKAGED} {PASSED_OVER} {BEYOND_MEDICARE}")

    assert {code for code in silent if needs_procedure_code(code)} == set()
    assert {code for code in revenue_codes(ASKED) if not needs_procedure_code(code)} == set()


def test_what_medicare_does_not_know_is_told_by_its_revenue_code() -> None:
    known = revenue_codes(f"{PACKAGED} {PASSED_OVER} {ASKED}")

    assert {code for code in revenue_codes(BEYOND_MEDICARE) if not is_beyond_medicare(code)} == set()
    assert {code for code in known if is_beyond_medicare(code)} == set()


ROOMS = [
    ("the last before room and board", "0099", False),
    ("all-inclusive, the first of it", "0100", True),
    ("intensive care", "0200", True),
    ("the last of it", "0219", True),
    ("a special charge, the first behind it", "0220", False),
]


@pytest.mark.parametrize(("revenue_code", "bed"), [row[1:] for row in ROOMS], ids=[row[0] for row in ROOMS])
def test_room_and_board_is_from_010x_to_021x(revenue_code: str, bed: bool) -> None:
    assert is_accommodation(revenue_code) is bed


GIVEN = [
    ("influenza", "G0008", "0771", "0770"),
    ("pneumococcus", "G0009", "0771", "0770"),
    ("hepatitis B", "G0010", "0771", "0770"),
    ("a trauma response, by the center's level", "G0390", "0682", "0671"),
]


@pytest.mark.parametrize(("code", "right", "wrong"), [row[1:] for row in GIVEN], ids=[row[0] for row in GIVEN])
def test_a_procedure_goes_with_its_revenue_code_and_no_other(
    coded: ChartCoded, reference: Reference, code: str, right: str, wrong: str
) -> None:
    """CPM 18/10.2; IOCE 76."""
    fitting, other = (coded_as(coded, code, revenue_code=each) for each in (right, wrong))

    assert found(revenue_code_disagrees, fitting, reference) == []
    assert kinds(found(revenue_code_disagrees, other, reference)) == {("B4", "reject", "199")}
