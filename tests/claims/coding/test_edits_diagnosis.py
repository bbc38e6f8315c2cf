"""Diagnosis codes by themselves: complete, valid on their day, never twice, pointed to (X1 to X4, X17)."""

from datetime import date

import pytest

from claims.edits import check_chart
from claims.edits.diagnosis import (
    DIAGNOSIS,
    duplicate_of_principal,
    external_cause_first,
    no_diagnosis,
    not_billable,
    pointer_to_nothing,
    seventh_character_wrong,
)
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.builders import with_line
from tests.claims.coding.changes import Case, as_it_is, discharged, with_diagnoses, with_stay
from tests.claims.coding.noted import noted_reference

FIRST, SECOND = "diagnoses[0].code", "diagnoses[1].code"
BAD = ("reject", "146", FIRST)


def on(chart: ChartCoded, day: date) -> ChartCoded:
    return with_stay(chart, start_day=day, end_day=day)


CASES = [
    Case(
        "nothing was coded",
        no_diagnosis,
        lambda c: c.model_copy(update={"diagnoses": ()}),
        (("reject", "146", "diagnoses"),),
    ),
    Case(
        "a cause alone says why, not what",
        no_diagnosis,
        lambda c: with_diagnoses(c, "W19.XXXA", role="external-cause"),
        (("reject", "146", "diagnoses"),),
    ),
    Case("there is one", no_diagnosis, as_it_is),
    Case("one that doesn't lead is one too", no_diagnosis, lambda c: with_diagnoses(c, "I10", role="other")),
    Case("a category", not_billable, lambda c: with_diagnoses(c, "E11"), (BAD,)),
    Case("a code of the right shape that never existed", not_billable, lambda c: with_diagnoses(c, "E11.7"), (BAD,)),
    Case("no code at all", not_billable, lambda c: with_diagnoses(c, "hypertension"), (BAD,)),
    Case("both of two", not_billable, lambda c: with_diagnoses(c, "E11", "A00"), (BAD, ("reject", "146", SECOND))),
    Case("G35 was valid on the last day", not_billable, lambda c: on(with_diagnoses(c, "G35"), date(2025, 9, 30))),
    Case(
        "G35 is divided from the first day on",
        not_billable,
        lambda c: on(with_diagnoses(c, "G35"), date(2025, 10, 1)),
        (BAD,),
    ),
    Case("G35.D is not yet valid", not_billable, lambda c: on(with_diagnoses(c, "G35.D"), date(2025, 9, 30)), (BAD,)),
    Case("G35.D is valid from its day on", not_billable, lambda c: on(with_diagnoses(c, "G35.D"), date(2025, 10, 1))),
    Case(
        "the From date counts for outpatients",
        not_billable,
        lambda c: with_stay(with_diagnoses(c, "G35"), start_day=date(2025, 9, 30), end_day=date(2025, 10, 1)),
    ),
    Case(
        "T74.A1XA is not yet valid on 31 March",
        not_billable,
        lambda c: on(with_diagnoses(c, "T74.A1XA"), date(2023, 3, 31)),
        (BAD,),
    ),
    Case("it is on 1 April", not_billable, lambda c: on(with_diagnoses(c, "T74.A1XA"), date(2023, 4, 1))),
    Case(
        "beyond the dated tables the release answers",
        not_billable,
        lambda c: on(with_diagnoses(c, "G35.D"), date(2031, 1, 1)),
    ),
    Case("a wrong 7th character is X2's", not_billable, lambda c: with_diagnoses(c, "W19.XXXQ")),
    Case("without its 7th character", seventh_character_wrong, lambda c: with_diagnoses(c, "S93.401"), (BAD,)),
    Case(
        "a letter that the category has not", seventh_character_wrong, lambda c: with_diagnoses(c, "S93.401Q"), (BAD,)
    ),
    Case("no placeholders", seventh_character_wrong, lambda c: with_diagnoses(c, "W19.A"), (BAD,)),
    Case(
        "a category that wants placeholders and a letter",
        seventh_character_wrong,
        lambda c: with_diagnoses(c, "W19"),
        (BAD,),
    ),
    Case(
        "a digit where a placeholder stands", seventh_character_wrong, lambda c: with_diagnoses(c, "W19.000A"), (BAD,)
    ),
    Case(
        "a placeholder in the middle left out", seventh_character_wrong, lambda c: with_diagnoses(c, "T36.01A"), (BAD,)
    ),
    Case("right", seventh_character_wrong, lambda c: with_diagnoses(c, "S93.401A", "W19.XXXA")),
    Case("too short for any", seventh_character_wrong, lambda c: with_diagnoses(c, "T36")),
    Case("a category without 7th characters is X1's", seventh_character_wrong, lambda c: with_diagnoses(c, "E11")),
    Case(
        "a cause leads",
        external_cause_first,
        lambda c: with_diagnoses(c, "W19.XXXA"),
        (("reject", "16", "diagnoses[0].role"),),
    ),
    Case(
        "Y99 leads",
        external_cause_first,
        lambda c: with_diagnoses(c, "Y99.0"),
        (("reject", "16", "diagnoses[0].role"),),
    ),
    Case("Z00 is no cause", external_cause_first, lambda c: with_diagnoses(c, "Z00.00")),
    Case(
        "a cause follows",
        external_cause_first,
        lambda c: with_diagnoses(c, "S93.401A", "W19.XXXA", role="external-cause"),
    ),
    Case(
        "the principal again",
        duplicate_of_principal,
        lambda c: with_diagnoses(c, "I10", "I10"),
        (("reject", "16", SECOND),),
    ),
    Case(
        "a cause that leads, again",
        duplicate_of_principal,
        lambda c: with_diagnoses(c, "W19.XXXA", "W19.XXXA", role="external-cause"),
        (("reject", "16", SECOND),),
    ),
    Case(
        "again, without its dot",
        duplicate_of_principal,
        lambda c: with_diagnoses(c, "E11.9", "E119"),
        (("reject", "16", SECOND),),
    ),
    Case(
        "why he came may be what he has",
        duplicate_of_principal,
        lambda c: with_diagnoses(c, "I10", "I10", role="reason-for-visit"),
    ),
    Case(
        "another twice is the ranking's", duplicate_of_principal, lambda c: with_diagnoses(c, "I10", "E11.9", "E11.9")
    ),
    Case(
        "the hundredth of one",
        pointer_to_nothing,
        lambda c: with_line(c, pointers=(99,)),
        (("reject", "16", "services[0].pointers"),),
    ),
    Case(
        "they count from 1",
        pointer_to_nothing,
        lambda c: with_line(c, pointers=(0,)),
        (("reject", "16", "services[0].pointers"),),
    ),
    Case(
        "one of two",
        pointer_to_nothing,
        lambda c: with_line(c, pointers=(1, 2)),
        (("reject", "16", "services[0].pointers"),),
    ),
    Case("the only one", pointer_to_nothing, lambda c: with_line(c, pointers=(1,))),
    Case("no pointer", pointer_to_nothing, lambda c: with_line(c, pointers=())),
]


@pytest.fixture(scope="module")
def noted(reference: Reference) -> Reference:
    return noted_reference(reference)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.name}: {case.reason}" for case in CASES])
def test_a_diagnosis_is_complete_valid_and_in_its_place(coded: ChartCoded, noted: Reference, case: Case) -> None:
    assert case.findings(coded, noted) == case.said


def test_each_rule_has_a_case_that_fires_and_one_that_does_not() -> None:
    assert (
        {case.rule for case in CASES if case.said} == {case.rule for case in CASES if not case.said} == set(DIAGNOSIS)
    )


def test_the_discharge_day_counts_for_a_stay(stay: ChartCoded, noted: Reference) -> None:
    case = Case("over the year's end", not_billable, lambda c: discharged(with_diagnoses(c, "G35"), date(2025, 10, 1)))

    assert case.findings(stay, noted) == (BAD,)


def test_a_code_that_is_not_billable_is_said_once(coded: ChartCoded, noted: Reference) -> None:
    wrong = with_diagnoses(coded, "W19.XXXQ", "E11")

    assert [finding.rule for finding in check_chart(wrong, noted)] == ["X1", "X2", "X3"]
