"""`claimstream remit import`: what is sent, what is suspended, and what bad files do."""

import os
from pathlib import Path

import pytest

from schemas.events import ClaimAcknowledged, ClaimAdjudicated, Remittance
from tests.claims.x12.given_835 import claim, interchange, transaction
from tests.console.conftest import Terminal
from tests.pipeline import read_topics

ANSWERS, PAYMENTS = "claim-adjudicated.commercial", "remittance.commercial"
IMPORT = ("remit", "import")
GOOD = interchange(transaction(claim("A"), claim("B"), amount="160"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    (made / "1-good.835").write_bytes(GOOD)
    return made


def traces(terminal: Terminal) -> list[str]:
    """The trace numbers of what readers of the payer's topics see."""
    return [
        said.trace_number
        for topic in (ANSWERS, PAYMENTS)
        for _, said in read_topics(terminal.assembly, topic)
        if isinstance(said, ClaimAdjudicated | Remittance)
    ]


def test_answers_and_their_payment_go_to_the_payers_topics(provisioned: Terminal, folder: Path) -> None:
    (said,) = provisioned.json(*IMPORT, folder)
    (told,) = said["transactions"]
    assert (told["state"], told["payer"], told["claims"], told["paid_cents"]) == ("published", "commercial", 2, 16_000)
    assert traces(provisioned) == ["T1"] * 3


def test_a_bad_file_among_good_ones_is_named_and_the_good_are_sent(provisioned: Terminal, folder: Path) -> None:
    (folder / "2-bad.835").write_bytes(b"no X12 at all")
    (folder / "3-good.835").write_bytes(interchange(transaction(claim("D"), trace="T3"), number=3))
    done = provisioned.run(*IMPORT, folder)
    assert done.exit_code == 1
    assert f"not read on: {folder / '2-bad.835'}: segment 1: no interchange begins here; mend:" in done.stderr
    assert traces(provisioned) == ["T1", "T1", "T3", "T1", "T3"]


def test_what_does_not_balance_is_not_sent_and_the_rest_of_the_file_is(provisioned: Terminal, folder: Path) -> None:
    good = transaction(claim("D"), trace="T3", number="0002")
    (folder / "1-good.835").write_bytes(interchange(transaction(claim("C"), amount="79", trace="T2"), good))
    done = provisioned.run(*IMPORT, folder)
    assert (done.exit_code, traces(provisioned)) == (1, ["T3", "T3"])
    assert "remittance-unbalanced" in done.stdout


def test_a_test_and_anothers_money_are_not_sent(provisioned: Terminal, folder: Path) -> None:
    (folder / "1-good.835").write_bytes(interchange(transaction(claim("A")), usage="T"))
    (folder / "2-other.835").write_bytes(GOOD.replace(b"XX*1234567893", b"XX*1999999984"))
    done = provisioned.run(*IMPORT, folder)
    assert (done.exit_code, traces(provisioned)) == (1, [])
    assert ("test-file" in done.stdout, "another-payee" in done.stdout) == (True, True)
    assert provisioned.run(*IMPORT, folder / "1-good.835", "--test").exit_code == 0


def test_of_a_file_that_breaks_off_only_whole_transactions_are_sent(provisioned: Terminal, folder: Path) -> None:
    file = interchange(transaction(claim("A")), transaction(claim("B"), trace="T2", number="0002"))
    (folder / "1-good.835").write_bytes(file[: file.rindex(b"REF*6R") + 3])
    done = provisioned.run(*IMPORT, folder)
    assert (done.exit_code, traces(provisioned)) == (1, ["T1", "T1"])
    assert "truncated" in done.stdout


def test_the_same_file_again_is_said_to_be_repeated_and_doubles_nothing(provisioned: Terminal, folder: Path) -> None:
    (folder / "2-again.835").write_bytes(GOOD)
    said = provisioned.json(*IMPORT, folder)
    assert [told["state"] for each in said for told in each["transactions"]] == ["published", "repeated"]
    assert traces(provisioned) == ["T1"] * 3


def test_sent_again_by_another_command_it_has_the_same_bytes(provisioned: Terminal, folder: Path) -> None:
    """Intake, which has taken nothing yet, drops what it meets twice."""
    for _ in range(2):
        assert provisioned.run(*IMPORT, folder).exit_code == 0
    values = [record.value for record, _ in read_topics(provisioned.assembly, ANSWERS)]
    assert values[:2] == values[2:]


def test_a_payer_who_is_not_known_is_told_and_may_be_named(provisioned: Terminal, folder: Path) -> None:
    (folder / "1-good.835").write_bytes(GOOD.replace(b"EXPAY1", b"NOBODY"))
    assert provisioned.run(*IMPORT, folder).exit_code == 1
    assert traces(provisioned) == []
    assert provisioned.run(*IMPORT, folder, "--payer", "commercial").exit_code == 0
    assert traces(provisioned) == ["T1"] * 3


def test_an_acknowledgement_goes_to_its_topic(provisioned: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "taken.277"
    file.write_bytes(
        interchange(
            ["ST*277*0001*005010X214", "BHT*0085*08*ACK1*20260305*1200*TH", "HL*1**20*1",
             "NM1*PR*2*EXAMPLE MUTUAL*****PI*EXPAY1", "HL*2*1*PT", "TRN*2*OURS1", "STC*A2:20*20260305*WQ*100",
             "REF*1K*P1", "SE*9*0001"],
            kind="HN", guide="005010X214",
        )
    )  # fmt: skip
    assert provisioned.run(*IMPORT, file).exit_code == 0
    ((_, said),) = read_topics(provisioned.assembly, "claim-acknowledged.commercial")
    assert isinstance(said, ClaimAcknowledged)
    assert (said.control_number, said.accepted, said.payer_claim_number) == ("OURS1", True, "P1")


def test_an_empty_file_is_told(provisioned: Terminal, folder: Path) -> None:
    (folder / "2-empty.835").write_bytes(b"\r\n")
    done = provisioned.run(*IMPORT, folder)
    assert (done.exit_code, "there is nothing in it" in done.stderr, traces(provisioned)) == (1, True, ["T1"] * 3)


def test_a_broker_that_does_not_answer_is_told_before_a_file_is_read(alone: Terminal, folder: Path) -> None:
    done = alone.run(*IMPORT, folder)
    assert (done.exit_code, "no broker answers" in done.stderr) == (2, True)


def test_an_empty_folder_is_told(provisioned: Terminal, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no file there; mend:" in provisioned.run(*IMPORT, empty).stderr


def test_a_file_whose_name_is_no_utf8_is_read_like_any_other(provisioned: Terminal, folder: Path) -> None:
    """As Windows packs them."""
    (folder / os.fsdecode(b"2-m\xe4rz.835")).write_bytes(interchange(transaction(claim("D"), trace="T3"), number=3))
    said = provisioned.json(*IMPORT, folder)
    assert [(Path(each["file"]).name, each["transactions"][0]["state"]) for each in said] == [
        ("1-good.835", "published"),
        ("2-m\\xe4rz.835", "published"),
    ]
    assert provisioned.run(*IMPORT, folder).exit_code == 0


def test_two_parts_of_one_payment_are_two_payments_and_come_once(provisioned: Terminal, folder: Path) -> None:
    parts = interchange(transaction(claim("A")), transaction(claim("B"), number="0002"))
    (folder / "1-good.835").write_bytes(parts)
    (folder / "2-again.835").write_bytes(parts)
    said = [told for each in provisioned.json(*IMPORT, folder) for told in each["transactions"]]
    assert [told["state"] for told in said] == ["published", "published", "repeated", "repeated"]
    assert len(set(traces(provisioned))) == 2


def test_another_payment_under_a_trace_number_is_told_and_sent_when_a_person_says_so(
    provisioned: Terminal, folder: Path
) -> None:
    """Behind intake none of it could be posted."""
    (folder / "2-other.835").write_bytes(interchange(transaction(claim("X"))))
    done = provisioned.run(*IMPORT, folder)
    assert (done.exit_code, "trace-known" in done.stdout) == (1, True)
    assert traces(provisioned) == ["T1"] * 3
    assert provisioned.run(*IMPORT, folder / "2-other.835", "--another-payment").exit_code == 0
    assert len(set(traces(provisioned))) == 2


def test_a_file_that_is_still_written_is_told_and_the_rest_goes_out_once_it_is_whole(
    provisioned: Terminal, folder: Path
) -> None:
    """It was caught between two transactions: nothing of it is broken."""
    whole = interchange(transaction(claim("A")), transaction(claim("B"), trace="T2", number="0002"))
    file = folder / "1-good.835"
    file.write_bytes(whole[: whole.index(b"ST*835*0002")])
    done = provisioned.run(*IMPORT, folder)
    assert (done.exit_code, "no-end" in done.stdout, traces(provisioned)) == (1, True, ["T1", "T1"])
    file.write_bytes(whole)
    assert provisioned.run(*IMPORT, folder).exit_code == 0
    assert set(traces(provisioned)) == {"T1", "T2"}


def test_what_is_no_file_though_it_is_named_like_one_is_told_and_the_others_are_sent(
    provisioned: Terminal, folder: Path
) -> None:
    (folder / "0-folder.835").mkdir()
    (folder / "0-gone.835").symlink_to(folder / "nowhere")
    (folder / "archive").mkdir()
    (folder / "0-packed.zip").write_bytes(b"PK\x03\x04" + bytes(200))
    done = provisioned.run(*IMPORT, folder)
    assert (done.exit_code, traces(provisioned)) == (1, ["T1"] * 3)
    told = [line for line in done.stderr.splitlines() if line.startswith("not read on")]
    assert [Path(line.split(": ")[1]).name for line in told] == ["0-folder.835", "0-gone.835", "0-packed.zip"]
    assert "mend: unpack it" in done.stderr


def test_the_same_file_named_twice_is_sent_once(provisioned: Terminal, folder: Path) -> None:
    said = provisioned.json(*IMPORT, folder, folder / "1-good.835")
    assert [told["state"] for each in said for told in each["transactions"]] == ["published", "repeated"]
