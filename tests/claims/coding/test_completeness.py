"""What a chart lacks, whom it asks, and how."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from claims.completeness import Case, incompleteness
from claims.partners import Hospital, Partners
from claims.queries import NO_DIAGNOSIS, SIDES, WHICH_SIDE, query_id
from schemas.events.chart import Cause, ChartCompleted, Coding, Coverage, Order, QueryAnswer, Restriction, Signatures
from schemas.events.coded import Finding, Query
from schemas.events.people import Provider, Subscriber
from tests.claims.coding.builders import at, done, said


@pytest.fixture
def missing_in(mercy: Hospital, partners: Partners) -> Any:
    def ask(chart: ChartCompleted, hospital: Hospital = mercy) -> tuple[Finding | Query, ...]:
        return incompleteness(Case(chart, hospital, partners.payers.keys()))

    return ask


def changed(chart: ChartCompleted, part: str | None = None, **fields: Any) -> ChartCompleted:
    """The chart, or one of its parts, with other fields."""
    if part is None:
        return chart.model_copy(update=fields)
    return chart.model_copy(update={part: getattr(chart, part).model_copy(update=fields)})


def test_a_whole_chart_lacks_nothing(chart: ChartCompleted, inpatient: ChartCompleted, missing_in: Any) -> None:
    assert missing_in(chart) == missing_in(inpatient) == ()


TASKS = [
    # what is missing, part of the chart, fields, to whom
    ("the name", "patient", {"name": None}, "registration"),
    ("the birth date", "patient", {"birth_date": None}, "registration"),
    ("the start", "encounter", {"start": None}, "registration"),
    ("the end", "encounter", {"end": None}, "registration"),
    ("the attending provider", "encounter", {"providers": ()}, "registration"),
    ("an NPI", "encounter", {"providers": (Provider(role="attending", local_id="nobody"),)}, "registration"),
    ("any payer", None, {"coverages": ()}, "registration"),
    ("any note", None, {"documents": ()}, "author"),
    ("which item is paid in full", None, {"restrictions": (Restriction(statement="x", paid_cents=1),)}, "registration"),
    ("the order's result", None, {"orders": (Order(id="o-9", text="X", status="completed"),)}, "department"),
]


@pytest.mark.parametrize(("part", "fields", "to"), [row[1:] for row in TASKS], ids=[row[0] for row in TASKS])
def test_what_is_missing_is_a_task(
    chart: ChartCompleted, missing_in: Any, part: str | None, fields: dict[str, Any], to: str
) -> None:
    (asked,) = missing_in(changed(chart, part, **fields))

    assert (asked.kind, asked.to) == ("task", to)


def test_an_unsigned_note_is_named_to_its_author(chart: ChartCompleted, missing_in: Any) -> None:
    unsigned = chart.documents[0].model_copy(update={"signed_at": None})

    (asked,) = missing_in(changed(chart, documents=(unsigned,)))

    assert [quoted.source for quoted in asked.indicators] == ["document n-1"]


def test_an_inpatient_needs_a_discharge_summary_and_a_status(inpatient: ChartCompleted, missing_in: Any) -> None:
    bare = changed(changed(inpatient, "encounter", discharge=None), documents=())

    assert {query_id(bare, topic) for topic in ("discharge-summary", "discharge-status")} <= {
        asked.id for asked in missing_in(bare)
    }


def test_an_inpatients_summary_is_signed_whatever_else_is(inpatient: ChartCompleted, missing_in: Any) -> None:
    (summary,) = inpatient.documents
    note = summary.model_copy(update={"id": "n-2", "kind": Coding(system="http://loinc.org", code="34131-3")})
    unsigned = summary.model_copy(update={"signed_by": None, "signed_at": None})

    (asked,) = missing_in(changed(inpatient, documents=(note, unsigned)))

    assert (asked.to, [quoted.source for quoted in asked.indicators]) == ("author", ["document n-1"])


def test_an_unknown_payer_is_told_the_known_ones(chart: ChartCompleted, missing_in: Any, partners: Partners) -> None:
    stranger = chart.coverages[0].model_copy(update={"payer": "nobody"})

    (asked,) = missing_in(changed(chart, coverages=(stranger,)))

    assert all(known in asked.question for known in partners.payers)


COMPENSATION = Coverage(
    id="p-2",
    payer="workers-compensation",
    kind="business",
    plan_kind="WC",
    subscriber=Subscriber(relationship="self"),
)


def test_workers_compensation_first_asks_for_the_work_injury(chart: ChartCompleted, missing_in: Any) -> None:
    (asked,) = missing_in(changed(chart, coverages=(COMPENSATION, *chart.coverages)))

    assert (asked.id, asked.to) == (query_id(chart, "work-injury"), "registration")


ASKS_NOBODY = [
    ("there is a work injury", lambda c: {"coverages": (COMPENSATION,), "causes": (Cause(kind="employment"),)}),
    ("the patient's plan stands first", lambda c: {"coverages": (*c.coverages, COMPENSATION)}),
]


@pytest.mark.parametrize("change", [row[1] for row in ASKS_NOBODY], ids=[row[0] for row in ASKS_NOBODY])
def test_workers_compensation_in_its_place_asks_nothing(chart: ChartCompleted, missing_in: Any, change: Any) -> None:
    assert missing_in(changed(chart, **change(chart))) == ()


@pytest.mark.parametrize("status", ["revoked", "draft", "active", "unknown"])
def test_an_order_not_completed_needs_no_result(chart: ChartCompleted, missing_in: Any, status: Any) -> None:
    assert missing_in(changed(chart, orders=(Order(id="o-9", status=status),))) == ()


def test_a_test_without_its_result_is_asked_about(chart: ChartCompleted, missing_in: Any) -> None:
    waiting = done(order_id="o-1", result_present=False)

    (asked,) = missing_in(changed(chart, statements=(said("I10"), waiting)))

    assert asked.to == "department"


DATES = [
    # reason, encounter fields or statement, field
    ("ends before it starts", {"end": at(10, 13)}, "encounter.end"),
    ("ends in the future", {"end": at(12, 16)}, "encounter.end"),
]


@pytest.mark.parametrize(("fields", "field"), [row[1:] for row in DATES], ids=[row[0] for row in DATES])
def test_dates_out_of_order_are_rejected(
    chart: ChartCompleted, missing_in: Any, fields: dict[str, Any], field: str
) -> None:
    (finding,) = missing_in(changed(chart, "encounter", **fields))

    assert (finding.rule, finding.field) == ("D2", field)


def test_an_end_of_which_only_the_day_is_known_may_be_the_day_of_receipt(
    chart: ChartCompleted, missing_in: Any
) -> None:
    last_millisecond = datetime(2026, 3, 13, 4, tzinfo=UTC) - timedelta(milliseconds=1)  # of 12 March, New York

    assert missing_in(changed(chart, "encounter", end=last_millisecond)) == ()
    assert [f.rule for f in missing_in(changed(chart, "encounter", end=last_millisecond + timedelta(days=1)))] == ["D2"]


def test_a_service_of_the_future_is_rejected_by_the_time_of_receipt(chart: ChartCompleted, missing_in: Any) -> None:
    late = done(performed_at=at(12) + timedelta(milliseconds=1))
    in_time = done(performed_at=at(12))

    assert [f.rule for f in missing_in(changed(chart, statements=(said("I10"), late), orders=()))] == ["D2"]
    assert missing_in(changed(chart, statements=(said("I10"), in_time), orders=())) == ()


def test_without_a_diagnosis_the_attending_is_asked_openly(chart: ChartCompleted, missing_in: Any) -> None:
    (asked,) = missing_in(changed(chart, statements=(done(text="Glucose", order_id="o-1"),)))

    assert (asked.kind, asked.to, asked.options) == ("open", "attending", ())
    assert [(quoted.text, quoted.source) for quoted in asked.indicators] == [("Glucose", "statement s-2345-7")]


def test_an_answered_question_is_not_asked_again(chart: ChartCompleted, missing_in: Any) -> None:
    answer = QueryAnswer(
        query_id=query_id(chart, "no-diagnosis"),
        answer="unable to determine",
        author_npi="1999001112",
        answered_at=at(11),
    )
    bare = changed(chart, statements=(done(order_id="o-1"),), answers=(answer,), version=2)

    assert missing_in(bare) == ()


def test_a_question_has_the_same_id_in_every_version(chart: ChartCompleted) -> None:
    assert query_id(chart, "side", "d-1") == query_id(changed(chart, version=7), "side", "d-1")


def test_no_question_speaks_of_payment_or_leads() -> None:
    for words in (NO_DIAGNOSIS, WHICH_SIDE):
        assert not {"pay", "paid", "bill", "reimburse", "drg", "quality", "severity"} & set(words.lower().split())
    assert SIDES[-2:] == ("Other", "Clinically unable to determine")


def test_signatures_come_from_the_hospitals_file_where_the_chart_is_silent(
    chart: ChartCompleted, missing_in: Any, mercy: Hospital
) -> None:
    silent = mercy.model_copy(update={"signatures": Signatures()})

    assert len(missing_in(chart, silent)) == 3
    assert missing_in(chart, mercy) == ()


def test_a_refused_release_is_asked_about(chart: ChartCompleted, missing_in: Any) -> None:
    refused = changed(chart, signatures=Signatures(release_of_information=False))

    (asked,) = missing_in(refused)

    assert asked.id == query_id(chart, "release-refused")


def test_who_pays_himself_needs_no_signatures(chart: ChartCompleted, missing_in: Any, mercy: Hospital) -> None:
    own = chart.coverages[0].model_copy(update={"kind": "patient", "payer": "patient"})
    silent = mercy.model_copy(update={"signatures": Signatures()})

    assert missing_in(changed(chart, coverages=(own,)), silent) == ()
