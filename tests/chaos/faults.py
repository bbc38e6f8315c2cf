"""What is done to a run: kills at random, deaths and stops at named points, a broker's death. Quotas, met one after
the other.

Each fault waits until its victim holds records; a kill that met none is made again. Faults and feed pace each
other, so that the faults are spread over all of the charts.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from streams.brokers import Broker
from tests.chaos.crew import Crew, Member, Order
from tests.chaos.worker import POINTS

VICTIMS = {"claiming": 8, "intake": 4, "validation": 2, "adjudication": 4, "delivery": 2}
"""How often each stage is chosen."""
_WAIT_S = 4.0  # for a victim to have records in hand
_PAUSE_S = (0.6, 2.2)


@dataclass(frozen=True)
class Quota:
    """How much of everything. `kills` count only with records in flight."""

    kills: int = 40
    deaths: int = 5  # at each point
    stops: int = 6
    broker: int = 1
    payers: int = 4  # killed at a file that they import

    @property
    def total(self) -> int:
        return self.kills + self.deaths * len(POINTS) + self.stops + self.broker + self.payers

    def times(self, share: float) -> "Quota":
        kills, deaths, stops, payers = (
            round(each * share) for each in (self.kills, self.deaths, self.stops, self.payers)
        )
        return Quota(kills, deaths, stops, self.broker, payers)


NO_FAULTS = Quota(0, 0, 0, 0, 0)


@dataclass
class Faults:
    """Does the quota to the crew; `step` is called again and again, and does at most one thing."""

    crew: Crew
    broker: Broker
    quota: Quota
    seed: int
    stop_at: tuple[str, ...] = ("decided", "produced", "consumed", "inside-ledger")
    done: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    by_stage: Counter[str] = field(default_factory=Counter)
    _turn: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed + 2)

    @property
    def count(self) -> int:
        """How much of the quota is done."""
        self._read_notes()
        met = sum(min(self.deaths[point], self.quota.deaths) for point in POINTS)
        kills, stops = min(self.done["kills"], self.quota.kills), min(self.crew.resumed, self.quota.stops)
        payers = min(self.done["payers"], self.quota.payers)
        return met + kills + stops + payers + min(self.done["broker"], self.quota.broker)

    @property
    def lacking(self) -> str:
        """What of the quota is still to be done."""
        deaths = {point: self.quota.deaths - self.deaths[point] for point in POINTS}
        left = {
            "kills": self.quota.kills - self.done["kills"],
            "stops": self.quota.stops - self.crew.resumed,
            "payers": self.quota.payers - self.done["payers"],
            **deaths,
        }
        return ", ".join(f"{count} {name}" for name, count in left.items() if count > 0)

    @property
    def complete(self) -> bool:
        return self.count >= self.quota.total

    def step(self) -> None:
        """One fault, and the pause after it."""
        if self.done["broker"] < self.quota.broker and self.count > self.quota.total // 2:
            self._kill_broker()
            return
        if self.done["payers"] + 0.5 < self.quota.payers * self.count / self.quota.total:
            self._kill_payer()
            return
        ready = [member for member in self.crew.ready() if member.stage.name in VICTIMS]
        order = self._next_order()
        if ready and (order is not None or self.done["kills"] < self.quota.kills):
            member = self._dice.choices(ready, [self._weight(member) for member in ready])[0]
            self._kill(member, order)
        time.sleep(self._dice.uniform(*_PAUSE_S))

    def _weight(self, member: Member) -> float:
        return VICTIMS[member.stage.name] / self.crew.sizes[member.stage.name]

    def _kill(self, member: Member, order: Order | None) -> None:
        """Waits for records in hand, then a moment, then kills; the successor is told where to die or stop."""
        if not _until(lambda: member.flight.read()[0] > 0, _WAIT_S):
            return
        time.sleep(self._dice.uniform(0, 0.04))
        held = self.crew.kill(member)
        self.done["kills" if held else "kills of the idle"] += 1
        self.by_stage[member.stage.name] += 1
        self.crew.exits[f"{member.stage.name} killed"] += 1
        self.crew.run(member, order)

    def _next_order(self) -> Order | None:
        """The point that lacks most, now and then a stop instead; nothing when all is met or under way."""
        pending = Counter(m.order.point for m in self.crew.members.values() if m.order and not m.order.stops)
        stopping = sum(1 for m in self.crew.members.values() if m.order and m.order.stops)
        self._read_notes()
        lacking = {p: self.quota.deaths - self.deaths[p] - pending[p] for p in POINTS}
        self._turn += 1
        if self.crew.resumed + stopping < self.quota.stops and (self._turn % 4 == 0 or max(lacking.values()) <= 0):
            return Order(self._dice.choice(self.stop_at), stops=True)
        most = max(lacking.values())
        if most <= 0:
            return None
        return Order(self._dice.choice([point for point in POINTS if lacking[point] == most]))

    def _kill_payer(self) -> None:
        if _until(lambda: self.crew.importing() is not None, _WAIT_S) and (names := self.crew.importing()):
            time.sleep(self._dice.uniform(0, 0.3))
            left = self.crew.kill_payer(names)
            self.done["payers" if left else "payers without a file"] += 1

    def _kill_broker(self) -> None:
        self.broker.kill()
        time.sleep(2)
        self.broker.restart()
        self.done["broker"] += 1

    def _read_notes(self) -> None:
        path = self.crew.place.notes
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []
        self.deaths = Counter(line["point"] for line in lines if not line["stops"] and line["held"])
        self.done["stops begun"] = sum(line["stops"] for line in lines)
        self.done["deaths in claiming"] = sum(not line["stops"] and line["stage"] == "claiming" for line in lines)


def _until(met: Callable[[], bool], wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        if met():
            return True
        time.sleep(0.002)
    return False
