"""One batch, effectively once: decide in the ledger, then say it in Kafka (docs/design.md, promise 1).

The runner knows neither the domain nor SQL: a stage judges records, a ledger remembers decisions, and both are named
here by what they can do.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter
from typing import Any, NamedTuple, Protocol, TypeVar

from schemas.records import Decided, Decision, Output, Record, Ruling
from streams.breaker import Breaker
from streams.deadletters import is_dead_letter
from streams.gate import Gate
from streams.source import Batch, Partition, Source, Stopped
from streams.transaction import Transactions

LEDGER_BEHIND = 4
KAFKA_BEHIND = 5
OTHER_PAYLOAD = 13

Tx = Any
R = TypeVar("R")


class Read(NamedTuple):
    """A record as its stage reads it: an event with its identity, or a decision that refuses it."""

    event: Any
    producer: str | None = None
    event_id: str | None = None
    refused: Decision | None = None


class News(NamedTuple):
    """A record that was never decided, as it was read."""

    record: Record
    read: Read
    hash: bytes

    @property
    def identity(self) -> tuple[str, str]:
        assert self.read.producer is not None
        assert self.read.event_id is not None
        return self.read.producer, self.read.event_id


class Timing(NamedTuple):
    """Seconds a batch took in the ledger (the steps included) and in Kafka."""

    ledger_s: float
    kafka_s: float


class Stage(Protocol):
    """One stage's judgement, pure of Kafka: reads records, decides events, in order, in the ledger's transaction."""

    @property
    def name(self) -> str: ...
    def read(self, record: Record) -> Read: ...
    def refuse(self, record: Record, code: str) -> Decision: ...
    def decide(self, tx: Tx, accepted: Sequence[tuple[Record, Any]]) -> Sequence[Decision]: ...


class Remembered(Protocol):
    """What the ledger knows of a stage's batches."""

    def positions(self, tx: Tx) -> Mapping[Partition, int]: ...
    def decided(self, tx: Tx, partition: Partition, first: int, end: int) -> Mapping[int, Decided]: ...
    def seen(self, tx: Tx, ids: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], bytes]: ...
    def advance(self, tx: Tx, moves: Mapping[Partition, tuple[int, int]]) -> None: ...
    def remember(self, tx: Tx, rulings: Sequence[Ruling]) -> None: ...
    def prune(self, tx: Tx, committed: Mapping[Partition, int]) -> None: ...
    def send(self, tx: Tx) -> None: ...


class Ledgers(Protocol):
    """A transaction on request, tried again while the database is busy."""

    def run(self, work: Callable[[Any], R]) -> R: ...


class Pruned(Exception):
    """A record below the ledger's position whose outputs are gone: said long ago, or Kafka's offsets were set back."""

    def __init__(self, partition: Partition, offset: int) -> None:
        super().__init__(f"{partition[0]}[{partition[1]}]@{offset}")
        self.partition, self.offset = partition, offset


class RepeatOfFailed(Exception):
    """An event failed, so it doesn't occupy its id, and its id comes again in this portion: decide in smaller ones."""


@dataclass
class Runner:
    """Runs a stage's batches, one after the other. `topic_ids` names topics as the broker does."""

    stage: Stage
    source: Source
    kafka: Transactions
    ledger: Ledgers
    memory: Remembered
    topic_ids: Mapping[str, str]
    breaker: Breaker = field(default_factory=Breaker)
    gate: Gate | None = None  # where partners' topics are read
    point: Callable[[str], None] = lambda _: None
    on_batch: Callable[[Batch, Sequence[Ruling], Timing], None] = lambda _b, _r, _t: None
    _published: dict[Partition, int] = field(default_factory=dict)

    def turn(self) -> int:
        """One batch from beginning to end; the number of records taken and said, 0 when there were none."""
        batch = self.take()
        return 0 if batch is None else self.run(batch)

    def take(self) -> Batch | None:
        if self.gate is not None:
            self.source.hold(self.gate.shut())
        batch = self.source.take()
        if batch is not None:
            self.point("consumed")
        return batch

    def run(self, batch: Batch) -> int:
        """Decides the batch and says it; 0 when it was discarded or aborted, and then it comes again."""
        begun = perf_counter()
        try:
            outputs, rulings = self._decided(batch)
        except Pruned as pruned:
            return self._discard(pruned)
        self.breaker.accept([ruling.decision.failed for ruling in rulings])
        self.point("decided")
        decided = perf_counter()
        if not self.kafka.say(outputs, batch):
            self.source.rewind()
            return 0
        self.source.advance(batch)
        self._published = {self._named(partition): end for partition, (_, end) in batch.spans.items()}
        if self.gate is not None:
            self.gate.saw(self._seen(rulings))
        self.on_batch(batch, rulings, Timing(decided - begun, perf_counter() - decided))
        return len(batch.records)

    def _decided(self, batch: Batch) -> tuple[list[Output], Sequence[Ruling]]:
        """All new records at once; where that would tell from deciding one by one, in portions."""
        try:
            return self.ledger.run(lambda tx: self._decide(tx, batch, _whole))
        except RepeatOfFailed:
            return self.ledger.run(lambda tx: self._decide(tx, batch, _without_repeats))

    def _decide(
        self, tx: Tx, batch: Batch, cut: Callable[[Sequence[News]], Iterable[Sequence[News]]]
    ) -> tuple[list[Output], Sequence[Ruling]]:
        """Stored bytes for what was decided before, new decisions for the rest; all remembered in this transaction."""
        standing = self.memory.positions(tx)
        said = self._said_before(tx, batch, standing)
        fresh = [r for r in batch.records if r.offset >= standing[self._named((r.topic, r.partition))]]
        rulings = self._judge(tx, fresh, cut)
        for ruling, record in zip(rulings, fresh, strict=True):
            said[record.coordinates] = ruling.decision.outputs
        moves = {
            named: (standing[named], end)
            for partition, (_, end) in batch.spans.items()
            if end > standing[named := self._named(partition)]
        }
        self.memory.advance(tx, moves)
        self.memory.remember(tx, rulings)
        self.memory.prune(tx, self._published)
        self.memory.send(tx)
        self.point("inside-ledger")
        return [output for record in batch.records for output in said[record.coordinates]], rulings

    def _said_before(self, tx: Tx, batch: Batch, standing: Mapping[Partition, int]) -> dict[Any, tuple[Output, ...]]:
        """Outputs of the records below the ledger's position, as their stored bytes, whatever the code says today."""
        old: dict[Partition, Mapping[int, Decided]] = {}
        for partition, (start, end) in batch.spans.items():
            following = standing.get(self._named(partition))
            if following is None or following < start:
                raise Stopped(LEDGER_BEHIND, _behind(partition, following, start))
            if following > start:
                old[partition] = self.memory.decided(tx, self._named(partition), start, min(following, end))
        said: dict[Any, tuple[Output, ...]] = {}
        for record in batch.records:
            partition = (record.topic, record.partition)
            if record.offset < standing[self._named(partition)]:
                said[record.coordinates] = _stored(record, old.get(partition, {}).get(record.offset))
        return said

    def _judge(
        self, tx: Tx, fresh: Sequence[Record], cut: Callable[[Sequence[News]], Iterable[Sequence[News]]]
    ) -> list[Ruling]:
        """New records in order: refused, repeated, or decided by the stage."""
        news = [News(record, self.stage.read(record), _hash(record)) for record in fresh]
        seen = dict(self.memory.seen(tx, [one.identity for one in news if one.read.refused is None]))
        rulings = [ruling for portion in cut(news) for ruling in self._judge_portion(tx, portion, seen)]
        self.breaker.judge([ruling.decision.failed for ruling in rulings], lambda: _failures(rulings))
        if self.gate is not None:
            self.gate.judge(self._seen(rulings))
        return rulings

    def _judge_portion(self, tx: Tx, portion: Sequence[News], seen: dict[tuple[str, str], bytes]) -> Iterator[Ruling]:
        """`seen` grows by the ids that this portion occupies."""
        decisions: dict[int, Decision] = {}
        accepted: dict[int, tuple[str, str]] = {}
        repeated: set[tuple[str, str]] = set()
        for n, one in enumerate(portion):
            if one.read.refused is not None:
                decisions[n] = one.read.refused
            elif one.identity not in seen:
                seen[one.identity] = one.hash
                accepted[n] = one.identity
            else:
                repeated.add(one.identity)
                same = seen[one.identity] == one.hash
                decisions[n] = Decision((), "duplicate") if same else self.stage.refuse(one.record, "conflict")
        decided = self.stage.decide(tx, [(portion[n].record, portion[n].read.event) for n in accepted])
        decisions.update(zip(accepted, decided, strict=True))
        for failed in [identity for n, identity in accepted.items() if decisions[n].failed]:
            del seen[failed]
            if failed in repeated:
                raise RepeatOfFailed
        return (self._ruling(one, accepted.get(n), decisions[n]) for n, one in enumerate(portion))

    def _ruling(self, news: News, owner: tuple[str, str] | None, decision: Decision) -> Ruling:
        producer, event_id = owner if owner and not decision.failed else (None, None)
        at = (self.topic_ids[news.record.topic], news.record.partition, news.record.offset)
        return Ruling(*at, news.hash, producer, event_id, news.record.timestamp_ms, decision)

    def _seen(self, rulings: Iterable[Ruling]) -> Iterator[tuple[str, bool]]:
        return ((self._names[ruling.topic], is_dead_letter(ruling.decision)) for ruling in rulings)

    def _discard(self, pruned: Pruned) -> int:
        """A stale batch (a process that was stopped for long) is dropped; offsets that were set back stop the stage."""
        if self.source.committed(pruned.partition) <= pruned.offset:
            raise Stopped(
                KAFKA_BEHIND, f"Kafka is behind what the ledger has pruned: {pruned}; run `claimstream reconcile`"
            )
        self.source.rewind()
        return 0

    @cached_property
    def _names(self) -> dict[str, str]:
        return {topic_id: name for name, topic_id in self.topic_ids.items()}

    def _named(self, partition: Partition) -> Partition:
        return self.topic_ids[partition[0]], partition[1]


def _stored(record: Record, decided: Decided | None) -> tuple[Output, ...]:
    if decided is None or decided.outputs is None:
        raise Pruned((record.topic, record.partition), record.offset)
    if decided.hash != _hash(record):
        where = f"{record.topic}[{record.partition}]@{record.offset}"
        raise Stopped(OTHER_PAYLOAD, f"{where} isn't the record that was decided: the topic was made anew or altered")
    return decided.outputs


def _failures(rulings: Iterable[Ruling]) -> str:
    """Which failures, how often, the commonest first: codes and kinds of exceptions, never words of theirs."""
    failed = (ruling.decision for ruling in rulings if ruling.decision.failed)
    kinds = Counter(f"{decision.outcome} {_exception(decision)}".strip() for decision in failed)
    return ", ".join(f"{n} x {kind}" for kind, n in kinds.most_common(5))


def _exception(decision: Decision) -> str:
    return next((value.decode() for o in decision.outputs for name, value in o.headers if name == "exception"), "")


def _whole(news: Sequence[News]) -> Iterator[Sequence[News]]:
    yield news


def _without_repeats(news: Sequence[News]) -> Iterator[Sequence[News]]:
    """Cut before each id that the portion already has."""
    portion: list[News] = []
    ids: set[tuple[str, str]] = set()
    for one in news:
        identity = None if one.read.refused is not None else one.identity
        if identity in ids:
            yield portion
            portion, ids = [], set()
        portion.append(one)
        if identity is not None:
            ids.add(identity)
    yield portion


def _hash(record: Record) -> bytes:
    return hashlib.sha256(record.value or b"").digest()


def _behind(partition: Partition, following: int | None, start: int) -> str:
    where = f"{partition[0]}[{partition[1]}]"
    if following is None:
        return f"the ledger has no position for {where}: run `claimstream topics apply`"
    stand = f"the ledger stands at {following} in {where} and Kafka at {start}"
    return f"{stand}: an older ledger was restored; run `claimstream reconcile`"
