"""The ledger's half of the batch protocol (docs/design.md, promise 1): positions, decisions and their outputs.

Topics are named by the broker's topic id, so that a topic made anew under an old name is another topic.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

import fastavro
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import pick, put
from ledger.tables import decisions, outputs, positions
from ledger.writes import Write, flush, write
from schemas.records import Decided, Output, Ruling
from schemas.varints import put as put_number

Partition = tuple[str, int]
R = TypeVar("R")

_HEADER = {
    "type": "record",
    "name": "header",
    "fields": [{"name": "name", "type": "string"}, {"name": "value", "type": "bytes"}],
}
PACKED: Any = fastavro.parse_schema(
    {
        "type": "array",
        "items": {
            "type": "record",
            "name": "said",
            "fields": [
                {"name": "offset", "type": "long"},
                {
                    "name": "outputs",
                    "type": {
                        "type": "array",
                        "items": {
                            "type": "record",
                            "name": "output",
                            "fields": [
                                {"name": "topic", "type": "string"},
                                {"name": "key", "type": ["null", "bytes"]},
                                {"name": "value", "type": "bytes"},
                                # Not a map: Kafka lets a name come twice, and what goes out again must be the same.
                                {"name": "headers", "type": {"type": "array", "items": _HEADER}},
                                {"name": "timestamp_ms", "type": ["null", "long"]},
                            ],
                        },
                    },
                },
            ],
        },
    }
)


class BatchLedger:
    """What a stage's runner asks of the ledger, inside the runner's transaction."""

    def __init__(self, stage: str) -> None:
        self.stage = stage

    def positions(self, tx: Connection) -> Mapping[Partition, int]:
        """Where this stage stands in each partition: the next offset to decide."""
        rows = tx.execute(_POSITIONS, {"stage": self.stage})
        return {(topic, part): following for topic, part, following in rows}

    def decided(self, tx: Connection, partition: Partition, first: int, end: int) -> Mapping[int, Decided]:
        """Decisions from `first` to before `end`, each with its stored outputs, or without where they were pruned."""
        span = {"stage": self.stage, "topic": partition[0], "part": partition[1], "first": first, "end": end}
        said = {o: out for row in tx.execute(_OUTPUTS, span) for o, out in _unpack(row.body).items()}
        return {row.off: Decided(bytes(row.hash), said.get(row.off)) for row in tx.execute(_DECISIONS, span)}

    def seen(self, tx: Connection, ids: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], bytes]:
        """Payload hashes of the ids that were decided before; one query a producer, for row lists are planned badly."""
        found: dict[tuple[str, str], bytes] = {}
        for producer, group in groupby(sorted(set(ids)), key=lambda pair: pair[0]):
            fixed = {"stage": self.stage, "producer": producer}
            for row in pick(tx, decisions, fixed, "event_id", (event_id for _, event_id in group)):
                found[producer, row.event_id] = bytes(row.hash)
        return found

    def advance(self, tx: Connection, moves: Mapping[Partition, tuple[int, int]]) -> None:
        """Moves positions from what was read to what is decided; whoever was overtaken rolls back."""
        if not moves:
            return
        rows = [
            {"stage": self.stage, "topic": topic, "part": part, "was": was, "next": following}
            for (topic, part), (was, following) in sorted(moves.items())
        ]
        if tx.dialect.name == "postgresql":
            columns = {name: [row[name] for row in rows] for name in ("topic", "part", "was", "next")}
            values = {"stage": self.stage, **columns}
            write(tx, Write("positions", _ADVANCE_ALL, values, rows=len(rows), conflict="position"))
            return
        for row in rows:
            write(tx, Write("positions", _ADVANCE, row, rows=1, conflict="position"))

    def remember(self, tx: Connection, rulings: Sequence[Ruling]) -> None:
        """Writes the decisions, a row each, and their outputs, a row for each partition, even where nothing was said.

        Without that row "nothing was said" would look like "what was said is pruned". Ids are inserted in order: two
        workers that meet the same ones wait for each other instead of dying of a deadlock.
        """
        by_id = sorted(rulings, key=lambda r: (r.producer or "", r.event_id or ""))
        put(tx, decisions, [self._row(ruling) for ruling in by_id])
        packed = []
        by_partition = sorted(rulings, key=lambda r: (r.topic, r.partition, r.offset))
        for (topic, part), group in groupby(by_partition, key=lambda r: (r.topic, r.partition)):
            said = list(group)
            span = {"first": said[0].offset, "last": said[-1].offset, "body": pack(said)}
            packed.append({"stage": self.stage, "topic": topic, "part": part, **span})
        put(tx, outputs, packed)

    def prune(self, tx: Connection, committed: Mapping[Partition, int]) -> None:
        """Forgets outputs of earlier transactions below Kafka's committed offsets: they can't be asked for again."""
        if tx.dialect.name == "postgresql" and committed:
            spans = [(topic, part, offset) for (topic, part), offset in sorted(committed.items())]
            columns = dict(zip(("topic", "part", "offset"), map(list, zip(*spans, strict=True)), strict=True))
            write(tx, Write(_SAID, _PRUNE_ALL, {"stage": self.stage, **columns}))
            return
        for (topic, part), offset in sorted(committed.items()):
            values = {"stage": self.stage, "topic": topic, "part": part, "offset": offset}
            write(tx, Write(_SAID, _PRUNE, values))

    def send(self, tx: Connection) -> None:
        """Sends to the database what the batch has written so far."""
        flush(tx)

    def open(self, tx: Connection, first: Mapping[Partition, int]) -> None:
        """First positions of new partitions; those that stand are left alone."""
        rows = [
            {"stage": self.stage, "topic": t, "part": p, "next": offset} for (t, p), offset in sorted(first.items())
        ]
        put(tx, positions, rows, conflict="keep")

    def _row(self, ruling: Ruling) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "topic": ruling.topic,
            "part": ruling.partition,
            "off": ruling.offset,
            "hash": ruling.hash,
            "producer": ruling.producer,
            "event_id": ruling.event_id,
            "outcome": ruling.decision.outcome,
            "about": ruling.decision.about,
            "detail": ruling.decision.detail,
            "at": ruling.at_ms,
        }


def pack(rulings: Sequence[Ruling]) -> bytes:
    """Outputs by offset, byte for byte as fastavro writes them by PACKED, in a third of its time: all that is said
    passes here."""
    o = bytearray()
    for ruling in _block(o, rulings):
        put_number(o, ruling.offset)
        for output in _block(o, ruling.decision.outputs):
            _put(o, output.topic.encode())
            _put_or_null(o, output.key)
            _put(o, output.value)
            for name, value in _block(o, output.headers):
                _put(o, name.encode())
                _put(o, value)
            if output.timestamp_ms is None:
                o.append(0)
            else:
                o.append(2)
                put_number(o, output.timestamp_ms)
    return bytes(o)


def _block(o: bytearray, items: Sequence[R]) -> Iterator[R]:
    """An array: its items after their number, then the end."""
    if items:
        put_number(o, len(items))
        yield from items
    o.append(0)


def _put(o: bytearray, value: bytes) -> None:
    put_number(o, len(value))
    o += value


def _put_or_null(o: bytearray, value: bytes | None) -> None:
    if value is None:
        o.append(0)
    else:
        o.append(2)
        _put(o, value)


def _unpack(body: bytes) -> dict[int, tuple[Output, ...]]:
    said: Any = fastavro.schemaless_reader(io.BytesIO(body), PACKED, None)
    return {row["offset"]: tuple(_output(output) for output in row["outputs"]) for row in said}


def _output(row: dict[str, Any]) -> Output:
    headers = tuple((header["name"], header["value"]) for header in row["headers"])
    return Output(row["topic"], row["key"], row["value"], headers, row["timestamp_ms"])


_SAID = "outputs of earlier transactions"  # other rows than those that this one writes
_POSITIONS = sa.select(positions.c.topic, positions.c.part, positions.c.next).where(
    positions.c.stage == sa.bindparam("stage")
)
_DECISIONS = sa.text(
    "SELECT off, hash FROM decisions WHERE stage = :stage AND topic = :topic AND part = :part"
    " AND off >= :first AND off < :end"
)
_OUTPUTS = sa.text(
    "SELECT body FROM outputs WHERE stage = :stage AND topic = :topic AND part = :part"
    ' AND "last" >= :first AND "first" < :end'
)
_ADVANCE = (
    'UPDATE positions SET "next" = :next WHERE stage = :stage AND topic = :topic AND part = :part AND "next" = :was'
)
_ADVANCE_ALL = (
    'UPDATE positions SET "next" = moved.following FROM unnest(CAST(:topic AS text[]), CAST(:part AS bigint[]),'
    " CAST(:was AS bigint[]), CAST(:next AS bigint[])) AS moved (topic, part, was, following)"
    " WHERE positions.stage = :stage AND positions.topic = moved.topic AND positions.part = moved.part"
    ' AND positions."next" = moved.was'
)
_PRUNE = 'DELETE FROM outputs WHERE stage = :stage AND topic = :topic AND part = :part AND "last" < :offset'
_PRUNE_ALL = (
    "DELETE FROM outputs USING unnest(CAST(:topic AS text[]), CAST(:part AS bigint[]), CAST(:offset AS bigint[]))"
    " AS said (topic, part, upto) WHERE outputs.stage = :stage AND outputs.topic = said.topic"
    ' AND outputs.part = said.part AND outputs."last" < said.upto'
)
