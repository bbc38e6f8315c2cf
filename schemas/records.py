"""What a Kafka record is to us, and what we say in answer: plain values that every room shares."""

from typing import NamedTuple

Headers = tuple[tuple[str, bytes], ...]


class Coordinates(NamedTuple):
    """Where a record stands. `topic` is the topic's name; the ledger keys by the broker's topic id where it has one."""

    topic: str
    partition: int
    offset: int


class Record(NamedTuple):
    """One record as consumed. `timestamp_ms` is the broker's (LogAppendTime on partner topics)."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int

    @property
    def coordinates(self) -> Coordinates:
        return Coordinates(self.topic, self.partition, self.offset)


class Output(NamedTuple):
    """One record to be said. A null `timestamp_ms` lets the producer's clock speak."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers = ()
    timestamp_ms: int | None = None


class Decision(NamedTuple):
    """What one record led to. `about` and `detail` say whom it concerns, for the trace in the ledger."""

    outputs: tuple[Output, ...]
    outcome: str
    about: str | None = None
    detail: str | None = None
    failed: bool = False


class Decided(NamedTuple):
    """A decision as the ledger remembers it; its outputs are null once they were pruned."""

    hash: bytes
    outputs: tuple[Output, ...] | None


class Ruling(NamedTuple):
    """A decision with where and by whom: one row of the ledger. A dead letter has no producer and occupies no id."""

    topic: str  # the broker's topic id
    partition: int
    offset: int
    hash: bytes
    producer: str | None
    event_id: str | None
    at_ms: int
    decision: Decision
