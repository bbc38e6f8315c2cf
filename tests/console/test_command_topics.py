"""`claimstream topics`: a plan that changes nothing, and an apply that opens ledger and groups together, once."""

import pytest
from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]  # exported for everybody but type checkers

from agents.provision import provision
from agents.standing import observe
from ledger.batches import BatchLedger
from streams import provisioning
from streams.provisioning import ProvisioningRefused, topic_ids
from streams.topics import CHART_CODED, STAGES
from tests.console.conftest import Terminal, commit
from tests.pipeline import ROOT


@pytest.fixture
def upgraded(terminal: Terminal) -> Terminal:
    terminal.run("ledger", "upgrade")
    return terminal


def test_a_plan_changes_nothing(upgraded: Terminal) -> None:
    planned = upgraded.run("topics", "plan")
    assert (planned.exit_code, "nothing was changed" in planned.stdout) == (1, True)
    assert [name for name in upgraded.admin.list_topics(timeout=5).topics if not name.startswith("__")] == []


def test_a_plan_names_topics_beginnings_and_the_window(upgraded: Terminal) -> None:
    planned = upgraded.json("topics", "plan")
    assert {"chart-completed.riverside", "claim-built.medicare", "dead-letter.intake"} <= set(planned["create"])
    begun = {(each["stage"], each["topic"], each["offset"]) for each in planned["begin"]}
    assert {("claiming", "chart-coded", 0), ("intake", "remittance.medicaid", 0)} <= begun
    assert planned["window"] == "2026-09"


def test_after_apply_there_is_nothing_left_to_do(provisioned: Terminal) -> None:
    planned = provisioned.run("topics", "plan")
    assert (planned.exit_code, planned.stdout) == (0, "topics, offsets and positions are as they should be\n")


def test_apply_is_harmless_when_repeated(provisioned: Terminal) -> None:
    again = provisioned.json("topics", "apply")
    assert (again["create"], again["begin"], again["window"]) == ([], [], None)


def test_ledger_and_group_begin_at_the_same_offset_everywhere(provisioned: Terminal) -> None:
    assembly = provisioned.assembly
    standing = [each for s in STAGES for each in observe(assembly, provisioned.admin, s, assembly.reads(s))]
    assert {(each.position, each.committed) for each in standing} == {(0, 0)}


def test_a_new_group_begins_at_the_oldest_record_there_is(upgraded: Terminal) -> None:
    upgraded.run("topics", "apply")
    upgraded.run("publish", "--hospital", "mercy-general", ROOT / "charts/handmade/mercy-general")
    assembly = upgraded.assembly
    (standing,) = observe(assembly, upgraded.admin, "intake", ["chart-completed.mercy-general"])
    assert (standing.position, standing.committed, (standing.end or 0) > 0) == (0, 0, True)


def test_an_apply_that_died_between_ledger_and_groups_is_completed(upgraded: Terminal) -> None:
    """The ledger comes first, so that is the only half there can be."""
    assembly, admin = upgraded.assembly, upgraded.admin
    provisioning.apply(admin, provisioning.plan(admin, assembly.topics))
    opened = {(topic_ids(admin, [CHART_CODED])[CHART_CODED], 0): 0}
    assembly.ledger.run(lambda tx: BatchLedger("claiming").open(tx, opened))
    assert upgraded.run("topics", "apply").exit_code == 0
    (standing,) = observe(assembly, admin, "claiming", [CHART_CODED])
    assert (standing.position, standing.committed) == (0, 0)


def test_a_group_that_went_on_with_another_ledger_is_refused(provisioned: Terminal) -> None:
    provisioned.run("publish", "--hospital", "mercy-general", ROOT / "charts/handmade/mercy-general")
    commit(provisioned, "intake", "chart-completed.mercy-general", 3)
    stranger = Terminal(
        {**provisioned.environment, "CLAIMSTREAM_LEDGER": f"{provisioned.environment['CLAIMSTREAM_LEDGER']}2"}
    )
    stranger.run("ledger", "upgrade")
    planned, applied = stranger.run("topics", "plan"), stranger.run("topics", "apply")
    assert (planned.exit_code, applied.exit_code) == (2, 2)
    assert "group intake stands at 3 in chart-completed.mercy-general[0]" in applied.stderr


def test_a_group_that_took_nothing_may_get_a_new_ledger(provisioned: Terminal) -> None:
    fresh = Terminal(
        {**provisioned.environment, "CLAIMSTREAM_LEDGER": f"{provisioned.environment['CLAIMSTREAM_LEDGER']}2"}
    )
    fresh.run("ledger", "upgrade")
    assert fresh.run("topics", "apply").exit_code == 0
    assert fresh.run("reconcile").exit_code == 0


def test_partitions_never_shrink(upgraded: Terminal) -> None:
    upgraded.run("topics", "apply", CLAIMSTREAM_PARTITIONS="2")
    planned, applied = upgraded.run("topics", "plan"), upgraded.run("topics", "apply")
    assert (planned.exit_code, applied.exit_code) == (2, 2)
    assert "partitions never shrink" in planned.stdout
    assert "partitions never shrink" in applied.stderr


def test_new_partitions_begin_at_0_in_ledger_and_group(provisioned: Terminal) -> None:
    grown = provisioned.run("topics", "apply", CLAIMSTREAM_PARTITIONS="2")
    assert grown.exit_code == 0, grown.stderr
    standing = observe(provisioned.assembly, provisioned.admin, "claiming", [CHART_CODED])
    assert [(each.partition, each.position, each.committed) for each in standing] == [(0, 0, 0), (1, 0, 0)]


def test_drift_is_shown_and_left(provisioned: Terminal) -> None:
    admin = provisioned.admin
    (made,) = admin.create_topics([NewTopic("claim-built.stranger", 1, 1)]).values()
    made.result(10)
    planned = provisioned.run("topics", "plan")
    assert (planned.exit_code, "claim-built.stranger" in planned.stdout) == (0, True)


def test_a_ledger_that_was_not_upgraded_is_told_so(terminal: Terminal) -> None:
    with pytest.raises(ProvisioningRefused, match="ledger upgrade"):
        provision(terminal.assembly)


def test_a_window_is_opened_once_though_a_month_went_by(provisioned: Terminal) -> None:
    later = provisioned.run("topics", "plan", CLAIMSTREAM_CLOCK="2026-11-01T00:00:00Z")
    assert (later.exit_code, "window" in later.stdout) == (0, False)
