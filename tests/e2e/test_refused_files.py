"""A refused file of claims: each of its claims was never filed, its hospital hears of it and sends it anew."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner

from console.main import app
from ledger import projections
from schemas.events import ChartReturned
from streams.brokers import embedded
from tests.claims.x12.given_835 import interchange
from tests.claims.x12.test_file_acknowledgements import a_999, a_set, a_ta1
from tests.e2e.scene import Scene
from tests.pipeline import KEY, NOON, Pipeline, settings

pytestmark = pytest.mark.timeout(600)


@dataclass
class Office:
    """Exports claims and imports what is said of their files; what follows from it happens at once."""

    scene: Scene
    environment: dict[str, str]
    folder: Path

    def run(self, *command: str) -> Any:
        done = CliRunner().invoke(app, [*command, "--json"], env=self.environment)
        assert done.stdout.strip(), done.stderr
        self.scene.pipeline.drain()
        return json.loads(done.stdout)

    def sends(self, chart_id: str, version: int = 1) -> None:
        self.scene.say(f"{chart_id}-{version}", "chart-completed.st-anna", self.scene.visit(chart_id, version))
        self.scene.pipeline.drain()

    def exports(self) -> dict[str, Any]:
        """The files written now, by kind."""
        said = self.run("claims", "export", "--payer", "commercial", "--out", str(self.folder / "out"))
        return {each["kind"]: each for each in said["files"]}

    def hears(self, file: bytes) -> list[str]:
        """What became of each transaction of a payer's file."""
        (self.folder / "heard").write_bytes(file)
        (said,) = self.run("remit", "import", str(self.folder / "heard"))
        return [each["state"] for each in said["transactions"]]

    def states(self, chart_id: str) -> dict[str, str]:
        """The newest submission of each of the chart's claims."""
        numbers = {claim.kind: claim.control_number for claim in self.scene.claims(chart_id)}
        with self.scene.pipeline.assembly.ledger.reading() as tx:
            rows = projections.claims_by_number(tx, numbers.values())
        return {kind: rows[number].state for kind, number in numbers.items()}

    def returned(self, chart_id: str) -> list[ChartReturned]:
        said = self.scene.read("chart-returned.st-anna")
        return [each for each in said if each.chart_id == chart_id and each.reason == "rejected-by-payer"]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, example_hospital: ModuleType) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("refused")
    with embedded(home / "broker") as broker:
        ledger = f"sqlite:///{home}/ledger.db"
        pipeline = Pipeline(settings(broker.bootstrap, ledger))
        given = {"BROKERS": broker.bootstrap, "LEDGER": ledger, "PSEUDONYM_KEY": KEY, "CLOCK": NOON.isoformat()}
        environment = {f"CLAIMSTREAM_{name}": said for name, said in given.items()}
        yield Office(Scene(pipeline, example_hospital), environment, home)
        pipeline.close()


def test_a_refused_set_returns_its_charts_with_the_place_of_the_error_once(office: Office) -> None:
    office.sends("refused")
    number = office.exports()["professional"]["interchange"]
    file = a_999(a_set("R", "IK3*NM1*8*2010AA*8", "IK4*9*67*7"), group="R", number=str(number))
    assert [office.hears(file), office.hears(file)] == [["published"], ["repeated"]]
    assert office.states("refused") == {"professional": "rejected", "institutional": "sent"}
    (returned,) = office.returned("refused")
    (finding,) = returned.findings
    assert "NM109, segment 8, loop 2010AA" in finding.message
    listed = {each["number"]: each["answer"] for each in office.run("claims", "sent")}
    assert listed[number] == "refused"


def test_its_next_version_goes_out_as_an_original_in_new_files(office: Office) -> None:
    """After the test before: version 2 waits for no claim that was refused, and the other one is refused, too."""
    (other,) = office.run("claims", "sent", "--waiting")
    office.hears(a_999(a_set("R"), group="R", number=str(other["number"])))
    office.sends("refused", version=2)
    sent = [(each.kind, each.frequency, each.submission) for each in office.scene.claims("refused")]
    assert [each for each in sent if each[2] == 2] == [("institutional", "1", 2), ("professional", "1", 2)]
    for file in office.exports().values():
        assert office.hears(a_999(a_set("A"), number=str(file["interchange"]))) == ["noted"]
    assert office.run("claims", "sent", "--waiting") == []


def test_a_refused_interchange_rejects_all_that_it_held(office: Office) -> None:
    office.sends("envelope")
    for each in office.exports().values():
        office.hears(a_ta1("R", number=f"{each['interchange']:09d}", code="006"))
    assert set(office.states("envelope").values()) == {"rejected"}


def test_a_refusal_of_a_file_that_was_never_ours_is_listed_until_a_person_dismisses_it(office: Office) -> None:
    assert office.hears(a_999(a_set("R"), group="R", number="4711")) == ["noted"]
    unknown = {"sender": "commercial", "kind": "999", "number": "4711", "set": None}
    assert unknown in office.run("remit", "unmatched")
    done = CliRunner().invoke(app, ["remit", "dismiss", "commercial", "4711"], env=office.environment)
    assert (done.exit_code, unknown in office.run("remit", "unmatched")) == (0, False)


def test_a_file_without_an_answer_says_nothing_of_files(office: Office) -> None:
    assert office.hears(interchange()) == []
