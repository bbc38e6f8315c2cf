"""The hospitals' side: charts sent in order with duplicates, conflicts and poison among them, and a ledger of all
of it.

A line is written and synced before each send, and another after its delivery: what isn't known to have arrived is
known to be indefinite. The checker reads nothing else about what was sent.
"""

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from tests.chaos.charts import HOSPITALS, Made
from tests.chaos.wire import Wire

PORTION = 25  # charts a sync
PARTITIONS = 4  # of a hospital's topic


@dataclass
class Later:
    """Something to be sent once `after` charts have gone."""

    after: int
    name: str
    topic: str
    value: bytes
    key: str
    partition: int | None = None


@dataclass
class Feed(threading.Thread):
    """Sends as many charts as `allowed` says, until it `is_enough`; ends when all of them are delivered."""

    bootstrap: str
    charts: Sequence[Made]
    path: Path
    seed: int
    allowed: Callable[[int], float] = lambda _: float("inf")
    is_enough: Callable[[int], bool] = lambda _: False
    sent: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    trouble: Exception | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True, name="feed")
        self._dice, self._wire = random.Random(self.seed + 1), Wire()
        self._producer = Producer({
            "bootstrap.servers": self.bootstrap, "enable.idempotence": True, "linger.ms": 5, "log_level": 0,
            "message.timeout.ms": 300_000,
        })  # fmt: skip
        self._lines: list[str] = []
        self._later: list[Later] = []
        self._due: list[Later] = []

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        try:
            with self.path.open("a") as file:
                self._all(file)
        except Exception as trouble:  # noqa: BLE001 whoever waits for this thread tells it
            self.trouble = trouble

    def _all(self, file: Any) -> None:
        while self.sent < len(self.charts) and not self.is_enough(self.sent):
            if self.sent >= self.allowed(self.sent):
                self._producer.poll(0.05)
                self._sync(file)
                continue
            self._portion(file, self.charts[self.sent : self.sent + PORTION])
        self._flush(file)  # a delivery may still put something off
        self._portion(file, ())
        self._flush(file)

    def _portion(self, file: Any, portion: Sequence[Made]) -> None:
        for made in portion:
            self._write(state="sending", **made.expected.as_json())
        self._prepare(portion)
        self._sync(file)
        for made in portion:
            self._send_chart(made)
        self.sent += len(portion)
        self._send_others()
        self._producer.poll(0)
        self._sync(file)

    def _flush(self, file: Any) -> None:
        left = self._producer.flush(320)
        self._sync(file)
        if left:
            raise TimeoutError(f"{left} records have neither arrived nor failed")

    def _send_chart(self, made: Made) -> None:
        topic = f"chart-completed.{made.expected.hospital}"
        value, name = self._wire.write("chart-completed", made.event), made.expected.chart_id

        def delivered(error: Any, message: Any) -> None:
            self._write(state="failed" if error else "ok", chart_id=name)
            if error is None:
                self._repeat(made, value, message.partition())

        self._produce(topic, value, made.expected.account, None, delivered)
        self.kinds[made.expected.kind] += 1

    def _repeat(self, made: Made, value: bytes, partition: int) -> None:
        """5% come again with the same bytes, half of them elsewhere; 1% with the same id and other content, behind
        it."""
        topic, name = f"chart-completed.{made.expected.hospital}", made.expected.chart_id
        dice, after = self._dice.random(), self.sent + self._dice.randint(0, 200)
        if dice < 0.05:
            elsewhere = None if dice < 0.025 else self._dice.randrange(PARTITIONS)
            self._later.append(Later(after, "duplicate", topic, value, made.expected.account, elsewhere))
        elif dice < 0.06:
            event = made.event | {"patient": made.event["patient"] | {"phone": "555-0199"}}
            other = self._wire.write("chart-completed", event)
            self._later.append(Later(after, "conflict", topic, other, name, partition))

    def _prepare(self, portion: Sequence[Made]) -> None:
        """What else goes with this portion: what was put off until now, and 1% poison."""
        self._due += [later for later in self._later if not portion or later.after <= self.sent]
        self._later = [later for later in self._later if later not in self._due]
        self._due += [self._poison(made) for made in portion if self._dice.random() < 0.01]
        for later in self._due:
            self._write(state="sending", other=later.name)

    def _poison(self, made: Made) -> Later:
        value = self._wire.write("chart-completed", made.event)
        stranger = next(name for name in HOSPITALS if name != made.expected.hospital)
        ways: dict[str, bytes | None] = {
            "wrong-magic": b"\x07" + value[1:],
            "truncated": value[: len(value) // 2],
            "null-value": None,
            "unknown-schema": b"\0" + (9999).to_bytes(4, "big") + value[5:],
            "partner-mismatch": self._wire.write("chart-completed", made.event | {"hospital": stranger}),
        }
        name = self._dice.choice(sorted(ways))
        given: Any = ways[name]
        return Later(0, name, f"chart-completed.{made.expected.hospital}", given, made.expected.account)

    def _send_others(self) -> None:
        for later in self._due:
            self._produce(later.topic, later.value, later.key, later.partition, self._told(later))
            self.kinds[later.name] += 1
        self._due = []

    def _told(self, later: Later) -> Callable[[Any, Any], None]:
        def delivered(error: Any, message: Any) -> None:
            where = {} if error else {"partition": message.partition(), "offset": message.offset()}
            self._write(state="failed" if error else "ok", other=later.name, topic=later.topic, **where)

        return delivered

    def _produce(
        self, topic: str, value: bytes, key: str, partition: int | None, delivered: Callable[[Any, Any], None]
    ) -> None:
        where: dict[str, Any] = {} if partition is None else {"partition": partition}
        while True:
            try:
                self._producer.produce(topic, value, key, on_delivery=delivered, **where)
                return
            except BufferError:
                self._producer.poll(0.1)

    def _write(self, **line: Any) -> None:
        self._lines.append(json.dumps({**line, "at": time.time()}))

    def _sync(self, file: Any) -> None:
        lines, self._lines = self._lines, []
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
