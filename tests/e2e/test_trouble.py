"""Trouble with brokers and processes: a worker goes on, or ends with words; no chart is lost or doubled."""

import json
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from agents.stage import Judgement, Verdict, World
from ledger.tables import slots
from schemas.records import Record
from streams.brokers import BrokerUnavailable, apache, embedded
from streams.source import Stopped
from tests.conftest import REQUIRED
from tests.e2e.places import WORKER, Place, faults, stopped
from tests.e2e.processes import Home, until
from tests.e2e.whole_way import Charts
from tests.pipeline import Pipeline, records_of

pytestmark = pytest.mark.timeout(900)

STOPS_WITHIN_S = 10.0


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with embedded(tmp_path / "broker") as broker:
        yield Place(Home(broker.bootstrap, tmp_path), broker)


@pytest.fixture
def durable_place(tmp_path: Path) -> Iterator[Place]:
    """On Apache Kafka, which keeps through a SIGKILL what it acknowledged; noida-db saves twice a second."""
    try:
        broker = apache(tmp_path / "broker").start()
    except BrokerUnavailable as unavailable:
        if REQUIRED:
            raise
        pytest.skip(str(unavailable))
    try:
        yield Place(Home(broker.bootstrap, tmp_path), broker)
    finally:
        broker.stop()


def test_a_broker_that_is_down_at_the_start_is_told_in_words(tmp_path: Path) -> None:
    with Home("127.0.0.1:1", tmp_path).running(WORKER) as worker:
        assert worker.wait(90) == 2
    assert "no broker answers at 127.0.0.1:1" in Home("127.0.0.1:1", tmp_path).said()


@pytest.mark.apache
def test_a_broker_that_is_killed_and_comes_back_loses_and_doubles_nothing(durable_place: Place, charts: Charts) -> None:
    """As a supervisor would, the test starts a worker again that ended for want of a broker."""
    place = durable_place
    place.publish(charts)
    with place.home.running(WORKER, batch_records="20") as worker:
        until(lambda: place.decided("claiming") > 0)
        place.broker.kill()
        place.broker.restart()
        survived = _goes_on(place, worker)
    if not survived:
        with place.home.running(WORKER, "successor") as worker:
            place.until_quiet(worker)
    assert faults(place.edge, charts) == []


def _goes_on(place: Place, worker: "subprocess.Popen[bytes]") -> bool:
    try:
        place.until_quiet(worker)
    except AssertionError:
        assert json.loads(place.home.said().splitlines()[-1])["exit_code"] == worker.returncode
        return False
    return True


def test_sigterm_under_load_ends_a_worker_in_time_and_its_successor_loses_and_doubles_nothing(
    place: Place, charts: Charts
) -> None:
    place.publish(charts)
    with place.home.running(WORKER, batch_records="5") as worker:
        until(lambda: place.decided("claiming") > 20)
        status, seconds = stopped(worker)
    assert (status, seconds < STOPS_WITHIN_S) == (0, True)
    assert place.decided("claiming") < sum(map(len, charts.values())), "it was told when all was done"
    assert place.members("claiming") == 0
    with place.edge.assembly.ledger.reading() as tx:
        assert tx.execute(sa.select(slots)).all() == []
    with place.home.running(WORKER, "successor") as successor:
        place.until_quiet(successor)
    assert faults(place.edge, charts) == []


def test_of_two_workers_in_one_slot_the_second_ends_with_7(place: Place) -> None:
    edge = place.edge
    with place.home.running((*WORKER, "--stage", "intake")) as first:
        until(lambda: place.members("intake") == 1)
        with place.home.running((*WORKER, "--stage", "intake"), "second") as second:
            assert second.wait(90) == 7
        assert "slot 1 of intake is taken by a living worker" in place.home.said("second")
        assert first.poll() is None
    assert edge.assembly.settings.slot == "1"


@dataclass(frozen=True)
class Broken:
    """A stage whose every step fails, as after a bad release."""

    stage: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage, name)

    def step(self, _world: World, event: Any, _record: Record) -> Verdict:
        raise KeyError(event.patient.mrn)


def broken(pipeline: Pipeline, stage: str) -> None:
    judgement = pipeline.runners[stage].stage
    assert isinstance(judgement, Judgement)
    judgement.stage = Broken(judgement.stage)


def test_a_step_that_fails_for_everything_stops_its_stage_before_anything_is_committed(
    place: Place, charts: Charts
) -> None:
    """Bad code must not dead-letter everything; once it is mended, everything is claimed."""
    theirs = {"st-anna": charts["st-anna"]}
    pipeline = Pipeline(place.settings)
    broken(pipeline, "validation")
    pipeline.publish("chart-completed", "st-anna", theirs["st-anna"])
    with pytest.raises(Stopped) as stop:
        pipeline.drain()
    pipeline.close()
    assert stop.value.exit_code == 10
    assert "step-failed KeyError" in str(stop.value)
    assert place.decided("validation") == 0
    assert records_of(place.edge.assembly, "dead-letter.validation") == []
    mended = Pipeline(place.settings)
    mended.drain()
    mended.close()
    assert faults(place.edge, theirs) == []


def test_a_ledger_that_is_locked_for_a_while_is_waited_for(place: Place, charts: Charts) -> None:
    theirs, edge = {"riverside": charts["riverside"]}, place.edge
    pipeline, meets_the_lock = Pipeline(place.settings), threading.Event()
    pipeline.publish("chart-completed", "riverside", theirs["riverside"])
    other = sqlite3.connect(place.home.ledger, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pipeline.runners["intake"].point = lambda _: meets_the_lock.set()
    work = threading.Thread(target=pipeline.drain)
    work.start()
    assert meets_the_lock.wait(120)
    assert (work.is_alive(), place.decided("intake")) == (True, 0)
    other.execute("ROLLBACK")
    work.join(300)
    pipeline.close()
    assert faults(edge, theirs) == []
