"""How long decisions, event ids and ended deadlines are remembered: as long as the input topics are kept, and two
months more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from agents.assembly import Assembly
from agents.clock import Clock
from ledger.retention import forget

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
        return sum(self._forget(stage) for stage in self.stages)

    def _forget(self, stage: str) -> int:
        kept_ms = self._kept_ms(stage)
        if kept_ms is None:
            return 0
        before_ms, total = self.clock.now_ms() - kept_ms, 0
        for _ in range(_ROUNDS):
            gone = self.assembly.ledger.run(partial(forget, stage=stage, before_ms=before_ms))
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
