"""999 and TA1: which files, sets and claims of ours were refused, and where the error is."""

import pytest

from claims.x12.transactions import FileAnswer, Result, SentFile
from schemas.events import ClaimAcknowledged
from schemas.events.payer import StatusCode
from tests.claims.x12.given_835 import interchange, said_by

OURS = {
    ("17", None): SentFile("commercial", ("C1", "C2", "C3")),
    ("17", "0001"): SentFile("commercial", ("C1", "C2")),
    ("17", "0002"): SentFile("commercial", ("C3",)),
}


def sent(number: str, set_number: str | None) -> SentFile | None:
    return OURS.get((number, set_number))


def a_999(*sets: list[str], group: str = "A", number: str = "17", why: str = "", sender: str = "EXPAY1") -> bytes:
    body = [segment for each in sets for segment in each]
    segments = ["ST*999*0001*005010X231A1", f"AK1*HC*{number}*005010X222A1", *body, f"AK9*{group}*1*1*0{why}"]
    file = interchange([*segments, f"SE*{len(segments) + 1}*0001"], kind="FA", guide="005010X231A1")
    return file.replace(b"GS*FA*SENDER", b"GS*FA*" + sender.encode())


def a_set(status: str, *errors: str, number: str = "0001") -> list[str]:
    return [f"AK2*837*{number}*005010X222A1", *errors, f"IK5*{status}*5"]


def a_ta1(status: str, number: str = "000000017", code: str = "000") -> bytes:
    said = f"TA1*{number}*260305*1200*{status}*{code}~\nGS*"
    return interchange().replace(b"GS*", said.encode(), 1).replace(b"*ZZ*SENDER         ", b"*ZZ*EXPAY1         ")


def told(file: bytes, known: bool = True) -> list[ClaimAcknowledged]:
    said = said_by(file, sent=sent if known else None)
    return [each for each in said if isinstance(each, ClaimAcknowledged)]


def result(file: bytes, known: bool = True) -> Result:
    (only,) = [each for each in said_by(file, sent=sent if known else None) if isinstance(each, Result)]
    return only


def codes(file: bytes) -> list[str]:
    return [note.code for note in result(file).findings]


def test_a_file_that_was_taken_rejects_nothing_and_is_known_to_be_taken() -> None:
    file = a_999(a_set("A"))
    assert (told(file), result(file).findings) == ([], ())
    assert result(file).files == (FileAnswer("999", "commercial", "17", None, "accepted", True),)


def test_every_claim_of_a_refused_set_was_never_filed() -> None:
    """It named none of them."""
    file = a_999(a_set("R"), a_set("A", number="0002"), group="P")
    assert [(each.payer, each.control_number, each.accepted) for each in told(file)] == [
        ("commercial", "C1", False),
        ("commercial", "C2", False),
    ]
    assert [(each.set_number, each.verdict) for each in result(file).files] == [("0001", "refused"), (None, "partly")]
    assert codes(file) == ["set-refused"]


def test_a_claim_has_its_own_errors_and_those_that_are_nobodys_with_their_place() -> None:
    errors = ["IK3*NM1*8*2010AA*8", "IK4*9*67*7*SECRET", "IK3*CLM*22*2300*8", "CTX*CLM01:C2", "IK4*5:2*1331*1"]
    nobodys = StatusCode(category="7", entity="IK403", place="NM109, segment 8, loop 2010AA")
    own = StatusCode(category="1", entity="IK403", place="CLM05-02, segment 22, loop 2300")
    file = a_999(a_set("R", *errors), group="R")
    assert {each.control_number: each.codes for each in told(file)}["C1"] == (nobodys,)
    assert {each.control_number: each.codes for each in told(file)}["C2"] == (nobodys, own)
    assert "SECRET" not in repr(said_by(file, sent=sent))


def test_an_error_of_a_claim_that_went_out_again_meanwhile_rejects_it_not() -> None:
    """C9 was in the set, and stands in a later file."""
    file = a_999(a_set("R", "IK3*CLM*22*2300*8", "CTX*CLM01:C9", "IK4*5:2*1331*1"), group="P")
    assert [each.control_number for each in told(file)] == ["C1", "C2"]


def test_a_segment_that_is_missing_has_its_place_though_no_element_is_wrong() -> None:
    (c1, _) = told(a_999(a_set("R", "IK3*HI*30*2300*3"), group="P"))
    assert c1.codes == (StatusCode(category="3", entity="IK304", place="HI, segment 30, loop 2300"),)


def test_a_refused_group_takes_every_set_with_it() -> None:
    """What AK9 says of all goes before what IK5 says of one."""
    file = a_999(a_set("A"), group="R", why="*4")
    assert [each.control_number for each in told(file)] == ["C1", "C2", "C3"]
    assert told(file)[0].codes == (StatusCode(category="4", entity="AK905", place="the group (GS, GE)"),)
    assert codes(file) == ["group-refused"]


def test_taken_with_errors_is_taken() -> None:
    file = a_999(a_set("E", "IK3*NM1*8**8"), group="E")
    assert (told(file), codes(file)) == ([], ["taken-with-errors"])
    assert [each.verdict for each in result(file).files] == ["with-errors"]


def test_the_same_file_has_the_same_ids_and_another_reason_has_another() -> None:
    file = a_999(a_set("R"), group="R")
    assert told(file) == told(file)
    assert told(file)[0].event_id != told(a_999(a_set("R", "IK3*HI*30*2300*3"), group="R"))[0].event_id


@pytest.mark.parametrize(
    ("reason", "number", "sender"),
    [
        ("no file has that number", "18", "EXPAY1"),
        ("no number at all", "1X", "EXPAY1"),
    ],
)
def test_a_file_that_we_never_sent_rejects_nothing_and_is_told_by_its_number(
    reason: str, number: str, sender: str
) -> None:
    file = a_999(a_set("R"), group="R", number=number, sender=sender)
    assert told(file) == [], reason
    assert result(file).files == (FileAnswer("999", "commercial", number, None, "refused", False),)
    assert "unknown-file" in codes(file)


def test_a_payer_does_not_refuse_what_was_sent_to_another() -> None:
    theirs = said_by(
        a_999(a_set("R"), group="R"), sent=lambda *_: SentFile("medicare", ("M1",))
    )  # the sender is known as commercial
    assert [each for each in theirs if isinstance(each, ClaimAcknowledged)] == []


def test_a_clearing_house_refuses_for_the_payer_to_whom_the_file_went() -> None:
    file = a_999(a_set("R"), group="P", sender="HOUSE")
    assert {each.payer for each in told(file)} == {"commercial"}


def test_a_set_that_the_file_never_had_is_told() -> None:
    file = a_999(a_set("R", number="0009"), group="P")
    assert [(each.set_number, each.is_ours) for each in result(file).files] == [("0009", False), (None, True)]


def test_without_a_ledger_the_claims_that_are_named_are_rejected() -> None:
    file = a_999(a_set("R", "IK3*CLM*22**8", "CTX*CLM01:OURS1", "IK4*2*782*7"), group="R")
    assert [(each.control_number, each.accepted) for each in told(file, known=False)] == [("OURS1", False)]
    assert result(file, known=False).files == ()


def test_a_999_that_says_nothing_of_the_group_is_found() -> None:
    file = a_999(a_set("A"))
    cut = b"\n".join(line for line in file.split(b"\n") if not line.startswith(b"AK9"))
    assert "no-verdict" in codes(cut)


@pytest.mark.parametrize(
    ("status", "verdict", "found", "claims"),
    [
        ("A", "received", [], []),
        ("E", "with-errors", ["taken-with-errors"], []),
        ("R", "refused", ["interchange-refused"], ["C1", "C2", "C3"]),
    ],
)
def test_an_interchange_is_taken_or_refused_whole(
    status: str, verdict: str, found: list[str], claims: list[str]
) -> None:
    OURS["000000017", None] = OURS["17", None]
    file = a_ta1(status)
    assert [each.control_number for each in told(file)] == claims
    assert (codes(file), [each.verdict for each in result(file).files]) == (found, [verdict])


def test_a_refused_interchange_says_by_which_code() -> None:
    OURS["000000017", None] = OURS["17", None]
    (first, *_) = told(a_ta1("R", code="020"))
    assert first.codes == (StatusCode(category="020", entity="TA105", place="the envelope (ISA, IEA)"),)


def test_a_test_interchange_refuses_nothing() -> None:
    OURS["000000017", None] = OURS["17", None]
    file = a_ta1("R").replace(b"*0*P*:", b"*0*T*:")
    assert (told(file), result(file).is_whole) == ([], False)


def test_an_interchange_that_was_never_ours_is_told() -> None:
    file = a_ta1("R", number="000000099")
    assert (told(file), result(file).files[0].is_ours) == ([], False)
