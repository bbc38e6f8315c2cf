"""Reads the payers' topics as a payer would, and notes when each chart's claims came."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, TopicPartition

CLAIMS_A_CHART = 2  # the facility's and the professional's


class Stalled(RuntimeError):
    """The claims stopped coming."""


class Watcher:
    """Assigned at the topics' ends; a chart is done when the last of its claims can be read, read_committed."""

    def __init__(self, config: Mapping[str, Any], ends: Mapping[tuple[str, int], int]) -> None:
        self._consumer = Consumer({**config, "group.id": "bench-watcher", "isolation.level": "read_committed"})
        self._consumer.assign([TopicPartition(*partition, end) for partition, end in ends.items()])
        self._left: dict[str, int] = {}
        self.done: dict[str, float] = {}
        self.values: list[bytes] = []

    def expect(self, event_ids: Sequence[str]) -> None:
        """From now on only these charts count."""
        self._left = {trace_of(event_id): CLAIMS_A_CHART for event_id in event_ids}
        self.done, self.values = {}, []

    def until_all(self, stall_s: float = 30.0) -> None:
        """Reads until every expected chart is done."""
        last = time.monotonic()
        while self._left:
            if self.read(0.02):
                last = time.monotonic()
            elif time.monotonic() - last > stall_s:
                raise Stalled(f"{len(self._left)} charts have no claims after {stall_s:.0f} s without any")

    def read(self, wait_s: float) -> int:
        messages = self._consumer.consume(500, wait_s)
        now = time.monotonic()
        for message in messages:
            if not message.error():
                self._take(message, now)
        return len(messages)

    def close(self) -> None:
        self._consumer.close()

    def _take(self, message: Any, now: float) -> None:
        trace = dict(message.headers())["traceparent"].split(b"-")[1].decode()
        if trace not in self._left:
            return
        self.values.append(message.value())
        self._left[trace] -= 1
        if not self._left[trace]:
            del self._left[trace]
            self.done[trace] = now


def trace_of(event_id: str) -> str:
    """A chart's claims carry its event id as their trace."""
    return event_id.replace("-", "")
