"""Every metric, in one place: name, labels, and what it means. The documentation's table is made from METRICS.

Never a label by chart, patient, account or claim: a label is a place for names of ours and of partners, nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from math import nan
from typing import NamedTuple

import prometheus_client
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest

from streams.lag import Row, Verdict


class Metric(NamedTuple):
    """`kind` is gauge, counter or histogram; `buckets` are a histogram's upper bounds in seconds."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = ()


_PARTITION = ("group", "topic", "partition")

LAG_RECORDS = Metric("claims_consumer_lag_records", "gauge", _PARTITION,
    "Records between what the group has committed and the end; transaction markers count. NaN: not known.")  # fmt: skip
RETENTION_MARGIN = Metric("claims_consumer_retention_margin_records", "gauge", _PARTITION,
    "Records between the oldest kept and the group; below 0 some were deleted unread. NaN: not known.")  # fmt: skip
STATUS = Metric("claims_consumer_status", "gauge", ("group",),
    "The group's worst partition: 0 OK, 1 UNKNOWN, 2 WARN, 3 STALL, 4 REWIND, 5 STOP.")  # fmt: skip
DRAIN_ETA = Metric("claims_consumer_drain_eta_seconds", "gauge", ("group",),
    "Seconds until the lag is gone at the present pace. NaN: it isn't going down, or not known.")  # fmt: skip
STAGE_DURATION = Metric("claims_stage_duration_seconds", "histogram", ("stage", "part"),
    "A batch's time by part: ledger (decide and store) and kafka (say and commit).",
    (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))  # fmt: skip
CHART_TO_TERMINAL = Metric("claims_chart_to_terminal_seconds", "histogram", ("outcome",),
    "From the broker's receipt of a chart to its outcome.",
    (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400, 604_800))  # fmt: skip
OUTCOMES = Metric("claims_outcomes_total", "counter", ("stage", "outcome"),
    "Records decided, by outcome. One per new record; a redelivery isn't counted again.")  # fmt: skip
DUPLICATES = Metric("claims_duplicates_dropped_total", "counter", ("stage",),
    "Records whose event id was decided before with the same content.")  # fmt: skip
DEAD_LETTERS = Metric("claims_dead_letters_total", "counter", ("stage", "code"),
    "Records that couldn't be taken, by the code in their header.")  # fmt: skip
PARTNER_PAUSED = Metric("claims_partner_paused", "gauge", ("partner",),
    "1 while a partner's topics wait because most of what he sent last was refused, 0 once they go on.")  # fmt: skip

METRICS = (
    LAG_RECORDS, RETENTION_MARGIN, STATUS, DRAIN_ETA, STAGE_DURATION, CHART_TO_TERMINAL, OUTCOMES, DUPLICATES,
    DEAD_LETTERS, PARTNER_PAUSED,
)  # fmt: skip


class Metrics:
    """One process's metrics, in a registry of their own: two workers in one process don't meet in it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._gauges = {m: Gauge(m.name, m.meaning, m.labels, registry=self.registry) for m in _of("gauge")}
        self._counters = {
            m: prometheus_client.Counter(m.name, m.meaning, m.labels, registry=self.registry) for m in _of("counter")
        }
        self._histograms = {
            m: Histogram(m.name, m.meaning, m.labels, registry=self.registry, buckets=m.buckets)
            for m in _of("histogram")
        }

    def count(self, metric: Metric, *labels: str, by: int = 1) -> None:
        counter = self._counters[metric]
        (counter.labels(*labels) if labels else counter).inc(by)

    def set(self, metric: Metric, *labels: str, to: float | None) -> None:
        """What isn't known is NaN: 0 would be a claim."""
        gauge = self._gauges[metric]
        (gauge.labels(*labels) if labels else gauge).set(nan if to is None else to)

    def observe(self, metric: Metric, *labels: str, seconds: float) -> None:
        self._histograms[metric].labels(*labels).observe(seconds)

    def decided(self, stage: str, outcomes: Iterable[str]) -> None:
        """One batch's outcomes as the runner names them: a stage's own words, `duplicate`, `dead-letter:<code>`."""
        for outcome, times in Counter(outcomes).items():
            kind, _, code = outcome.partition(":")
            self.count(OUTCOMES, stage, kind, by=times)
            if kind == "duplicate":
                self.count(DUPLICATES, stage, by=times)
            if kind == "dead-letter":
                self.count(DEAD_LETTERS, stage, code, by=times)

    def lag(self, group: str, rows: Iterable[Row], verdict: Verdict, drain_eta_s: float | None) -> None:
        """A group's lag as it is now. Partitions that are gone are forgotten, so that none haunts a dashboard."""
        for metric in (LAG_RECORDS, RETENTION_MARGIN):
            self._gauges[metric].remove_by_labels({"group": group})
        for row in rows:
            partition = (group, row.topic, str(row.partition))
            self.set(LAG_RECORDS, *partition, to=row.lag)
            self.set(RETENTION_MARGIN, *partition, to=row.retention_margin)
        self.set(STATUS, group, to=verdict.status)
        self.set(DRAIN_ETA, group, to=drain_eta_s)


class Page(NamedTuple):
    """What a web handler answers; agents/worker.py mounts it."""

    status: int
    content_type: str
    body: bytes


def metrics_page(metrics: Metrics) -> Page:
    """/metrics"""
    return Page(200, CONTENT_TYPE_LATEST, generate_latest(metrics.registry))


def live_page() -> Page:
    """/live: the process answers. Whoever gets no answer restarts it."""
    return Page(200, "text/plain; charset=utf-8", b"live\n")


def ready_page(checks: Mapping[str, Callable[[], bool]]) -> Page:
    """/ready: 503 with the names of the checks that don't hold, and nothing else about them."""
    failing = [name for name, holds in checks.items() if not holds()]
    words = f"not ready: {', '.join(failing)}\n" if failing else "ready\n"
    return Page(503 if failing else 200, "text/plain; charset=utf-8", words.encode())


def documentation() -> str:
    """METRICS as a table in Markdown, for docs/operator.md."""
    rows = [f"| `{m.name}` | {m.kind} | {', '.join(m.labels)} | {m.meaning} |" for m in METRICS]
    return "\n".join(["| metric | kind | labels | meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def _of(kind: str) -> list[Metric]:
    return [metric for metric in METRICS if metric.kind == kind]
