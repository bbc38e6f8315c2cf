"""A transaction whose client hangs ends the process instead of hanging it."""

import threading

import pytest

from streams.source import KAFKA_FATAL, Stopped
from streams.transaction import REFUSED, Aborts, come_back


def test_a_call_that_never_ends_ends_the_process() -> None:
    with pytest.raises(Stopped) as stopped:
        come_back(threading.Event().wait, within_s=0.01)
    assert stopped.value.exit_code == KAFKA_FATAL


def test_a_call_that_ends_in_time_is_as_if_made_here() -> None:
    made: list[int] = []
    come_back(lambda: made.append(1), within_s=30)
    assert made == [1]


def test_what_a_call_raises_is_raised_here() -> None:
    def refuse() -> None:
        raise LookupError("no such group")

    with pytest.raises(LookupError):
        come_back(refuse, within_s=30)


def test_aborts_that_no_rebalance_explains_wait_longer_each_time() -> None:
    pauses: list[float] = []
    aborts = Aborts(pause=pauses.append)
    for _ in range(5):
        aborts.add(b"generation 1", "INVALID_TIMESTAMP")
    assert pauses == [0.1, 0.2, 0.4, 0.8]


def test_the_last_of_them_ends_the_process_with_kafka_s_word_for_it() -> None:
    aborts = Aborts(most=2, pause=lambda _: None)
    aborts.add(b"generation 1", "INVALID_TIMESTAMP")
    with pytest.raises(Stopped, match="refused this batch 2 times in a row: INVALID_TIMESTAMP") as stopped:
        aborts.add(b"generation 1", "INVALID_TIMESTAMP")
    assert stopped.value.exit_code == REFUSED


def test_aborts_by_rebalances_are_normal_however_many() -> None:
    pauses: list[float] = []
    aborts = Aborts(most=2, pause=pauses.append)
    for generation in range(50):
        aborts.add(b"generation %d" % generation, "ILLEGAL_GENERATION")
    assert pauses == []


def test_a_committed_batch_ends_a_row_of_aborts() -> None:
    pauses: list[float] = []
    aborts = Aborts(most=3, pause=pauses.append)
    for _ in range(3):
        aborts.add(b"generation 1", "NOT_ENOUGH_REPLICAS")
        aborts.add(b"generation 1", "NOT_ENOUGH_REPLICAS")
        aborts.end()
    assert pauses == [0.1, 0.1, 0.1]
