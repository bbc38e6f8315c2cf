"""What a worker tells about itself: metrics of its batches and of its stages' lag, and whether it is ready."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from confluent_kafka.admin import AdminClient

from agents.assembly import Assembly
from agents.clock import Clock
from schemas.records import Ruling
from streams.lag import Row, Window, drain_eta_s, evaluate, group_lag, worst
from streams.metrics import CHART_TO_TERMINAL, PARTNER_PAUSED, STAGE_DURATION, Metrics
from streams.runner import Timing
from streams.source import Batch

log = structlog.get_logger("claimstream")

_TERMINAL = {
    "validation": frozenset({"incomplete", "uncodable", "rejected-by-edits", "late-version"}),
    "claiming": frozenset({"claimed", "billed-to-patient", "rejected-by-edits", "incomplete"}),
}
"""What ends a chart's way, for better or worse; a denial is the claim's outcome, not the chart's."""


@dataclass
class Observer:
    """One process's metrics. Records carry the time the broker received their cause, all the way."""

    metrics: Metrics
    clock: Clock = field(default_factory=Clock)
    _paused: frozenset[str] = frozenset()

    def batch(self, stage: str, _batch: Batch, rulings: Sequence[Ruling], timing: Timing) -> None:
        """Called once per batch, after Kafka has it."""
        self.metrics.observe(STAGE_DURATION, stage, "ledger", seconds=timing.ledger_s)
        self.metrics.observe(STAGE_DURATION, stage, "kafka", seconds=timing.kafka_s)
        self.metrics.decided(stage, [ruling.decision.outcome for ruling in rulings])
        now = self.clock.now_ms()
        for ruling in rulings:
            if ruling.decision.outcome in _TERMINAL.get(stage, ()):
                seconds = max(0, now - ruling.at_ms) / 1000
                self.metrics.observe(CHART_TO_TERMINAL, ruling.decision.outcome, seconds=seconds)

    def paused(self, partners: frozenset[str]) -> None:
        """Called when a partner who sends mostly garbage is paused, and when his pause is over."""
        for partner in self._paused - partners:
            self.metrics.set(PARTNER_PAUSED, partner, to=0)
            log.warning("partner goes on", partner=partner)
        for partner in partners - self._paused:
            self.metrics.set(PARTNER_PAUSED, partner, to=1)
            log.warning("partner paused", partner=partner, why="most of what came last was refused")
        self._paused = partners


@dataclass
class LagWatch:
    """The lag of a process's own stages, looked at again and again."""

    assembly: Assembly
    metrics: Metrics
    stages: Sequence[str]
    _windows: dict[tuple[str, str, int], Window] = field(default_factory=lambda: defaultdict(Window))

    def look(self) -> None:
        settings = self.assembly.settings
        admin = AdminClient(settings.admin_config())
        for stage in self.stages:
            rows = group_lag(admin, settings.consumer_config(stage), self.assembly.reads(stage))
            now = Clock().now_ms()
            windows = [self._seen(stage, row, now) for row in rows]
            verdict = worst(evaluate(window, now, allowed=1) for window in windows)  # 1: a transaction's marker
            etas = [eta for window in windows if (eta := drain_eta_s(window)) is not None]
            self.metrics.lag(stage, rows, verdict, max(etas, default=None))

    def _seen(self, stage: str, row: Row, now: int) -> Window:
        place = (stage, row.topic, row.partition)
        window = self._windows[place]
        if row.committed is not None and row.end is not None:
            moved = not window.commits or window.commits[-1].offset != row.committed
            window = window.committed(row.committed, now, row.end) if moved else window.seen(row.end)
            self._windows[place] = window
        return window
