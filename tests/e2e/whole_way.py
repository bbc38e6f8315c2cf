"""The whole way of charts in one thread: published, coded, claimed, answered, held and released, counted.

The example payers answer once the charts have drained, and of one account's answers one is under way at a time. Kafka
orders nothing across partitions: of two answers that race, either may lead to a bill's first revision and the other to
its second. `at_once` lets them race.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from types import ModuleType
from typing import Any, NamedTuple

from schemas.events import ChartCompleted
from schemas.events.types import Event
from streams.topics import (
    CHART_RETURNED,
    CLAIM_ACKNOWLEDGED,
    CLAIM_BUILT,
    CLAIM_STATS_PUBLISHED,
    PATIENT_BILL,
    REMITTANCE,
    outer,
    partner_of,
)
from tests.pipeline import Edge, Pipeline

HOLDS_END = datetime(2026, 9, 6, tzinfo=UTC)
MONTH_ENDS = datetime(2026, 10, 1, 6, tzinfo=UTC)
KINDS = (CLAIM_BUILT, PATIENT_BILL, CHART_RETURNED, CLAIM_STATS_PUBLISHED)

Charts = Mapping[str, Sequence[ChartCompleted]]
Said = Mapping[str, Sequence[tuple[str, str]]]
"""What the pipeline said, by topic: each event's id with its content as JSON, in the order of ids."""


class Sending(NamedTuple):
    """One event of a payer's, as the example payer makes it."""

    topic: str
    key: str
    event: Mapping[str, Any]


@dataclass
class Payers:
    """All payers of the example; each claim is answered once."""

    example: ModuleType
    edge: Edge
    _known: dict[str, Any] = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)

    def answers(self) -> list[list[Sending]]:
        """Answers to the claims that have none, in waves that may be sent one after the other."""
        wire = self.example.Wire()
        topics = [outer(CLAIM_BUILT, payer) for payer in self.edge.assembly.reference.partners.payers]
        claims = [wire.read(record.value) for record, _ in self.edge.read(*topics)]
        fresh = sorted((c for c in claims if c["event_id"] not in self._answered), key=lambda c: c["control_number"])
        self._known |= {self.example.digest(claim["claim_id"]): claim for claim in fresh}
        self._answered |= {claim["event_id"] for claim in fresh}
        return _waves([Sending(*said) for said in self.example.events(fresh, self._known)], self._known)

    def send(self, wave: Sequence[Sending]) -> None:
        wire = self.example.Wire()
        for topic, key, event in wave:
            self.edge.producer.produce(topic, wire.write(partner_of(topic)[0], event), key)
        assert self.edge.producer.flush(60) == 0


def go(pipeline: Pipeline, example: ModuleType, charts: Charts, *, at_once: bool = False) -> Said:
    """Charts in; payers answer until there is nothing to answer; holds end; the month closes."""
    for hospital, theirs in charts.items():
        pipeline.publish("chart-completed", hospital, theirs)
    pipeline.drain()
    payers = Payers(example, pipeline)
    _answer(pipeline, payers, at_once)
    pipeline.tick(HOLDS_END)
    pipeline.drain()
    _answer(pipeline, payers, at_once)
    pipeline.tick(MONTH_ENDS)
    pipeline.drain()
    return {topic: sorted(_canonical(pipeline, topic)) for topic in KINDS}


def differences(one: Said, other: Said) -> list[str]:
    """Events that only one has, and the fields in which events of the same id differ."""
    found = []
    for topic in KINDS:
        ours, theirs = one[topic], other[topic]
        if len({*(name for name, _ in ours)}) != len(ours):
            found.append(f"{topic}: an event is said twice")
        mine, yours = dict(ours), dict(theirs)
        found += [f"{topic} {name}: only once" for name in sorted(mine.keys() ^ yours.keys())]
        both = sorted(mine.keys() & yours.keys())
        found += [f"{topic} {name}: {_fields(mine[name], yours[name])}" for name in both if mine[name] != yours[name]]
    return found


def figures(said: Said) -> str:
    return ", ".join(f"{topic} {len(events)}" for topic, events in said.items())


def _answer(pipeline: Pipeline, payers: Payers, at_once: bool) -> None:
    while waves := payers.answers():
        for wave in [list(chain(*waves))] if at_once else waves:
            payers.send(wave)
            pipeline.drain()


def _waves(said: Sequence[Sending], known: Mapping[str, Any]) -> list[list[Sending]]:
    """Acknowledgements first; then remittances, so that no two of a wave concern the same account."""
    accounts = {claim["control_number"]: (claim["hospital"], claim["account_number"]) for claim in known.values()}
    waves = [[each for each in said if partner_of(each.topic)[0] == CLAIM_ACKNOWLEDGED]]
    last: dict[tuple[str, str], int] = {}
    for trace in dict.fromkeys(each.key for each in said if partner_of(each.topic)[0] == REMITTANCE):
        payment = [each for each in said if each.key == trace]
        concerned = {accounts[e.event["control_number"]] for e in payment if partner_of(e.topic)[0] != REMITTANCE}
        turn = 1 + max(last.get(account, 0) for account in concerned)
        last |= dict.fromkeys(concerned, turn)
        waves += [[] for _ in range(turn + 1 - len(waves))]
        waves[turn] += payment
    return [wave for wave in waves if wave]


def _canonical(pipeline: Pipeline, topic: str) -> Iterator[tuple[str, str]]:
    for _, event in pipeline.read(topic):
        assert isinstance(event, Event)
        yield event.event_id, event.model_dump_json()


def _fields(one: str, other: str) -> str:
    ours, theirs = json.loads(one), json.loads(other)
    return ", ".join(name for name in ours if ours[name] != theirs[name])
