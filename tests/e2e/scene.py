"""A pipeline to which records are sent one by one, each under a name by which it is found again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

from confluent_kafka import KafkaError, Message

from schemas.events import ChartCompleted, ClaimBuilt, Refused
from schemas.events.types import Event
from schemas.records import Coordinates, Record
from streams.topics import CLAIM_BUILT, REFUSED, STAGES, outer
from tests.pipeline import Pipeline, records_of


@dataclass
class Scene:
    """What was sent stands in partition 0 of its topic, in the order in which it was sent."""

    pipeline: Pipeline
    hospital: ModuleType
    """examples/hospital.py, whose chart is coded and billed without a question."""
    sent: dict[str, Coordinates] = field(default_factory=dict)
    values: dict[str, bytes | None] = field(default_factory=dict)
    errors: dict[str, KafkaError] = field(default_factory=dict)

    def visit(
        self, chart_id: str, version: int = 1, hospital: str = "st-anna", payer: str = "commercial"
    ) -> ChartCompleted:
        return ChartCompleted.model_validate(self.hospital.chart(hospital, chart_id, version, payer))

    def send(self, name: str, topic: str, value: bytes | None, key: bytes = b"theirs") -> None:
        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self.errors[name] = error
            else:
                self.sent[name] = Coordinates(
                    str(message.topic()), int(message.partition() or 0), int(message.offset() or 0)
                )

        self.values[name] = value
        self.pipeline.producer.produce(topic, value, key, partition=0, on_delivery=delivered)
        assert self.pipeline.producer.flush(60) == 0

    def say(self, name: str, topic: str, event: Event) -> None:
        """Encoded and not validated: an event may break every rule but its schema's."""
        self.send(name, topic, self.pipeline.assembly.codec.encode(event))

    def read(self, *topics: str) -> list[Any]:
        return [event for _, event in self.pipeline.read(*topics)]

    @cached_property
    def dead(self) -> Mapping[Coordinates, Record]:
        """Dead letters by the record they came from; asked for once everything has drained."""
        found = records_of(self.pipeline.assembly, *(f"dead-letter.{stage}" for stage in STAGES))
        return {_source(record): record for record in found}

    @cached_property
    def told(self) -> Mapping[Coordinates, list[Refused]]:
        """What partners were told, on their own topics, by the record it is about."""
        partners = self.pipeline.assembly.reference.partners
        found: dict[Coordinates, list[Refused]] = {}
        for said in self.read(*(outer(REFUSED, partner) for partner in (*partners.hospitals, *partners.payers))):
            found.setdefault(Coordinates(said.topic, said.partition, said.offset), []).append(said)
        return found

    def claims(self, chart_id: str) -> list[ClaimBuilt]:
        """The chart's claims, as claiming said them."""
        found = [claim for claim in self.read(CLAIM_BUILT) if claim.charts[0].chart_id == chart_id]
        return sorted(found, key=lambda claim: (claim.kind, claim.submission))

    def refusal(self, name: str) -> Refused:
        """The one refusal that a partner was told about this record."""
        (said,) = self.told[self.sent[name]]
        return said


def code_of(record: Record) -> str:
    return dict(record.headers)["error-code"].decode()


def _source(record: Record) -> Coordinates:
    said = {name: value.decode() for name, value in record.headers}
    return Coordinates(said["source-topic"], int(said["source-partition"]), int(said["source-offset"]))
