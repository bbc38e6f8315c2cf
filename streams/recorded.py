"""Records that lie in a topic, read once between two times: for comparisons. No group notices, nothing is committed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import uuid4

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from schemas.records import Record
from streams.messages import record_of

_WAIT_S: Final = 10.0
_AT_ONCE: Final = 500


def recorded(config: Mapping[str, Any], topic: str, from_ms: int, to_ms: int) -> Iterator[Record]:
    """The committed records of a topic with from_ms <= timestamp < to_ms, partition by partition, in their order.

    Up to where the topic ends when it is asked. A KafkaException where a broker or the topic can't be read.
    """
    consumer = Consumer({**config, "group.id": f"comparison-{uuid4()}", "enable.partition.eof": True})
    try:
        for partition in _partitions(consumer, topic):
            yield from _between(consumer, topic, partition, from_ms, to_ms)
    finally:
        consumer.close()


def _partitions(consumer: Consumer, topic: str) -> list[int]:
    found = consumer.list_topics(topic, timeout=_WAIT_S).topics[topic]
    if found.error is not None:
        raise KafkaException(found.error)
    return sorted(found.partitions)


def _between(consumer: Consumer, topic: str, partition: int, from_ms: int, to_ms: int) -> Iterator[Record]:
    (start,) = consumer.offsets_for_times([TopicPartition(topic, partition, from_ms)], timeout=_WAIT_S)
    _, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=_WAIT_S)
    if start.offset < 0 or start.offset >= end:  # nothing is as young as that
        return
    consumer.assign([start])
    while True:
        for message in consumer.consume(_AT_ONCE, _WAIT_S):
            error = message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                return
            if error is not None:
                raise KafkaException(error)
            record = record_of(message)
            if from_ms <= record.timestamp_ms < to_ms:
                yield record
            if record.offset + 1 >= end:
                return
