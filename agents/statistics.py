"""Statistics: a window's deadline in, its closed and suppressed tables out. Nothing else about people is ever
published.

Every stage writes its facts into the window that is open when it decides, so a window needs no watermark. When its
deadline fires it closes and the next one opens: that decision is short, for it keeps the writers of facts waiting. To
publish is a decision of its own, which the first one asks for. What it says was counted before, outside the ledger's
transaction, since nobody adds to a closed window any more (agents/counting.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.engine import Connection

from agents.clock import milliseconds
from agents.stage import Counted, Say, States, Verdict, World
from agents.timers import announced
from ledger import deadlines, statistics
from ledger.deadlines import Deadline
from schemas.compiled import CompiledCodec
from schemas.events import ClaimStatsPublished, DeadlineDue
from schemas.events.control import DeadlineKind
from schemas.identity import derived
from schemas.records import Record
from streams.topics import CLAIM_STATS_PUBLISHED, DEADLINE_DUE

STAGE = "statistics"


class Uncounted(Exception):
    """A closed window is to be published and was not counted. That takes long, so it is done in no transaction: roll
    back, count, decide again."""

    def __init__(self, due: DeadlineDue) -> None:
        super().__init__(due.about)
        self.due = due


@dataclass(frozen=True)
class Statistics:
    codec: CompiledCodec
    states: States
    versions: str
    name: str = STAGE
    counted: dict[str, Counted] = field(default_factory=dict)

    reads = (DEADLINE_DUE,)

    def recall(self, tx: Connection, events: Sequence[tuple[Record, DeadlineDue]]) -> World:
        """Where the windows stand; those that are to be published must have been counted."""
        asked = [event for _, event in events if event.stage == STAGE]
        still = deadlines.still_open(tx, (event.deadline_id for event in asked))
        windows = statistics.unpublished(tx) if asked else {}
        for event in asked:
            if _is_to_publish(event, windows) and event.about not in self.counted:
                raise Uncounted(event)
        return World(open_deadlines=set(still), windows=windows, counted=self.counted)

    def step(self, world: World, due: DeadlineDue, _record: Record) -> Verdict:
        if due.stage != STAGE:
            return Verdict("not-ours", due.about, due.kind)
        return self._publish(world, due) if due.kind == "window-publishes" else self._close(world, due)

    def _close(self, world: World, due: DeadlineDue) -> Verdict:
        """The month ends and the next one begins. Every window that waits to be published is told to, again if that
        failed before."""
        about, state = f"window/{due.about}", world.windows.get(due.about)
        if due.deadline_id not in world.open_deadlines:
            return Verdict("moot", about, due.kind)
        if state is None:
            return Verdict("moot", about, due.kind, closed=(due.deadline_id,))
        following = _month_after(due.about)
        waiting = {window for window, stands in world.windows.items() if stands == "closed"} | {due.about}
        return Verdict(
            "closed",
            about,
            due.kind,
            says=tuple(
                Say(DEADLINE_DUE, window, announced(_at_the_end_of(window, "window-publishes")))
                for window in sorted(waiting)
            ),
            windows={due.about: "closed"} if state == "open" else {},
            begun=({"window": following, "now_ms": _begins(following)},),
            opened=(_at_the_end_of(following, "window-closes"),),
            fired=(due.deadline_id,),
        )

    def _publish(self, world: World, due: DeadlineDue) -> Verdict:
        """A closed window's tables, once. What failed when they were counted fails this event, and no other."""
        about = f"window/{due.about}"
        if not _is_to_publish(due, world.windows):
            return Verdict("moot", about, due.kind)
        tables = world.counted[due.about]
        if isinstance(tables, Exception):
            raise tables
        return Verdict(
            "published",
            about,
            due.kind,
            says=tuple(Say(CLAIM_STATS_PUBLISHED, None, table) for table in tables),
            cells=tuple(self._row(table) for table in tables),
            windows={due.about: "published"},
        )

    def _row(self, said: ClaimStatsPublished) -> Mapping[str, Any]:
        shown = sum(cell.suppressed == "no" for cell in said.cells)
        counts = {"published": shown, "suppressed": said.suppressed_cells}
        return {"window": said.window, "name": said.table, **counts, "body": self.codec.encode(said)}


def open_month(tx: Connection, month: str) -> None:
    """Opens the window of a month, YYYY-MM, and the deadline at which it closes: the month's end, UTC."""
    statistics.begin_window(tx, month, _begins(month))
    deadlines.open_(tx, [_at_the_end_of(month, "window-closes")])


def month_of(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m")


def _is_to_publish(due: DeadlineDue, windows: Mapping[str, str]) -> bool:
    return due.kind == "window-publishes" and windows.get(due.about) == "closed"


def _at_the_end_of(month: str, kind: DeadlineKind) -> Deadline:
    return Deadline(
        id=derived("deadline", kind, month),
        kind=kind,
        stage=STAGE,
        key=month,
        about=month,
        due_ms=_begins(_month_after(month)),
    )


def _month_after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def _begins(month: str) -> int:
    return milliseconds(datetime.fromisoformat(f"{month}-01T00:00:00+00:00"))
