"""Pairs of services (N1, N2): what NCCI denies, which modifier parts it, and since when."""

from datetime import date
from typing import Any

import pytest

from claims.codesets.dated import Pair
from claims.codesets.dated_build import release
from claims.edits import check_account
from claims.edits.ncci import ASSOCIATED
from claims.edits.pairs import (
    pair_never_paid,
    pair_never_paid_elsewhere,
    pair_never_paid_here,
    pair_without_modifier,
    pair_without_modifier_elsewhere,
    pair_without_modifier_here,
)
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding import ncci_oracle
from tests.claims.coding.builders import GOOD_NPI
from tests.claims.coding.given_edits import (
    DAY,
    VISIT,
    Case,
    coded_as,
    elsewhere,
    found,
    kinds,
    line,
    named,
    places,
    with_lines,
    with_tables,
)

ALWAYS, EITHER_CODE = date(2010, 1, 1), date(2019, 7, 1)
PAIRS = [
    Pair("G0463", "A6402", 0, ALWAYS),
    Pair("G0463", "L1902", 1, ALWAYS),
    Pair("G0463", "J1100", 9, ALWAYS),
    Pair("G0463", "A4550", 0, VISIT - DAY, VISIT),
    Pair("G0463", "Q0091", 0, VISIT, None),
]
OTHER_NPI = "1245319599"


@pytest.fixture(scope="session")
def paired(reference: Reference) -> Reference:
    only_outpatient = Pair("T1015", "A6402", 0, ALWAYS)
    return with_tables(
        reference, release("ptp-outpatient", [*PAIRS, only_outpatient]), release("ptp-practitioner", PAIRS)
    )


FIRES: list[Case] = [
    (pair_never_paid, "N1", "reject", "236", lambda c: coded_as(c, "G0463", "A6402")),
    (pair_never_paid, "N1", "reject", "236", lambda c: coded_as(c, ("G0463", "25"), ("A6402", "59"))),
    (pair_without_modifier, "N2", "reject", "236", lambda c: coded_as(c, "G0463", "L1902")),
    (pair_without_modifier, "N2", "reject", "236", lambda c: coded_as(c, "G0463", ("L1902", "NU", "76"))),
]


@pytest.mark.parametrize("case", FIRES, ids=named(FIRES))
def test_two_services_that_are_not_paid_together_are_found(coded: ChartCoded, paired: Reference, case: Case) -> None:
    edit, rule, severity, carc, change = case

    assert kinds(found(edit, change(coded), paired)) == {(rule, severity, carc)}
    assert found(edit, coded, paired) == []


def test_the_denied_one_is_named_whatever_the_order_of_the_lines(coded: ChartCoded, paired: Reference) -> None:
    for codes, at in ((("G0463", "A6402"), 1), (("A6402", "G0463"), 0)):
        assert places(found(pair_never_paid, coded_as(coded, *codes), paired)) == [(at + 1, f"services[{at}]")]


def test_a_line_is_told_once_however_many_others_it_is_part_of(coded: ChartCoded, paired: Reference) -> None:
    said = found(pair_never_paid, coded_as(coded, "G0463", "T1015", "A6402"), paired)

    assert [finding.line for finding in said] == [3]


def on(day: date, chart: ChartCoded) -> ChartCoded:
    lines = (each.model_copy(update={"service_from": day, "service_to": day}) for each in chart.services)
    return with_lines(chart, *lines)


# why, day, lines, is the pair denied
BOTH_SIDES = [
    ("the day before it took effect", VISIT - DAY, ("G0463", "Q0091"), False),
    ("the day it took effect", VISIT, ("G0463", "Q0091"), True),
    ("the day of its deletion still counts", VISIT, ("G0463", "A4550"), True),
    ("the day after its deletion", VISIT + DAY, ("G0463", "A4550"), False),
]


@pytest.mark.parametrize(
    ("day", "given", "denied"), [row[1:] for row in BOTH_SIDES], ids=[row[0] for row in BOTH_SIDES]
)
def test_a_pair_holds_on_the_days_of_its_row(
    coded: ChartCoded, paired: Reference, day: date, given: tuple[str, str], denied: bool
) -> None:
    assert bool(found(pair_never_paid, on(day, coded_as(coded, *given)), paired)) is denied


# why, day, lines, is the pair denied
MODIFIERS = [
    ("59 on column 2, now", EITHER_CODE, ("G0463", ("L1902", "59")), False),
    ("59 on column 1, the first day on which it counts", EITHER_CODE, (("G0463", "59"), "L1902"), False),
    ("59 on column 1, the day before", EITHER_CODE - DAY, (("G0463", "59"), "L1902"), True),
    ("XU on column 1, the day before", EITHER_CODE - DAY, (("G0463", "XU"), "L1902"), True),
    ("XU on column 1, the first day", EITHER_CODE, (("G0463", "XU"), "L1902"), False),
    ("59 on column 2, before", EITHER_CODE - DAY, ("G0463", ("L1902", "59")), False),
    ("25 on column 1, before", EITHER_CODE - DAY, (("G0463", "25"), "L1902"), False),
    ("a modifier that is not associated", EITHER_CODE, ("G0463", ("L1902", "76")), True),
    ("one of two column 2 lines without", EITHER_CODE, ("G0463", ("L1902", "59"), "L1902"), True),
]


@pytest.mark.parametrize(("day", "given", "denied"), [row[1:] for row in MODIFIERS], ids=[row[0] for row in MODIFIERS])
def test_a_pair_of_indicator_1_is_parted_by_a_modifier(
    coded: ChartCoded, paired: Reference, day: date, given: tuple[str | tuple[str, ...], ...], denied: bool
) -> None:
    assert bool(found(pair_without_modifier, on(day, coded_as(coded, *given)), paired)) is denied


@pytest.mark.parametrize("modifier", sorted(ASSOCIATED))
def test_each_associated_modifier_parts_on_either_code(coded: ChartCoded, paired: Reference, modifier: str) -> None:
    for codes in (("G0463", ("L1902", modifier)), (("G0463", modifier), "L1902")):
        assert found(pair_without_modifier, coded_as(coded, *codes), paired) == []


def test_the_associated_modifiers_are_those_of_the_policy_manual() -> None:
    assert ncci_oracle.ASSOCIATED == ASSOCIATED


def test_a_pair_that_was_never_in_force_denies_nothing(coded: ChartCoded, paired: Reference) -> None:
    chart = coded_as(coded, "G0463", "J1100")

    assert found(pair_never_paid, chart, paired) + found(pair_without_modifier, chart, paired) == []


def test_two_providers_are_no_pair(coded: ChartCoded, paired: Reference) -> None:
    mine, other = {"component": "professional", "performer_npi": GOOD_NPI}, {"performer_npi": OTHER_NPI}
    together = with_lines(coded, line(coded, "G0463", **mine), line(coded, "A6402", **mine))
    apart = with_lines(coded, line(coded, "G0463", **mine), line(coded, "A6402", **{**mine, **other}))

    assert [len(found(pair_never_paid, chart, paired)) for chart in (together, apart)] == [1, 0]


def test_hospital_and_professional_are_no_pair(coded: ChartCoded, paired: Reference) -> None:
    chart = with_lines(coded, line(coded, "G0463"), line(coded, "A6402", component="professional"))

    assert found(pair_never_paid, chart, paired) == []


def test_a_hospitals_lines_are_its_own_whoever_performed_them(coded: ChartCoded, paired: Reference) -> None:
    by_two = with_lines(
        coded, line(coded, "G0463", performer_npi=GOOD_NPI), line(coded, "A6402", performer_npi=OTHER_NPI)
    )

    assert places(found(pair_never_paid, by_two, paired)) == [(2, "services[1]")]


def test_two_days_are_no_pair(coded: ChartCoded, paired: Reference) -> None:
    chart = with_lines(coded, line(coded, "G0463"), line(coded, "A6402", service_from=VISIT + DAY))

    assert found(pair_never_paid, chart, paired) == []


def test_each_setting_has_pairs_of_its_own(coded: ChartCoded, paired: Reference) -> None:
    hospital, professional = (coded_as(coded, "T1015", "A6402", component=c) for c in ("facility", "professional"))

    assert [len(found(pair_never_paid, chart, paired)) for chart in (hospital, professional)] == [1, 0]


@pytest.mark.parametrize(("table", "component"), [("ptp-outpatient", "facility"), ("ptp-practitioner", "professional")])
def test_each_of_the_two_files_serves_alone(
    coded: ChartCoded, reference: Reference, table: str, component: str
) -> None:
    alone = with_tables(reference, release(table, PAIRS))

    assert len(found(pair_never_paid, coded_as(coded, "G0463", "A6402", component=component), alone)) == 1


def test_a_hospitals_services_to_an_inpatient_are_no_pair(stay: ChartCoded, paired: Reference) -> None:
    hospital, professional = (coded_as(stay, "G0463", "A6402", component=c) for c in ("facility", "professional"))

    assert [len(found(pair_never_paid, chart, paired)) for chart in (hospital, professional)] == [0, 1]


def test_without_the_files_nothing_is_said_of_pairs(coded: ChartCoded, reference: Reference) -> None:
    chart = coded_as(coded, "G0463", "A6402", "L1902")
    history = elsewhere(chart, *chart.services)

    assert found(pair_never_paid, chart, reference) + found(pair_without_modifier, chart, reference) == []
    assert found(pair_never_paid_here, chart, reference, history) == []


# Across charts ------------------------------------------------------------------------------------------------------


FIRES_ACROSS: list[Case] = [
    (pair_never_paid_here, "N1", "reject", "236", ("A6402", "G0463")),
    (pair_without_modifier_here, "N2", "reject", "236", ("L1902", "G0463")),
    (pair_never_paid_elsewhere, "N1", "reject", "236", ("G0463", "A6402")),
    (pair_without_modifier_elsewhere, "N2", "reject", "236", ("G0463", "L1902")),
]


@pytest.mark.parametrize("case", FIRES_ACROSS, ids=named(FIRES_ACROSS))
def test_a_service_that_is_part_of_one_on_another_chart_is_found(
    coded: ChartCoded, paired: Reference, case: Case
) -> None:
    edit, rule, severity, carc, (here, there) = case

    said = found(edit, coded_as(coded, here), paired, elsewhere(coded, line(coded, there)))

    assert (kinds(said), places(said)) == ({(rule, severity, carc)}, [(1, "services[0]")])


ACROSS = [
    # why, rule, codes here, codes on the other chart, the lines named here
    ("parted here", pair_without_modifier_here, (("L1902", "59"),), ("G0463",), []),
    ("parted there", pair_without_modifier_elsewhere, ("G0463",), (("L1902", "XS"),), []),
    ("this chart says it itself, of the same line", pair_never_paid_here, ("G0463", "A6402"), ("T1015",), []),
    ("both on the other chart", pair_never_paid_here, ("Q0091",), ("T1015", "A6402"), []),
    ("both on the other chart", pair_never_paid_elsewhere, ("Q0091",), ("T1015", "A6402"), []),
    ("both on this one", pair_never_paid_elsewhere, ("G0463", "A6402"), ("E0100",), []),
    ("two lines here are part of one there", pair_never_paid_here, ("A6402", "Q0091"), ("G0463",), [1, 2]),
    ("two there are part of one here", pair_never_paid_elsewhere, ("G0463",), ("A6402", "Q0091"), [1, 1]),
]  # fmt: skip


@pytest.mark.parametrize("row", ACROSS, ids=[row[0] for row in ACROSS])
def test_what_one_chart_cannot_tell_is_told_over_all(coded: ChartCoded, paired: Reference, row: Any) -> None:
    _, edit, here, there, lines = row
    history = elsewhere(coded, *coded_as(coded, *there).services)

    said = found(edit, coded_as(coded, *here), paired, history)

    assert [finding.line for finding in said] == lines


def test_an_earlier_version_of_the_chart_is_no_other(coded: ChartCoded, paired: Reference) -> None:
    history = elsewhere(coded, line(coded, "G0463"), chart_id=coded.chart_id)

    assert found(pair_never_paid_here, coded_as(coded, "A6402"), paired, history) == []


def test_a_chart_of_another_day_or_hospital_is_no_pair(coded: ChartCoded, paired: Reference) -> None:
    for fields in ({"day": VISIT - DAY}, {"hospital": "st-anna"}, {"component": "professional"}):
        history = elsewhere(coded, line(coded, "G0463"), **fields)
        assert found(pair_never_paid_here, coded_as(coded, "A6402"), paired, history) == []


def test_the_earlier_claim_is_named_and_to_be_replaced_where_its_line_is_denied(
    coded: ChartCoded, paired: Reference
) -> None:
    replaced = [
        ("N1", "G0463", "A6402", ["replace"]),
        ("N1", "A6402", "G0463", []),
        ("N2", "G0463", "L1902", ["replace"]),
        ("N2", "L1902", "G0463", []),
    ]
    for rule, here, there, kind in replaced:
        history = elsewhere(coded, line(coded, there))
        across = check_account(coded_as(coded, here), history, paired, lambda other: ("K1",) if other else ())
        assert [(finding.rule, finding.claim) for finding in across.findings] == [(rule, "K1")]
        assert [proposal.kind for proposal in across.proposals] == kind


def test_a_hospitals_lines_of_another_stay_are_no_pair(coded: ChartCoded, stay: ChartCoded, paired: Reference) -> None:
    for component, lines in (("facility", []), ("professional", [1])):
        there = line(stay, "G0463", component=component, service_from=VISIT)
        chart = coded_as(coded, "A6402", component=component)
        said = found(pair_never_paid_here, chart, paired, elsewhere(stay, there))
        assert [finding.line for finding in said] == lines
