"""What a hospital's own claim needs: patient status, revenue codes, days and hours (B1 to B6)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

from claims.codesets.dated import open_tables
from claims.codesets.dated_build import Release, compile_tables
from claims.codesets.dated_rows import Term
from claims.codesets.lists import shipped
from claims.edits import check_chart
from claims.edits.beds import (
    BEDS,
    more_hours_than_the_visit,
    observation_misplaced,
    referral_without_observation,
    room_days_differ,
)
from claims.edits.institutional import (
    INSTITUTIONAL,
    changed_to_outpatient_too_late,
    patient_status_disagrees,
    procedure_code_missing,
    revenue_code_disagrees,
    revenue_code_unknown,
    status_and_death_disagree,
)
from claims.edits.interim import INTERIM, interim_bill_not_taken
from claims.edits.subject import Subject
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.builders import with_line
from tests.claims.coding.changes import Case, Said, as_it_is, with_coverage, with_patient, with_service, with_stay

STATUS, REVENUE, CODE = "encounter.discharge_status", "services[0].revenue_code", "services[0].code"
VISIT = date(2026, 3, 10)


def with_status(chart: ChartCoded, status: str, died: date | None = None) -> ChartCoded:
    return with_patient(with_stay(chart, discharge_status=status), deceased_date=died)


def coded_as(chart: ChartCoded, code: str | None, revenue_code: str, units: int = 1000) -> ChartCoded:
    return with_service(chart, {"code": code, "revenue_code": revenue_code, "units": units})


def of_medicare(chart: ChartCoded) -> ChartCoded:
    return with_coverage(chart, plan_kind="MB")


TOO_EARLY = (("reject", "306", STATUS),)


def goes_on(
    reason: str,
    days: int,
    *,
    said: tuple[Said, ...] = (),
    status: str = "30",
    payer: Mapping[str, Any] = MappingProxyType({}),
    **stay: Any,
) -> Case:
    """A stay that has lasted so many days, and goes on."""

    def change(chart: ChartCoded) -> ChartCoded:
        last = chart.encounter.start_day + timedelta(days=days - 1)
        return with_stay(with_status(chart, status), end_day=last, **stay)

    return Case(reason, interim_bill_not_taken, change, said, {"filing_indicator": "MB", **payer})


def undone_at(reason: str, hour: int, *, said: tuple[Said, ...] = (), day: int = 10, **stay: Any) -> Case:
    """A visit of 10 March that began as a stay."""
    at = datetime(2026, 3, day, hour, tzinfo=UTC)
    return Case(
        reason, changed_to_outpatient_too_late, lambda c: with_stay(c, changed_to_outpatient_at=at, **stay), said
    )


LEFT_AT_MIDNIGHT: dict[str, Any] = {"start": datetime(2026, 3, 9, tzinfo=UTC), "end": datetime(2026, 3, 10, tzinfo=UTC)}
UNDONE = (("reject", "306", "encounter.changed_to_outpatient_at"),)
VISITS = [
    undone_at("changed when the visit ended", 0, **LEFT_AT_MIDNIGHT),
    undone_at(
        "changed after he had left",
        1,
        start=datetime(2026, 3, 9, tzinfo=UTC),
        end=datetime(2026, 3, 10, tzinfo=UTC),
        said=UNDONE,
    ),
    undone_at("changed before he came", 1, day=9, said=UNDONE),
    undone_at(
        "changed, and still a stay",
        12,
        encounter_class="inpatient",
        said=(("reject", "306", "encounter.encounter_class"),),
    ),
    Case("nothing was changed", changed_to_outpatient_too_late, as_it_is),
    Case("no such status", patient_status_disagrees, lambda c: with_status(c, "77"), (("reject", "306", STATUS),)),
    Case("still a patient, by the hour", patient_status_disagrees, lambda c: with_status(c, "30")),
    Case("none is said", patient_status_disagrees, as_it_is),
    Case(
        "he died, the day after the visit",
        status_and_death_disagree,
        lambda c: with_status(c, "20", date(2026, 3, 11)),
        (("reject", "306", STATUS),),
    ),
    *(
        Case(
            f"by status {status} too",
            status_and_death_disagree,
            partial(with_status, status=status, died=date(2026, 3, 11)),
            (("reject", "306", STATUS),),
        )
        for status in ("40", "41", "42")
    ),
    Case("he died that day", status_and_death_disagree, lambda c: with_status(c, "20", VISIT)),
    Case("he went home and died that day", status_and_death_disagree, lambda c: with_status(c, "01", VISIT)),
    Case(
        "he went home, and was dead",
        status_and_death_disagree,
        lambda c: with_status(c, "01", date(2026, 3, 9)),
        (("reject", "306", STATUS),),
    ),
    Case("he died, and no day is known", status_and_death_disagree, lambda c: with_status(c, "20")),
    Case("none", revenue_code_unknown, lambda c: with_line(c, revenue_code=None), (("reject", "16", REVENUE),)),
    Case(
        "without its leading zero",
        revenue_code_unknown,
        lambda c: with_line(c, revenue_code="510"),
        (("reject", "16", REVENUE),),
    ),
    Case(
        "a professional needs none",
        revenue_code_unknown,
        lambda c: with_line(c, revenue_code=None, component="professional"),
    ),
    Case(
        "a bed of an outpatient",
        revenue_code_disagrees,
        lambda c: coded_as(c, None, "0120"),
        (("reject", "282", REVENUE),),
    ),
    Case(
        "subacute care is one too",
        revenue_code_disagrees,
        lambda c: coded_as(c, None, "0191"),
        (("reject", "282", REVENUE),),
    ),
    Case("nursing is none", revenue_code_disagrees, lambda c: coded_as(c, None, "0230")),
    Case(
        "flu vaccine given, as pharmacy",
        revenue_code_disagrees,
        lambda c: coded_as(c, "G0008", "0250"),
        (("reject", "199", REVENUE),),
    ),
    Case("as giving a vaccine", revenue_code_disagrees, lambda c: coded_as(c, "G0008", "0771")),
    Case(
        "a trauma response, as emergency",
        revenue_code_disagrees,
        lambda c: coded_as(c, "G0390", "0450"),
        (("reject", "199", REVENUE),),
    ),
    Case("as trauma response", revenue_code_disagrees, lambda c: coded_as(c, "G0390", "0681")),
    Case(
        "Medicare doesn't know 0500",
        revenue_code_disagrees,
        lambda c: coded_as(of_medicare(c), "G0463", "0500"),
        (("reject", "282", REVENUE),),
    ),
    Case(
        "nor 1001",
        revenue_code_disagrees,
        lambda c: coded_as(of_medicare(c), "G0463", "1001"),
        (("reject", "282", REVENUE),),
    ),
    Case(
        "whichever of its parts",
        revenue_code_disagrees,
        lambda c: with_coverage(coded_as(c, "G0463", "0500"), plan_kind="MA"),
        (("reject", "282", REVENUE),),
    ),
    Case("another plan may", revenue_code_disagrees, lambda c: coded_as(c, "G0463", "0500")),
    Case(
        "hours elsewhere", observation_misplaced, lambda c: coded_as(c, "G0378", "0510"), (("reject", "282", REVENUE),)
    ),
    Case(
        "a visit as observation",
        observation_misplaced,
        lambda c: coded_as(c, "G0463", "0762"),
        (("reject", "282", REVENUE),),
    ),
    Case("observation without a code", observation_misplaced, lambda c: coded_as(c, None, "0762")),
    Case("hours where they belong", observation_misplaced, lambda c: coded_as(c, "G0378", "0762")),
    Case("a referral stands with them", observation_misplaced, lambda c: coded_as(c, "G0379", "0762")),
    Case(
        "a referral alone",
        referral_without_observation,
        lambda c: coded_as(c, "G0379", "0762"),
        (("reject", "107", CODE),),
    ),
    Case(
        "hours of the day before",
        referral_without_observation,
        lambda c: with_service(c, {"code": "G0379"}, {"code": "G0378", "service_from": date(2026, 3, 9)}),
        (("reject", "107", CODE),),
    ),
    Case(
        "hours of the same day",
        referral_without_observation,
        lambda c: with_service(c, {"code": "G0379"}, {"code": "G0378"}),
    ),
    Case(
        "three hours in two",
        more_hours_than_the_visit,
        lambda c: coded_as(c, "G0378", "0762", 3000),
        (("reject", "16", "services"),),
    ),
    Case(
        "two and one",
        more_hours_than_the_visit,
        lambda c: with_service(c, {"code": "G0378", "units": 2000}, {"code": "G0378"}),
        (("reject", "16", "services"),),
    ),
    Case("two in two", more_hours_than_the_visit, lambda c: coded_as(c, "G0378", "0762", 2000)),
    Case(
        "half an hour more is rounded up",
        more_hours_than_the_visit,
        lambda c: with_stay(coded_as(c, "G0378", "0762", 3000), end=c.encounter.end.replace(minute=30)),
    ),
    Case(
        "hours of another visit that was merged into it",
        more_hours_than_the_visit,
        lambda c: with_service(c, {"code": "G0378", "units": 2000}, {"code": "G0378", "chart_id": "c-0"}),
    ),
    Case("other hours aren't counted", more_hours_than_the_visit, lambda c: coded_as(c, "G0463", "0510", 9000)),
]
STAYS = [
    Case("still a patient", patient_status_disagrees, lambda c: with_status(c, "30")),
    goes_on("of 59 days", 59, said=TOO_EARLY),
    goes_on("of 60 days", 60),
    goes_on("of 60 days, the patient gone", 60, status="01"),
    goes_on("of 60 days since an earlier admission", 59, admission_date=date(2026, 3, 2)),
    goes_on("a payer who takes none", 60, said=TOO_EARLY, payer={"interim": "none"}),
    goes_on("a payer who is not Medicare", 60, said=TOO_EARLY, payer={"filing_indicator": "CI"}),
    goes_on("such a payer who takes them", 60, payer={"filing_indicator": "CI", "interim": "cumulative"}),
    Case(
        "who pays himself",
        interim_bill_not_taken,
        lambda c: with_coverage(with_status(c, "30"), kind="patient", payer="patient"),
        TOO_EARLY,
    ),
    Case("a bed is an inpatient's", revenue_code_disagrees, lambda c: coded_as(c, None, "0120")),
    Case(
        "two days of three",
        room_days_differ,
        lambda c: coded_as(c, None, "0120", 2000),
        (("reject", "16", "services"),),
    ),
    Case("three of three", room_days_differ, lambda c: coded_as(c, None, "0120", 3000)),
    Case(
        "two and one in intensive care",
        room_days_differ,
        lambda c: with_service(c, {"revenue_code": "0120", "units": 2000}, {"revenue_code": "0200", "units": 1000}),
    ),
    Case("a day of leave", room_days_differ, lambda c: with_stay(coded_as(c, None, "0120", 2000), leave_days=1)),
    Case(
        "which is charged by itself",
        room_days_differ,
        lambda c: with_stay(
            with_service(c, {"revenue_code": "0120", "units": 2000}, {"revenue_code": "0180", "units": 1000}),
            leave_days=1,
        ),
    ),
    Case(
        "admitted and discharged in a day",
        room_days_differ,
        lambda c: with_stay(coded_as(c, None, "0120", 1000), start_day=VISIT, end_day=VISIT),
    ),
    Case("no bed is charged", room_days_differ, lambda c: coded_as(c, None, "0250", 1000)),
    Case(
        "a professional's claim is another one",
        observation_misplaced,
        lambda c: with_line(coded_as(c, "G0378", "0762"), component="professional"),
    ),
    Case(
        "observation by its outpatient code",
        observation_misplaced,
        lambda c: coded_as(c, "G0378", "0762"),
        (("reject", "282", CODE),),
    ),
    Case(
        "observation before the admission that was folded into it",
        observation_misplaced,
        lambda c: with_service(c, {"code": "G0378", "revenue_code": "0762", "chart_id": "c-0"}),
    ),
]
WITH_LISTS = [
    Case(
        "a laboratory line says nothing",
        procedure_code_missing,
        lambda c: coded_as(c, None, "0301"),
        (("reject", "16", CODE),),
    ),
    Case("it says what was done", procedure_code_missing, lambda c: coded_as(c, "P2028", "0301")),
    Case("a drug is packaged", procedure_code_missing, lambda c: coded_as(c, None, "0250")),
    Case("what the patient wished", procedure_code_missing, lambda c: coded_as(c, None, "0990")),
    Case("self-given drugs are passed over", procedure_code_missing, lambda c: coded_as(c, None, "0637")),
    Case("what Medicare doesn't know is B4's", procedure_code_missing, lambda c: coded_as(c, None, "0500")),
    Case(
        "listed, and over", revenue_code_unknown, lambda c: coded_as(c, "G0463", "0777"), (("reject", "16", REVENUE),)
    ),
    Case("listed", revenue_code_unknown, lambda c: coded_as(c, "G0463", "0510")),
    Case("not listed", revenue_code_unknown, lambda c: coded_as(c, "G0463", "0778"), (("reject", "16", REVENUE),)),
]
ALL = (*VISITS, *STAYS, *WITH_LISTS)


@pytest.fixture(scope="module")
def listed(reference: Reference) -> Reference:
    """With a revenue code that is over, and a list of HCPCS."""
    began = date(2020, 1, 1)
    over = Term("0777", "", began, date(2026, 3, 9))
    tables = (
        Release("revenue-codes", [(1, over)], source="a test"),
        Release("hcpcs", [(1, Term("P2028", "a test", began))], source="a test"),
    )
    return replace(reference, tables=open_tables(compile_tables((*shipped(), *tables))))


@pytest.mark.parametrize("case", VISITS, ids=[f"{case.rule.name}: {case.reason}" for case in VISITS])
def test_a_visits_claim_has_what_a_hospital_must_say(coded: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(coded, reference) == case.said


@pytest.mark.parametrize("case", STAYS, ids=[f"{case.rule.name}: {case.reason}" for case in STAYS])
def test_a_stays_claim_has_what_a_hospital_must_say(stay: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(stay, reference) == case.said


@pytest.mark.parametrize("case", WITH_LISTS, ids=[f"{case.rule.name}: {case.reason}" for case in WITH_LISTS])
def test_lists_of_the_users_are_asked(coded: ChartCoded, listed: Reference, case: Case) -> None:
    assert case.findings(coded, listed) == case.said


def test_without_a_list_of_procedure_codes_none_is_asked_for(coded: ChartCoded, reference: Reference) -> None:
    assert check_chart(coded_as(coded, None, "0301"), reference) == ()


def test_without_a_list_of_revenue_codes_the_shape_is_enough(coded: ChartCoded, reference: Reference) -> None:
    without = replace(reference, tables=open_tables(compile_tables(())))

    assert not list(revenue_code_unknown.findings(Subject(coded, without)))


def test_a_stays_lines_need_no_procedure_code(stay: ChartCoded, listed: Reference) -> None:
    assert Case("room", procedure_code_missing, lambda c: coded_as(c, None, "0301")).findings(stay, listed) == ()


def test_each_rule_has_a_case_that_fires_and_one_that_does_not() -> None:
    rules = {*INSTITUTIONAL, *INTERIM, *BEDS}

    assert {case.rule for case in ALL if case.said} == {case.rule for case in ALL if not case.said} == rules
