"""What was ordered, done and given."""

from typing import Any

from schemas.events import ChartCompleted
from tests.claims.fhir.given_resources import (
    RXNORM,
    Json,
    Reader,
    concept,
    condition,
    dose,
    encounter,
    of_encounter,
    order,
    patient,
    ref,
)


def test_doses_of_a_drug_on_a_day_are_one_statement_with_their_sum(read: Reader) -> None:
    doses = [dose("a", "2026-03-02T14:00:00Z", 500), dose("b", "2026-03-02T20:00:00Z", 250.5)]

    chart = read.chart(patient(), encounter(), *doses, dose("c", "2026-03-03T14:00:00Z", 500))

    assert [(s.id, s.quantity, s.unit) for s in chart.statements] == [("a", 750_500, "mg"), ("c", 500_000, "mg")]


def test_without_a_dose_the_administrations_are_counted(read: Reader) -> None:
    doses = [dose("a", "2026-03-02T14:00:00Z", None), dose("b", "2026-03-02T20:00:00Z", None)]

    chart = read.chart(patient(), encounter(), *doses)

    assert [(s.quantity, s.unit) for s in chart.statements] == [(2000, "1")]


def test_a_drug_that_was_not_given_is_no_service(read: Reader) -> None:
    not_given = {**dose("a", "2026-03-02T14:00:00Z", 500), "status": "not-done"}
    prescribed = of_encounter("MedicationRequest", "r", status="completed", intent="order")

    assert read.chart(patient(), encounter(), not_given, prescribed).statements == ()


def test_a_completed_order_with_a_result_is_a_laboratory_service(read: Reader) -> None:
    result = of_encounter("Observation", "o", status="final", basedOn=[ref("ServiceRequest/a")])

    chart = read.chart(patient(), encounter(), order("a"), result)

    assert [(s.kind, s.order_id, s.result_present) for s in chart.statements] == [("laboratory", "a", True)]


def test_a_completed_order_without_a_result_says_so(read: Reader) -> None:
    assert [s.result_present for s in read.chart(patient(), encounter(), order("a")).statements] == [False]


def test_an_open_order_is_no_service(read: Reader) -> None:
    chart = read.chart(patient(), encounter(), order("a", "active"), order("b", "on-hold"), order("c", "revoked"))

    assert chart.statements == ()
    assert [o.status for o in chart.orders] == ["active", "active", "revoked"]


def test_a_preliminary_result_is_no_result(read: Reader) -> None:
    result = of_encounter("Observation", "o", status="preliminary", basedOn=[ref("ServiceRequest/a")])

    assert read.chart(patient(), encounter(), order("a"), result).statements[0].result_present is False


def test_a_vaccine_only_reported_is_no_service(read: Reader) -> None:
    vaccine = {"resourceType": "Immunization", "status": "completed", "patient": ref("Patient/p1")}
    here = {**vaccine, "id": "here", "occurrenceDateTime": "2026-03-02", "primarySource": True}
    told = {**vaccine, "id": "told", "occurrenceDateTime": "2026-03-02", "primarySource": False}

    assert [s.id for s in read.chart(patient(), encounter(), here, told).statements] == ["here"]


def test_a_vaccine_without_an_encounter_belongs_to_the_first_of_that_day(read: Reader) -> None:
    given = {"status": "completed", "primarySource": True, "occurrenceDateTime": "2026-03-02"}
    vaccine = {"resourceType": "Immunization", "id": "v", "patient": ref("Patient/p1"), **given}
    later = {**encounter(), "id": "e0", "period": {"start": "2026-03-02T18:00:00Z", "end": "2026-03-02T18:30:00Z"}}

    charts = [c for c in read.all(patient(), later, encounter(), vaccine) if isinstance(c, ChartCompleted)]

    assert {chart.chart_id: len(chart.statements) for chart in charts} == {"e0": 0, "e1": 1}


def test_an_order_that_a_procedure_carried_out_is_one_service(read: Reader) -> None:
    """The order, its report and the procedure would be priced twice."""
    report = of_encounter(
        "DiagnosticReport", "r", status="final", code={"text": "report"}, basedOn=[ref("ServiceRequest/a")]
    )
    procedure = of_encounter(
        "Procedure", "p", status="completed", code={"text": "done"}, basedOn=[ref("ServiceRequest/a")]
    )

    chart = read.chart(patient(), encounter(), order("a"), report, procedure)

    assert [statement.id for statement in chart.statements] == ["p"]


def test_an_order_not_to_do_something_is_no_service(read: Reader) -> None:
    assert read.chart(patient(), encounter(), order("a", doNotPerform=True)).statements == ()


def test_a_dose_without_a_unit_has_no_quantity(read: Reader) -> None:
    given = dose("one", "2026-03-02T14:05:00Z", None) | {"dosage": {"dose": {"value": 2}}}

    assert [s.quantity for s in read.chart(patient(), encounter(), given).statements] == [None]


WOUND, SUGAR = condition("w", "S61.012A", "wound"), condition("d", "E11.9", "diabetes")


def reasons(*names: str) -> list[dict[str, str]]:
    return [ref(f"Condition/{name}") for name in names]


def test_a_service_names_the_condition_it_is_for(read: Reader) -> None:
    procedure = of_encounter(
        "Procedure", "p", status="completed", code={"text": "sutured"}, reasonReference=reasons("w"),
        usedCode=[{"text": "thread"}],
    )  # fmt: skip
    drug = dose("a", "2026-03-02T14:00:00Z", 500, reasonReference=reasons("d"))

    chart = read.chart(patient(), encounter(), WOUND, SUGAR, order("o", reasonReference=reasons("d")), procedure, drug)

    assert {s.id: s.due_to for s in chart.statements if s.kind not in {"diagnosis", "symptom"}} == {
        "o": "d", "p": "w", "p-used-1": "w", "a": "d",
    }  # fmt: skip


def test_a_procedure_is_for_what_it_was_ordered_for(read: Reader) -> None:
    procedure = of_encounter("Procedure", "p", status="completed", basedOn=[ref("ServiceRequest/o")])

    chart = read.chart(patient(), encounter(), SUGAR, order("o", reasonReference=reasons("d")), procedure)

    assert [s.due_to for s in chart.statements if s.id == "p"] == ["d"]


def test_of_several_reasons_none_is_chosen(read: Reader) -> None:
    chart = read.chart(patient(), encounter(), WOUND, SUGAR, order("o", reasonReference=reasons("w", "d")))

    assert [s.due_to for s in chart.statements if s.id == "o"] == [None]


def test_doses_for_different_conditions_are_not_added_up(read: Reader) -> None:
    doses = [dose(name, "2026-03-02T14:00:00Z", 500, reasonReference=reasons(name)) for name in ("w", "d")]

    chart = read.chart(patient(), encounter(), WOUND, SUGAR, *doses)

    assert [s.quantity for s in chart.statements if s.kind == "drug"] == [500_000, 500_000]


def result(name: str, kind: str = "Observation", code: str = "2345-7", **fields: Any) -> Json:
    category = [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")]
    value = concept("http://loinc.org", code, "Glucose")
    return of_encounter(kind, name, status="final", category=category, code=value, **fields)


def answered(chart: ChartCompleted) -> list[tuple[str, str | None, bool | None]]:
    return [(s.id, s.order_id, s.result_present) for s in chart.statements]


def test_a_result_without_a_link_answers_one_order_of_its_code(read: Reader) -> None:
    chart = read.chart(patient(), encounter(), order("a"), order("b"), result("o"))

    assert answered(chart) == [("a", "a", True), ("b", "b", False)]


def test_as_many_results_without_a_link_answer_as_many_orders(read: Reader) -> None:
    chart = read.chart(patient(), encounter(), order("a"), order("b"), result("o"), result("p"))

    assert answered(chart) == [("a", "a", True), ("b", "b", True)]


def test_a_result_without_a_link_answers_an_order_that_has_no_answer(read: Reader) -> None:
    linked = result("o", basedOn=[ref("ServiceRequest/a")])

    chart = read.chart(patient(), encounter(), order("a"), order("b"), linked, result("p"))

    assert answered(chart) == [("a", "a", True), ("b", "b", True)]


def test_a_report_and_the_value_in_it_are_one_result(read: Reader) -> None:
    report = result("r", "DiagnosticReport", result=[ref("Observation/o")])

    chart = read.chart(patient(), encounter(), order("a"), order("b"), result("o"), report)

    assert answered(chart) == [("a", "a", True), ("b", "b", False)]


def test_a_laboratorys_result_that_nobody_ordered_is_a_service(read: Reader) -> None:
    chart = read.chart(patient(), encounter(), result("o", effectiveDateTime="2026-03-02T14:10:00Z"))

    assert [(s.id, s.kind, s.codings[0].code, s.order_id) for s in chart.statements] == [
        ("o", "laboratory", "2345-7", None)
    ]


def test_a_panel_that_nobody_ordered_is_one_service(read: Reader) -> None:
    panel = result("r", "DiagnosticReport", "24323-8", result=[ref("Observation/o"), ref("Observation/p")])

    chart = read.chart(patient(), encounter(), result("o"), result("p", code="2951-2"), panel)

    assert [s.id for s in chart.statements] == ["r"]


def test_a_report_of_what_was_ordered_is_no_second_service(read: Reader) -> None:
    linked = result("o", basedOn=[ref("ServiceRequest/a")])
    report = result("r", "DiagnosticReport", "24323-8", result=[ref("Observation/o")])

    assert [s.id for s in read.chart(patient(), encounter(), order("a"), linked, report).statements] == ["a"]


def test_the_values_in_an_orders_report_are_no_services_of_their_own(read: Reader) -> None:
    report = result("r", "DiagnosticReport", result=[ref("Observation/o")], basedOn=[ref("ServiceRequest/a")])

    chart = read.chart(patient(), encounter(), order("a"), result("o", code="2951-2"), report)

    assert [s.id for s in chart.statements] == ["a"]


def test_a_vital_sign_is_no_service(read: Reader) -> None:
    pulse = {**result("o"), "category": [concept("x", "vital-signs")]}

    assert read.chart(patient(), encounter(), pulse).statements == ()


def by_reference(link: str, **fields: Any) -> Json:
    given = {**dose("a", "2026-03-02T14:00:00Z", 500), "medicationReference": ref(link), **fields}
    del given["medicationCodeableConcept"]
    return given


def test_a_drug_may_be_named_by_a_medication_of_the_export(read: Reader) -> None:
    medication = {"resourceType": "Medication", "id": "m", "code": concept(RXNORM, "161")}

    chart = read.chart(patient(), encounter(), by_reference("Medication/m"), medication)

    assert [(s.codings[0].code, s.quantity) for s in chart.statements] == [("161", 500_000)]


def test_a_drug_may_be_named_by_a_contained_medication(read: Reader) -> None:
    contained = [{"resourceType": "Medication", "id": "m", "code": concept(RXNORM, "161")}]

    chart = read.chart(patient(), encounter(), by_reference("#m", contained=contained))

    assert [s.codings[0].code for s in chart.statements] == ["161"]


def test_a_medication_that_is_not_in_the_export_is_told(read: Reader) -> None:
    assert read.notes(patient(), encounter(), by_reference("Medication/m")) == [
        "MedicationAdministration.medicationReference"
    ]
