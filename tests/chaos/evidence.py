"""What the checker judges by: the feed's ledger, every topic, the groups' offsets, and rows of PostgreSQL by plain SQL.

Of each record only what a rule asks for is kept: a run says some hundred thousand of them.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from psycopg.rows import dict_row

from tests.chaos.wire import Event, Wire

INNER = (
    "chart-completed", "coder-answers", "chart-coded", "chart-returned", "claim-built", "patient-bill", "payer-answers",
    "claim-acknowledged", "claim-adjudicated", "deadline-due", "refused", "claim-stats",
)  # fmt: skip
"""What the stages say to one another. A name with a dot is a partner's own topic, or a stage's dead letters."""
FROM_PARTNERS = ("chart-completed.", "chart-coded.", "claim-acknowledged.", "remittance.", "claim-adjudicated.")
READS = {
    "validation": ("chart-completed", "coder-answers", "deadline-due"),
    "claiming": ("chart-coded", "claim-adjudicated", "claim-acknowledged", "deadline-due"),
    "adjudication": ("payer-answers", "deadline-due"),
    "statistics": ("deadline-due",),
    "delivery": ("claim-built", "patient-bill", "chart-returned", "refused"),
}
"""What each stage's group reads; intake reads all that partners send."""

Place = tuple[str, int]
_SILENCE_S = 120.0


class Said(NamedTuple):
    """One committed record: where it stands, its bytes by their digest, and what was kept of its content."""

    topic: str
    partition: int
    offset: int
    digest: bytes
    event_id: str
    event: Event


@dataclass
class Evidence:
    charts: dict[str, Event] = field(default_factory=dict)
    """By chart id what the oracle expects, with `sent`: ok, failed or indefinite."""
    others: list[Event] = field(default_factory=list)
    said: dict[str, list[Said]] = field(default_factory=dict)
    attempts: dict[tuple[str, str], set[bytes]] = field(default_factory=dict)
    """(topic, event id or source) -> digests, aborted attempts included."""
    tried: Counter[str] = field(default_factory=Counter)
    ends: dict[Place, int] = field(default_factory=dict)
    """Where the last committed record of a partition stands, plus one."""
    committed: dict[str, dict[Place, int]] = field(default_factory=dict)
    positions: dict[str, dict[Place, int]] = field(default_factory=dict)
    rows: dict[str, list[Event]] = field(default_factory=dict)
    horizon_ms: int = 0

    @classmethod
    def read(cls, bootstrap: str, postgres: str, feed: Path, horizon_ms: int) -> "Evidence":
        found = cls(horizon_ms=horizon_ms)
        found._read_feed(feed)
        partitions = _partitions(bootstrap)
        found._read_committed(bootstrap, partitions)
        found._read_attempts(bootstrap, partitions)
        found._read_ledger(postgres, _topic_ids(bootstrap, partitions))
        for stage in (*READS, "intake"):
            found.committed[stage] = _committed(bootstrap, stage, [p for p in partitions if reads(stage, p[0])])
        return found

    def of(self, topic: str) -> list[Said]:
        return self.said.get(topic, [])

    def family(self, prefix: str) -> Iterator[Said]:
        """All records of the partner topics of a family."""
        for topic, records in self.said.items():
            if topic.startswith(f"{prefix}."):
                yield from records

    def _read_feed(self, feed: Path) -> None:
        for line in map(json.loads, feed.read_text().splitlines()):
            if "other" in line and line["state"] == "ok":
                self.others.append(line)
            elif "chart_id" in line and line["state"] == "sending":
                self.charts[line["chart_id"]] = {**line, "sent": "indefinite"}
            elif "chart_id" in line:
                self.charts[line["chart_id"]]["sent"] = line["state"]

    def _read_committed(self, bootstrap: str, partitions: list[Place]) -> None:
        wire = Wire()
        for message in _messages(bootstrap, partitions, "read_committed"):
            topic, partition, offset = message.topic(), message.partition(), message.offset()
            self.ends[topic, partition] = offset + 1
            if topic.startswith("dead-letter."):
                event_id, event = _source(message), _headers(message)
            else:
                event_id, event = _kept(wire, message)
            said = Said(topic, partition, offset, _digest(message), event_id, event)
            self.said.setdefault(topic, []).append(said)

    def _read_attempts(self, bootstrap: str, partitions: list[Place]) -> None:
        ours = [p for p in partitions if not p[0].startswith(FROM_PARTNERS) and p[0] != "claim-stats"]
        for message in _messages(bootstrap, ours, "read_uncommitted"):
            topic, value = message.topic(), message.value() or b""
            name = _source(message) if topic.startswith("dead-letter.") else _id_of(value)
            self.attempts.setdefault((topic, name), set()).add(_digest(message))
            self.tried[topic] += 1

    def _read_ledger(self, postgres: str, names: Mapping[str, str]) -> None:
        with psycopg.connect(postgres, row_factory=dict_row) as connection:
            for table, query in _QUERIES.items():
                self.rows[table] = [dict(row) for row in connection.execute(query).fetchall()]
        for row in self.rows["positions"]:
            place = (names.get(row["topic"], row["topic"]), row["part"])
            self.positions.setdefault(row["stage"], {})[place] = row["next"]


_QUERIES = {
    "claims": "SELECT control_number, state, charge_cents, paid_cents, patient_cents FROM claims",
    "charts": "SELECT stage, hospital, chart_id, version, state FROM charts",
    "answers": "SELECT payer, trace, position, state FROM answers",
    "deadlines": "SELECT id, kind, state, due FROM deadlines",
    "bills": "SELECT bill_id, revision, owed_cents FROM bills",
    "positions": 'SELECT stage, topic, part, "next" FROM positions',
}


def reads(stage: str, topic: str) -> bool:
    return topic.startswith(FROM_PARTNERS) if stage == "intake" else topic in READS[stage]


def _partitions(bootstrap: str) -> list[Place]:
    topics = AdminClient({"bootstrap.servers": bootstrap}).list_topics(timeout=30).topics
    return [(name, n) for name, t in sorted(topics.items()) if not name.startswith("__") for n in sorted(t.partitions)]


def _topic_ids(bootstrap: str, partitions: list[Place]) -> dict[str, str]:
    names = sorted({topic for topic, _ in partitions})
    admin = AdminClient({"bootstrap.servers": bootstrap})  # kept until its futures are done
    asked = admin.describe_topics(TopicCollection(names))
    return {str(future.result().topic_id): name for name, future in asked.items()}


def _committed(bootstrap: str, group: str, partitions: list[Place]) -> dict[Place, int]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "isolation.level": "read_committed"})
    try:
        found = consumer.committed([TopicPartition(*place) for place in partitions], 60)
        return {(each.topic, each.partition): each.offset for each in found}
    finally:
        consumer.close()


def _messages(bootstrap: str, partitions: list[Place], isolation: str) -> Iterator[Any]:
    """Every record from the beginning to the end, and no further."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "checker", "isolation.level": isolation,
        "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "error",
    })  # fmt: skip
    left = set(partitions)
    consumer.assign([TopicPartition(topic, number, 0) for topic, number in partitions])
    heard = time.monotonic()
    while left:
        messages = consumer.consume(2000, 0.5)
        if messages:
            heard = time.monotonic()
        elif time.monotonic() - heard > _SILENCE_S:
            raise TimeoutError(f"{len(left)} partitions gave neither a record nor their end")
        for message in messages:
            error = message.error()
            if error is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                left.discard((message.topic(), message.partition()))
            else:
                raise KafkaException(error)
    consumer.close()


def _digest(message: Any) -> bytes:
    """Key, value and headers: what a record is, but for where it stands and when it was written."""
    whole = repr((message.key(), message.value(), message.headers())).encode()
    return hashlib.blake2b(whole, digest_size=12).digest()


def _headers(message: Any) -> Event:
    return {name: (value or b"").decode() for name, value in message.headers() or ()}


def _source(message: Any) -> str:
    headers = _headers(message)
    return "/".join(headers[f"source-{name}"] for name in ("topic", "partition", "offset"))


def _id_of(value: bytes) -> str:
    """The event id: an event's first field, a string behind the prefix of five bytes."""
    length, at, shift = 0, 5, 0
    while True:
        length |= (value[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not value[at - 1] & 0x80:
            break
    return value[at : at + (length >> 1)].decode()


def _kept(wire: Wire, message: Any) -> tuple[str, Event]:
    value, topic = message.value(), message.topic()
    if topic.startswith(("chart-completed.", "chart-coded.")):
        return "", {}  # as the hospitals sent it, poison and all: the feed's ledger says what it was
    if topic == "claim-stats":
        return "", {}
    subject, event = wire.read(value)
    keep = _KEEP.get(subject)
    return str(event.get("event_id", "")), {} if keep is None else keep(event)


def _fields(*names: str) -> Callable[[Event], Event]:
    return lambda event: {name: event[name] for name in names}


def _claim(event: Event) -> Event:
    billing = event["billing_provider"]
    return _CLAIM_FIELDS(event) | {
        "chart": (event["hospital"], event["charts"][0]["chart_id"], event["charts"][0]["version"]),
        "billing": billing["npi"] or billing["name"],
        "lines": [(line["control_number"], line["charge_cents"]) for line in event["lines"]],
    }


def _answer(event: Event) -> Event:
    adjustments = [*event["adjustments"], *(a for line in event["lines"] for a in line["adjustments"])]
    sums: Counter[str] = Counter()
    for adjustment in adjustments:
        sums[adjustment["group"]] += adjustment["cents"]
    return _ANSWER_FIELDS(event) | {"groups": dict(sums), "carcs": {a["carc"] for a in adjustments}}


def _bill(event: Event) -> Event:
    return _BILL_FIELDS(event) | {
        "chart": (event["hospital"], event["charts"][0]["chart_id"], event["charts"][0]["version"]),
        "lines": sum(line["charge_cents"] for line in event["lines"]),
        "taken": sum(payer["paid_cents"] + payer["adjusted_cents"] for payer in event["payers"]),
        "reasons": sum(reason["cents"] for reason in event["reasons"]),
    }


_CLAIM_FIELDS = _fields(
    "claim_id", "submission", "control_number", "kind", "frequency", "hospital", "account_number", "revision", "payer",
    "payer_sequence", "statement_from", "statement_to", "total_charge_cents",
)  # fmt: skip
_ANSWER_FIELDS = _fields("payer", "trace_number", "position", "control_number", "status", "charge_cents", "paid_cents")
_BILL_FIELDS = _fields("bill_id", "revision", "total_charge_cents", "owed_cents", "refund_cents", "patient_paid_cents")
_KEEP: dict[str, Callable[[Event], Event]] = {
    "chart-returned": _fields("hospital", "chart_id", "version", "reason", "producer"),
    "claim-built": _claim,
    "claim-adjudicated": _answer,
    "claim-acknowledged": _fields("payer", "control_number", "accepted"),
    "remittance": _fields("payer", "trace_number", "payment_cents", "claims_count", "claims_paid_cents"),
    "patient-bill": _bill,
    "refused": _fields("partner", "topic", "partition", "offset", "code"),
}
"""What is kept of each subject; of the others only the id."""
