"""Deadlines are said when they are due; what one stage leaves undone holds up no other's."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from confluent_kafka import Producer

from agents.clock import Clock
from agents.timers import Timers
from agents.worker import _unless_unavailable
from ledger import deadlines
from ledger.deadlines import PORTION, Deadline
from ledger.store import Ledger
from ledger.upgrade import upgrade
from schemas.compiled import CompiledCodec
from schemas.registry import committed
from tests.pipeline import NOON

NOON_MS = int(NOON.timestamp() * 1000)


@dataclass
class Said:
    """Takes what would go to Kafka."""

    keys: list[bytes] = field(default_factory=list)

    def produce(self, _topic: str, _value: bytes, key: bytes) -> None:
        self.keys.append(key)

    def flush(self, _timeout: float) -> int:
        return 0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(f"sqlite:///{tmp_path}/ledger.db")
    upgrade(made)
    yield made
    made.close()


def opened(ledger: Ledger, stage: str, count: int, due_ms: int) -> None:
    named = [Deadline(f"{stage}-{n}", "answer-overdue", stage, stage, "about", due_ms) for n in range(count)]
    ledger.run(lambda tx: deadlines.open_(tx, named))


def timers(ledger: Ledger, said: Said) -> Timers:
    return Timers(Clock(NOON), ledger, CompiledCodec(committed()), cast(Producer, cast(Any, said)))


def test_a_deadline_is_said_once_in_a_while(ledger: Ledger) -> None:
    opened(ledger, "claiming", 1, NOON_MS)
    made = timers(ledger, Said())
    assert [made.tick() for _ in range(3)] == [1, 0, 0]


def test_a_stage_that_stands_still_holds_up_no_other(ledger: Ledger) -> None:
    opened(ledger, "adjudication", 2 * PORTION, NOON_MS - 1)
    opened(ledger, "claiming", 1, NOON_MS)
    said = Said()
    made = timers(ledger, said)
    for _ in range(3):
        made.tick()
    assert b"claiming" in said.keys


def test_a_monitor_that_gets_no_answer_in_time_ends_no_worker() -> None:
    def look() -> None:
        raise TimeoutError

    assert _unless_unavailable(look) is None  # type: ignore[func-returns-value]
