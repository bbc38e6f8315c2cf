"""Kafka as far as a runner sees it, in memory: a log per partition, the group's offsets, and what was committed.

And a toy stage with an account in a real ledger: it counts, so that anything decided twice, or not at all, shows in its
words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ledger import accounts
from ledger.batches import BatchLedger
from ledger.store import Ledger
from schemas.records import Coordinates, Decision, Output, Record
from streams.breaker import Breaker
from streams.deadletters import dead_letter
from streams.runner import Read, Runner
from streams.source import Batch, Partition, Source
from streams.transaction import Transactions

TOPIC, TOPIC_ID = "charts", "id-of-charts"


class Crashed(Exception):
    """The process died here."""


@dataclass
class Broker:
    """`log` is in the order in which records are fetched. Offsets have holes, as transaction markers leave them."""

    log: list[Record] = field(default_factory=list)
    offsets: dict[Partition, int] = field(default_factory=dict)
    committed: list[Output] = field(default_factory=list)
    attempted: list[Output] = field(default_factory=list)

    def publish(self, value: bytes | None, partition: int = 0) -> None:
        self.offsets.setdefault((TOPIC, partition), 0)
        offset = 2 * sum(record.partition == partition for record in self.log)
        self.log.append(Record(TOPIC, partition, offset, b"key", value, (), 1_700_000_000_000 + offset))


@dataclass
class FakeSource:
    broker: Broker
    sizes: Iterable[int]
    standing: dict[Partition, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sizes = iter(self.sizes)
        self.rewind()

    def take(self) -> Batch | None:
        size = next(iter(self.sizes), 3)
        ahead = [r for r in self.broker.log if r.offset >= self.standing[r.topic, r.partition]][:size]
        ends = {(r.topic, r.partition): r.offset + 1 for r in ahead}
        return Batch(ahead, {p: (self.standing[p], end) for p, end in ends.items()}, b"metadata") if ahead else None

    def advance(self, batch: Batch) -> None:
        self.standing.update({partition: end for partition, (_, end) in batch.spans.items()})

    def rewind(self) -> None:
        self.standing = dict(self.broker.offsets)

    def committed(self, partition: Partition) -> int:
        return self.broker.offsets[partition]


@dataclass
class FakeTransactions:
    broker: Broker
    point: Callable[[str], None]
    refuses: Callable[[], bool]

    def say(self, outputs: Iterable[Output], batch: Batch) -> bool:
        said = list(outputs)
        self.broker.attempted += said
        self.point("produced")
        self.point("offsets-sent")
        if self.refuses():
            return False
        self.broker.committed += said
        self.broker.offsets |= {partition: end for partition, (_, end) in batch.spans.items()}
        self.point("committed")
        return True


@dataclass
class Counting:
    """An event is `producer|id|account|word`; what is said numbers it in its account. `wording`: the code's."""

    name: str
    wording: bytes = b"claim"

    def read(self, record: Record) -> Read:
        parts = (record.value or b"").decode().split("|")
        if len(parts) != 4:
            return Read(None, refused=self.refuse(record, "malformed"))
        return Read(parts, parts[0], parts[1])

    def refuse(self, record: Record, code: str) -> Decision:
        return dead_letter(self.name, record, code)

    def decide(self, tx: Any, accepted: Sequence[tuple[Record, list[str]]]) -> Sequence[Decision]:
        stored = accounts.lock(tx, self.name, (event[2] for _, event in accepted))
        counts = {key: int(row.body or b"0") for key, row in stored.items()}
        before = dict(counts)
        decisions = [self._step(counts, record, event) for record, event in accepted]
        changed = {key: b"%d" % count for key, count in counts.items() if count != before[key]}
        accounts.save(tx, self.name, stored, changed)
        return decisions

    def _step(self, counts: dict[str, int], record: Record, event: list[str]) -> Decision:
        """`bug` always fails; `early` fails as the first of its account."""
        _, event_id, account, word = event
        if word == "bug" or (word == "early" and not counts[account]):
            return dead_letter(self.name, record, "step-failed", "KeyError")
        counts[account] += 1
        said = b"%s %s %d" % (self.wording, account.encode(), counts[account])
        return Decision((Output("claims", account.encode(), said, source_of(record)),), "done", account, event_id)


def source_of(record: Record) -> tuple[tuple[str, bytes], ...]:
    return (("source", b"%d@%d" % (record.partition, record.offset)),)


@dataclass
class Process:
    """One life of a worker: from Kafka's committed offsets until it dies."""

    broker: Broker
    ledger: Ledger
    stage: Counting
    sizes: Sequence[int] = ()
    breaker: Breaker = field(default_factory=lambda: Breaker(share=1.0, run=1_000_000))
    dies_at: str | None = None
    refused: bool = False
    topic_ids: Mapping[str, str] = field(default_factory=lambda: {TOPIC: TOPIC_ID})

    def __post_init__(self) -> None:
        self.source = FakeSource(self.broker, self.sizes)
        kafka = FakeTransactions(self.broker, self._point, lambda: self.refused)
        memory = BatchLedger(self.stage.name)
        parts = (cast(Source, self.source), cast(Transactions, kafka), self.ledger, memory, self.topic_ids)
        self.runner = Runner(self.stage, *parts, breaker=self.breaker, point=self._point)

    def _point(self, name: str) -> None:
        if name == self.dies_at:
            raise Crashed(name)

    def drain(self) -> int:
        """Turns until nothing is ahead; the number of records said."""
        return sum(iter(self.runner.turn, 0))


def opened(ledger: Ledger, stage: str, broker: Broker) -> None:
    """What provisioning does: the ledger's first positions."""
    first = {(TOPIC_ID, partition): offset for (_, partition), offset in broker.offsets.items()}
    ledger.run(lambda tx: BatchLedger(stage).open(tx, first))


def coordinates(ledger: Ledger, stage: str) -> set[Coordinates]:
    """Where the ledger has decisions."""
    with ledger.reading() as tx:
        found: set[Coordinates] = set()
        for (topic, partition), end in BatchLedger(stage).positions(tx).items():
            decided = BatchLedger(stage).decided(tx, (topic, partition), 0, end)
            found |= {Coordinates(topic, partition, offset) for offset in decided}
        return found
