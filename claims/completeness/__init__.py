"""Is the chart complete? Everything a claim needs and the chart, the roster and the hospital's file don't have.

Each rule says what is missing and whom to ask (docs/queries.md). What holds a chart back is a task or a query, or a
finding that rejects; what doesn't is a finding that warns.
"""

from collections.abc import Callable, Iterator
from typing import Final

from claims.completeness import (
    care,
    chronic,
    course,
    dates,
    diabetes,
    injuries,
    operations,
    record,
    registration,
    validity,
)
from claims.completeness.case import Asked, Case, Said, signatures_on_file
from claims.findings import warn
from claims.queries import AUTHOR, OTHERWISE, SIDE, Mode, Template, answered, dated, query_id
from schemas.events.coded import Finding, Query, WorkItem

Rule = Callable[[Case], Said]

__all__ = [
    "COMPLETENESS",
    "EVERY",
    "OF_STAYS",
    "TEMPLATES",
    "Asked",
    "Case",
    "answers",
    "incompleteness",
    "query_of",
    "said_of",
    "signatures_on_file",
    "with_due",
]

EVERY: Final[tuple[Rule, ...]] = (
    *registration.RULES,
    *dates.RULES,
    *record.RULES,
    *care.RULES,
    *injuries.RULES,
    *diabetes.RULES,
    *chronic.RULES,
    *course.RULES,
)
OF_STAYS: Final[tuple[Rule, ...]] = (
    *registration.OF_STAYS,
    *record.OF_STAYS,
    *care.OF_STAYS,
    *diabetes.OF_STAYS,
    *chronic.OF_STAYS,
    *course.OF_STAYS,
    *operations.OF_STAYS,
    *validity.OF_STAYS,
)
"""Rules whose source speaks of inpatients, besides those of every chart."""
COMPLETENESS: Final = (*EVERY, *OF_STAYS)
TEMPLATES: Final[tuple[Template, ...]] = (
    *registration.TEMPLATES,
    *record.TEMPLATES,
    *care.TEMPLATES,
    *injuries.TEMPLATES,
    *diabetes.TEMPLATES,
    *chronic.TEMPLATES,
    *course.TEMPLATES,
    *operations.TEMPLATES,
    *validity.TEMPLATES,
    SIDE,
    AUTHOR,
)
_BY_TOPIC: Final = {template.topic: template for template in TEMPLATES}
_CODED_ELSEWHERE: Final = frozenset({"no-diagnosis", "author", "side"})  # claims/encoding.py takes their answers
_ASK: Final = "ask the {to} by query {id} (docs/queries.md); the chart goes on without an answer"
_ANSWER: Final = 240
_UNDETERMINED: Final = frozenset({OTHERWISE[1].casefold(), "unable to determine", "clinically undetermined"})


def incompleteness(case: Case) -> tuple[Finding | Query, ...]:
    """All that is missing, at once; what a clinician has answered is not asked again."""
    return tuple(thing for said in said_of(case) if (thing := _put(case, said)) is not None)


def said_of(case: Case) -> Iterator[Finding | Asked]:
    """What the rules say, whatever becomes of it."""
    return (thing for rule in (COMPLETENESS if case.inpatient else EVERY) for thing in rule(case))


def _put(case: Case, said: Finding | Asked) -> Finding | Query | None:
    """What is said to the hospital: nothing where it was answered, a warning where the chart needn't wait."""
    if isinstance(said, Finding):
        return said
    mode, query = _mode(case, said.template), query_of(case, said)
    if mode == "off" or answered(case.chart, query):
        return None
    return query if mode == "on" else _warning(said)


def _mode(case: Case, template: Template) -> Mode:
    """Whether a question is asked, from the first day of service: what holds always is, and of the rest a hospital may
    say (partners.yaml)."""
    if template.holds:
        return "on"
    day = case.day(case.chart.encounter.start or case.chart.occurred_at)
    return (case.hospital.rule_mode(template.id, day) if day else None) or template.mode


def query_of(case: Case, said: Asked) -> Query:
    """A template's question as it is put to the hospital."""
    template = said.template
    query = Query(
        id=query_id(case.chart, template.topic, said.about),
        topic=template.topic,
        to=template.to,
        kind=template.kind,
        indicators=said.indicators,
        question=said.ask or template.ask,
        options=template.options if said.options is None else said.options,
    )
    return with_due(query, case)


def with_due(query: Query, case: Case) -> Query:
    """A query with the day it is due by the rule that asks it."""
    return dated(query, case.chart, case.hospital, _BY_TOPIC)


def _warning(said: Asked) -> Finding:
    template = said.template
    return warn(
        template.id,
        f"the record leaves open: {template.gap}",
        field=said.field,
        citation=template.source,
        mend=_ASK.format(to=template.to, id=template.id),
    )


def answers(case: Case) -> tuple[WorkItem, ...]:
    """What a clinician answered to a query whose statement still stands as it was: a coder's to code.

    An answer is free text and is not taken as a code. One that can't say changes nothing.
    """
    if not case.chart.answers:
        return ()
    about = {
        query_id(case.chart, said.template.topic, said.about): said.about
        for said in said_of(case)
        if isinstance(said, Asked) and said.template.kind != "task" and said.template.topic not in _CODED_ELSEWHERE
    }
    said = ((about.get(answer.query_id), " ".join(answer.answer.split())[:_ANSWER]) for answer in case.chart.answers)
    return tuple(
        WorkItem(statement=statement, kind="answer", text=text, why="a query was answered")
        for statement, text in said
        if statement and text and text.casefold() not in _UNDETERMINED
    )
