"""A statistic of a year that has not begun is no fact, and a broker would refuse its timestamp for ever."""

from datetime import UTC, datetime

import pytest

from schemas.events import ChartCompleted, ClaimStats
from schemas.examples import example
from schemas.records import Output
from streams.topics import CHART_COMPLETED, CLAIM_STATS
from tests.agents.without_kafka import RECEIVED, RECEIVED_MS, Stages

HOSPITAL = "mercy-general"


def ended_in(year: int, received: datetime = RECEIVED) -> ChartCompleted:
    chart = example("chart-completed")
    assert isinstance(chart, ChartCompleted)
    encounter = chart.encounter.model_copy(update={"end": datetime(year, 3, 2, 15, 10, tzinfo=UTC)})
    said = {"producer": HOSPITAL, "hospital": HOSPITAL, "received_at": received, "encounter": encounter}
    return chart.model_copy(update=said)


def counted(stages: Stages, chart: ChartCompleted) -> tuple[ClaimStats, Output]:
    outputs, _ = stages.feed("validation", stages.event(CHART_COMPLETED, chart))
    (output,) = [each for each in outputs if each.topic == CLAIM_STATS]
    (stat,) = stages.read(outputs, CLAIM_STATS)
    assert isinstance(stat, ClaimStats)
    return stat, output


@pytest.mark.parametrize(
    ("year", "expected", "why"),
    [
        (2062, 2026, "mistyped: it counts in the year it was received"),
        (2026, 2026, "the year itself"),
        (2025, 2025, "an earlier year is as true as ever"),
    ],
)
def test_no_statistic_is_of_a_later_year_than_its_receipt(stages: Stages, year: int, expected: int, why: str) -> None:
    assert counted(stages, ended_in(year))[0].year == expected, why


def test_its_timestamp_is_the_start_of_its_year(stages: Stages) -> None:
    _, output = counted(stages, ended_in(2062))
    assert datetime.fromtimestamp((output.timestamp_ms or 0) / 1000, UTC) == datetime(2026, 1, 1, tzinfo=UTC)


def test_under_a_fixed_clock_of_a_later_year_the_timestamp_stays_behind_the_broker_s(stages: Stages) -> None:
    """The demo may say it is 2027 where Kafka's own clock says 2026."""
    stat, output = counted(stages, ended_in(2062, received=RECEIVED.replace(year=2027)))
    assert stat.year == 2027
    assert (output.timestamp_ms or 0) <= RECEIVED_MS
