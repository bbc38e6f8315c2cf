"""The source and the transactional producer against librdkafka's mock cluster: real clients, a broker in this process.

The mock keeps no transactional offsets and fences nothing; what needs those is in the suite of the real brokers.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.records import Output
from streams.settings import Settings
from streams.source import KAFKA_FATAL, NO_OFFSETS, Batch, Source, Stopped
from streams.transaction import Transactions
from streams.troubles import Troubles

NUMBERS = count(1)
TAKES = 3_000  # far more than joining a group takes


@pytest.fixture(scope="module")
def cluster() -> Iterator[Settings]:
    """The mock cluster lives in a client of its own and listens on loopback."""
    host = Producer({"test.mock.num.brokers": 1, "log_level": 0, "bootstrap.servers": "mock"})
    brokers = host.list_topics(timeout=10).brokers.values()
    yield Settings(brokers=",".join(f"{broker.host}:{broker.port}" for broker in brokers))
    host.flush(1)


@pytest.fixture
def topic(cluster: Settings) -> str:
    """A topic with its four partitions; asking for it makes it."""
    name = f"charts-{next(NUMBERS)}"
    Producer(cluster.producer_config()).list_topics(name, timeout=10)
    return name


@pytest.fixture
def config(cluster: Settings, topic: str) -> dict[str, Any]:
    return {**cluster.consumer_config(f"group-of-{topic}"), "heartbeat.interval.ms": 100}


def published(cluster: Settings, topic: str, *values: bytes, partition: int = 0) -> None:
    producer = Producer(cluster.producer_config())
    for value in values:
        producer.produce(topic, value, b"key", partition=partition, headers=[("name", b"value"), ("none", None)])
    assert producer.flush(10) == 0


def offsets_set(config: dict[str, Any], topic: str, offset: int = 0) -> None:
    """What provisioning does: the group's first offsets."""
    consumer = Consumer(config)
    consumer.commit(offsets=[TopicPartition(topic, number, offset) for number in range(4)], asynchronous=False)
    consumer.close()


@pytest.fixture
def source(config: dict[str, Any], topic: str) -> Iterator[Source]:
    offsets_set(config, topic)
    made = Source(config, [topic], max_records=5)
    made.subscribe()
    yield made
    made.close()


def taken(source: Source) -> Batch:
    return next(batch for batch in (source.take() for _ in range(TAKES)) if batch is not None)


def values(batch: Batch) -> list[bytes | None]:
    return [record.value for record in batch.records]


def test_records_are_taken_from_the_committed_offset(source: Source, cluster: Settings, topic: str) -> None:
    published(cluster, topic, b"a", b"b")
    batch = taken(source)
    assert (values(batch), batch.spans) == ([b"a", b"b"], {(topic, 0): (0, 2)})


def test_a_record_is_taken_whole(source: Source, cluster: Settings, topic: str) -> None:
    published(cluster, topic, b"a", partition=3)
    (record,) = taken(source).records
    assert record[:-1] == (topic, 3, 0, b"key", b"a", (("name", b"value"), ("none", b"")))
    assert record.timestamp_ms > 0


def test_a_batch_always_has_a_generation(source: Source, cluster: Settings, topic: str, config: dict[str, Any]) -> None:
    """Kafka lets a transaction with generation -1 pass unfenced; records are there before the group is joined."""
    published(cluster, topic, *(b"%d" % n for n in range(20)))
    stranger = Consumer(config)
    blank = stranger.consumer_group_metadata()
    stranger.close()
    no_generation = blank[: blank.index(config["group.id"].encode())]
    assert not taken(source).metadata.startswith(no_generation)


def test_a_batch_ends_at_its_number_of_records(source: Source, cluster: Settings, topic: str) -> None:
    published(cluster, topic, *(b"%d" % n for n in range(12)))
    taken_all: list[bytes | None] = []
    while len(taken_all) < 12:
        batch = taken(source)
        assert len(batch.records) <= 5
        source.advance(batch)
        taken_all += values(batch)
    assert taken_all == [b"%d" % n for n in range(12)]


def test_the_next_batch_stands_where_the_last_one_ended(source: Source, cluster: Settings, topic: str) -> None:
    published(cluster, topic, b"a")
    source.advance(taken(source))
    published(cluster, topic, b"b")
    assert taken(source).spans == {(topic, 0): (1, 2)}


def test_a_rewound_source_takes_the_same_records_again(source: Source, cluster: Settings, topic: str) -> None:
    published(cluster, topic, b"a", b"b")
    first = taken(source)
    source.rewind()
    again = taken(source)
    assert (first.records, first.spans) == (again.records, again.spans)


def test_a_rewound_source_takes_no_end_for_granted(config: dict[str, Any], cluster: Settings, topic: str) -> None:
    """A batch without records moves past markers; it must not move past records that were taken and given back."""
    offsets_set(config, topic)
    source = Source(config, [topic], markers_after_s=0.5)
    source.subscribe()
    published(cluster, topic, b"a")
    taken(source)
    for _ in range(20):  # sees the end, and isn't idle yet
        source.take()
    source.rewind()
    again = taken(source)
    source.close()
    assert values(again) == [b"a"]


def test_an_idle_source_moves_past_the_markers_at_the_end(
    config: dict[str, Any], cluster: Settings, topic: str
) -> None:
    """The mock writes no markers; a record that was taken and not advanced over stands for one."""
    offsets_set(config, topic)
    source = Source(config, [topic], markers_after_s=0)
    source.subscribe()
    published(cluster, topic, b"a")
    taken(source)
    idle = taken(source)
    source.close()
    assert (idle.records, idle.spans) == ((), {(topic, 0): (0, 1)})


def test_a_topic_that_is_held_waits_and_the_others_go_on(config: dict[str, Any], cluster: Settings, topic: str) -> None:
    other = f"{topic}-other"
    Producer(cluster.producer_config()).list_topics(other, timeout=10)
    offsets_set(config, topic)
    offsets_set(config, other)
    source = Source(config, [topic, other])
    source.subscribe()
    while not source.assigned:
        source.take()
    source.hold({topic})
    published(cluster, topic, b"held")
    published(cluster, other, b"taken")
    batches = [batch for batch in (source.take() for _ in range(20)) if batch is not None]
    source.close()
    assert [value for batch in batches for value in values(batch)] == [b"taken"]


def test_a_topic_that_goes_on_gives_what_waited(source: Source, cluster: Settings, topic: str) -> None:
    published(cluster, topic, b"a")
    source.advance(taken(source))
    source.hold({topic})
    published(cluster, topic, b"b")
    source.hold(())
    batch = taken(source)
    assert (values(batch), batch.spans) == ([b"b"], {(topic, 0): (1, 2)})


def test_what_was_given_back_before_the_pause_is_taken_after_it(source: Source, cluster: Settings, topic: str) -> None:
    """A client that went on behind what it gave us last would skip a batch that was taken back."""
    published(cluster, topic, b"a", b"b")
    first = taken(source)
    source.rewind()
    source.hold({topic})
    source.hold(())
    again = taken(source)
    assert (first.records, first.spans) == (again.records, again.spans)


def test_what_kafka_has_committed_is_asked_for(source: Source, cluster: Settings, topic: str) -> None:
    published(cluster, topic, b"a")
    taken(source)
    assert source.committed((topic, 0)) == 0


def test_a_group_without_offsets_stops_with_words(config: dict[str, Any], topic: str) -> None:
    source = Source(config, [topic])
    source.subscribe()
    with pytest.raises(Stopped, match="topics apply") as stopped:
        taken(source)
    source.close()
    assert stopped.value.exit_code == NO_OFFSETS


def test_a_topic_that_nobody_made_stops_with_words_when_it_stays_so(config: dict[str, Any]) -> None:
    """As one that is forbidden would: librdkafka tells it once, and then goes on waiting."""
    source = Source(config, ["never.made"], troubles=Troubles(lasts_s=0.0))
    source.subscribe()
    with pytest.raises(Stopped, match=r"Kafka refuses never.made: UNKNOWN_TOPIC_OR_PART") as stopped:
        taken(source)
    source.close()
    assert stopped.value.exit_code == KAFKA_FATAL


def test_a_source_is_a_member_once_its_group_has_told_it_its_partitions(source: Source) -> None:
    assert not source.is_member
    while not source.is_member:
        source.take()
    assert len(source.assigned) == 4


def test_offsets_beyond_the_topic_s_end_stop_with_words(config: dict[str, Any], topic: str) -> None:
    offsets_set(config, topic, 1_000)
    source = Source(config, [topic])
    source.subscribe()
    with pytest.raises(Stopped, match="reconcile") as stopped:
        taken(source)
    source.close()
    assert stopped.value.exit_code == NO_OFFSETS


def test_a_partition_that_goes_to_another_worker_is_no_longer_assigned(
    source: Source, cluster: Settings, topic: str, config: dict[str, Any]
) -> None:
    published(cluster, topic, b"a")
    taken(source)
    other = Source(config, [topic])
    other.subscribe()
    while not (other.assigned and source.assigned and len(source.assigned) < 4):
        source.take(), other.take()
    shared = {**source.assigned, **other.assigned}
    other.close()
    assert (len(source.assigned), len(shared)) == (2, 4)


# The transactional producer


@pytest.fixture
def transactions(cluster: Settings, topic: str) -> Transactions:
    made = Transactions({**cluster.producer_config(f"{topic}-1"), "log_level": 0})
    made.start()
    return made


def test_what_is_said_is_what_was_decided(
    source: Source, transactions: Transactions, cluster: Settings, topic: str
) -> None:
    published(cluster, topic, b"a")
    output = Output(topic, b"k", b"said", (("name", b"1"), ("name", b"2")), 1_700_000_000_123)
    batch = taken(source)
    assert transactions.say([output], batch)
    source.advance(batch)
    (said,) = taken(source).records
    assert said[3:] == tuple(output)[1:]


def test_a_batch_that_says_nothing_is_committed_too(
    source: Source, transactions: Transactions, cluster: Settings, topic: str
) -> None:
    published(cluster, topic, b"a")
    assert transactions.say([], taken(source))


def test_an_output_that_no_client_may_send_ends_the_process(
    source: Source, transactions: Transactions, cluster: Settings, topic: str
) -> None:
    published(cluster, topic, b"a")
    with pytest.raises(Stopped, match="MSG_SIZE_TOO_LARGE") as stopped:
        transactions.say([Output(topic, None, b"x" * 10_000_000)], taken(source))
    assert stopped.value.exit_code == KAFKA_FATAL
