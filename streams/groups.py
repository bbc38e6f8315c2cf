"""What a group has committed, and its first offsets: asked by a consumer that never joins, so nobody is disturbed.

Not by AdminClient.list_consumer_group_offsets: in an administrator's client librdkafka (2.16) follows a null pointer
when a coordinator isn't ready or has just moved (its issue 5040, open), and the process dies: seen on a new cluster.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.provisioning import Partition, ProvisioningRefused

_WAIT_S = 30.0
_PASSING = {
    KafkaError._WAIT_COORD,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
    KafkaError.UNSTABLE_OFFSET_COMMIT,
}


def committed_offsets(
    config: Mapping[str, Any], partitions: Iterable[Partition], *, stable: bool = True, wait_s: float = _WAIT_S
) -> Mapping[Partition, int | None]:
    """What the group of this consumer configuration has committed; None where it has nothing.

    `stable` waits for the offsets of an open transaction; without it, what stood before the transaction is told.
    """
    asked = [TopicPartition(*partition) for partition in partitions]
    if not asked:
        return {}
    level = "read_committed" if stable else "read_uncommitted"
    with _outsider({**config, "isolation.level": level}) as consumer:
        found = _patiently(lambda: consumer.committed(asked, wait_s), str(config["group.id"]), wait_s)
    return {(tp.topic, tp.partition): tp.offset if tp.offset >= 0 else None for tp in found}


def set_first_offsets(config: Mapping[str, Any], firsts: Mapping[Partition, int]) -> Mapping[Partition, int]:
    """Commits these offsets where the group has none, never over what it has; returns what was set.

    A group at work refuses them: where partitions are added its workers are stopped first.
    """
    standing = committed_offsets(config, firsts)
    missing = {partition: offset for partition, offset in firsts.items() if standing[partition] is None}
    if missing:
        offsets = [TopicPartition(topic, number, offset) for (topic, number), offset in missing.items()]
        with _outsider(config) as consumer:
            _patiently(partial(_commit, consumer, offsets), str(config["group.id"]), _WAIT_S)
    return missing


def _commit(consumer: Consumer, offsets: list[TopicPartition]) -> list[TopicPartition]:
    done: list[TopicPartition] | None = consumer.commit(offsets=offsets, asynchronous=False)
    return done or []


@contextmanager
def _outsider(config: Mapping[str, Any]) -> Iterator[Consumer]:
    consumer = Consumer(dict(config))
    try:
        yield consumer
    finally:
        consumer.close()


def _patiently(ask: Callable[[], list[TopicPartition]], group: str, wait_s: float) -> list[TopicPartition]:
    """The answer, asked for again while what stands in its way is passing."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            found = ask()
            error = next((tp.error for tp in found if tp.error), None)
        except KafkaException as refused:
            error = refused.args[0]
        if error is None:
            return found
        if error.code() not in _PASSING or time.monotonic() > deadline:
            raise ProvisioningRefused(f"offsets of group {group}: {error.name()}, {_why(error)}")
        time.sleep(0.1)


def _why(error: KafkaError) -> str:
    if error.code() in {KafkaError.UNKNOWN_MEMBER_ID, KafkaError.NON_EMPTY_GROUP}:
        return "it has members: stop its workers first"
    return error.str()
