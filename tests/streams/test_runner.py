"""One batch, effectively once: whatever is split, repeated, refused or killed, the same is said, and said once."""

from collections.abc import Sequence
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger.batches import BatchLedger
from ledger.store import Ledger
from schemas.records import Output
from streams.breaker import Breaker
from streams.runner import KAFKA_BEHIND, LEDGER_BEHIND, OTHER_PAYLOAD
from streams.source import Batch, Stopped
from tests.given_ledgers import ledger, migrated_database, migrated_file, postgres_ledger, sqlite_ledger
from tests.streams.fake_kafka import TOPIC, TOPIC_ID, Broker, Counting, Crashed, Process, coordinates, opened, source_of

POINTS = ("consumed", "inside-ledger", "decided", "produced", "offsets-sent", "committed")
NUMBERS = count(1)
__all__ = ["ledger", "migrated_database", "migrated_file", "postgres_ledger", "sqlite_ledger"]  # fixtures


@pytest.fixture
def stage() -> Counting:
    return Counting("counting")


def published(ledger: Ledger, *values: bytes, stage: str = "counting") -> Broker:
    """A broker with these records, and a ledger that stands at their beginning."""
    broker = Broker()
    for value in values:
        broker.publish(value)
    opened(ledger, stage, broker)
    return broker


def words(outputs: Sequence[Output]) -> list[bytes]:
    return [output.value for output in outputs]


def stopped(process: Process) -> Stopped:
    with pytest.raises(Stopped) as told:
        process.drain()
    return told.value


# The property: any split, any deaths, any refusals

EVENTS = st.tuples(
    st.sampled_from(["new", "new", "new", "again", "conflict", "garbage", "bug", "early"]),
    st.integers(0, 9),  # which earlier event is meant
    st.sampled_from("ab"),
    st.integers(0, 1),
)
FATES = st.lists(st.sampled_from([*POINTS, "refused", "fine"]), max_size=8)


def records(kinds: Sequence[tuple[str, int, str, int]]) -> Broker:
    """The events as records; 'again' repeats an earlier one's bytes, 'conflict' its id with other content."""
    broker, values = Broker(), [b"mercy|0|a|word"]
    for n, (kind, which, account, partition) in enumerate(kinds, start=1):
        earlier = values[which % len(values)]
        value = {
            "again": earlier,
            "conflict": earlier + b"!",
            "garbage": b"garbage",
        }.get(kind, b"mercy|%d|%s|%s" % (n, account.encode(), kind.encode()))
        values.append(value)
        broker.publish(value, partition)
    return broker


def one_by_one(stage: Counting, broker: Broker) -> list[Output]:
    """What should be said: the protocol's words, without batches, ledger or Kafka."""
    said: list[Output] = []
    seen: dict[tuple[str | None, str | None], bytes | None] = {}
    counts = {"a": 0, "b": 0}
    for record in broker.log:
        read = stage.read(record)
        identity = (read.producer, read.event_id)
        if read.refused is not None:
            decision = read.refused
        elif identity in seen:
            if seen[identity] == record.value:
                continue
            decision = stage.refuse(record, "conflict")
        else:
            decision = stage._step(counts, record, read.event)
            if not decision.failed:
                seen[identity] = record.value
        said += decision.outputs
    return said


NEVER_FAILS_TWICE_ALIKE = [("early", 0, "a", 0), ("new", 0, "a", 0), ("again", 1, "a", 0)]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(EVENTS, max_size=14), sizes=st.lists(st.integers(1, 8), max_size=12), fates=FATES)
@example(kinds=NEVER_FAILS_TWICE_ALIKE, sizes=[3], fates=[])
@example(kinds=[("new", 0, "a", 0), ("again", 1, "a", 0)], sizes=[1, 1], fates=["fine", "decided"])
def test_any_split_and_any_deaths_say_the_same_once(
    ledger: Ledger, kinds: list[tuple[str, int, str, int]], sizes: list[int], fates: list[str]
) -> None:
    stage = Counting(f"counting-{next(NUMBERS)}")
    broker = records(kinds)
    opened(ledger, stage.name, broker)
    ahead = list(sizes)
    for fate in fates:
        process = Process(
            broker, ledger, stage, [ahead.pop(0) if ahead else 3], dies_at=fate, refused=fate == "refused"
        )
        try:
            process.runner.turn()
        except Crashed:
            continue
    Process(broker, ledger, stage, ahead).drain()

    assert broker.committed == one_by_one(stage, broker)
    assert len(coordinates(ledger, stage.name)) == len(broker.log)
    assert len({(o.headers, o.topic, o.value) for o in broker.attempted}) == len(set(broker.committed))


@pytest.mark.parametrize("point", POINTS)
def test_a_death_at_each_point_loses_and_doubles_nothing(ledger: Ledger, stage: Counting, point: str) -> None:
    broker = published(ledger, b"mercy|1|a|x", b"mercy|2|a|y")
    with pytest.raises(Crashed):
        Process(broker, ledger, stage, dies_at=point).drain()
    Process(broker, ledger, stage).drain()
    assert words(broker.committed) == [b"claim a 1", b"claim a 2"]


# Records that come again


def test_a_redelivered_record_says_its_stored_bytes_although_the_code_changed(ledger: Ledger) -> None:
    broker = published(ledger, b"mercy|1|a|x")
    with pytest.raises(Crashed):
        Process(broker, ledger, Counting("counting"), dies_at="produced").drain()
    Process(broker, ledger, Counting("counting", wording=b"other words")).drain()
    assert words(broker.committed) == [b"claim a 1"]


def test_a_refused_batch_comes_again_in_the_same_process(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x")
    process = Process(broker, ledger, stage, refused=True)
    assert process.runner.turn() == 0
    process.refused = False
    assert process.drain() == 1
    assert words(broker.committed) == [b"claim a 1"]


def test_a_batch_that_said_nothing_is_not_taken_for_a_pruned_one(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x", b"mercy|1|a|x")
    Process(broker, ledger, stage, [1]).runner.turn()
    with pytest.raises(Crashed):
        Process(broker, ledger, stage, dies_at="decided").drain()
    Process(broker, ledger, stage).drain()
    assert (words(broker.committed), broker.offsets) == ([b"claim a 1"], {(TOPIC, 0): 3})


def test_a_batch_half_decided_says_stored_and_new_outputs_in_order(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x", b"mercy|2|a|y", b"mercy|3|a|z")
    with pytest.raises(Crashed):
        Process(broker, ledger, stage, [2], dies_at="decided").drain()
    Process(broker, ledger, stage, [3]).drain()
    assert words(broker.committed) == [b"claim a 1", b"claim a 2", b"claim a 3"]


def test_a_repeat_of_an_event_that_failed_is_decided_anew_in_the_same_batch(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|early", b"mercy|2|a|x", b"mercy|1|a|early")
    Process(broker, ledger, stage, [3]).drain()
    assert [output.topic for output in broker.committed] == ["dead-letter.counting", "claims", "claims"]


def test_outputs_are_forgotten_once_kafka_has_them(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x", b"mercy|2|a|y")
    Process(broker, ledger, stage, [1, 1]).drain()
    with ledger.reading() as tx:
        assert tx.execute(sa.text('SELECT "first" FROM outputs')).scalars().all() == [2]


def test_a_batch_without_records_moves_past_the_markers_at_the_end(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x")
    process = Process(broker, ledger, stage)
    process.drain()
    process.runner.run(Batch((), {(TOPIC, 0): (1, 2)}, b"metadata"))
    with ledger.reading() as tx:
        assert BatchLedger("counting").positions(tx) == {(TOPIC_ID, 0): broker.offsets[TOPIC, 0]} == {(TOPIC_ID, 0): 2}


# What must not go on


def test_a_ledger_behind_kafka_stops(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x", b"mercy|2|a|y")
    broker.offsets = {(TOPIC, 0): 2}
    told = stopped(Process(broker, ledger, stage))
    assert (told.exit_code, "older ledger" in str(told)) == (LEDGER_BEHIND, True)


def test_a_partition_without_position_stops_with_words(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x")
    told = stopped(Process(broker, ledger, stage, topic_ids={TOPIC: "made-anew"}))
    assert (told.exit_code, "topics apply" in str(told)) == (LEDGER_BEHIND, True)


def pruned(ledger: Ledger, stage: Counting) -> Broker:
    """Three records said, the first two of them pruned."""
    broker = published(ledger, b"mercy|1|a|x", b"mercy|2|a|y", b"mercy|3|a|z")
    Process(broker, ledger, stage, [2, 1]).drain()
    return broker


def test_offsets_set_back_behind_the_pruned_ledger_stop(ledger: Ledger, stage: Counting) -> None:
    broker = pruned(ledger, stage)
    broker.offsets = {(TOPIC, 0): 0}
    told = stopped(Process(broker, ledger, stage))
    assert (told.exit_code, "reconcile" in str(told)) == (KAFKA_BEHIND, True)


def test_a_stale_batch_is_discarded(ledger: Ledger, stage: Counting) -> None:
    """A process that was stopped for long holds records that others have said and pruned since."""
    broker = published(ledger, b"mercy|1|a|x", b"mercy|2|a|y", b"mercy|3|a|z")
    zombie = Process(broker, ledger, stage, [1])
    held = zombie.runner.take()
    Process(broker, ledger, stage, [2, 1]).drain()
    assert held is not None
    assert zombie.runner.run(held) == 0
    assert words(broker.committed) == [b"claim a 1", b"claim a 2", b"claim a 3"]


def test_after_a_stale_batch_a_process_stands_where_kafka_does(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x", b"mercy|2|a|y", b"mercy|3|a|z")
    zombie = Process(broker, ledger, stage, [1])
    held = zombie.runner.take()
    Process(broker, ledger, stage, [2, 1]).drain()
    assert held is not None
    zombie.runner.run(held)
    assert zombie.source.standing == broker.offsets


def test_another_payload_at_decided_coordinates_stops(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x")
    with pytest.raises(Crashed):
        Process(broker, ledger, stage, dies_at="decided").drain()
    broker.log[0] = broker.log[0]._replace(value=b"mercy|1|a|altered")
    told = stopped(Process(broker, ledger, stage))
    assert (told.exit_code, "altered" in str(told.args[0].rsplit(":", 1)[0])) == (OTHER_PAYLOAD, False)


def test_a_stop_writes_nothing(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, *(b"mercy|%d|a|bug" % n for n in range(3)))
    stopped(Process(broker, ledger, stage, breaker=Breaker(run=3)))
    assert (coordinates(ledger, "counting"), broker.committed, broker.offsets) == (set(), [], {(TOPIC, 0): 0})


def test_a_row_of_failures_is_counted_over_batches(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, *(b"mercy|%d|a|bug" % n for n in range(5)))
    stopped(Process(broker, ledger, stage, [2, 2, 1], breaker=Breaker(run=5)))
    assert len(broker.committed) == 4


def test_failures_of_a_batch_that_kafka_refused_are_counted_once(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, *(b"mercy|%d|a|bug" % n for n in range(4)))
    process = Process(broker, ledger, stage, [2, 2, 2], breaker=Breaker(run=5), refused=True)
    process.runner.turn()
    process.refused = False
    assert process.drain() == 4


def test_a_stop_tells_which_failures_it_saw(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, *(b"mercy|%d|a|bug" % n for n in range(3)))
    assert "3 x dead-letter:step-failed KeyError" in str(
        stopped(Process(broker, ledger, stage, breaker=Breaker(run=3)))
    )


def test_an_unreadable_record_goes_to_the_dead_letters_and_the_others_go_on(ledger: Ledger, stage: Counting) -> None:
    broker = published(ledger, b"mercy|1|a|x", b"garbage", b"mercy|2|a|y")
    Process(broker, ledger, stage).drain()
    assert [output.topic for output in broker.committed] == ["claims", "dead-letter.counting", "claims"]


def test_each_output_is_said_after_those_of_earlier_records(ledger: Ledger, stage: Counting) -> None:
    broker = Broker()
    for partition in (1, 0, 1):
        broker.publish(b"mercy|%d|a|x" % len(broker.log), partition)
    opened(ledger, "counting", broker)
    Process(broker, ledger, stage).drain()
    assert [output.headers for output in broker.committed] == [source_of(record) for record in broker.log]
