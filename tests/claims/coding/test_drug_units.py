"""From a charted dose to billing units: conversions are exact, rounding happens once, what was discarded is apart."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.services import Priced
from claims.tables import Reference
from claims.validation import validate
from schemas.events.chart import ChartCompleted, Coding, Statement
from schemas.events.coded import ChartCoded, Service
from tests.claims.coding.builders import at
from tests.claims.coding.given_charges import DRUG, charge_of, row, with_master
from tests.claims.coding.test_services import RXNORM, drug, priced

CONVERTED = [
    # reason, conversions, thousandths, unit, units of a code per 10 mg
    ("4 mg in a mL", "mL:4", 3_000, "mL", 2),
    ("letters of units don't matter", "mL:4", 3_000, "ml", 2),
    ("its own unit goes on as it is", "mL:4", 12_000, "mg", 2),
    ("its own unit in other letters", "mL:4", 12_000, "MG", 2),
    ("a whole vial", "mL:4;vial:100", 1_000, "vial", 10),
    ("100 mg in 3 mL, exactly ten units in 3 mL", "mL:100/3", 3_000, "mL", 10),
    ("a thousandth of a mL more is another unit", "mL:100/3", 3_001, "mL", 11),
    ("a thousandth of the unit", "mcg:1/1000", 10_000_000, "mcg", 1),
    ("a unit the row doesn't know", "mL:4", 1_000, "tablet", None),
]


@pytest.mark.parametrize(
    ("conversions", "quantity", "unit", "units"), [r[1:] for r in CONVERTED], ids=[r[0] for r in CONVERTED]
)
def test_a_quantity_in_another_unit_is_converted(conversions: str, quantity: int, unit: str, units: int | None) -> None:
    assert charge_of(DRUG, conversions=conversions).units(quantity, unit) == units


ratios = st.tuples(st.integers(1, 10**6), st.integers(1, 10**6))


@given(st.integers(0, 10**9), ratios)
def test_a_conversion_is_exact(quantity: int, ratio: tuple[int, int]) -> None:
    above, below = ratio
    charge = charge_of(DRUG, conversions=f"mL:{above}/{below}")

    assert charge.measured(quantity, "mL") == Fraction(quantity * above, below)


@given(st.integers(1, 10**7), ratios, st.integers(1, 10**6))
def test_units_are_whole_cover_the_dose_and_exceed_it_by_less_than_one(
    quantity: int, ratio: tuple[int, int], per_unit: int
) -> None:
    charge = charge_of(
        DRUG,
        per_unit=f"{per_unit // 1000}.{per_unit % 1000:03}",
        conversions=f"mL:{ratio[0]}/{ratio[1]}",
        price_cents="0",
    )
    units = charge.units(quantity, "mL")

    if units is not None:
        assert isinstance(units, int)
        dose = Fraction(quantity * ratio[0], ratio[1])
        assert 0 <= units * per_unit - dose < per_unit


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_given_and_discarded_units_never_exceed_the_container(dose: int, discarded: int) -> None:
    charge = charge_of(DRUG, waste="jw")
    given_units, wasted = charge.rounded(Fraction(dose)), charge.wasted(Fraction(dose), Fraction(discarded))

    assert given_units is not None
    assert wasted >= 0
    assert wasted == 0 or (given_units + wasted) * 10_000 <= dose + discarded


@given(st.lists(st.tuples(st.integers(1, 50_000), st.integers(0, 50_000)), min_size=1, max_size=6))
def test_the_lines_of_a_day_charge_their_units_at_the_price(
    whole_chart: ChartCompleted, reference: Reference, doses: list[tuple[int, int]]
) -> None:
    told = with_master(reference, row(DRUG, waste="jw"))
    statements = [
        drug(id=f"s-{n}", quantity=dose, discarded=waste, single_dose=True) for n, (dose, waste) in enumerate(doses)
    ]

    lines = priced(whole_chart, told, *statements).lines

    assert all(line.charge_cents * 1000 == line.units * 1250 and line.units % 1000 == 0 for line in lines)
    used = sum(dose for dose, _ in doses)
    assert sum(line.units for line in lines if "JW" not in line.modifiers) == -(-used // 10_000) * 1000


def test_doses_in_two_units_are_summed_before_they_are_rounded(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG, conversions="mL:4"))

    (line,) = priced(chart, told, drug(id="a", quantity=6_000), drug(id="b", quantity=1_000, unit="mL")).lines

    assert (line.statement, line.units) == ("a", 1000)  # 6 mg and 4 mg


def test_a_dose_without_its_quantity_is_that_of_its_ndc(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG, conversions="UN:50"))
    vial = drug(quantity=None, unit=None, ndc="00000000001", ndc_quantity=1_000, ndc_unit="UN")

    (line,) = priced(chart, told, vial).lines

    assert (line.units, line.ndc_quantity, line.ndc_unit) == (5000, 1000, "UN")


def test_a_vial_that_may_hold_waste_is_no_dose(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG, conversions="UN:50", waste="jw"))
    vial = drug(quantity=None, unit=None, ndc_quantity=1_000, ndc_unit="UN")

    assert [item.kind for item in priced(chart, told, vial).worklist] == ["quantity"]


def test_ndc_quantities_of_a_day_add_up(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG))
    doses = [drug(id=name, ndc="00000000001", ndc_quantity=500, ndc_unit="ML") for name in "ab"]

    (line,) = priced(chart, told, *doses).lines

    assert line.ndc_quantity == 1000


def lines_of(chart: ChartCompleted, reference: Reference, *told: Statement) -> list[tuple[int, tuple[str, ...]]]:
    lines = priced(chart, with_master(reference, row(DRUG, waste="jw")), *told).lines
    return [(line.units // 1000, line.modifiers) for line in lines]


def vial(**fields: Any) -> Statement:
    return drug(**{"single_dose": True, "quantity": 12_000, "discarded": 0, **fields})


WASTE = [
    # reason, statement, lines as units and modifiers
    ("nothing discarded", vial(), [(2, ("JZ",))]),
    ("what is left of a rounded unit is paid already", vial(discarded=8_000), [(2, ("JZ",))]),
    ("a whole unit beyond the rounded dose", vial(discarded=18_000), [(2, ()), (1, ("JW",))]),
    ("half a unit beyond it is none", vial(discarded=13_000), [(2, ("JZ",))]),
    ("the chart's own modifiers come first", vial(modifiers=("RT",)), [(2, ("RT", "JZ"))]),
    ("the chart says it by modifier itself", vial(modifiers=("JW",), discarded=30_000), [(2, ("JW",))]),
    ("a vial of several doses", vial(single_dose=False, discarded=30_000), [(2, ())]),
    ("nobody said whether it is a single dose", vial(single_dose=None, discarded=30_000), [(2, ())]),
]


@pytest.mark.parametrize(("statement", "lines"), [r[1:] for r in WASTE], ids=[r[0] for r in WASTE])
def test_what_was_discarded_is_a_line_of_its_own(
    chart: ChartCompleted, reference: Reference, statement: Statement, lines: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert lines_of(chart, reference, statement) == lines


BEFORE, FROM = date(2023, 6, 30), date(2023, 7, 1)


def on(day: date, chart: ChartCompleted, reference: Reference, *vials: Statement) -> Priced:
    """Single doses of that day, under a row that asks for waste."""
    then = at(10).replace(year=day.year, month=day.month, day=day.day)
    told = with_master(reference, row(DRUG, waste="jw", start="2020-01-01"))
    return priced(chart, told, *(each.model_copy(update={"performed_at": then}) for each in vials))


@pytest.mark.parametrize(("day", "modifiers"), [(BEFORE, ()), (FROM, ("JZ",))], ids=["before", "from"])
def test_nothing_discarded_is_said_from_july_2023(
    chart: ChartCompleted, reference: Reference, day: date, modifiers: tuple[str, ...]
) -> None:
    (line,) = on(day, chart, reference, vial()).lines

    assert line.modifiers == modifiers


@pytest.mark.parametrize(("day", "items"), [(BEFORE, 0), (FROM, 1)], ids=["before", "from"])
def test_how_much_was_discarded_is_asked_from_july_2023(
    chart: ChartCompleted, reference: Reference, day: date, items: int
) -> None:
    assert len(on(day, chart, reference, vial(discarded=None)).worklist) == items


def test_doses_are_rounded_together_whether_or_not_waste_is_told(chart: ChartCompleted, reference: Reference) -> None:
    lines = on(BEFORE, chart, reference, vial(id="a", discarded=None), vial(id="b", discarded=28_000)).lines

    assert [(line.units // 1000, line.modifiers) for line in lines] == [(3, ()), (2, ("JW",))]


def test_a_row_that_bills_waste_is_not_summed_with_one_that_does_not(
    chart: ChartCompleted, reference: Reference
) -> None:
    told = with_master(reference, row(DRUG, waste="jw"), row(DRUG, code="7805"))
    other = vial(id="b", codings=(Coding(system=RXNORM, code="7805"),), discarded=28_000)

    lines = priced(chart, told, vial(id="a"), other).lines

    assert [(line.units // 1000, line.modifiers) for line in lines] == [(2, ("JZ",)), (2, ())]


def test_waste_in_two_units_is_one_sum_and_its_quantity_on_the_line_unknown(
    chart: ChartCompleted, reference: Reference
) -> None:
    told = with_master(reference, row(DRUG, waste="jw", conversions="mL:4"))
    vials = [vial(id="a", quantity=10_000, discarded=10_000), vial(id="b", quantity=2_500, unit="mL", discarded=2_500)]

    lines = priced(chart, told, *vials).lines

    assert [(line.units, line.discarded) for line in lines] == [(2000, None), (2000, None)]


def test_units_that_cost_more_than_a_claim_can_say_are_none() -> None:
    dear = charge_of(DRUG, price_cents="9999999999")

    assert (dear.units(10_000, "mg"), dear.units(10_001, "mg")) == (1, None)


def test_a_row_that_does_not_ask_for_it_bills_no_waste(chart: ChartCompleted, reference: Reference) -> None:
    (line,) = priced(chart, with_master(reference, row(DRUG)), vial(discarded=50_000)).lines

    assert (line.units, line.modifiers, line.discarded, line.single_dose) == (2000, (), 50_000, True)


def test_how_much_was_discarded_is_asked_and_not_guessed(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG, waste="jw"))

    result = priced(chart, told, vial(discarded=None))

    assert (result.lines, [(item.kind, "discarded" in item.why) for item in result.worklist]) == (
        (),
        [("quantity", True)],
    )


def test_an_inpatients_drug_is_no_part_b_claim(inpatient: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG, waste="jw"))

    (line,) = priced(inpatient, told, vial(discarded=30_000, performed_at=at(4))).lines

    assert (line.units, line.modifiers) == (2000, ())


def test_waste_of_a_day_is_summed_as_doses_are(chart: ChartCompleted, reference: Reference) -> None:
    vials = [vial(id=name, quantity=10_000, discarded=5_000) for name in "ab"]

    assert lines_of(chart, reference, *vials) == [(2, ()), (1, ("JW",))]


def test_the_discarded_line_leaves_the_ndc_quantity_to_the_first(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG, waste="jw"))
    opened = vial(discarded=18_000, ndc="00000000001", ndc_quantity=3_000, ndc_unit="ML")

    lines: tuple[Service, ...] = priced(chart, told, opened).lines

    assert [(line.ndc_quantity, line.ndc_unit) for line in lines] == [(3_000, "ML"), (None, None)]


def test_waste_that_no_claim_can_charge_is_an_item(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG, waste="jw"))

    result = priced(chart, told, vial(discarded=2**53))

    assert (result.lines, [item.kind for item in result.worklist]) == ((), ["quantity"])


def test_a_chart_with_discarded_drugs_passes_the_edits(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(DRUG, waste="jw"))
    opened = vial(discarded=18_000, ndc="00000000001", ndc_quantity=3_000, ndc_unit="ML")
    statements = (*chart.statements[:1], opened)

    answer = validate(chart.model_copy(update={"statements": statements, "orders": ()}), told)

    assert isinstance(answer, ChartCoded)
    assert [(line.modifiers, line.charge_cents) for line in answer.services] == [((), 2500), (("JW",), 1250)]
