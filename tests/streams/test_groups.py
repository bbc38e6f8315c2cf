"""A group's committed offsets, and its first ones: set once, never over what it has."""

from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.brokers import Broker
from streams.groups import committed_offsets, set_first_offsets
from streams.provisioning import ProvisioningRefused, apply, first_offsets, plan
from streams.settings import Settings
from streams.topics import TopicSpec

Group = dict[str, Any]


def at_work(group: Group, topic: str) -> Consumer:
    """A member of the group that has its partitions."""
    consumer = Consumer(group)
    consumer.subscribe([topic])
    while not consumer.assignment():
        consumer.poll(0.05)
    return consumer


def test_a_new_group_begins_at_the_oldest_offsets(admin: AdminClient, unique: str, group: Group) -> None:
    apply(admin, plan(admin, [TopicSpec(unique, 2, 1, {})]))
    firsts = first_offsets(admin, [unique])
    assert set_first_offsets(group, firsts) == {(unique, 0): 0, (unique, 1): 0}
    assert committed_offsets(group, firsts) == firsts


def test_what_a_group_has_is_never_overwritten(admin: AdminClient, unique: str, group: Group) -> None:
    apply(admin, plan(admin, [TopicSpec(unique, 2, 1, {})]))
    consumer = Consumer(group)
    consumer.commit(offsets=[TopicPartition(unique, 0, 7)], asynchronous=False)
    consumer.close()
    assert set_first_offsets(group, first_offsets(admin, [unique])) == {(unique, 1): 0}
    assert committed_offsets(group, [(unique, 0)]) == {(unique, 0): 7}


def test_a_group_at_work_is_given_no_first_offsets(admin: AdminClient, unique: str, group: Group) -> None:
    apply(admin, plan(admin, [TopicSpec(unique, 2, 1, {})]))
    consumer = at_work(group, unique)
    with pytest.raises(ProvisioningRefused, match="stop its workers first"):
        set_first_offsets(group, first_offsets(admin, [unique]))
    consumer.close()


@pytest.mark.lacking(embedded="noida-db answers with what stood before the open transaction")
def test_offsets_of_an_open_transaction_are_waited_for(
    broker: Broker, admin: AdminClient, unique: str, group: Group
) -> None:
    apply(admin, plan(admin, [TopicSpec(unique, 2, 1, {})]))
    consumer, producer = at_work(group, unique), Producer(Settings(brokers=broker.bootstrap).producer_config(unique))
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.send_offsets_to_transaction([TopicPartition(unique, 0, 3)], consumer.consumer_group_metadata(), 30)
    with pytest.raises(ProvisioningRefused, match="_TIMED_OUT"):
        committed_offsets(group, [(unique, 0)], wait_s=0.5)
    producer.commit_transaction(30)
    consumer.close()
    assert committed_offsets(group, [(unique, 0)]) == {(unique, 0): 3}


def test_nothing_committed_is_none_and_not_zero(admin: AdminClient, unique: str, group: Group) -> None:
    apply(admin, plan(admin, [TopicSpec(unique, 1, 1, {})]))
    assert committed_offsets(group, [(unique, 0)]) == {(unique, 0): None}
