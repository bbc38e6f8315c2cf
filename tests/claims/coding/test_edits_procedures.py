"""Procedure codes (H1, H2, H5, H6), and a service against its patient (H3)."""

from datetime import date
from typing import Any

import pytest

from claims.codesets.dated import AddOn, Term
from claims.codesets.dated_build import release
from claims.codesets.titles import ages_of, is_unlisted
from claims.edits.patient_fit import age_against_procedure, sex_against_procedure
from claims.edits.procedures import (
    add_on_without_base,
    no_inpatient_procedure_code,
    no_procedure_code,
    procedure_code_not_valid,
    unlisted_without_text,
)
from claims.tables import Reference
from schemas.events.coded import ChartCoded, CodedProcedure
from tests.claims.coding.builders import with_line
from tests.claims.coding.given_edits import (
    DAY,
    VISIT,
    Case,
    coded_as,
    found,
    kinds,
    line,
    named,
    places,
    with_lines,
    with_tables,
)

BEGAN = VISIT - 90 * DAY
TITLES = {
    "G0463": "Clinic visit",
    "T1015": "Clinic visit, all-inclusive",
    "P2028": "Test",
    "G0102": "Prostate examination",
    "A9999": "Miscellaneous supply, not otherwise specified",
    "Q2035": "Vaccine for individuals 3 years of age and older",
    "G0296": "Counseling, ages 50 to 77 years of age",
    "G8427": "Measure, patients 80 years of age and older",
    "M1003": "Measure, patients 80 years of age and older",
    "G9999": "Measure, patients 80 years of age and older",
}


@pytest.fixture(scope="session")
def listed(reference: Reference) -> Reference:
    terms = [Term(code, title, BEGAN) for code, title in TITLES.items()]
    ended = Term("A4550", "Tray", VISIT, VISIT + DAY)
    add_ons = [
        AddOn("G0501", frozenset({"G0463", "G0438"}), 1, BEGAN, VISIT),
        AddOn("G0502", frozenset(), 2, BEGAN),
        AddOn("G0503", frozenset({"G0463"}), 3, BEGAN),
    ]
    return with_tables(reference, release("hcpcs", [*terms, ended], first=BEGAN), release("add-on", add_ons))


def codes(*given: str, **fields: Any) -> Any:
    return lambda c: coded_as(c, *given, **fields)


def of(sex: str, *given: str | tuple[str, ...]) -> Any:
    """A change to a patient of this sex and these lines."""
    return lambda c: coded_as(_patient(c, sex=sex), *given)


def born(day: date, *given: str) -> Any:
    return lambda c: coded_as(_patient(c, birth_date=day), *given)


def _patient(chart: ChartCoded, **fields: Any) -> ChartCoded:
    return chart.model_copy(update={"patient": chart.patient.model_copy(update=fields)})


# the fields follow from the rule: a code but for H5, which wants words
FIRES: list[Case] = [
    (no_procedure_code, "H1", "reject", "181", codes("ZZZ")),
    (no_procedure_code, "H1", "reject", "181", codes("D" + "0120")),
    (procedure_code_not_valid, "H1", "reject", "181", codes("A0001")),
    (unlisted_without_text, "H5", "reject", "16", codes("A9999")),
    (add_on_without_base, "H6", "reject", "107", codes("G0501")),
    (add_on_without_base, "H6", "reject", "107", codes("G0501", "T1015")),
    (add_on_without_base, "H6", "reject", "107", codes("G0502")),
    (add_on_without_base, "H6", "reject", "107", codes("G0503")),
    (sex_against_procedure, "H3", "warn", "7", of("female", "G0102")),
    (sex_against_procedure, "H3", "warn", "7", of("male", "Q0091")),
    (age_against_procedure, "H3", "warn", "6", born(date(2023, 3, 11), "Q2035")),
    (age_against_procedure, "H3", "warn", "6", born(date(1948, 3, 10), "G0296")),
]


@pytest.mark.parametrize("case", FIRES, ids=named(FIRES))
def test_a_wrong_procedure_code_is_found(coded: ChartCoded, listed: Reference, case: Case) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(coded), listed)

    assert kinds(said) == {(rule, severity, carc)}
    assert places(said) == [(1, "services[0].text" if rule == "H5" else "services[0].code")]
    assert found(edit, coded, listed) == []


def with_procedure(chart: ChartCoded, code: str) -> ChartCoded:
    procedure = CodedProcedure(code=code, performed_at=VISIT, statement="s", path="given", release="2026-04-01")
    return chart.model_copy(update={"procedures": (procedure,)})


FIRES_INPATIENT: list[Case] = [
    (no_inpatient_procedure_code, "H2", "reject", "181", lambda c: with_procedure(c, "O" * 7)),
    (no_inpatient_procedure_code, "H2", "reject", "181", lambda c: with_procedure(c, "0" * 6)),
]


@pytest.mark.parametrize("case", FIRES_INPATIENT, ids=named(FIRES_INPATIENT))
def test_a_stays_procedure_that_is_none_is_found(stay: ChartCoded, reference: Reference, case: Case) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(stay), reference)

    assert (kinds(said), places(said)) == ({(rule, severity, carc)}, [(None, "procedures[0].code")])
    assert found(edit, with_procedure(stay, "0" * 7), reference) == []


PASSES = [
    ("a revenue code alone", no_procedure_code, lambda c: with_line(c, code=None)),
    ("a code of Level I", no_procedure_code, codes("9" * 5)),
    ("a code of Level I is in no file of Level II", procedure_code_not_valid, codes("9" * 5)),
    ("what has no shape is said by the other rule", procedure_code_not_valid, codes("ZZZ")),
    ("a revenue code alone has no day", procedure_code_not_valid, lambda c: with_line(c, code=None)),
    ("words for what is not listed", unlisted_without_text, codes("A9999", text="a strap")),
    ("a listed code needs none", unlisted_without_text, codes("G0463")),
    ("a revenue code alone needs none", unlisted_without_text, lambda c: with_line(c, code=None)),
    ("a base, before or after it", add_on_without_base, codes("G0463", "G0501")),
    ("the second of the bases", add_on_without_base, codes("G0501", "G0438")),
    ("the payer names the bases: any may be", add_on_without_base, codes("G0502", "T1015")),
    ("these bases, or others", add_on_without_base, codes("G0503", "T1015")),
    ("a man's", sex_against_procedure, of("male", "G0102")),
    ("a woman's", sex_against_procedure, of("female", "Q0091")),
    ("anybody's", sex_against_procedure, of("female", "G0463")),
    ("a sex nobody knows", sex_against_procedure, of("unknown", "G0102")),
    ("neither", sex_against_procedure, of("other", "G0102")),
    ("the payer is told that it is right", sex_against_procedure, of("female", ("G0102", "KX"))),
    ("old enough that day", age_against_procedure, born(date(2023, 3, 10), "Q2035")),
    ("young enough that day", age_against_procedure, born(date(1948, 3, 11), "G0296")),
    *(
        (f"a measure of quality, {each[:2]}", age_against_procedure, born(date(2000, 3, 10), each))
        for each in ("G8427", "G9999", "M1003")
    ),
]


@pytest.mark.parametrize(("edit", "change"), [row[1:] for row in PASSES], ids=[row[0] for row in PASSES])
def test_a_right_procedure_code_passes(coded: ChartCoded, listed: Reference, edit: Any, change: Any) -> None:
    assert found(edit, change(coded), listed) == []


# why, day of the line, is the code wrong
BOTH_SIDES = [
    ("the day before it began", VISIT - DAY, True),
    ("its first day", VISIT, False),
    ("its last day", VISIT + DAY, False),
    ("the day after its end", VISIT + 2 * DAY, True),
    ("a day of which the file doesn't speak", BEGAN - DAY, False),
]


@pytest.mark.parametrize(("day", "wrong"), [row[1:] for row in BOTH_SIDES], ids=[row[0] for row in BOTH_SIDES])
def test_a_code_is_valid_on_the_day_of_its_line(coded: ChartCoded, listed: Reference, day: date, wrong: bool) -> None:
    assert bool(found(procedure_code_not_valid, codes("A4550", service_from=day)(coded), listed)) is wrong


@pytest.mark.parametrize(("day", "alone"), [(VISIT, True), (VISIT + DAY, False)], ids=["last day", "day after"])
def test_an_add_on_needs_its_base_as_long_as_its_row_is_valid(
    coded: ChartCoded, listed: Reference, day: date, alone: bool
) -> None:
    assert bool(found(add_on_without_base, codes("G0501", service_from=day)(coded), listed)) is alone


def test_two_add_ons_are_no_base_of_each_other(coded: ChartCoded, listed: Reference) -> None:
    assert [each.line for each in found(add_on_without_base, codes("G0502", "G0503")(coded), listed)] == [1, 2]


NO_BASE = [
    ("of another day", {"service_from": VISIT - DAY}),
    ("of the professional", {"component": "professional"}),
]


@pytest.mark.parametrize("fields", [row[1] for row in NO_BASE], ids=[row[0] for row in NO_BASE])
def test_a_base_is_of_the_same_provider_and_day(coded: ChartCoded, listed: Reference, fields: dict[str, Any]) -> None:
    chart = with_lines(coded, line(coded, "G0501"), line(coded, "G0463", **fields))

    assert len(found(add_on_without_base, chart, listed)) == 1


def test_without_the_files_nothing_is_said_of_codes(coded: ChartCoded, reference: Reference) -> None:
    chart = _patient(coded_as(coded, "A0001", "A9999", "G0501", "Q2035"), birth_date=VISIT - DAY)

    for edit in (procedure_code_not_valid, unlisted_without_text, add_on_without_base, age_against_procedure):
        assert found(edit, chart, reference) == []


def test_without_a_birth_date_no_age_is_judged(coded: ChartCoded, listed: Reference) -> None:
    assert found(age_against_procedure, coded_as(_patient(coded, birth_date=None), "Q2035"), listed) == []


OF_ONE_SEX = {
    "female": """
        A4261 A4264 A4266 A4561 A4562 G0101 G0123 G0124 G0141 G0143 G0144 G0145 G0147 G0148 G0476 J7296 J7297 J7298
        J7300 J7301 P3000 P3001 Q0091 Q0115 S0610 S0612 S4981 S4989
    """,
    "male": "A4326 A4349 G0027 G0102 G0103 L7900",
}


@pytest.mark.parametrize(("sex", "other"), [("female", "male"), ("male", "female")])
def test_a_service_on_an_organ_of_one_sex_is_for_that_sex(
    coded: ChartCoded, reference: Reference, sex: str, other: str
) -> None:
    given = OF_ONE_SEX[sex].split()

    assert len(found(sex_against_procedure, of(other, *given)(coded), reference)) == len(given)
    assert found(sex_against_procedure, of(sex, *given)(coded), reference) == []


UNLISTED = [
    "Unlisted ambulance service", "Unclassified drugs", "Supply, not otherwise specified", "NOC for enteral supplies",
    "Not otherwise classified, lens", "Equipment, miscellaneous", "Drug, oral, nos", "Item, not elsewhere classified",
    "Unspecified service", "Compounded drug, not otherwise classified, 1 mg",
    "Stocking, not otherwise specified, per garment",
]  # fmt: skip


@pytest.mark.parametrize("title", UNLISTED)
def test_a_title_that_names_no_service_is_known(title: str) -> None:
    assert is_unlisted(title)


LISTED = [
    "Clinic visit", "Nocturnal oximetry", "Nose drops", "Classified drug",
    "Injection, triamcinolone acetonide, not otherwise specified, 10 mg",
    "Factor viii (antihemophilic factor, recombinant) per i.u., not otherwise specified",
    "Injection, immune globulin, intravenous, lyophilized (e.g., powder), not otherwise specified, 500 mg",
    "Homemaker service, nos; per 15 minutes",
]  # fmt: skip
"""Of what is measured 'not otherwise specified' says the form and not the thing: the code names one."""


@pytest.mark.parametrize("title", LISTED)
def test_a_title_that_names_a_service_is_no_other(title: str) -> None:
    assert not is_unlisted(title)


AGES = [
    ("Vaccine for individuals 3 years of age and older, for intramuscular use", (3, 200)),
    ("Brief, 18 years or older", (18, 200)),
    ("Counseling, ages 50 to 77 years of age", (50, 77)),
    ("Visit, 12-17 years old", (12, 17)),
    ("Service for a child under 21 years of age", (0, 20)),
    ("Formula, less than 1 year old", (0, 0)),
    ("Infusion up to 3 hours", None),
    ("Warranty of 5 years", None),
    ("Lens, 60 to 90 minutes", None),
]


@pytest.mark.parametrize(("title", "ages"), AGES, ids=[row[0] for row in AGES])
def test_a_title_says_for_which_ages_a_service_is(title: str, ages: tuple[int, int] | None) -> None:
    assert ages_of(title) == ages
