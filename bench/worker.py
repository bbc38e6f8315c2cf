"""The real worker with a meter in it: `python -m bench.worker METER STAGE...` runs agents.worker's app on these stages.

Nothing is replaced: what the meter times is called as ever, so a metered worker decides and says what any other would.
"""

import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar

from faust import Worker

from agents.assembly import Assembly
from agents.reference import CODESETS
from agents.stage import Judgement, States
from agents.worker import build
from bench.meter import Meter
from ledger import accounts, deadlines, projections, statistics
from ledger.states import STATES
from schemas.compiled import CompiledCodec
from schemas.registry import Ids
from streams.brokers.broker import free_ports
from streams.runner import Runner
from streams.settings import Settings
from streams.source import Batch

R = TypeVar("R")

CODESETS_FILE = "CLAIMSTREAM_BENCH_CODESETS"
"""Names the code sets that a measured worker opens, with the dated tables beside them, where they are not the usual."""


_here = threading.local()
"""Whose batch this thread is at: the ledger's functions are everybody's."""

_BY_BATCH: Mapping[ModuleType, Sequence[str]] = {
    accounts: ("lock", "save"),
    deadlines: ("open_", "end", "still_open"),
    projections: ("put_charts", "put_claims", "put_bills", "put_answers", "charts_of"),
    statistics: ("open_window", "append"),
}
"""What the measured stages ask of the ledger, besides remembering their batches."""
_OF_BATCHES = ("positions", "decided", "seen", "advance", "remember", "prune", "send")


@dataclass
class Instruments:
    """What times the parts of a stage. Each adds what a call took to one part and takes it off from the runner's, to
    which everything else belongs.

    Those that time every event are put on and taken off between batches: they cost a fifteenth of the rate. Sums are
    kept here and told to the meter once a batch.
    """

    meter: Meter
    stage: str
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _by_event: list[tuple[object, str, Callable[..., Any]]] = field(default_factory=list)
    _on: bool = False

    def at(self, owner: object, method: str, part: str) -> None:
        """Times calls of a method of `owner`, one for each event, as `part`."""
        self._by_event.append((owner, method, _timed(part, getattr(owner, method))))

    def switch(self, on: bool) -> None:
        _here.spent = self.spent
        if on == self._on:
            return
        for owner, method, timed in self._by_event:
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


def _spend(part: str, seconds: float) -> None:
    _here.spent[part] += seconds
    _here.spent["runner"] -= seconds


def _timed(part: str, call: Callable[..., R]) -> Callable[..., R]:
    def timed(*arguments: Any, **named: Any) -> R:
        started = time.perf_counter()
        result = call(*arguments, **named)
        _spend(part, time.perf_counter() - started)
        return result

    return timed


def _transactions(run: Callable[..., R]) -> Callable[..., R]:
    """What a transaction takes besides the work in it: a connection, its beginning and its commit."""

    def timed(work: Callable[[Any], R]) -> R:
        inside = 0.0

        def measured(tx: Any) -> R:
            nonlocal inside
            started = time.perf_counter()
            try:
                return work(tx)
            finally:
                inside += time.perf_counter() - started

        started = time.perf_counter()
        result = run(measured)
        _spend("ledger", time.perf_counter() - started - inside)
        return result

    return timed


@dataclass
class MeteredAssembly(Assembly):
    """An assembly that makes metered runners."""

    meter: Meter | None = None

    def __post_init__(self) -> None:
        for module, names in _BY_BATCH.items():
            for name in names:
                setattr(module, name, _timed("ledger", getattr(module, name)))

    def runner(self, stage: str, slot: str, *arguments: Any, **named: Any) -> Runner:
        assert self.meter is not None
        instruments = Instruments(self.meter, stage)
        made = super().runner(stage, slot, *arguments, **named)
        _by_event(instruments, made.stage, self.ids)
        for method in _OF_BATCHES:
            setattr(made.memory, method, _timed("ledger", getattr(made.memory, method)))
        made.ledger = SimpleNamespace(run=_transactions(made.ledger.run))
        made.kafka.say = _timed("kafka", made.kafka.say)  # type: ignore[method-assign]
        made.take = partial(_take, instruments, made.take)  # type: ignore[method-assign]
        made.run = partial(_run, instruments, made.run)  # type: ignore[method-assign]
        return made


def _by_event(instruments: Instruments, judged: Any, ids: Ids) -> None:
    """A stage has a codec and states of its own here, to be told apart from another's in the process."""
    instruments.at(judged, "read", "decode")
    if isinstance(judged, Judgement):
        judged.codec, judged.states = CompiledCodec(ids), States(*STATES)
        if hasattr(judged.stage, "states"):
            object.__setattr__(judged.stage, "states", judged.states)
        instruments.at(judged.codec, "encode", "encode")
        instruments.at(judged.states, "load", "decode")
        instruments.at(judged.states, "dump", "encode")
        instruments.at(judged.stage, "step", "step")


def _take(instruments: Instruments, take: Callable[[], Batch | None]) -> Batch | None:
    """Consuming by its CPU time: most of its wall time is waiting for somebody to say something."""
    started = time.thread_time()
    batch = take()
    if batch is not None:
        instruments.spent["kafka"] += time.thread_time() - started
    return batch


def _run(instruments: Instruments, run: Callable[[Batch], int], batch: Batch) -> int:
    """A batch from beginning to end: what no part takes off is the runner's."""
    instruments.switch(instruments.meter.is_on)
    started = time.perf_counter()
    done = run(batch)
    instruments.spent["runner"] += time.perf_counter() - started
    instruments.tell(records=done, batches=1)
    return done


def main(meter: str, *stages: str) -> None:
    settings = Settings(stages=",".join(stages), web_port=free_ports(1)[0])
    codesets = Path(os.environ.get(CODESETS_FILE, CODESETS))
    app = build(settings, MeteredAssembly(settings, codesets, meter=Meter(Path(meter))))
    Worker(app, override_logging=False, redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
