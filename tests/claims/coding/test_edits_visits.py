"""Which visits of a patient belong on one claim: the days before an admission, one day, one month."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from claims.edits import Across, check_account
from claims.edits.catalogue import entries
from claims.edits.rule import Rule
from claims.edits.visits import repetitive_services_of_a_month, two_visits_of_a_day
from claims.folding import fold
from claims.history import LOOK_BACK, PatientHistory, remembered
from claims.partners import Hospital
from claims.tables import Reference
from schemas.events.chart import Part2Consent
from schemas.events.coded import ChartCoded
from tests.claims.given_accounts import DAY, chart, coverage, service, stay

MEDICARE, COMMERCIAL = (coverage("medicare"),), (coverage(),)
LABORATORY, CLINIC, AMBULANCE, DIALYSIS, THERAPY = "0301", "0510", "0540", "0821", "0420"


def admission(day: date = DAY, **other: Any) -> ChartCoded:
    facts = stay("inpatient", start_day=day, end_day=day + timedelta(days=3))
    beds = (service(code=None, revenue_code="0120", service_from=day, service_to=day),)
    return chart(**{"encounter": facts, "coverages": MEDICARE, "services": beds, **other})


def visit(day: date, revenue_code: str = LABORATORY, code: str = "G0463", **other: Any) -> ChartCoded:
    facts = stay(start_day=day, end_day=day)
    lines = (service("v1", code=code, revenue_code=revenue_code, service_from=day, service_to=day),)
    fixed = {"chart_id": "c0", "account_number": "a0", "encounter": facts, "coverages": MEDICARE, "services": lines}
    return chart(**{**fixed, **other})


def before(days: int, revenue_code: str = LABORATORY, **other: Any) -> ChartCoded:
    return visit(DAY - timedelta(days=days), revenue_code, **other)


def across(chart_now: ChartCoded, reference: Reference, *earlier: ChartCoded) -> Across:
    history = PatientHistory()
    for each in earlier:
        history = remembered(history, each)
    return check_account(chart_now, history, reference, lambda other: ("CLAIM1",) if other else ())


def rules(chart_now: ChartCoded, reference: Reference, *earlier: ChartCoded) -> list[str]:
    return [finding.rule for finding in across(chart_now, reference, *earlier).findings]


IN_WINDOW = [
    ("a test on the third day before", before(3)),
    ("a test on the day before", before(1)),
    ("a visit of the admission day", before(0, CLINIC)),
    ("a visit of which nobody says that it is unrelated", before(2, CLINIC)),
    ("a test that the hospital calls unrelated", before(2, admission_related=False)),
    ("an unrelated visit of the admission day itself", before(0, CLINIC, admission_related=False)),
]
OUT_OF_WINDOW = [
    ("a test on the fourth day before", before(4)),
    ("a visit that the hospital calls unrelated", before(2, CLINIC, admission_related=False)),
    ("an ambulance", before(1, AMBULANCE)),
    *((f"maintenance dialysis, {code}", before(1, code)) for code in (DIALYSIS, "0831", "0841", "0851")),
    ("a visit to another hospital", before(1, hospital="st-anna")),
    ("a visit that another payer pays", before(1, coverages=COMMERCIAL)),
    ("a day after the admission", before(-1)),
    ("a professional's service", before(1, services=(service("v1", "professional", service_from=DAY),))),
]


@pytest.mark.parametrize("earlier", [row[1] for row in IN_WINDOW], ids=[row[0] for row in IN_WINDOW])
def test_an_outpatient_service_in_the_window_belongs_on_the_stay(reference: Reference, earlier: ChartCoded) -> None:
    assert rules(admission(), reference, earlier) == ["B7"]
    assert rules(earlier, reference, admission()) == ["B7"]


@pytest.mark.parametrize("earlier", [row[1] for row in OUT_OF_WINDOW], ids=[row[0] for row in OUT_OF_WINDOW])
def test_what_lies_outside_the_window_stays_apart(reference: Reference, earlier: ChartCoded) -> None:
    assert rules(admission(), reference, earlier) == []
    assert rules(earlier, reference, admission()) == []


@pytest.mark.parametrize(("days", "said"), [(4, []), (1, ["B7"])])
def test_the_window_is_counted_from_the_admission_not_from_the_observation_before_it(
    reference: Reference, days: int, said: list[str]
) -> None:
    facts = stay("inpatient", start_day=DAY - timedelta(days=2), end_day=DAY, admission_date=DAY)
    assert rules(admission(encounter=facts), reference, before(days)) == said
    assert rules(before(days), reference, admission(encounter=facts)) == said


def test_a_stay_of_which_only_professionals_bill_has_no_claim_to_fold_into(reference: Reference) -> None:
    doctors = admission(services=(service("p1", "professional"),))
    assert rules(doctors, reference, before(1)) == []
    assert rules(before(1), reference, doctors) == []


@pytest.mark.parametrize(("days", "window", "said"), [(1, 1, ["B7"]), (2, 1, []), (0, 0, [])])
def test_a_hospital_outside_ipps_has_a_window_of_a_day_or_none(
    reference: Reference, mercy: Hospital, days: int, window: int, said: list[str]
) -> None:
    smaller = mercy.model_copy(update={"window_days": window})
    hospitals = {**reference.partners.hospitals, "mercy-general": smaller}
    partners = reference.partners.model_copy(update={"hospitals": hospitals})

    assert rules(admission(), replace(reference, partners=partners), before(days)) == said


GIVEN, OTHER = Part2Consent(applies=True, start=DAY), Part2Consent(applies=True)
CONSENTS = [
    # reason, of the chart that gives, of the one that takes, fields of the finding
    ("the same consent", GIVEN, GIVEN, []),
    ("none is needed", None, GIVEN, []),
    ("none is needed, and that is said", Part2Consent(applies=False), None, []),
    ("the stay says nothing of one", GIVEN, None, ["folds"]),
    ("the stay has another", GIVEN, OTHER, ["folds"]),
]


@pytest.mark.parametrize(("gives", "takes", "fields"), [row[1:] for row in CONSENTS], ids=[row[0] for row in CONSENTS])
def test_services_under_42_cfr_part_2_are_folded_under_their_own_consent(
    reference: Reference, gives: Part2Consent | None, takes: Part2Consent | None, fields: list[str]
) -> None:
    gave, took = fold(before(1, part2=gives), admission(part2=takes), "c-17")
    assert [(each.rule, each.severity, each.field) for each in across(took, reference, gave).findings] == [
        ("C9", "reject", field) for field in fields
    ]
    assert rules(gave, reference, took) == ["C9"] * len(fields)


def test_a_consent_of_both_is_revoked_first_by_the_chart_that_gave(reference: Reference) -> None:
    gave, took = fold(before(1, part2=GIVEN), admission(part2=GIVEN), "c-17")
    revokes = {"part2": OTHER, "version": 2}
    assert rules(gave.model_copy(update=revokes), reference, gave, took) == []
    assert rules(took.model_copy(update=revokes), reference, gave, took) == ["C9"]
    assert rules(took.model_copy(update=revokes), reference, gave.model_copy(update=revokes), took) == []


@pytest.mark.parametrize(("received", "said"), [(DAY + LOOK_BACK - timedelta(days=1), ["C9"]), (DAY + LOOK_BACK, [])])
def test_of_a_chart_that_never_came_nobody_knows_whose_consent_its_services_need(
    reference: Reference, received: date, said: list[str]
) -> None:
    noon = datetime.combine(received, time(12), UTC)
    _, took = fold(before(1), admission(received_at=noon), "c-17")
    assert rules(took, reference) == said


def test_a_finding_names_the_claim_and_a_fold_is_proposed_onto_the_stay(reference: Reference) -> None:
    found = across(admission(), reference, before(1))

    assert [finding.claim for finding in found.findings] == ["CLAIM1"]
    (proposal,) = found.proposals
    assert (proposal.kind, proposal.chart_id, proposal.into, proposal.claims) == ("fold", "c0", "c1", ("CLAIM1",))


def test_a_late_outpatient_chart_is_folded_onto_the_stay_that_came_first(reference: Reference) -> None:
    (proposal,) = across(before(1), reference, admission()).proposals

    assert (proposal.kind, proposal.chart_id, proposal.into) == ("fold", "c0", "c1")


def test_a_visit_that_was_folded_is_found_no_more(reference: Reference) -> None:
    assert rules(admission(folds=("c0",)), reference, before(1)) == []


def test_two_outpatient_visits_of_a_day_go_on_one_claim(reference: Reference) -> None:
    second = visit(DAY, "0450", "G0380", chart_id="c9", account_number="a9")

    found = across(second, reference, visit(DAY, CLINIC))

    assert [finding.rule for finding in found.findings] == ["B9"]
    assert [(p.kind, p.chart_id, p.into) for p in found.proposals] == [("merge", "c9", "c0")]


def test_what_is_billed_apart_goes_with_another_service(reference: Reference) -> None:
    """CARC 97: its payment is in that of another; 60: outpatient services before a stay."""
    day = across(visit(DAY, "0450", "G0380", chart_id="c9"), reference, visit(DAY, CLINIC))
    month = across(visit(date(2026, 3, 31), THERAPY, chart_id="c9"), reference, visit(date(2026, 3, 1), THERAPY))
    before_stay = across(admission(), reference, before(1))

    assert [(said.rule, said.severity, said.carc) for each in (day, month, before_stay) for said in each.findings] == [
        ("B9", "reject", "97"),
        ("B10", "reject", "97"),
        ("B7", "reject", "60"),
    ]


def test_services_of_a_month_are_merged_into_the_earlier_visit(reference: Reference) -> None:
    later = visit(date(2026, 3, 31), THERAPY, chart_id="c9", account_number="a9")

    (proposal,) = across(later, reference, visit(date(2026, 3, 1), THERAPY)).proposals

    assert (proposal.kind, proposal.chart_id, proposal.into) == ("merge", "c9", "c0")


def professionals(day: date, code: str) -> ChartCoded:
    """Who treats in a hospital's rooms bills by himself."""
    line = service("p1", "professional", code=code, revenue_code=THERAPY, service_from=day, service_to=day)
    return visit(day, chart_id="c9", services=(line,))


@pytest.mark.parametrize("edit", [two_visits_of_a_day, repetitive_services_of_a_month], ids=["a day", "a month"])
def test_only_a_hospitals_own_lines_are_asked_to_be_on_one_claim(reference: Reference, edit: Rule) -> None:
    """As the page of the edits says."""
    assert "B9" not in rules(professionals(DAY, "T1015"), reference, visit(DAY, THERAPY))
    assert "B10" not in rules(professionals(DAY, "T1015"), reference, visit(DAY, THERAPY))
    (listed,) = [entry.facts["of"] for entry in entries() if entry.rule is edit]
    assert listed == "charts with a line of the hospital's own"


def test_a_stay_has_its_therapy_on_its_own_claim(reference: Reference) -> None:
    therapy = (service(code=None, revenue_code=THERAPY, service_from=DAY, service_to=DAY),)

    assert rules(admission(services=therapy), reference, visit(date(2026, 3, 30), THERAPY)) == []


def test_a_payer_who_does_not_ask_for_a_month_on_one_claim_gets_two(reference: Reference) -> None:
    earlier = visit(date(2026, 3, 1), THERAPY, coverages=COMMERCIAL)

    assert rules(visit(date(2026, 3, 31), THERAPY, chart_id="c9", coverages=COMMERCIAL), reference, earlier) == []


def test_visits_of_two_days_are_two_claims(reference: Reference) -> None:
    assert rules(visit(DAY, chart_id="c9"), reference, before(1)) == []


def test_a_payer_who_does_not_ask_for_one_claim_gets_two(reference: Reference) -> None:
    earlier = visit(DAY, CLINIC, coverages=COMMERCIAL)

    assert rules(visit(DAY, "0450", "G0380", chart_id="c9", coverages=COMMERCIAL), reference, earlier) == []


@pytest.mark.parametrize(
    ("day", "revenue_code", "said"),
    [
        (date(2026, 3, 31), THERAPY, ["B10"]),
        (date(2026, 3, 31), "0421", ["B10"]),
        (date(2026, 4, 1), THERAPY, []),
        (date(2026, 3, 31), "0430", []),
        (date(2026, 3, 31), CLINIC, []),
    ],
    ids=["same month", "same department", "the next month", "another therapy", "no repetitive service"],
)
def test_repetitive_services_of_a_month_go_on_one_claim(
    reference: Reference, day: date, revenue_code: str, said: list[str]
) -> None:
    assert rules(visit(day, revenue_code, chart_id="c9"), reference, visit(date(2026, 3, 1), THERAPY)) == said
