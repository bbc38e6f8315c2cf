"""Stages on a real ledger without Kafka: records in by hand, rulings and outputs out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, cast

from agents.assembly import Assembly
from agents.statistics import open_month
from ledger.batches import BatchLedger
from ledger.upgrade import upgrade
from schemas.events import Wire
from schemas.records import Headers, Output, Record, Ruling
from streams.gate import Gate
from streams.runner import Runner
from streams.source import Batch, Source
from streams.transaction import Transactions
from tests.pipeline import settings

RECEIVED = datetime(2026, 3, 2, 16, 5, tzinfo=UTC)
RECEIVED_MS = int(RECEIVED.timestamp() * 1000)


class Given(NamedTuple):
    """A record to be fed: where it stands is counted."""

    topic: str
    value: bytes | None
    key: bytes | None = b"key"
    headers: Headers = ()


class Sink:
    """Takes every transaction."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []

    def say(self, outputs: Iterable[Output], _batch: Batch) -> bool:
        self.outputs += outputs
        return True


class Resting:
    """A source that is told where it stands, and gives nothing by itself."""

    def advance(self, _batch: Batch) -> None: ...


class Stages:
    """The stages of a pipeline, each fed by hand."""

    def __init__(self, folder: Path, received: datetime = RECEIVED) -> None:
        self._received_ms = int(received.timestamp() * 1000)
        self.assembly = Assembly(settings("", f"sqlite:///{folder}/ledger.db", clock=None))
        upgrade(self.assembly.ledger)
        with self.assembly.ledger.transaction() as tx:
            open_month(tx, "2026-03")
        self._runners: dict[str, Runner] = {}
        self._ends: dict[tuple[str, str], int] = defaultdict(int)

    def feed(self, stage: str, *given: Given) -> tuple[list[Output], list[Ruling]]:
        """One batch of these records: what was said, and how each was ruled."""
        runner = self._runner(stage)
        records = [self._record(stage, each) for each in given]
        spans = {(r.topic, 0): (min(o.offset for o in records if o.topic == r.topic), r.offset + 1) for r in records}
        rulings: list[Ruling] = []
        sink = Sink()
        runner.kafka = cast(Transactions, sink)
        runner.on_batch = lambda _batch, ruled, _timing: rulings.extend(ruled)
        runner.run(Batch(records, spans, b"metadata"))
        return sink.outputs, rulings

    def event(self, topic: str, event: Wire) -> Given:
        return Given(topic, self.assembly.codec.encode(event))

    def outcomes(self, stage: str, *given: Given) -> list[str]:
        return [ruling.decision.outcome for ruling in self.feed(stage, *given)[1]]

    def read(self, outputs: Iterable[Output], topic: str) -> list[Wire]:
        """The events said to a topic."""
        return [self.assembly.codec.decode(output.value) for output in outputs if output.topic == topic]

    def close(self) -> None:
        self.assembly.ledger.close()

    def _record(self, stage: str, given: Given) -> Record:
        offset = self._ends[stage, given.topic]
        self._ends[stage, given.topic] += 1
        return Record(given.topic, 0, offset, given.key, given.value, given.headers, self._received_ms)

    def _runner(self, stage: str) -> Runner:
        if stage not in self._runners:
            reads, memory = self.assembly.reads(stage), BatchLedger(stage)
            self.assembly.ledger.run(lambda tx: memory.open(tx, {(topic, 0): 0 for topic in reads}))
            parts = (cast(Source, Resting()), cast(Transactions, Sink()), self.assembly.ledger, memory)
            made = Runner(self.assembly.stage(stage), *parts, {topic: topic for topic in reads})
            made.gate = Gate(reads) if stage == "intake" else None
            self._runners[stage] = made
        return self._runners[stage]


def passed_on(outputs: Iterable[Output], *topics: str) -> Sequence[Given]:
    """What one stage said, as the next one is fed it."""
    return [Given(o.topic, o.value, o.key, o.headers) for o in outputs if o.topic in topics]
