"""Positions, decisions and stored outputs: the ledger's half of the batch protocol (docs/design.md, promise 1)."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.batches import BatchLedger
from ledger.store import Ledger
from ledger.writes import Conflict
from schemas.records import Decision, Output, Ruling
from tests.ledger.given_rulings import PLACE, hashed, output, ruling

CLAIMING = BatchLedger("claiming")


def opened(ledger: Ledger, **first: int) -> None:
    with ledger.transaction() as tx:
        CLAIMING.open(tx, {("topic-id", int(part[1:])): offset for part, offset in first.items()})


def remembered(ledger: Ledger, *rulings: Ruling) -> None:
    with ledger.transaction() as tx:
        CLAIMING.remember(tx, rulings)


def decided(ledger: Ledger, first: int, end: int) -> Any:
    with ledger.transaction() as tx:
        return CLAIMING.decided(tx, PLACE, first, end)


# Positions


def test_a_new_partition_stands_where_it_was_opened(ledger: Ledger) -> None:
    opened(ledger, p0=7, p1=0)
    with ledger.transaction() as tx:
        assert CLAIMING.positions(tx) == {("topic-id", 0): 7, ("topic-id", 1): 0}


def test_opening_a_partition_again_leaves_it_where_it_stands(ledger: Ledger) -> None:
    opened(ledger, p0=7)
    opened(ledger, p0=0)
    with ledger.transaction() as tx:
        assert CLAIMING.positions(tx) == {PLACE: 7}


def test_a_stage_sees_its_own_positions_only(ledger: Ledger) -> None:
    opened(ledger, p0=7)
    with ledger.transaction() as tx:
        assert BatchLedger("validation").positions(tx) == {}


def test_positions_move_to_what_is_decided(ledger: Ledger) -> None:
    opened(ledger, p0=0, p1=5, p2=9)
    with ledger.transaction() as tx:
        CLAIMING.advance(tx, {("topic-id", 1): (5, 8), ("topic-id", 0): (0, 3)})
    with ledger.transaction() as tx:
        assert CLAIMING.positions(tx) == {("topic-id", 0): 3, ("topic-id", 1): 8, ("topic-id", 2): 9}


def test_a_position_moves_only_from_what_was_read(ledger: Ledger) -> None:
    opened(ledger, p0=5)
    with pytest.raises(Conflict), ledger.transaction() as tx:
        CLAIMING.advance(tx, {PLACE: (4, 8)})


def test_one_overtaken_position_moves_none(ledger: Ledger) -> None:
    opened(ledger, p0=5, p1=5)
    with pytest.raises(Conflict), ledger.transaction() as tx:
        CLAIMING.advance(tx, {("topic-id", 0): (5, 8), ("topic-id", 1): (4, 8)})
    with ledger.transaction() as tx:
        assert CLAIMING.positions(tx) == {("topic-id", 0): 5, ("topic-id", 1): 5}


def test_a_position_that_was_never_opened_does_not_move(ledger: Ledger) -> None:
    with pytest.raises(Conflict), ledger.transaction() as tx:
        CLAIMING.advance(tx, {PLACE: (0, 8)})


def test_an_empty_batch_moves_and_writes_nothing(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        CLAIMING.advance(tx, {})
        CLAIMING.remember(tx, [])
        CLAIMING.prune(tx, {})
        assert CLAIMING.seen(tx, []) == {}


# Decisions and what was said


def test_a_decision_is_found_with_its_stored_bytes(ledger: Ledger) -> None:
    said = (output(b"\x00\xff'\"{}\\", None), output(b"", b""))
    remembered(ledger, ruling(4, *said))
    assert decided(ledger, 0, 9) == {4: (hashed(4), said)}


def test_decisions_are_found_from_the_first_offset_to_before_the_end(ledger: Ledger) -> None:
    remembered(ledger, *(ruling(n, output(b"%d" % n)) for n in range(6)))
    assert sorted(decided(ledger, 2, 4)) == [2, 3]


def test_outputs_are_found_across_the_batches_that_wrote_them(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, output(b"0")), ruling(1, output(b"1")))
    remembered(ledger, ruling(2, output(b"2")), ruling(3, output(b"3")))
    assert {n: found.outputs[0].value for n, found in decided(ledger, 1, 3).items()} == {1: b"1", 2: b"2"}


def test_a_decision_that_said_nothing_is_told_from_one_whose_outputs_are_pruned(ledger: Ledger) -> None:
    remembered(ledger, ruling(0), ruling(1))
    assert [found.outputs for found in decided(ledger, 0, 2).values()] == [(), ()]


def test_each_partition_keeps_its_own_outputs(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, output(b"zero")), ruling(0, output(b"one"), event_id="x", place=("topic-id", 1)))
    assert decided(ledger, 0, 1)[0].outputs[0].value == b"zero"


def test_a_topic_made_anew_is_another_topic(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, output()))
    remembered(ledger, ruling(0, output(), event_id="other", place=("new-topic-id", 0)))
    assert list(decided(ledger, 0, 1)) == [0]


def test_outputs_below_the_committed_offset_are_forgotten_and_their_decisions_kept(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, output()), ruling(1, output()))
    with ledger.transaction() as tx:
        CLAIMING.prune(tx, {PLACE: 2})
    assert [found.outputs for found in decided(ledger, 0, 2).values()] == [None, None]


def test_outputs_of_a_batch_that_is_committed_in_part_are_kept(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, output()), ruling(1, output(b"still asked for")))
    with ledger.transaction() as tx:
        CLAIMING.prune(tx, {PLACE: 1})
    assert decided(ledger, 1, 2)[1].outputs == (output(b"still asked for"),)


def test_pruning_leaves_other_partitions_alone(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, output()))
    with ledger.transaction() as tx:
        CLAIMING.prune(tx, {("topic-id", 1): 100})
    assert decided(ledger, 0, 1)[0].outputs == (output(),)


# Ids


def test_an_event_is_seen_by_producer_and_id(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, event_id="a"), ruling(1, event_id="b"), ruling(2, event_id="a", producer="st-anna"))
    with ledger.transaction() as tx:
        found = CLAIMING.seen(tx, [("mercy", "a"), ("st-anna", "a"), ("st-anna", "b"), ("mercy", "c")])
    assert found == {("mercy", "a"): hashed(0), ("st-anna", "a"): hashed(2)}


def test_an_id_is_seen_though_its_outputs_are_pruned(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, output(), event_id="a"))
    with ledger.transaction() as tx:
        CLAIMING.prune(tx, {PLACE: 1})
        assert CLAIMING.seen(tx, [("mercy", "a")]) == {("mercy", "a"): hashed(0)}


def test_an_id_is_unique_within_a_stage(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, event_id="a"))
    with pytest.raises(sa.exc.IntegrityError):
        remembered(ledger, ruling(1, event_id="a"))


def test_another_stage_may_meet_the_same_id(ledger: Ledger) -> None:
    validation = BatchLedger("validation")
    remembered(ledger, ruling(0, event_id="a"))
    with ledger.transaction() as tx:
        validation.remember(tx, [ruling(1, event_id="a")])
    with ledger.transaction() as tx:
        seen = [stage.seen(tx, [("mercy", "a")]) for stage in (CLAIMING, validation)]
    assert seen == [{("mercy", "a"): hashed(0)}, {("mercy", "a"): hashed(1)}]


def test_dead_letters_occupy_no_id(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, producer=None, event_id=None), ruling(1, producer=None, event_id=None))
    assert len(decided(ledger, 0, 2)) == 2


def test_an_error_of_the_database_shows_no_row(ledger: Ledger) -> None:
    remembered(ledger, ruling(0, event_id="a"))
    with pytest.raises(sa.exc.IntegrityError) as refused:
        remembered(ledger, ruling(1, event_id="a"))
    assert "chart-1 v1" not in str(refused.value)


# Anything that can be said comes back as it was

OUTPUTS = st.builds(
    Output,
    st.text(min_size=1, max_size=20),
    st.none() | st.binary(max_size=20),
    st.binary(max_size=50),
    st.lists(st.tuples(st.text(max_size=8), st.binary(max_size=8)), max_size=4).map(tuple),
    st.none() | st.integers(0, 2**62),
)
BATCHES = st.lists(st.lists(OUTPUTS, max_size=3).map(tuple), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=BATCHES)
def test_what_was_said_comes_back_byte_for_byte(ledger: Ledger, said: list[tuple[Output, ...]]) -> None:
    rulings = [ruling(n)._replace(decision=Decision(outputs, "done")) for n, outputs in enumerate(said)]
    with ledger.transaction() as tx:
        CLAIMING.remember(tx, rulings)
        found = CLAIMING.decided(tx, PLACE, 0, len(said))
        tx.rollback()
    assert [found[n].outputs for n in range(len(said))] == said
