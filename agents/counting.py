"""Counts a closed window before it is published: in portions, each in a short reading transaction, so that neither a
lock nor memory grows with the month."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy.engine import Connection

from agents.stage import Counted, States
from agents.statistics import Statistics, Uncounted
from claims.cells import publish
from claims.facts import Fact
from claims.tabulate import CHAINS
from ledger import statistics
from ledger.store import Ledger, LedgerUnreachable
from schemas.events import DeadlineDue

R = TypeVar("R")


@dataclass(frozen=True)
class Facts:
    """The facts of a closed window, read anew each time they are gone through, and never all in memory."""

    ledger: Ledger
    states: States
    window: str

    def __iter__(self) -> Iterator[Fact]:
        place: statistics.Place | None = statistics.BEGINNING
        while place is not None:
            portion = self.ledger.read(partial(statistics.recall, window=self.window, after=place))
            yield from (self.states.load(Fact, body) for body in portion.bodies)
            place = portion.upto


@dataclass(frozen=True)
class CountsFirst:
    """The ledger as the statistics stage decides in it: what a decision finds uncounted is counted outside of its
    transaction, and then it is decided again. The same window always counts the same, so nothing is kept for later."""

    ledger: Ledger
    stage: Statistics

    def run(self, work: Callable[[Connection], R]) -> R:
        try:
            while True:
                try:
                    return self.ledger.run(work)
                except Uncounted as missing:
                    self.stage.counted[missing.due.about] = self._count(missing.due)
        finally:
            self.stage.counted.clear()

    def _count(self, due: DeadlineDue) -> Counted:
        facts = Facts(self.ledger, self.stage.states, due.about)
        try:
            return publish(due.about, CHAINS, facts, self.stage.versions, due)
        except LedgerUnreachable:
            raise
        except Exception as bug:  # noqa: BLE001 the boundary: a bug costs the event that asked, in its step
            return bug
