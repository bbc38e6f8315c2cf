"""A transaction whose client hangs ends the process instead of hanging it."""

import threading

import pytest

from streams.source import KAFKA_FATAL, Stopped
from streams.transaction import come_back


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
