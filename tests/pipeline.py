"""The whole pipeline in one thread, on real parts: a broker, a ledger, the six stages, one turn each in the round."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from pydantic import SecretStr

from agents.assembly import Assembly
from agents.clock import Clock
from agents.provision import provision
from agents.timers import Timers
from claims.fhir import read_export
from ledger.upgrade import upgrade
from schemas.events import ChartCoded, ChartCompleted, Wire
from schemas.records import Record
from streams.lag import group_lag, without_markers
from streams.provisioning import end_offsets, partitions_of
from streams.runner import Runner
from streams.settings import Settings
from streams.topics import STAGES

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 10, 2, tzinfo=UTC)
KEY = "11" * 32  # for tests alone


def settings(bootstrap: str, ledger: str, batch_records: int = 500, clock: datetime | None = NOON) -> Settings:
    return Settings(
        brokers=bootstrap,
        ledger=SecretStr(ledger),
        pseudonym_key=SecretStr(KEY),
        clock=clock,
        batch_records=batch_records,
        partitions=2,
    )


def example_charts(*hospitals: str) -> dict[str, list[ChartCompleted]]:
    """The example charts as the publisher reads them: the export first, then the ones made by hand."""
    reference = Assembly(settings("", "sqlite://")).reference
    found = {}
    for hospital in hospitals or tuple(reference.partners.hospitals):
        files = [
            *sorted((ROOT / "charts" / hospital).glob("*")),
            *sorted((ROOT / "charts/handmade" / hospital).glob("*")),
        ]
        texts = [(file.name, file.read_text()) for file in files]
        read = read_export(texts, reference.partners.hospital(hospital), reference.partners.payers)
        found[hospital] = [reading for reading in read if isinstance(reading, ChartCompleted)]
    return found


class Edge:
    """The partners' side of a pipeline, and its clock: publishes, reads, moves time; runs no stage."""

    def __init__(self, given: Settings) -> None:
        self.assembly = Assembly(given)
        upgrade(self.assembly.ledger)
        provision(self.assembly)
        self.producer = Producer(given.producer_config())

    def publish(self, family: str, partner: str, events: Iterable[ChartCompleted | ChartCoded]) -> None:
        """Keyed by patient: his charts are judged by each other, and Kafka keeps their order in one partition only."""
        for chart in events:
            key = self.assembly.pseudonyms.patient(partner, chart.patient.mrn)
            self.producer.produce(f"{family}.{partner}", self.assembly.codec.encode(chart), key)
        assert self.producer.flush(60) == 0

    def tick(self, at: datetime) -> int:
        """Deadlines that are due at `at` are said."""
        timers = Timers(Clock(at), self.assembly.ledger, self.assembly.codec, self.producer)
        return timers.tick()

    def read(self, *topics: str) -> list[tuple[Record, Wire | None]]:
        """Everything in these topics, read_committed, decoded where it is an event."""
        return read_topics(self.assembly, *topics)


class Pipeline(Edge):
    """Provisioned and subscribed; `drain` runs until nothing moves any more."""

    def __init__(self, given: Settings) -> None:
        super().__init__(given)
        self.runners: dict[str, Runner] = {stage: self.assembly.runner(stage, "1") for stage in STAGES}
        for runner in self.runners.values():
            runner.kafka.start()
            runner.source.subscribe()

    def drain(self, quiet_rounds: int = 2, stages: Sequence[str] = STAGES) -> int:
        """Each stage in turn until it has nothing left, round by round, until nothing moved for a few rounds; the
        number of records moved."""
        moved = quiet = 0
        while quiet < quiet_rounds:
            now = sum(self._emptied(self.runners[stage]) for stage in stages)
            moved += now
            quiet = 0 if now or not self._assigned() else quiet + 1
            if quiet == quiet_rounds and any(self._is_behind(stage) for stage in stages):
                quiet = 0  # what was committed a moment ago may not be visible yet
        return moved

    def close(self) -> None:
        for runner in self.runners.values():
            runner.source.close()
        self.assembly.ledger.close()

    def _is_behind(self, stage: str) -> bool:
        """Whether a record, and not a mere transaction marker, waits for the stage."""
        given, admin = self.assembly.settings, AdminClient(self.assembly.settings.admin_config())
        rows = group_lag(admin, given.consumer_config(stage), self.assembly.reads(stage))
        reader = {**given.client_config("lag"), "group.id": "lag", "enable.auto.commit": False}
        return any(row.lag for row in without_markers(reader, rows))

    def _emptied(self, runner: Runner) -> int:
        """An idle turn waits a while for a record: so not after every batch of another stage."""
        return sum(iter(runner.turn, 0))

    def _assigned(self) -> bool:
        return all(runner.source.assigned for runner in self.runners.values())


def read_topics(assembly: Assembly, *topics: str) -> list[tuple[Record, Wire | None]]:
    """Every record with its event; a dead letter has none."""
    return [
        (record, None if record.topic.startswith("dead-letter") else assembly.codec.decode(record.value))
        for record in records_of(assembly, *topics)
    ]


def records_of(assembly: Assembly, *topics: str) -> list[Record]:
    """Every committed record as it is, by topic, partition and offset."""
    admin = AdminClient(assembly.settings.admin_config())
    ends = {p: end for p, end in end_offsets(admin, partitions_of(admin, topics)).items() if end}
    config = {**assembly.settings.client_config("reader"), "group.id": "reader", "enable.auto.commit": False}
    consumer = Consumer({**config, "isolation.level": "read_committed", "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, number, 0) for topic, number in ends])
    found, open_ = [], set(ends)
    while open_:
        for message in consumer.consume(500, 0.05):
            topic, number = str(message.topic()), int(message.partition() or 0)
            offset = int(message.offset() or 0)
            if message.error():
                # A transaction's marker may come after its commit was answered.
                if offset >= ends.get((topic, number), 0):
                    open_.discard((topic, number))
                continue
            given: Any = message.headers() or ()
            headers = tuple((str(name), value or b"") for name, value in given)
            found.append(Record(topic, number, offset, message.key(), message.value(), headers, message.timestamp()[1]))
    consumer.close()
    return sorted(found, key=lambda record: record[:3])
