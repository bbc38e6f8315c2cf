"""Burrow's rules over a ring of commits, in words; and the offsets they are judged by, from real brokers."""

from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.brokers import Broker
from streams.groups import set_first_offsets
from streams.lag import Row, Status, Verdict, Window, drain_eta_s, evaluate, group_lag, without_markers, worst
from streams.provisioning import ProvisioningRefused, apply, plan
from streams.settings import Settings
from streams.topics import TopicSpec

MINUTE = 60_000

Group = dict[str, Any]


def window(*commits: tuple[int, int], end: int | None = None) -> Window:
    """A commit a minute, each as (offset, the end then); `end` was seen afterwards."""
    found = Window()
    for minute, (offset, then) in enumerate(commits):
        found = found.committed(offset, minute * MINUTE, then)
    return found if end is None else found.seen(end)


BEHIND = [(100 + 10 * n, 200 + 10 * n) for n in range(10)]
CASES = [
    ("nothing was seen", Window(), 0, Status.UNKNOWN),
    ("no lag, however long nobody committed: an idle topic", window((100, 100), (100, 100)), 600, Status.OK),
    ("one commit tells neither pace nor silence", window((100, 120)), 1, Status.UNKNOWN),
    ("silent for longer than its window while records wait", window(*BEHIND), 19, Status.STOP),
    ("silent for no longer than its window", window(*BEHIND), 18, Status.WARN),
    ("silent, but it had caught up and the end was seen there: records have just come",
     window(*[(n, n) for n in range(10)], end=50), 30, Status.OK),
    ("STOP is asked before REWIND", window((200, 300), (100, 300)), 10, Status.STOP),
    ("an offset fell", window((200, 300), (100, 300), (110, 300)), 2, Status.REWIND),
    ("an offset fell and has regained", window((200, 300), (100, 300), (210, 300)), 2, Status.OK),
    ("REWIND is asked before a lag that was allowed", window((200, 200), (100, 300), (110, 300)), 2, Status.REWIND),
    ("it had caught up within the window", window((100, 150), (150, 150), (150, 250)), 2, Status.OK),
    ("it commits the same offset all the time", window(*[(812, 900)] * 10), 10, Status.STALL),
    ("STALL is asked before WARN", window((812, 900), (812, 950)), 1, Status.STALL),
    ("the lag never decreases", window((100, 200), (110, 215), (120, 225)), 2, Status.WARN),
    ("the lag stays", window((100, 200), (110, 210), (120, 220)), 2, Status.WARN),
    ("the lag decreases", window((100, 200), (150, 210), (160, 220)), 2, Status.OK),
]  # fmt: skip


@pytest.mark.parametrize(("why", "seen", "now", "status"), CASES, ids=[case[0] for case in CASES])
def test_the_first_rule_that_speaks_decides(why: str, seen: Window, now: int, status: Status) -> None:
    assert evaluate(seen, now * MINUTE).status == status, why


def test_a_lag_that_is_allowed_is_no_trouble() -> None:
    assert evaluate(window(*BEHIND), 19 * MINUTE, allowed=100).status == Status.OK


def test_a_reason_says_what_was_seen() -> None:
    assert evaluate(window(*[(812, 900)] * 10), 10 * MINUTE) == Verdict(Status.STALL, "10 commits at offset 812 in 9 m")


def test_the_window_is_a_ring_of_ten() -> None:
    assert len(window(*[(n, n) for n in range(25)]).commits) == 10


def test_a_group_is_as_its_worst_partition() -> None:
    assert worst([Verdict(Status.WARN, "a"), Verdict(Status.STOP, "b"), Verdict(Status.OK, "c")]).reason == "b"


def test_a_lag_that_halves_in_a_minute_drains_in_another() -> None:
    assert drain_eta_s(window((100, 300), (200, 300))) == 60.0


@pytest.mark.parametrize("seen", [Window(), window((100, 300)), window((100, 200), (110, 220))])
def test_a_lag_that_isnt_going_down_has_no_end(seen: Window) -> None:
    assert drain_eta_s(seen) is None


def test_what_isnt_known_is_none_and_not_zero() -> None:
    assert [Row("t", 0, None, 5).lag, Row("t", 0, 5, None).lag, Row("t", 0, None, None, 3).retention_margin] == [
        None
    ] * 3


def test_a_commit_past_an_end_that_was_read_earlier_is_no_negative_lag() -> None:
    assert Row("t", 0, committed=7, end=5).lag == 0


def test_records_deleted_before_they_were_read_are_a_negative_margin() -> None:
    assert Row("t", 0, committed=5, end=100, first=40).retention_margin == -35


@pytest.fixture
def topic(admin: AdminClient, unique: str) -> str:
    apply(admin, plan(admin, [TopicSpec(unique, 2, 1, {})]))
    return unique


def test_lag_is_the_records_between_the_commit_and_the_end(
    broker: Broker, admin: AdminClient, topic: str, group: Group
) -> None:
    producer = Producer(Settings(brokers=broker.bootstrap).producer_config())
    for _ in range(5):
        producer.produce(topic, b"1", partition=0)
    producer.flush(30)
    set_first_offsets(group, {(topic, 0): 2})
    assert group_lag(admin, group, [topic]) == (Row(topic, 0, 2, 5, 0), Row(topic, 1, None, 0, 0))


def said_in_a_transaction(broker: Broker, topic: str) -> Settings:
    """A record in both partitions, read to the end: its markers are written."""
    settings = Settings(brokers=broker.bootstrap)
    producer, reader = Producer(settings.producer_config(topic)), Consumer(settings.consumer_config(f"{topic}-reader"))
    producer.init_transactions(30)
    producer.begin_transaction()
    for partition in (0, 1):
        producer.produce(topic, b"1", partition=partition)
    producer.commit_transaction(30)
    reader.assign([TopicPartition(topic, 0, 0), TopicPartition(topic, 1, 0)])
    assert len(reader.consume(2, 30)) == 2
    reader.close()
    return settings


def test_a_transactions_marker_is_no_lag(broker: Broker, admin: AdminClient, topic: str, group: Group) -> None:
    settings = said_in_a_transaction(broker, topic)
    set_first_offsets(group, {(topic, 0): 1, (topic, 1): 0})
    rows = group_lag(admin, group, [topic])
    assert [row.lag for row in rows] == [1, 2]
    assert [row.lag for row in without_markers(settings.consumer_config("monitor"), rows)] == [0, 2]


def test_a_record_of_an_open_transaction_is_lag(broker: Broker, admin: AdminClient, topic: str, group: Group) -> None:
    settings = said_in_a_transaction(broker, topic)
    set_first_offsets(group, {(topic, 0): 1, (topic, 1): 1})
    producer = Producer(settings.producer_config(topic))
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topic, b"1", partition=0)
    producer.flush(30)
    rows = without_markers(settings.consumer_config("monitor"), group_lag(admin, group, [topic]))
    producer.abort_transaction(30)
    assert [row.lag for row in rows] == [2, 0]


def test_a_topic_that_isnt_there_is_told(admin: AdminClient, unique: str, group: Group) -> None:
    with pytest.raises(ProvisioningRefused, match="run `claimstream topics apply`"):
        group_lag(admin, group, [unique])
