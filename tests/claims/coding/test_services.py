"""From what was done to priced lines."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from claims.encoding import encode
from claims.ranking import diagnoses
from claims.scene import Scene
from claims.services import Priced, price
from claims.stay import stay_facts
from claims.tables import Reference
from schemas.events.chart import Authorization, CareDay, Cause, ChartCompleted, Coding, Restriction, Statement
from schemas.events.coded import Service
from schemas.events.people import Provider
from tests.claims.coding.builders import at, done, said

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def priced(chart: ChartCompleted, reference: Reference, *statements: Statement, **fields: Any) -> Priced:
    hospital = reference.partners.hospital(chart.hospital)
    told = chart.model_copy(update={"statements": statements, **fields})
    facts = stay_facts(told, hospital)
    assert facts is not None
    scene = Scene(told, hospital, facts, reference)
    return price(scene, diagnoses(scene, encode(scene).found))


def drug(**fields: Any) -> Statement:
    return done("7804", RXNORM, **{"kind": "drug", "quantity": 12_000, "unit": "mg", **fields})


def only(result: Priced) -> Service:
    """The line of the one statement, beside the visit's."""
    (line,) = (line for line in result.lines if line.statement != "v-1")
    return line


def test_a_visit_is_charged_by_its_class_facility_and_professional(chart: ChartCompleted, reference: Reference) -> None:
    assert [(line.component, line.code, line.charge_cents) for line in priced(chart, reference).lines] == [
        ("facility", "G0463", 19200),
        ("professional", "T1015", 13700),
    ]


def test_a_class_without_a_charge_is_an_item(chart: ChartCompleted, reference: Reference) -> None:
    emergency = chart.encounter.model_copy(update={"encounter_class": "emergency"})

    assert [item.kind for item in priced(chart, reference, encounter=emergency).worklist] == ["visit"]


def test_a_professional_line_is_the_attendings_where_nobody_else_is_named(
    chart: ChartCompleted, reference: Reference
) -> None:
    assert [line.performer_npi for line in priced(chart, reference).lines] == [None, "1999001112"]


def test_a_performer_is_named_by_the_roster(chart: ChartCompleted, reference: Reference) -> None:
    assert only(priced(chart, reference, done(performer="DR-CA-001"))).performer_npi == "1999001013"


def test_who_supervised_a_service_is_named_where_he_is_another_than_the_encounters(
    chart: ChartCompleted, reference: Reference
) -> None:
    theirs = Provider(role="supervising", local_id="DR-CA-001")
    encounter = chart.encounter.model_copy(update={"providers": (*chart.encounter.providers, theirs)})
    supervised = chart.model_copy(update={"encounter": encounter})
    found = [
        only(priced(supervised, reference, done(supervisor=who))).supervising_npi
        for who in (None, "DR-CA-001", "DR-CA-002")
    ]
    assert found == [None, None, reference.partners.hospital(chart.hospital).roster["DR-CA-002"].npi]


def test_a_service_is_charged_through_the_chargemaster(chart: ChartCompleted, reference: Reference) -> None:
    line = only(priced(chart, reference, done()))

    assert (line.code, line.revenue_code, line.units, line.charge_cents) == ("P2028", "0301", 1000, 2100)
    assert (line.path, line.group) == ("chargemaster", "laboratory")


def test_a_service_without_a_row_is_an_item_and_never_dropped(chart: ChartCompleted, reference: Reference) -> None:
    unknown = done("999-9", text="A new test")

    result = priced(chart, reference, unknown)

    assert [(item.statement, item.kind, item.text) for item in result.worklist] == [("s-999-9", "charge", "A new test")]


def test_a_dose_is_charged_in_whole_units(chart: ChartCompleted, reference: Reference) -> None:
    line = only(priced(chart, reference, drug()))

    assert (line.units, line.charge_cents) == (2000, 2500)


@pytest.mark.parametrize("fields", [{"quantity": None}, {"unit": "mL"}, {"unit": None}])
def test_a_drug_without_its_dose_is_an_item(chart: ChartCompleted, reference: Reference, fields: Any) -> None:
    assert [item.kind for item in priced(chart, reference, drug(**fields)).worklist] == ["quantity"]


def test_doses_of_a_day_are_one_line(chart: ChartCompleted, reference: Reference) -> None:
    doses = [drug(id=f"s-{number}") for number in range(3)]

    line = only(priced(chart, reference, *doses))

    assert (line.statement, line.units, line.charge_cents) == ("s-0", 4000, 5000)  # 36 mg of a code per 10 mg


def test_small_doses_of_a_day_are_rounded_once(chart: ChartCompleted, reference: Reference) -> None:
    doses = [drug(id=f"s-{number}", quantity=2_500) for number in range(4)]

    assert only(priced(chart, reference, *doses)).units == 1000


def test_doses_of_two_days_are_two_lines_each_rounded(chart: ChartCompleted, reference: Reference) -> None:
    doses = [drug(id="s-1", quantity=2_500), drug(id="s-2", quantity=2_500, performed_at=at(11))]

    result = priced(chart, reference, *doses)

    assert [line.units for line in result.lines if line.code == "J1100"] == [1000, 1000]


def test_a_drug_that_two_nurses_gave_is_one_line(chart: ChartCompleted, reference: Reference) -> None:
    doses = [drug(id=who, quantity=2_500, performer=who) for who in ("DR-CA-001", "DR-CA-002")]

    assert only(priced(chart, reference, *doses)).units == 1000


def test_a_test_done_twice_is_two_lines(chart: ChartCompleted, reference: Reference) -> None:
    result = priced(chart, reference, done(id="a"), done(id="b"))

    assert [line.statement for line in result.lines if line.code == "P2028"] == ["a", "b"]


def test_a_dose_paid_in_full_by_the_patient_stays_apart(chart: ChartCompleted, reference: Reference) -> None:
    restriction = Restriction(statement="b", paid_cents=2500)

    result = priced(chart, reference, drug(id="a"), drug(id="b"), drug(id="c"), restrictions=(restriction,))

    assert [(line.statement, line.units) for line in result.lines if line.code == "J1100"] == [("a", 3000), ("b", 2000)]


NOT_DONE = [
    ("ruled out", done(certainty="ruled-out")),
    ("a relative's", done(whose="family")),
    ("a test without its result", done(result_present=False)),
    ("a diagnosis", said("I10")),
]


@pytest.mark.parametrize("statement", [row[1] for row in NOT_DONE], ids=[row[0] for row in NOT_DONE])
def test_what_was_not_done_is_not_charged(chart: ChartCompleted, reference: Reference, statement: Statement) -> None:
    assert {line.statement for line in priced(chart, reference, statement).lines} == {"v-1"}


def test_a_service_day_is_the_hospitals_day(chart: ChartCompleted, reference: Reference) -> None:
    past_midnight_utc = datetime(2026, 3, 11, 3, 30, tzinfo=UTC)

    line = only(priced(chart, reference, done(performed_at=past_midnight_utc)))

    assert line.service_from == date(2026, 3, 10)


def test_modifiers_of_row_and_statement_stand_once(chart: ChartCompleted, reference: Reference) -> None:
    brace = done("X-17", "urn:mercy", kind="supply", modifiers=("RT", "NU"))

    assert only(priced(chart, reference, brace)).modifiers == ("RT", "NU")


def test_a_line_points_to_what_it_is_due_to_and_to_nothing_else(chart: ChartCompleted, reference: Reference) -> None:
    told = (said("I10", rank=1), said("E11.9", rank=2), said("W19.XXXA", rank=3), done(due_to="d-E11.9"))

    assert only(priced(chart, reference, *told)).pointers == (2,)


def test_a_line_is_due_to_a_diagnosis_by_whichever_statement_said_it(
    chart: ChartCompleted, reference: Reference
) -> None:
    told = (said("I10", rank=1), said("E11.9", rank=2), said("E11.9", id="again"), done(due_to="again"))

    assert only(priced(chart, reference, *told)).pointers == (2,)


@pytest.mark.parametrize("due_to", ["d-I50.9", "nowhere"], ids=["ruled out", "not in the chart"])
def test_a_line_due_to_what_is_no_diagnosis_points_to_those_there_are(
    chart: ChartCompleted, reference: Reference, due_to: str
) -> None:
    told = (said("I10", rank=1), said("I50.9", certainty="ruled-out"), said("E11.9", rank=2), done(due_to=due_to))

    assert only(priced(chart, reference, *told)).pointers == (1, 2)


def test_a_line_points_to_four_diagnoses_at_most(chart: ChartCompleted, reference: Reference) -> None:
    told = [said(code, rank=at) for at, code in enumerate(("I10", "E11.9", "A00.9", "I50.9", "R07.9"), start=1)]

    assert only(priced(chart, reference, *told, done())).pointers == (1, 2, 3, 4)


def test_a_line_carries_the_plans_authorization_of_its_code_and_day(
    chart: ChartCompleted, reference: Reference
) -> None:
    granted = (
        Authorization(number="old", service="P2028", end=date(2026, 3, 9)),
        Authorization(number="other", service="J1100"),
        Authorization(number="this", service="P2028", start=date(2026, 3, 10)),
    )
    coverage = chart.coverages[0].model_copy(update={"authorizations": granted})

    assert only(priced(chart, reference, done(), coverages=(coverage,))).authorization == "this"


def test_after_a_work_injury_a_line_carries_the_authorization_of_who_answers_for_it(
    chart: ChartCompleted, reference: Reference
) -> None:
    plan = chart.coverages[0].model_copy(update={"authorizations": (Authorization(number="plan", service="P2028"),)})
    update = {"plan_kind": "WC", "authorizations": (Authorization(number="injury", service="P2028"),)}
    told = {"coverages": (plan, plan.model_copy(update=update)), "causes": (Cause(kind="employment"),)}

    assert only(priced(chart, reference, done(), **told)).authorization == "injury"


def test_room_and_board_is_by_the_day(inpatient: ChartCompleted, reference: Reference) -> None:
    (line,) = priced(inpatient, reference).lines

    assert (line.revenue_code, line.units, line.unit_kind, line.charge_cents) == ("0120", 3000, "DA", 450_000)


def test_room_and_board_follows_the_documented_level_of_care(inpatient: ChartCompleted, reference: Reference) -> None:
    days = tuple(CareDay(date=date(2026, 3, day), level="icu") for day in (3, 4))

    (line,) = priced(inpatient, reference, encounter=inpatient.encounter.model_copy(update={"care_days": days})).lines

    assert (line.revenue_code, line.units, line.service_to) == ("0200", 2000, date(2026, 3, 4))


def test_observation_is_by_the_hour(chart: ChartCompleted, reference: Reference) -> None:
    night = chart.encounter.model_copy(
        update={"encounter_class": "observation", "start": at(9, 20), "end": datetime(2026, 3, 10, 6, 20, tzinfo=UTC)}
    )

    (line,) = priced(chart, reference, encounter=night).lines

    assert (line.code, line.units) == ("G0378", 10_000)


def test_less_than_half_an_hour_of_observation_is_no_hour_but_an_item(
    chart: ChartCompleted, reference: Reference
) -> None:
    end = datetime(2026, 3, 9, 20, 29, tzinfo=UTC)
    short = chart.encounter.model_copy(update={"encounter_class": "observation", "start": at(9, 20), "end": end})

    result = priced(chart, reference, encounter=short)

    assert (result.lines, [item.kind for item in result.worklist]) == ((), ["visit"])


def test_an_inpatient_operation_in_codes_needs_no_charge_of_its_own(
    inpatient: ChartCompleted, reference: Reference
) -> None:
    operation = done("0SR9019", "http://www.cms.gov/Medicare/Coding/ICD10", kind="treatment", performed_at=at(4))

    assert priced(inpatient, reference, operation).worklist == ()


def test_an_order_in_words_is_priced_by_its_text(chart: ChartCompleted, reference: Reference) -> None:
    dressing = done(kind="supply", text="Wound dressing", codings=(Coding(system="urn:x", code="unknown"),))

    assert only(priced(chart, reference, dressing)).code == "A6402"
