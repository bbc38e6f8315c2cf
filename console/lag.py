"""`claimstream lag`: how far each stage is behind in each topic, the worst first, with the reason in words."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from confluent_kafka.admin import AdminClient
from rich.live import Live
from rich.table import Table

from agents.assembly import Assembly
from agents.clock import Clock
from console.screen import Json, counted, draw, say_json, table
from console.wire import QUIET, reachable
from streams.lag import Row, Status, Verdict, Window, drain_eta_s, evaluate, group_lag, without_markers, worst
from streams.settings import Settings
from streams.topics import STAGES

app = typer.Typer(add_completion=False)

_EVERY_S = 2.0
_COLUMNS = ("stage", "topic", "records#", "status", "in words", "drained in#", "retention margin#")
_EXIT = {Status.OK: 0, Status.UNKNOWN: 1, Status.WARN: 1}

Partition = tuple[str, str, int]


@dataclass(frozen=True)
class Lag:
    """One stage in one topic: its partitions summed up, the worst of them speaking."""

    stage: str
    topic: str
    records: int | None
    verdict: Verdict
    eta_s: float | None
    margin: int | None

    def facts(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "topic": self.topic,
            "records": self.records,
            "status": self.verdict.status.name,
            "reason": self.verdict.reason,
            "eta_s": self.eta_s,
            "retention_margin": self.margin,
        }


@dataclass
class Monitor:
    """Looks again and again, and remembers the last commits of every partition: one look can't tell slow from stuck."""

    assembly: Assembly
    admin: AdminClient
    _windows: dict[Partition, Window] = field(default_factory=lambda: defaultdict(Window))

    def look(self) -> list[Lag]:
        """Every stage and topic, the worst first."""
        found = [lag for stage in STAGES for lag in self._of_stage(stage)]
        return sorted(found, key=lambda lag: (-lag.verdict.status, -(lag.records or 0), lag.stage, lag.topic))

    def _of_stage(self, stage: str) -> Iterator[Lag]:
        config = self.assembly.settings.consumer_config("lag") | QUIET
        rows = without_markers(
            config,
            group_lag(self.admin, self.assembly.settings.consumer_config(stage) | QUIET, self.assembly.reads(stage)),
        )
        by_topic: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_topic[row.topic].append(row)
        for topic, of_topic in by_topic.items():
            yield self._of_topic(stage, topic, of_topic)

    def _of_topic(self, stage: str, topic: str, rows: Sequence[Row]) -> Lag:
        now = Clock().now_ms()
        windows = [self._seen(stage, row, now) for row in rows]
        etas = [drain_eta_s(window) for window in windows]
        margins = [row.retention_margin for row in rows if row.retention_margin is not None and row.lag]
        return Lag(
            stage,
            topic,
            _sum(row.lag for row in rows),
            worst(_verdict(row, window, now, len(rows)) for row, window in zip(rows, windows, strict=True)),
            max((eta for eta in etas if eta is not None), default=None),
            min(margins, default=None),
        )

    def _seen(self, stage: str, row: Row, now: int) -> Window:
        """The partition's window with this look: a commit when the offset moved, else only where the end was."""
        partition = (stage, row.topic, row.partition)
        window = self._windows[partition]
        if row.committed is not None and row.end is not None:
            moved = not window.commits or window.commits[-1].offset != row.committed
            window = window.committed(row.committed, now, row.end) if moved else window.seen(row.end)
            self._windows[partition] = window
        return window


@app.command()
def lag(
    watch: Annotated[bool, typer.Option("--watch", help="Look every two seconds until Ctrl-C.")] = False,
    looks: Annotated[int, typer.Option(min=1, help="How often to look before judging, where somebody is behind.")] = 2,
    as_json: Json = False,
) -> None:
    """Records that each stage has still to take, its status with the reason in words, and when it will be through.

    STOP: nothing is committed any more. STALL: commits, and gets nowhere. REWIND: went back. WARN: falls behind.
    UNKNOWN: too little was seen; look longer. The retention margin is how many records a group is ahead of deletion.

    Exit status: 0 all OK, 1 WARN or UNKNOWN, 2 STOP, STALL or REWIND.
    """
    settings = Settings()
    monitor = Monitor(Assembly(settings), reachable(settings))
    found = _watched(monitor, as_json) if watch else _judged(monitor, looks)
    if not watch:
        _say(found, as_json)
    raise typer.Exit(max((_EXIT.get(lag.verdict.status, 2) for lag in found), default=0))


def _judged(monitor: Monitor, looks: int) -> list[Lag]:
    found = monitor.look()
    for _ in range(looks - 1):
        if all(lag.records == 0 for lag in found):
            break
        time.sleep(_EVERY_S)
        found = monitor.look()
    return found


def _watched(monitor: Monitor, as_json: bool) -> list[Lag]:
    """One table that is drawn anew, or a JSON object a look; the last one when it is interrupted."""
    found: list[Lag] = []
    with Live(auto_refresh=False) if not as_json else nullcontext() as live:
        try:
            while True:
                found = monitor.look()
                if live is None:
                    _say(found, as_json)
                else:
                    live.update(_drawn(found), refresh=True)
                time.sleep(_EVERY_S)
        except KeyboardInterrupt:
            return found


def _say(found: Sequence[Lag], as_json: bool) -> None:
    if as_json:
        whole = worst(lag.verdict for lag in found).status.name
        records = _sum(lag.records for lag in found)
        say_json({"status": whole, "records": records, "lag": [lag.facts() for lag in found]})
    else:
        draw(_drawn(found))


def _drawn(found: Sequence[Lag]) -> Table:
    """Whoever is behind or not well, a row each; the rest a row a stage, for there may be thousands of topics."""
    rows = [_row(each, each.topic) for each in found if each.records or each.verdict.status != Status.OK]
    for stage in STAGES:
        quiet = [
            each for each in found if each.stage == stage and not each.records and each.verdict.status == Status.OK
        ]
        if quiet:
            rows.append(_row(quiet[0], quiet[0].topic if len(quiet) == 1 else f"{len(quiet)} topics"))
    return table("Lag", _COLUMNS, rows)


def _verdict(row: Row, window: Window, now: int, partitions: int) -> Verdict:
    """What is to be said of one partition, and of which, where there are several."""
    status, reason = _judged_alone(row, window, now)
    return Verdict(status, reason if status == Status.OK or partitions == 1 else f"partition {row.partition}: {reason}")


def _judged_alone(row: Row, window: Window, now: int) -> Verdict:
    if row.committed is None:
        return Verdict(Status.UNKNOWN, "no committed offset: run `claimstream reconcile`")
    if row.end is None:
        return Verdict(Status.UNKNOWN, "the partition's end is not known: its broker doesn't answer")
    if row.retention_margin is not None and row.retention_margin < 0:
        return Verdict(
            Status.STOP, f"{counted(-row.retention_margin, 'record')} deleted unread: `claimstream reconcile`"
        )
    return evaluate(window, now)


def _row(it: Lag, topic: str) -> tuple[object, ...]:
    eta = None if it.eta_s is None else f"{it.eta_s:,.0f} s"
    return it.stage, topic, it.records, it.verdict.status.name, it.verdict.reason, eta, it.margin


def _sum(counts: Iterable[int | None]) -> int | None:
    """Unknown when one of them is: a sum without it would be too small."""
    known = list(counts)
    return None if None in known else sum(count for count in known if count is not None)
