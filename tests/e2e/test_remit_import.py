"""A payer's files lead where his topics lead: claims are taken, answered, reversed, and every cent is where it was."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner

from console.main import app
from ledger import inquiries, projections
from schemas.events import ClaimAdjudicated, ClaimBuilt, Refused
from streams.brokers import embedded
from tests.claims.given_accounts import reversal
from tests.claims.x12.given_835 import interchange
from tests.claims.x12.written_835 import remittance_file, transaction_of
from tests.e2e.scene import Scene
from tests.e2e.test_bad_answers import answers
from tests.pipeline import KEY, NOON, Pipeline, settings

pytestmark = pytest.mark.timeout(600)


@dataclass
class Desk:
    """Imports files beside a pipeline whose claims went out, and lets it run on."""

    scene: Scene
    environment: dict[str, str]
    folder: Path

    def imports(self, name: str, *files: bytes) -> list[Any]:
        """What the command says of each transaction; then everything moves."""
        for number, file in enumerate(files):
            (self.folder / f"{name}-{number}").write_bytes(file)
        named = [str(self.folder / f"{name}-{number}") for number in range(len(files))]
        done = CliRunner().invoke(app, ["remit", "import", *named, "--json"], env=self.environment)
        assert done.stdout.strip(), done.stderr
        self.scene.pipeline.drain()
        return [told for file in json.loads(done.stdout) for told in file["transactions"]]

    def rows(self, chart_id: str) -> dict[str, Any]:
        """The chart's claims as the ledger has them, by kind."""
        numbers = [claim.control_number for claim in self.scene.claims(chart_id)]
        with self.scene.pipeline.assembly.ledger.reading() as tx:
            return {row.kind: row for row in projections.claims_by_number(tx, numbers).values()}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, example_hospital: ModuleType) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("import")
    with embedded(home / "broker") as broker:
        ledger = f"sqlite:///{home}/ledger.db"
        pipeline = Pipeline(settings(broker.bootstrap, ledger))
        scene = Scene(pipeline, example_hospital)
        for chart_id in ("paid", "reversed", "turned", "unnamed"):
            scene.say(chart_id, "chart-completed.st-anna", scene.visit(chart_id))
        pipeline.drain()
        given = {"BROKERS": broker.bootstrap, "LEDGER": ledger, "PSEUDONYM_KEY": KEY, "CLOCK": NOON.isoformat()}
        yield Desk(scene, {f"CLAIMSTREAM_{name}": said for name, said in given.items()}, home)
        pipeline.close()


@pytest.fixture(scope="module")
def said(desk: Desk, example_payer: ModuleType) -> dict[str, list[ClaimAdjudicated]]:
    """What the example payer answers to each chart's claims."""
    return {name: answers(example_payer, desk.scene.claims(name), name) for name in ("paid", "reversed", "turned")}


def paid(rows: dict[str, Any]) -> int:
    return sum(row.paid_cents for row in rows.values())


def test_a_payment_by_file_is_posted_once_however_often_it_comes(
    desk: Desk, said: dict[str, list[ClaimAdjudicated]]
) -> None:
    file = remittance_file(said["paid"], "EXPAY1")
    (first,) = desk.imports("first", file)
    posted = paid(desk.rows("paid"))
    (again,) = desk.imports("again", file)
    assert (first["state"], again["state"]) == ("published", "repeated")
    assert posted == first["paid_cents"] == paid(desk.rows("paid"))
    assert {row.state for row in desk.rows("paid").values()} == {"answered"}


@pytest.mark.parametrize(("chart", "order"), [("reversed", (0, 1, 2)), ("turned", (2, 1, 0))])
def test_a_reversal_and_its_correction_come_to_the_correction_in_whatever_order_their_files_come(
    desk: Desk, said: dict[str, list[ClaimAdjudicated]], chart: str, order: tuple[int, ...]
) -> None:
    """A reversal whose original never came waits, and is not lost."""
    original = said[chart]
    taken = [reversal(each, n, f"{chart}-2") for n, each in enumerate(original, start=1)]
    corrected = [each.model_copy(update={"trace_number": f"{chart}-3"}) for each in original]
    files = [remittance_file(each, "EXPAY1") for each in (original, taken, corrected)]
    told = desk.imports(chart, *(files[n] for n in order))
    assert [each["state"] for each in told] == ["published"] * 3
    assert paid(desk.rows(chart)) == sum(each.paid_cents for each in original)
    assert {row.state for row in desk.rows(chart).values()} <= {"answered", "denied"}


def test_an_answer_without_our_numbers_finds_its_claim_by_member_and_charge(
    desk: Desk, example_payer: ModuleType
) -> None:
    claims = desk.scene.claims("unnamed")
    named = answers(example_payer, claims, "unnamed")
    bare = [_unnamed(each, claim) for each, claim in zip(named, claims, strict=True)]
    desk.imports("unnamed", remittance_file(bare, "EXPAY1"))
    assert paid(desk.rows("unnamed")) == sum(each.paid_cents for each in named)
    assert {row.state for row in desk.rows("unnamed").values()} <= {"answered", "denied"}


def _unnamed(answer: ClaimAdjudicated, claim: ClaimBuilt) -> ClaimAdjudicated:
    lines = tuple(line.model_copy(update={"control_number": None}) for line in answer.lines)
    whose = {"member_id": claim.member_id, "patient_name": claim.patient.name}
    return answer.model_copy(update={"control_number": "0", "lines": lines, **whose})


def test_a_claim_that_was_never_ours_is_told_and_the_other_transactions_are_posted(desk: Desk) -> None:
    strange = ClaimAdjudicated.model_validate(
        {"event_id": "s", "occurred_at": NOON, "producer": "commercial", "payer": "commercial", "trace_number": "S",
         "position": 1, "control_number": "STRANGER", "status": "1", "adjudicated_on": NOON.date(),
         "charge_cents": 100, "paid_cents": 100}
    )  # fmt: skip
    assert [each["state"] for each in desk.imports("strange", interchange(transaction_of([strange], "EXPAY1")))] == [
        "published"
    ]
    listed = CliRunner().invoke(app, ["remit", "unmatched", "--json"], env=desk.environment)
    assert ("commercial", "S", 1) in {(e["payer"], e["trace"], e["position"]) for e in json.loads(listed.stdout)}


def test_a_person_says_that_an_answer_is_not_ours_and_its_remittance_is_posted(desk: Desk) -> None:
    """After the test before: who pays a stranger's claim with ours has to be told apart by a person."""
    command = ["remit", "match", "commercial", "S", "1", "--not-ours"]
    done = CliRunner().invoke(app, command, env=desk.environment)
    assert done.exit_code == 0, done.stderr
    desk.scene.pipeline.drain()
    with desk.scene.pipeline.assembly.ledger.reading() as tx:
        row = inquiries.answer_at(tx, "commercial", "S", 1)
    assert row is not None
    assert row.state == "settled"
    again = CliRunner().invoke(app, command, env=desk.environment)
    assert (again.exit_code, "no answer waits there" in again.stderr) == (2, True)


def test_an_acknowledgement_of_a_claim_we_never_sent_is_told(desk: Desk) -> None:
    segments = [
        "ST*277*0001*005010X214", "BHT*0085*08*ACK9*20260305*1200*TH", "HL*1**20*1", "NM1*PR*2*X*****PI*EXPAY1",
        "HL*2*1*PT", "TRN*2*NEVERSENT", "STC*A2:20*20260305*WQ*100", "SE*8*0001",
    ]  # fmt: skip
    before = unknown(desk)
    desk.imports("ack", interchange(segments, kind="HN", guide="005010X214"))
    assert unknown(desk) == before + 1


def unknown(desk: Desk) -> int:
    """How often the payer was told that a claim is none of ours."""
    said = desk.scene.read("refused.commercial")
    return sum(each.code == "unknown-claim" for each in said if isinstance(each, Refused))
