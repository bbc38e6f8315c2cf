"""pyx12, which holds the guides' structure, takes the payers' files that our tests read."""

import io
import logging
from pathlib import Path

import pytest
from pyx12.params import params
from pyx12.x12n_document import x12n_document

from tests.claims.x12.test_acknowledgements import REJECTED, TAKEN, claims
from tests.claims.x12.test_file_acknowledgements import a_999, a_set

FILES = sorted((Path(__file__).parent / "835").glob("*.835"))


def is_valid(file: str) -> bool:
    """Its own 999 of an 835, which has no ST03, fails with a word in the log; the check stands."""
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    taken: bool = x12n_document(params(), io.StringIO(file), io.StringIO(), None, None)
    return taken


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_835_is_valid(file: Path) -> None:
    assert is_valid(file.read_bytes().decode())


def test_a_277ca_and_a_999_are_valid() -> None:
    assert is_valid(claims(TAKEN, REJECTED).decode())
    assert is_valid(a_999(a_set("R", "IK3*CLM*22**8", "CTX*CLM01:OURS1", "IK4*2*782*7"), group="R").decode())


def test_it_notices_what_is_wrong() -> None:
    assert not is_valid(FILES[0].read_bytes().decode().replace("BPR*I", "BPR*?"))
