"""Something that is done every so often, until a signal says to stop: for commands that run as a service."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rounds:
    """The next round begins `every_s` after the last one began, or at once where that one took longer. A signal ends
    the waiting; a round asks `stopping` where it may end early."""

    every_s: float
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait

    def run(self, do: Callable[[], None]) -> None:
        while not self.stop.is_set():
            begun = self.clock()
            do()
            self.wait(self.stop, max(0.0, begun + self.every_s - self.clock()))

    def stopping(self) -> bool:
        return self.stop.is_set()

    @contextmanager
    def until_told(self) -> Iterator[None]:
        """SIGTERM and SIGINT end the rounds, and no round midway."""
        before = {each: signal.signal(each, self._told) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _told(self, _signal: int, _frame: object) -> None:
        self.stop.set()
