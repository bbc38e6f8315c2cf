"""Deadlines on which nobody acts hold back nobody else's."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import pytest
from confluent_kafka import Producer

from agents.clock import Clock
from agents.timers import Timers
from ledger import deadlines
from ledger.deadlines import PORTION, Deadline
from schemas.events import DeadlineDue
from tests.agents.without_kafka import Stages

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Announcements:
    """What was produced."""

    def __init__(self) -> None:
        self.values: list[bytes] = []

    def produce(self, _topic: str, value: bytes, _key: bytes) -> None:
        self.values.append(value)

    def flush(self, _timeout: float) -> int:
        return 0


@pytest.fixture
def said() -> Announcements:
    return Announcements()


@pytest.fixture
def timers(stages: Stages, said: Announcements) -> Timers:
    """Adjudication is stopped, and more of its deadlines are overdue than are found at once."""
    stuck = [deadline(f"stuck-{n}", "adjudication", n) for n in range(PORTION + 10)]
    with stages.assembly.ledger.transaction() as tx:
        deadlines.open_(tx, [*stuck, deadline("hold", "claiming", 5_000)])
    return Timers(Clock(NOW), stages.assembly.ledger, stages.assembly.codec, cast(Producer, said))


def deadline(name: str, stage: str, due_ms: int) -> Deadline:
    return Deadline(name, "bill-hold-ends", stage, "pseudonym", "account/mercy/A1", due_ms)


def names(stages: Stages, said: Announcements) -> Iterator[str]:
    for value in said.values:
        event = stages.assembly.codec.decode(value)
        assert isinstance(event, DeadlineDue)
        yield event.deadline_id


def test_a_stopped_stage_does_not_hold_back_the_deadlines_of_others(
    stages: Stages, timers: Timers, said: Announcements
) -> None:
    timers.tick()
    assert "hold" in set(names(stages, said))


def test_nor_the_younger_ones_of_its_own(stages: Stages, timers: Timers, said: Announcements) -> None:
    timers.tick()
    timers.tick()
    assert f"stuck-{PORTION + 9}" in set(names(stages, said))


def test_what_was_said_a_moment_ago_is_not_said_again(stages: Stages, timers: Timers, said: Announcements) -> None:
    for _ in range(5):
        timers.tick()
    found = list(names(stages, said))
    assert len(found) == len(set(found))


def test_an_old_one_that_is_opened_meanwhile_is_said_in_the_next_round(
    stages: Stages, timers: Timers, said: Announcements
) -> None:
    timers.tick()
    with stages.assembly.ledger.transaction() as tx:
        deadlines.open_(tx, [deadline("late", "adjudication", 1)])
    timers.tick()
    timers.tick()
    assert "late" in set(names(stages, said))
