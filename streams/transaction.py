"""Saying a batch in Kafka: its outputs and its offsets in one transaction, fenced by the captured group metadata."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from schemas.records import Output
from streams.source import KAFKA_FATAL, Batch, Stopped

_WAIT_S = 20.0
_PATIENCE_S = 30.0  # all waits of a batch together stay below max.poll.interval.ms
_GRACE_S = 10.0  # past the timeout a call was given
_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_POLL_EVERY = 200

REFUSED = 14


@dataclass
class Aborts:
    """Aborts in a row that no rebalance explains: the next try waits longer each time, and the last ends the process.

    What a broker will never take, a record that its topic refuses, would else come again for ever. A rebalance is told
    by the batch's metadata, which names the generation. With `most` as it is, half a minute goes by, and more where
    each try waits for a broker that is away.
    """

    most: int = 12
    pause: Callable[[float], None] = time.sleep
    _row: int = 0
    _metadata: bytes = b""

    def add(self, metadata: bytes, why: str) -> None:
        """One more; the first one after a rebalance, or after a success, is tried again at once."""
        self._row = self._row + 1 if metadata == self._metadata else 1
        self._metadata = metadata
        if self._row >= self.most:
            raise Stopped(REFUSED, f"Kafka refused this batch {self._row} times in a row: {why}")
        if self._row > 1:
            self.pause(min(_LONGEST_PAUSE_S, _PAUSE_S * 2 ** (self._row - 2)))

    def end(self) -> None:
        """A transaction was committed."""
        self._row = 0


class Transactions:
    """A slot's transactional producer. Its `transactional.id` is stable, so a restart aborts what was left open."""

    def __init__(
        self, config: Mapping[str, Any], point: Callable[[str], None] = lambda _: None, aborts: Aborts | None = None
    ) -> None:
        self._producer = Producer(dict(config))
        self._point = point
        self._aborts = aborts or Aborts()

    def start(self) -> None:
        """Aborts what a predecessor left open, and fences it if it lives."""
        try:
            _again(lambda: self._producer.init_transactions(_WAIT_S))
        except KafkaException as refused:
            raise Stopped(KAFKA_FATAL, f"Kafka doesn't take this producer: {refused.args[0].name()}") from refused

    def say(self, outputs: Iterable[Output], batch: Batch) -> bool:
        """True: committed. False: refused and aborted; the batch begins again.

        A rebalance aborts healthy batches; that is normal. One that is refused again and again ends the process, as
        does a fatal or unknown outcome: the next one finds in Kafka which it was.
        """
        try:
            self._producer.begin_transaction()
            self._produce(outputs)
            self._point("produced")
            offsets = [TopicPartition(topic, number, end) for (topic, number), (_, end) in batch.spans.items()]
            _again(lambda: self._send_offsets(offsets, batch.metadata))
            self._point("offsets-sent")
            _again(lambda: self._producer.commit_transaction(_WAIT_S))
        except KafkaException as refused:
            self._abort(refused)
            self._aborts.add(batch.metadata, refused.args[0].name())
            return False
        self._aborts.end()
        self._point("committed")
        return True

    def _send_offsets(self, offsets: list[TopicPartition], metadata: bytes) -> None:
        send = self._producer.send_offsets_to_transaction
        come_back(lambda: send(offsets, metadata, _WAIT_S), _WAIT_S + _GRACE_S)

    def _produce(self, outputs: Iterable[Output]) -> None:
        for n, output in enumerate(outputs):
            when: dict[str, Any] = {} if output.timestamp_ms is None else {"timestamp": output.timestamp_ms}
            while True:
                try:
                    self._producer.produce(output.topic, output.value, output.key, headers=list(output.headers), **when)
                    break
                except BufferError:
                    self._producer.poll(0.05)
            if n % _POLL_EVERY == 0:
                self._producer.poll(0)

    def _abort(self, refused: KafkaException) -> None:
        error = refused.args[0]
        # _STATE: produce() met a transaction that had failed meanwhile.
        if error.fatal() or not (error.txn_requires_abort() or error.code() == KafkaError._STATE):
            raise Stopped(KAFKA_FATAL, f"Kafka ended this producer: {error.name()}") from refused
        try:
            _again(lambda: self._producer.abort_transaction(_WAIT_S))
        except KafkaException as unknown:
            raise Stopped(KAFKA_FATAL, f"a transaction's outcome is unknown: {unknown.args[0].name()}") from unknown


def come_back(act: Callable[[], object], within_s: float) -> None:
    """A call that may never end; then the process must, for its successor to begin from the ledger.

    Where the group's coordinator dies in the middle of it, librdkafka forgets the timeout of
    `send_offsets_to_transaction` (its issues 5456 and 5511; seen with 2.16.0 after a broker's kill -9). The worker
    would hold its slot for ever and look alive.
    """
    done: Future[None] = Future()

    def call() -> None:
        try:
            act()
        except Exception as trouble:  # noqa: BLE001 it is raised where the call was asked for
            done.set_exception(trouble)
        else:
            done.set_result(None)

    threading.Thread(target=call, daemon=True, name="kafka-call").start()
    try:
        done.result(within_s)
    except TimeoutError as hung:
        raise Stopped(KAFKA_FATAL, "Kafka's client didn't come back from sending offsets") from hung


def _again(act: Callable[[], object]) -> None:
    """Repeated after an error that librdkafka calls retriable, its transactional calls go on where they were."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            act()
            return
        except KafkaException as trouble:
            if not trouble.args[0].retriable() or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S)
