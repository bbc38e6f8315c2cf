"""The process that is killed: the real Faust worker of agents.worker, with a hook at the runner's named points.

It dies by its own SIGKILL, or stops itself, where the environment says so; what it holds at any moment stands in a
small shared file, so that whoever kills it can tell whether records were in flight. The product has no code for any
of this.
"""

import json
import mmap
import os
import random
import signal
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faust import Worker

from agents.assembly import Assembly
from agents.worker import build
from console import logs
from streams.runner import Runner
from streams.settings import Settings
from streams.source import Batch
from tests.chaos.planted import PLANTS

POINTS = ("consumed", "inside-ledger", "decided", "produced", "offsets-sent", "committed")
"""After consume, inside the ledger's transaction, after its commit, inside the Kafka transaction twice, after it."""

AT, CHANCE, HOW, NOTES, FLIGHT, PLANTED = (
    f"CHAOS_{name}" for name in ("AT", "CHANCE", "HOW", "NOTES", "FLIGHT", "PLANTED")
)


class Flight:
    """How many records a worker holds, and how many it has said, in a file that outlives its process."""

    _form = struct.Struct("<qq")

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            path.write_bytes(bytes(self._form.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), self._form.size)

    def write(self, held: int, said: int) -> None:
        self._form.pack_into(self._shared, 0, held, said)

    def read(self) -> tuple[int, int]:
        held, said = self._form.unpack_from(self._shared, 0)
        return held, said


@dataclass
class Hook:
    """Called at each named point: dies or stops there, with the chance it was told, once."""

    stage: str
    slot: str
    flight: Flight
    at: str = field(default_factory=lambda: os.environ.get(AT, ""))
    chance: float = field(default_factory=lambda: float(os.environ.get(CHANCE, "1")))
    stops: bool = field(default_factory=lambda: os.environ.get(HOW) == "stop")
    _said: int = 0
    _held: int = 0

    def __call__(self, point: str) -> None:
        if point == self.at and self._held and random.random() < self.chance:
            self.at = ""
            self._note(point)
            os.kill(os.getpid(), signal.SIGSTOP if self.stops else signal.SIGKILL)

    def taken(self, batch: Batch | None) -> None:
        self._held = 0 if batch is None else len(batch.records)
        self.flight.write(self._held, self._said)

    def ended(self, said: int) -> None:
        self._held, self._said = 0, self._said + said
        self.flight.write(0, self._said)

    def _note(self, point: str) -> None:
        """One line, written whole: it is the last thing the process does."""
        told = {"stage": self.stage, "slot": self.slot, "point": point, "held": self._held, "stops": self.stops}
        line = json.dumps({**told, "at": time.time()}) + "\n"
        note = os.open(os.environ[NOTES], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(note, line.encode())
        os.close(note)


class Doomed(Assembly):
    """The product's assembly; its runners have the hook, and the fault that was planted, if one was."""

    def runner(self, stage: str, slot: str, _point: Callable[[str], None] = lambda _: None) -> Runner:
        hook = Hook(stage, slot, Flight(Path(os.environ[FLIGHT]) / f"{stage}-{slot}"))
        runner = PLANTS[os.environ.get(PLANTED, "")](super().runner(stage, slot, hook))
        _watched(runner, hook)
        return runner


def _watched(runner: Runner, hook: Hook) -> None:
    take, run = runner.source.take, runner.run

    def taking() -> Batch | None:
        batch = take()
        hook.taken(batch)
        return batch

    def running(batch: Batch) -> int:
        said = run(batch)
        hook.ended(said)
        return said

    patched: Any = runner  # these two objects alone: not their classes
    patched.source.take, patched.run = taking, running


def main() -> None:
    settings = Settings()
    logs.set_up(settings.log_level)
    Worker(
        build(settings, Doomed(settings)), override_logging=False, redirect_stdouts=False, quiet=True
    ).execute_from_commandline()


if __name__ == "__main__":
    main()
