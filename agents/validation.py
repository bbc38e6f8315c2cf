"""Validation: finished charts in; charts in standard codes out, or back to the hospital with everything that is
missing.

A chart is complete when each thing that was documented can be coded and billed. Nothing is guessed: what is missing
or ambiguous goes back as a query or as a coder's work item. A coder's answer comes in here too and is checked like
a chart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from agents.pseudonyms import Pseudonyms
from agents.stage import Say, Verdict, World
from claims import deidentify, facts
from claims.coder import NOT_THE_CODERS, changed, holds
from claims.facts import Where
from claims.tables import Reference
from claims.validation import accept_coder, validate
from ledger import projections, statistics
from schemas.events import ChartCoded, ChartCompleted, ChartReturned, Refused
from schemas.identity import caused_by, derived
from schemas.records import Record
from streams.topics import CHART_CODED, CHART_COMPLETED, CHART_RETURNED, CODER_ANSWERS, REFUSED

STAGE = "validation"

Chart = ChartCompleted | ChartCoded

_NEWEST = "send other content as a higher version; answer the newest version"
_ONE_ACCOUNT = "a chart stays on its account: correct it there, or send it as a chart of its own"
_ONE_PATIENT = "a chart stays with its patient: void it there, and send it as a chart of its own"


@dataclass(frozen=True)
class Validation:
    reference: Reference
    pseudonyms: Pseudonyms
    name: str = STAGE

    reads = (CHART_COMPLETED, CODER_ANSWERS)

    def recall(self, tx: Connection, events: Sequence[tuple[Record, Chart]]) -> World:
        """Which versions of these charts we have judged."""
        known = projections.charts_of(tx, STAGE, (chart.chart_id for _, chart in events))
        return World(charts={key: dict(row._mapping) for key, row in known.items()}, window=statistics.open_window(tx))

    def step(self, world: World, chart: Chart, record: Record) -> Verdict:
        known = world.charts.get((chart.hospital, chart.chart_id))
        if known is not None:
            if _order(chart) < (known["version"], known["revision"]):
                return self._return(world, chart, _late(chart, known["version"]))
            if _order(chart) == (known["version"], known["revision"]):
                return _conflict(chart, record)
            if (moved := _moved(chart, known)) is not None:
                return _conflict(chart, record, *moved)
        if isinstance(chart, ChartCompleted):
            judged = validate(chart, self.reference)
        elif known is None or known["version"] != chart.version:
            return _conflict(chart, record)
        else:
            judged = accept_coder(chart, self.reference, known["held"])
        if isinstance(judged, ChartReturned):
            return self._return(world, chart, judged)
        return self._pass(world, judged, _held(world, chart))

    def _pass(self, world: World, coded: ChartCoded, held: str | None) -> Verdict:
        """Every statement has its code: on to claiming."""
        key = self.pseudonyms.patient(coded.hospital, coded.patient.mrn)
        fact = facts.of_coded(coded, self.reference.counted_by, self._where(world, coded))
        return Verdict(
            "coded",
            *_whom(coded),
            says=(Say(CHART_CODED, key, coded, coded.hospital),),
            stats=(deidentify.of_coded(coded, self.reference.counted_by),),
            facts=() if fact is None else (fact,),
            charts=(_row(coded, "coded", None, held, sum(service.charge_cents for service in coded.services)),),
        )

    def _return(self, world: World, chart: Chart, returned: ChartReturned) -> Verdict:
        """Everything the hospital has to know, at once. A late version changes nothing of what stands."""
        key = self.pseudonyms.patient(chart.hospital, chart.patient.mrn)
        by = self.reference.counted_by
        fact = facts.of_returned(STAGE, returned, chart, by, self._where(world, chart))
        late = returned.reason == "late-version"
        # What denies its own consent or patient is not counted: we don't know whose treatment it tells of.
        strange = any(finding.rule == NOT_THE_CODERS for finding in returned.findings)
        said = deidentify.of_returned(STAGE, returned, chart, by)
        return Verdict(
            returned.reason,
            *_whom(chart),
            says=(Say(CHART_RETURNED, key, returned, chart.hospital),),
            stats=(deidentify.withheld(said) if strange else said,),
            facts=() if fact is None or late or strange else (fact,),
            charts=() if late else (_row(chart, "returned", _why(returned), _held(world, chart), 0),),
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
