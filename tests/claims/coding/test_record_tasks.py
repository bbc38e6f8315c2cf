"""What the record has to hold and registration has to say: each task, and what it leaves alone."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from claims.completeness import Case, incompleteness
from claims.partners import Hospital, Partners
from claims.validation import validate
from schemas.events.chart import Admission, ChartCompleted, Statement
from schemas.events.coded import ChartCoded, ChartReturned, Finding, Query
from schemas.events.people import Guarantor, Name, Subscriber
from tests.claims.coding.builders import at
from tests.claims.coding.given_stays import (
    OPERATIVE_REPORT,
    SUMMARY,
    coded,
    given,
    holding,
    measured,
    operated,
)

Asking = Callable[[ChartCompleted], tuple[Finding | Query, ...]]
OPENED = operated("Resection of appendix", "0DTJ0ZZ")
UNSIGNED_REPORT = OPERATIVE_REPORT.model_copy(update={"signed_by": None, "signed_at": None})


@pytest.fixture
def asking(mercy: Hospital, partners: Partners) -> Asking:
    return lambda chart: incompleteness(Case(chart, mercy, partners.payers.keys()))


class Row(NamedTuple):
    why: str
    topics: frozenset[str]
    statements: tuple[Statement, ...] = (coded("I10"),)
    fields: Mapping[str, Any] = MappingProxyType({})


NONE: frozenset[str] = frozenset()
REPORTS = [
    Row("an open operation without a report", frozenset({"operative-report"}), (coded("K35.80"), OPENED)),
    Row(
        "its report is not signed",
        frozenset({"unsigned-operative-report"}),
        (coded("K35.80"), OPENED),
        {"documents": (SUMMARY, UNSIGNED_REPORT)},
    ),
    Row("its report is signed", NONE, (coded("K35.80"), OPENED), {"documents": (SUMMARY, OPERATIVE_REPORT)}),
    Row("a line through the skin has a note", NONE, (coded("I10"), operated("Central line", "02HV33Z"))),
    Row("a scope has a note", NONE, (coded("I10"), operated("Colonoscopy", "0DJD8ZZ"))),
    Row("imaging is no operation", NONE, (coded("I10"), operated("Echo", "B245YZZ"))),
]
DRUGS = [
    Row("no dose", frozenset({"dose"}), (coded("I10"), given("Ceftriaxone", quantity=None))),
    Row("a dose of nothing", frozenset({"dose"}), (coded("I10"), given("Ceftriaxone", unit=None))),
    Row("some discarded, not how much", frozenset({"waste"}), (coded("I10"), given("X", modifiers=("JW",)))),
    Row("JW and nothing discarded is edit M4's", NONE, (coded("I10"), given("X", modifiers=("JW",), discarded=0))),
    Row("none discarded, and some", frozenset({"waste"}), (coded("I10"), given("X", modifiers=("JZ",), discarded=5))),
    Row("some discarded", NONE, (coded("I10"), given("X", modifiers=("JW",), discarded=500))),
    Row("none discarded", NONE, (coded("I10"), given("X", modifiers=("JZ",)))),
    Row("not given", NONE, (coded("I10"), given("X", quantity=None, certainty="ruled-out"))),
    Row("an implant without its identifier", frozenset({"device"}), (coded("I10"), given("Stent", kind="device"))),
    Row("an implant with it", NONE, (coded("I10"), given("Stent", kind="device", device_id="D1"))),
]


@pytest.mark.parametrize("row", [*REPORTS, *DRUGS], ids=[row.why for row in (*REPORTS, *DRUGS)])
def test_the_record_of_a_stay(row: Row, inpatient: ChartCompleted, asking: Asking) -> None:
    said = asking(holding(inpatient, *row.statements, **row.fields))

    assert {thing.topic for thing in said if isinstance(thing, Query)} == row.topics


ORDERS = [
    ("signed by somebody at no time", Admission(type="1", order_signed_by="DR-IM-001"), ["Q-ADMISSION-ORDER"]),
    ("signed by nobody", Admission(type="1", order_signed_at=at(3)), ["Q-ADMISSION-ORDER"]),
    ("signed", Admission(type="1", order_signed_by="DR-IM-001", order_signed_at=at(3)), []),
    ("kept elsewhere", Admission(type="1"), []),
]


@pytest.mark.parametrize(("admission", "rules"), [row[1:] for row in ORDERS], ids=[row[0] for row in ORDERS])
def test_an_order_that_is_signed_in_part_is_told_and_holds_nothing(
    inpatient: ChartCompleted, asking: Asking, admission: Admission, rules: list[str]
) -> None:
    stay = inpatient.encounter.model_copy(update={"admission": admission})
    said = asking(holding(inpatient, coded("I10"), encounter=stay))

    assert [(thing.rule, thing.severity) for thing in said if isinstance(thing, Finding)] == [
        (rule, "warn") for rule in rules
    ]


CHILD = {"birth_date": date(2015, 1, 1)}
GUARANTORS = [
    # who, patient's fields, kind of coverage, asked
    ("a child whom nobody insures", CHILD, "patient", True),
    ("a child with a plan", CHILD, "insurer", False),
    (
        "a child with a guarantor",
        {**CHILD, "guarantor": Guarantor(relationship="child", name=Name(family="X"))},
        "patient",
        False,
    ),
    ("an adult", {}, "patient", False),
    ("on the 18th birthday", {"birth_date": date(2008, 3, 10)}, "patient", False),
    ("the day before", {"birth_date": date(2008, 3, 11)}, "patient", True),
]


@pytest.mark.parametrize(
    ("fields", "kind", "asked"), [row[1:] for row in GUARANTORS], ids=[row[0] for row in GUARANTORS]
)
def test_who_answers_for_a_childs_bill(
    chart: ChartCompleted, asking: Asking, fields: dict[str, Any], kind: str, asked: bool
) -> None:
    own = chart.coverages[0].model_copy(update={"kind": kind})
    said = asking(chart.model_copy(update={"patient": chart.patient.model_copy(update=fields), "coverages": (own,)}))

    assert ("guarantor" in {thing.topic for thing in said if isinstance(thing, Query)}) == asked


@pytest.mark.parametrize(
    ("subscriber", "topics"),
    [
        (Subscriber(relationship="spouse"), ["subscriber"]),
        (Subscriber(relationship="spouse", name=Name(family="Doe")), []),
        (Subscriber(relationship="self"), []),
    ],
)
def test_a_dependents_plan_names_who_holds_it(
    chart: ChartCompleted, asking: Asking, subscriber: Subscriber, topics: list[str]
) -> None:
    own = chart.coverages[0].model_copy(update={"subscriber": subscriber})

    assert [thing.topic for thing in asking(chart.model_copy(update={"coverages": (own,)}))] == topics  # type: ignore[union-attr]


def test_a_chart_goes_on_with_what_only_warns(inpatient: ChartCompleted, reference: Any) -> None:
    assert inpatient.encounter.admission is not None
    half_signed = inpatient.encounter.admission.model_copy(update={"order_signed_by": "DR-IM-001"})
    stay = inpatient.encounter.model_copy(update={"admission": half_signed})

    judged = validate(inpatient.model_copy(update={"encounter": stay}), reference)

    assert isinstance(judged, ChartCoded)
    assert [finding.rule for finding in judged.findings] == ["Q-ADMISSION-ORDER"]


def test_an_answer_that_is_still_to_be_coded_holds_the_chart(inpatient: ChartCompleted, reference: Any) -> None:
    unclear = holding(
        inpatient,
        coded("I50.9", rank=1),
        coded("I10", present_on_admission=None, documented_by="attending", documented_at=at(5)),
    )
    first = validate(unclear, reference)
    assert isinstance(first, ChartReturned)
    answer = {"query_id": first.queries[0].id, "answer": "Yes", "author_npi": "1999001112", "answered_at": at(8)}

    second = validate(ChartCompleted.model_validate({**dict(unclear), "answers": (answer,), "version": 2}), reference)

    assert isinstance(second, ChartReturned)
    assert (second.queries, [(item.kind, item.text) for item in second.worklist]) == ((), [("answer", "Yes")])


def test_the_encoders_question_has_its_topic_and_its_day(chart: ChartCompleted, reference: Any) -> None:
    sprain = Statement(id="d-1", kind="diagnosis", text="Sprained ankle", codings=coded("S93.40").codings)
    judged = validate(holding(chart, sprain.model_copy(update={"episode": "initial"}), measured("Glucose")), reference)

    assert isinstance(judged, ChartReturned)
    assert [(query.topic, query.due) for query in judged.queries] == [("side", date(2026, 3, 19))]
