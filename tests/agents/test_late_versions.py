"""A version that comes late, again and again under new event ids, is answered each time."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.events import ChartCoded, ChartCompleted
from schemas.examples import example
from schemas.identity import event_id_of
from schemas.records import Output
from streams.topics import CHART_CODED, CHART_COMPLETED, CHART_RETURNED
from tests.agents.without_kafka import RECEIVED, Stages, passed_on
from tests.claims.given_accounts import chart as coded_chart

HOSPITAL = "mercy-general"
Version = Callable[..., Any]


def completed(version: int, event_id: str, second: int = 0) -> ChartCompleted:
    chart = example("chart-completed")
    assert isinstance(chart, ChartCompleted)
    said = {"producer": HOSPITAL, "hospital": HOSPITAL, "version": version, "event_id": event_id}
    return chart.model_copy(update={**said, "received_at": RECEIVED, "occurred_at": RECEIVED.replace(second=second)})


def coded(version: int, event_id: str, second: int = 0) -> ChartCoded:
    moment = RECEIVED.replace(second=second)
    return coded_chart(version=version, event_id=event_id, received_at=RECEIVED, occurred_at=moment)


CASES = [
    pytest.param("validation", CHART_COMPLETED, completed, id="validation"),
    pytest.param("claiming", CHART_CODED, coded, id="claiming"),
]


def answered(stages: Stages, stage: str, topic: str, made: Version, step: int) -> list[Output]:
    """What is said to the newest version and to sixty late ones of it: some repeat, some come under another id."""
    late = [(1 + n % 2, n * step % 15) for n in range(60)]
    copies = [made(version, f"late-{version}-{name}", second=name) for version, name in late]
    return stages.feed(stage, *(stages.event(topic, each) for each in (made(3, "newest"), *copies)))[0]


@pytest.mark.parametrize(("stage", "topic", "made"), CASES)
@pytest.mark.parametrize("step", [1, 2, 4, 7])
def test_equal_ids_mean_equal_bytes(stages: Stages, stage: str, topic: str, made: Version, step: int) -> None:
    said = [o for o in answered(stages, stage, topic, made, step) if o.topic == CHART_RETURNED]
    contents: dict[str | None, set[bytes]] = {}
    for output in said:
        contents.setdefault(event_id_of(output.value), set()).add(output.value)
    assert len(contents) > 10, "the late copies came under many ids"
    assert [event_id for event_id, values in contents.items() if len(values) > 1] == []


@pytest.mark.parametrize(("stage", "topic", "made"), CASES)
def test_every_answer_to_a_late_version_is_delivered(stages: Stages, stage: str, topic: str, made: Version) -> None:
    back = passed_on(answered(stages, stage, topic, made, step=7), CHART_RETURNED)
    assert set(stages.outcomes("delivery", *back)) == {"delivered"}
