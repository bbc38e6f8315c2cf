"""Whatever a payer's file holds, reading it ends in words: no error, nothing repeated of it, nothing half posted."""

from collections.abc import Iterator
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from claims.remittance import balances
from claims.x12.answers import read_answers
from claims.x12.envelopes import Note
from claims.x12.segments import X12Fault
from claims.x12.transactions import Result, Said
from schemas.events import ClaimAdjudicated, Remittance
from tests.claims.x12.given_835 import claim, interchange, transaction
from tests.claims.x12.test_acknowledgements import REJECTED, TAKEN, claims
from tests.claims.x12.test_file_acknowledgements import a_999, a_set

CANARY = "CANARYXX"
FILES = (
    interchange(transaction(claim(), claim("OURS2", paid="70"), amount="150"), transaction(trace="T2", amount="0")),
    interchange(transaction(claim(), amount="70", plb=["PLB*1234567893*20261231*WO:P9*15*L6*-5"])),
    (Path(__file__).parent / "835" / "reversal-then-correction.835").read_bytes(),
    claims(TAKEN, REJECTED),
    a_999(a_set("R", "IK3*CLM*22**8", "CTX*CLM01:OURS1", "IK4*2*782*7"), group="R"),
)
ODD = (
    "", "0", "-1", "+5", " 5 ", ".5", "-.5", "5.", "5.555", "1E5", "1,000.00", "9" * 20, "9007199254740993", "-", "0x1",
    "20230230", "99991231", "00010101", "18000101", "21500101", "x" * 300, "\x00", ":", "::::", "²", "1²00", "2561",
    "22", "25", CANARY, f"{CANARY}:{CANARY}",
)  # fmt: skip
CHANGES = ("drop", "twice", "move", "shorten", "change", "change", "change")


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A file with some segments dropped, said twice or moved, and some elements changed."""
    lines = draw(st.sampled_from(FILES)).decode().splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at, how = draw(st.integers(1, len(lines) - 1)), draw(st.sampled_from(CHANGES))
        elements = lines[at].removesuffix("~").split("*")
        place = draw(st.integers(0, len(elements) - 1))
        if how == "change":
            components = elements[place].split(":")
            components[draw(st.integers(0, len(components) - 1))] = draw(st.sampled_from(ODD))
            elements[place] = ":".join(components)
            lines[at] = "*".join(elements) + "~"
        elif how == "shorten":
            lines[at] = "*".join(elements[: place + 1]) + "~"
        elif how == "twice":
            lines.insert(at, lines[at])
        else:
            line = lines.pop(at)
            if how == "move":
                lines.insert(draw(st.integers(1, len(lines))), line)
    return "\n".join(lines).encode()


def until_it_breaks(file: bytes) -> Iterator[Said | Result | Note | X12Fault]:
    try:
        yield from read_answers([file], lambda _: "commercial")
    except X12Fault as fault:
        yield fault


@settings(deadline=None)
@given(file=broken())
@example(interchange([s for s in transaction(claim()) if not s.startswith("N1*")]))
@example(interchange(transaction(claim(), plb=["PLB*1234567893*20261231**5"])))
@example(claims(TAKEN).replace(b"*1200*TH", "*1²00*TH".encode()))
def test_a_broken_file_is_told_in_words_and_posted_whole_or_not(file: bytes) -> None:
    said: list[Said] = []
    for each in until_it_breaks(file):
        assert CANARY not in repr(each) or not isinstance(each, Note | X12Fault)
        if isinstance(each, Result):
            assert all(note.why and note.mend and CANARY not in repr(note) for note in (*each.faults, *each.findings))
            if each.kind == "835" and each.is_whole:
                *answers, payment = said
                assert isinstance(payment, Remittance)
                assert balances(payment, [each for each in answers if isinstance(each, ClaimAdjudicated)]) is None
            said = []
        elif not isinstance(each, Note | X12Fault):
            said.append(each)
