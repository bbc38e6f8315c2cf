"""One contract for every broker we support: what the batch protocol stands on (docs/design.md, promise 1)."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.records import Output
from streams.brokers import Broker
from streams.groups import committed_offsets, set_first_offsets
from streams.provisioning import (
    apply,
    end_offsets,
    first_offsets,
    plan,
    topic_ids,
)
from streams.settings import Settings
from streams.source import Batch, Stopped
from streams.topics import TopicSpec
from streams.transaction import Aborts, Transactions

WAIT_S = 30.0
Group = dict[str, Any]


def settings(broker: Broker) -> Settings:
    return Settings(brokers=broker.bootstrap)


@pytest.fixture
def topic(admin: AdminClient, unique: str) -> str:
    """A topic of two partitions for one test."""
    apply(admin, plan(admin, [TopicSpec(unique, 2, 1, {"max.message.bytes": "300000"})]))
    return unique


def produce(broker: Broker, topic: str, values: Sequence[bytes], **more: Any) -> list[KafkaError | None]:
    """Sends to partition 0; each record's error, or None."""
    producer = Producer(settings(broker).producer_config() | {"log_level": 0})
    told: list[KafkaError | None] = []
    for value in values:
        producer.produce(topic, value, partition=0, on_delivery=lambda error, _: told.append(error), **more)
    assert producer.flush(WAIT_S) == 0
    return told


def read(broker: Broker, topic: str, count: int, level: str = "read_committed", start: int = 0) -> list[Message]:
    """Up to `count` records of partition 0, fewer where the topic ends."""
    config = settings(broker).consumer_config(f"{topic}-reader") | {"isolation.level": level}
    consumer = Consumer(config | {"enable.partition.eof": True, "log_level": 0})
    consumer.assign([TopicPartition(topic, 0, start)])
    found: list[Message] = []
    try:
        while len(found) < count:
            for message in consumer.consume(1, WAIT_S) or pytest.fail("the broker went silent"):
                error = message.error()
                if error is None:
                    found.append(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    return found
                else:
                    raise KafkaException(error)
    finally:
        consumer.close()
    return found


def member(broker: Broker, topic: str, group: str) -> Consumer:
    """A consumer of the group's that has been assigned its partitions."""
    consumer = Consumer(settings(broker).consumer_config(group) | {"log_level": 0})
    consumer.subscribe([topic])
    while not consumer.assignment():
        consumer.poll(0.05)
    return consumer


def transactional(broker: Broker, name: str) -> Producer:
    producer = Producer(settings(broker).producer_config(name) | {"log_level": 0})
    producer.init_transactions(WAIT_S)
    return producer


def test_a_topic_is_made_with_its_configuration(admin: AdminClient, unique: str) -> None:
    spec = TopicSpec(unique, 3, 1, {"max.message.bytes": "300000", "message.timestamp.type": "LogAppendTime"})
    apply(admin, plan(admin, [spec]))
    assert plan(admin, [spec]).empty


def test_what_is_produced_is_consumed_byte_for_byte(broker: Broker, topic: str) -> None:
    produce(broker, topic, [b"\x00\xff"], key=b"key", headers=[("content-type", b"avro")], timestamp=1_700_000_000_000)
    (found,) = read(broker, topic, 1)
    assert (found.key(), found.value(), found.headers()) == (b"key", b"\x00\xff", [("content-type", b"avro")])
    assert found.timestamp()[1] == 1_700_000_000_000


@pytest.mark.lacking(embedded="noida-db makes a topic for whoever writes to it, and can't be told not to")
def test_a_topic_nobody_made_is_not_made_by_writing_to_it(broker: Broker, admin: AdminClient, unique: str) -> None:
    producer = Producer(settings(broker).producer_config() | {"log_level": 0, "message.timeout.ms": 2000})
    producer.produce(unique, b"1")
    producer.flush(WAIT_S)
    assert unique not in admin.list_topics(timeout=WAIT_S).topics


def test_a_committed_transaction_is_seen(broker: Broker, topic: str) -> None:
    producer = transactional(broker, topic)
    producer.begin_transaction()
    producer.produce(topic, b"said", partition=0)
    producer.commit_transaction(WAIT_S)
    assert [m.value() for m in read(broker, topic, 1)] == [b"said"]


def test_an_aborted_transaction_is_never_seen_by_who_reads_committed(broker: Broker, topic: str) -> None:
    producer = transactional(broker, topic)
    producer.begin_transaction()
    producer.produce(topic, b"taken back", partition=0)
    producer.flush(WAIT_S)
    producer.abort_transaction(WAIT_S)
    assert read(broker, topic, 1) == []


def test_an_open_transaction_holds_back_who_reads_committed(broker: Broker, topic: str) -> None:
    producer = transactional(broker, topic)
    producer.begin_transaction()
    producer.produce(topic, b"not yet", partition=0)
    producer.flush(WAIT_S)
    seen = read(broker, topic, 1), read(broker, topic, 1, level="read_uncommitted")
    producer.abort_transaction(WAIT_S)
    assert [len(found) for found in seen] == [0, 1]


def test_a_slots_successor_fences_its_predecessor_and_aborts_what_was_open(broker: Broker, topic: str) -> None:
    zombie = transactional(broker, topic)
    zombie.begin_transaction()
    zombie.produce(topic, b"the zombie's", partition=0)
    zombie.flush(WAIT_S)
    successor = transactional(broker, topic)
    with pytest.raises(KafkaException) as refused:
        zombie.commit_transaction(WAIT_S)
    successor.begin_transaction()
    successor.produce(topic, b"the successor's", partition=0)
    successor.commit_transaction(WAIT_S)
    assert refused.value.args[0].fatal()
    assert [m.value() for m in read(broker, topic, 2)] == [b"the successor's"]


def test_offsets_are_committed_with_their_transaction(
    broker: Broker, admin: AdminClient, topic: str, group: Group
) -> None:
    consumer, producer = member(broker, topic, topic), transactional(broker, topic)
    producer.begin_transaction()
    producer.send_offsets_to_transaction([TopicPartition(topic, 0, 3)], consumer.consumer_group_metadata(), WAIT_S)
    producer.commit_transaction(WAIT_S)
    consumer.close()
    assert committed_offsets(group, [(topic, 0)]) == {(topic, 0): 3}


def test_offsets_are_dropped_with_their_transaction(
    broker: Broker, admin: AdminClient, topic: str, group: Group
) -> None:
    set_first_offsets(group, {(topic, 0): 1})
    consumer, producer = member(broker, topic, topic), transactional(broker, topic)
    producer.begin_transaction()
    producer.send_offsets_to_transaction([TopicPartition(topic, 0, 3)], consumer.consumer_group_metadata(), WAIT_S)
    producer.abort_transaction(WAIT_S)
    consumer.close()
    assert committed_offsets(group, [(topic, 0)]) == {(topic, 0): 1}


@pytest.mark.lacking(
    embedded="noida-db takes a transaction's offsets from a generation that is over: one worker a stage"
)
def test_metadata_of_a_generation_that_is_over_is_refused(broker: Broker, topic: str) -> None:
    consumer = member(broker, topic, topic)
    captured = consumer.consumer_group_metadata()
    consumer.close()
    heir, producer = member(broker, topic, topic), transactional(broker, topic)
    producer.begin_transaction()
    with pytest.raises(KafkaException) as refused:
        producer.send_offsets_to_transaction([TopicPartition(topic, 0, 3)], captured, WAIT_S)
    heir.close()
    assert refused.value.args[0].txn_requires_abort()


def test_an_append_time_topic_bears_the_brokers_clock(broker: Broker, admin: AdminClient, unique: str) -> None:
    apply(admin, plan(admin, [TopicSpec(unique, 1, 1, {"message.timestamp.type": "LogAppendTime"})]))
    produce(broker, unique, [b"1"], timestamp=1_000)
    (found,) = read(broker, unique, 1)
    assert found.timestamp()[1] > 1_700_000_000_000


def test_end_offsets_are_where_the_next_record_will_stand(broker: Broker, admin: AdminClient, topic: str) -> None:
    produce(broker, topic, [b"1", b"2", b"3"])
    assert end_offsets(admin, [(topic, 0), (topic, 1)]) == {(topic, 0): 3, (topic, 1): 0}


def test_a_record_over_the_topics_limit_is_refused_and_the_next_is_taken(broker: Broker, topic: str) -> None:
    told = [*produce(broker, topic, [b"x" * 400_000]), *produce(broker, topic, [b"small"])]
    assert [error and error.name() for error in told] == ["MSG_SIZE_TOO_LARGE", None]


def test_a_batch_that_the_broker_refuses_again_and_again_ends_the_process(broker: Broker, topic: str) -> None:
    """Else it would be aborted and taken again for ever, as fast as it can be."""
    kafka = Transactions(
        settings(broker).producer_config(f"{topic}-1") | {"log_level": 0}, aborts=Aborts(most=3, pause=lambda _: None)
    )
    kafka.start()
    reader = Consumer(settings(broker).consumer_config(f"{topic}-group"))
    batch = Batch((), {}, reader.consumer_group_metadata())
    reader.close()
    too_large = [Output(topic, None, bytes(400_000))]
    assert (kafka.say(too_large, batch), kafka.say(too_large, batch)) == (False, False)
    with pytest.raises(Stopped, match="3 times in a row: MSG_SIZE_TOO_LARGE"):
        kafka.say(too_large, batch)


def test_a_burst_of_small_records_stays_below_the_topics_limit(broker: Broker, topic: str) -> None:
    assert set(produce(broker, topic, [b"x" * 2_000] * 1_000)) == {None}


def test_records_and_offsets_survive_a_restart(broker: Broker, admin: AdminClient, topic: str, group: Group) -> None:
    produce(broker, topic, [b"1", b"2"])
    set_first_offsets(group, {(topic, 0): 1})
    broker.restart()
    assert [m.value() for m in read(broker, topic, 2)] == [b"1", b"2"]
    assert committed_offsets(group, [(topic, 0), (topic, 1)]) == {(topic, 0): 1, (topic, 1): None}


@pytest.mark.lacking(embedded="noida-db saves twice a second: SIGKILL takes what was acknowledged since")
def test_what_was_acknowledged_survives_sigkill(broker: Broker, admin: AdminClient, topic: str, group: Group) -> None:
    produce(broker, topic, [b"1"])
    producer = transactional(broker, topic)
    producer.begin_transaction()
    producer.produce(topic, b"2", partition=0)
    producer.commit_transaction(WAIT_S)
    set_first_offsets(group, {(topic, 1): 0})
    broker.kill()
    broker.restart()
    assert [m.value() for m in read(broker, topic, 2)] == [b"1", b"2"]
    assert committed_offsets(group, [(topic, 1)]) == {(topic, 1): 0}


def test_topics_made_anew_are_told_apart_where_the_broker_has_ids(
    broker: Broker, admin: AdminClient, topic: str
) -> None:
    before = topic_ids(admin, [topic])
    assert before == {topic: topic} if broker.kind == "embedded" else before[topic] != topic


def test_a_new_topic_begins_at_zero(admin: AdminClient, topic: str) -> None:
    assert first_offsets(admin, [topic]) == {(topic, 0): 0, (topic, 1): 0}


def test_an_idle_consumer_asks_rarely(topic: str, group: Group) -> None:
    told: list[dict[str, Any]] = []
    every = {"statistics.interval.ms": 500, "stats_cb": lambda text: told.append(json.loads(text))}
    consumer = Consumer(group | every)
    consumer.assign([TopicPartition(topic, 0, 0), TopicPartition(topic, 1, 0)])
    while len(told) < 3:
        consumer.poll(0.1)
    consumer.close()
    requests = [sum(each["tx"] for each in stats["brokers"].values()) for stats in told]
    assert requests[2] - requests[1] < 60
