"""What is written is what is read: characters, lengths and delimiters, amounts and quantities."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.x12.segments import Delimiters
from claims.x12.writing import MOST_CENTS, Charset, Unwritable, Writer, amount, day, latin, quantity

ANY_NAME = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=240)

NAMES: list[tuple[str, Charset, str, str]] = [
    # reason, characters, what is given, what is written
    ("small letters are in the extended set", "extended", "Muster", "Muster"),
    ("and not in the basic one", "basic", "Muster", "MUSTER"),
    ("an accent is left out", "extended", "Muñoz-Gérard", "Munoz-Gerard"),
    ("letters that are no accented ones have a base", "extended", "Łukasz Groß Æther", "Lukasz Gross AEther"),
    ("a typographer's apostrophe", "extended", "O’Brien", "O'Brien"),
    ("letters of full width", "extended", "Ｋｉｍ", "Kim"),
    ("what parts elements is a blank", "extended", "A*B~C:D^E", "A B C D E"),
    ("signs that X12 has not are blanks", "basic", "Smith [Estate]", "SMITH ESTATE"),
    ("blanks at the ends and two in a row", "extended", "  van   Dyk ", "van Dyk"),
    ("nothing but signs", "extended", "***", ""),
    ("longer than its element", "extended", "x" * 61, "x" * 60),
    ("cut at a blank", "extended", "x" * 59 + " y", "x" * 59),
]


@pytest.mark.parametrize(("reason", "charset", "given_", "written"), NAMES, ids=[row[0] for row in NAMES])
def test_a_name_is_made_to_fit(reason: str, charset: Charset, given_: str, written: str) -> None:
    assert Writer(charset).name("name", given_, 60, shortest=0) == written, reason


@pytest.mark.parametrize("foreign", ["Иванов", "王", "محمد", "Παπαδάκης", "김"])
def test_a_name_without_a_latin_base_is_refused_with_its_mend(foreign: str) -> None:
    with pytest.raises(Unwritable, match="Latin letters") as refused:
        Writer().name("patient.name.family", foreign, 60)
    assert refused.value.field == "patient.name.family"
    assert foreign not in str(refused.value)


def test_a_name_of_signs_alone_is_no_name() -> None:
    with pytest.raises(Unwritable, match="name"):
        Writer().name("name", "***", 60)


NUMBERS = [
    # reason, what is given
    ("longer than its element", "1" * 51),
    ("a delimiter within", "A*1"),
    ("a letter beyond ASCII", "É1"),
    ("a blank at its end", "A1 "),
]


@pytest.mark.parametrize("given_", [row[1] for row in NUMBERS], ids=[row[0] for row in NUMBERS])
def test_an_identifier_is_written_as_it_is_or_not_at_all(given_: str) -> None:
    with pytest.raises(Unwritable):
        Writer().code("member_id", given_, 50)


def test_an_identifier_of_small_letters_is_in_capitals_in_the_basic_set() -> None:
    assert Writer("basic").code("member_id", "ab1", 50) == "AB1"


AMOUNTS = [
    (0, "0"),
    (5, "0.05"),
    (50, "0.5"),
    (100, "1"),
    (123_456, "1234.56"),
    (-150, "-1.5"),
    (MOST_CENTS, "99999999.99"),
]


@pytest.mark.parametrize(("cents", "text"), AMOUNTS)
def test_an_amount_has_no_zero_that_says_nothing(cents: int, text: str) -> None:
    assert amount("charge", cents) == text


@pytest.mark.parametrize("cents", [MOST_CENTS + 1, -MOST_CENTS - 1])
def test_an_amount_of_eleven_digits_is_refused(cents: int) -> None:
    with pytest.raises(Unwritable, match=r"99,999,999\.99"):
        amount("charge", cents)


@pytest.mark.parametrize(
    ("thousandths", "text"), [(1000, "1"), (2500, "2.5"), (1, "0.001"), (99_999_999_999, "99999999.999")]
)
def test_a_quantity_has_up_to_three_decimals(thousandths: int, text: str) -> None:
    assert quantity("units", thousandths) == text


def test_a_quantity_of_nine_digits_is_refused() -> None:
    with pytest.raises(Unwritable):
        quantity("units", 100_000_000_000)


def test_a_day_has_eight_digits() -> None:
    assert day(date(1904, 3, 9)) == "19040309"


def test_elements_and_components_that_are_empty_at_the_end_are_left_out() -> None:
    w = Writer()
    w.put("NM1", "IL", w.composite("a", "", "b", ""), "", "")
    assert w.file() == "NM1*IL*a::b~\n"


@given(
    ANY_NAME, st.sampled_from(["basic", "extended"]), st.sampled_from([Delimiters(), Delimiters("|", "!", ">", "\n")])
)
def test_no_name_breaks_a_segment(name: str, charset: Charset, delimiters: Delimiters) -> None:
    w = Writer(charset, delimiters)
    try:
        said = w.name("name", name, 35)
    except Unwritable:  # a name without a Latin base
        return
    assert said.isascii()
    assert 0 < len(said) <= 35
    assert not set(said) & set(delimiters)
    assert Writer(charset, delimiters).name("name", said, 35) == said


@given(ANY_NAME)
def test_latin_letters_stay_what_they_are(name: str) -> None:
    assert latin(latin(name)) == latin(name)


@given(st.integers(-MOST_CENTS, MOST_CENTS))
def test_an_amount_is_read_as_the_same_cents(cents: int) -> None:
    whole, _, rest = amount("charge", cents).lstrip("-").partition(".")
    assert (int(whole) * 100 + int(rest.ljust(2, "0"))) * (-1 if cents < 0 else 1) == cents
