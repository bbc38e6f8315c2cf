"""The coder's desk: the whole coded chart that a coder's answers make of its draft."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from claims.coder_answers import Answered, family
from claims.codesets import CodeSets
from claims.codesets.shapes import is_external_cause, with_dot, without_dot
from claims.draft import Draft
from claims.ranking import ADMISSION, in_order
from claims.scene import Found
from schemas.events.chart import Statement
from schemas.events.coded import ChartCoded, CodedDiagnosis, CodedProcedure, Query, Service
from schemas.identity import derived

_POINTERS: Final = 4  # 837P SV107


class Completion(NamedTuple):
    """By whom and when the last item was answered, and which coding revision that makes."""

    coder: str
    at: datetime
    revision: int


def holding(queries: Iterable[Query], answered: Iterable[Answered], chart: ChartCoded) -> tuple[Query, ...]:
    """The open queries that keep a chart back. A clinical question about a statement that a coder has coded meanwhile
    is settled; a task is the hospital's."""
    coded = {each.item.statement for each in answered}
    settled = {
        derived("query", chart.hospital, chart.chart_id, query.topic, statement)
        for query in queries
        for statement in coded
        if query.kind != "task" and query.topic
    }
    return tuple(query for query in queries if query.id not in settled)


def complete(draft: Draft, answered: Sequence[Answered], done: Completion, codes: CodeSets) -> ChartCoded:
    """The whole chart: the draft's codes with the coder's, ranked anew, and its lines pointing at them."""
    chart = draft.chart
    ordered = _ranked(draft, answered, codes)
    lines = (*chart.services, *_lines(draft, answered))
    return chart.model_copy(
        update={
            "event_id": derived("chart-coded", "desk", chart.hospital, chart.chart_id, chart.version, done.revision),
            "occurred_at": done.at,
            "causation_id": chart.event_id,
            "producer": chart.hospital,
            "software": None,
            "received_at": None,
            "coding_revision": done.revision,
            "coder": done.coder,
            "diagnoses": ordered,
            "procedures": (*chart.procedures, *_procedures(draft, answered)),
            "services": tuple(_pointed(line, draft, ordered) for line in lines),
            "drg": None,  # validation groups it
            "findings": (),
        }
    )


def _ranked(draft: Draft, answered: Sequence[Answered], codes: CodeSets) -> tuple[CodedDiagnosis, ...]:
    """As validation ranks them; what a coder says leads goes before what is only documented so."""
    said = list(_diagnoses(draft, answered))
    admitting = [each for each in said if each.statement == ADMISSION]
    admitting = admitting or [each for each in draft.chart.diagnoses if each.statement == ADMISSION]
    place = {condition.statement: at for at, condition in enumerate(draft.conditions)}
    listed = [each for each in (*draft.chart.diagnoses, *said) if each.statement != ADMISSION]
    listed.sort(key=lambda each: place.get(each.statement, len(place)))  # in the order of the chart
    made = {(each.statement, each.code): each for each in reversed(listed)}
    chosen = next((with_dot(without_dot(each.answer.codes[0])) for each in _leading(answered)), None)
    ordered = in_order(codes, (_found(draft, each) for each in listed), chosen)
    ranked = [_in_place(made[each.statement.id, each.code], rank) for rank, each in enumerate(ordered, start=1)]
    return (*ranked, *(each.model_copy(update={"rank": len(ranked) + 1}) for each in admitting))


def _found(draft: Draft, diagnosis: CodedDiagnosis) -> Found:
    """The diagnosis as it is ranked; what answers a query belongs to no condition of the chart, and has no rank."""
    condition = next((each for each in draft.conditions if each.statement == diagnosis.statement), None)
    kind, rank = (condition.kind, condition.rank) if condition else ("diagnosis", None)
    return Found(diagnosis.code, Statement(id=diagnosis.statement, kind=kind, rank=rank), diagnosis.path)


def _leading(answered: Iterable[Answered]) -> list[Answered]:
    """Who says what leads: of a condition's own item rather than of the choice among those that were coded."""
    said = [each for each in answered if each.answer.codes and (each.answer.leads or each.item.kind == "principal")]
    return sorted(said, key=lambda each: not each.answer.leads)


def _in_place(diagnosis: CodedDiagnosis, rank: int) -> CodedDiagnosis:
    role = "external-cause" if is_external_cause(diagnosis.code) else "principal" if rank == 1 else "other"
    return diagnosis.model_copy(update={"rank": rank, "role": role})


def _diagnoses(draft: Draft, answered: Iterable[Answered]) -> Iterator[CodedDiagnosis]:
    """One for each code a coder gave; that one of them leads is no new one."""
    arrived = {condition.statement: condition.present_on_admission for condition in draft.conditions}
    inpatient = draft.chart.encounter.encounter_class == "inpatient"
    why_he_came: Literal["admitting", "reason-for-visit"] = "admitting" if inpatient else "reason-for-visit"
    for item, answer in answered:
        if family(item, draft) not in {"diagnosis", "admitting"}:
            continue
        for code in answer.codes:
            given = answer.present_on_admission or arrived.get(item.statement)
            yield CodedDiagnosis(
                code=with_dot(without_dot(code)),
                role=why_he_came if item.statement == ADMISSION else "other",
                rank=0,
                present_on_admission=given if inpatient and item.statement != ADMISSION else None,
                statement=item.statement,
                path="coder",
                release=draft.release,
                phrase=item.text,
            )


def _procedures(draft: Draft, answered: Iterable[Answered]) -> Iterator[CodedProcedure]:
    for item, answer in answered:
        day = answer.performed_on
        if item.kind != "procedure" or day is None:
            continue
        for code in answer.codes:
            yield CodedProcedure(
                code=code, performed_at=day, statement=item.statement, path="coder", release=draft.release
            )


def _lines(draft: Draft, answered: Iterable[Answered]) -> Iterator[Service]:
    unpriced = {line.statement: line for line in draft.lines}
    for item, answer in answered:
        said = answer.line
        if said is None or item.statement not in unpriced:
            continue
        line = unpriced[item.statement]
        yield line.model_copy(
            update={
                "code": said.code,
                "revenue_code": said.revenue_code,
                "units": said.units,
                "charge_cents": said.cents,
                "modifiers": said.modifiers or line.modifiers,
                "component": said.component,
            }
        )


def _pointed(line: Service, draft: Draft, ordered: Sequence[CodedDiagnosis]) -> Service:
    """At most four diagnoses: those that the service was done for, as documented; else those it pointed at, or all."""
    was, now = _pointable(draft.chart.diagnoses), _pointable(ordered)
    condition = next((each.condition for each in draft.due_to if each.statement == line.statement), None)
    due = [at for at, each in now.items() if each.statement == condition]
    codes = {was[at].code for at in line.pointers if at in was}
    chosen = bool(line.pointers) and line.pointers != tuple(was)[:_POINTERS]
    same = [at for at, each in now.items() if each.code in codes] if chosen else []
    return line.model_copy(update={"pointers": tuple(due or same or now)[:_POINTERS]})


def _pointable(diagnoses: Iterable[CodedDiagnosis]) -> Mapping[int, CodedDiagnosis]:
    """By their place, from 1: neither causes nor why the patient came."""
    return {at: each for at, each in enumerate(diagnoses, start=1) if each.role in {"principal", "other"}}
