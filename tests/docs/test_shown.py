"""The cheap commands that the documents show are run, on an embedded broker with the charts made by hand; they end well
and begin as they are shown."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from streams.brokers import embedded
from streams.settings import Settings
from tests.docs.pages import ROOT, Command, every_command
from tests.pipeline import KEY, LATER, NOON, Pipeline, settings

LONG = re.compile(
    r"claimstream (demo|worker|kafka|codesets|lag --watch|topics apply|ledger upgrade|reconcile --apply)\b"
)
ELSEWHERE = re.compile(r"claimstream (worklist fold|replay .*--tables)\b")
"""Of a stay and the visit before it, and of a folder that a reader has: tests/agents and tests/e2e/test_replay.py."""
RUN = [
    c
    for c in every_command()
    if c.typed and c.words[0] == "claimstream" and not LONG.match(c.text) and not ELSEWHERE.match(c.text)
]
OUTBOX = "var/outbox"
"""Where the documents have files written to."""
CHECKED = {0, 1}
"""1 says that something needs a look: a topic that is not read yet, for one."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A pipeline that has taken every chart made by hand and closed a month; no payer has answered."""
    home = tmp_path_factory.mktemp("shown")
    with embedded(home / "broker") as broker:
        pipeline = Pipeline(settings(broker.bootstrap, f"sqlite:///{home}/ledger.db"))
        given = {
            "CLAIMSTREAM_BROKERS": broker.bootstrap,
            "CLAIMSTREAM_LEDGER": f"sqlite:///{home}/ledger.db",
            "CLAIMSTREAM_PSEUDONYM_KEY": KEY,
            "CLAIMSTREAM_PARTITIONS": "2",
            "CLAIMSTREAM_CLOCK": NOON.isoformat(),
        }
        for folder in sorted((ROOT / "charts/handmade").iterdir()):
            run(("claimstream", "publish", "--hospital", folder.name, str(folder)), given)
        refuse_one(pipeline)
        pipeline.drain()
        pipeline.tick(LATER)
        pipeline.drain()
        pipeline.close()
        yield given


def refuse_one(pipeline: Pipeline) -> None:
    """A payer's record that is no event, so that there is a refusal to show."""
    pipeline.producer.produce("claim-adjudicated.commercial", b"x", b"")
    assert pipeline.producer.flush(10) == 0


def run(words: tuple[str, ...], environment: dict[str, str]) -> Result:
    clean = {name: None for name in os.environ if name.startswith("CLAIMSTREAM_")}
    return CliRunner().invoke(app, list(words[1:]), env={**clean, **environment}, prog_name=words[0])


def shape(line: str) -> str:
    """A line without what differs from run to run: digits, and the width of columns."""
    return " ".join(re.sub(r"[0-9]+", "0", line).split())


@pytest.mark.parametrize("command", RUN, ids=[f"{c.page}:{c.line} {c.text}" for c in RUN])
def test_a_shown_command_runs_and_begins_as_shown(
    command: Command, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    words = tuple(str(tmp_path) if word == OUTBOX else word for word in command.words)
    done = run(words, environment)
    assert done.exit_code in CHECKED, done.stderr
    first = shape(command.shown[0]) if command.shown else ""
    assert first in {shape(line) for line in done.stdout.splitlines()} | {""}


def test_there_are_commands_to_run() -> None:
    assert {command.words[1] for command in RUN} >= {"publish", "topics", "lag", "tail", "chart", "reconcile"}


def test_the_settings_that_are_given_are_the_products(environment: dict[str, str]) -> None:
    assert set(environment) <= {f"CLAIMSTREAM_{name}".upper() for name in Settings.model_fields}
