"""What a viewer of the demo sees while it runs: per stage what came in, went out and went back, and the lag."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from confluent_kafka.admin import AdminClient
from rich.table import Table

from agents.assembly import Assembly
from ledger import tables
from streams.lag import group_lag, without_markers
from streams.topics import STAGES

_LOOK_EVERY_S = 0.4
_QUIET_LOOKS = 3
_BACK = ("incomplete", "uncodable", "rejected-by-edits", "late-version", "denied", "rejected")


class Stuck(RuntimeError):
    """The demo doesn't come to its end; the words say where it stands."""


@dataclass(frozen=True)
class Look:
    """One stage at one moment. `behind` is records not yet decided."""

    stage: str
    taken: int
    out: int
    back: int
    dead: int
    behind: int


@dataclass(frozen=True)
class Watch:
    """Looks at ledger and broker; `show` is called with each look at all stages."""

    assembly: Assembly
    show: Callable[[list[Look]], None]
    check: Callable[[], None] = lambda: None
    """Raises when what should run has ended."""

    @cached_property
    def admin(self) -> AdminClient:
        return AdminClient(self.assembly.settings.admin_config())

    def until_quiet(self, patience_s: float = 120.0) -> None:
        """Returns when nothing is behind and nothing moved for a few looks."""
        until = time.monotonic() + patience_s
        last, quiet = -1, 0
        while quiet < _QUIET_LOOKS:
            self.check()
            looks = self.look()
            self.show(looks)
            taken = sum(look.taken for look in looks)
            quiet = quiet + 1 if taken == last and not any(look.behind for look in looks) else 0
            last = taken
            if time.monotonic() > until:
                raise Stuck(f"still {sum(look.behind for look in looks)} records behind after {patience_s:.0f} s")
            time.sleep(_LOOK_EVERY_S)

    def look(self, exact: bool = False) -> list[Look]:
        """Every stage now. The end of a partition may be a transaction's marker and no record: `exact` looks."""
        with self.assembly.ledger.reading() as tx:
            counted = tx.execute(_COUNTS).all()
        outcomes = {stage: {row.outcome: row.n for row in counted if row.stage == stage} for stage in STAGES}
        return [self._look(stage, outcomes[stage], exact) for stage in STAGES]

    def _look(self, stage: str, outcomes: dict[str, int], exact: bool) -> Look:
        back = sum(outcomes.get(outcome, 0) for outcome in _BACK)
        dead = sum(n for outcome, n in outcomes.items() if outcome.startswith("dead-letter"))
        taken = sum(outcomes.values())
        return Look(stage, taken, taken - back - dead, back, dead, self._behind(stage, exact))

    def _behind(self, stage: str, exact: bool) -> int:
        settings = self.assembly.settings
        rows = group_lag(self.admin, settings.consumer_config(stage), self.assembly.reads(stage))
        if not exact:
            return sum(max(0, (row.lag or 0) - 1) for row in rows)
        reader = {**settings.client_config("demo"), "group.id": "demo-lag", "enable.auto.commit": False}
        return sum(row.lag or 0 for row in without_markers(reader, rows))


def as_table(looks: list[Look], title: str) -> Table:
    table = Table(title=title, title_justify="left", expand=False)
    for column in ("stage", "in", "out", "returned", "dead letters", "lag"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for look in looks:
        numbers = (look.taken, look.out, look.back, look.dead, look.behind)
        table.add_row(look.stage, *(f"{number:,}" for number in numbers))
    return table


_COUNTS = sa.select(tables.decisions.c.stage, tables.decisions.c.outcome, sa.func.count().label("n")).group_by(
    tables.decisions.c.stage, tables.decisions.c.outcome
)
