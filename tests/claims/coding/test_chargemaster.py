"""The chargemaster: prices by date, whole units, and a broken row named by file, line and column."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.chargemaster import Chargemaster, parse_chargemaster
from claims.chargemaster_file import OPTIONAL
from claims.reference import BadReference
from schemas.events.chart import Coding
from tests.claims.coding.given_charges import DRUG, file_of, row
from tests.claims.coding.given_charges import HEADER as WIDE

HEADER = "system,code,description,hcpcs,modifiers,revenue_code,unit,per_unit,price_cents,component,department,start,end"
ROW = "loinc,2345-7,Glucose,P2028,,0301,,,2100,facility,laboratory,2025-01-01,"
DAY = date(2026, 3, 10)


def glucose() -> Coding:
    return Coding(system="http://loinc.org", code="2345-7")


def test_a_service_is_priced_by_its_code(chargemaster: Chargemaster) -> None:
    charge = chargemaster.charge([glucose()], None, DAY)

    assert charge is not None
    assert (charge.billing_code, charge.price_cents, charge.department) == ("P2028", 2100, "laboratory")


def test_the_price_is_of_the_day(chargemaster: Chargemaster) -> None:
    prices = [
        [charge.price_cents for charge in chargemaster.visit("ambulatory", day)]
        for day in (date(2024, 12, 31), date(2025, 12, 31), date(2026, 1, 1))
    ]

    assert prices == [[], [18500, 13700], [19200, 13700]]


def test_facility_and_professional_are_two_charges(chargemaster: Chargemaster) -> None:
    assert [c.component for c in chargemaster.visit("ambulatory", DAY)] == ["facility", "professional"]


def test_the_first_coding_with_a_row_is_taken(chargemaster: Chargemaster) -> None:
    codings = [Coding(system="http://snomed.info/sct", code="1"), glucose()]

    assert chargemaster.charges(codings, "wound dressing", DAY)[0].code == "2345-7"


def test_an_order_without_a_known_code_is_found_by_its_text(chargemaster: Chargemaster) -> None:
    assert chargemaster.charges([], "  Wound   DRESSING", DAY)[0].billing_code == "A6402"


def test_a_code_of_an_unknown_system_is_the_hospitals_own(chargemaster: Chargemaster) -> None:
    assert chargemaster.charges([Coding(system="urn:x", code="X-17")], None, DAY)[0].modifiers == ("RT",)


def test_a_code_of_five_digits_is_accepted() -> None:
    master = parse_chargemaster(f"{HEADER}\n{ROW.replace('P2028', '0' * 5)}", "x.csv")

    assert len(master) == 1


UNITS = [
    # reason, quantity, unit, billing units of a charge per 10 mg
    ("a multiple", 20_000, "mg", 2),
    ("12 mg have used a second unit", 12_000, "mg", 2),
    ("less than one unit is one", 1, "mg", 1),
    ("another unit says nothing", 20_000, "mL", None),
    ("no quantity says nothing", None, "mg", None),
    ("none given", 0, "mg", None),
]


@pytest.mark.parametrize(("quantity", "unit", "units"), [r[1:] for r in UNITS], ids=[r[0] for r in UNITS])
def test_a_dose_is_billed_in_whole_units(
    chargemaster: Chargemaster, quantity: int | None, unit: str, units: int | None
) -> None:
    charge = chargemaster.charge([Coding(system="http://www.nlm.nih.gov/research/umls/rxnorm", code="7804")], None, DAY)

    assert charge is not None
    assert charge.units(quantity, unit) == units


@given(st.integers(min_value=1, max_value=10**9))
def test_units_cover_the_dose_and_waste_less_than_one(quantity: int) -> None:
    row = "rxnorm,7804,A drug per 10 mg,J1100,,0636,mg,10,1250,facility,pharmacy,2025-01-01,"
    charge = parse_chargemaster(f"{HEADER}\n{row}", "x.csv").charge(
        [Coding(system="http://www.nlm.nih.gov/research/umls/rxnorm", code="7804")], None, DAY
    )

    assert charge is not None
    units = charge.units(quantity, "mg")
    assert units is not None
    assert 0 <= units * 10_000 - quantity < 10_000


@pytest.mark.parametrize(("minutes", "hours"), [(10, None), (29, None), (30, 1), (89, 1), (90, 2), (600, 10)])
def test_hours_of_observation_are_rounded_to_the_nearest(
    chargemaster: Chargemaster, minutes: int, hours: int | None
) -> None:
    (charge,) = chargemaster.visit("observation", DAY)

    assert charge.units(minutes * 1000 // 60 + (minutes * 1000 % 60 > 0), "h") == hours


def test_a_quantity_that_no_claim_can_charge_is_no_units(chargemaster: Chargemaster) -> None:
    charge = chargemaster.charge([Coding(system="http://www.nlm.nih.gov/research/umls/rxnorm", code="7804")], None, DAY)
    assert charge is not None
    assert charge.units(2**53, "mg") is None


def test_an_occurrence_is_one_unit(chargemaster: Chargemaster) -> None:
    charge = chargemaster.charge([glucose()], None, DAY)

    assert charge is not None
    assert charge.units(None, None) == 1


BROKEN = [
    # reason, what stands in the row, what instead, field
    ("unknown system", "loinc,2345-7", "lonc,2345-7", "system"),
    ("a price with a point", ",2100,", ",21.00,", "price_cents"),
    ("a negative price", ",2100,", ",-2100,", "price_cents"),
    ("a price of other digits", ",2100,", ",٢١٠٠,", "price_cents"),
    ("no price", ",2100,", ",,", "price_cents"),
    ("no such day", "2025-01-01", "2025-02-30", "start"),
    ("no start", "2025-01-01", "", "start"),
    ("ends before it starts", "2025-01-01,", "2025-01-01,2024-12-31", "end"),
    ("a revenue code without its zero", ",0301,", ",301,", "revenue_code"),
    ("dental", "P2028", "D" + "0120", "hcpcs"),
    ("lower case", "P2028", "p2028", "hcpcs"),
    ("a modifier of three letters", "P2028,,", "P2028,LTX,", "modifiers"),
    ("neither facility nor professional", "facility", "hospital", "component"),
    ("per unit of what?", ",0301,,,", ",0301,,10,", "unit"),
    ("a quantity of nothing", ",0301,,,", ",0301,mg,0,", "per_unit"),
    ("finer than a thousandth", ",0301,,,", ",0301,mg,0.0001,", "per_unit"),
    ("a department longer than a line", "laboratory", "L" * 241, "department"),
    ("a department with a tab", "laboratory", "labo\tratory", "department"),
    ("a line that only some programs see", "Glucose", "Glu\x85cose", "description"),
    ("a description longer than a line", "Glucose", "G" * 241, "description"),
    ("a code that no chart can name", "2345-7", "2" * 41, "code"),
    ("a price of 5,000 digits", ",2100,", f",{'1' * 5000},", "price_cents"),
    ("a price of eleven digits", ",2100,", f",{'1' * 11},", "price_cents"),
    ("a quantity of 30 digits", ",0301,,,", f",0301,mg,{'1' * 30},", "per_unit"),
    ("a week instead of a day", "2025-01-01", "2025W011", "start"),
    ("a day without hyphens", "2025-01-01", "20250101", "start"),
    ("no description", "Glucose", "", "description"),
    ("a cell too many", "laboratory", "laboratory,again", "row"),
    ("an open quote", "Glucose", '"Glucose', "row"),
]


@pytest.mark.parametrize(("written", "instead", "field"), [r[1:] for r in BROKEN], ids=[r[0] for r in BROKEN])
def test_a_broken_row_is_named_by_line_column_and_field(written: str, instead: str, field: str) -> None:
    good = "loinc,1,Other,P2029,,0301,,,2100,facility,laboratory,2025-01-01,"
    broken = ROW.replace(written, instead, 1)

    with pytest.raises(BadReference) as caught:
        parse_chargemaster("\n".join([HEADER, good, broken]), "mercy.csv")

    assert (caught.value.file, caught.value.line, caught.value.field) == ("mercy.csv", 3, field)
    assert caught.value.column == _start(broken, field)


EXTRA_BROKEN = [
    # reason, columns of a row per 10 mg, field
    ("a conversion without its amount", {"conversions": "mL"}, "conversions"),
    ("a conversion of nothing", {"conversions": "mL:0"}, "conversions"),
    ("a conversion by nothing", {"conversions": "mL:4/0"}, "conversions"),
    ("a negative conversion", {"conversions": "mL:-4"}, "conversions"),
    ("a conversion with an exponent", {"conversions": "mL:4e2"}, "conversions"),
    ("digits of another script", {"conversions": "mL:٤"}, "conversions"),
    ("a number of 30 digits", {"conversions": f"mL:{'1' * 30}"}, "conversions"),
    ("a unit twice, in other letters", {"conversions": "mL:4;ML:5"}, "conversions"),
    ("the row's own unit", {"conversions": "MG:1"}, "conversions"),
    ("nothing to convert to", {"conversions": "mL:4", "per_unit": ""}, "conversions"),
    ("a fact nobody documents", {"modifier_rules": "upper:E1"}, "modifier_rules"),
    ("a rule without its modifier", {"modifier_rules": "left"}, "modifier_rules"),
    ("a modifier of three letters", {"modifier_rules": "left:LTX"}, "modifier_rules"),
    ("another way to bill waste", {"waste": "yes"}, "waste"),
    ("waste of a drug that is not counted", {"waste": "jw", "per_unit": ""}, "waste"),
    ("waste that no code stands for", {"waste": "jw", "hcpcs": ""}, "waste"),
    ("a list longer than a code", {"price_list": "l" * 41}, "price_list"),
]


@pytest.mark.parametrize(("cells", "field"), [r[1:] for r in EXTRA_BROKEN], ids=[r[0] for r in EXTRA_BROKEN])
def test_a_broken_cell_that_may_be_left_out_is_named_too(cells: dict[str, str], field: str) -> None:
    broken = row(DRUG, **cells)

    with pytest.raises(BadReference) as caught:
        parse_chargemaster(file_of(broken), "x.csv")

    before = WIDE.split(",").index(field)
    assert (caught.value.line, caught.value.field) == (2, field)
    assert caught.value.column == 1 + sum(len(cell) + 1 for cell in broken.split(",")[:before])


@pytest.mark.parametrize("name", OPTIONAL)
def test_each_of_those_columns_may_stand_alone(name: str) -> None:
    assert len(parse_chargemaster(f"{HEADER},{name}\n{ROW},", "x.csv")) == 1


def _start(row: str, field: str) -> int:
    """Where the cell of that column begins, from 1; a row as a whole begins at 1."""
    before = HEADER.split(",").index(field) if field != "row" else 0
    return 1 + sum(len(cell) + 1 for cell in row.split(",")[:before])


def test_a_column_behind_a_quoted_comma_is_counted_right() -> None:
    row = ROW.replace("Glucose", '"Glucose, blood"').replace(",2100,", ",x,")

    with pytest.raises(BadReference) as caught:
        parse_chargemaster(f"{HEADER}\n{row}", "x.csv")

    assert row[caught.value.column - 1] == "x"


def test_two_prices_for_one_day_are_refused() -> None:
    with pytest.raises(BadReference, match="end it"):
        parse_chargemaster(f"{HEADER}\n{ROW}\n{ROW.replace('2025-01-01', '2026-01-01')}", "x.csv")


def test_a_new_price_after_the_old_one_ended_is_taken() -> None:
    old, new = f"{ROW}2025-12-31", ROW.replace("2025-01-01", "2026-01-01")

    assert len(parse_chargemaster(f"{HEADER}\n{old}\n{new}", "x.csv")) == 2


def test_of_many_rows_for_one_day_the_first_that_is_too_many_is_told() -> None:
    rows = "\n".join(f"{ROW}" for _ in range(20_000))

    with pytest.raises(BadReference) as caught:
        parse_chargemaster(f"{HEADER}\n{rows}", "x.csv")

    assert caught.value.line == 3


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadReference) as caught:
        parse_chargemaster(HEADER.replace(",price_cents", ""), "x.csv")

    assert (caught.value.line, caught.value.field) == (1, "price_cents")


def test_an_error_never_repeats_the_cell() -> None:
    with pytest.raises(BadReference) as caught:
        parse_chargemaster(f"{HEADER}\n{ROW.replace('2100', 'secret')}", "x.csv")

    assert "secret" not in str(caught.value)
