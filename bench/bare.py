"""A bare confluent-kafka loop: `python -m bench.bare STAGE...` does a stage's work with neither streams/ nor agents/.

One loop a stage, a thread each: consume, decide in the ledger, say in one Kafka transaction. The same pure functions,
codec, ledger and transactions as the worker's, the same batches; no Faust, no retries, no dead letters, no metrics.
"""

import gc
import hashlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from sqlalchemy.engine import Connection

from bench.bare_steps import Bare
from bench.bare_tables import pseudonym, reference
from ledger.batches import BatchLedger
from ledger.store import Ledger
from schemas.codec import Codec
from schemas.compiled import CompiledCodec
from schemas.records import Decision, Output, Record, Ruling
from schemas.registry import committed

PREFIX = "bare."  # its topics are its own, so that both contenders can stand ready and take turns
READS = {
    "intake": ("chart-completed.",),
    "validation": ("chart-completed", "coder-answers", "deadline-due"),
    "claiming": ("chart-coded", "claim-adjudicated", "claim-acknowledged", "deadline-due"),
    "delivery": ("claim-built", "patient-bill", "chart-returned", "refused"),
}

_stop = threading.Event()


class Loop:
    """One stage's consumer, producer and ledger."""

    def __init__(self, stage: str, bare: Bare, ledger: Ledger) -> None:
        brokers: dict[str, Any] = {"bootstrap.servers": os.environ["CLAIMSTREAM_BROKERS"], "log_level": 3}
        self.stage, self.ledger, self.memory = stage, ledger, BatchLedger(stage)
        self.most = int(os.environ["CLAIMSTREAM_BATCH_RECORDS"])
        self.linger_s = int(os.environ["CLAIMSTREAM_BATCH_LINGER_MS"]) / 1000
        self.read: Callable[[Record], tuple[Any, str, str]] = getattr(
            bare, f"read_{stage}" if stage in {"intake", "delivery"} else "read_event"
        )
        self.decide: Callable[[Connection, Sequence[tuple[Record, Any]]], list[Decision]] = getattr(bare, stage)
        self.consumer = Consumer(
            {
                **brokers,
                "group.id": PREFIX + stage,
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",
                "partition.assignment.strategy": "range",
                "session.timeout.ms": 6_000,
                "queued.max.messages.kbytes": 8_192,
                "fetch.queue.backoff.ms": 20,
            }
        )
        self.producer = Producer(
            {
                **brokers,
                "transactional.id": f"bare-{stage}",
                "transaction.timeout.ms": 10_000,
                "linger.ms": 5,
                "batch.size": 200_000,
                "message.max.bytes": 4_000_000,
            }
        )
        admin = AdminClient(brokers)
        topics = [name for name in admin.list_topics(timeout=20).topics if name.startswith(PREFIX)]
        self.topics = [name for name in topics if _is_read(stage, name.removeprefix(PREFIX))]
        described = admin.describe_topics(TopicCollection(self.topics))
        self.ids = {name.removeprefix(PREFIX): str(future.result().topic_id) for name, future in described.items()}
        self.pruned: dict[tuple[str, int], int] = {}

    def forever(self) -> None:
        self.producer.init_transactions(30)
        self.consumer.subscribe(self.topics)
        while not _stop.is_set():
            metadata = self.consumer.consumer_group_metadata()
            messages = self.consumer.consume(1, 0.01)
            until = time.monotonic() + self.linger_s
            while messages and len(messages) < self.most:
                left = max(0.0, until - time.monotonic())
                more = self.consumer.consume(min(100, self.most - len(messages)), left)
                if not more and time.monotonic() >= until:
                    break
                messages += more
            if messages:
                self.turn([_record(message) for message in messages], metadata)
                gc.collect(1)
        self.consumer.close()

    def turn(self, records: Sequence[Record], metadata: Any) -> None:
        ends = {(r.topic, r.partition): r.offset + 1 for r in records}
        outputs = self.ledger.run(lambda tx: self.decided(tx, records, ends))
        self.producer.begin_transaction()
        for n, output in enumerate(outputs):
            when: dict[str, Any] = {} if output.timestamp_ms is None else {"timestamp": output.timestamp_ms}
            self.producer.produce(PREFIX + output.topic, output.value, output.key, headers=list(output.headers), **when)
            if n % 200 == 0:
                self.producer.poll(0)
        offsets = [TopicPartition(PREFIX + topic, part, end) for (topic, part), end in ends.items()]
        self.producer.send_offsets_to_transaction(offsets, metadata, 20)
        self.producer.commit_transaction(20)
        self.pruned = {(self.ids[topic], part): end for (topic, part), end in ends.items()}

    def decided(self, tx: Connection, records: Sequence[Record], ends: Mapping[tuple[str, int], int]) -> list[Output]:
        standing = self.memory.positions(tx)
        assert all(r.offset >= standing[self.ids[r.topic], r.partition] for r in records)
        read = [(record, *self.read(record), hashlib.sha256(record.value or b"").digest()) for record in records]
        assert not self.memory.seen(tx, [(producer, event_id) for _, _, producer, event_id, _ in read])
        decisions = self.decide(tx, [(record, event) for record, event, _, _, _ in read])
        named = {(self.ids[topic], part): end for (topic, part), end in ends.items()}
        self.memory.advance(tx, {partition: (standing[partition], end) for partition, end in named.items()})
        rulings = [
            Ruling(self.ids[r.topic], r.partition, r.offset, digest, producer, event_id, r.timestamp_ms, decision)
            for (r, _, producer, event_id, digest), decision in zip(read, decisions, strict=True)
        ]
        self.memory.remember(tx, rulings)
        self.memory.prune(tx, self.pruned)
        self.memory.send(tx)
        return [output for decision in decisions for output in decision.outputs]


def _is_read(stage: str, topic: str) -> bool:
    return any(topic == read or (read.endswith(".") and topic.startswith(read)) for read in READS[stage])


def _record(m: Any) -> Record:
    if m.error():
        raise RuntimeError(m.error().name())
    headers = tuple((name, value or b"") for name, value in m.headers() or ())
    return Record(
        m.topic().removeprefix(PREFIX), m.partition(), m.offset(), m.key(), m.value(), headers, m.timestamp()[1]
    )


def _guarded(loop: Loop) -> None:
    """A bare loop that fails ends the process: then there is nothing to compare."""
    try:
        loop.forever()
    except BaseException:  # noqa: BLE001 the boundary of a thread
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def main(*stages: str) -> None:
    ids, environment = committed(), os.environ
    received = datetime.fromisoformat(environment["CLAIMSTREAM_CLOCK"])
    secrets = pseudonym(Path(environment["CLAIMSTREAM_KEY_FILE"]))
    bare = Bare(reference(), secrets, received, CompiledCodec(ids), Codec(ids))
    ledger = Ledger(environment["CLAIMSTREAM_LEDGER"])
    gc.collect()
    gc.freeze()
    gc.disable()  # and swept after each batch, as the worker does
    signal.signal(signal.SIGTERM, lambda *_: _stop.set())
    threads = [threading.Thread(target=_guarded, args=(Loop(stage, bare, ledger),)) for stage in stages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
