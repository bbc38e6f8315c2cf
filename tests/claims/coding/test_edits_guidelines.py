"""Diagnoses beside each other, the patient and the visit (X5, X7, X9, X10, X15, X16)."""

from datetime import date

import pytest

from claims.edits.guidelines import (
    GUIDELINES,
    additional_code_absent,
    age_conflict,
    code_first_order,
    excluded_pair,
    injury_without_cause,
    manifestation_first,
    reason_for_visit_missing,
)
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.changes import Case, as_it_is, happened, with_diagnoses, with_patient, with_service, with_stay
from tests.claims.coding.noted import noted_reference

FIRST, SECOND = "diagnoses[0].code", "diagnoses[1].code"
VISIT = date(2026, 3, 10)


def born(chart: ChartCoded, day: date) -> ChartCoded:
    return with_patient(chart, birth_date=day)


def of_age(chart: ChartCoded, code: str, years: int, **last: str) -> ChartCoded:
    return born(with_diagnoses(chart, "I10", code, **last), VISIT.replace(year=VISIT.year - years))


def came(chart: ChartCoded, revenue_code: str, admission_type: str | None = "1") -> ChartCoded:
    return with_stay(with_service(chart, {"revenue_code": revenue_code}), admission_type=admission_type)


TOO = (("reject", "9", SECOND),)
ORDER = (("warn", "16", "diagnoses[0].role"),)
PAIR = (("warn", "16", SECOND),)
ASKED = (("warn", None, "diagnoses[0]"),)
WHY = (("reject", "16", "diagnoses"),)
HOW = (("warn", "20", "diagnoses[0]"),)
CASES = [
    Case("a newborn's code at one year", age_conflict, lambda c: of_age(c, "Z38.00", 1), TOO),
    Case("at none", age_conflict, lambda c: of_age(c, "Z38.00", 0)),
    Case(
        "on the day before the first birthday",
        age_conflict,
        lambda c: born(with_diagnoses(c, "I10", "Z38.00"), date(2025, 3, 11)),
    ),
    Case(
        "on the first birthday",
        age_conflict,
        lambda c: born(with_diagnoses(c, "I10", "Z38.00"), date(2025, 3, 10)),
        TOO,
    ),
    Case("a child's code at 18", age_conflict, lambda c: of_age(c, "Z00.129", 18), TOO),
    Case("at 17", age_conflict, lambda c: of_age(c, "Z00.129", 17)),
    Case("a delivery at none", age_conflict, lambda c: of_age(c, "O80", 0), TOO),
    Case("a newborn's code at 124", age_conflict, lambda c: of_age(c, "Z38.00", 124), TOO),
    Case("an unborn patient is I8's", age_conflict, lambda c: of_age(c, "O80", -1)),
    Case("a delivery at 8", age_conflict, lambda c: of_age(c, "O80", 8), TOO),
    Case("at 9", age_conflict, lambda c: of_age(c, "O80", 9)),
    Case("at 64", age_conflict, lambda c: of_age(c, "O80", 64)),
    Case("at 65", age_conflict, lambda c: of_age(c, "O80", 65), TOO),
    Case("an adult's code at 14", age_conflict, lambda c: of_age(c, "N40.0", 14), TOO),
    Case("at 15", age_conflict, lambda c: of_age(c, "N40.0", 15)),
    Case("why he came counts too", age_conflict, lambda c: of_age(c, "N40.0", 14, role="reason-for-visit"), TOO),
    Case("why he was admitted does not", age_conflict, lambda c: of_age(c, "N40.0", 14, role="admitting")),
    Case("an impossible age is I8's", age_conflict, lambda c: of_age(c, "Z38.00", 125)),
    Case("no birth date", age_conflict, lambda c: with_patient(with_diagnoses(c, "I10", "Z38.00"), birth_date=None)),
    Case(
        "a manifestation leads",
        manifestation_first,
        lambda c: with_diagnoses(c, "F02.80", "G30.9"),
        (("reject", "16", "diagnoses[0].role"),),
    ),
    Case(
        "alone, too",
        manifestation_first,
        lambda c: with_diagnoses(c, "F02.80"),
        (("reject", "16", "diagnoses[0].role"),),
    ),
    Case("it follows", manifestation_first, lambda c: with_diagnoses(c, "G30.9", "F02.80")),
    Case("before what its note has first", code_first_order, lambda c: with_diagnoses(c, "F02.80", "G30.9"), ORDER),
    Case(
        "second before third",
        code_first_order,
        lambda c: with_diagnoses(c, "I10", "F02.80", "G30.9"),
        (("warn", "16", "diagnoses[1].role"),),
    ),
    Case("after it", code_first_order, lambda c: with_diagnoses(c, "G30.9", "F02.80")),
    Case("beside nothing that the note names", code_first_order, lambda c: with_diagnoses(c, "F02.80", "I10")),
    Case("what is before it is enough", code_first_order, lambda c: with_diagnoses(c, "G30.9", "F02.80", "G30.9")),
    Case("one note, read from the first", excluded_pair, lambda c: with_diagnoses(c, "E10.9", "E11.9"), PAIR),
    Case("and from the second", excluded_pair, lambda c: with_diagnoses(c, "E11.9", "E10.9"), PAIR),
    Case("both have the note, and it is said once", excluded_pair, lambda c: with_diagnoses(c, "J44.9", "J47.9"), PAIR),
    Case(
        "why he came excludes nothing",
        excluded_pair,
        lambda c: with_diagnoses(c, "E11.9", "E10.9", role="reason-for-visit"),
    ),
    Case("no note", excluded_pair, lambda c: with_diagnoses(c, "E11.9", "I10")),
    Case("alone", excluded_pair, lambda c: with_diagnoses(c, "E10.9")),
    Case("which heart failure isn't said", additional_code_absent, lambda c: with_diagnoses(c, "I11.0", "I10"), ASKED),
    Case("it is said", additional_code_absent, lambda c: with_diagnoses(c, "I11.0", "I50.9")),
    Case("no note", additional_code_absent, as_it_is),
    Case("emergency room", reason_for_visit_missing, lambda c: came(c, "0450"), WHY),
    Case("urgent care", reason_for_visit_missing, lambda c: came(c, "0516", "2"), WHY),
    Case("observation", reason_for_visit_missing, lambda c: came(c, "0762", "5"), WHY),
    Case("an elective visit", reason_for_visit_missing, lambda c: came(c, "0450", "3")),
    Case("the type isn't known", reason_for_visit_missing, lambda c: came(c, "0450", None)),
    Case("a clinic", reason_for_visit_missing, lambda c: came(c, "0510")),
    Case("treatment room, not observation", reason_for_visit_missing, lambda c: came(c, "0761")),
    Case(
        "he says why",
        reason_for_visit_missing,
        lambda c: with_diagnoses(came(c, "0450"), "I10", "R07.9", role="reason-for-visit"),
    ),
    Case("a sprain of today", injury_without_cause, lambda c: with_diagnoses(c, "S93.401A"), HOW),
    Case("an open fracture", injury_without_cause, lambda c: with_diagnoses(c, "S72.001B"), HOW),
    Case("frostbite", injury_without_cause, lambda c: with_diagnoses(c, "T34.011A"), HOW),
    Case("poisoning names its intent", injury_without_cause, lambda c: with_diagnoses(c, "T36.0X1A")),
    Case("healing", injury_without_cause, lambda c: with_diagnoses(c, "S93.401D")),
    Case("a fall", injury_without_cause, lambda c: with_diagnoses(c, "S93.401A", "W19.XXXA", role="external-cause")),
    Case("an accident at work", injury_without_cause, lambda c: happened(with_diagnoses(c, "S93.401A"), "employment")),
    Case("no injury", injury_without_cause, as_it_is),
]


@pytest.fixture(scope="module")
def noted(reference: Reference) -> Reference:
    return noted_reference(reference)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.name}: {case.reason}" for case in CASES])
def test_diagnoses_follow_the_guidelines(coded: ChartCoded, noted: Reference, case: Case) -> None:
    assert case.findings(coded, noted) == case.said


def test_each_rule_has_a_case_that_fires_and_one_that_does_not() -> None:
    assert (
        {case.rule for case in CASES if case.said} == {case.rule for case in CASES if not case.said} == set(GUIDELINES)
    )


def test_a_stay_has_no_reason_for_a_visit(stay: ChartCoded, noted: Reference) -> None:
    assert Case("emergency", reason_for_visit_missing, lambda c: came(c, "0450")).findings(stay, noted) == ()
