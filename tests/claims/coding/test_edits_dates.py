"""Days of service: D1 the encounter's, D2 in order, D3 admission, D5 what is billed apart; D4 in time."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from claims.edits import check_chart
from claims.edits.dates import (
    DATES,
    admission_date_missing,
    dates_out_of_order,
    outside_encounter,
    over_a_change_of_coverage,
    spans_what_must_be_split,
)
from claims.edits.filing import FILING, filed_too_late, last_day
from claims.federal_days import next_working_day
from claims.partners import Partners
from claims.tables import Reference
from claims.validation import validate
from schemas.events.chart import ChartCompleted
from schemas.events.coded import ChartCoded
from tests.claims.coding.builders import at, with_line
from tests.claims.coding.changes import (
    Case,
    Said,
    as_it_is,
    only,
    with_coverage,
    with_coverages,
    with_procedure,
    with_stay,
)

FROM, TO = "services[0].service_from", "services[0].service_to"
OUTSIDE = (("reject", "16", FROM),)


def days(first: date, last: date | None = None) -> dict[str, date]:
    return {"service_from": first, "service_to": last or first}


def of_lines(chart: ChartCoded, *each: dict[str, date]) -> ChartCoded:
    first = chart.services[0]
    return chart.model_copy(update={"services": tuple(first.model_copy(update=fields) for fields in each)})


D1 = [
    Case("that day", outside_encounter, as_it_is),
    Case("the day before", outside_encounter, lambda c: with_line(c, **days(date(2026, 3, 9))), OUTSIDE),
    Case("the day after", outside_encounter, lambda c: with_line(c, **days(date(2026, 3, 11))), OUTSIDE),
    Case("into the day after", outside_encounter, lambda c: with_line(c, service_to=date(2026, 3, 11)), OUTSIDE),
    Case(
        "of a chart folded in",
        outside_encounter,
        lambda c: with_line(c, chart_id="c-0", **days(date(2026, 3, 7))),
    ),
]
OPERATED = (("warn", "16", "procedures[0].performed_at"),)
D1_STAY = [
    Case("on its last day", outside_encounter, lambda c: with_procedure(c, "0" * 7, performed_at=date(2026, 3, 6))),
    Case(
        "the day after",
        outside_encounter,
        lambda c: with_procedure(c, "0" * 7, performed_at=date(2026, 3, 7)),
        OPERATED,
    ),
    Case("in the window", outside_encounter, lambda c: with_procedure(c, "0" * 7, performed_at=date(2026, 2, 28))),
    Case(
        "before it", outside_encounter, lambda c: with_procedure(c, "0" * 7, performed_at=date(2026, 2, 27)), OPERATED
    ),
]
END, ADMITTED = "encounter.end", "encounter.admission_date"
D2 = [
    Case("in order", dates_out_of_order, as_it_is),
    Case(
        "discharge before admission",
        dates_out_of_order,
        lambda c: with_stay(c, end_day=date(2026, 3, 9)),
        (("reject", "16", END),),
    ),
    Case(
        "the same, within the day",
        dates_out_of_order,
        lambda c: with_stay(c, end=at(10, 13)),
        (("reject", "16", END),),
    ),
    Case(
        "ends on the day we hear of it",
        dates_out_of_order,
        lambda c: with_stay(c, end_day=date(2026, 3, 12)),
    ),
    Case(
        "ends after it",
        dates_out_of_order,
        lambda c: with_stay(c, end_day=date(2026, 3, 13)),
        (("reject", "110", END),),
    ),
    Case("admitted on the last day", dates_out_of_order, lambda c: with_stay(c, admission_date=date(2026, 3, 10))),
    Case(
        "admitted after it",
        dates_out_of_order,
        lambda c: with_stay(c, admission_date=date(2026, 3, 11)),
        (("reject", "16", ADMITTED),),
    ),
    Case(
        "a line ends before it begins",
        dates_out_of_order,
        lambda c: with_line(c, service_to=date(2026, 3, 9)),
        (("reject", "16", TO),),
    ),
    Case("a line of today", dates_out_of_order, lambda c: with_line(c, service_to=date(2026, 3, 12))),
    Case(
        "a line of today beside one of tomorrow",
        dates_out_of_order,
        lambda c: of_lines(c, days(date(2026, 3, 12)), days(date(2026, 3, 13))),
        (("reject", "110", "services[1].service_to"),),
    ),
    Case(
        "a visit of one moment",
        dates_out_of_order,
        lambda c: with_stay(c, end=c.encounter.start),
    ),
    Case(
        "a line of tomorrow",
        dates_out_of_order,
        lambda c: with_line(c, service_to=date(2026, 3, 13)),
        (("reject", "110", TO),),
    ),
]


def at_place(place: str | None, **stay: Any) -> Case:
    return Case(
        f"place {place} {stay}",
        admission_date_missing,
        lambda c: with_stay(only(c, "professional", place_of_service=place), **stay),
    )


D3 = [
    *(at_place(place)._replace(said=(("reject", "16", ADMITTED),)) for place in ("21", "51", "61")),
    *(at_place(place) for place in ("11", "22", "23", None)),
    at_place(None, place_of_service="21")._replace(said=(("reject", "16", ADMITTED),)),
    at_place("21", admission_date=date(2026, 3, 8)),
    at_place("21", encounter_class="inpatient"),
    Case("the hospital's own line", admission_date_missing, lambda c: only(c, "facility", place_of_service="21")),
]
APART = {"splits": ("month", "year")}
STAYED = "encounter.end_day"


def from_to(first: date, last: date) -> Case:
    return Case(
        f"from {first} to {last}",
        spans_what_must_be_split,
        lambda c: with_stay(only(c, "facility", **days(first, last)), start_day=first, end_day=last),
        payer=APART,
    )


FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 2)


def covered(reason: str, *plans: dict[str, Any], said: tuple[Said, ...] = ()) -> Case:
    """One line over two days."""

    def change(chart: ChartCoded) -> ChartCoded:
        lasts = with_stay(only(chart, "facility", **days(FIRST, SECOND)), start_day=FIRST, end_day=SECOND)
        return with_coverages(lasts, *plans)

    return Case(reason, over_a_change_of_coverage, change, said)


MARCH, APRIL, DECEMBER, JANUARY = date(2026, 3, 31), date(2026, 4, 1), date(2026, 12, 31), date(2027, 1, 1)
D5 = [
    from_to(MARCH, MARCH),
    from_to(APRIL, APRIL),
    from_to(MARCH, APRIL)._replace(said=(("reject", "267", TO),)),
    from_to(MARCH, APRIL)._replace(reason="a payer who takes it", payer={}),
    from_to(MARCH, APRIL)._replace(reason="a payer who parts years", payer={"splits": ("year",)}),
    from_to(DECEMBER, JANUARY)._replace(said=(("reject", "268", TO),)),
    from_to(DECEMBER, JANUARY)._replace(
        reason="a payer who parts months", payer={"splits": ("month",)}, said=(("reject", "267", TO),)
    ),
    from_to(date(2026, 3, 1), date(2027, 3, 1))._replace(
        reason="the same month of another year", payer={"splits": ("month",)}, said=(("reject", "267", TO),)
    ),
    covered("covered on the first day only", {"valid_to": FIRST}, said=(("reject", "239", TO),)),
    covered("covered on the last day only", {"valid_from": SECOND}, said=(("reject", "239", TO),)),
    covered("covered on both", {"valid_from": FIRST, "valid_to": SECOND}),
    covered(
        "another plan from the second day",
        {"valid_to": FIRST},
        {"valid_from": SECOND, "member_id": "M9"},
        said=(("reject", "239", TO),),
    ),
    covered("the same plan, renewed", {"valid_to": FIRST}, {"valid_from": SECOND}),
    covered("a plan of work injuries, of which there is none", {"plan_kind": "WC", "valid_to": FIRST}, {}),
    Case(
        "a professional of one day in a longer visit",
        spans_what_must_be_split,
        lambda c: with_stay(only(c, "professional"), end_day=APRIL),
        (),
        APART,
    ),
    Case(
        "a facility's lines of one day each in a longer visit",
        spans_what_must_be_split,
        lambda c: with_stay(of_lines(only(c, "facility"), days(MARCH), days(APRIL)), start_day=MARCH, end_day=APRIL),
        (),
        APART,
    ),
    Case(
        "a professional's line",
        spans_what_must_be_split,
        lambda c: only(c, "professional", service_from=MARCH, service_to=APRIL),
        (("reject", "267", TO),),
        APART,
    ),
]
CASES = [*D1, *D2, *D3, *D5]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.id}, {case.reason}" for case in CASES])
def test_an_edit_on_days_says_this(coded: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(coded, reference) == case.said


@pytest.mark.parametrize("case", D1_STAY, ids=[case.reason for case in D1_STAY])
def test_an_operation_lies_in_the_stay_or_its_window(stay: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(stay, reference) == case.said


def test_every_edit_on_days_has_a_case_that_fires_and_one_that_does_not() -> None:
    rules = set(DATES)

    assert {case.rule for case in CASES if case.said} == {case.rule for case in CASES if not case.said} == rules


def test_a_stay_paid_by_drg_is_never_split() -> None:
    assert spans_what_must_be_split.of == "outpatient"


def test_a_discharge_before_the_admission_is_said_once(chart: ChartCompleted, reference: Reference) -> None:
    ended = chart.encounter.model_copy(update={"end": at(8)})

    said = validate(chart.model_copy(update={"encounter": ended}), reference).findings

    assert [finding.field for finding in said if finding.rule == "D2"] == ["encounter.end"]


def test_a_charge_of_nothing_can_be_claimed(coded: ChartCoded, reference: Reference) -> None:
    """837 SV102 and SV203 take zero: a service that is given away is told as other than its price, and no more."""
    said = check_chart(with_line(coded, charge_cents=0), reference)
    assert [(finding.rule, finding.severity) for finding in said] == [("$2", "warn")]


# Timely filing: what is sent, on which day of service it was done, when it is received.
FACILITY, PROFESSIONAL = "facility", "professional"
MEDICARE: dict[str, Any] = {"filing_indicator": "MB", "timely_filing_days": 365}


def filed(
    reason: str, on: date, said: str | None = None, done: date = date(2026, 3, 10), kind: str = FACILITY, **payer: Any
) -> Case:
    field = STAYED if kind == FACILITY else FROM
    moment = datetime.fromisoformat(f"{on.isoformat()}T15:00:00+00:00")

    def change(chart: ChartCoded) -> ChartCoded:
        moved = with_stay(only(chart, kind, **days(done)), start_day=done, end_day=done)
        return moved.model_copy(update={"received_at": moment})

    findings = ((said, "29", field),) if said else ()
    return Case(reason, filed_too_late, change, findings, {"timely_filing_days": 100, **payer}, {"bill_hold_days": {}})


def a_long_series(chart: ChartCoded) -> ChartCoded:
    """A professional's visits of three months, known the day after the last."""
    (visit,) = only(chart, PROFESSIONAL).services
    first, last = date(2026, 3, 10), date(2026, 6, 18)
    lines = tuple(visit.model_copy(update=days(day)) for day in (first, last))
    moved = with_stay(chart.model_copy(update={"services": lines}), start_day=first, end_day=last)
    return moved.model_copy(update={"received_at": datetime(2026, 6, 19, 15, tzinfo=UTC)})


YEAR_ON = date(2027, 3, 10)
D4 = [
    filed("at once", date(2026, 3, 12)),
    filed("fourteen days before the end", date(2026, 6, 4)),
    filed("thirteen days before", date(2026, 6, 5), "warn"),
    filed("on the last day", date(2026, 6, 18), "warn"),
    filed("on the day after", date(2026, 6, 19), "reject"),
    filed("a professional, on the last day", date(2026, 6, 18), "warn", kind=PROFESSIONAL),
    filed("a professional, on the day after", date(2026, 6, 19), "reject", kind=PROFESSIONAL),
    filed("Medicare, after 100 days", date(2026, 6, 19), **MEDICARE),
    filed("Medicare, on the day a year later", YEAR_ON, "warn", **MEDICARE),
    filed("Medicare, on the day after", date(2027, 3, 11), "reject", **MEDICARE),
    filed("a leap day", date(2025, 2, 28), "warn", date(2024, 2, 29), **MEDICARE),
    filed("a leap day, on 1 March", date(2025, 3, 1), "reject", date(2024, 2, 29), **MEDICARE),
    filed("ends on a Saturday, on Monday", date(2026, 3, 16), "warn", date(2025, 3, 14), **MEDICARE),
    filed("ends on a Saturday, on Tuesday", date(2026, 3, 17), "reject", date(2025, 3, 14), **MEDICARE),
    filed("ends at Christmas, a Friday, on Monday", date(2026, 12, 28), "warn", date(2025, 12, 25), **MEDICARE),
    filed("ends at Christmas, on Tuesday", date(2026, 12, 29), "reject", date(2025, 12, 25), **MEDICARE),
    Case(
        "the first of a long series",
        filed_too_late,
        a_long_series,
        (("reject", "29", FROM),),
        {"timely_filing_days": 100},
        {"bill_hold_days": {}},
    ),
]


@pytest.mark.parametrize("case", D4, ids=[case.reason for case in D4])
def test_a_claim_reaches_its_payer_in_time(coded: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(coded, reference) == case.said


def test_a_stay_counts_from_its_last_day_and_a_professional_from_his_first(
    coded: ChartCoded, reference: Reference
) -> None:
    late = with_stay(coded, start_day=date(2026, 3, 10), end_day=date(2026, 3, 20))
    case = Case("both", filed_too_late, lambda _: late.model_copy(update={"received_at": at(29)}))

    said = case._replace(payer={"timely_filing_days": 15}).findings(coded, reference)

    assert said == (("warn", "29", STAYED), ("reject", "29", "services[1].service_from"))


def test_what_the_hospital_waits_for_late_charges_comes_on_top(coded: ChartCoded, reference: Reference) -> None:
    case = filed("a month before the end", date(2026, 5, 18))

    assert case.findings(coded, reference) == ()
    assert case._replace(hospital={"bill_hold_days": {"ambulatory": 18}}).findings(coded, reference) == (
        ("warn", "29", STAYED),
    )


def test_a_later_version_that_comes_too_late_warns_for_it_may_give_back(
    coded: ChartCoded, reference: Reference
) -> None:
    case = filed("years later", date(2030, 1, 1))
    later = case._replace(change=lambda c: case.change(c).model_copy(update={"version": 2}))

    assert {severity for severity, _, _ in case.findings(coded, reference)} == {"reject"}
    assert {severity for severity, _, _ in later.findings(coded, reference)} == {"warn"}


def test_nobody_waits_for_a_bill_to_the_patient(coded: ChartCoded, reference: Reference) -> None:
    case = filed("years later", date(2030, 1, 1))

    assert (
        case._replace(change=lambda c: with_coverage(case.change(c), kind="patient")).findings(coded, reference) == ()
    )


def test_every_edit_on_filing_has_a_case() -> None:
    assert {case.rule for case in D4} == set(FILING)


def test_an_advantage_plan_has_days_of_its_own(partners: Partners) -> None:
    plan = partners.payer("medicare-advantage")

    assert last_day(plan, date(2024, 2, 29)) == date(2025, 2, 28)  # 365 days


@pytest.mark.parametrize(
    ("reason", "day", "works"),
    [
        ("a working day", date(2026, 3, 10), date(2026, 3, 10)),
        ("Saturday", date(2026, 3, 14), date(2026, 3, 16)),
        ("Sunday", date(2026, 3, 15), date(2026, 3, 16)),
        ("New Year", date(2026, 1, 1), date(2026, 1, 2)),
        ("New Year on a Saturday, observed in December", date(2021, 12, 31), date(2022, 1, 3)),
        ("third Monday of January", date(2026, 1, 19), date(2026, 1, 20)),
        ("third Monday of February", date(2026, 2, 16), date(2026, 2, 17)),
        ("last Monday of May", date(2026, 5, 25), date(2026, 5, 26)),
        ("last Monday of May, on the 31st", date(2027, 5, 31), date(2027, 6, 1)),
        ("19 June", date(2026, 6, 19), date(2026, 6, 22)),
        ("19 June before it was one", date(2020, 6, 19), date(2020, 6, 19)),
        ("4 July on a Saturday, observed on Friday", date(2026, 7, 3), date(2026, 7, 6)),
        ("4 July on a Sunday, observed on Monday", date(2027, 7, 5), date(2027, 7, 6)),
        ("first Monday of September", date(2026, 9, 7), date(2026, 9, 8)),
        ("second Monday of October", date(2026, 10, 12), date(2026, 10, 13)),
        ("11 November", date(2026, 11, 11), date(2026, 11, 12)),
        ("fourth Thursday of November", date(2026, 11, 26), date(2026, 11, 27)),
        ("Christmas before a weekend", date(2026, 12, 25), date(2026, 12, 28)),
    ],
)
def test_the_government_works_on_the_next_day_that_is_none_of_these(reason: str, day: date, works: date) -> None:
    assert next_working_day(day) == works, reason
