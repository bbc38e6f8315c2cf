"""Several transactions under one trace number: each is a payment of its own, by what it says of its claims."""

import pytest

from claims.x12.answers import read_answers
from claims.x12.payment_parts import has_several, parts
from claims.x12.transactions import Result
from schemas.events import ClaimAdjudicated, Remittance
from tests.claims.x12.given_835 import claim, interchange, transaction

A, B = transaction(claim("A"), number="0001"), transaction(claim("B"), number="0002")
OTHER = transaction(claim("C"), trace="T2", number="0003")


def read(file: bytes, every: bool = False) -> tuple[list[str], list[str]]:
    """The trace numbers of payments and of answers."""
    said = list(read_answers([file], lambda _: "commercial", parts=parts([file], every=every)))
    payments = [each.trace_number for each in said if isinstance(each, Remittance)]
    return payments, [each.trace_number for each in said if isinstance(each, ClaimAdjudicated)]


def test_the_parts_of_one_payment_have_names_of_their_own() -> None:
    payments, answers = read(interchange(A, B, OTHER))
    assert payments == answers
    assert len(set(payments)) == 3
    assert [each.split("/")[0] for each in payments] == ["T1", "T1", "T2"]
    assert payments[2] == "T2"


@pytest.mark.parametrize(
    ("reason", "file"),
    [
        ("the order of the parts", interchange(B, A)),
        ("a file made anew, on another day", interchange(A, B, number=9).replace(b"*20260320", b"*20260321")),
        ("other numbers of the transactions", interchange(transaction(claim("A"), number="0007"), B)),
        ("a part more", interchange(A, B, transaction(claim("D"), number="0004"))),
        ("other delimiters", interchange(A, B, separators="|!>\x1e", end="")),
    ],
)
def test_a_part_has_its_name_in_whatever_file_it_comes(reason: str, file: bytes) -> None:
    """Else what was posted once would be posted again."""
    assert set(read(interchange(A, B))[0]) <= set(read(file)[0]), reason


@pytest.mark.parametrize(
    ("reason", "file"),
    [
        ("one payment", interchange(A)),
        ("the same twice", interchange(A, transaction(claim("A"), number="0002"))),
        ("two payments", interchange(A, OTHER)),
    ],
)
def test_what_is_no_part_keeps_its_trace_number(reason: str, file: bytes) -> None:
    assert set(read(file)[0]) <= {"T1", "T2"}, reason


def test_a_person_may_say_that_it_is_another_payment() -> None:
    (named,), _ = read(interchange(A), every=True)
    assert named in read(interchange(A, B))[0]


def test_a_result_says_by_which_name_it_would_be_a_part() -> None:
    (result,) = [each for each in read_answers([interchange(A)], lambda _: "commercial") if isinstance(each, Result)]
    assert f"T1/{result.content}" in read(interchange(A, B))[0]


def test_of_a_file_that_breaks_off_the_parts_before_have_names() -> None:
    file = interchange(A, B, OTHER)
    assert len(parts([file[: file.index(b"T2")]])) == 2


@pytest.mark.parametrize("size", [1, 3, 7, 100_000])
def test_whether_there_are_several_is_known_however_the_file_comes(size: int) -> None:
    for file, several in ((interchange(A), False), (interchange(A, B), True), (interchange(), False)):
        assert has_several(file[at : at + size] for at in range(0, len(file), size)) is several
