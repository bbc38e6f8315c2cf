"""The command line as a person meets it: its own environment, an embedded broker and a SQLite ledger."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner, Result

from agents.assembly import Assembly
from console.main import app
from streams.brokers import embedded
from streams.settings import Settings
from tests.pipeline import KEY

NOWHERE = "127.0.0.1:1"


@dataclass
class Terminal:
    """Runs commands with these environment variables and no others of ours."""

    environment: dict[str, str]
    _runner: CliRunner = field(default_factory=CliRunner)

    def run(self, *arguments: str | Path, **more: str) -> Result:
        return self._runner.invoke(app, [str(each) for each in arguments], env={**self.environment, **more})

    def json(self, *arguments: str | Path) -> Any:
        """What a command says to machines: the JSON on its last line, whatever its exit status."""
        done = self.run(*arguments, "--json")
        assert done.stdout.strip(), done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    @property
    def assembly(self) -> Assembly:
        """The parts that the commands put together, from the same settings."""
        told = {name.removeprefix("CLAIMSTREAM_").lower(): value for name, value in self.environment.items()}
        return Assembly(Settings.model_validate(told, strict=False))

    @property
    def admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.environment["CLAIMSTREAM_BROKERS"], "log_level": 0})


@pytest.fixture
def alone(tmp_path: Path) -> Terminal:
    """A terminal without a broker; its ledger is a file that doesn't exist yet."""
    return Terminal(_environment(NOWHERE, tmp_path))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal with an embedded broker of its own, because stages' groups bear the same names everywhere."""
    with embedded(tmp_path / "broker") as broker:
        yield Terminal(_environment(broker.bootstrap, tmp_path))


@pytest.fixture
def provisioned(terminal: Terminal) -> Terminal:
    for command in (("ledger", "upgrade"), ("topics", "apply")):
        done = terminal.run(*command)
        assert done.exit_code == 0, done.stderr
    return terminal


def commit(terminal: Terminal, group: str, topic: str, offset: int) -> None:
    """Sets what a group without members has committed for a topic's only partition."""
    admin = terminal.admin
    request = [ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, offset)])]
    (answer,) = admin.alter_consumer_group_offsets(request).values()
    assert all(tp.error is None for tp in answer.result(10).topic_partitions)


def _environment(brokers: str, home: Path) -> dict[str, str]:
    return {
        "CLAIMSTREAM_BROKERS": brokers,
        "CLAIMSTREAM_LEDGER": f"sqlite:///{home / 'ledger.db'}",
        "CLAIMSTREAM_PSEUDONYM_KEY": KEY,
        "CLAIMSTREAM_PARTITIONS": "1",
        "CLAIMSTREAM_CLOCK": "2026-09-01T12:00:00Z",
    }
