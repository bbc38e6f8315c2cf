"""Whatever somebody's file holds, reading and judging it ends in words: no error, and nothing of it repeated."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claims.claim_check import Checked, ClaimCheck
from claims.tables import Reference
from claims.x12.claims_in import ClaimRead, Unread, read_claims
from claims.x12.segments import X12Fault
from tests.claims.x12.given_claim_files import (
    CLAIM,
    HEADER,
    INSTITUTIONAL,
    STAY,
    interchange,
    stranger,
    transaction,
    written,
)

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
SECONDARY = """SBR*S*18*******MC
CAS*PR*1*20
AMT*D*150
OI***Y***Y
NM1*IL*1*TESTCASE*MIRA****MI*MA1
NM1*PR*2*STATE PLAN*****PI*EXPAY3
DTP*573*D8*20260120"""
ANSWERED = "SVD*EXPAY3*150*HC:G0463**1\nCAS*CO*45*30\nDTP*573*D8*20260120"
WHOLE = CLAIM.replace("LX*1", f"{SECONDARY}\nLX*1").replace("REF*6R*L1", f"REF*6R*L1\n{ANSWERED}")
FILES = (
    interchange(transaction(HEADER, WHOLE, CLAIM)),
    interchange(transaction(HEADER, STAY, STAY, guide=INSTITUTIONAL), guide=INSTITUTIONAL),
)
ODD = (
    "",
    "0",
    "-1",
    "99999999999999999999",
    "20261399",
    "18000101",
    "x" * 300,
    "\x00",
    ":",
    "::::::::",
    "é",
    "²",
    "8",
    "2",
)


@pytest.fixture(scope="module")
def judge(reference: Reference) -> ClaimCheck:
    return ClaimCheck(reference, NOON)


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A file with some segments dropped, said twice or moved, and some elements changed."""
    lines = draw(st.sampled_from(FILES)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(1, len(lines) - 1))
        how = draw(st.sampled_from(["drop", "twice", "move", "change", "change", "change"]))
        if how == "change":
            elements = lines[at].split("*")
            place = draw(st.integers(0, len(elements) - 1))
            if draw(st.booleans()) and ":" in elements[place]:
                components = elements[place].split(":")
                components[draw(st.integers(0, len(components) - 1))] = draw(st.sampled_from(ODD))
                elements[place] = ":".join(components)
            else:
                elements[place] = draw(st.sampled_from(ODD))
            lines[at] = "*".join(elements)
        elif how == "twice":
            lines.insert(at, lines[at])
        else:
            line = lines.pop(at)
            if how == "move":
                lines.insert(draw(st.integers(1, len(lines))), line)
    return written("\n".join(lines))


@settings(deadline=None)
@given(file=broken())
@example(file=written(FILES[0].replace("LX*1\n", "LX*01\n").replace("REF*6R*L1\n", "")))
def test_a_broken_file_is_told_in_words(judge: ClaimCheck, file: bytes) -> None:
    for found in read_claims([file], judge.known):
        said = judge.check(found) if isinstance(found, ClaimRead) else found
        assert isinstance(said, Checked | Unread | X12Fault)
        faults = said.faults if isinstance(said, Unread) else (said,) if isinstance(said, X12Fault) else ()
        assert all(fault.why and fault.mend for fault in faults)
        assert not any("x" * 20 in str(fault) for fault in faults)


@settings(deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 3000))
def test_a_file_cut_anywhere_is_told_and_what_is_whole_is_read(text: str, kept: int) -> None:
    file = written(text)
    cut = file[:kept]
    found = list(read_claims([cut], stranger()))
    whole = [each for each in read_claims([file], stranger()) if isinstance(each, ClaimRead)]
    read = [each for each in found if isinstance(each, ClaimRead)]
    assert read == whole[: len(read)]
    assert len(found) > len(read) or not cut or len(cut) == len(file)
