"""What stands in an element: amounts to the cent, quantities, days; and what is none."""

from datetime import date

import pytest

from claims.x12.segments import Delimiters, Segment, X12Fault
from claims.x12.values import cents, day, thousandths, whole


def element(said: str) -> Segment:
    return Segment(["AMT", said], 7, Delimiters())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("100", 10_000), ("0", 0), ("", 0), ("1.5", 150), ("1.50", 150), ("1.500", 150), (".5", 50), ("5.", 500),
        ("-5", -500), ("-.05", -5), ("-0.01", -1), ("-0", 0), ("007", 700), ("99999999.99", 9_999_999_999),
    ],
)  # fmt: skip
def test_an_amount_is_read_to_the_cent(said: str, expected: int) -> None:
    assert cents(element(said), 1) == expected


@pytest.mark.parametrize(
    "said", ["1.505", "--5", "-", ".", "-.", "+5", "1e5", "1,000", "O", "5-", "1.2.3", "٣", " 5", "9" * 16]
)
def test_what_is_no_amount_is_named_by_its_element_and_not_repeated(said: str) -> None:
    with pytest.raises(X12Fault, match=r"^segment 7, AMT01: no amount; send a decimal number of"):
        cents(element(said), 1)


@pytest.mark.parametrize(
    ("said", "expected"), [("1", 1_000), ("2.5", 2_500), ("-1", -1_000), ("0.125", 125), ("", None)]
)
def test_a_quantity_is_in_thousandths(said: str, expected: int | None) -> None:
    assert thousandths(element(said), 1) == expected


def test_a_day_is_eight_digits_of_the_calendar() -> None:
    assert day(element("20280229"), 1) == date(2028, 2, 29)


@pytest.mark.parametrize("said", ["", "20260229", "260302", "2026-03-02", "20261301", "2026٠301"])
def test_another_day_is_none(said: str) -> None:
    with pytest.raises(X12Fault, match="AMT01: no day"):
        day(element(said), 1)


@pytest.mark.parametrize(("said", "expected"), [("12", 12), ("0012", 12), ("", None), ("x", None), ("-1", None)])
def test_a_count_that_is_none_stops_nothing(said: str, expected: int | None) -> None:
    assert whole(element(said), 1) == expected
