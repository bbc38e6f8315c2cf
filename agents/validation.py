"""Validation: finished charts in; charts in standard codes out, or back to the hospital with everything that is
missing.

A chart is complete when each thing that was documented can be coded and billed. Nothing is guessed: what is missing
or ambiguous goes back as a query or as a coder's work item. A coder's answer comes in here too and is checked like
a chart. A query whose day has passed is told to the hospital once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from agents.limits import filing_near
from agents.pseudonyms import Pseudonyms
from agents.stage import Say, States, Verdict, World
from agents.worklist import STAGE, Asking, about_chart, chart_about, is_back, overdue
from claims import deidentify, facts
from claims.coder import NOT_THE_CODERS, changed, holds
from claims.facts import Where
from claims.filing import FILING_NEAR
from claims.tables import Reference
from claims.validation import Judged, accept_coder, judge
from ledger import deadlines, projections, statistics, worklist
from schemas.events import ChartCoded, ChartCompleted, ChartReturned, DeadlineDue, Refused
from schemas.events.coded import Query, ReturnReason
from schemas.identity import caused_by, derived
from schemas.records import Record
from streams.topics import CHART_CODED, CHART_COMPLETED, CHART_RETURNED, CODER_ANSWERS, DEADLINE_DUE, REFUSED

Chart = ChartCompleted | ChartCoded
Input = Chart | DeadlineDue

_NEWEST = "send other content as a higher version; answer the newest version"
_ONE_ACCOUNT = "a chart stays on its account: correct it there, or send it as a chart of its own"
_ONE_PATIENT = "a chart stays with its patient: void it there, and send it as a chart of its own"


@dataclass(frozen=True)
class Validation:
    reference: Reference
    pseudonyms: Pseudonyms
    states: States
    name: str = STAGE

    reads = (CHART_COMPLETED, CODER_ANSWERS, DEADLINE_DUE)

    def recall(self, tx: Connection, events: Sequence[tuple[Record, Input]]) -> World:
        """Which versions of these charts we have judged; and of those that went back, what was asked."""
        said = [event for _, event in events]
        due = [event for event in said if isinstance(event, DeadlineDue) and event.stage == STAGE]
        late = {chart_about(event.about)[1] for event in due}
        told = {event.chart_id for event in said if not isinstance(event, DeadlineDue)}
        answered = {event.chart_id for event in said if isinstance(event, ChartCoded)}
        known = projections.charts_of(tx, STAGE, late | told)
        back = {row.chart_id for row in known.values() if row.state == "returned"}
        return World(
            charts={key: dict(row._mapping) for key, row in known.items()},
            queries=worklist.queries_of(tx, back),
            work=worklist.work_of(tx, back & told),
            drafts=worklist.drafts_of(tx, STAGE, back & answered),
            open_deadlines=set(deadlines.still_open(tx, (event.deadline_id for event in due))),
            window=statistics.open_window(tx),
        )

    def step(self, world: World, event: Input, record: Record) -> Verdict:
        if isinstance(event, DeadlineDue):
            return self._overdue(world, event, record)
        known = world.charts.get((event.hospital, event.chart_id))
        if known is not None and (unfit := self._unfit(world, event, record, known)) is not None:
            return unfit
        if isinstance(event, ChartCompleted):
            return self._judge(world, event)
        if known is None or known["version"] != event.version:
            return _conflict(event, record)
        return self._answer(world, event, known["held"])

    def _unfit(self, world: World, chart: Chart, record: Record, known: Mapping[str, Any]) -> Verdict | None:
        """A chart that doesn't follow the version we judged: late, the same again, or moved elsewhere."""
        if _order(chart) < (known["version"], known["revision"]):
            return self._return(world, chart, _late(chart, known["version"]))
        if _order(chart) == (known["version"], known["revision"]):
            return _conflict(chart, record)
        moved = _moved(chart, known)
        return None if moved is None else _conflict(chart, record, *moved)

    def _judge(self, world: World, chart: ChartCompleted) -> Verdict:
        """A version of a chart: on to claiming, or back with what it lacks."""
        judged: Judged = judge(chart, self.reference)
        if isinstance(judged.said, ChartCoded):
            verdict = self._pass(world, judged.said, _held(world, chart))
            return verdict._replace(**self._asking.accepted(world, chart)) if is_back(world, chart) else verdict
        changes = self._asking.of_version(world, chart, judged.said, judged.draft)
        verdict = self._return(world, chart, judged.said, judged.cents)._replace(**changes)
        key = self.pseudonyms.patient(chart.hospital, chart.patient.mrn)
        near = filing_near(chart, self.reference.partners, STAGE, key, about_chart(chart.hospital, chart.chart_id))
        return verdict if near is None else verdict._replace(opened=(*verdict.opened, near))

    def _answer(self, world: World, answer: ChartCoded, held: str | None) -> Verdict:
        """A coder's answer: it ends what was asked, or his items open again."""
        judged = accept_coder(answer, self.reference, held)
        if isinstance(judged, ChartCoded):
            verdict = self._pass(world, judged, _held(world, answer))
            return verdict._replace(**self._asking.accepted(world, judged)) if is_back(world, judged) else verdict
        changes = self._asking.refused(world, answer, judged)
        cents = sum(service.charge_cents for service in answer.services)
        return self._return(world, answer, judged, cents)._replace(**changes)

    def _overdue(self, world: World, due: DeadlineDue, record: Record) -> Verdict:
        """Nobody has answered in time: the hospital is told, once. The queries stay, and may still be answered."""
        if due.stage != STAGE:
            return Verdict("not-ours", due.about, due.kind)
        hospital, chart_id = chart_about(due.about)
        known = world.charts.get((hospital, chart_id))
        if due.kind == "timely-filing-near":
            return self._warned(world, due, known, record.key)
        rows = overdue(world, hospital, chart_id, due.deadline_id)
        if due.deadline_id not in world.open_deadlines or known is None or not rows or record.key is None:
            return Verdict("moot", due.about, due.kind, closed=(due.deadline_id,))
        asked = tuple(self.states.load(Query, row["body"]) for row in rows)
        said = _told(due, known, "unanswered").model_copy(update={"queries": asked})
        told = Say(CHART_RETURNED, record.key.decode(), said, hospital)
        whom = (f"{hospital}/{known['account']}", f"{chart_id} v{known['version']}")
        return Verdict("overdue", *whom, says=(told,), queries=rows, fired=(due.deadline_id,))

    def _warned(self, world: World, due: DeadlineDue, known: Mapping[str, Any] | None, key: bytes | None) -> Verdict:
        """A chart that is back, and whose payer will soon take no claim for it any more: its hospital is told, once."""
        back = known is not None and known["state"] == "returned"
        if due.deadline_id not in world.open_deadlines or known is None or key is None or not back:
            return Verdict("moot", due.about, due.kind, closed=(due.deadline_id,))
        said = _told(due, known, "deadline-near").model_copy(update={"findings": (FILING_NEAR,)})
        whom = (f"{known['hospital']}/{known['account']}", f"{known['chart_id']} v{known['version']}")
        says = (Say(CHART_RETURNED, key.decode(), said, known["hospital"]),)
        return Verdict("warned", *whom, says=says, fired=(due.deadline_id,))

    @property
    def _asking(self) -> Asking:
        return Asking(self.reference, self.pseudonyms, self.states)

    def _pass(self, world: World, coded: ChartCoded, held: str | None) -> Verdict:
        """Every statement has its code: on to claiming."""
        key = self.pseudonyms.patient(coded.hospital, coded.patient.mrn)
        fact = facts.of_coded(coded, self.reference.counted_by, self._where(world, coded))
        return Verdict(
            "coded",
            *_whom(coded),
            says=(Say(CHART_CODED, key, coded, coded.hospital),),
            stats=(fact.statistic if fact else deidentify.of_coded(coded, self.reference.counted_by),),
            facts=() if fact is None else (fact,),
            charts=(_row(coded, "coded", None, held, sum(service.charge_cents for service in coded.services)),),
        )

    def _return(self, world: World, chart: Chart, returned: ChartReturned, cents: int = 0) -> Verdict:
        """Everything the hospital has to know, at once; `cents` wait with it. A late version changes nothing of what
        stands."""
        key = self.pseudonyms.patient(chart.hospital, chart.patient.mrn)
        by = self.reference.counted_by
        fact = facts.of_returned(STAGE, returned, chart, by, self._where(world, chart))
        late = returned.reason == "late-version"
        # What denies its own consent or patient is not counted: we don't know whose treatment it tells of.
        strange = any(finding.rule == NOT_THE_CODERS for finding in returned.findings)
        said = fact.statistic if fact else deidentify.of_returned(STAGE, returned, chart, by)
        return Verdict(
            returned.reason,
            *_whom(chart),
            says=(Say(CHART_RETURNED, key, returned, chart.hospital),),
            stats=(deidentify.withheld(said) if strange else said,),
            facts=() if fact is None or late or strange else (fact,),
            charts=() if late else (_row(chart, "returned", _why(returned), _held(world, chart), cents),),
        )

    def _where(self, world: World, chart: Chart) -> Where:
        patient = self.pseudonyms.counted(chart.hospital, chart.patient.mrn)
        return Where(world.window or "none", patient, derived("chart", chart.hospital, chart.chart_id))


def _order(chart: Chart) -> tuple[int, int]:
    return (chart.version, chart.coding_revision if isinstance(chart, ChartCoded) else 0)


def _whom(chart: Chart) -> tuple[str, str]:
    return f"{chart.hospital}/{chart.account_number}", f"{chart.chart_id} v{chart.version}"


def _why(returned: ChartReturned) -> str:
    """The rules and questions in a row, for people who look the chart up."""
    named = [finding.rule for finding in returned.findings if finding.severity == "reject"]
    asked = [f"query to {query.to}" for query in returned.queries]
    return ", ".join(dict.fromkeys([*named, *asked, *(f"to code: {item.kind}" for item in returned.worklist)]))


def _held(world: World, chart: Chart) -> str | None:
    """What answers to this chart must repeat: as the hospital's chart said it, whatever a coder answered since."""
    if isinstance(chart, ChartCompleted):
        return holds(chart)
    known = world.charts.get((chart.hospital, chart.chart_id))
    return None if known is None else known["held"]


def _row(chart: Chart, state: str, why: str | None, held: str | None, cents: int) -> Mapping[str, Any]:
    version, revision = _order(chart)
    return {
        "stage": STAGE,
        "hospital": chart.hospital,
        "chart_id": chart.chart_id,
        "version": version,
        "revision": revision,
        "account": chart.account_number,
        "state": state,
        "why": why,
        "cents": cents,
        "held": held,
        "at": int(chart.occurred_at.timestamp() * 1000),
    }


def _late(chart: Chart, newest: int) -> ChartReturned:
    """A lower version than the one we judged is answered so, and otherwise without effect."""
    about = (chart.hospital, chart.chart_id, *_order(chart), newest, chart.event_id)  # it may come again under another
    return ChartReturned(
        event_id=derived("chart-returned", "late-version", *about),
        **caused_by(chart, STAGE),
        hospital=chart.hospital,
        chart_id=chart.chart_id,
        version=chart.version,
        account_number=chart.account_number,
        reason="late-version",
    )


def _told(due: DeadlineDue, known: Mapping[str, Any], reason: ReturnReason) -> ChartReturned:
    return ChartReturned(
        event_id=derived("chart-returned", reason, due.deadline_id),
        **caused_by(due, STAGE),
        hospital=known["hospital"],
        chart_id=known["chart_id"],
        version=known["version"],
        account_number=known["account"],
        reason=reason,
    )


def _moved(chart: Chart, known: Mapping[str, Any]) -> tuple[str, str] | None:
    """The field by which a chart has left its account or patient, and the mend. Of a coder's answer rule A2 says it."""
    if chart.account_number != known["account"]:
        return "account_number", _ONE_ACCOUNT
    if isinstance(chart, ChartCompleted) and "patient.mrn" in changed(known["held"], chart):
        return "patient.mrn", _ONE_PATIENT
    return None


def _conflict(chart: Chart, record: Record, field: str = "version", mend: str = _NEWEST) -> Verdict:
    """The same version with another id, an answer to a version that isn't the newest, a correction under another
    account or patient whose claims would be a second bill: nothing can tell which holds."""
    refused = Refused(
        event_id=derived("refused", "version", chart.hospital, chart.chart_id, *_order(chart), chart.event_id),
        **caused_by(chart, STAGE),
        partner=chart.hospital,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        refused_event_id=chart.event_id,
        code="version-conflict",
        field=field,
        mend=mend,
    )
    said = (Say(REFUSED, chart.hospital, refused, chart.hospital),)
    return Verdict("version-conflict", *_whom(chart), says=said)
