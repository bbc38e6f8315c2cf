"""Statistics: a window's deadline in, its closed and suppressed tables out. Nothing else about people is ever
published.

Every stage writes its facts into the window that is open when it decides, so a window needs no watermark: when its
deadline fires it closes under a lock, the next one opens, and what was counted is published once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.engine import Connection

from agents.stage import Say, States, Verdict, World
from claims.cells import publish
from claims.facts import Fact
from claims.tabulate import CHAINS
from ledger import deadlines, statistics
from ledger.deadlines import Deadline
from schemas.compiled import CompiledCodec
from schemas.events import ClaimStatsPublished, DeadlineDue
from schemas.identity import derived
from schemas.records import Record
from streams.topics import CLAIM_STATS_PUBLISHED, DEADLINE_DUE

STAGE = "statistics"


@dataclass(frozen=True)
class Statistics:
    codec: CompiledCodec
    states: States
    versions: str
    name: str = STAGE

    reads = (DEADLINE_DUE,)

    def recall(self, tx: Connection, events: Sequence[tuple[Record, DeadlineDue]]) -> World:
        """Closes the windows whose deadline has come, and recalls what was counted in them."""
        asked = [event for _, event in events if event.stage == STAGE]
        still = deadlines.still_open(tx, (event.deadline_id for event in asked))
        closed: dict[str, tuple[Fact, ...]] = {}
        for event in asked:
            if event.deadline_id in still and statistics.close_window(tx, event.about):
                closed[event.about] = tuple(self.states.load(Fact, body) for body in statistics.recall(tx, event.about))
                open_month(tx, _month_after(event.about))
        return World(open_deadlines=set(still), closed=closed)

    def step(self, world: World, due: DeadlineDue, _record: Record) -> Verdict:
        if due.stage != STAGE:
            return Verdict("not-ours", due.about, due.kind)
        facts = world.closed.get(due.about)
        if due.deadline_id not in world.open_deadlines or facts is None:
            return Verdict("moot", f"window/{due.about}", due.kind)
        tables = [table for chain in CHAINS for table in publish(due.about, chain, facts, self.versions, due)]
        return Verdict(
            "published",
            f"window/{due.about}",
            due.kind,
            says=tuple(Say(CLAIM_STATS_PUBLISHED, None, table) for table in tables),
            cells=tuple(self._row(table) for table in tables),
            fired=(due.deadline_id,),
        )

    def _row(self, said: ClaimStatsPublished) -> Mapping[str, Any]:
        shown = sum(cell.suppressed == "no" for cell in said.cells)
        counts = {"published": shown, "suppressed": said.suppressed_cells}
        return {"window": said.window, "name": said.table, **counts, "body": self.codec.encode(said)}


def open_month(tx: Connection, month: str) -> None:
    """Opens the window of a month, YYYY-MM, and the deadline at which it closes: the month's end, UTC."""
    ends = datetime.fromisoformat(f"{_month_after(month)}-01T00:00:00+00:00")
    begins = datetime.fromisoformat(f"{month}-01T00:00:00+00:00")
    statistics.begin_window(tx, month, _ms(begins))
    deadlines.open_(
        tx,
        [
            Deadline(
                id=derived("deadline", "window-closes", month),
                kind="window-closes",
                stage=STAGE,
                key=month,
                about=month,
                due_ms=_ms(ends),
            )
        ],
    )


def month_of(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m")


def _month_after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
