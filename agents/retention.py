"""How long decisions, event ids and ended deadlines are remembered: as long as the input topics are kept, and two
months more. The facts of a window, which name patients' tokens, are forgotten once it is published; and denials that
stand no more, when they have been compared with what was warned of for two years.

Accounts, claims, answers, bills and the denials that stand are kept: they are the hospital's books."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from agents.assembly import Assembly
from agents.clock import Clock
from agents.sayings import STAGE as CLAIMING
from agents.statistics import STAGE as STATISTICS
from ledger.denials import forget_ended
from ledger.retention import forget
from ledger.statistics import forget_published

OUTLIVES_DAYS = 61
"""A record that a partner sends once more is known as a repeat for so long after Kafka has dropped the first one."""
ENDED_DENIALS_DAYS = 2 * 366
"""As long as a claim is compared with earlier ones (claims/history.py)."""
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
        denials = (
            self._by_portions(partial(forget_ended, before=self._ended_before())) if CLAIMING in self.stages else 0
        )
        return facts + denials + sum(self._forget(stage) for stage in self.stages)

    def _ended_before(self) -> str:
        now = datetime.fromtimestamp(self.clock.now_ms() / 1000, UTC)
        return (now - timedelta(days=ENDED_DENIALS_DAYS)).date().isoformat()

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
