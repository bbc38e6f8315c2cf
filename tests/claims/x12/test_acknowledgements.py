"""277CA: which claims were taken."""

from datetime import date

import pytest

from schemas.events import ClaimAcknowledged
from schemas.events.payer import StatusCode
from tests.claims.x12.given_835 import events, interchange, results

SOURCE = [
    "ST*277*0001*005010X214",
    "BHT*0085*08*ACK1*20260305*1200*TH",
    "HL*1**20*1",
    "NM1*PR*2*EXAMPLE MUTUAL INSURANCE*****PI*EXPAY1",
    "TRN*1*SOURCE1",
    "DTP*050*D8*20260304",
    "DTP*009*D8*20260305",
    "HL*2*1*21*1",
    "NM1*41*2*MERCY GENERAL HOSPITAL*****46*999000000101",
    "TRN*2*BATCH1",
    "STC*A1:19:PR*20260305*WQ*300",
    "HL*3*2*19*1",
    "NM1*85*2*MERCY GENERAL HOSPITAL*****XX*1234567893",
    "TRN*1*0",
    "STC*A1:19:PR**WQ*300",
]
TAKEN = ["TRN*2*OURS1", "STC*A2:20:PR*20260305*WQ*100", "REF*1K*P1", "REF*D9*HOUSE1", "DTP*472*D8*20260302"]
REJECTED = [
    "TRN*2*OURS2",
    "STC*A7:562:85*20260305*U*200******A6:21",
    "DTP*472*D8*20260302",
    "SVC*HC:G0463*200",
    "STC*A7:122*20260305*U",
    "REF*FJ*L2",
]


def claims(*loops: list[str]) -> bytes:
    patients = [
        segment
        for number, loop in enumerate(loops, start=4)
        for segment in (f"HL*{number}*3*PT", "NM1*QC*1*EXAMPLE*PAT****MI*MEMBER1", *loop)
    ]
    whole = [*SOURCE, *patients]
    return interchange([*whole, f"SE*{len(whole) + 1}*0001"], kind="HN", guide="005010X214")


def told(file: bytes) -> list[ClaimAcknowledged]:
    return [each for each in events(file) if isinstance(each, ClaimAcknowledged)]


def test_a_claim_that_was_taken_has_the_payers_number_and_the_day_of_receipt() -> None:
    (said,) = told(claims(TAKEN))
    assert (said.payer, said.control_number, said.accepted) == ("commercial", "OURS1", True)
    assert (said.payer_claim_number, said.receipt_date) == ("P1", date(2026, 3, 4))
    assert said.codes == (StatusCode(category="A2", status="20", entity="PR"),)


def test_a_rejected_claim_has_every_reason_of_itself_and_of_its_lines() -> None:
    (said,) = told(claims(REJECTED))
    assert (said.control_number, said.accepted, said.payer_claim_number) == ("OURS2", False, None)
    assert said.codes == (
        StatusCode(category="A7", status="562", entity="85"),
        StatusCode(category="A6", status="21"),
        StatusCode(category="A7", status="122", line_control_number="L2"),
    )


def test_nothing_is_wrong_with_the_file_of_both() -> None:
    file = claims(TAKEN, REJECTED)
    (result,) = results(file)
    assert (result.kind, result.claims, result.faults, result.findings) == ("277CA", 2, (), ())
    assert [each.accepted for each in told(file)] == [True, False]


@pytest.mark.parametrize(
    ("reason", "status", "accepted"),
    [
        ("forwarded", "STC*A0:16*20260305", True),
        ("received", "STC*A1:19*20260305", True),
        ("taken into adjudication", "STC*A2:20*20260305", True),
        ("returned unprocessed", "STC*A3:21*20260305", False),
        ("not found", "STC*A4:35*20260305", False),
        ("information is missing", "STC*A6:21*20260305", False),
        ("the action says more than the category", "STC*A1:19*20260305*U", False),
        ("no category at all", "STC**20260305", False),
    ],
)
def test_what_is_taken_is_said_by_the_action_or_else_by_the_category(reason: str, status: str, accepted: bool) -> None:
    (said,) = told(claims(["TRN*2*OURS1", status]))
    assert said.accepted is accepted, reason


def test_the_same_file_has_the_same_ids_and_another_status_has_another() -> None:
    assert told(claims(TAKEN)) == told(claims(TAKEN))
    assert told(claims(TAKEN))[0].event_id != told(claims([TAKEN[0], "STC*A3:21*20260305*U"]))[0].event_id


def test_of_a_clearing_house_each_claim_is_the_payers_to_whom_it_was_sent() -> None:
    file = claims(["TRN*2*HOUSE1", *TAKEN[1:]]).replace(b"EXPAY1", b"HOUSE")
    assert [(each.payer, each.control_number) for each in told(file)] == [("medicare", "HOUSE1")]


def test_a_clearing_house_that_answers_for_nobody_known_is_suspended() -> None:
    (result,) = results(claims(TAKEN).replace(b"EXPAY1", b"HOUSE"))
    assert [note.code for note in result.faults] == ["unreadable"]


def test_a_claim_without_a_status_suspends_its_transaction() -> None:
    (result,) = results(claims(["TRN*2*OURS1"]))
    assert [note.code for note in result.faults] == ["unreadable"]


def test_lines_alone_do_not_say_that_their_claim_was_taken() -> None:
    """All statuses of a claim that has none are good ones."""
    (result,) = results(claims([REJECTED[0], *REJECTED[3:]]))
    assert ([note.code for note in result.faults], result.claims) == (["unreadable"], 1)


@pytest.mark.parametrize(
    ("reason", "file"),
    [
        ("a status whose claim is lost", claims(TAKEN, REJECTED[1:])),
        ("a claim on a level that there isn't", claims(TAKEN, REJECTED).replace(b"HL*5*3*PT", b"HL*5*3*22")),
    ],
)
def test_a_status_that_is_of_no_claim_suspends_its_transaction(reason: str, file: bytes) -> None:
    assert "unreadable" in [note.code for note in results(file)[0].faults], reason


@pytest.mark.parametrize(
    ("reason", "level"), [("a batch", "STC*A1:19:PR*20260305*WQ"), ("a provider", "STC*A1:19:PR**WQ")]
)
def test_a_batch_that_was_refused_is_found_though_no_claim_of_it_is_named(reason: str, level: str) -> None:
    (result,) = results(claims().replace(level.encode(), level.replace("A1:19", "A3:21").replace("WQ", "U").encode()))
    assert ([note.code for note in result.findings], result.claims) == (["batch-refused"], 0), reason


@pytest.mark.parametrize(
    ("reason", "guide", "status"),
    [
        ("how far claims are: this one is paid", "005010X212", "STC*F1:65*20260305"),
        ("what the payer wants to know before he pays", "005010X213", "STC*R4:18*20260305"),
        ("the same, unasked for, in the edition before", "004010X070", "STC*F2:20*20260305"),
    ],
)
def test_a_277_that_is_no_acknowledgement_rejects_no_claim(reason: str, guide: str, status: str) -> None:
    file = claims(["TRN*2*OURS1", status]).replace(b"005010X214", guide.encode())
    (result,) = results(file)
    assert ([note.code for note in result.faults], events(file)) == (["other-guide"], []), reason
