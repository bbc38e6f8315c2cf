"""A command that runs on: round after round by its clock, and no round is broken off."""

import os
import signal
import threading

import pytest

from agents.exporting import Exported, NotWritten
from claims.x12.writing import Unwritable
from console.claims import run_on
from console.faults import Mendable
from console.rounds import Rounds


class Time:
    """A clock that goes on only while somebody waits or works, and says stop after so many waits."""

    def __init__(self, waits: int) -> None:
        self.now, self.waits = 0.0, waits

    def __call__(self) -> float:
        return self.now

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        self.now += seconds
        self.waits -= 1
        if self.waits == 0:
            stop.set()
        return stop.is_set()


def rounds(time: Time, every: float = 60) -> Rounds:
    return Rounds(every, clock=time, wait=time.wait)


@pytest.mark.parametrize(
    ("reason", "takes", "begun"),
    [
        ("a short round leaves the rest of the time", 5, [0, 60, 120]),
        ("one that takes all of it is followed at once", 60, [0, 60, 120]),
        ("a longer one too, and none is made up for", 90, [0, 90, 180]),
    ],
)
def test_rounds_begin_so_many_seconds_after_one_another(reason: str, takes: float, begun: list[float]) -> None:
    time, found = Time(3), list[float]()

    def work() -> None:
        found.append(time.now)
        time.now += takes

    rounds(time).run(work)
    assert found == begun, reason


def test_a_signal_in_a_round_lets_it_end_and_begins_no_other() -> None:
    time, done = Time(100), list[str]()
    ours = rounds(time)

    def work() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("stopping" if ours.stopping() else "goes on")

    before = signal.getsignal(signal.SIGTERM)
    with ours.until_told():
        ours.run(work)
    assert done == ["stopping"]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_round_that_finds_another_export_leaves_it_to_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    time = Time(2)
    rest = [Exported()]

    def run(_stopping: object) -> Exported:
        if time.now == 0:
            raise Mendable("another export runs", "wait")
        return rest.pop()

    assert run_on(run, rounds(time), as_json=True) is False
    assert (rest, "another export runs; the next round tries again" in capsys.readouterr().err) == ([], True)


def test_whatever_else_is_wrong_ends_the_service() -> None:
    def run(_stopping: object) -> Exported:
        raise Mendable("no broker answers", "start it")

    with pytest.raises(Mendable, match="no broker"):
        run_on(run, rounds(Time(2)), as_json=True)


def test_a_claim_that_could_not_be_written_is_told_and_in_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    left = NotWritten("c1", "mercy-general", "commercial", Unwritable("patient.name", "is missing", "send it"))
    said = iter([Exported(not_written=[left]), Exported()])
    assert run_on(lambda _: next(said), rounds(Time(2)), as_json=True) is True
    assert capsys.readouterr().out.count("patient.name") == 1
