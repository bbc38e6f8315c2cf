"""Publishes charts as a hospital would: all at once, or at a rate."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Producer

from bench.charts import HOSPITAL, Encoded
from bench.watcher import Watcher, trace_of

TOPIC = f"chart-completed.{HOSPITAL}"
_TICK_S = 0.005


def flood(
    config: Mapping[str, Any], watcher: Watcher, charts: Sequence[Encoded], topic: str = TOPIC, stall_s: float = 30.0
) -> float:
    """Charts a second from the first one published to the last claim read, when all are published at once."""
    producer = Producer({**config, "linger.ms": 5, "queue.buffering.max.messages": 500_000})
    watcher.expect([chart.event_id for chart in charts])
    started = time.monotonic()
    for chart in charts:
        producer.produce(topic, chart.value)
    producer.flush(60)
    watcher.until_all(stall_s)
    return len(charts) / (max(watcher.done.values()) - started)


def paced(config: Mapping[str, Any], watcher: Watcher, charts: Sequence[Encoded], rate: float) -> list[float]:
    """Seconds from publishing each chart to reading its last claim, at `rate` charts a second; in order of age."""
    producer = Producer({**config, "linger.ms": 1})
    watcher.expect([chart.event_id for chart in charts])
    said: dict[str, float] = {}

    def publish() -> None:
        started = time.monotonic()
        for n, chart in enumerate(charts):
            while (due := started + n / rate) > time.monotonic():
                producer.poll(0)
                time.sleep(min(_TICK_S, max(0.0, due - time.monotonic())))
            said[trace_of(chart.event_id)] = time.monotonic()
            producer.produce(TOPIC, chart.value)
        producer.flush(60)

    publisher = threading.Thread(target=publish)
    publisher.start()
    watcher.until_all()
    publisher.join()
    return sorted(watcher.done[trace] - at for trace, at in said.items())


def quantile(ages: Sequence[float], share: float) -> float:
    """Milliseconds that this share of the charts did not exceed."""
    return round(ages[min(len(ages) - 1, int(len(ages) * share))] * 1000, 1)
