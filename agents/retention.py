"""How long decisions, event ids and ended deadlines are remembered: as long as the input topics are kept, and two
months more. The facts of a window, which name patients' tokens, are forgotten once it is published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.engine import Connection

from agents.assembly import Assembly
from agents.clock import Clock
from agents.statistics import STAGE as STATISTICS
from ledger.retention import forget
from ledger.statistics import forget_published

OUTLIVES_DAYS = 61
"""A record that a partner sends once more is known as a repeat for so long after Kafka has dropped the first one."""
_ROUNDS = 20  # a look is bounded, and the next one goes on
_DAY_MS = 86_400_000


@dataclass
class Retention:
    """Forgets for a process's own stages, a portion a transaction."""

    assembly: Assembly
    stages: Sequence[str]
    clock: Clock = field(default_factory=Clock)

    def look(self) -> int:
        """How many rows were forgotten; any number of processes may look at once."""
        facts = self._by_portions(forget_published) if STATISTICS in self.stages else 0
        return facts + sum(self._forget(stage) for stage in self.stages)

    def _forget(self, stage: str) -> int:
        kept_ms = self._kept_ms(stage)
        if kept_ms is None:
            return 0
        return self._by_portions(partial(forget, stage=stage, before_ms=self.clock.now_ms() - kept_ms))

    def _by_portions(self, forgetting: Callable[[Connection], int]) -> int:
        total = 0
        for _ in range(_ROUNDS):
            gone = self.assembly.ledger.run(forgetting)
            total += gone
            if not gone:
                break
        return total

    def _kept_ms(self, stage: str) -> int | None:
        """The longest that a topic of the stage's is kept, and two months; null when one is kept for ever, or none is
        read."""
        reads = frozenset(self.assembly.reads(stage))
        kept = [int(spec.configs["retention.ms"]) for spec in self.assembly.topics if spec.name in reads]
        return None if not kept or min(kept) < 0 else max(kept) + OUTLIVES_DAYS * _DAY_MS
