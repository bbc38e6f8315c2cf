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

from schemas.records import Record
from streams.messages import arrived_of, count_of, ends_in, no_generation, record_of
from streams.troubles import LASTING, REFUSED_CREDENTIALS, Troubles

Partition = tuple[str, int]
R = TypeVar("R")

# A call that asks for one record returns as soon as it is there, so waiting longer costs no latency and spares an idle
# worker a tenth of a core (six stages: 32% of a core at 10 ms, 19% at 100 ms).
_FIRST_WAIT_S = 0.1
_DRAIN = 100  # records a call, so that the batch's bytes are bounded to one such portion past the limit
_COMMITTED_WAIT_S = 20.0  # longer than a dead worker's open transaction holds offsets back
_PATIENCE_S = 30.0  # all waits of a batch together stay below max.poll.interval.ms
_PAUSE_S, _KNOWN_WAIT_S = 0.1, 10.0

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

_FORBIDDEN = frozenset({KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED})
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
        markers_after_s: float = 5.0,
        troubles: Troubles | None = None,
    ) -> None:
        self._topics = list(topics)
        self._max_records, self._max_bytes, self._linger_s = max_records, max_bytes, linger_s
        self._standing: dict[Partition, int] = {}
        self._ends: dict[Partition, int] = {}
        self._held: frozenset[Partition] = frozenset()
        self._markers_after_s, self._last_took = markers_after_s, time.monotonic()
        self._rebalances = 0
        self._closing = self._joined = False
        self._troubles = troubles or Troubles()
        self._no_generation = no_generation(config)
        self._consumer = Consumer({**config, "enable.partition.eof": True, "error_cb": self._hear})

    def subscribe(self) -> None:
        self._consumer.subscribe(self._topics, on_assign=self._assign, on_revoke=self._revoke, on_lost=self._revoke)

    @property
    def assigned(self) -> Mapping[Partition, int]:
        """Our partitions, each with the next offset to take."""
        return dict(self._standing)

    @property
    def is_member(self) -> bool:
        """Whether the group has told us our partitions, none of them perhaps."""
        return self._joined

    def take(self) -> Batch | None:
        """One batch, or none when there is nothing yet: waits for one record, then takes what is there.

        With a linger it goes on taking for so long after the first record: larger batches, each record's share of the
        ledger's transaction smaller, and all of them older.

        What was taken across a rebalance is dropped, even where the same partitions came back: metadata and records may
        be of different generations.
        """
        self._look_into_trouble()
        metadata: bytes = self._consumer.consumer_group_metadata()
        rebalances = self._rebalances
        messages = self._consumer.consume(1, _FIRST_WAIT_S)
        until = time.monotonic() + (self._linger_s if messages and not messages[0].error() else 0.0)
        size = sum(len(m) for m in messages)
        # The end of a partition is told like a record and is none: it takes no record's place in the batch.
        while messages and (room := self._max_records - count_of(messages)) > 0 and size < self._max_bytes:
            left = max(0.0, until - time.monotonic())
            more = self._consumer.consume(min(_DRAIN, room), left)
            if not more and time.monotonic() >= until:
                break
            messages += more
            size += sum(len(m) for m in more)
        if self._troubles.any:
            self._troubles.end(arrived_of(messages))
        records = [record_of(m) for m in messages if not self._is_error(m)]
        fenced = not metadata.startswith(self._no_generation) and rebalances == self._rebalances
        if fenced:
            self._ends.update(ends_in(messages))
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
            # Whatever the client remembers of what it gave us: a batch may have been taken back.
            self._seek(TopicPartition(*partition, self._standing[partition]))
        self._held = held
        self._troubles.end(topics)  # who isn't asked tells nothing

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

    def _is_error(self, m: Any) -> bool:
        """True for what is no record. What no waiting mends ends the process, at once or when it has lasted."""
        error = _error_of(m)
        if error is not None and error.code() in LASTING:
            self._troubles.hear(m.topic(), error.name())
        return error is not None

    def _hear(self, error: KafkaError) -> None:
        """What is about no record: librdkafka calls this while we consume."""
        if error.code() in REFUSED_CREDENTIALS:
            self._troubles.hear(None, error.name())

    def _look_into_trouble(self) -> None:
        """Asks again, once, for what was refused: what is well again tells its end, or that it is known."""
        for where in self._troubles.doubtful():
            mine = [partition for partition in self._standing if where in (None, partition[0])]
            for partition in mine:
                self._seek(TopicPartition(*partition, self._standing[partition]))
            if where is not None and not mine and self._is_known(where):
                self._troubles.end((where,))
        lasting = self._troubles.lasting()
        if lasting is not None:
            raise Stopped(KAFKA_FATAL, lasting)

    def _is_known(self, topic: str) -> bool:
        """Whether the brokers show it to us; its partitions may be another worker's."""
        try:
            return self._consumer.list_topics(topic, timeout=_KNOWN_WAIT_S).topics[topic].error is None
        except KafkaException:
            return False

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
        consumer.assign(found)
        self._joined = True
        self._troubles.end({tp.topic for tp in found})

    def _revoke(self, consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        self._rebalances += 1
        self._standing, self._held = {}, frozenset()
        self._joined = False
        consumer.unassign()


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


def _error_of(m: Any) -> KafkaError | None:
    """Null for a record. What no waiting mends ends the process, the rest librdkafka mends itself, or it lasts."""
    error: KafkaError | None = m.error()
    if error is None:
        return None
    if error.name() == "_AUTO_OFFSET_RESET":
        raise Stopped(NO_OFFSETS, f"offsets of {m.topic()}[{m.partition()}] are gone: run `claimstream reconcile`")
    if error.fatal() or error.code() in _FORBIDDEN:
        raise Stopped(KAFKA_FATAL, f"Kafka ended this consumer: {error.name()}")
    return error
