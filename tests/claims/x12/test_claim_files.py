"""A file of several claims: levels and their numbers, sets, and what is left out without a trace."""

import pytest

from claims.export import by_size
from claims.x12.claim_file import Style, set_of
from claims.x12.envelope import Envelope, interchange
from claims.x12.writing import Unwritable, Writer
from schemas.events.claim import ClaimBuilt
from schemas.events.people import Subscriber
from tests.claims.given_claims import professional
from tests.claims.x12.given_files import AT, lines, read, written

ONE, TWO, THREE = (professional(f"P{number}") for number in range(3))


def billed_by_another(claim: ClaimBuilt) -> ClaimBuilt:
    other = claim.billing_provider.model_copy(update={"npi": "1999000114", "name": "Another Group", "tax_id": "1" * 9})
    return claim.model_copy(update={"billing_provider": other})


def of_a_child(claim: ClaimBuilt) -> ClaimBuilt:
    holder = Subscriber(relationship="child", name=claim.patient.name)
    return claim.model_copy(update={"subscriber": holder})


def unwritable(claim: ClaimBuilt) -> ClaimBuilt:
    return claim.model_copy(update={"place_of_service": None})


LEVELS = [
    # reason, claims, hierarchy
    ("one biller, two claims", (ONE, TWO), ["HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*0"]),
    ("a dependent is below his subscriber", (of_a_child(ONE),), ["HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*0"]),
    ("a biller's claims stand together", (ONE, billed_by_another(TWO), THREE),
     ["HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*0", "HL*4**20*1", "HL*5*4*22*0"]),
]  # fmt: skip


@pytest.mark.parametrize(("claims", "levels"), [row[1:] for row in LEVELS], ids=[row[0] for row in LEVELS])
def test_each_level_has_a_number_and_names_the_one_above(claims: tuple[ClaimBuilt, ...], levels: list[str]) -> None:
    assert lines(*claims, tag="HL") == levels


@pytest.mark.parametrize("bad", [(unwritable(TWO),), (unwritable(billed_by_another(TWO)),)], ids=["his", "another's"])
def test_what_is_left_out_leaves_no_trace(bad: tuple[ClaimBuilt, ...]) -> None:
    made = written(ONE, *bad, THREE)
    assert made.text == written(ONE, THREE).text
    assert [left.claim for left in made.left_out] == list(bad)


def test_a_biller_whose_first_claim_is_left_out_is_there_for_the_next() -> None:
    assert written(unwritable(ONE), TWO).text == written(TWO).text


def test_without_a_claim_there_is_no_file() -> None:
    assert written(unwritable(ONE)).text == ""


def test_more_claims_than_a_set_holds_take_another_set() -> None:
    by_two = Style(set_claims=2)
    made = written(ONE, TWO, THREE, style=by_two)
    assert made.numbers == ("0001", "0002")
    segments = read(ONE, TWO, THREE, style=by_two)
    assert [segment.elements for segment in segments if segment.tag == "GE"] == [["GE", "2", "7"]]
    assert len({segment.element(3) for segment in segments if segment.tag == "BHT"}) == 2


def test_the_set_of_a_claim_is_known_by_its_place_in_the_file() -> None:
    by_two = Style(set_claims=2)
    claims = written(ONE, billed_by_another(TWO), THREE, style=by_two).claims
    now, found = "", {}
    for segment in read(*claims, style=by_two):
        now = segment.element(2) if segment.tag == "ST" else now
        if segment.tag == "CLM":
            found[segment.element(1)] = now
    assert found == {claim.control_number: set_of(place, by_two) for place, claim in enumerate(claims)}


@pytest.mark.parametrize("number", [0, 1_000_000_000])
def test_an_interchange_has_a_number_of_nine_digits(number: int) -> None:
    with pytest.raises(Unwritable, match="ISA13"):
        interchange(Writer(), Envelope("SENDER", "PAYER", number, AT), "005010X222A1", [["ST"]])


@pytest.mark.parametrize(("test", "said"), [(True, "T"), (False, "P")])
def test_a_file_says_whether_it_is_a_test(test: bool, said: str) -> None:
    w = Writer()
    interchange(w, Envelope("SENDER", "PAYER", 1, AT, test), "005010X222A1", [["ST"]])
    assert w.segments[0].split("*")[15] == said


@pytest.mark.parametrize(("files_", "counts"), [(1, [3]), (2, [2, 1]), (10**6, [1, 1, 1])])
def test_a_file_that_would_be_too_large_becomes_several(files_: int, counts: list[int]) -> None:
    made = written(ONE, TWO, THREE)
    most_bytes = max(1, -(-len(made.text) // files_))
    assert [len(part) for part in by_size(made, most_bytes)] == counts
