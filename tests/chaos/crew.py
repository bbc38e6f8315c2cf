"""The processes of a run: workers in their slots and the example payers. Who dies is restarted at once; each end is
counted."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from streams.brokers.broker import free_ports
from tests.chaos import outbox, worker
from tests.chaos.charts import NOON
from tests.chaos.wire import ROOT
from tests.chaos.worker import Flight

WORKERS = {"intake": 2, "validation": 1, "claiming": 3, "adjudication": 2, "statistics": 1, "delivery": 1}
PAYERS = ("commercial,workers-compensation,employer", "medicare,medicaid,medicare-advantage")
KEY = "22" * 32  # for this suite alone

GUARDS = {4: "ledger behind Kafka", 5: "Kafka behind the ledger", 10: "breaker", 11: "no offsets"}
"""Exit codes by which a worker refuses to go on; the others are trouble that its successor may not meet again."""
GIVES_UP_AFTER = 4
ORDER_PATIENCE_S = 60.0


class Order(NamedTuple):
    """What a worker is told at its start: where to die, or to stop."""

    point: str
    chance: float = 0.5
    stops: bool = False


class Stage(NamedTuple):
    name: str
    slot: int

    def __str__(self) -> str:
        return f"{self.name}-{self.slot}"


@dataclass(frozen=True)
class Place:
    """Where a run happens: its broker, its ledger, its folder, the fault that was planted."""

    bootstrap: str
    ledger: str
    folder: Path
    planted: str = ""

    @property
    def notes(self) -> Path:
        return self.folder / "notes.jsonl"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def environment(self) -> dict[str, str]:
        return {
            "CLAIMSTREAM_BROKERS": self.bootstrap,
            "CLAIMSTREAM_LEDGER": self.ledger,
            "CLAIMSTREAM_PSEUDONYM_KEY": KEY,
            "CLAIMSTREAM_CLOCK": NOON.isoformat(),
            worker.NOTES: str(self.notes),
            worker.FLIGHT: str(self.folder / "flight"),
            outbox.FILES: str(self.files),
            worker.PLANTED: self.planted,
        }


@dataclass
class Member:
    """One slot with the process that is in it now."""

    stage: Stage
    flight: Flight
    port: int
    process: subprocess.Popen[bytes] | None = None
    order: Order | None = None
    since: float = 0.0
    stopped_at: float | None = None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def is_stopped(self) -> bool:
        """Whether the kernel has it stopped (state T)."""
        if self.process is None:
            return False
        try:
            text = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return False
        return text.rsplit(")", 1)[1].split()[0] == "T"

    @property
    def has_worked(self) -> bool:
        held, said = self.flight.read()
        return held + said > 0


@dataclass
class Crew:
    place: Place
    sizes: Mapping[str, int] = field(default_factory=lambda: dict(WORKERS))
    exits: Counter[str] = field(default_factory=Counter)
    resumed: int = 0
    stop_s: float = 9.0
    members: dict[Stage, Member] = field(default_factory=dict)
    payers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _refusals: Counter[tuple[Stage, int]] = field(default_factory=Counter)

    def start(self) -> None:
        flights = self.place.folder / "flight"
        flights.mkdir(parents=True, exist_ok=True)
        stages = [Stage(name, slot) for name, size in self.sizes.items() for slot in range(1, size + 1)]
        for stage, port in zip(stages, free_ports(len(stages)), strict=True):
            self.members[stage] = Member(stage, Flight(flights / str(stage)), port)
            self.run(self.members[stage])
        for names in PAYERS:
            self._start_payer(names)

    def run(self, member: Member, order: Order | None = None) -> None:
        """A new process in the slot, with an order or without."""
        told = {
            "CLAIMSTREAM_STAGES": member.stage.name,
            "CLAIMSTREAM_SLOT": str(member.stage.slot),
            "CLAIMSTREAM_WEB_PORT": str(member.port),
        }
        if order is not None:
            told |= {worker.AT: order.point, worker.CHANCE: str(order.chance)}
            told[worker.HOW] = "stop" if order.stops else "kill"
        member.flight.write(0, 0)
        member.order, member.since, member.stopped_at = order, time.monotonic(), None
        member.process = self._spawn([sys.executable, "-m", "tests.chaos.worker"], "workers.log", told)

    def watch(self) -> None:
        """Restarts who has died, wakes who has been stopped long enough."""
        for member in self.members.values():
            if member.process is not None and member.process.poll() is not None:
                self._count(member, member.process.returncode)
                self.run(member)
            elif member.is_stopped:
                self._wake(member)
        for names, process in self.payers.items():
            if process.poll() is not None:
                self.exits[f"payer {process.returncode}"] += 1
                self._start_payer(names)

    @property
    def refused(self) -> str | None:
        """The guard by which a slot refuses to go on, again and again."""
        at = next((at for at, times in self._refusals.items() if times >= GIVES_UP_AFTER), None)
        return None if at is None else f"{at[0]} refuses to go on: {GUARDS[at[1]]} (exit {at[1]})"

    def kill(self, member: Member) -> int:
        """SIGKILL; how many records it held as it died."""
        assert member.process is not None
        member.process.kill()
        member.process.wait()
        return member.flight.read()[0]

    def importing(self) -> str | None:
        """Payers that are at a file just now."""
        alive = (names for names, process in self.payers.items() if process.poll() is None)
        return next((names for names in alive if self._payer_flight(names).read()[0]), None)

    def kill_payer(self, names: str) -> int:
        """SIGKILL; how many files were left to it as it died. Who watches restarts it."""
        self.payers[names].kill()
        self.payers[names].wait()
        return self._payer_flight(names).read()[0]

    def ready(self) -> Iterator[Member]:
        """Workers one may kill: alive, not stopped, at work since their start, and not about to follow an order."""
        for member in self.members.values():
            free = member.order is None or time.monotonic() - member.since > ORDER_PATIENCE_S
            if free and member.alive and member.has_worked and not member.is_stopped:
                yield member

    def end(self, patience_s: float = 15) -> Counter[str]:
        """SIGTERM to all workers; how each of them ended."""
        for process in self.payers.values():
            process.kill()
            process.wait()
        processes = [(str(m.stage), m.process) for m in self.members.values() if m.process is not None]
        ended: Counter[str] = Counter()
        for _, process in processes:
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGCONT)
        until = time.monotonic() + patience_s
        for _, process in processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            ended[f"exit {process.returncode}"] += 1
        return ended

    def _wake(self, member: Member) -> None:
        now = time.monotonic()
        member.stopped_at = member.stopped_at or now
        if now - member.stopped_at >= self.stop_s:
            assert member.process is not None
            member.process.send_signal(signal.SIGCONT)
            member.stopped_at, member.order = None, None
            self.resumed += 1

    def _count(self, member: Member, code: int) -> None:
        self.exits[f"{member.stage.name} {code}"] += 1
        if code in GUARDS:
            self._refusals[member.stage, code] += 1

    def _start_payer(self, names: str) -> None:
        command = [sys.executable, "-m", "tests.chaos.payer", "--bootstrap", self.place.bootstrap, "--payers", names]
        self._payer_flight(names).write(0, 0)
        self.payers[names] = self._spawn(command, "payers.log", {})

    def _payer_flight(self, names: str) -> Flight:
        return Flight(self.place.folder / "flight" / outbox.name_of(names))

    def _spawn(self, command: list[str], log: str, told: Mapping[str, str]) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self.place.environment(), **told}
        with (self.place.folder / log).open("ab") as out:
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
