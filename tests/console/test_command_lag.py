"""`claimstream lag`: records, status and reason per stage and topic; exit status 0, 1 or 2."""

import pytest

from console.lag import Monitor
from streams import provisioning
from streams.lag import Status
from tests.console.conftest import Terminal, commit
from tests.pipeline import ROOT

TOPIC = "chart-completed.mercy-general"


@pytest.fixture
def behind(provisioned: Terminal) -> Terminal:
    """Five charts that no worker takes."""
    done = provisioned.run("publish", "--hospital", "mercy-general", ROOT / "charts/handmade/mercy-general")
    assert done.exit_code == 0, done.stderr
    return provisioned


def test_nobody_is_behind_when_nothing_was_published(provisioned: Terminal) -> None:
    said = provisioned.json("lag")
    assert (said["status"], said["records"], provisioned.run("lag").exit_code) == ("OK", 0, 0)


def test_every_stage_is_listed_with_each_of_its_topics(provisioned: Terminal) -> None:
    listed = {(each["stage"], each["topic"]) for each in provisioned.json("lag")["lag"]}
    assert listed == {(stage, topic) for stage in ("claiming", "delivery", "adjudication", "statistics", "validation",
                      "intake") for topic in provisioned.assembly.reads(stage)}  # fmt: skip


def test_who_is_behind_stands_first_with_a_reason(behind: Terminal) -> None:
    first = behind.json("lag", "--looks", "1")["lag"][0]
    assert (first["stage"], first["topic"], first["records"]) == ("intake", TOPIC, 5)
    assert first["reason"] == "5 records behind, and only one commit was seen"


def test_what_cannot_be_judged_yet_needs_a_look(behind: Terminal) -> None:
    assert behind.run("lag", "--looks", "1").exit_code == 1


def test_a_topic_without_lag_is_a_line_of_its_stage(behind: Terminal) -> None:
    said = behind.run("lag", "--looks", "1").stdout
    assert (TOPIC in said, "remittance.medicaid" in said, "26 topics" in said) == (True, False, True)


def test_a_group_that_goes_on_is_ok(behind: Terminal) -> None:
    monitor = Monitor(behind.assembly, behind.admin)
    monitor.look()
    commit(behind, "intake", TOPIC, 3)
    found = next(each for each in monitor.look() if each.topic == TOPIC)
    assert (found.records, found.verdict.status) == (2, Status.OK)


def test_a_group_that_went_back_is_an_error(behind: Terminal) -> None:
    monitor = Monitor(behind.assembly, behind.admin)
    for offset in (3, 1):
        commit(behind, "intake", TOPIC, offset)
        found = monitor.look()
    assert (found[0].topic, found[0].verdict.status) == (TOPIC, Status.REWIND)


def test_the_lag_of_a_group_without_offsets_is_unknown_and_not_0(terminal: Terminal) -> None:
    terminal.run("ledger", "upgrade")
    assembly, admin = terminal.assembly, terminal.admin
    provisioning.apply(admin, provisioning.plan(admin, assembly.topics))
    said = terminal.json("lag", "--looks", "1")
    assert (said["status"], said["records"]) == ("UNKNOWN", None)
