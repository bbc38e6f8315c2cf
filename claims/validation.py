"""Validation: a hospital's chart becomes coded, or goes back with everything that it lacks, at once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypedDict

from claims.claimed_stays import Severity, Stay
from claims.coder import Answered, faults
from claims.codesets.shapes import without_dot
from claims.completeness import Case, answers, incompleteness, signatures_on_file, with_due
from claims.draft import Draft, drafted, numbered
from claims.edits import check_chart
from claims.edits.stays import SECONDARY, billed_stay, inpatient_stay
from claims.encoding import Encoded, encode
from claims.ranking import diagnoses, undecided_principal, unusable_admission
from claims.scene import Scene
from claims.services import price
from claims.stay import stay_facts
from claims.tables import Reference
from schemas.events.chart import ChartCompleted
from schemas.events.coded import ChartCoded, ChartReturned, CodedDiagnosis, Finding, Query, WorkItem
from schemas.identity import caused_by, derived

_STAGE: Final = "validation"
_ENCODER: Final = "claimstream"
_IN_COMPANY = re.compile(r"diagnoses\[\d+\](\.role)?")
_BY_HAND: Final = {"path": "coder", "group": None}


class Tables(TypedDict):
    """The tables an event was judged by."""

    code_sets: str
    edit_tables: str


class Judged(NamedTuple):
    """The chart in standard codes, or what is missing; and when a coder has something to do, the chart as far as it is
    coded. `cents` is what of it has a price."""

    said: ChartCoded | ChartReturned
    draft: Draft | None = None
    cents: int = 0


class Grouped(NamedTuple):
    """A chart with its group, and the whole stay as the Medicare Code Editor reads it."""

    chart: ChartCoded
    stay: Stay | None


def validate(chart: ChartCompleted, reference: Reference) -> ChartCoded | ChartReturned:
    return judge(chart, reference).said


def judge(chart: ChartCompleted, reference: Reference) -> Judged:
    """The chart in standard codes, or what is missing. `received_at` is the 'now' it is judged by.

    Without both ends of the encounter no day is known: then only completeness can speak.
    """
    hospital = reference.partners.hospital(chart.hospital)
    case = Case(chart, hospital, reference.partners.payers.keys())
    said = incompleteness(case)
    missing = tuple(thing for thing in said if _holds(thing))
    remarks = tuple(thing for thing in said if isinstance(thing, Finding) and not _holds(thing))
    facts = stay_facts(chart, hospital)
    if facts is None:
        return Judged(_returned(chart, missing, remarks, (), incomplete=True))
    scene = Scene(chart, hospital, facts, reference)
    encoded = encode(scene)
    (coded, stay), unpriced = _coded(scene, encoded)
    cents = sum(service.charge_cents for service in coded.services)
    asked = (
        *encoded.worklist,
        *answers(case),
        *undecided_principal(scene, encoded.found),
        *unusable_admission(scene),
        *unpriced,
    )
    worklist = tuple(numbered(chart, asked))
    findings = (*remarks, *check_chart(coded, reference, stay))
    queries = tuple(with_due(query, case) for query in encoded.queries)
    if missing or queries or worklist:
        certain = tuple(_certain(_beside(missing, findings), unpriced))
        returned = _returned(chart, (*missing, *queries), certain, worklist, bool(missing))
        known = coded.model_copy(update={"findings": certain})
        return Judged(returned, drafted(scene, known, worklist) if worklist else None, cents)
    if _rejects(findings):
        return Judged(_returned(chart, (), findings, (), incomplete=False), None, cents)
    return Judged(coded.model_copy(update={"findings": findings}), None, cents)


def accept_coder(answer: ChartCoded, reference: Reference, held: str | None = None) -> ChartCoded | ChartReturned:
    """A coder's answer, held to the same edits: his coding revision stands; tables, group and findings are ours.

    So is what only a chargemaster may say: a line is its own only if the hospital's file has such a row. `held` is the
    digest of what the chart said that a coder can't change (claims/coder.py); null where it was judged before we kept
    one, and then nothing can be compared.
    """
    master = reference.chargemasters[answer.hospital]
    lines = tuple(line if master.made(line) else line.model_copy(update=_BY_HAND) for line in answer.services)
    revised, stay = grouped(answer.model_copy(update={**_tables(reference), "services": lines}), reference)
    beyond = faults(Answered(answer, reference.partners.payers.keys(), held))
    findings = (*beyond, *check_chart(revised, reference, stay))
    common = caused_by(answer, _STAGE)
    if _rejects(findings):
        return ChartReturned(
            event_id=derived("chart-returned", answer.hospital, answer.chart_id, answer.version, answer.event_id),
            **common,
            hospital=answer.hospital,
            chart_id=answer.chart_id,
            version=answer.version,
            account_number=answer.account_number,
            reason="rejected-by-edits",
            findings=findings,
        )
    event_id = _coded_id(answer.hospital, answer.chart_id, answer.version, answer.coding_revision)
    return revised.model_copy(update={**common, "event_id": event_id, "findings": findings})


def _coded(scene: Scene, encoded: Encoded) -> tuple[Grouped, tuple[WorkItem, ...]]:
    """The chart as far as it could be coded and priced, and what could not be priced."""
    chart, ordered = scene.chart, diagnoses(scene, encoded.found)
    priced = price(scene, ordered)
    coded = ChartCoded(
        event_id=_coded_id(chart.hospital, chart.chart_id, chart.version, 0),
        **caused_by(chart, _STAGE),
        hospital=chart.hospital,
        chart_id=chart.chart_id,
        version=chart.version,
        account_number=chart.account_number,
        received_at=chart.received_at,
        patient=chart.patient,
        encounter=scene.facts,
        causes=chart.causes,
        coverages=chart.coverages,
        signatures=signatures_on_file(chart, scene.hospital),
        part2=chart.part2,
        restrictions=chart.restrictions,
        payments_cents=chart.payments_cents,
        admission_related=chart.admission_related,
        estimate=chart.estimate,
        surprise_consent=chart.surprise_consent,
        onset=chart.onset,
        last_menstrual_period=chart.last_menstrual_period,
        attachments=chart.attachments,
        claim_note=chart.claim_note,
        delay_reason=chart.delay_reason,
        diagnoses=ordered,
        procedures=encoded.procedures,
        services=priced.lines,
        **_tables(scene.reference),
        coder=_ENCODER,
    )
    return grouped(coded, scene.reference), priced.worklist


def _coded_id(hospital: str, chart_id: str, version: int, revision: int) -> str:
    return derived("chart-coded", hospital, chart_id, version, revision)


def _tables(reference: Reference) -> Tables:
    return {"code_sets": reference.codes.version, "edit_tables": reference.edit_tables}


def grouped(coded: ChartCoded, reference: Reference) -> Grouped:
    """An inpatient stay with the MS-DRG of its discharge day, if any groups it, and which diagnoses are complications
    in it; no other chart has either."""
    whole = inpatient_stay(coded)
    stay = billed_stay(coded, whole)
    grouping = None if stay is None else reference.mce.grouping(stay)
    counted = grouping.complications if grouping else {}
    marked = tuple(_marked(coded.diagnoses, counted))
    drg = None if stay is None else reference.mce.drg(stay)
    return Grouped(coded.model_copy(update={"drg": drg, "diagnoses": marked}), whole)


def _marked(diagnoses: Iterable[CodedDiagnosis], counted: Mapping[str, Severity]) -> Iterator[CodedDiagnosis]:
    """What is said of them before, as by a coder, is not kept: the grouper alone says what counts."""
    for diagnosis in diagnoses:
        said = counted.get(without_dot(diagnosis.code)) if diagnosis.role in SECONDARY else None
        yield diagnosis if diagnosis.complication == said else diagnosis.model_copy(update={"complication": said})


def _holds(said: Finding | Query) -> bool:
    """Whether a chart waits for it: a question, a task, or a finding that rejects."""
    return isinstance(said, Query) or said.severity == "reject"


def _rejects(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "reject" for finding in findings)


def _beside(missing: Iterable[Finding | Query], findings: Iterable[Finding]) -> Iterator[Finding]:
    """What a rule has said of the hospital's own words (D2) it doesn't say again of the lines that came from them."""
    said = {thing.rule for thing in missing if isinstance(thing, Finding)}
    return (finding for finding in findings if finding.rule not in said)


def _certain(findings: Iterable[Finding], unpriced: tuple[WorkItem, ...]) -> Iterator[Finding]:
    """While a diagnosis waits for its code or a service for its price, what is judged by all of them together is no
    finding yet: nor is a diagnosis's place among them, or what it lacks beside it."""
    unsure = {"diagnoses", "drg", "services"} if unpriced else {"diagnoses", "drg"}
    for finding in findings:
        field = finding.field or ""
        if field not in unsure and not _IN_COMPANY.fullmatch(field):
            yield finding


def _returned(
    chart: ChartCompleted,
    said: Iterable[Finding | Query],
    findings: tuple[Finding, ...],
    worklist: tuple[WorkItem, ...],
    incomplete: bool,
) -> ChartReturned:
    said = tuple(said)
    ours = tuple(thing for thing in said if isinstance(thing, Finding))
    queries = tuple(thing for thing in said if isinstance(thing, Query))
    return ChartReturned(
        event_id=derived("chart-returned", chart.hospital, chart.chart_id, chart.version, chart.event_id),
        **caused_by(chart, _STAGE),
        hospital=chart.hospital,
        chart_id=chart.chart_id,
        version=chart.version,
        account_number=chart.account_number,
        reason="incomplete" if incomplete else "uncodable" if queries or worklist else "rejected-by-edits",
        queries=queries,
        findings=(*ours, *findings),
        worklist=worklist,
    )
