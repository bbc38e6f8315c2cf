"""A partner who sends mostly garbage is paused alone, and nothing of what waits is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.brokers import embedded
from streams.gate import Gate
from tests.e2e.whole_way import Charts
from tests.given_watch import Watch
from tests.pipeline import Pipeline, settings

GARBAGE = "chart-completed.st-anna"
OF_LAST = 10


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def pipeline(tmp_path: Path, watch: Watch) -> Iterator[Pipeline]:
    """St. Anna has sent garbage, and was paused for it."""
    with embedded(tmp_path / "broker") as broker:
        made = Pipeline(settings(broker.bootstrap, f"sqlite:///{tmp_path}/ledger.db"))
        made.drain()
        intake = made.runners["intake"]
        intake.gate = Gate(made.assembly.reads("intake"), of_last=OF_LAST, now=watch)
        garbage(made, OF_LAST)
        while len(dead_letters(made)) < OF_LAST:
            intake.turn()
        yield made
        made.close()


def garbage(pipeline: Pipeline, count: int) -> None:
    for _ in range(count):
        pipeline.producer.produce(GARBAGE, b"\x07nothing that anybody could read", b"key")
    assert pipeline.producer.flush(30) == 0


def dead_letters(pipeline: Pipeline) -> list[bytes]:
    return [record.value or b"" for record, _ in pipeline.read("dead-letter.intake")]


def test_the_others_go_on(pipeline: Pipeline, charts: Charts) -> None:
    garbage(pipeline, 5)
    pipeline.publish("chart-completed", "mercy-general", charts["mercy-general"][:3])
    while len(pipeline.read("chart-completed")) < 3:
        pipeline.runners["intake"].turn()
    assert len(dead_letters(pipeline)) == OF_LAST


def test_what_waited_is_read_when_the_pause_is_over(pipeline: Pipeline, watch: Watch) -> None:
    garbage(pipeline, 5)
    watch.at = 61
    while len(dead_letters(pipeline)) < OF_LAST + 5:
        pipeline.runners["intake"].turn()
    assert len(dead_letters(pipeline)) == OF_LAST + 5
