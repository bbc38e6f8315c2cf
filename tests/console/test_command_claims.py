"""`claimstream claims export`: new claims go out whole, once, in files that a manifest lists; what can't is named."""

import json
from hashlib import sha256
from pathlib import Path
from stat import S_IMODE

import pytest
import sqlalchemy as sa
from confluent_kafka import Producer

from agents.answers_aside import AnswersAside
from agents.exporting import Exporting, Order
from claims.x12.segments import read_segments
from ledger import interchanges
from ledger.slots import lease
from ledger.tables import exported
from ledger.tables import interchanges as files
from schemas.events import ClaimAdjudicated, ClaimBuilt
from tests.claims.given_accounts import answer
from tests.claims.given_claims import institutional, professional
from tests.console.conftest import Terminal


def given(terminal: Terminal, *claims: ClaimBuilt) -> None:
    """These claims stand in the topic."""
    parts = terminal.assembly
    producer = Producer(parts.settings.producer_config())
    for claim in claims:
        producer.produce("claim-built", parts.codec.encode(claim), b"key")
    assert producer.flush(10) == 0


def segments(file: Path) -> list[list[str]]:
    return [segment.elements for segment in read_segments([file.read_bytes()])]


def numbers(folder: Path) -> list[str]:
    return sorted(elements[13] for file in folder.glob("*.x12") for elements in segments(file) if elements[0] == "ISA")


def given_answer(terminal: Terminal, said: ClaimAdjudicated) -> None:
    """A checked answer stands in the topic."""
    from confluent_kafka import Producer

    producer = Producer(terminal.assembly.settings.producer_config())
    producer.produce("claim-adjudicated", terminal.assembly.codec.encode(said), b"key")
    assert producer.flush(10) == 0


TWO = (professional("P1"), institutional("I1"))


def test_each_kind_has_a_file_that_the_manifest_lists_with_its_digest(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, *TWO)
    said = provisioned.json("claims", "export", "--out", tmp_path / "out")
    manifest = json.loads(Path(said["manifest"]).read_text())
    assert manifest["files"] == said["files"]
    assert [(each["kind"], each["claims"], each["interchange"], each["sets"]) for each in said["files"]] == [
        ("professional", 1, 1, ["0001"]),
        ("institutional", 1, 2, ["0001"]),
    ]
    for each in said["files"]:
        assert sha256((tmp_path / "out" / each["file"]).read_bytes()).hexdigest() == each["sha256"]


def test_a_second_run_writes_only_what_is_new(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, TWO[0])
    provisioned.json("claims", "export", "--out", tmp_path / "out")
    given(provisioned, TWO[1])
    said = provisioned.json("claims", "export", "--out", tmp_path / "out")
    assert (len(said["files"]), said["before"]) == (1, 1)
    assert numbers(tmp_path / "out") == ["000000001", "000000002"]


def test_what_is_asked_for_again_goes_out_under_another_number(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, TWO[0])
    for more in ((), ("--again",)):
        provisioned.json("claims", "export", "--out", tmp_path / "out", *more)
    assert numbers(tmp_path / "out") == ["000000001", "000000002"]


def test_nothing_new_leaves_no_manifest(provisioned: Terminal, tmp_path: Path) -> None:
    done = provisioned.run("claims", "export", "--out", tmp_path / "out")
    assert (done.exit_code, list((tmp_path / "out").iterdir())) == (0, [])


def test_a_claim_that_cannot_be_written_is_named_and_the_others_go_out(provisioned: Terminal, tmp_path: Path) -> None:
    nameless = TWO[0].patient.model_copy(update={"name": None})
    bad = professional("P2").model_copy(update={"patient": nameless})
    given(provisioned, bad, TWO[0])
    done = provisioned.run("claims", "export", "--out", tmp_path / "out", "--json")
    said = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [(each["claim"], each["field"]) for each in said["not_written"]] == [(bad.claim_id[:8], "patient.name")]
    assert [each["claims"] for each in said["files"]] == [1]


def test_a_payer_who_wants_no_x12_gets_some_only_when_he_is_named(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, professional("P1", payer="employer"))
    assert provisioned.json("claims", "export", "--out", tmp_path / "out")["files"] == []
    assert provisioned.json("claims", "export", "--out", tmp_path / "out", "--payer", "employer")["files"]


def test_batches_are_cut_by_number_and_the_limit_leaves_the_rest_for_later(
    provisioned: Terminal, tmp_path: Path
) -> None:
    given(provisioned, *(professional(f"P{number}") for number in range(5)))
    few = ("claims", "export", "--out", tmp_path / "out", "--batch-claims", "2", "--limit", "3")
    counts = [[each["claims"] for each in provisioned.json(*few)["files"]] for _ in range(3)]
    assert counts == [[2, 1], [2], []]


def test_a_file_that_a_crash_left_is_taken_away_and_its_number_skipped(provisioned: Terminal, tmp_path: Path) -> None:
    """The file was there and no manifest listed it: nobody may have sent it."""
    out = tmp_path / "out"
    out.mkdir()
    given(provisioned, TWO[0])
    begun(provisioned, out, TWO[0])
    (out / "mercy-general.commercial.837p.000000001.x12").write_text("half")
    provisioned.json("claims", "export", "--out", out)
    assert numbers(out) == ["000000002"]


def test_a_file_that_a_manifest_lists_counts_though_the_run_ended_before_it_said_so(
    provisioned: Terminal, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    given(provisioned, TWO[0])
    begun(provisioned, out, TWO[0])
    listed = {"files": [{"file": "mercy-general.commercial.837p.000000001.x12", "sha256": "aa"}]}
    (out / "manifest-000000001.json").write_text(json.dumps(listed))
    said = provisioned.json("claims", "export", "--out", out)
    assert (said["files"], said["before"]) == ([], 1)


def test_a_folder_with_files_of_another_ledger_is_left_as_it_is(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, TWO[0])
    theirs = tmp_path / "mercy-general.commercial.837p.000000001.x12"
    theirs.write_text("theirs")
    done = provisioned.run("claims", "export", "--out", tmp_path)
    assert (done.exit_code, theirs.read_text()) == (2, "theirs")
    assert "another folder in --out" in done.stderr
    assert provisioned.json("claims", "export", "--out", tmp_path / "ours")["files"]


def test_a_manifest_of_another_ledger_is_left_as_it_is(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, TWO[0])
    theirs = tmp_path / "manifest-000000001.json"
    theirs.write_text("theirs")
    done = provisioned.run("claims", "export", "--out", tmp_path)
    assert (done.exit_code, theirs.read_text()) == (2, "theirs")
    assert list(tmp_path.glob("*.x12")) == []


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("cut off", b'{"files": [{"file": "merc'),
        ("empty", b""),
        ("of another program", b'{"files": "all"}'),
        ("a list", b"[]"),
        ("without digests", b'{"files": [{"file": "mercy-general.commercial.837p.000000001.x12"}]}'),
        ("no text", b"\xff\xfe\x00"),
        ("nested without end", b"[" * 200_000),
    ],
)
def test_a_manifest_that_is_none_is_named_with_the_mend_and_nothing_is_written(
    provisioned: Terminal, tmp_path: Path, reason: str, found: bytes
) -> None:
    """What a run left can't be told from what it finished."""
    out = tmp_path / "out"
    out.mkdir()
    given(provisioned, *TWO)
    begun(provisioned, out, TWO[0])
    (out / "manifest-000000001.json").write_bytes(found)
    done = provisioned.run("claims", "export", "--out", tmp_path / "elsewhere")
    assert done.exit_code == 2, reason
    assert f"{out / 'manifest-000000001.json'}: " in done.stderr
    assert "; mend: bring it back as it was" in done.stderr
    assert not (tmp_path / "elsewhere").exists()


def test_the_folder_of_a_run_that_did_not_end_has_to_be_there(provisioned: Terminal, tmp_path: Path) -> None:
    """It may be away for a moment, with a manifest by which its claims went out."""
    given(provisioned, TWO[0])
    begun(provisioned, tmp_path / "away", TWO[0])
    done = provisioned.run("claims", "export", "--out", tmp_path / "out")
    assert (done.exit_code, f"{tmp_path / 'away'}: the folder" in done.stderr) == (2, True)
    (tmp_path / "away").mkdir()
    assert provisioned.json("claims", "export", "--out", tmp_path / "out")["files"]


def begun(terminal: Terminal, out: Path, claim: ClaimBuilt) -> None:
    row = {
        "format": "x12", "payer": claim.payer, "hospital": claim.hospital, "kind": claim.kind, "folder": str(out),
        "claims": 1, "cents": 1, "at": 0,
    }  # fmt: skip
    ledger = terminal.assembly.ledger
    ledger.run(lambda tx: interchanges.begin(tx, row, [interchanges.Held(claim.claim_id, claim.submission)]))
    ledger.close()


def test_two_do_not_export_at_once(provisioned: Terminal, tmp_path: Path) -> None:
    parts = provisioned.assembly
    parts.ledger.run(lambda tx: lease(tx, "export", "claims", "elsewhere/1/1", parts.clock.now_ms()))
    parts.ledger.close()
    done = provisioned.run("claims", "export", "--out", tmp_path / "out")
    assert (done.exit_code, "another export runs" in done.stderr) == (2, True)


def test_json_holds_the_events_and_does_not_count_as_x12(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, TWO[0])
    said = provisioned.json("claims", "export", "--out", tmp_path / "out", "--format", "json")
    (file,) = [tmp_path / "out" / each["file"] for each in said["files"]]
    assert ClaimBuilt.model_validate_json(file.read_text()) == TWO[0]
    assert provisioned.json("claims", "export", "--out", tmp_path / "out")["files"]


def test_files_are_nobody_elses_to_read(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, TWO[0])
    provisioned.json("claims", "export", "--out", tmp_path / "out")
    assert {S_IMODE(file.stat().st_mode) for file in (tmp_path / "out").iterdir()} == {0o600}


@pytest.mark.parametrize("named", [("--payer", "nobody"), ("--hospital", "nowhere")])
def test_a_partner_that_is_none_is_told(provisioned: Terminal, named: tuple[str, str]) -> None:
    done = provisioned.run("claims", "export", *named)
    assert (done.exit_code, "known:" in done.stderr) == (2, True)


def test_fhir_has_a_bundle_a_line_with_the_answers_so_far(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, TWO[0])
    ask = ("claims", "export", "--format", "fhir", "--out", tmp_path / "out")
    kinds = []
    for said in (None, answer(TWO[0]).model_copy(update={"claim_id": TWO[0].claim_id})):
        if said is not None:
            given_answer(provisioned, said)
        (written,) = provisioned.json(*ask)["files"]
        (bundle,) = [json.loads(line) for line in (tmp_path / "out" / written["file"]).read_text().splitlines()]
        kinds.append([entry["resource"]["resourceType"] for entry in bundle["entry"]][:3])
    assert kinds == [["Claim", "Patient", "Coverage"], ["Claim", "ClaimResponse", "ExplanationOfBenefit"]]


def test_of_a_claim_that_was_sent_twice_fhir_has_the_newest_alone(provisioned: Terminal, tmp_path: Path) -> None:
    again = TWO[0].model_copy(update={"submission": 2, "group": "G-2"})
    given(provisioned, TWO[0], TWO[1], again)
    said = provisioned.json("claims", "export", "--format", "fhir", "--out", tmp_path / "out")
    bundles = [
        json.loads(line)
        for each in said["files"]
        for line in (tmp_path / "out" / each["file"]).read_text().splitlines()
    ]
    names = [bundle["identifier"]["value"] for bundle in bundles]
    assert sorted(names) == sorted(claim.claim_id for claim in TWO)
    assert "G-2" in json.dumps(bundles)


def test_fhir_is_written_as_often_as_one_likes_and_takes_no_number_of_a_claims_file(
    provisioned: Terminal, tmp_path: Path
) -> None:
    given(provisioned, TWO[0])
    ask = ("claims", "export", "--format", "fhir", "--out", tmp_path / "out")
    names = [each["file"] for _ in range(2) for each in provisioned.json(*ask)["files"]]
    assert names == [f"mercy-general.commercial.837p.00000000{number}.fhir.ndjson" for number in (1, 2)]
    assert sorted(each.name for each in (tmp_path / "out").glob("manifest*")) == [
        "manifest-fhir-000000001.json",
        "manifest-fhir-000000002.json",
    ]
    with provisioned.assembly.ledger.reading() as tx:
        assert [tx.scalar(sa.select(sa.func.count()).select_from(each)) for each in (files, exported)] == [0, 0]
    assert [
        each["interchange"] for each in provisioned.json("claims", "export", "--out", tmp_path / "out")["files"]
    ] == [1]


def test_what_payers_answered_is_laid_aside_where_nobody_finds_it(
    provisioned: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "aside"
    folder.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(folder))
    said = answer(TWO[0]).model_copy(update={"claim_id": TWO[0].claim_id})
    codec = provisioned.assembly.codec
    with AnswersAside(codec) as aside:
        for position in range(1, 10_001):
            aside.add(TWO[0].claim_id, codec.encode(said.model_copy(update={"position": position})))
        assert [each.position for each in aside.of(TWO[0].claim_id)] == list(range(1, 10_001))
        assert aside.of(TWO[1].claim_id) == []
        assert list(folder.iterdir()) == []


def test_told_to_stop_an_export_ends_after_a_file_and_the_rest_goes_out_later(
    provisioned: Terminal, tmp_path: Path
) -> None:
    """Whole files, each in a manifest."""
    parts, out = provisioned.assembly, tmp_path / "out"
    claims = [professional(f"P{number}") for number in range(3)]
    order = Order(out, batch_claims=1)
    told = iter([False, True])
    done = Exporting(parts.partners, parts.ledger, parts.clock, "test", order).run(claims, lambda: next(told))
    assert done.manifest is not None
    assert [each["file"] for each in json.loads(done.manifest.read_text())["files"]] == [
        each.name for each in out.glob("*.x12")
    ]
    rest = Exporting(parts.partners, parts.ledger, parts.clock, "test", order).run(claims)
    assert (len(done.files), len(rest.files), rest.before) == (1, 2, 1)
    parts.ledger.close()


@pytest.mark.parametrize("other", [("--again",), ("--format", "fhir")])
def test_what_would_go_out_again_in_each_round_is_no_service(
    provisioned: Terminal, tmp_path: Path, other: tuple[str, ...]
) -> None:
    done = provisioned.run("claims", "export", "--out", tmp_path / "out", "--every", "60", *other)
    assert (done.exit_code, "has not gone out yet" in done.stderr) == (2, True)


def test_a_test_file_sends_no_claim(provisioned: Terminal, tmp_path: Path) -> None:
    """It goes out in earnest after it."""
    given(provisioned, TWO[0])
    ask = ("claims", "export", "--out", tmp_path / "out")
    assert [len(provisioned.json(*ask, *more)["files"]) for more in (("--test",), ("--test",), (), ())] == [1, 0, 1, 0]


def test_a_payer_that_is_none_has_no_list_of_files_either(provisioned: Terminal) -> None:
    done = provisioned.run("claims", "sent", "--payer", "nobody")
    assert (done.exit_code, "known:" in done.stderr) == (2, True)


def test_nobody_waits_for_the_answer_to_a_test(provisioned: Terminal, tmp_path: Path) -> None:
    given(provisioned, TWO[0])
    provisioned.json("claims", "export", "--test", "--out", tmp_path / "out")
    assert (len(provisioned.json("claims", "sent")), provisioned.json("claims", "sent", "--waiting")) == (1, [])


def test_a_file_where_a_folder_is_wanted_is_told_with_the_mend(provisioned: Terminal, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    done = provisioned.run("claims", "export", "--out", tmp_path / "out")
    assert (done.exit_code, "is no folder" in done.stderr) == (2, True)
