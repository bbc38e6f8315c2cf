"""Given: an assembly with a ledger of its own, whose stages decide events without Kafka."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from agents.assembly import Assembly
from agents.stage import Judgement
from agents.statistics import open_month
from ledger.upgrade import upgrade
from schemas.events import Event
from schemas.events.types import Wire
from schemas.records import Decision, Record
from tests.pipeline import settings

W = TypeVar("W", bound=Wire)
AT_MS = 1_772_467_500_000
MONTH = "2026-03"


@dataclass
class Stages:
    assembly: Assembly
    _offsets: Iterator[int] = field(default_factory=count)

    def decide(self, stage: str, *events: Event, key: bytes = b"key") -> Sequence[Decision]:
        """One batch of a stage: decided and written, not said."""
        judged = self.assembly.stage(stage)
        assert isinstance(judged, Judgement)
        batch: list[tuple[Record, Any]] = [(self.record(event)._replace(key=key), event) for event in events]
        return self.assembly.deciding(judged).run(lambda tx: judged.decide(tx, batch))

    def said(self, decisions: Sequence[Decision], kind: type[W]) -> list[W]:
        """What was said of one kind."""
        values = [output.value for decision in decisions for output in decision.outputs if not decision.failed]
        events = [self.assembly.codec.decode(value) for value in values]
        return [event for event in events if isinstance(event, kind)]

    def record(self, event: Event) -> Record:
        return Record("given", 0, next(self._offsets), b"key", self.assembly.codec.encode(event), (), AT_MS)


def stages(folder: Path) -> Stages:
    """An empty ledger in which March 2026 is the open window."""
    assembly = Assembly(settings("", f"sqlite:///{folder}/ledger.db"))
    upgrade(assembly.ledger)
    with assembly.ledger.transaction() as tx:
        open_month(tx, MONTH)
    return Stages(assembly)


def outcomes(decisions: Sequence[Decision]) -> list[str]:
    return [decision.outcome for decision in decisions]
