"""The worker: Faust's app, with one agent per stage, timers and the web server. `faust -A agents.worker worker`
runs it.

This is the one module where something happens at import: it reads the settings and puts the app together.

Faust runs the agents; librdkafka moves the bytes (docs/design.md has the measurements). So Faust's own Kafka
consumer is off, each stage has a task that takes batches from its source and an agent over a channel that runs
them, and the channel is opened once.
"""

import asyncio
import os
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import Any, TypeVar

import faust
import structlog
from confluent_kafka import Producer
from faust.app.base import BootStrategy as FaustBoot

from agents.assembly import Assembly
from agents.clock import Clock
from agents.heap import one_arena, spare_the_collector, sweep
from agents.observing import LagWatch, Observer
from agents.retention import Retention
from agents.timers import Timers
from ledger import slots
from ledger.store import LedgerUnreachable
from streams.metrics import Metrics, Page, live_page, metrics_page, ready_page
from streams.runner import Runner
from streams.settings import Settings
from streams.source import Batch, Stopped
from streams.topics import DEADLINE_DUE

R = TypeVar("R")

SLOT_TAKEN, UNEXPECTED, LEDGER_GONE = 7, 8, 12
STOP_WAIT_S = 9.0
LEASE_EVERY_S = 3.0
LAG_EVERY_S = 10.0
TICK_EVERY_S = 1.0
FORGET_EVERY_S = 600.0
SWEEP_EVERY_S = 30.0

_ROOT = Path(__file__).resolve().parent.parent

log = structlog.get_logger("claimstream")


class App(faust.App):
    """Faust without its own Kafka client."""

    class BootStrategy(FaustBoot):
        enable_kafka = False


@dataclass
class StageWorker:
    """One stage in one slot, from lease to leave. Only one batch is under way at a time."""

    stage: str
    slot: str
    assembly: Assembly
    observer: Observer
    runner: Runner | None = None
    _busy: threading.Lock = field(default_factory=threading.Lock)
    _stopping: bool = False
    _taken: Batch | None = None

    def start(self) -> None:
        """Takes the slot, then the place in the group. What a predecessor left open is aborted here."""
        if not self._lease():
            raise Stopped(SLOT_TAKEN, f"slot {self.slot} of {self.stage} is taken by a living worker")
        runner = self.assembly.runner(self.stage, self.slot)
        runner.on_batch = partial(self.observer.batch, self.stage)
        if runner.gate is not None:
            runner.gate.on_change = self.observer.paused
        runner.kafka.start()
        runner.source.subscribe()
        self.runner = runner
        spare_the_collector()

    def is_ready(self) -> bool:
        """True while it is a member of its group; partitions it may have none."""
        return self.runner is not None and not self._stopping and self.runner.source.is_member

    def take(self) -> bool:
        """Whether there is a batch to run. It is kept here and not handed round: whoever waits for the next one would
        keep it alive."""
        assert self.runner is not None
        with self._busy:
            self._taken = None if self._stopping else self.runner.take()
            return self._taken is not None

    def run(self) -> None:
        self._run_taken()
        sweep()

    def _run_taken(self) -> None:
        assert self.runner is not None
        with self._busy:
            batch, self._taken = self._taken, None
            if batch is not None and not self._stopping:
                self.runner.run(batch)

    def renew(self) -> None:
        if self.runner is not None and not self._lease():
            raise Stopped(SLOT_TAKEN, f"slot {self.slot} of {self.stage} was taken over")

    def finish(self) -> None:
        """Lets the batch under way end, leaves the group, gives the slot back."""
        self._stopping = True
        if self.runner is None or not self._busy.acquire(timeout=STOP_WAIT_S):
            return
        try:
            self.runner.source.close()
            self.assembly.ledger.run(lambda tx: slots.release(tx, self.stage, self.slot, slots.me()))
        finally:
            self._busy.release()  # a batch that was taken and not begun waits for it, and the process for that thread

    def _lease(self) -> bool:
        now = Clock().now_ms()
        return self.assembly.ledger.run(lambda tx: slots.lease(tx, self.stage, self.slot, slots.me(), now))


def build(settings: Settings, assembly: Assembly | None = None) -> App:
    """The app of one process: the stages and the slot that the settings name."""
    one_arena()
    parts = assembly or Assembly(settings)
    app = App(
        "claimstream",
        broker=f"kafka://{settings.brokers}",
        store="memory://",
        web_host=settings.web_host,
        web_bind=settings.web_host,
        web_port=settings.web_port,
        topic_disable_leader=True,
        datadir=f"{gettempdir()}/claimstream-faust",  # Faust wants one; nothing is kept there
        worker_redirect_stdouts=False,
    )
    metrics = Metrics()
    observer = Observer(metrics)
    workers = [StageWorker(stage, settings.slot, parts, observer) for stage in settings.stage_names]
    # A thread for each stage's batch, and some for timers: neither waits for the other.
    threads = ThreadPoolExecutor(len(workers) + 4, thread_name_prefix="claimstream")
    for worker in workers:
        _run_stage(app, worker, threads)
    _run_timers(app, parts, workers, LagWatch(parts, metrics, settings.stage_names), threads)
    _serve(app, metrics, workers)

    @app.on_before_shutdown.connect
    async def _(*_args: Any, **_kwargs: Any) -> None:
        await asyncio.gather(*(_thread(threads, worker.finish) for worker in workers))

    return app


def _run_stage(app: App, worker: StageWorker, threads: ThreadPoolExecutor) -> None:
    channel: Any = app.channel(maxsize=1)

    async def source() -> None:
        app.flow_control.resume()
        await _thread(threads, worker.start)
        while not app.should_stop:
            if await _thread(threads, worker.take):
                done = asyncio.get_running_loop().create_future()
                await channel.put(done)
                await done

    async def agent(batches: Any) -> None:
        async for done in batches:
            await _thread(threads, worker.run)
            done.set_result(None)

    app.task(source)
    app.agent(channel, name=f"agents.{worker.stage}")(agent)


def _run_timers(
    app: App, parts: Assembly, workers: list[StageWorker], lag: LagWatch, threads: ThreadPoolExecutor
) -> None:
    told = [stage for stage in parts.settings.stage_names if DEADLINE_DUE in parts.reads(stage)]
    timers = Timers(parts.clock, parts.ledger, parts.codec, Producer(parts.settings.producer_config()), told)
    retention = Retention(parts, parts.settings.stage_names)

    async def tick(_app: App) -> None:
        await _thread(threads, timers.tick)

    async def renew(_app: App) -> None:
        for worker in workers:
            await _thread(threads, worker.renew)

    async def look(_app: App) -> None:
        await _thread(threads, _unless_unavailable, lag.look)

    async def forget(_app: App) -> None:
        await _thread(threads, retention.look)

    async def collect(_app: App) -> None:
        sweep(whole=True)

    if told:
        app.timer(TICK_EVERY_S)(tick)
    app.timer(LEASE_EVERY_S)(renew)
    app.timer(LAG_EVERY_S)(look)
    app.timer(FORGET_EVERY_S)(forget)
    app.timer(SWEEP_EVERY_S)(collect)


def _serve(app: App, metrics: Metrics, workers: list[StageWorker]) -> None:
    """/metrics, /live and /ready, on the loopback unless the settings say otherwise."""

    def ready() -> Page:
        return ready_page({worker.stage: worker.is_ready for worker in workers})

    pages: dict[str, Callable[[], Page]] = {
        "/metrics": lambda: metrics_page(metrics),
        "/live": live_page,
        "/ready": ready,
    }
    for path, page in pages.items():
        app.page(path)(_handler(page))


def _handler(page: Callable[[], Page]) -> Any:
    async def answer(web: Any, _request: Any) -> Any:
        said = page()
        return web.bytes(said.body, content_type=said.content_type.split(";")[0], status=said.status)

    return answer


def _unless_unavailable(look: Callable[[], None]) -> None:
    """A monitor that can't look says nothing new; it is no reason to end the work it looks at."""
    try:
        look()
    except Exception as unavailable:  # noqa: BLE001 whatever it is: the records matter more than their number
        log.warning("lag not known", kind=type(unavailable).__name__)


async def _thread(threads: ThreadPoolExecutor, work: Callable[..., R], *arguments: Any) -> R:
    """Work in a thread; trouble that nobody inside could handle ends the process, for its successor to begin from
    the ledger."""
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, work, *arguments)
    except Stopped as stopped:
        leave(stopped.exit_code, str(stopped))
    except LedgerUnreachable as gone:
        leave(LEDGER_GONE, f"the ledger can't be reached or written: {gone}")
    except Exception as unexpected:  # noqa: BLE001 the boundary: anything else is a fault of ours
        leave(UNEXPECTED, f"{type(unexpected).__name__} at {place_of(unexpected)}")
    raise AssertionError


def place_of(error: BaseException) -> str:
    """The innermost line of ours that an error passed, as file:line; its words may quote a record."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = (
        frame
        for frame in reversed(frames)
        if _ROOT in Path(frame.filename).parents and "site-packages" not in frame.filename
    )
    return next((f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}" for frame in ours), "no line of ours")


def leave(exit_code: int, why: str) -> None:
    log.error("stopped", exit_code=exit_code, why=why)
    os._exit(exit_code)


def __getattr__(name: str) -> Any:
    """`app`, put together when Faust's command asks for it."""
    if name == "app":
        return build(Settings())
    raise AttributeError(name)
