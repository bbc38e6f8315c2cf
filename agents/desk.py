"""The coder's desk: items are taken and answered in the ledger, one coder each, and a chart whose last item is answered
goes to validation as a whole.

Everything is decided under the lock of the chart's row, which validation takes too, and each item moves by
compare-and-set. A completed chart is kept as the bytes that go to Kafka; sending them twice is harmless.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.engine import Connection

from agents.assembly import Assembly
from agents.mending import KIND as FINDING
from agents.stage import Row
from claims.coder_answers import Answered, CoderAnswer, faults
from claims.desk import Completion, complete, holding
from claims.draft import Draft, place_asked, places
from ledger import projections, worklist
from ledger.store import Ledger
from ledger.worklist import UNANSWERED, WAITING
from schemas.events import Wire
from schemas.events.coded import Query, WorkItem

S = TypeVar("S", bound=Wire)


class NotDone(Exception):
    """What a coder can't do, and why; nothing has changed."""


class Ready(NamedTuple):
    """A completed chart as it goes to the hospital's topic."""

    row: Row
    hospital: str
    chart_id: str
    value: bytes


class Sheet(NamedTuple):
    """An item with everything of its chart that is at the desk; `place` says where in the chart it stands."""

    row: Row
    item: WorkItem
    place: str | None
    answer: CoderAnswer | None
    draft: Draft | None
    others: tuple[Row, ...]
    queries: tuple[Row, ...]


class Lists(NamedTuple):
    """What coders have to do, and what hospitals have to answer, the oldest first."""

    work: Sequence[Any]
    queries: Sequence[Any]


class Progress(NamedTuple):
    """How far a chart is after an answer: what is left to code, and what its hospital has to answer first."""

    hospital: str
    left: int
    holding: tuple[Query, ...]
    complete: bool


@dataclass
class Desk:
    parts: Assembly

    def lists(self, hospital: str | None = None) -> Lists:
        with self._ledger.reading() as tx:
            return Lists(worklist.open_work(tx, hospital), worklist.open_queries(tx, hospital))

    def show(self, beginning: str) -> Sheet:
        """An item by its id, or so much of it as no other begins with."""
        with self._ledger.reading() as tx:
            row = only(worklist.find_work(tx, beginning), beginning, "item or query")
            whole = self._chart(tx, row)
        answer = None if row["answer"] is None else self._load(CoderAnswer, row["answer"])
        draft = None if whole.draft is None else self._load(Draft, whole.draft["body"])
        others = tuple(self._placed(draft, each) for each in whole.items if each["id"] != row["id"])
        queries = tuple(
            {**each, "place": draft and place_asked(draft, self._load(Query, each["body"]))} for each in whole.queries
        )
        item = self._load(WorkItem, row["body"])
        return Sheet(row, item, self._placed(draft, row)["place"], answer, draft, others, queries)

    def take(self, beginning: str, coder: str) -> Row:
        """The item is this coder's until he answers or releases it."""
        return self._ledger.run(lambda tx: self._take(tx, beginning, coder))

    def release(self, beginning: str, coder: str) -> Row:
        """The item is anybody's again; what was answered is kept as a suggestion, until its chart is complete."""
        return self._ledger.run(lambda tx: self._release(tx, beginning, coder))

    def answer(self, beginning: str, coder: str, said: CoderAnswer | None, *, alike: bool = False) -> Progress:
        """The coder's answer, or with none what was answered before; the last one completes the chart. `alike`: it is
        the answer to every free item of the chart that is of the same kind and reads so, too."""
        _ = self.parts.reference  # read before anything is locked
        return self._ledger.run(lambda tx: self._answer(tx, beginning, coder, said, alike))

    def ready(self, hospital: str | None = None, *, again: bool = False) -> tuple[Ready, ...]:
        """Charts to be sent: complete, and not confirmed by Kafka; `again` those that were sent and are still back."""

        def drafts(tx: Connection) -> Sequence[Row]:
            return worklist.coded_drafts(tx, hospital, sent=again)

        if not self._ledger.read(drafts):
            return ()
        _ = self.parts.reference  # read before anything is locked
        found = self._ledger.run(lambda tx: [self._completed(tx, row) for row in drafts(tx)])
        return tuple(ready for ready in found if ready is not None)

    def sent(self, ready: Sequence[Ready]) -> None:
        now = self.parts.clock.now_ms()

        def work(tx: Connection) -> None:
            for each in ready:
                worklist.mark_sent(tx, each.row, now)

        self._ledger.run(work)

    @property
    def _ledger(self) -> Ledger:
        return self.parts.ledger

    def _load(self, model: type[S], body: bytes) -> S:
        return self.parts.states.load(model, bytes(body))

    def _placed(self, draft: Draft | None, row: Row) -> Row:
        place = places(draft).get(row["statement"]) if draft else None
        return {**row, "text": self._load(WorkItem, row["body"]).text, "place": place}

    # In a transaction ------------------------------------------------------------------------------------------------

    def _take(self, tx: Connection, beginning: str, coder: str) -> Row:
        row = self._locked(tx, beginning).row
        if row["state"] == "taken" and row["coder"] == coder:
            return row
        _must_be_free(row, coder)
        return self._moved(tx, row, state="taken", coder=coder)

    def _release(self, tx: Connection, beginning: str, coder: str) -> Row:
        whole = self._locked(tx, beginning)
        row = whole.row
        if row["state"] not in {"taken", "answered"} or row["coder"] != coder:
            raise NotDone(f"it is not {coder}'s: {_whose(row)}")
        if whole.draft is not None and whole.draft["answer"] is not None:
            raise NotDone("its chart is complete and goes to validation: wait for what comes back")
        return self._moved(tx, row, state="open", coder=None)

    def _answer(self, tx: Connection, beginning: str, coder: str, said: CoderAnswer | None, alike: bool) -> Progress:
        whole = self._locked(tx, beginning)
        row, item = whole.row, self._load(WorkItem, whole.row["body"])
        _must_be_free(row, coder)
        if item.kind == FINDING:
            raise NotDone(
                "no code mends it: fold its chart, if that is proposed, or let the hospital send a next version"
            )
        answer = said or self._said_before(row)
        if whole.draft is None:
            raise NotDone("its chart is not at the desk: let the hospital send its next version")
        draft = self._load(Draft, whole.draft["body"])
        wrong = tuple(faults(item, answer, draft, self.parts.reference))
        if wrong:
            raise NotDone("; ".join(wrong))
        for each in (row, *(self._alike(whole, item, coder) if alike else ())):
            self._moved(tx, each, state="answered", coder=coder, answer=self.parts.states.dump(answer))
        after = self._chart(tx, row)
        left = sum(each["state"] in UNANSWERED for each in after.items)
        asked = self._holding(after, draft)
        done = self._completed(tx, whole.draft) is not None
        return Progress(row["hospital"], left, asked, done)

    def _alike(self, whole: "_Chart", item: WorkItem, coder: str) -> Iterator[Row]:
        for row in whole.items:
            other = self._load(WorkItem, row["body"])
            same = other.id != item.id and (other.kind, other.text) == (item.kind, item.text)
            if same and (row["state"] == "open" or (row["state"], row["coder"]) == ("taken", coder)):
                yield row

    def _said_before(self, row: Row) -> CoderAnswer:
        if row["answer"] is None:
            raise NotDone("say a code, a line, or --drop with the reason")
        return self._load(CoderAnswer, row["answer"])

    def _completed(self, tx: Connection, kept: Row) -> Ready | None:
        """The chart's bytes, made once when nothing is left to code and nobody is asked; from then on they stand."""
        named = {"hospital": kept["hospital"], "chart_id": kept["chart_id"]}
        known = _lock(tx, kept["stage"], **named)
        if known is None or (known["version"], known["state"]) != (kept["version"], "returned"):
            return None
        if kept["answer"] is not None:
            return Ready(kept, **named, value=bytes(kept["answer"]))
        whole = self._chart(tx, kept)
        draft = self._load(Draft, kept["body"])
        if not whole.items or any(row["state"] in UNANSWERED for row in whole.items) or self._holding(whole, draft):
            return None
        last = max(whole.items, key=lambda row: (row["since"], row["id"]))
        done = Completion(str(last["coder"]), _instant(last["since"]), kept["revision"] + 1)
        value = self.parts.strict.encode(complete(draft, self._answered(whole.items), done, self.parts.reference.codes))
        after = {**kept, "answer": value}
        worklist.put_drafts(tx, [after])
        return Ready(after, **named, value=value)

    def _holding(self, whole: "_Chart", draft: Draft) -> tuple[Query, ...]:
        queries = [self._load(Query, row["body"]) for row in whole.queries]
        return holding(queries, self._answered(whole.items), draft.chart)

    def _answered(self, items: Sequence[Row]) -> list[Answered]:
        return [
            Answered(self._load(WorkItem, row["body"]), self._load(CoderAnswer, row["answer"]))
            for row in items
            if row["state"] == "answered" and row["answer"] is not None
        ]

    def _moved(self, tx: Connection, row: Row, **change: Any) -> Row:
        change["since"] = self.parts.clock.now_ms()
        if not worklist.move(tx, row, **change):
            raise NotDone("somebody else was first: look at it again")
        return {**row, **change}

    def _locked(self, tx: Connection, beginning: str) -> "_Chart":
        """The item's chart, locked; its newest version must still be the item's, and still be back."""
        found = only(worklist.find_work(tx, beginning), beginning, "item")
        known = _lock(tx, found["stage"], found["hospital"], found["chart_id"])
        whole = self._chart(tx, found)
        if whole.row["state"] == "withdrawn" or known is None or known["version"] != whole.row["version"]:
            raise NotDone("it is withdrawn: the hospital has sent another version of its chart")
        if known["state"] != "returned":
            raise NotDone("its chart is coded already")
        return whole

    def _chart(self, tx: Connection, about: Row) -> "_Chart":
        """What the desk has of the chart of an item or a draft, in its version and of the stage that asks."""
        key = (about["hospital"], about["chart_id"])
        same = {name: about[name] for name in ("stage", "version")}
        rows = worklist.work_of(tx, [key[1]]).get(key, {})
        items = tuple(row for row in rows.values() if {name: row[name] for name in same} == same)
        asked = worklist.queries_of(tx, [key[1]]).get(key, {}).values()
        draft = worklist.drafts_of(tx, about["stage"], [key[1]]).get(key)
        return _Chart(
            row=rows.get(about.get("id", ""), about),
            items=tuple(sorted(items, key=lambda row: (row["statement"], row["kind"], row["id"]))),
            queries=tuple(row for row in asked if row["state"] in WAITING),
            draft=draft if draft is not None and draft["version"] == about["version"] and draft["body"] else None,
        )


class _Chart(NamedTuple):
    row: Row
    items: tuple[Row, ...]
    queries: tuple[Row, ...]
    draft: Row | None


def only(rows: Sequence[Any], beginning: str, what: str) -> Row:
    if len(rows) != 1:
        raise NotDone(f"{f'more than one {what}' if rows else f'no {what}'} begins with {beginning}")
    return dict(rows[0]._mapping)


def _lock(tx: Connection, stage: str, hospital: str, chart_id: str) -> Row | None:
    row = projections.charts_of(tx, stage, [chart_id]).get((hospital, chart_id))
    return None if row is None else dict(row._mapping)


def _must_be_free(row: Row, coder: str) -> None:
    if row["state"] == "answered" or (row["state"] == "taken" and row["coder"] != coder):
        raise NotDone(_whose(row))


def _whose(row: Row) -> str:
    if row["coder"] is None:
        return "nobody has it"
    return f"{row['coder']} has {row['state']} it at {_instant(row['since']):%Y-%m-%d %H:%M} UTC"


def _instant(milliseconds: int) -> datetime:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
