"""A chart becomes coded, or goes back with everything at once; and a coder's answer is held to the same edits."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.chargemaster import parse_chargemaster
from claims.payers import routes
from claims.tables import Reference
from claims.validation import accept_coder, validate
from schemas.events.chart import Cause, ChartCompleted, Restriction, Statement
from schemas.events.coded import ChartCoded, ChartReturned, CodedDiagnosis, CodedProcedure
from tests.claims.coding.builders import CHARGEMASTER, at, done, phrase, said


def returned(chart: ChartCompleted, reference: Reference, **fields: Any) -> ChartReturned:
    answer = validate(chart.model_copy(update=fields), reference)
    assert isinstance(answer, ChartReturned)
    return answer


def test_a_whole_chart_is_coded(chart: ChartCompleted, reference: Reference) -> None:
    answer = validate(chart, reference)

    assert isinstance(answer, ChartCoded)
    assert [each.code for each in answer.diagnoses] == ["I10"]
    assert [line.charge_cents for line in answer.services] == [19200, 13700, 2100]


def test_a_stay_is_grouped(stay: ChartCoded) -> None:
    assert stay.drg is not None
    assert (stay.drg.version, stay.drg.code) == ("43.0", "293")


def test_an_event_names_its_cause_and_its_tables(
    chart: ChartCompleted, coded: ChartCoded, reference: Reference
) -> None:
    assert (coded.causation_id, coded.producer, coded.occurred_at) == ("e-1", "validation", chart.occurred_at)
    assert (coded.code_sets, coded.edit_tables) == (
        reference.codes.version,
        f"edits test; {reference.mce.version}; {reference.tables.version}",
    )


def test_the_same_chart_is_judged_the_same(chart: ChartCompleted, reference: Reference) -> None:
    assert validate(chart, reference) == validate(chart, reference)


def test_another_version_is_another_event(chart: ChartCompleted, coded: ChartCoded, reference: Reference) -> None:
    assert validate(chart.model_copy(update={"version": 2}), reference).event_id != coded.event_id


def test_a_chart_that_lacks_something_is_incomplete(chart: ChartCompleted, reference: Reference) -> None:
    answer = returned(chart, reference, documents=())

    assert (answer.reason, len(answer.queries)) == ("incomplete", 1)


def test_a_chart_that_only_coding_can_not_read_is_uncodable(chart: ChartCompleted, reference: Reference) -> None:
    answer = returned(chart, reference, statements=(phrase("twisted ankle"), *chart.statements[1:]))

    assert (answer.reason, answer.findings) == ("uncodable", ())
    assert [item.kind for item in answer.worklist] == ["phrase"]


def test_a_chart_that_only_an_edit_refuses_is_rejected_by_edits(chart: ChartCompleted, reference: Reference) -> None:
    member = chart.coverages[0].model_copy(update={"member_id": None})

    answer = returned(chart, reference, coverages=(member,))

    assert (answer.reason, [finding.rule for finding in answer.findings]) == ("rejected-by-edits", ["I1"])


def test_everything_is_said_at_once(chart: ChartCompleted, reference: Reference) -> None:
    member = chart.coverages[0].model_copy(update={"member_id": None})
    told = (said("A00"), done("999-9"), done(order_id="o-1"))

    answer = returned(chart, reference, documents=(), statements=told, coverages=(member,))

    assert answer.reason == "incomplete"
    assert [item.kind for item in answer.worklist] == ["ambiguous", "charge"]
    assert [finding.rule for finding in answer.findings] == ["I1"]


def test_warnings_ride_on_a_coded_chart(inpatient: ChartCompleted, reference: Reference) -> None:
    answer = validate(inpatient.model_copy(update={"statements": (said("I10"),)}), reference)

    assert isinstance(answer, ChartCoded)
    assert {finding.severity for finding in answer.findings} == {"warn"}


def test_without_its_end_a_chart_is_only_asked_to_be_completed(chart: ChartCompleted, reference: Reference) -> None:
    open_ended = chart.encounter.model_copy(update={"end": None})

    answer = returned(chart, reference, encounter=open_ended, statements=(said("A00"),), orders=())

    assert (answer.reason, answer.worklist) == ("incomplete", ())


def test_the_roster_names_the_attending_provider(coded: ChartCoded) -> None:
    (attending,) = coded.encounter.providers

    assert (attending.npi, attending.billing_entity) == ("1999001112", "mercy-physicians")


def test_no_statement_is_dropped_in_silence(chart: ChartCompleted, reference: Reference) -> None:
    told = (
        said("I10"),
        said("A00"),
        phrase("twisted ankle"),
        done(),
        done("999-9"),
        said("E11.9", certainty="history-of"),
    )

    answer = returned(chart, reference, statements=told, orders=())

    assert {item.statement for item in answer.worklist} == {"d-A00", "d-phrase", "s-999-9", "d-E11.9"}


def test_a_coders_answer_is_taken_with_its_revision(coded: ChartCoded, reference: Reference) -> None:
    revised = coded.model_copy(update={"event_id": "from-the-coder", "coding_revision": 1, "coder": "1999001112"})

    answer = accept_coder(revised, reference)

    assert isinstance(answer, ChartCoded)
    assert (answer.coding_revision, answer.coder, answer.causation_id) == (1, "1999001112", "from-the-coder")
    assert answer.event_id not in {coded.event_id, "from-the-coder"}


def test_a_coders_answer_is_held_to_the_edits(coded: ChartCoded, reference: Reference) -> None:
    wrong = coded.diagnoses[0].model_copy(update={"code": "W19.XXXA"})

    answer = accept_coder(coded.model_copy(update={"diagnoses": (wrong,)}), reference)

    assert isinstance(answer, ChartReturned)
    assert [finding.rule for finding in answer.findings] == ["X3"]


def test_after_a_work_injury_a_service_for_another_disease_is_the_plans(
    chart: ChartCompleted, reference: Reference
) -> None:
    plan = chart.coverages[0]
    compensation = plan.model_copy(update={"id": "wc", "payer": "workers-compensation", "plan_kind": "WC"})
    told = (said("S93.401A", rank=1), said("E11.9", rank=2), done(due_to="d-E11.9"))
    cause = Cause(kind="employment", claim_number="N1")
    hurt = {"statements": told, "orders": (), "causes": (cause,), "coverages": (compensation, plan)}

    answer = validate(chart.model_copy(update=hurt), reference)

    assert isinstance(answer, ChartCoded)
    asked = {each.service.statement: route.payers[0].payer for route in routes(answer) for each in route.services}
    assert asked == {"v-1": "workers-compensation", "s-2345-7": "commercial"}


@pytest.fixture
def by_service(reference: Reference) -> Reference:
    """A hospital whose file has no class rows: it charges visits by service code."""
    rows = [row for row in CHARGEMASTER.splitlines() if not row.startswith("class,")]
    master = parse_chargemaster("\n".join(rows), "mercy-general.csv")
    return replace(reference, chargemasters={"mercy-general": master})


def test_a_chart_without_any_service_goes_back(chart: ChartCompleted, by_service: Reference) -> None:
    answer = returned(chart, by_service, statements=chart.statements[:1], orders=())

    assert (answer.reason, [finding.rule for finding in answer.findings]) == ("rejected-by-edits", ["$3"])


def test_a_service_that_waits_for_its_price_is_no_missing_one(chart: ChartCompleted, by_service: Reference) -> None:
    answer = returned(chart, by_service, statements=(chart.statements[0], done("999-9")), orders=())

    assert (answer.reason, answer.findings) == ("uncodable", ())


def test_a_coders_answer_without_any_service_goes_back(coded: ChartCoded, reference: Reference) -> None:
    answer = accept_coder(coded.model_copy(update={"services": ()}), reference)

    assert isinstance(answer, ChartReturned)
    assert [finding.rule for finding in answer.findings] == ["$3"]


def test_a_coders_stay_is_grouped_anew(stay: ChartCoded, reference: Reference) -> None:
    other = stay.diagnoses[0].model_copy(update={"code": "E11.9"})

    answer = accept_coder(stay.model_copy(update={"diagnoses": (other, stay.diagnoses[1])}), reference)

    assert isinstance(answer, ChartCoded)
    assert answer.drg not in {None, stay.drg}


def complicated(stay: ChartCoded, **fields: Any) -> ChartCoded:
    """The stay with an operation and a second diagnosis that moves its group, both of one statement."""
    second = CodedDiagnosis(code="A00.0", role="other", rank=2, statement="x", path="given", release="2026-04-01")
    operated = CodedProcedure(
        code="02703DZ",
        performed_at=stay.encounter.start_day,
        performer="DR-CA-001",
        statement="x",
        path="given",
        release="2026-04-01",
    )
    told = {"diagnoses": (stay.diagnoses[0], second, *stay.diagnoses[1:]), "procedures": (operated,)}
    return stay.model_copy(update={**told, **fields})


def test_what_was_paid_in_full_does_not_show_in_the_group(stay: ChartCoded, reference: Reference) -> None:
    paid = (Restriction(statement="x", paid_cents=500),)

    shown, hidden = (accept_coder(complicated(stay, restrictions=given), reference) for given in ((), paid))

    assert isinstance(shown, ChartCoded)
    assert isinstance(hidden, ChartCoded)
    assert shown.drg != hidden.drg == stay.drg


def test_a_stay_is_grouped_by_what_was_present_on_admission(inpatient: ChartCompleted, reference: Reference) -> None:
    ulcer = said("L89.153", rank=2)
    told = [
        (*inpatient.statements, ulcer.model_copy(update={"present_on_admission": present})) for present in ("Y", "N")
    ]

    coded = [validate(inpatient.model_copy(update={"statements": each}), reference) for each in told]

    assert [each.drg and each.drg.code for each in coded if isinstance(each, ChartCoded)] == ["291", "293"]


def test_a_coders_line_is_the_chargemasters_only_where_it_has_such_a_row(
    coded: ChartCoded, reference: Reference
) -> None:
    named = tuple(line.model_copy(update={"group": "Ann Doe"}) for line in coded.services[:1])

    answer = accept_coder(coded.model_copy(update={"services": (*named, *coded.services[1:])}), reference)

    assert isinstance(answer, ChartCoded)
    assert [(line.path, line.group) for line in answer.services] == [
        ("coder", None),
        ("chargemaster", "visits"),
        ("chargemaster", "laboratory"),
    ]


def test_only_departments_of_the_chargemasters_are_groups_of_services(reference: Reference) -> None:
    assert reference.counted_by.departments == {"visits", "beds", "laboratory", "pharmacy", "supplies"}


def test_an_unknown_hospital_is_told_the_known_ones(chart: ChartCompleted, reference: Reference) -> None:
    with pytest.raises(LookupError, match="mercy-general"):
        validate(chart.model_copy(update={"hospital": "nobody"}), reference)


_ANYTHING = st.builds(
    Statement,
    id=st.sampled_from(["a", "b", "c"]),
    kind=st.sampled_from(["diagnosis", "symptom", "treatment", "supply", "drug", "laboratory", "device"]),
    text=st.none() | st.text("abc ()'-é", min_size=1, max_size=30),
    certainty=st.sampled_from(["confirmed", "suspected", "ruled-out", "history-of"]),
    whose=st.sampled_from(["patient", "family"]),
    rank=st.none() | st.integers(0, 5),
    quantity=st.none() | st.integers(0, 10**12),
    unit=st.none() | st.sampled_from(["mg", "h", "1"]),
    laterality=st.none() | st.sampled_from(["left", "right", "bilateral"]),
    result_present=st.none() | st.booleans(),
    performed_at=st.none() | st.sampled_from([at(1), at(10), at(28)]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_ANYTHING, max_size=6))
def test_whatever_was_documented_has_an_answer(
    chart_and_reference: tuple[ChartCompleted, Reference], told: list[Statement]
) -> None:
    chart, reference = chart_and_reference

    answer = validate(chart.model_copy(update={"statements": tuple(told)}), reference)

    if isinstance(answer, ChartCoded):
        assert all(finding.severity == "warn" for finding in answer.findings)
        assert all(0 < pointer <= len(answer.diagnoses) for line in answer.services for pointer in line.pointers)
    else:
        assert answer.queries or answer.worklist or answer.findings


@pytest.fixture(scope="session")
def chart_and_reference(reference: Reference, whole_chart: ChartCompleted) -> tuple[ChartCompleted, Reference]:
    return whole_chart, reference
