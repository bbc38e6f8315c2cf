"""The real worker with a meter in it: `python -m bench.worker METER STAGE...` runs agents.worker's app on these stages.

Nothing is replaced: what the meter times is called as ever, so a metered worker decides and says what any other would.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from faust import Worker

from agents.assembly import Assembly
from agents.delivery import Delivery
from agents.stage import Judgement, States
from agents.worker import build
from bench.meter import Meter
from claims.accounts import Account, PatientHistory
from claims.facts import Fact
from claims.postings import ClaimBalance, Payment
from schemas.compiled import CompiledCodec
from schemas.events import Wire
from schemas.records import Decision, Record
from streams.brokers.broker import free_ports
from streams.runner import Read, Runner
from streams.settings import Settings
from streams.source import Batch

R = TypeVar("R")


@dataclass(frozen=True)
class Timed:
    """Adds what a call took to one part of a stage. What it passes on to another part is taken off again.

    Sums are kept here and told to the meter once a batch: a metered worker must not be slower for being metered.
    """

    meter: Meter
    stage: str
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def part(self, part: str, call: Callable[..., R], inside: bool = True) -> Callable[..., R]:
        spent, clock = self.spent, time.perf_counter

        def timed(*arguments: Any, **named: Any) -> R:
            started = clock()
            result = call(*arguments, **named)
            took = clock() - started
            spent[part] += took
            if inside:
                spent["ledger"] -= took
            return result

        return timed

    def tell(self) -> None:
        """What was spent since the last time."""
        for part, seconds in self.spent.items():
            self.meter.add(self.stage, part, seconds)
        self.spent.clear()


class MeteredStates(States):
    """State that is read or written is decoded or encoded; its bytes' way to the database is the ledger's."""

    def __init__(self, timed: Timed, *models: type[Wire]) -> None:
        super().__init__(*models)
        self.load = timed.part("decode", self.load)  # type: ignore[method-assign]
        self.dump = timed.part("encode", self.dump)  # type: ignore[method-assign]


@dataclass(frozen=True)
class MeteredStage:
    """A stage as its runner sees it, its reading timed; the steps inside a judgement are timed where it calls them."""

    stage: Judgement | Delivery
    timed: Timed

    @property
    def name(self) -> str:
        return self.stage.name

    @cached_property
    def read(self) -> Callable[[Record], Read]:
        return self.timed.part("decode", self.stage.read)

    def refuse(self, record: Record, code: str) -> Decision:
        return self.stage.refuse(record, code)

    def decide(self, tx: Any, accepted: Sequence[tuple[Record, Any]]) -> Sequence[Decision]:
        return self.stage.decide(tx, accepted)


@dataclass(frozen=True)
class MeteredStep:
    """A stage as its module wrote it, its step timed."""

    stage: Any
    timed: Timed

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage, name)

    @cached_property
    def step(self) -> Callable[..., Any]:
        return self.timed.part("step", self.stage.step)


class MeteredCodec(CompiledCodec):
    """The fast codec, its encoding timed."""

    def __init__(self, timed: Timed, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.encode = timed.part("encode", self.encode)  # type: ignore[method-assign]


@dataclass
class MeteredAssembly(Assembly):
    """An assembly that makes metered runners; each stage has a codec and states of its own, to be told apart."""

    meter: Meter | None = None

    def runner(self, stage: str, slot: str, *arguments: Any, **named: Any) -> Runner:
        assert self.meter is not None
        timed = Timed(self.meter, stage)
        made = super().runner(stage, slot, *arguments, **named)
        judged: Any = made.stage
        if isinstance(judged, Judgement):
            judged.codec = MeteredCodec(timed, self.ids)
            judged.states = MeteredStates(timed, Account, PatientHistory, Payment, ClaimBalance, Fact)
            inner: Any = judged.stage
            if hasattr(inner, "states"):
                object.__setattr__(inner, "states", judged.states)
            judged.stage = MeteredStep(inner, timed)
        made.stage = MeteredStage(judged, timed)
        made.kafka.say = timed.part("kafka", made.kafka.say)  # type: ignore[method-assign]
        made.take = partial(_take, timed, made.take)  # type: ignore[method-assign]
        made.run = partial(_run, timed, made.run)  # type: ignore[method-assign]
        return made


def _take(timed: Timed, take: Callable[[], Batch | None]) -> Batch | None:
    """Consuming by its CPU time: most of its wall time is waiting for somebody to say something."""
    started = time.thread_time()
    batch = take()
    if batch is not None:
        timed.spent["kafka"] += time.thread_time() - started
    return batch


def _run(timed: Timed, run: Callable[[Batch], int], batch: Batch) -> int:
    """A batch from beginning to end: what no other part takes off is the ledger's."""
    done = timed.part("ledger", run, inside=False)(batch)
    timed.tell()
    timed.meter.add(timed.stage, "records", done)
    timed.meter.add(timed.stage, "batches", 1)
    return done


def main(meter: str, *stages: str) -> None:
    settings = Settings(stages=",".join(stages), web_port=free_ports(1)[0])
    app = build(settings, MeteredAssembly(settings, meter=Meter(Path(meter))))
    Worker(app, override_logging=False, redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
