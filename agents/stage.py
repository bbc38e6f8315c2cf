"""What a stage is: it recalls what a batch may touch, takes one step per event, and says what each step led to.

`Judgement` joins a stage to codec and ledger for the runner; it holds no rule of its own.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeVar, cast

from sqlalchemy.engine import Connection

from agents.headers import headers_of
from claims.facts import Fact
from ledger import accounts, deadlines, projections, statistics, worklist
from ledger.accounts import Stored
from ledger.deadlines import Deadline
from ledger.projections import UNMATCHED, Place
from ledger.states import shapes
from ledger.worklist import Keyed
from schemas.codec import Undecodable
from schemas.compiled import CompiledCodec, compile_pair
from schemas.events import ClaimStats, ClaimStatsPublished, Event, Wire
from schemas.records import Decision, Output, Record
from schemas.registry import Schema
from streams.deadletters import dead_letter, dead_letter_topic
from streams.runner import Read
from streams.topics import CLAIM_STATS

Row = Mapping[str, Any]
WindowState = Literal["closed", "published"]
Counted = tuple[ClaimStatsPublished, ...] | Exception
"""A closed window's tables, or why there are none."""
S = TypeVar("S", bound=Wire)


_OVERHEAD = 1_000  # key, headers and the batch around a record, with room to spare


class TooLarge(ValueError):
    """An output that its topic would refuse; told before it is sent, so that no transaction fails for it again and
    again."""


class Say(NamedTuple):
    """An event to be said, under a pseudonymous key; `partner` is whom it concerns, for delivery."""

    topic: str
    key: str | None
    event: Event
    partner: str | None = None


@dataclass(frozen=True)
class Versions:
    """What a stage judges by: its own version, and where it asks them, those of the code sets and edit tables."""

    software: str | None = None
    code_sets: str | None = None
    edit_tables: str | None = None

    def on(self, event: Event, stage: str) -> Event:
        """The stage's own event with what it was judged by; what others said, a partner or a timer, stays theirs."""
        if event.producer != stage:
            return event
        unsaid = {name: said for name, said in vars(self).items() if said and getattr(event, name, said) is None}
        return event.model_copy(update=unsaid) if unsaid else event


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Verdict(NamedTuple):
    """What one event led to: what is said to whom, and what changes in the ledger."""

    outcome: str
    about: str
    detail: str
    says: tuple[Say, ...] = ()
    stats: tuple[ClaimStats, ...] = ()
    facts: tuple[Fact, ...] = ()
    accounts: Mapping[str, Wire] = _NOTHING
    charts: tuple[Row, ...] = ()
    claims: tuple[Row, ...] = ()
    bills: tuple[Row, ...] = ()
    denials: tuple[Row, ...] = ()
    answers: tuple[Row, ...] = ()
    queries: tuple[Row, ...] = ()
    work: tuple[Row, ...] = ()
    drafts: tuple[Row, ...] = ()
    cells: tuple[Row, ...] = ()
    opened: tuple[Deadline, ...] = ()
    fired: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    begun: tuple[Row, ...] = ()
    windows: Mapping[str, WindowState] = _NOTHING


@dataclass
class World:
    """What a batch may touch, as the steps before have left it."""

    accounts: dict[str, Wire] = field(default_factory=dict)
    charts: dict[tuple[str, str], Row] = field(default_factory=dict)
    claims: dict[str, Row] = field(default_factory=dict)
    claims_by_id: Mapping[str, Row] = field(default_factory=dict)
    candidates: Sequence[Row] = ()
    answers: dict[tuple[str, str], dict[int, Row]] = field(default_factory=dict)
    taken: set[Place] = field(default_factory=set)
    aside: dict[Place, bytes] = field(default_factory=dict)
    queries: Keyed = field(default_factory=dict)
    work: Keyed = field(default_factory=dict)
    drafts: dict[tuple[str, str], Row] = field(default_factory=dict)
    open_deadlines: set[str] = field(default_factory=set)
    window: str | None = None
    stored: dict[str, Stored] = field(default_factory=dict)
    windows: dict[str, str] = field(default_factory=dict)
    counted: Mapping[str, Counted] = field(default_factory=dict)

    def take(self, verdict: Verdict) -> None:
        """The next event meets what this one left."""
        self.accounts.update(verdict.accounts)
        self.charts.update({(row["hospital"], row["chart_id"]): row for row in verdict.charts})
        self.claims.update({row["control_number"]: row for row in verdict.claims})
        for row in verdict.answers:
            self.answers.setdefault((row["payer"], row["trace"]), {})[row["position"]] = row
            place = Place(row["payer"], row["trace"], row["position"])
            if row["state"] == UNMATCHED:
                self.aside[place] = row["body"]
            else:
                self.taken.add(place)
                self.aside.pop(place, None)
        for kept, rows in ((self.queries, verdict.queries), (self.work, verdict.work)):
            for row in rows:
                kept.setdefault((row["hospital"], row["chart_id"]), {})[row["id"]] = row
        self.drafts.update({(row["hospital"], row["chart_id"]): row for row in verdict.drafts})
        self.open_deadlines.update(deadline.id for deadline in verdict.opened)
        self.open_deadlines.difference_update(verdict.fired, verdict.closed)
        self.windows.update(verdict.windows)


class Stage(Protocol):
    """A stage as its module writes it."""

    @property
    def name(self) -> str: ...
    @property
    def reads(self) -> Collection[str]: ...
    def recall(self, tx: Connection, events: Sequence[tuple[Record, Any]]) -> World: ...
    def step(self, world: World, event: Any, record: Record) -> Verdict: ...


class States:
    """State types as bytes and back, by the same generated codec that serves the events."""

    def __init__(self, *models: type[Wire], older: Callable[[type[Wire]], Sequence[Schema]] = shapes) -> None:
        self._pairs = {model: compile_pair(model, older(model)) for model in models}

    def load(self, model: type[S], body: bytes) -> S:
        """The state as it was written, in whichever version of its schema."""
        return cast(S, self._pairs[model][1](body))

    def dump(self, state: Wire) -> bytes:
        return self._pairs[type(state)][0](state)


@dataclass
class Judgement:
    """A stage as its runner sees it."""

    stage: Stage
    codec: CompiledCodec
    states: States
    limits: Mapping[str, int] = field(default_factory=dict)
    versions: Versions = Versions()

    @property
    def name(self) -> str:
        return self.stage.name

    def read(self, record: Record) -> Read:
        """Behind intake events are ours: decoded on the fast path. What can't be is a dead letter."""
        try:
            event = self.codec.decode(record.value)
        except Undecodable as refused:
            return Read(None, refused=self.refuse(record, refused.code))
        if not isinstance(event, Event):
            return Read(None, refused=self.refuse(record, "unexpected-subject"))
        return Read(event, event.producer, event.event_id)

    def refuse(self, record: Record, code: str, exception: str | None = None) -> Decision:
        """The record to the dead letters; `exception` names the kind of what a step raised."""
        return dead_letter(self.name, record, code, exception, limit=self.kept)

    @property
    def kept(self) -> int | None:
        """How large a dead letter may be."""
        return self.limits.get(dead_letter_topic(self.name))

    def decide(self, tx: Connection, accepted: Sequence[tuple[Record, Any]]) -> Sequence[Decision]:
        """One step per event, each upon what the one before left; then everything written at once."""
        if not accepted:
            return ()
        world = self.stage.recall(tx, accepted)
        verdicts: list[Verdict | None] = []
        decisions: list[Decision] = []
        for record, event in accepted:
            verdict, decision = self._step(world, event, record)
            verdicts.append(verdict)
            decisions.append(decision)
        good = [verdict for verdict in verdicts if verdict is not None]
        self._store(tx, world, accepted[0][0], good)
        records = [record for record, _ in accepted]
        return self._with_statistics(decisions, list(self._statistics(records, verdicts)))

    def _step(self, world: World, event: Any, record: Record) -> tuple[Verdict | None, Decision]:
        try:
            verdict = self.stage.step(world, event, record)
            outputs = tuple(self._output(say, record) for say in verdict.says)
        except TooLarge:
            return None, self.refuse(record, "output-too-large")
        except Exception as bug:  # noqa: BLE001 the boundary: a bug costs its own record, and the breaker counts it
            return None, self.refuse(record, "step-failed", type(bug).__name__)
        world.take(verdict)
        return verdict, Decision(outputs, verdict.outcome, verdict.about, verdict.detail)

    def _output(self, say: Say, because: Record) -> Output:
        """As its record. It keeps the time at which the broker received its cause, so that a chart's age is known."""
        key = None if say.key is None else say.key.encode()
        value = self.codec.encode(self.versions.on(say.event, self.name))
        if len(value) + _OVERHEAD > self.limits.get(say.topic, len(value) + _OVERHEAD):
            raise TooLarge
        return Output(say.topic, key, value, headers_of(say.event, say.partner), because.timestamp_ms)

    def _store(self, tx: Connection, world: World, first: Record, verdicts: Sequence[Verdict]) -> None:
        last = {key: state for verdict in verdicts for key, state in verdict.accounts.items()}
        accounts.save(tx, self.name, world.stored, {key: self.states.dump(state) for key, state in last.items()})
        projections.put_charts(tx, [row for v in verdicts for row in v.charts])
        projections.put_claims(tx, [row for v in verdicts for row in v.claims])
        projections.put_bills(tx, [row for v in verdicts for row in v.bills])
        projections.put_denials(tx, [row for v in verdicts for row in v.denials])
        projections.put_answers(tx, [row for v in verdicts for row in v.answers])
        worklist.put_queries(tx, [row for v in verdicts for row in v.queries])
        worklist.put_work(tx, [row for v in verdicts for row in v.work])
        worklist.put_drafts(tx, [row for v in verdicts for row in v.drafts])
        self._move_windows(tx, verdicts)
        deadlines.open_(tx, [deadline for v in verdicts for deadline in v.opened])
        moot = dict.fromkeys((i for v in verdicts for i in v.closed), "closed")
        deadlines.end(tx, moot | dict.fromkeys((i for v in verdicts for i in v.fired), "fired"))
        bodies = [self.states.dump(fact) for v in verdicts for fact in v.facts]
        if bodies:
            assert world.window is not None
            statistics.append(tx, world.window, self.name, first.coordinates, bodies)

    def _move_windows(self, tx: Connection, verdicts: Sequence[Verdict]) -> None:
        """Each move by compare-and-set; the next window begins under the lock by which the last one closed."""
        moves = {"closed": statistics.close_window, "published": statistics.publish_window}
        for verdict in verdicts:
            for window, state in verdict.windows.items():
                moves[state](tx, window)
            for row in verdict.begun:
                statistics.begin_window(tx, **row)
        statistics.put_cells(tx, [row for v in verdicts for row in v.cells])

    def _statistics(self, records: Sequence[Record], verdicts: Sequence[Verdict | None]) -> Iterator[tuple[bytes, int]]:
        """Encoded, each with the start of its year for a time, or of the broker's year where a fixed clock is ahead:
        a broker refuses a time that is still to come, and the whole batch with it."""
        for record, verdict in zip(records, verdicts, strict=True):
            for stat in () if verdict is None else verdict.stats:
                yield self.codec.encode(stat), year_start_ms(min(stat.year, year_of(record.timestamp_ms)))

    def _with_statistics(self, decisions: list[Decision], said: Sequence[tuple[bytes, int]]) -> list[Decision]:
        """Statistics ride with the batch in the order of their bytes, so that their order tells nothing of who came
        when.

        They carry no key and no header, and the start of their year for a time (45 CFR 164.514(b)(2)).
        """
        outputs = [Output(CLAIM_STATS, None, value, (), when) for value, when in sorted(said)]
        if not outputs:
            return decisions
        portions = _portions(outputs, len(decisions))
        return [
            decision._replace(outputs=decision.outputs + portion)
            for decision, portion in zip(decisions, portions, strict=True)
        ]


def _portions(outputs: Sequence[Output], n: int) -> list[tuple[Output, ...]]:
    """`outputs` cut into n runs, as even as they can be."""
    return [tuple(outputs[len(outputs) * i // n : len(outputs) * (i + 1) // n]) for i in range(n)]


def year_of(timestamp_ms: int) -> int:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC).year


def year_start_ms(year: int) -> int:
    return (_days_before_year(year) - _days_before_year(1970)) * 86_400_000


def _days_before_year(year: int) -> int:
    y = year - 1
    return y * 365 + y // 4 - y // 100 + y // 400
