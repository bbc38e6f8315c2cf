"""An idle stage moves past the transaction markers that stand at the end of its topics."""

from collections.abc import Iterator

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from streams.brokers import Broker
from streams.groups import committed_offsets, set_first_offsets
from streams.provisioning import apply, end_offsets, partitions_of, plan
from streams.settings import Settings
from streams.source import Batch, Source
from streams.topics import TopicSpec
from streams.transaction import Transactions


@pytest.fixture
def settings(broker: Broker) -> Settings:
    return Settings(brokers=broker.bootstrap)


@pytest.fixture
def topic(settings: Settings) -> str:
    """One partition with one record, and behind it the marker of the transaction that wrote it."""
    name = "markers"
    admin = AdminClient(settings.admin_config())
    apply(admin, plan(admin, [TopicSpec(name, 1, 1, {})]))
    producer = Producer(settings.producer_config("markers-feed"))
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(name, b"chart", b"key")
    producer.commit_transaction(30)
    set_first_offsets(settings.consumer_config("markers-stage"), {(name, 0): 0})
    return name


@pytest.fixture
def source(settings: Settings, topic: str) -> Iterator[Source]:
    source = Source(settings.consumer_config("markers-stage"), [topic], markers_after_s=0)
    source.subscribe()
    yield source
    source.close()


def taken(source: Source) -> Batch:
    for _ in range(1000):
        batch = source.take()
        if batch is not None:
            return batch
    raise AssertionError("nothing was taken")


def test_an_idle_stage_commits_the_offset_behind_the_last_marker(
    settings: Settings, topic: str, source: Source
) -> None:
    kafka = Transactions(settings.producer_config("markers-1"))
    kafka.start()
    first = taken(source)
    assert kafka.say([], first)
    source.advance(first)
    behind = taken(source)
    assert behind.records == ()
    assert kafka.say([], behind)
    admin = AdminClient(settings.admin_config())
    ends = end_offsets(admin, partitions_of(admin, [topic]))
    assert committed_offsets(settings.consumer_config("markers-stage"), [(topic, 0)]) == ends
    assert ends[topic, 0] == first.spans[topic, 0][1] + 1
