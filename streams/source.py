"""A stage's input: batches of records, each with the group metadata that fences it.

The metadata is captured before the batch's first consume and nobody polls the consumer again until the batch has ended.
Read at commit time after another poll, it let a process that had been stopped past its session write its batch twice
(50 in, 100 out).
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from schemas.records import Headers, Record

Partition = tuple[str, int]
R = TypeVar("R")

# A call that asks for one record returns as soon as it is there, so waiting longer costs no latency and spares an idle
# worker a tenth of a core (six stages: 32% of a core at 10 ms, 19% at 100 ms).
_FIRST_WAIT_S = 0.1
_DRAIN = 100  # records a call, so that the batch's bytes are bounded to one such portion past the limit
_COMMITTED_WAIT_S = 20.0  # longer than a dead worker's open transaction holds offsets back
_PATIENCE_S = 30.0  # all waits of a batch together stay below max.poll.interval.ms
_PAUSE_S = 0.1

_PASSING = frozenset(
    {
        KafkaError._TIMED_OUT,
        KafkaError._TRANSPORT,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._WAIT_COORD,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.UNSTABLE_OFFSET_COMMIT,
    }
)
"""Trouble that passes: a broker that starts, a coordinator that moves, a transaction that still ends."""

_UNSETTLED = frozenset({*_PASSING, KafkaError._STATE, KafkaError._PREV_IN_PROGRESS})
"""A partition that was assigned a moment ago can't be sought yet."""


class Stopped(Exception):
    """This process must not go on: the words say why, and `exit_code` tells a supervisor."""

    def __init__(self, exit_code: int, why: str) -> None:
        super().__init__(why)
        self.exit_code = exit_code


KAFKA_FATAL = 3
NO_OFFSETS = 11


@dataclass(frozen=True)
class Batch:
    """Records taken together. `spans`: per partition where the consumer stood, and the offset after the last record."""

    records: Sequence[Record]
    spans: Mapping[Partition, tuple[int, int]]
    metadata: bytes


class Source:
    """The consumer of one stage in one process."""

    def __init__(
        self,
        config: Mapping[str, Any],
        topics: Sequence[str],
        max_records: int = 500,
        max_bytes: int = 8_000_000,
        *,
        linger_s: float = 0.0,
        on_assigned: Callable[[Mapping[Partition, int]], None] = lambda _: None,
        markers_after_s: float = 5.0,
    ) -> None:
        self._topics = list(topics)
        self._max_records, self._max_bytes, self._linger_s = max_records, max_bytes, linger_s
        self._on_assigned = on_assigned
        self._standing: dict[Partition, int] = {}
        self._ends: dict[Partition, int] = {}
        self._held: frozenset[Partition] = frozenset()
        self._markers_after_s, self._last_took = markers_after_s, time.monotonic()
        self._rebalances = 0
        self._closing = False
        self._no_generation = _no_generation(config)
        self._consumer = Consumer({**config, "enable.partition.eof": True})

    def subscribe(self) -> None:
        self._consumer.subscribe(self._topics, on_assign=self._assign, on_revoke=self._revoke, on_lost=self._revoke)

    @property
    def assigned(self) -> Mapping[Partition, int]:
        """Our partitions, each with the next offset to take."""
        return dict(self._standing)

    def take(self) -> Batch | None:
        """One batch, or none when there is nothing yet: waits for one record, then takes what is there.

        With a linger it goes on taking for so long after the first record: larger batches, each record's share of the
        ledger's transaction smaller, and all of them older.

        What was taken across a rebalance is dropped, even where the same partitions came back: metadata and records may
        be of different generations.
        """
        metadata: bytes = self._consumer.consumer_group_metadata()
        rebalances = self._rebalances
        messages = self._consumer.consume(1, _FIRST_WAIT_S)
        until = time.monotonic() + (self._linger_s if messages and not messages[0].error() else 0.0)
        size = sum(len(m) for m in messages)
        # The end of a partition is told like a record and is none: it takes no record's place in the batch.
        while messages and (room := self._max_records - _count(messages)) > 0 and size < self._max_bytes:
            left = max(0.0, until - time.monotonic())
            more = self._consumer.consume(min(_DRAIN, room), left)
            if not more and time.monotonic() >= until:
                break
            messages += more
            size += sum(len(m) for m in more)
        records = [_record(m) for m in messages if not _error_of(m)]
        fenced = not metadata.startswith(self._no_generation) and rebalances == self._rebalances
        if fenced:
            self._ends.update(_ends_in(messages))
        if not records:
            return self._past_markers(metadata) if fenced else None
        self._last_took = time.monotonic()
        if not fenced:
            self.rewind()
            return None
        return Batch(records, self._spans(records), metadata)

    def hold(self, topics: Collection[str]) -> None:
        """These topics wait until they are no longer among those told to; whatever else is assigned goes on."""
        held = frozenset(partition for partition in self._standing if partition[0] in topics)
        if held == self._held:
            return
        if held - self._held:
            self._consumer.pause([TopicPartition(*partition) for partition in held - self._held])
        for partition in self._held - held:
            self._consumer.resume([TopicPartition(*partition)])
            # From where we stand, whatever the client remembers of what it gave us: a batch may have been taken back.
            self._seek(TopicPartition(*partition, self._standing[partition]))
        self._held = held

    def advance(self, batch: Batch) -> None:
        """The batch is in Kafka: its partitions stand after it."""
        for partition, (_, end) in batch.spans.items():
            if partition in self._standing:
                self._standing[partition] = end

    def rewind(self) -> None:
        """Back to what Kafka has committed, for what we still own."""
        self._ends.clear()  # what lies between there and an end will be read again
        for tp in self._committed(self._standing):
            self._standing[tp.topic, tp.partition] = tp.offset
            self._seek(tp)

    def committed(self, partition: Partition) -> int:
        """What Kafka has committed for one partition now."""
        return int(self._committed([partition])[0].offset)

    def close(self) -> None:
        """Leaves the group. Whoever leaves while he joins may still be given partitions: he takes none."""
        self._closing = True
        self._consumer.close()

    def _seek(self, to: TopicPartition) -> None:
        _patiently(lambda: self._consumer.seek(to), _UNSETTLED)

    def _past_markers(self, metadata: bytes) -> Batch | None:
        """A batch of no records, that moves an idle partition past the transaction markers at its end.

        A marker takes an offset and is no record. A group that stands before the last one seems to be behind for ever;
        and once retention has emptied the topic, its offset is out of range and the stage could not start again.
        """
        if time.monotonic() - self._last_took < self._markers_after_s:
            return None
        self._last_took = time.monotonic()
        standing = self._standing
        spans = {p: (standing[p], end) for p, end in self._ends.items() if p in standing and end > standing[p]}
        self._ends.clear()
        return Batch((), spans, metadata) if spans else None

    def _spans(self, records: Sequence[Record]) -> dict[Partition, tuple[int, int]]:
        spans: dict[Partition, tuple[int, int]] = {}
        for record in records:
            partition = (record.topic, record.partition)
            start = spans[partition][0] if partition in spans else self._standing[partition]
            spans[partition] = (start, record.offset + 1)
        return spans

    def _committed(self, partitions: Sequence[Partition] | Mapping[Partition, int]) -> list[TopicPartition]:
        asked = [TopicPartition(topic, number) for topic, number in partitions]
        if not asked:
            return []
        found = _patiently(lambda: self._ask_committed(asked), _PASSING)
        missing = next((tp for tp in found if tp.offset < 0), None)
        if missing is not None:
            raise Stopped(
                NO_OFFSETS,
                f"no committed offset for {missing.topic}[{missing.partition}]: run `claimstream topics apply`",
            )
        return found

    def _ask_committed(self, asked: list[TopicPartition]) -> list[TopicPartition]:
        found: list[TopicPartition] = self._consumer.committed(asked, _COMMITTED_WAIT_S)
        error = next((tp.error for tp in found if tp.error), None)
        if error is not None:
            raise KafkaException(error)
        return found

    def _assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._rebalances += 1
        if self._closing:
            return
        found = self._committed([(tp.topic, tp.partition) for tp in partitions])
        self._standing = {(tp.topic, tp.partition): tp.offset for tp in found}
        self._held = frozenset()
        self._ends.clear()
        self._on_assigned(self.assigned)
        consumer.assign(found)

    def _revoke(self, consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        self._rebalances += 1
        self._standing, self._held = {}, frozenset()
        consumer.unassign()


def _no_generation(config: Mapping[str, Any]) -> bytes:
    """How the metadata of a consumer begins that is in no generation, -1: Kafka lets it pass unfenced, so we refuse it.

    Format and generation stand before the group's name; a member's id behind it may be left from an earlier generation.
    """
    never_joined = Consumer(dict(config))
    blank: bytes = never_joined.consumer_group_metadata()
    never_joined.close()
    return blank[: blank.rindex(config["group.id"].encode() + b"\0")]


def _patiently(ask: Callable[[], R], passing: Collection[int]) -> R:
    """Kafka's answer, asked for again while the trouble is one that passes; then the process ends."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return ask()
        except KafkaException as trouble:
            error = trouble.args[0]
            if error.code() not in passing or time.monotonic() > until:
                raise Stopped(KAFKA_FATAL, f"Kafka doesn't answer this consumer: {error.name()}") from trouble
            time.sleep(_PAUSE_S)


def _ends_in(messages: Sequence[Any]) -> dict[Partition, int]:
    """Partitions of which a read_committed reader saw the end, and where: nothing before it is left to be read."""
    ends = (m for m in messages if m.error() is not None and m.error().code() == KafkaError._PARTITION_EOF)
    return {(str(m.topic()), int(m.partition())): int(m.offset()) for m in ends}


def _count(messages: Sequence[Any]) -> int:
    return sum(m.error() is None for m in messages)


def _record(m: Any) -> Record:
    return Record(m.topic(), m.partition(), m.offset(), m.key(), m.value(), headers_of(m), m.timestamp()[1])


def headers_of(m: Any) -> Headers:
    """A record's headers; none where a name is no UTF-8, which confluent-kafka can't say. Intake asks for none.

    Asked for once a message: its second answer would crash the interpreter (confluent-kafka 2.14).
    """
    try:
        return tuple((str(name), value or b"") for name, value in m.headers() or ())
    except (SystemError, UnicodeDecodeError):
        return ()


def _error_of(m: Any) -> bool:
    """True for what is no record. What no waiting mends ends the process, the rest librdkafka mends itself."""
    error = m.error()
    if error is None:
        return False
    if error.name() == "_AUTO_OFFSET_RESET":
        raise Stopped(NO_OFFSETS, f"offsets of {m.topic()}[{m.partition()}] are gone: run `claimstream reconcile`")
    if error.fatal() or error.code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
        raise Stopped(KAFKA_FATAL, f"Kafka ended this consumer: {error.name()}")
    return True
