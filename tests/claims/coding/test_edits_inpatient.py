"""Edits of stays: the Medicare Code Editor, present on admission, grouping (X6, X8, X11 to X14, H2, H4, B8)."""

from dataclasses import replace
from datetime import date

import pytest

from claims.codesets.dated import open_tables
from claims.codesets.dated_build import Release, compile_tables
from claims.codesets.dated_rows import Term
from claims.codesets.lists import shipped
from claims.edits import check_chart
from claims.edits.inpatient import (
    INPATIENT,
    admitting_diagnosis_missing,
    inpatient_procedure_of_an_outpatient,
    limited_coverage,
    not_covered,
    procedure_not_valid,
    questionable_admission,
    sex_conflict,
    shorter_than_its_procedure,
    unacceptable_principal,
    ungroupable,
    unspecified_side,
    wrong_surgery,
)
from claims.edits.present_on_admission import (
    PRESENT_ON_ADMISSION,
    hospital_acquired,
    indicator_missing_or_needless,
)
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.changes import (
    Case,
    as_it_is,
    discharged,
    with_diagnoses,
    with_patient,
    with_procedure,
    with_stay,
)

ROLE, FIRST, SECOND, PROCEDURE = "diagnoses[0].role", "diagnoses[0].code", "diagnoses[1].code", "procedures[0].code"
INDICATED, NEXT = "diagnoses[0].present_on_admission", "diagnoses[1].present_on_admission"
PROSTATE, ULCER = "N40.0", "L89.153"


def in_sexes(chart: ChartCoded, *codes: str) -> ChartCoded:
    """Of a woman, on the last day on which the editor knew sexes."""
    return discharged(with_diagnoses(chart, *codes), date(2024, 9, 30))


def operated(chart: ChartCoded, code: str, *diagnoses: str) -> ChartCoded:
    return with_procedure(with_diagnoses(chart, *(diagnoses or ("I50.20",))), code)


def ulcer(chart: ChartCoded, **last: str | None) -> ChartCoded:
    return with_diagnoses(chart, "I50.20", ULCER, present="Y", **last)


CASES = [
    Case(
        "a man's disease of a woman", sex_conflict, lambda c: in_sexes(c, "I50.20", PROSTATE), (("warn", "10", SECOND),)
    ),
    Case("it leads", sex_conflict, lambda c: in_sexes(c, PROSTATE), (("warn", "10", FIRST),)),
    Case(
        "both", sex_conflict, lambda c: in_sexes(c, PROSTATE, "N40.1"), (("warn", "10", SECOND), ("warn", "10", FIRST))
    ),
    Case(
        "a man's operation",
        sex_conflict,
        lambda c: with_procedure(in_sexes(c, "I50.20"), "0VT00ZZ"),
        (("warn", "10", PROCEDURE),),
    ),
    Case("of a man", sex_conflict, lambda c: with_patient(in_sexes(c, PROSTATE), sex="male")),
    Case(
        "a circumstance leads", unacceptable_principal, lambda c: with_diagnoses(c, "Z37.0"), (("reject", "16", ROLE),)
    ),
    Case("aftercare alone", unacceptable_principal, lambda c: with_diagnoses(c, "Z51.89"), (("reject", "16", ROLE),)),
    Case("aftercare for something", unacceptable_principal, lambda c: with_diagnoses(c, "Z51.89", "I50.20")),
    Case(
        "high blood pressure leads", questionable_admission, lambda c: with_diagnoses(c, "I10"), (("warn", "50", ROLE),)
    ),
    Case("it follows", questionable_admission, lambda c: with_diagnoses(c, "I50.20", "I10")),
    Case(
        "a delivery that no diagnosis tells",
        questionable_admission,
        lambda c: operated(c, "10E0XZZ"),
        (("warn", "50", PROCEDURE),),
    ),
    Case(
        "which hip isn't said",
        unspecified_side,
        lambda c: with_diagnoses(c, "I50.20", "S72.009A"),
        (("warn", "16", SECOND),),
    ),
    Case(
        "two of three",
        unspecified_side,
        lambda c: with_diagnoses(c, "S72.009A", "I50.20", "S72.109A"),
        (("warn", "16", "diagnoses[2].code"), ("warn", "16", FIRST)),
    ),
    Case("the right one", unspecified_side, lambda c: with_diagnoses(c, "I50.20", "S72.001A")),
    Case(
        "a code that never existed",
        procedure_not_valid,
        lambda c: operated(c, "ZZZZZZZ"),
        (("reject", "181", PROCEDURE),),
    ),
    Case(
        "over since 1 October 2025",
        procedure_not_valid,
        lambda c: discharged(operated(c, "XW03306"), date(2025, 10, 1)),
        (("reject", "181", PROCEDURE),),
    ),
    Case(
        "valid on the day before", procedure_not_valid, lambda c: discharged(operated(c, "XW03306"), date(2025, 9, 30))
    ),
    Case(
        "valid from 1 April 2026, discharged before",
        procedure_not_valid,
        lambda c: discharged(operated(c, "XW0330B"), date(2026, 3, 31)),
        (("reject", "181", PROCEDURE),),
    ),
    Case("on that day", procedure_not_valid, lambda c: discharged(operated(c, "XW0330B"), date(2026, 4, 1))),
    Case("no shape at all is the other H2's", procedure_not_valid, lambda c: operated(c, "OOOOOOO")),
    Case("a valid one", procedure_not_valid, lambda c: operated(c, "02703DZ")),
    Case("valid beside a diagnosis that is not", procedure_not_valid, lambda c: operated(c, "02703DZ", "E11")),
    Case(
        "96 hours in three days",
        shorter_than_its_procedure,
        lambda c: operated(c, "5A1955Z"),
        (("reject", "16", PROCEDURE),),
    ),
    Case("in four", shorter_than_its_procedure, lambda c: discharged(operated(c, "5A1955Z"), date(2026, 3, 6), days=4)),
    Case("fewer hours", shorter_than_its_procedure, lambda c: operated(c, "5A1945Z")),
    Case(
        "a heart pump that Medicare does not cover",
        not_covered,
        lambda c: operated(c, "02HA3QZ"),
        (("warn", "96", PROCEDURE),),
    ),
    Case("a stent", not_covered, lambda c: operated(c, "02703DZ")),
    Case("a heart transplant", limited_coverage, lambda c: operated(c, "02YA0Z0"), (("warn", "96", PROCEDURE),)),
    Case("no transplant", limited_coverage, lambda c: operated(c, "02703DZ")),
    Case(
        "the wrong side",
        wrong_surgery,
        lambda c: with_diagnoses(c, "I50.20", "Y65.53", role="external-cause"),
        (("reject", "96", SECOND),),
    ),
    Case("another misadventure", wrong_surgery, lambda c: with_diagnoses(c, "I50.20", "Y65.8", role="external-cause")),
    Case(
        "why he was admitted isn't said",
        admitting_diagnosis_missing,
        lambda c: c.model_copy(update={"diagnoses": c.diagnoses[:1]}),
        (("reject", "16", "diagnoses"),),
    ),
    Case("it is said", admitting_diagnosis_missing, as_it_is),
    Case("no group", ungroupable, lambda c: c.model_copy(update={"drg": None}), (("warn", "A8", "drg"),)),
    Case("a group", ungroupable, as_it_is),
    Case(
        "of an acquirable condition nobody says",
        indicator_missing_or_needless,
        lambda c: ulcer(c, present_on_admission=None),
        (("reject", "16", NEXT),),
    ),
    Case("he came with it", indicator_missing_or_needless, ulcer),
    Case(
        "without the exempt list others aren't asked",
        indicator_missing_or_needless,
        lambda c: with_diagnoses(c, "I50.20", "I10"),
    ),
    Case("acquired here", hospital_acquired, lambda c: ulcer(c, present_on_admission="N"), (("warn", "233", NEXT),)),
    Case(
        "what else he didn't come with is none",
        hospital_acquired,
        lambda c: with_diagnoses(c, "I50.20", ULCER, present="N"),
        (("warn", "233", NEXT),),
    ),
    Case("nobody can tell", hospital_acquired, lambda c: ulcer(c, present_on_admission="U"), (("warn", "233", NEXT),)),
    Case("clinically undetermined is as present", hospital_acquired, lambda c: ulcer(c, present_on_admission="W")),
    Case("he came with it", hospital_acquired, ulcer),
    Case("no such condition", hospital_acquired, lambda c: with_diagnoses(c, "I50.20", "I10", present="N")),
]

EXEMPT = Release("poa-exempt", [(1, Term("Z37.0".replace(".", ""), "", date(2025, 10, 1)))], source="a test")
WITH_LIST = [
    Case(
        "exempt, and left out",
        indicator_missing_or_needless,
        lambda c: with_diagnoses(c, "O80", "Z37.0", present="Y", present_on_admission=None),
    ),
    Case(
        "exempt, and said",
        indicator_missing_or_needless,
        lambda c: with_diagnoses(c, "O80", "Z37.0", present="Y"),
        (("reject", "16", NEXT),),
    ),
    Case(
        "not exempt, and left out",
        indicator_missing_or_needless,
        lambda c: with_diagnoses(c, "O80"),
        (("reject", "16", INDICATED),),
    ),
    Case(
        "how it happened is asked too",
        indicator_missing_or_needless,
        lambda c: with_diagnoses(c, "O80", "W19.XXXA", present="Y", role="external-cause", present_on_admission=None),
        (("reject", "16", NEXT),),
    ),
    Case("not exempt, and said", indicator_missing_or_needless, lambda c: with_diagnoses(c, "O80", present="U")),
    Case(
        "not exempt on the day before",
        indicator_missing_or_needless,
        lambda c: discharged(with_diagnoses(c, "O80", "Z37.0", present="Y"), date(2025, 9, 30)),
    ),
]


@pytest.fixture(scope="module")
def listed(reference: Reference) -> Reference:
    return replace(reference, tables=open_tables(compile_tables((*shipped(), EXEMPT))))


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.name}: {case.reason}" for case in CASES])
def test_a_stay_is_held_to_the_editor_and_the_grouper(stay: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(stay, reference) == case.said


@pytest.mark.parametrize("case", WITH_LIST, ids=[case.reason for case in WITH_LIST])
def test_with_the_exempt_list_every_indicator_is_asked(stay: ChartCoded, listed: Reference, case: Case) -> None:
    assert case.findings(stay, listed) == case.said


def test_an_outpatient_has_no_inpatient_procedure_code(coded: ChartCoded, reference: Reference) -> None:
    case = Case("a stent", inpatient_procedure_of_an_outpatient, lambda c: with_procedure(c, "02703DZ"))

    assert case.findings(coded, reference) == (("reject", "181", PROCEDURE),)
    assert check_chart(coded, reference) == ()


def test_each_rule_has_a_case_that_fires_and_one_that_does_not() -> None:
    rules = {*INPATIENT, *PRESENT_ON_ADMISSION} - {inpatient_procedure_of_an_outpatient}

    assert {case.rule for case in CASES if case.said} == {case.rule for case in CASES if not case.said} == rules


DAYS = [
    pytest.param("X6", PROSTATE, date(2024, 9, 30), id="the last day of sexes"),
    pytest.param("X11", "S72.009A", date(2022, 4, 1), id="the first day of sides"),
]
OTHER_DAYS = [
    pytest.param("X6", PROSTATE, date(2024, 10, 1), id="the first day without sexes"),
    pytest.param("X11", "S72.009A", date(2022, 3, 31), id="the day before sides"),
]


def rules_on(day: date, code: str, stay: ChartCoded, reference: Reference) -> set[str]:
    return {each.rule for each in check_chart(discharged(with_diagnoses(stay, "I50.20", code), day), reference)}


@pytest.mark.parametrize(("rule", "code", "day"), DAYS)
def test_the_editor_says_so_on_its_days(
    stay: ChartCoded, reference: Reference, rule: str, code: str, day: date
) -> None:
    assert rule in rules_on(day, code, stay, reference)


@pytest.mark.parametrize(("rule", "code", "day"), OTHER_DAYS)
def test_and_on_no_other(stay: ChartCoded, reference: Reference, rule: str, code: str, day: date) -> None:
    assert rule not in rules_on(day, code, stay, reference)


def test_an_invalid_diagnosis_of_a_stay_is_said_once(stay: ChartCoded, reference: Reference) -> None:
    said = check_chart(with_diagnoses(stay, "I50.9", "E11"), reference)

    assert [finding.rule for finding in said if finding.severity == "reject"] == ["X1"]


def test_a_patient_without_a_birth_date_has_no_stay_to_edit(stay: ChartCoded, reference: Reference) -> None:
    unborn = with_patient(with_stay(stay, discharge_status="01"), birth_date=None)

    assert check_chart(unborn, reference) == ()
