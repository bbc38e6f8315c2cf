"""`claimstream worker` as a process of its own: it works, it stops when told, and its logs hold nothing of a chart."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.tables import decisions, slots
from streams.brokers.broker import free_ports
from tests.conftest import REQUIRED
from tests.console.conftest import Terminal
from tests.pipeline import ROOT

STOP_S = 10.0


@contextmanager
def process(terminal: Terminal, log: Path, *arguments: str, **more: str) -> Iterator["subprocess.Popen[str]"]:
    """The command as a user starts it; killed at the end if it still runs."""
    environment = {**os.environ, **terminal.environment, "CLAIMSTREAM_LOG_LEVEL": "debug", **more}
    with log.open("w") as err:
        started = subprocess.Popen(
            [sys.executable, "-m", "console", *arguments],
            env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=err, text=True,
        )  # fmt: skip
        with started:
            try:
                yield started
            finally:
                started.kill()


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it didn't happen in time"
        time.sleep(0.1)


def taken(terminal: Terminal) -> int:
    with terminal.assembly.ledger.reading() as tx:
        return int(tx.execute(sa.select(sa.func.count()).where(decisions.c.stage == "intake")).scalar_one())


@pytest.mark.timeout(120)
def test_a_worker_takes_charts_and_ends_when_told(provisioned: Terminal, tmp_path: Path) -> None:
    """Five charts are taken; SIGTERM ends it with status 0, its slot free and nothing of a chart in its log."""
    provisioned.run("publish", "--hospital", "mercy-general", ROOT / "charts/handmade/mercy-general")
    log = tmp_path / "worker.log"
    port = str(free_ports(1)[0])
    with process(provisioned, log, "worker", "--stage", "intake", CLAIMSTREAM_WEB_PORT=port) as worker:
        until(lambda: taken(provisioned) == 5)
        told = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(STOP_S) == 0
        assert time.monotonic() - told < STOP_S
    with provisioned.assembly.ledger.reading() as tx:
        assert tx.execute(sa.select(slots)).all() == []
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line["stages"] for line in lines if line["event"] == "worker starts"] == [["intake"]]
    bundles = [json.loads(file.read_text()) for file in (ROOT / "charts/handmade/mercy-general").glob("*.json")]
    people = [e["resource"] for b in bundles for e in b["entry"] if e["resource"]["resourceType"] == "Patient"]
    told_of = [person["name"][0]["family"] for person in people] + [person["id"] for person in people]
    assert [words for words in told_of if words in log.read_text()] == []


def test_a_stage_that_does_not_exist_is_told_the_known_ones(alone: Terminal) -> None:
    done = alone.run("worker", "--stage", "billing")
    assert (done.exit_code, "claiming, adjudication" in done.stderr) == (2, True)


@pytest.mark.apache
@pytest.mark.timeout(180)
def test_a_local_kafka_runs_until_told(alone: Terminal, tmp_path: Path) -> None:
    port, log = str(free_ports(1)[0]), tmp_path / "err"
    with process(alone, log, "kafka", "up", "--dir", str(tmp_path / "kafka"), "--port", port, "--json") as up:
        assert up.stdout is not None
        line = up.stdout.readline()
        if not line and not REQUIRED and "mend: install" in log.read_text():
            pytest.skip(log.read_text().strip())
        there = Terminal({**alone.environment, "CLAIMSTREAM_BROKERS": json.loads(line)["bootstrap"]})
        assert there.run("tail", "nothing").stderr.startswith("claimstream: there is no topic nothing")
        up.send_signal(signal.SIGTERM)
        assert up.wait(30) == 0


@pytest.mark.timeout(120)
def test_a_port_that_is_taken_is_told_before_anything_runs(provisioned: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = provisioned.run("worker", "--stage", "intake", CLAIMSTREAM_WEB_PORT=port)
    assert (done.exit_code, f"127.0.0.1:{port}" in done.stderr, "CLAIMSTREAM_WEB_PORT" in done.stderr) == (
        2,
        True,
        True,
    )
