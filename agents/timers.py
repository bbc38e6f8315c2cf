"""Deadlines whose time has come are said to the stage they concern. Any worker may say them; they act once."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from confluent_kafka import Producer
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from agents.clock import Clock
from ledger import deadlines
from ledger.deadlines import FIRST, PORTION, Deadline, Place
from ledger.store import Ledger
from schemas.compiled import CompiledCodec
from schemas.events import DeadlineDue
from schemas.events.control import DeadlineKind
from schemas.identity import derived
from streams.topics import DEADLINE_DUE, STAGES

SAY_AGAIN_MS = 30_000
"""A deadline that is still open this long after it was said is said again: whoever heard it may have died."""


@dataclass
class Timers:
    clock: Clock
    ledger: Ledger
    codec: CompiledCodec
    producer: Producer
    stages: Collection[str] = STAGES
    """Whose deadlines are looked for: a process looks for its own stages'."""
    _said: dict[str, int] = field(default_factory=dict)
    _behind: dict[str, Place] = field(default_factory=dict)
    """Per stage, where the next look goes on."""

    def tick(self) -> int:
        """Says what is due; how many deadlines that was. Repeating it is harmless: the event's id is the deadline's."""
        try:
            with self.ledger.reading() as tx:
                due = [deadline for stage in self.stages for deadline in self._due(tx, stage)]
        except OperationalError:
            return 0  # the stages try again and end when it lasts; a timer only looks again in a second
        now = Clock().now_ms()  # the machine's own time: a fixed clock must not keep us from saying it again
        self._said = {name: said for name, said in self._said.items() if now - said < SAY_AGAIN_MS}
        fresh = [deadline for deadline in due if deadline.id not in self._said]
        for deadline in fresh:
            self.producer.produce(DEADLINE_DUE, self.codec.encode(announced(deadline)), deadline.key.encode())
        self.producer.flush(10)
        self._said.update((deadline.id, now) for deadline in fresh)
        return len(fresh)

    def _due(self, tx: Connection, stage: str) -> list[Deadline]:
        """A portion of a stage's. Behind a full one the next look goes on, so that deadlines on which nobody acts keep
        back neither another stage's nor the younger ones of their own."""
        found = deadlines.due(tx, stage, self.clock.now_ms(), self._behind.get(stage, FIRST))
        self._behind[stage] = found[-1].place if len(found) == PORTION else FIRST
        return found


def announced(deadline: Deadline) -> DeadlineDue:
    """The event of a deadline. It occurred when it was due, whenever somebody noticed."""
    due = datetime.fromtimestamp(deadline.due_ms / 1000, UTC)
    return DeadlineDue(
        event_id=derived("deadline-due", deadline.id),
        occurred_at=due.replace(microsecond=due.microsecond // 1000 * 1000),
        producer="timers",
        deadline_id=deadline.id,
        kind=cast(DeadlineKind, deadline.kind),
        stage=deadline.stage,
        about=deadline.about,
        due_at=due.replace(microsecond=due.microsecond // 1000 * 1000),
    )
