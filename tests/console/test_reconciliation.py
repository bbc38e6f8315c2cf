"""The ledger against Kafka: each standing explained, and only what is safe mended."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from agents.reconciliation import Grade, explain
from agents.standing import Standing, observe
from ledger.batches import BatchLedger
from schemas.records import Decision, Output, Ruling
from streams.provisioning import topic_ids
from tests.console.conftest import Terminal, commit
from tests.pipeline import ROOT

TOPIC = "chart-completed.mercy-general"


def standing(**told: Any) -> Standing:
    """In step at 10 of 20 records, of which none were deleted, and the last batch, from 8 on, can be said again."""
    usual: dict[str, Any] = {"position": 10, "resumable": 8, "committed": 10, "first": 0, "end": 20}
    return Standing(stage="claiming", topic="chart-coded", partition=0, **{**usual, **told})


@pytest.mark.parametrize(
    ("told", "state", "grade", "commit"),
    [
        ({}, "in step", Grade.WELL, None),
        ({"committed": 8}, "ledger ahead", Grade.WELL, None),  # a death after the ledger's commit: said again
        ({"committed": 3}, "offsets set back", Grade.MENDABLE, 8),  # below 8 everything was said, and pruned
        ({"committed": None}, "offsets gone", Grade.MENDABLE, 8),  # what may be unsaid is said again
        ({"committed": None, "resumable": None}, "offsets gone", Grade.MENDABLE, 10),  # nothing is stored
        ({"committed": None, "resumable": 12}, "offsets gone", Grade.MENDABLE, 10),  # never past what is undecided
        ({"committed": None, "first": 9}, "offsets gone", Grade.STOPS, None),  # 8 can't be read again to be said
        ({"committed": 12}, "ledger behind", Grade.STOPS, None),  # a restored older ledger
        ({"position": None, "committed": None}, "new", Grade.MENDABLE, None),
        ({"position": None}, "another ledger", Grade.STOPS, None),
        ({"first": 15}, "records lost", Grade.STOPS, None),
        ({"committed": 8, "first": 9}, "records lost", Grade.STOPS, None),
        ({"end": 5}, "topic behind", Grade.STOPS, None),
        ({"end": None}, "in step", Grade.WELL, None),  # unknown is no accusation
    ],
)
def test_each_standing_has_one_meaning(told: dict[str, Any], state: str, grade: Grade, commit: int | None) -> None:
    found = explain(standing(**told))
    assert (found.state, found.grade, found.commit) == (state, grade, commit)


@pytest.mark.parametrize("position", [0, 1, 5, 10])
@pytest.mark.parametrize("resumable", [None, 0, 4, 10])
@pytest.mark.parametrize("committed", [None, 0, 4, 10, 12])
def test_no_mend_goes_past_what_is_undecided(position: int, resumable: int | None, committed: int | None) -> None:
    mended = explain(standing(position=position, resumable=resumable, committed=committed)).commit
    assert mended is None or mended <= position


@dataclass
class Decided:
    """Intake has decided four records; the outputs of the first two were said and pruned."""

    terminal: Terminal

    def at(self) -> Standing:
        (found,) = observe(self.terminal.assembly, self.terminal.admin, "intake", [TOPIC])
        return found


def _decide(memory: BatchLedger, topic: str, span: tuple[int, int], tx: Connection) -> None:
    memory.advance(tx, {(topic, 0): span})
    said = Decision((Output("t", None, b""),), "taken")
    memory.remember(tx, [Ruling(topic, 0, off, b"", "mercy-general", f"e{off}", 0, said) for off in range(*span)])


@pytest.fixture
def decided(provisioned: Terminal) -> Decided:
    done = provisioned.run("publish", "--hospital", "mercy-general", ROOT / "charts/handmade/mercy-general")
    assert done.exit_code == 0, done.stderr
    assembly, memory = provisioned.assembly, BatchLedger("intake")
    topic = topic_ids(provisioned.admin, [TOPIC])[TOPIC]
    for span in ((0, 2), (2, 4)):
        assembly.ledger.run(partial(_decide, memory, topic, span))
    assembly.ledger.run(lambda tx: memory.prune(tx, {(topic, 0): 2}))
    return Decided(provisioned)


def test_a_ledger_ahead_is_well_and_said_so(decided: Decided) -> None:
    commit(decided.terminal, "intake", TOPIC, 2)
    done = decided.terminal.run("reconcile")
    assert (done.exit_code, "ledger ahead" in done.stdout) == (0, True)


def test_a_dry_run_names_the_mend_and_changes_nothing(decided: Decided) -> None:
    commit(decided.terminal, "intake", TOPIC, 0)
    done = decided.terminal.run("reconcile")
    assert (done.exit_code, "commit 2" in done.stdout, "nothing was changed" in done.stdout) == (1, True, True)
    assert decided.at().committed == 0


def test_offsets_set_back_go_to_the_oldest_output_that_is_stored(decided: Decided) -> None:
    commit(decided.terminal, "intake", TOPIC, 0)
    done = decided.terminal.run("reconcile", "--apply")
    assert (done.exit_code, "committed 2 for intake" in done.stdout) == (0, True)
    assert decided.at().committed == 2


def test_a_ledger_that_is_behind_is_explained_and_left(decided: Decided) -> None:
    commit(decided.terminal, "intake", TOPIC, 5)
    done = decided.terminal.run("reconcile", "--apply")
    assert (done.exit_code, "ledger behind" in done.stdout, decided.at().committed) == (2, True, 5)


def test_machines_read_every_partition(decided: Decided) -> None:
    commit(decided.terminal, "intake", TOPIC, 4)
    said = decided.terminal.json("reconcile")
    assert said["worst"] == "well"
    assert {each["state"] for each in said["partitions"]} == {"in step"}
