"""Units (N3, N4): what a line, a day, and a claim may say."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from claims.codesets.dated import UnitLimit
from claims.codesets.dated_build import release
from claims.edits import check_account
from claims.edits.ncci import units_of_a_day
from claims.edits.units import (
    units_not_whole,
    units_over_day_limit,
    units_over_day_limit_across_charts,
    units_over_line_limit,
)
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Service
from tests.claims.coding.builders import GOOD_NPI, with_line
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

UNITS_OF_A_DAY = [
    ("less than one is one", 1, 1, 1),
    ("a fraction is rounded up", 1_400, 1, 2),
    ("whole ones stay", 2_000, 1, 2),
    ("of two days, just less than half is rounded down", 2_999, 2, 1),
    ("and so is a little less", 2_998, 2, 1),
    ("half is rounded up", 3_000, 2, 2),
    ("many", 2_002_000, 1, 2_002),
]


@pytest.mark.parametrize(
    ("units", "days", "said"), [row[1:] for row in UNITS_OF_A_DAY], ids=[row[0] for row in UNITS_OF_A_DAY]
)
def test_the_units_of_a_day_are_whole_ones(coded: ChartCoded, units: int, days: int, said: int) -> None:
    given = line(coded, "A6402", units=units, service_to=VISIT + (days - 1) * DAY)

    assert units_of_a_day(given) == said


LINE, ABSOLUTE, DOCUMENTED = "A6402", "L1902", "J1100"
QUARTER, ITS_END = VISIT - 9 * DAY, VISIT + 9 * DAY


@pytest.fixture(scope="session")
def limited(reference: Reference) -> Reference:
    limits = [
        UnitLimit(LINE, 2, 1, QUARTER, ITS_END),
        UnitLimit(ABSOLUTE, 2, 2, QUARTER),
        UnitLimit(DOCUMENTED, 2, 3, QUARTER),
    ]
    return with_tables(
        reference,
        release("mue-outpatient", limits),
        release("mue-practitioner", [UnitLimit("T1015", 1, 1, QUARTER), UnitLimit("E0100", 9, 2, QUARTER)]),
        release("mue-dme", [UnitLimit("E0100", 1, 2, QUARTER)]),
    )


def units(*lines: tuple[str, int], **fields: Any) -> Any:
    """A change to lines of these codes and whole units."""
    return lambda c: with_lines(c, *(line(c, code, units=count * 1000, **fields) for code, count in lines))


FIRES: list[Case] = [
    (units_not_whole, "N4", "reject", "16", lambda c: with_line(c, units=0)),
    (units_not_whole, "N4", "reject", "16", lambda c: with_line(c, units=1500)),
    (units_not_whole, "N4", "reject", "16", lambda c: with_line(c, units=10**9 * 1000)),
    (units_over_line_limit, "N3", "reject", "151", units((LINE, 3))),
    (units_over_day_limit, "N3", "reject", "151", units((ABSOLUTE, 3))),
    (units_over_day_limit, "N3", "reject", "151", units((ABSOLUTE, 1), (ABSOLUTE, 2))),
    (units_over_day_limit, "N3", "warn", "151", units((DOCUMENTED, 1), (DOCUMENTED, 2))),
]


@pytest.mark.parametrize("case", FIRES, ids=named(FIRES))
def test_units_that_no_line_or_day_has_are_found(coded: ChartCoded, limited: Reference, case: Case) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(coded), limited)

    assert kinds(said) == {(rule, severity, carc)}
    assert places(said) == [(1, "services[0].units")]
    assert found(edit, coded, limited) == []


def test_the_largest_number_of_units_has_eight_digits(coded: ChartCoded, limited: Reference) -> None:
    sizes = [99_999_999_000, 100_000_000_000]

    assert [len(found(units_not_whole, with_line(coded, units=size), limited)) for size in sizes] == [0, 1]


def test_negative_units_never_come_from_the_wire(coded: ChartCoded) -> None:
    fields = {**coded.services[0].model_dump(), "units": -1000}

    with pytest.raises(ValidationError):
        Service.model_validate(fields)


PASSES = [
    ("at the limit of a line", units_over_line_limit, units((LINE, 2))),
    ("lines that are split are each at the limit", units_over_line_limit, units((LINE, 2), (LINE, 2))),
    ("a limit of a line says nothing of the day", units_over_day_limit, units((LINE, 2), (LINE, 2))),
    ("a limit of a day says nothing of a line", units_over_line_limit, units((ABSOLUTE, 3))),
    ("at the limit of the day", units_over_day_limit, units((ABSOLUTE, 1), (ABSOLUTE, 1))),
    ("a code without a limit is unknown", units_over_line_limit, units(("A4550", 900))),
    ("another setting", units_over_line_limit, units((LINE, 3), component="professional")),
]


@pytest.mark.parametrize(("edit", "change"), [row[1:] for row in PASSES], ids=[row[0] for row in PASSES])
def test_units_within_a_limit_pass(coded: ChartCoded, limited: Reference, edit: Any, change: Any) -> None:
    assert found(edit, change(coded), limited) == []


def test_a_sum_is_of_one_code_day_and_provider(coded: ChartCoded, limited: Reference) -> None:
    two = line(coded, ABSOLUTE, units=2000)
    later, hers = {"service_from": VISIT + DAY, "service_to": VISIT + DAY}, {"performer_npi": GOOD_NPI}
    equipment = line(coded, "E0100", component="professional", modifiers=("NU",))

    apart = with_lines(coded, two, two.model_copy(update=later), equipment, equipment.model_copy(update=hers))

    assert found(units_over_day_limit, apart, limited) == []


def test_a_days_sum_counts_every_modifier(coded: ChartCoded, limited: Reference) -> None:
    chart = coded_as(coded, ABSOLUTE, (ABSOLUTE, "LT"), (ABSOLUTE, "59"))

    assert len(found(units_over_day_limit, chart, limited)) == 1


# why, first day, is the limit in force
BOTH_SIDES = [
    ("the day before", QUARTER - DAY, False),
    ("the first day", QUARTER, True),
    ("the last day", ITS_END, True),
    ("the day after", ITS_END + DAY, False),
]


@pytest.mark.parametrize(("day", "limits"), [row[1:] for row in BOTH_SIDES], ids=[row[0] for row in BOTH_SIDES])
def test_a_limit_is_that_of_the_day(coded: ChartCoded, limited: Reference, day: date, limits: bool) -> None:
    chart = units((LINE, 3), service_from=day, service_to=day)(coded)

    assert bool(found(units_over_line_limit, chart, limited)) is limits


# why, units in thousandths over how many days, is it too much of a limit of 2
AVERAGES = [
    ("four in two days", 4000, 2, False),
    ("five in two days, rounded up from a half", 5000, 2, True),
    ("seven in three days, rounded down", 7000, 3, False),
    ("eight in three days, rounded up", 8000, 3, True),
]


@pytest.mark.parametrize(("size", "days", "over"), [row[1:] for row in AVERAGES], ids=[row[0] for row in AVERAGES])
def test_a_line_over_several_days_is_judged_by_its_average(
    coded: ChartCoded, limited: Reference, size: int, days: int, over: bool
) -> None:
    chart = with_lines(coded, line(coded, LINE, units=size, service_to=VISIT + (days - 1) * DAY))

    assert bool(found(units_over_line_limit, chart, limited)) is over


@pytest.mark.parametrize("modifier", ["NU", "RR", "UE"])
def test_equipment_that_is_sold_or_rented_has_the_suppliers_limit(
    coded: ChartCoded, limited: Reference, modifier: str
) -> None:
    def charts(component: str) -> list[int]:
        equipment = [units(("E0100", 2), component=component, modifiers=given)(coded) for given in ((), (modifier,))]
        return [len(found(units_over_day_limit, chart, limited)) for chart in equipment]

    assert [charts("professional"), charts("facility")] == [[0, 1], [0, 0]]


SETTINGS = [("outpatient", "facility", ()), ("practitioner", "professional", ()), ("dme", "professional", ("RR",))]


@pytest.mark.parametrize(("setting", "component", "modifiers"), SETTINGS, ids=[row[0] for row in SETTINGS])
def test_each_of_the_three_files_serves_alone(
    coded: ChartCoded, reference: Reference, setting: str, component: str, modifiers: tuple[str, ...]
) -> None:
    alone = with_tables(reference, release(f"mue-{setting}", [UnitLimit("E0100", 1, 1, QUARTER)]))
    chart = units(("E0100", 2), component=component, modifiers=modifiers)(coded)

    assert len(found(units_over_line_limit, chart, alone)) == 1


def test_a_hospitals_services_to_an_inpatient_have_no_limit(stay: ChartCoded, limited: Reference) -> None:
    line_limit, day_limit = units((LINE, 3))(stay), units((ABSOLUTE, 3))(stay)

    assert found(units_over_line_limit, line_limit, limited) + found(units_over_day_limit, day_limit, limited) == []


def test_without_the_files_nothing_is_said_of_limits(coded: ChartCoded, reference: Reference) -> None:
    assert found(units_over_line_limit, units((LINE, 900))(coded), reference) == []
    assert found(units_over_day_limit, units((ABSOLUTE, 900))(coded), reference) == []


# Across charts ------------------------------------------------------------------------------------------------------

FIRES_ACROSS: list[Case] = [
    (units_over_day_limit_across_charts, "N3", "reject", "151", (ABSOLUTE, 1, 2)),
    (units_over_day_limit_across_charts, "N3", "warn", "151", (DOCUMENTED, 2, 1)),
]


@pytest.mark.parametrize("case", FIRES_ACROSS, ids=named(FIRES_ACROSS))
def test_a_days_sum_over_all_charts_is_found(coded: ChartCoded, limited: Reference, case: Case) -> None:
    edit, rule, severity, carc, (code, here, there) = case

    said = found(edit, units((code, here))(coded), limited, elsewhere(coded, line(coded, code, units=there * 1000)))

    assert (kinds(said), places(said)) == ({(rule, severity, carc)}, [(1, "services[0].units")])


NOT_ACROSS = [
    ("together at the limit", (ABSOLUTE, 1), (ABSOLUTE, 1)),
    ("this chart alone is over it, and says so", (ABSOLUTE, 3), (ABSOLUTE, 1)),
    ("the others alone are over it", ("A4550", 1), (ABSOLUTE, 3)),
    ("a limit of a line", (LINE, 2), (LINE, 2)),
]


@pytest.mark.parametrize(("here", "there"), [row[1:] for row in NOT_ACROSS], ids=[row[0] for row in NOT_ACROSS])
def test_what_the_charts_do_not_exceed_together_is_not_told(
    coded: ChartCoded, limited: Reference, here: tuple[str, int], there: tuple[str, int]
) -> None:
    history = elsewhere(coded, line(coded, there[0], units=there[1] * 1000))

    assert found(units_over_day_limit_across_charts, units(here)(coded), limited, history) == []


def test_what_two_lines_of_this_chart_exceed_is_told_of_it_alone(coded: ChartCoded, limited: Reference) -> None:
    chart, history = units((ABSOLUTE, 2), (ABSOLUTE, 1))(coded), elsewhere(coded, line(coded, ABSOLUTE, units=1000))

    assert len(found(units_over_day_limit, chart, limited)) == 1
    assert found(units_over_day_limit_across_charts, chart, limited, history) == []


def test_a_limit_of_a_line_is_told_by_the_rule_of_lines(coded: ChartCoded, limited: Reference) -> None:
    assert found(units_over_day_limit, units((LINE, 3))(coded), limited) == []


@pytest.mark.parametrize(("code", "kinds_of_mend"), [(ABSOLUTE, ["replace"]), (DOCUMENTED, [])])
def test_the_other_charts_claim_is_to_be_sent_again_unless_the_sum_only_warns(
    coded: ChartCoded, limited: Reference, code: str, kinds_of_mend: list[str]
) -> None:
    history = elsewhere(coded, line(coded, code, units=2000))

    across = check_account(units((code, 1))(coded), history, limited)
    proposals = [each for each in across.proposals if each.why.startswith("N3")]

    assert [each.kind for each in proposals] == kinds_of_mend
    assert {(each.chart_id, each.into) for each in proposals} <= {("c-0", None)}
