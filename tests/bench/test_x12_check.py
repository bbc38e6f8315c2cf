"""Others read what we write: pyx12 finds no error, x12sdk reads the same codes, amounts and identifiers."""

import pytest

from agents.reference import read_reference
from bench.x12_check import checked
from bench.x12_claims import of_examples
from bench.x12_readers import pyx12_errors, read_back
from claims.x12.claim_file import Style
from schemas.events.claim import ClaimBuilt
from streams.settings import INFRA
from tests.claims.given_claims import professional
from tests.claims.x12.given_files import written
from tests.claims.x12.test_earlier_payers_written import SAID as LATER
from tests.claims.x12.test_institutional_claims import MOST
from tests.claims.x12.test_institutional_claims import SAID as INSTITUTIONAL
from tests.claims.x12.test_professional_claims import SAID as PROFESSIONAL

CASES = [*PROFESSIONAL, *INSTITUTIONAL, *LATER]
GOOD = {"not_written": 0, "pyx12_errors": 0}


def test_every_claim_of_the_example_charts_is_read_as_it_was_written() -> None:
    reference = read_reference(INFRA)
    sums = checked(of_examples(reference).claims, reference.partners)
    assert sums["claims"] > 300
    assert sums["later_payers"] > 0
    assert sums | GOOD == sums
    assert sums["facts_read_back"] == sums["facts"]


@pytest.mark.parametrize("claim", [row[1] for row in CASES], ids=[f"{row[2]} {row[0]}" for row in CASES])
def test_every_case_is_valid_by_the_guide(claim: ClaimBuilt) -> None:
    assert pyx12_errors(written(claim).text) == []


@pytest.mark.parametrize("claim", [row[1] for row in MOST], ids=[row[0] for row in MOST])
def test_the_most_that_a_claim_holds_is_valid_by_the_guide(claim: ClaimBuilt) -> None:
    """pyx12 alone: x12sdk takes no more than 50 lines of any claim."""
    assert pyx12_errors(written(claim).text) == []


BROKEN = [
    # reason, what stands in the file, what is put there
    ("a segment is missing", "REF*EI*", "REF*0B*"),
    ("a code of no list", "*MI*", "*QQ*"),
    ("a count is wrong", "SE*", "SE*9"),
    ("a day that is none", "D8*20260302", "D8*20261302"),
]


@pytest.mark.parametrize(("good", "bad"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_file_is_seen(good: str, bad: str) -> None:
    """Else no error would prove nothing."""
    text = written(professional()).text
    assert good in text
    assert pyx12_errors(text.replace(good, bad))


def test_a_changed_amount_is_seen() -> None:
    claim = professional()
    text = written(claim).text.replace("SV1*HC:G0463*50*", "SV1*HC:G0463*51*").replace("*50***22", "*51***22")
    line = claim.lines[0].control_number
    assert (line, "charge", "51") in read_back(text)[claim.control_number]


def test_a_file_in_capitals_alone_is_valid_too() -> None:
    text = written(professional(), style=Style("basic")).text
    assert text == text.upper()
    assert pyx12_errors(text) == []
