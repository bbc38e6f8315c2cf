"""A chart's services onto another's claim: nothing is lost, nothing doubled, and the line keeps its number."""

from datetime import date, timedelta

from claims.folding import conditions, fold, folded_numbers
from claims.forming import form
from claims.partners import Partners
from claims.payers import numbered_services
from schemas.events.chart import Restriction
from schemas.events.coded import ChartCoded
from tests.claims.given_accounts import DAY, account, chart, coverage, diagnosis, service, stay

BEFORE = DAY - timedelta(days=1)
MEDICARE = (coverage("medicare"),)


def visit_before(**other: object) -> ChartCoded:
    lines = (
        service("s1", cents=7_000, service_from=BEFORE, service_to=BEFORE, revenue_code="0301"),
        service("s1", cents=7_000, service_from=BEFORE, service_to=BEFORE, revenue_code="0301"),
        service("s2", "professional", 5_000, service_from=BEFORE, service_to=BEFORE),
    )
    fixed = {"chart_id": "c0", "account_number": "a0", "coverages": MEDICARE, "services": lines}
    return chart(**{**fixed, "encounter": stay(start_day=BEFORE, end_day=BEFORE), **other})


def admission() -> ChartCoded:
    beds = (service("s1", cents=100_000, code=None, revenue_code="0120"),)
    diagnoses = (diagnosis("I50.9", "principal"), diagnosis("I50.9", "admitting", 2))
    return chart(
        encounter=stay("inpatient", discharge_status="01"), coverages=MEDICARE, services=beds, diagnoses=diagnoses
    )


def test_a_fold_moves_every_cent_of_the_hospitals_own_services() -> None:
    gave, took = fold(visit_before(), admission(), "coder-1")
    assert sum(line.charge_cents for line in gave.services) == 5_000
    assert sum(line.charge_cents for line in took.services) == 100_000 + 2 * 7_000


def test_a_folded_line_keeps_the_number_it_had() -> None:
    visit = visit_before()
    _, took = fold(visit, admission(), "coder-1")
    had = {each.control_number for each in numbered_services(visit) if each.service.component == "facility"}
    assert folded_numbers(took) == had
    assert len(had) == 2


def test_both_charts_get_their_next_coding_revision_and_say_where_the_lines_are() -> None:
    gave, took = fold(visit_before(), admission(), "coder-1")
    assert (gave.coding_revision, gave.folded_into, took.coding_revision, took.folds) == (1, "c1", 1, ("c0",))
    assert {gave.coder, took.coder} == {"coder-1"}


def test_the_visits_diagnoses_were_present_on_admission() -> None:
    _, took = fold(visit_before(), admission(), "coder-1")
    assert [(d.code, d.role, d.present_on_admission) for d in took.diagnoses][-1] == ("I10", "other", "Y")


def test_a_diagnosis_the_stay_has_is_not_said_twice() -> None:
    same = visit_before(diagnoses=(diagnosis("I50.9", "principal"),))
    _, took = fold(same, admission(), "coder-1")
    assert len(took.diagnoses) == 2


def test_what_the_patient_paid_so_that_no_plan_sees_it_stays_where_it_was() -> None:
    gave, took = fold(visit_before(restrictions=(Restriction(statement="s1", paid_cents=7_000),)), admission(), "c")
    assert (len(gave.services), len(took.services)) == (3, 1)


def test_what_the_patient_paid_for_himself_is_not_told_by_its_diagnosis_either() -> None:
    secret = service("s3", code="G0444", pointers=(2,), service_from=BEFORE, service_to=BEFORE)
    visit = visit_before(
        services=(service(service_from=BEFORE, service_to=BEFORE), secret),
        diagnoses=(diagnosis("I10", "principal"), diagnosis("B20", rank=2)),
        restrictions=(Restriction(statement="s3", paid_cents=10_000),),
    )
    _, took = fold(visit, admission(), "coder-1")
    assert [each.code for each in took.diagnoses] == ["I50.9", "I50.9", "I10"]


def test_the_claim_of_the_stay_begins_with_the_folded_service(partners: Partners) -> None:
    _, took = fold(visit_before(), admission(), "coder-1")
    (claim,) = form(took, account(), partners).claims
    assert (claim.statement_from, claim.admission_date, claim.total_charge_cents) == (BEFORE, DAY, 114_000)
    assert {line.chart_id for line in claim.lines} == {"c0", "c1"}


def test_the_claim_of_a_visit_lasts_as_long_as_what_was_folded_into_it(partners: Partners) -> None:
    """Repetitive services of a month: the later visit's stand on the earlier one's claim (CPM 1/50.2.2)."""
    later = DAY + timedelta(days=7)
    again = chart(
        chart_id="c7",
        encounter=stay(start_day=later, end_day=later),
        services=(service(service_from=later, service_to=later),),
    )
    _, took = fold(again, chart(services=(service(),)), "coder-1")
    (claim,) = form(took, account(), partners).claims
    assert (claim.statement_from, claim.statement_to, claim.patient_status) == (DAY, later, "01")


def test_an_unrelated_visit_says_so_on_its_claim() -> None:
    said = visit_before(admission_related=False)
    assert [(value.kind, value.code) for value in conditions(said)] == [("condition", "51")]
    assert list(conditions(visit_before())) == []


def test_two_visits_of_a_day_to_one_department_are_told_apart_by_g0() -> None:
    clinic = visit_before(services=(service(service_from=DAY, service_to=DAY),), encounter=stay())
    _, took = fold(clinic, chart(coverages=MEDICARE), "coder-1")
    assert [value.code for value in conditions(took)] == ["G0"]


def test_two_visits_to_two_departments_are_not() -> None:
    emergency = visit_before(services=(service(revenue_code="0450"),), encounter=stay("emergency"))
    _, took = fold(emergency, chart(coverages=MEDICARE), "coder-1")
    assert list(conditions(took)) == []


def test_a_fold_into_a_fold_keeps_whose_each_line_was() -> None:
    first = visit_before()
    second = visit_before(chart_id="c2", account_number="a2", services=(service("s9", service_from=date(2026, 3, 1)),))
    _, once = fold(first, admission(), "coder-1")
    _, twice = fold(second, once, "coder-1")
    assert [line.chart_id for line in twice.services] == [None, "c0", "c0", "c2"]
    assert twice.folds == ("c0", "c2")


def test_a_chart_that_is_folded_once_more_has_no_line_twice() -> None:
    _, once = fold(visit_before(), admission(), "coder-1")
    _, again = fold(visit_before(), once, "coder-1")
    assert (again.services, again.folds) == (once.services, ("c0",))


def test_what_was_folded_into_a_chart_goes_along_under_its_own_name() -> None:
    clinic = visit_before(chart_id="c2", account_number="a2", services=(service("s9", service_from=DAY),))
    _, day = fold(visit_before(), clinic, "coder-1")
    _, whole = fold(day, admission(), "coder-1")
    assert [line.chart_id for line in whole.services] == [None, "c2", "c0", "c0"]
    assert whole.folds == ("c0", "c2")


def test_a_code_that_is_exempt_says_nothing_of_admission() -> None:
    _, took = fold(visit_before(), admission(), "coder-1", lambda code: code == "I10")
    assert took.diagnoses[-1].present_on_admission is None
