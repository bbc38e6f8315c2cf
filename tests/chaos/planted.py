"""Faults planted on purpose, by subclassing what the assembly made: each must make the checker fail, or a guard stop.

None of this exists in the product; a runner goes in, and the same runner with one promise broken comes out.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

import claims.drafting
from agents.adjudication import Adjudication
from agents.stage import Judgement, Say, Verdict, World
from ledger import accounts
from ledger.accounts import Stored
from ledger.rows import pick, put
from ledger.tables import accounts as account_rows
from schemas.records import Output, Record
from streams.runner import Ledgers, Pruned, Runner
from streams.source import Batch, Partition
from streams.topics import CLAIM_ACKNOWLEDGED, CLAIM_ADJUDICATED
from streams.transaction import Transactions

R = TypeVar("R")
Plant = Callable[[Runner], Runner]


class _RolledBack(Exception):
    """Ends a ledger transaction without a commit."""


class KafkaFirst(Runner):
    """Fault (a): says the batch in Kafka and only then decides it in the ledger."""

    def run(self, batch: Batch) -> int:
        ledger = self.ledger
        try:
            self.ledger = _Planning(ledger)
            outputs, _ = self._decided(batch)
        except Pruned as pruned:
            return self._discard(pruned)
        finally:
            self.ledger = ledger
        if not self.kafka.say(outputs, batch):
            self.source.rewind()
            return 0
        self.point("decided")
        self._decided(batch)
        self.source.advance(batch)
        return len(batch.records)


class _Planning:
    """A ledger in which nothing is kept."""

    def __init__(self, ledger: Ledgers) -> None:
        self._ledger = ledger

    def run(self, work: Callable[[Any], R]) -> R:
        found: list[R] = []

        def undone(tx: Any) -> None:
            found.append(work(tx))
            raise _RolledBack

        try:
            self._ledger.run(undone)
        except _RolledBack:
            return found[-1]
        raise AssertionError


class KafkaFirstUnguarded(KafkaFirst):
    """The same without the guard that compares the ledger's position with Kafka's: what it would have led to."""

    def _said_before(self, tx: Any, batch: Batch, standing: Mapping[Partition, int]) -> dict[Any, tuple[Output, ...]]:
        starts = {self._named(partition): start for partition, (start, _) in batch.spans.items()}
        behind = {named: (standing[named], start) for named, start in starts.items() if standing[named] < start}
        self.memory.advance(tx, behind)
        patched: Any = standing
        patched.update({named: start for named, (_, start) in behind.items()})
        return super()._said_before(tx, batch, standing)


class Remade(Runner):
    """Fault (e): what was decided before is decided again by the code as it stands, instead of said from storage."""

    def _said_before(self, tx: Any, batch: Batch, standing: Mapping[Partition, int]) -> dict[Any, tuple[Output, ...]]:
        known = [r for r in batch.records if r.offset < standing[self._named((r.topic, r.partition))]]
        reads = [(record, self.stage.read(record)) for record in known]
        asked = [(record, read.event) for record, read in reads if read.refused is None]
        said: dict[Any, tuple[Output, ...]] = {r.coordinates: read.refused.outputs for r, read in reads if read.refused}
        again = tx.begin_nested()
        decisions = self.stage.decide(tx, asked)
        again.rollback()
        return said | {record.coordinates: d.outputs for (record, _), d in zip(asked, decisions, strict=True)}


class LateMetadata:
    """Fault (d): a batch that took long polls once more 'to stay in the group', and is fenced by what it learns
    then."""

    def __init__(self, kafka: Transactions, runner: Runner) -> None:
        self._kafka, self._source = kafka, runner.source
        self._taken = time.monotonic()

    def start(self) -> None:
        self._kafka.start()

    def taken(self) -> None:
        self._taken = time.monotonic()

    def say(self, outputs: Iterable[Output], batch: Batch) -> bool:
        consumer: Any = self._source._consumer
        late = time.monotonic() - self._taken > 5
        until = time.monotonic() + (8 if late else 0)
        while time.monotonic() < until:
            consumer.poll(0.1)
        said = self._kafka.say(outputs, replace(batch, metadata=consumer.consumer_group_metadata()))
        if late:
            self._source.rewind()  # for the records those polls swallowed
        return said


def _again(kind: type[Runner]) -> Plant:
    """The runner as another kind, from the same parts."""
    return lambda runner: kind(**{f.name: getattr(runner, f.name) for f in fields(runner) if f.init})


def _late_metadata(runner: Runner) -> Runner:
    late: Any = LateMetadata(runner.kafka, runner)
    take, runner.kafka = runner.source.take, late

    def taking() -> Batch | None:
        batch = take()
        late.taken()
        return batch

    patched: Any = runner.source
    patched.take = taking
    return runner


def _random_ids(runner: Runner) -> Runner:
    """Fault (b): a claim's id by chance instead of by what it names."""
    patched: Any = claims.drafting
    patched.claim_id = lambda **_: str(uuid.uuid4())
    return runner


class ByAccount(Adjudication):
    """Adjudication that keys answers by account, so that an account's charts and answers meet in two workers."""

    def step(self, world: World, event: Any, record: Record) -> Verdict:
        verdict = super().step(world, event, record)
        return verdict._replace(says=tuple(self._keyed(say) for say in verdict.says))

    def _keyed(self, say: Say) -> Say:
        said: Any = say.event
        if say.topic not in {CLAIM_ACKNOWLEDGED, CLAIM_ADJUDICATED}:
            return say
        return say._replace(key=self.pseudonyms.remittance(said.hospital, said.account_number))


def _by_account(runner: Runner) -> Runner:
    """No fault but a harder case: locks alone keep two workers from one account."""
    stage = runner.stage
    if isinstance(stage, Judgement) and isinstance(stage.stage, Adjudication):
        given = stage.stage
        stage.stage = ByAccount(given.codec, given.states, given.pseudonyms)
    return runner


def _lock(tx: Connection, stage: str, keys: Iterable[str]) -> dict[str, Stored]:
    wanted = sorted(set(keys))
    put(tx, account_rows, [{"stage": stage, "key": k, "version": 0, "body": None} for k in wanted], conflict="keep")
    rows = pick(tx, account_rows, {"stage": stage}, "key", wanted)
    return {row.key: Stored(row.version, None if row.body is None else bytes(row.body)) for row in rows}


def _save(tx: Connection, stage: str, _read: Mapping[str, Stored], changed: Mapping[str, bytes]) -> None:
    rows = [{"stage": stage, "key": key, "version": 0, "body": changed[key]} for key in sorted(changed)]
    put(tx, account_rows, rows, conflict="replace")


def _unlocked(runner: Runner) -> Runner:
    """Fault (c): accounts are neither locked when they are read nor checked when they are written."""
    patched: Any = accounts
    patched.lock, patched.save = _lock, _save
    return _by_account(runner)


PLANTS: dict[str, Plant] = {
    "": lambda runner: runner,
    "kafka-first": _again(KafkaFirst),
    "kafka-first-unguarded": _again(KafkaFirstUnguarded),
    "random-claim-id": _random_ids,
    "accounts-unlocked": _unlocked,
    "late-metadata": _late_metadata,
    "outputs-remade": _again(Remade),
    "answers-by-account": _by_account,
}
"""By name. All but '' and 'answers-by-account' (the same keys as 'accounts-unlocked', with the locks) break a
promise."""
