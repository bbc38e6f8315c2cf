"""How far a group is behind, and what that means: Burrow's evaluation, in its order, over a ring of commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from streams import groups
from streams.provisioning import Partition, end_offsets, first_offsets_of, partitions_of

RING = 10
_SECOND = 1000


class Status(IntEnum):
    """From best to worst; a group is as its worst partition."""

    OK = 0
    UNKNOWN = 1
    WARN = 2
    STALL = 3
    REWIND = 4
    STOP = 5


class Verdict(NamedTuple):
    """A status with its reason in words: `STALL: 10 commits at offset 812 in 9 m`."""

    status: Status
    reason: str


class Commit(NamedTuple):
    """A commit as it was seen: the offset, when, and the partition's end then."""

    offset: int
    at_ms: int
    end: int

    @property
    def lag(self) -> int:
        return max(0, self.end - self.offset)


@dataclass(frozen=True)
class Window:
    """The last commits of a group to one partition, and the last ends of that partition, oldest first."""

    commits: tuple[Commit, ...] = ()
    ends: tuple[int, ...] = ()

    def committed(self, offset: int, at_ms: int, end: int) -> "Window":
        return replace(self.seen(end), commits=(*self.commits, Commit(offset, at_ms, end))[-RING:])

    def seen(self, end: int) -> "Window":
        """The partition's end was looked at, whether or not anything was committed."""
        return replace(self, ends=(*self.ends, end)[-RING:])


class View(NamedTuple):
    """What the rules look at: a window of at least two commits that is behind by more than is allowed."""

    window: Window
    now_ms: int
    allowed: int

    @property
    def last(self) -> Commit:
        return self.window.commits[-1]

    @property
    def lag(self) -> int:
        return max(0, self.window.ends[-1] - self.last.offset)

    @property
    def length_ms(self) -> int:
        return self.last.at_ms - self.window.commits[0].at_ms


def evaluate(window: Window, now_ms: int, allowed: int = 0) -> Verdict:
    """Burrow's rules in its order; the first that speaks decides. Less than two commits tell nothing but no lag."""
    if not window.commits or not window.ends:
        return Verdict(Status.UNKNOWN, "no commit was seen yet")
    view = View(window, now_ms, allowed)
    if view.lag <= allowed:
        return Verdict(Status.OK, f"{_behind(view)}")
    if len(window.commits) < 2:
        return Verdict(Status.UNKNOWN, f"{_behind(view)}, and only one commit was seen")
    spoken = (rule(view) for rule in RULES)
    return next((verdict for verdict in spoken if verdict), Verdict(Status.OK, f"{_behind(view)}, catching up"))


def _behind(view: View) -> str:
    return f"{view.lag} record{'' if view.lag == 1 else 's'} behind"


def stopped(view: View) -> Verdict | None:
    """Longer since the last commit than the window is, and no stored end was at or below that commit."""
    silent_ms = view.now_ms - view.last.at_ms
    if silent_ms <= view.length_ms or any(end <= view.last.offset for end in view.window.ends):
        return None
    return Verdict(Status.STOP, f"no commit for {_words(silent_ms)}, {_behind(view)}")


def rewound(view: View) -> Verdict | None:
    """An offset fell, and what it was has not been reached again."""
    for before, after in pairwise(view.window.commits):
        if after.offset < before.offset and view.last.offset < before.offset:
            return Verdict(Status.REWIND, f"went back from offset {before.offset} to {after.offset}")
    return None


def had_caught_up(view: View) -> Verdict | None:
    """A lag within the window was allowed."""
    if any(commit.lag <= view.allowed for commit in view.window.commits):
        return Verdict(Status.OK, f"{_behind(view)}, had caught up within the window")
    return None


def stalled(view: View) -> Verdict | None:
    """It commits, and always the same offset."""
    commits = view.window.commits
    if len({commit.offset for commit in commits}) > 1:
        return None
    return Verdict(Status.STALL, f"{len(commits)} commits at offset {view.last.offset} in {_words(view.length_ms)}")


def falling_behind(view: View) -> Verdict | None:
    """The lag never decreases."""
    lags = [commit.lag for commit in view.window.commits]
    if any(later < earlier for earlier, later in pairwise(lags)):
        return None
    return Verdict(Status.WARN, f"lag went from {lags[0]} to {lags[-1]} records in {_words(view.length_ms)}")


RULES = (stopped, rewound, had_caught_up, stalled, falling_behind)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """A group is as its worst partition."""
    return max(verdicts, key=lambda verdict: verdict.status, default=Verdict(Status.UNKNOWN, "no partition"))


def drain_eta_s(window: Window) -> float | None:
    """Seconds until the lag is gone at the window's own pace; None when it isn't going down, or not known."""
    if len(window.commits) < 2 or not window.ends:
        return None
    first, last = window.commits[0], window.commits[-1]
    lag = max(0, window.ends[-1] - last.offset)
    if lag == 0:
        return 0.0
    gained, took = first.lag - last.lag, last.at_ms - first.at_ms
    return lag * took / gained / _SECOND if gained > 0 and took > 0 else None


def _words(milliseconds: int) -> str:
    seconds = milliseconds // _SECOND
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


@dataclass(frozen=True)
class Row:
    """One partition of a group. What isn't known is None, never 0; no lag is negative."""

    topic: str
    partition: int
    committed: int | None
    end: int | None
    first: int | None = None

    @property
    def lag(self) -> int | None:
        if self.committed is None or self.end is None:
            return None
        return max(0, self.end - self.committed)

    @property
    def retention_margin(self) -> int | None:
        """Records between the oldest kept and the next to be read; negative: records were deleted unread."""
        if self.committed is None or self.first is None:
            return None
        return self.committed - self.first


def group_lag(admin: AdminClient, config: Mapping[str, Any], topics: Iterable[str]) -> tuple[Row, ...]:
    """Every partition of a group, by the consumer configuration that names it. No lag is negative: see `_rows`."""
    partitions = partitions_of(admin, topics)
    return _rows(admin, partitions, groups.committed_offsets(config, partitions, stable=False))


def _rows(
    admin: AdminClient, partitions: Sequence[Partition], committed: Mapping[Partition, int | None]
) -> tuple[Row, ...]:
    """Ends are fetched after what was committed, so that nobody seems to be ahead of them."""
    ends = end_offsets(admin, partitions)
    firsts = first_offsets_of(admin, partitions)
    return tuple(Row(*p, committed.get(p), ends.get(p), firsts.get(p)) for p in partitions)


def without_markers(consumer_config: Mapping[str, Any], rows: Iterable[Row], wait_s: float = 10.0) -> tuple[Row, ...]:
    """The rows with the end moved back where nothing but transaction markers stands behind the committed offset.

    A marker takes an offset and is no record: behind a transactional producer a group that has read everything seems to
    be one behind for ever. Offsets alone don't tell, so this looks for a record, and needs Read; nothing of it is kept.
    """
    rows = tuple(rows)
    behind = {(row.topic, row.partition): row for row in rows if row.lag}
    if not behind:
        return rows
    reads = {"enable.partition.eof": True, "isolation.level": "read_committed", "auto.offset.reset": "earliest"}
    consumer = Consumer({**consumer_config, **reads})
    try:
        consumer.assign([TopicPartition(*partition, row.committed or 0) for partition, row in behind.items()])
        empty = _empty(consumer, {partition: row.end or 0 for partition, row in behind.items()}, wait_s)
    finally:
        consumer.close()
    return tuple(replace(row, end=row.committed) if (row.topic, row.partition) in empty else row for row in rows)


def _empty(consumer: Consumer, ends: dict[Partition, int], wait_s: float) -> set[Partition]:
    """Partitions in which the end comes before any record; behind an open transaction a reader stops short of it."""
    empty: set[Partition] = set()
    while ends:
        message = consumer.poll(wait_s)
        if message is None:
            break  # a broker that doesn't answer: the rest keep the lag that their offsets say
        error, partition = message.error(), (str(message.topic()), int(message.partition() or 0))
        if error is not None and error.code() != KafkaError._PARTITION_EOF:
            raise KafkaException(error)
        if error is not None and (message.offset() or 0) >= ends.get(partition, 0):
            empty.add(partition)
        if ends.pop(partition, None) is not None:
            consumer.incremental_unassign([TopicPartition(*partition)])
    return empty
