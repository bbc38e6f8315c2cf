"""What a claim carries beside codes and cents: fields that an 837 wants of lines, of a stay, of the payers before."""

from datetime import date, timedelta
from typing import Any

import pytest

from claims.claim_values import coded_values
from claims.codesets.dated import DatedTables, Term
from claims.codesets.dated_build import release
from claims.forming import form, secondary
from claims.insurance_type import insurance_type
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.chart import Attachment, Authorization, Cause, Coverage, PriorityFacts, Restriction
from schemas.events.claim import ClaimBuilt
from schemas.events.people import Name, Subscriber
from tests.claims.coding.given_edits import tables as tables_of
from tests.claims.given_accounts import (
    DAY,
    NOON,
    PHYSICIAN,
    account,
    answer,
    by_line,
    chart,
    committed_partners,
    coverage,
    diagnosis,
    sent,
    service,
    stay,
)

HOLDER = Subscriber(relationship="spouse", name=Name(family="Holder", given="Hal"), birth_date=date(1979, 5, 5))
ORDERED_BY = "1999001039"
LEVEL_I = "0" * 3 + "99"
TITLES = {"G0463": "Clinic visit", "Q0507": "Miscellaneous supply", "G0299": "Nursing", LEVEL_I: "A procedure"}
NO_TABLES = DatedTables(())
LISTED = tables_of(release("hcpcs", [Term(code, title, DAY) for code, title in TITLES.items()], first=DAY))


def claim(partners: Partners, **other: Any) -> ClaimBuilt:
    return form(chart(**other), account(), partners).claims[0]


def test_a_professional_line_names_who_did_and_who_ordered_it(partners: Partners) -> None:
    made = claim(partners, services=(service(component="professional", ordering_npi=ORDERED_BY),))
    assert (made.lines[0].rendering_npi, made.lines[0].ordering_npi) == (PHYSICIAN, ORDERED_BY)
    assert {(who.role, who.npi) for who in made.providers} >= {("rendering", PHYSICIAN), ("ordering", ORDERED_BY)}


def test_a_line_of_the_hospital_names_nobody(partners: Partners) -> None:
    made = claim(partners, services=(service(performer_npi=PHYSICIAN),))
    assert (made.lines[0].rendering_npi, made.lines[0].ordering_npi) == (None, None)


def test_a_professional_line_names_who_supervised_it_where_the_chart_does(partners: Partners) -> None:
    made = claim(partners, services=(service(component="professional", supervising_npi=ORDERED_BY),))
    assert made.lines[0].supervising_npi == ORDERED_BY
    (supervising,) = (who for who in made.providers if who.role == "supervising")
    assert supervising.npi == ORDERED_BY
    assert supervising.name is not None


def test_an_outpatients_operations_name_each_its_own_operator(partners: Partners) -> None:
    operations = tuple(
        service(f"s{n}", revenue_code="0360", performer_npi=npi) for n, npi in enumerate((PHYSICIAN, ORDERED_BY))
    )
    made = claim(partners, services=operations)
    assert [line.operating_npi for line in made.lines] == [PHYSICIAN, ORDERED_BY]
    assert [who.npi for who in made.providers if who.role == "operating"] == [PHYSICIAN, ORDERED_BY]


def test_a_stays_operations_are_on_its_claim_and_not_in_its_lines(partners: Partners) -> None:
    room = service(revenue_code="0360", performer_npi=PHYSICIAN)
    made = claim(partners, services=(room,), encounter=stay("inpatient", discharge_status="01"))
    assert made.lines[0].operating_npi is None


def test_a_drug_goes_with_quantity_and_unit_and_an_unlisted_code_with_its_text(partners: Partners) -> None:
    drug = service(
        code="J3490", ndc="00000000001", ndc_quantity=2_500, ndc_unit="ML", text="invented drug", authorization="AUTH-1"
    )
    (line,) = claim(partners, services=(drug,)).lines
    assert (line.ndc, line.ndc_quantity, line.ndc_unit) == ("00000000001", 2_500, "ML")
    assert (line.text, line.authorization) == ("invented drug", "AUTH-1")


WORDS = [
    # reason, code, tables, goes with its words
    ("no code says what it is", None, LISTED, True),
    ("its title names a service", "G0463", LISTED, False),
    ("its title names none", "Q0507", LISTED, True),
    ("a title goes before what the code looks like", "G0299", LISTED, False),
    ("the user's Level I title says less than its code", LEVEL_I, LISTED, True),
    ("his file doesn't know it", "A9999", LISTED, True),
    ("without his file, the end of a code of Level II", "A9999", NO_TABLES, True),
    ("of Level I", LEVEL_I, NO_TABLES, True),
    ("an unclassified drug", "J3490", NO_TABLES, True),
    ("any other code", "G0463", NO_TABLES, False),
]


@pytest.mark.parametrize(("code", "tables", "goes"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_a_line_goes_with_its_words_only_where_its_code_needs_them(
    partners: Partners, code: str | None, tables: DatedTables, goes: bool
) -> None:
    said = chart(services=(service(code=code, text="what the chart says of it"),))
    (line,) = form(said, account(), partners, tables).claims[0].lines
    assert (line.text is not None) is goes


def test_the_next_payer_learns_how_the_patient_is_insured_with_the_one_before(partners: Partners) -> None:
    first = coverage(subscriber=HOLDER, group="G-1")
    made = claim(partners, coverages=(first, coverage("medicaid")), services=(service(),))
    said = answer(made, 8_000, [("PR", "2", 2_000)]).model_copy(update={"remarks": ("MA01", "MA07")})
    prior = secondary(apply(sent(made), said), coverage("medicaid"), said).prior[0]
    assert (prior.filing_indicator, prior.subscriber, prior.member_id, prior.group) == (
        "CI",
        HOLDER,
        "M-commercial",
        "G-1",
    )
    assert (prior.remaining_cents, prior.remarks) == (2_000, ("MA01", "MA07"))


def test_a_prior_line_is_told_as_it_was_adjudicated(partners: Partners) -> None:
    made = claim(partners, services=(service(), service("s2", modifiers=("LT",))))
    said = by_line(made, [[("PR", "1", 1_000)], [("CO", "45", 500), ("PR", "2", 700)]])
    recoded = said.lines[0].model_copy(update={"code": "G0480", "units": 2_000, "remarks": ("N1",)})
    said = said.model_copy(update={"lines": (recoded, said.lines[1])})
    first, second = secondary(apply(sent(made), said), coverage("medicaid"), said).prior[0].lines
    assert (first.code, first.modifiers, first.units, first.remaining_cents) == ("G0480", (), 2_000, 1_000)
    assert first.remarks == ("N1",)
    assert (second.code, second.modifiers, second.units, second.remaining_cents) == ("G0463", ("LT",), 1_000, 700)
    assert second.revenue_code == "0510"


ADJUDICATED = [
    # reason, what the payer says of the line, code and modifiers the next payer is told; sent were G0463 and LT
    ("he says no code", {}, ("G0463", ("LT",))),
    ("he repeats the code alone", {"code": "G0463"}, ("G0463", ("LT",))),
    ("his modifiers are others", {"code": "G0463", "modifiers": ("RT", "59")}, ("G0463", ("RT", "59"))),
    ("he took the modifier away", {"code": "G0463", "submitted_code": "G0463"}, ("G0463", ())),
    ("another code has its own", {"code": "G0480", "modifiers": ("59",)}, ("G0480", ("59",))),
    ("a drug's NDC is no procedure", {"code": "00000188501"}, ("G0463", ("LT",))),
    ("a modifier that is none is left out", {"code": "G0480", "modifiers": ("5",)}, ("G0480", ())),
]


@pytest.mark.parametrize(("says", "told"), [row[1:] for row in ADJUDICATED], ids=[row[0] for row in ADJUDICATED])
def test_the_next_payer_is_told_code_and_modifiers_as_adjudicated(
    partners: Partners, says: dict[str, Any], told: tuple[str, tuple[str, ...]]
) -> None:
    made = claim(partners, services=(service(modifiers=("LT",)),))
    said = by_line(made, [[("PR", "1", 1_000)]])
    said = said.model_copy(update={"lines": (said.lines[0].model_copy(update=says),)})
    (line,) = secondary(apply(sent(made), said), coverage("medicaid"), said).prior[0].lines
    assert (line.code, line.modifiers) == told


def test_a_line_paid_with_another_names_it_where_both_have_one_code(partners: Partners) -> None:
    made = claim(partners, services=(service(), service("s2", code="G0378"), service("s3", code="G0299")))
    said = by_line(made, [[("PR", "1", 1_000)], [("CO", "97", 10_000)], [("CO", "97", 10_000)]])
    as_paid = ("G0463", "G0463", "G0299")
    lines = tuple(line.model_copy(update={"code": code}) for line, code in zip(said.lines, as_paid, strict=True))
    said = said.model_copy(update={"lines": lines})
    told = secondary(apply(sent(made), said), coverage("medicaid"), said).prior[0].lines
    assert [line.bundled_into for line in told] == [None, made.lines[0].control_number, None]


def test_a_paper_that_went_to_one_payer_did_not_go_to_the_next(partners: Partners) -> None:
    papers = tuple(Attachment(report_type="OZ", transmission=way, control_number="P") for way in ("FX", "AA"))
    made = claim(partners, services=(service(),), attachments=papers)
    said = answer(made, 8_000, [("PR", "2", 2_000)])
    after = secondary(apply(sent(made), said), coverage("medicaid"), said)
    assert (made.attachments, after.attachments) == (papers, papers[1:])


def test_no_paper_note_or_onset_tells_a_plan_of_what_it_may_not_know(partners: Partners) -> None:
    beside = {
        "attachments": (Attachment(report_type="OZ", transmission="FX", control_number="P"),),
        "claim_note": "see the report",
        "onset": date(2026, 2, 1),
    }
    kept = (Restriction(statement="s2", paid_cents=900),)
    told, untold = (
        claim(partners, services=(service(), service("s2")), **beside, restrictions=paid) for paid in ((), kept)
    )
    assert (told.attachments, told.notes) == (beside["attachments"], ("see the report",))
    assert (untold.attachments, untold.notes, untold.onset) == ((), (), None)
    assert [value for value in untold.coded_values if value.code == "11"] == []


def test_a_number_that_one_payer_gave_is_not_told_the_next(partners: Partners) -> None:
    first = coverage(authorizations=(Authorization(number="AUTH-1"),))
    made = claim(partners, coverages=(first, coverage("medicaid")), services=(service(authorization="AUTH-1"),))
    said = answer(made, 8_000, [("PR", "2", 2_000)])
    after = secondary(apply(sent(made), said), coverage("medicaid"), said)
    assert (after.authorizations, after.lines[0].authorization) == ((), None)


@pytest.mark.parametrize(
    ("reason", "after", "facts", "born", "expected"),
    [
        ("a group plan of who still works", "CI", None, date(1955, 1, 1), "12"),
        ("65 in that month", "CI", None, date(1961, 3, 31), "12"),
        ("65 in the next month", "CI", None, date(1961, 4, 2), "43"),
        ("kidney disease, whatever the age", "CI", PriorityFacts(esrd_start=date(2025, 1, 1)), date(1955, 1, 1), "13"),
        ("its 30 months are over", "CI", PriorityFacts(esrd_start=date(2023, 9, 1)), date(1955, 1, 1), "12"),
        ("they have not begun", "CI", PriorityFacts(esrd_start=date(2027, 1, 1)), date(1980, 1, 1), "43"),
        ("work", "WC", None, date(1955, 1, 1), "15"),
        ("no-fault", "AM", None, date(1955, 1, 1), "14"),
        ("liability", "LM", None, date(1955, 1, 1), "47"),
        ("nobody knows the age", "CI", None, None, None),
    ],
)
def test_medicare_is_told_why_it_comes_second(
    reason: str, after: str, facts: PriorityFacts | None, born: date | None, expected: str | None
) -> None:
    made = claim(committed_partners())
    before = made.model_copy(
        update={"filing_indicator": after, "patient": made.patient.model_copy(update={"birth_date": born})}
    )
    assert insurance_type(coverage("medicare", facts=facts), before) == expected, reason


def test_no_other_plan_is_told(partners: Partners) -> None:
    assert insurance_type(coverage("medicaid"), claim(partners)) is None


def values(**other: Any) -> list[tuple[str, str, int | None]]:
    stayed = {"encounter_class": "inpatient", "end": NOON + timedelta(days=3), "end_day": DAY + timedelta(days=3)}
    said = chart(encounter=stay(**{**stayed, **other}))
    return [(value.kind, value.code, value.cents) for value in coded_values(said, said.causes)]


@pytest.mark.parametrize(
    ("reason", "differs", "expected"),
    [
        ("nights", {}, [("value", "80", 300)]),
        ("in and out on one day is a day", {"end_day": DAY, "end": NOON}, [("value", "80", 100)]),
        ("on leave he is not here", {"leave_days": 1}, [("value", "80", 200), ("value", "81", 100)]),
        ("a newborn is weighed", {"admission_type": "4", "birth_weight_grams": 3_210},
         [("value", "54", 321_000), ("value", "80", 300)]),
        ("a child of some weight that was not born here", {"birth_weight_grams": 3_210}, [("value", "80", 300)]),
        ("who is no inpatient has no days", {"encounter_class": "ambulatory"}, []),
    ],
)  # fmt: skip
def test_value_codes_that_a_stay_tells(reason: str, differs: dict[str, Any], expected: list[object]) -> None:
    assert values(**differs) == expected, reason


def occurred(**other: Any) -> list[tuple[str, str, date | None]]:
    said = chart(**other)
    return [(value.kind, value.code, value.start) for value in coded_values(said, said.causes)]


def test_work_is_a_condition_and_its_day_an_occurrence() -> None:
    assert occurred(causes=(Cause(kind="employment", date=DAY),)) == [
        ("condition", "02", None),
        ("occurrence", "04", DAY),
    ]


AM, LM, CI = (coverage(plan_kind=kind) for kind in ("AM", "LM", "CI"))
ACCIDENTS = [
    # reason, cause, coverages, occurrence codes
    ("automobile medical answers", Cause(kind="auto", date=DAY), (AM, CI), ["01"]),
    ("it is the accident's whose automobile it was", Cause(kind="other", date=DAY), (AM, CI), ["05"]),
    ("no fault is asked for", Cause(kind="auto", date=DAY, no_fault=True), (AM, CI), ["02"]),
    ("nor of one at home", Cause(kind="other", date=DAY, no_fault=True), (CI,), ["02"]),
    ("a liability plan answers", Cause(kind="auto", date=DAY), (LM, CI), ["03"]),
    ("of another accident too", Cause(kind="other", date=DAY), (CI, LM), ["03"]),
    ("medical before liability", Cause(kind="auto", date=DAY), (LM, AM), ["01"]),
    ("only a health plan is known", Cause(kind="auto", date=DAY), (CI,), ["05"]),
    ("without its day nothing is said", Cause(kind="auto"), (AM, CI), []),
]


@pytest.mark.parametrize(("cause", "plans", "codes"), [row[1:] for row in ACCIDENTS], ids=[row[0] for row in ACCIDENTS])
def test_an_accidents_day_stands_under_who_answers_for_it(
    cause: Cause, plans: tuple[Coverage, ...], codes: list[str]
) -> None:
    assert occurred(causes=(cause,), coverages=plans) == [("occurrence", code, DAY) for code in codes]


BEGAN = DAY - timedelta(days=3)
PREGNANT = (diagnosis("O26.891", "principal"),)


def test_the_onset_of_an_illness_is_an_occurrence_of_the_hospitals_and_a_day_of_the_professionals(
    partners: Partners,
) -> None:
    hospitals, professionals = form(chart(onset=BEGAN), account(), partners).claims
    assert [(value.code, value.start) for value in hospitals.coded_values] == [("11", BEGAN)]
    assert (hospitals.onset, professionals.onset) == (None, BEGAN)


def test_an_onset_on_the_first_day_is_no_other_day(partners: Partners) -> None:
    _, professionals = form(chart(onset=DAY), account(), partners).claims
    assert professionals.onset is None


def test_a_last_menstrual_period_is_said_where_she_is_pregnant_and_nowhere_else(partners: Partners) -> None:
    hospitals, professionals = form(chart(last_menstrual_period=BEGAN, diagnoses=PREGNANT), account(), partners).claims
    assert [(value.code, value.start) for value in hospitals.coded_values] == [("10", BEGAN)]
    assert professionals.last_menstrual_period == BEGAN
    for made in form(chart(last_menstrual_period=BEGAN), account(), partners).claims:
        assert (made.coded_values, made.last_menstrual_period) == ((), None)


def test_a_plan_is_told_of_no_pregnancy_that_was_paid_for_so_that_it_sees_none(partners: Partners) -> None:
    """45 CFR 164.522(a)(1)(vi): the day would say what the diagnosis may not."""
    fracture = diagnosis("S52.501A", "principal")
    hidden = PREGNANT[0].model_copy(update={"role": "other", "rank": 2})
    services = (service(), service("s2", "professional"), service("test", cents=900, pointers=(2,)))
    paid = (Restriction(statement="test", paid_cents=900),)
    said = chart(last_menstrual_period=BEGAN, diagnoses=(fracture, hidden), services=services, restrictions=paid)
    for made in form(said, account(), partners).claims:
        assert ([each.code for each in made.diagnoses], made.coded_values) == (["S52.501A"], ())
        assert made.last_menstrual_period is None


def test_a_claim_that_is_not_about_the_pregnancy_does_not_say_when_it_began(partners: Partners) -> None:
    fracture = diagnosis("S52.501A", "other", rank=2)
    services = (service(), service("s2", "professional", pointers=(2,)))
    said = chart(last_menstrual_period=BEGAN, diagnoses=(*PREGNANT, fracture), services=services)
    hospitals, professionals = form(said, account(), partners).claims
    assert ([value.code for value in hospitals.coded_values], professionals.last_menstrual_period) == (["10"], None)
