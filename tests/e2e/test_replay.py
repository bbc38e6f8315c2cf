"""Recorded charts judged again: nothing differs by the same tables; by others the rule that differs is named."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner, Result

from console.main import app
from streams.brokers import embedded
from streams.provisioning import end_offsets, partitions_of
from streams.settings import INFRA
from tests.e2e.whole_way import Charts
from tests.pipeline import KEY, Pipeline, settings

DAYS = ("--from", "2000-01-01", "--to", "2100-01-01")


@pytest.fixture(scope="module")
def recorded(charts: Charts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pipeline, dict[str, str]]]:
    """All example charts, judged once; and the environment in which a command finds them."""
    home = tmp_path_factory.mktemp("replay")
    with embedded(home / "broker") as broker:
        made = Pipeline(settings(broker.bootstrap, f"sqlite:///{home}/ledger.db"))
        for hospital, theirs in charts.items():
            made.publish("chart-completed", hospital, theirs)
        made.drain()
        (home / "key").write_text(KEY)
        names = {"BROKERS": broker.bootstrap, "LEDGER": f"sqlite:///{home}/ledger.db", "KEY_FILE": str(home / "key")}
        yield made, {f"CLAIMSTREAM_{name}": value for name, value in names.items()}
        made.close()


def replay(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, ["replay", *DAYS, *arguments], env=environment)


def test_by_the_same_tables_no_recorded_chart_is_judged_differently(
    recorded: tuple[Pipeline, dict[str, str]], charts: Charts
) -> None:
    done = replay(recorded[1], "--json")
    said = json.loads(done.stdout)
    assert (said["different"], done.exit_code) == (0, 0)
    assert said["judged"] + said["unsaid"] == sum(map(len, charts.values()))
    assert said["judged"] > 200


def test_nothing_is_written_by_a_replay(recorded: tuple[Pipeline, dict[str, str]]) -> None:
    pipeline, environment = recorded
    topics = sorted({topic for stage in ("validation", "claiming") for topic in pipeline.assembly.reads(stage)})

    def ends() -> dict[tuple[str, int], int]:
        admin = AdminClient(pipeline.assembly.settings.admin_config())
        return dict(end_offsets(admin, partitions_of(admin, topics)))

    before = ends()
    replay(environment)
    assert ends() == before


def test_other_prices_are_told_with_their_charts_and_charges(
    recorded: tuple[Pipeline, dict[str, str]], tmp_path: Path
) -> None:
    """The clinic visit of one hospital costs a dollar more."""
    shutil.copytree(INFRA / "chargemasters", tmp_path / "chargemasters")
    file = tmp_path / "chargemasters/mercy-general.csv"
    file.write_text(file.read_text().replace(",19200,", ",19300,"))
    said = json.loads(replay(recorded[1], "--tables", str(tmp_path), "--json", "--charts").stdout)
    (row,) = said["by_rule"]
    assert (row["what"], row["change"], row["charts"]) == ("prices", "differ", said["different"])
    assert row["cents"] == sum(chart["cents"] for chart in said["charts"]) > 0
    assert said["not_by_these_tables_alone"] == 0


def test_a_rule_that_is_silent_now_is_named_with_the_outcome_it_changes(
    recorded: tuple[Pipeline, dict[str, str]], tmp_path: Path
) -> None:
    """No payer asks for the member's id any more, and none for a diagnosis of the day."""
    off = "    rules: {X1: {mode: 'off', since: 2000-01-01}}\n    filing_indicator:"
    (tmp_path / "partners.yaml").write_text((INFRA / "partners.yaml").read_text().replace("    filing_indicator:", off))
    done = replay(recorded[1], "--tables", str(tmp_path), "--json")
    said = json.loads(done.stdout)
    assert {row["what"] for row in said["by_rule"]} <= {"X1", "outcome", "codes"}
    assert done.exit_code == (1 if said["different"] else 0)


def test_a_folder_without_any_table_is_refused(recorded: tuple[Pipeline, dict[str, str]], tmp_path: Path) -> None:
    done = replay(recorded[1], "--tables", str(tmp_path))
    assert done.exit_code == 2
    assert "holds none of partners.yaml" in done.stderr


def test_a_span_that_ends_before_it_begins_is_refused(recorded: tuple[Pipeline, dict[str, str]]) -> None:
    words = ["replay", "--from", "2026-02-01", "--to", "2026-01-01"]
    assert CliRunner().invoke(app, words, env=recorded[1]).exit_code == 2
