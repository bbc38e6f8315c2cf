"""The real worker with a meter in it: `python -m bench.worker METER STAGE...` runs agents.worker's app on these stages.

Nothing is replaced: what the meter times is called as ever, so a metered worker decides and says what any other would.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from faust import Worker

from agents.assembly import Assembly
from agents.stage import Judgement, States
from agents.worker import build
from bench.meter import Meter
from ledger.states import STATES
from schemas.compiled import CompiledCodec
from streams.brokers.broker import free_ports
from streams.runner import Runner
from streams.settings import Settings
from streams.source import Batch

R = TypeVar("R")


@dataclass
class Instruments:
    """What times the parts of a stage, put on and taken off between batches: it costs a fifteenth of the rate.

    Each adds what a call took to one part, and what it passes on to another part is taken off again. Sums are kept here
    and told to the meter once a batch.
    """

    meter: Meter
    stage: str
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _places: list[tuple[object, str, Callable[..., Any]]] = field(default_factory=list)
    _on: bool = False

    def at(self, owner: object, method: str, part: str) -> None:
        """Times calls of a method of `owner` as `part`."""
        self._places.append((owner, method, self._timed(part, getattr(owner, method))))

    def switch(self, on: bool) -> None:
        if on == self._on:
            return
        for owner, method, timed in self._places:
            if on:
                object.__setattr__(owner, method, timed)
            else:
                object.__delattr__(owner, method)
        self._on = on

    def tell(self, **counts: int) -> None:
        """What was spent since the last time, and how many records and batches it was for."""
        if self._on:
            for column, amount in (self.spent | counts).items():
                self.meter.add(self.stage, column, amount)
        self.spent.clear()

    def _timed(self, part: str, call: Callable[..., R]) -> Callable[..., R]:
        spent, clock = self.spent, time.perf_counter

        def timed(*arguments: Any, **named: Any) -> R:
            started = clock()
            result = call(*arguments, **named)
            took = clock() - started
            spent[part] += took
            spent["ledger"] -= took
            return result

        return timed


@dataclass
class MeteredAssembly(Assembly):
    """An assembly that makes metered runners; each stage has a codec and states of its own, to be told apart."""

    meter: Meter | None = None

    def runner(self, stage: str, slot: str, *arguments: Any, **named: Any) -> Runner:
        assert self.meter is not None
        instruments = Instruments(self.meter, stage)
        made = super().runner(stage, slot, *arguments, **named)
        judged: Any = made.stage
        instruments.at(judged, "read", "decode")
        if isinstance(judged, Judgement):
            judged.codec, judged.states = CompiledCodec(self.ids), States(*STATES)
            if hasattr(judged.stage, "states"):
                object.__setattr__(judged.stage, "states", judged.states)
            instruments.at(judged.codec, "encode", "encode")
            instruments.at(judged.states, "load", "decode")
            instruments.at(judged.states, "dump", "encode")
            instruments.at(judged.stage, "step", "step")
        instruments.at(made.kafka, "say", "kafka")
        made.take = partial(_take, instruments, made.take)  # type: ignore[method-assign]
        made.run = partial(_run, instruments, made.run)  # type: ignore[method-assign]
        return made


def _take(instruments: Instruments, take: Callable[[], Batch | None]) -> Batch | None:
    """Consuming by its CPU time: most of its wall time is waiting for somebody to say something."""
    instruments.switch(instruments.meter.is_on)
    started = time.thread_time()
    batch = take()
    if batch is not None:
        instruments.spent["kafka"] += time.thread_time() - started
    return batch


def _run(instruments: Instruments, run: Callable[[Batch], int], batch: Batch) -> int:
    """A batch from beginning to end: what no other part takes off is the ledger's."""
    started = time.perf_counter()
    done = run(batch)
    instruments.spent["ledger"] += time.perf_counter() - started
    instruments.tell(records=done, batches=1)
    return done


def main(meter: str, *stages: str) -> None:
    settings = Settings(stages=",".join(stages), web_port=free_ports(1)[0])
    app = build(settings, MeteredAssembly(settings, meter=Meter(Path(meter))))
    Worker(app, override_logging=False, redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
