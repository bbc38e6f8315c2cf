"""One run from an empty broker and an empty ledger to the checker's verdict."""

import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from pydantic import SecretStr

from agents.assembly import Assembly
from agents.clock import Clock
from agents.provision import provision
from agents.timers import Timers
from ledger.upgrade import upgrade
from streams.brokers import Broker, apache
from streams.provisioning import end_offsets, partitions_of
from streams.settings import Settings
from tests.chaos.charts import MORE_THAN_THE_HOLD, NOON, charts
from tests.chaos.checker import Evidence, judge
from tests.chaos.crew import KEY, Crew, Place
from tests.chaos.faults import NO_FAULTS, Faults, Quota
from tests.chaos.feed import Feed
from tests.chaos.outbox import JOURNAL, imported

PATIENT = {"broker.session.timeout.ms": "18000", "broker.heartbeat.interval.ms": "1000"}
"""A broker that a busy machine leaves waiting for seconds isn't taken for dead by its own controller."""
WINDOW = 1_500  # charts that may be under way before validation
QUIET_S = 20.0  # longer than a transaction's timeout and a session's: nothing moves any more because nothing is left


@dataclass(frozen=True)
class Run:
    """What is asked of one run."""

    charts: int = 200
    seed: int = 1
    quota: Quota = NO_FAULTS
    planted: str = ""
    stop_s: float = 9.0
    stop_at: tuple[str, ...] = ("decided", "produced", "consumed", "inside-ledger")
    patience_s: float = 1_800.0
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)


@dataclass
class Result:
    figures: dict[str, Any] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    """What the checker holds, and how often it didn't: empty when every promise was kept."""
    examples: dict[str, list[str]] = field(default_factory=dict)
    refused: str | None = None
    """The guard that made a worker refuse to go on."""

    @property
    def clean(self) -> bool:
        return not self.broken and self.refused is None and self.figures["drained"]


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of this run's own, as SQLAlchemy names it."""
    from pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    finally:
        server.cleanup()


def run(asked: Run, folder: Path | None = None, ledger: str | None = None) -> Result:
    """The whole scenario; brokers, databases and processes are its own and end with it."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as made:
        folder = folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        with replace(apache(folder / "kafka", properties=PATIENT), ready_s=240) as broker:
            if ledger is not None:
                return _run(asked, folder, broker, ledger)
            with postgres(folder) as url:
                return _run(asked, folder, broker, url)


def _run(asked: Run, folder: Path, broker: Broker, ledger: str) -> Result:
    assembly = _provisioned(broker.bootstrap, ledger)
    crew = Crew(Place(broker.bootstrap, ledger, folder, asked.planted), stop_s=asked.stop_s)
    faults = Faults(crew, broker, asked.quota, asked.seed, asked.stop_at)
    progress = _Progress(ledger)
    pace = _Pace(asked.charts, faults, progress)
    made = charts(4 * asked.charts + 2_000, asked.seed)  # some in reserve, until the quota of faults is met
    feed = Feed(broker.bootstrap, made, folder / "feed.jsonl", asked.seed, pace.allowed, pace.is_enough)
    ticking = _Ticking(assembly)
    started = time.monotonic()
    crew.start()
    try:
        feed.start()
        ticking.start()
        times = _drive(asked, faults, feed, progress)
    finally:
        ticking.end()
        ended = crew.end()
    result = _judged(asked, folder, broker, ledger)
    result.refused = crew.refused
    lasted = time.monotonic() - started
    result.figures |= {
        "seed": asked.seed,
        "planted": asked.planted or "nothing",
        "charts_sent": feed.sent,
        "fed": dict(feed.kinds),
        **imported(crew.place.files / JOURNAL),
        "faults": {**faults.done, **{f"died at {k}": v for k, v in faults.deaths.items()}, "woken": crew.resumed},
        "killed_by_stage": dict(faults.by_stage),
        "exits": dict(crew.exits),
        "graceful_ends": dict(ended),
        **times,
        "seconds": round(lasted),
    }
    return result


def _provisioned(bootstrap: str, ledger: str) -> Assembly:
    given = Settings(brokers=bootstrap, ledger=SecretStr(ledger), pseudonym_key=SecretStr(KEY), clock=NOON)
    assembly = Assembly(given)
    upgrade(assembly.ledger)
    provision(assembly)
    return assembly


def _drive(asked: Run, faults: Faults, feed: Feed, progress: "_Progress") -> dict[str, Any]:
    """Faults until the quota is met, then calm until nothing moves; when what happened."""
    crew, begun, told, calm = faults.crew, time.monotonic(), 0.0, _Calm(faults.broker.bootstrap)
    fed = all_judged = None
    while crew.refused is None and time.monotonic() - begun < asked.patience_s:
        crew.watch()
        now = time.monotonic() - begun
        if feed.trouble is not None:
            raise feed.trouble
        fed = fed or (None if feed.is_alive() else now)
        all_judged = all_judged or (now if fed and progress.judged() >= feed.sent * 0.995 else None)
        if now - told > 15:
            told = now
            asked.say(
                f"{now:4.0f} s: {feed.sent} sent, {progress.judged()} judged, {faults.count} faults, {dict(crew.exits)}"
            )
        if not faults.complete:
            if progress.judged() >= 0.8 * asked.charts * faults.count / asked.quota.total:
                faults.step()
        elif fed and calm.lasts():
            break
        time.sleep(0.1)
    drained = crew.refused is None and time.monotonic() - begun < asked.patience_s
    lasted = time.monotonic() - begun - (QUIET_S if drained else 0)
    return {"drained": drained, "fed_s": fed, "judged_s": all_judged, "working_s": lasted}


def _judged(asked: Run, folder: Path, broker: Broker, ledger: str) -> Result:
    asked.say("the checker reads everything")
    since = time.monotonic()
    horizon = int((NOON + MORE_THAN_THE_HOLD).timestamp() * 1000)
    evidence = Evidence.read(broker.bootstrap, _plain(ledger), folder / "feed.jsonl", horizon)
    verdict = judge(evidence)
    figures = {**verdict.figures, "checked_s": round(time.monotonic() - since)}
    return Result(figures, verdict.broken, verdict.examples)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


class _Progress:
    """How many charts validation has judged."""

    def __init__(self, ledger: str) -> None:
        self._connection = psycopg.connect(_plain(ledger), autocommit=True)
        self._lock, self._at, self._count = threading.Lock(), 0.0, 0

    def judged(self) -> int:
        with self._lock:
            if time.monotonic() - self._at > 0.5:
                row = self._connection.execute("SELECT count(*) FROM charts WHERE stage = 'validation'").fetchone()
                self._count, self._at = (int(row[0]) if row else 0), time.monotonic()
            return self._count


@dataclass
class _Pace:
    """How fast the charts go: spread over the faults, so that each of these meets records in flight."""

    charts: int
    faults: Faults
    progress: _Progress
    _extra: int = 0
    _at: float = 0.0

    def allowed(self, sent: int) -> float:
        """Up to how many may be sent. Where nothing is under way any more and a fault still waits, a few more."""
        if self.faults.complete:
            return self.charts
        judged, now = self.progress.judged(), time.monotonic()
        if judged >= 0.97 * sent and now - self._at > 4:
            self._extra, self._at = sent + 50, now
        share = self.faults.count / self.faults.quota.total
        return max(self._extra, min(judged + WINDOW, self.charts * (0.05 + share)))

    def is_enough(self, sent: int) -> bool:
        return sent >= self.charts and self.faults.complete


class _Calm:
    """Whether the topics have stopped growing for long enough. A partition that doesn't answer isn't calm."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._seen, self._since, self._asked = -1, time.monotonic(), 0.0

    def lasts(self) -> bool:
        if time.monotonic() - self._asked > 3:
            seen = self._ends()
            self._asked = time.monotonic()
            if seen is None or seen != self._seen:
                self._seen, self._since = seen or -1, self._asked
        return time.monotonic() - self._since > QUIET_S

    def _ends(self) -> int | None:
        # A client of its own each time: one that knew the broker before its death may get no answer from it.
        admin = AdminClient({"bootstrap.servers": self._bootstrap, "log_level": 0})
        names = [name for name in admin.list_topics(timeout=30).topics if not name.startswith("__")]
        partitions = partitions_of(admin, names)
        ends = end_offsets(admin, partitions)
        return sum(ends.values()) if len(ends) == len(partitions) else None


class _Ticking(threading.Thread):
    """Says due deadlines as any worker's timer does, by a clock that is past the bill holds; some of them twice."""

    def __init__(self, assembly: Assembly) -> None:
        super().__init__(daemon=True, name="timers")
        self._assembly, self._over = assembly, threading.Event()
        self._dice = random.Random(7)

    def run(self) -> None:
        producer = Producer(self._assembly.settings.producer_config())
        clock = Clock(NOON + MORE_THAN_THE_HOLD + timedelta(minutes=1))
        timers = [Timers(clock, self._assembly.ledger, self._assembly.codec, producer) for _ in range(2)]
        while not self._over.wait(3):
            self._dice.choice(timers).tick()

    def end(self) -> None:
        self._over.set()
        self.join(30)
        self._assembly.ledger.close()
