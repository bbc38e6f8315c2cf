"""A transaction whose client hangs ends the process instead of hanging it."""

import threading

import pytest

from streams.source import KAFKA_FATAL, Stopped
from streams.transaction import Aborts, come_back


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


def test_a_batch_that_kafka_refuses_each_time_ends_the_process_with_its_reason() -> None:
    aborts = Aborts(pause=lambda _: None)
    for _ in range(29):
        aborts.count("INVALID_TIMESTAMP")
    with pytest.raises(Stopped, match="30 transactions in a row were refused: INVALID_TIMESTAMP"):
        aborts.count("INVALID_TIMESTAMP")


def test_between_refusals_it_waits_longer_each_time_and_a_second_at_most() -> None:
    waited: list[float] = []
    aborts = Aborts(pause=waited.append)
    for _ in range(8):
        aborts.count("ILLEGAL_GENERATION")
    assert waited == sorted(waited)
    assert waited[-1] == 1.0


def test_a_batch_that_goes_through_ends_the_row() -> None:
    waited: list[float] = []
    aborts = Aborts(pause=waited.append)
    for _ in range(100):
        aborts.count("ILLEGAL_GENERATION")
        aborts.over()
    assert len(set(waited)) == 1
