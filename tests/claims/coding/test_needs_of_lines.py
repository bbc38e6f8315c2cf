"""What a look at the columns of the lines says: which rules may find something in them."""

import pytest

from claims.amounts import LARGEST
from claims.edits.columns import Columns, columns_of
from claims.edits.needs import met
from claims.edits.subject import Subject
from claims.edits.units import MOST_UNITS
from claims.tables import Reference
from schemas.events.chart import Restriction
from schemas.events.coded import ChartCoded
from tests.claims.coding.builders import GOOD_NPI, with_line
from tests.claims.coding.changes import (
    as_it_is,
    with_coverage,
    with_diagnoses,
    with_provider,
    with_stay,
)
from tests.claims.coding.given_edits import DAY, VISIT
from tests.claims.coding.given_needs import Change, Given, needed, visit_of_nothing_odd, with_a_second, without_price

WRONG_NPI = "1234567890"
WHOLE = MOST_UNITS // 1000 * 1000


def of_medicaid(chart: ChartCoded, code: str | None) -> ChartCoded:
    return with_line(with_coverage(chart, plan_kind="MC"), code=code)


def paid(cents: int) -> Change:
    return lambda chart: chart.model_copy(update={"payments_cents": cents})


def line_at(place: str) -> Change:
    return lambda chart: with_line(chart, place_of_service=place)


def encounter_at(place: str) -> Change:
    return lambda chart: with_stay(chart, place_of_service=place)


LINES = [
    needed("a visit in which nothing is odd", as_it_is),
    needed("no line", lambda c: c.model_copy(update={"services": ()}), "no lines"),
    needed("a modifier", lambda c: with_line(c, modifiers=("25",)), "modifiers", "notices"),
    needed("a modifier of the second line", lambda c: with_a_second(c, code="A6402", modifiers=("25",)),
           "modifiers", "notices"),
    needed("a notice was given", lambda c: with_line(c, abn=True), "notices"),
    needed("none was given", lambda c: with_line(c, abn=False), "notices"),
    needed("a notice for one line of two", lambda c: with_a_second(c, code="A6402", abn=True), "notices"),
    needed("a package of a single dose", lambda c: with_line(c, single_dose=True), "single doses"),
    needed("a package of several", lambda c: with_line(c, single_dose=False), "single doses"),
    needed("an NDC", lambda c: with_line(c, ndc="00000000000"), "drugs"),
    needed("an NDC's unit alone", lambda c: with_line(c, ndc_unit="ML"), "drugs"),
    needed("an NDC's quantity alone", lambda c: with_line(c, ndc_quantity=1000), "drugs"),
    needed("an NDC's quantity of nothing", lambda c: with_line(c, ndc_quantity=0), "drugs"),
    needed("a drug that Medicaid is asked for", lambda c: of_medicaid(c, "J1100"), "drugs"),
    needed("a biosimilar that Medicaid is asked for", lambda c: of_medicaid(c, "Q5101"), "drugs"),
    needed("a hospice's place, which is no biosimilar", lambda c: of_medicaid(c, "Q5001")),
    needed("no code that Medicaid is asked for", lambda c: of_medicaid(c, None)),
    needed("a drug that another payer is asked for", lambda c: with_line(c, code="J1100")),
    needed("a code in small letters", lambda c: with_line(c, code="g0463"), "codes without shape"),
    needed("a line without a code", lambda c: with_line(c, code=None)),
    needed("a code of men", lambda c: with_line(c, code="G0102"), "codes of one sex"),
    needed("a code beside those of men", lambda c: with_line(c, code="G0104")),
    *(needed(f"a line of an inpatient's place, {place}", line_at(place), "inpatient places")
      for place in ("21", "51", "61")),
    *(needed(f"an encounter of such a place, {place}", encounter_at(place), "inpatient places")
      for place in ("21", "51", "61")),
    needed("an emergency room", lambda c: with_stay(with_line(c, place_of_service="23"), place_of_service="23")),
    needed("a place that nobody says", lambda c: with_stay(with_line(c, place_of_service=None), place_of_service=None)),
    needed("a line twice", with_a_second, "lines alike"),
    needed("the same line but for its units", lambda c: with_a_second(c, group=None, units=2000), "lines alike"),
    needed("the same line with another code", lambda c: with_a_second(c, code="A6402")),
    needed("the same line of another revenue code", lambda c: with_a_second(c, revenue_code="0510")),
    needed("the same line of the day before", lambda c: with_a_second(c, service_from=VISIT - DAY), "days outside"),
    needed("a pointer before the first diagnosis", lambda c: with_line(c, pointers=(0,)), "pointers astray"),
    needed("no pointer", lambda c: with_line(c, pointers=())),
    needed("a pointer behind the last", lambda c: with_line(c, pointers=(1, 2)), "pointers astray"),
    needed("a pointer at the last of two", lambda c: with_line(with_diagnoses(c, "I10", "R05.1"), pointers=(1, 2)),
           "diagnoses"),
    needed("a pointer behind the last of two", lambda c: with_line(with_diagnoses(c, "I10", "R05.1"), pointers=(3,)),
           "diagnoses", "pointers astray"),
    needed("a stray pointer of the second line", lambda c: with_a_second(c, code="A6402", pointers=(2,)),
           "pointers astray"),
    needed("nobody rendered it", lambda c: with_line(c, performer_npi=None), "providers unknown"),
    needed("nobody rendered one of two", lambda c: with_a_second(c, code="A6402", performer_npi=None),
           "providers unknown"),
    needed("a group that nobody knows", lambda c: with_provider(c, GOOD_NPI, billing_entity="elsewhere"),
           "providers unknown"),
    needed("another group of the hospital's", lambda c: with_provider(c, GOOD_NPI, billing_entity="mercy-general")),
    needed("a provider of no group", lambda c: with_provider(c, GOOD_NPI, billing_entity=None)),
    needed("no provider", lambda c: with_stay(c, providers=())),
    needed("a wrong check digit of who rendered it", lambda c: with_line(c, performer_npi=WRONG_NPI), "check digits"),
    needed("a wrong one of who ordered it", lambda c: with_line(c, ordering_npi=WRONG_NPI), "check digits"),
    needed("a right one of who ordered it", lambda c: with_line(c, ordering_npi=GOOD_NPI)),
    needed("a wrong one of the encounter's provider", lambda c: with_provider(c, WRONG_NPI), "check digits"),
    needed("a provider without NPI", lambda c: with_provider(c, None)),
    needed("hours of observation", lambda c: with_line(c, code="G0378"), "observation"),
    needed("a referral to observation", lambda c: with_line(c, code="G0379"), "observation"),
    needed("the revenue code of observation", lambda c: with_line(c, revenue_code="0762"), "observation"),
    needed("that of treatment beside it", lambda c: with_line(c, revenue_code="0761")),
    needed("no unit", lambda c: without_price(c, units=0), "units not whole"),
    needed("a fraction of a unit", lambda c: without_price(c, units=1), "units not whole"),
    needed("a unit and a fraction", lambda c: without_price(c, units=1999), "units not whole"),
    needed("two units", lambda c: without_price(c, units=2000)),
    needed("as many units as a claim can say", lambda c: without_price(c, units=WHOLE)),
    needed("one unit more", lambda c: without_price(c, units=WHOLE + 1000), "units not whole"),
    needed("a fraction in the second line", lambda c: with_a_second(c, code="A6402", units=500), "units not whole"),
    needed("nothing charged", lambda c: without_price(c, charge_cents=0)),
    needed("a negative charge", lambda c: without_price(c, charge_cents=-1), "odd amounts"),
    needed("all of it is not covered", lambda c: with_line(c, non_covered_cents=13700)),
    needed("more than all is not covered", lambda c: with_line(c, non_covered_cents=13701), "odd amounts"),
    needed("less than nothing is not covered", lambda c: with_line(c, non_covered_cents=-1), "odd amounts"),
    needed("as much as a claim can say", lambda c: without_price(c, charge_cents=LARGEST)),
    needed("a cent more", lambda c: without_price(c, charge_cents=LARGEST + 1), "odd amounts"),
    needed("two lines, with as much as it can say", lambda c: with_a_second(c, code="A6402",
           charge_cents=LARGEST - 13700)),
    needed("two lines, with a cent more", lambda c: with_a_second(c, code="A6402", charge_cents=LARGEST - 13699),
           "odd amounts"),
    *(needed(f"payments of {side} the largest amount", paid(cents))
      for side, cents in (("plus", LARGEST), ("minus", -LARGEST))),
    *(needed(f"payments of a cent beyond {side} that", paid(cents), "odd amounts")
      for side, cents in (("plus", LARGEST + 1), ("minus", -LARGEST - 1))),
    needed("what the patient paid to keep from his payer", lambda c: c.model_copy(
           update={"restrictions": (Restriction(statement="v-1", paid_cents=100),)}), "odd amounts"),
    needed("a cent more than the chargemaster's", lambda c: with_line(c, charge_cents=13701), "other charges"),
    needed("a cent less", lambda c: with_line(c, charge_cents=13699), "other charges"),
    needed("two units for its price of two", lambda c: with_line(c, units=2000, charge_cents=27400)),
    needed("two units for the price of one", lambda c: with_line(c, units=2000), "other charges"),
    needed("another price where it has none", lambda c: without_price(c, charge_cents=13701)),
    needed("another charge of the second line", lambda c: with_a_second(c, modifiers=(), service_from=VISIT - DAY,
           charge_cents=1), "days outside", "other charges"),
]  # fmt: skip


@pytest.mark.parametrize("given", LINES, ids=[given.reason for given in LINES])
def test_what_the_columns_of_the_lines_say(coded: ChartCoded, reference: Reference, given: Given) -> None:
    assert met(given.subject(visit_of_nothing_odd(coded), reference)) == given.needs


@pytest.mark.parametrize(("pointers", "astray"), [((1, 11), False), ((0,), True), ((12,), True)])
def test_pointers_reach_from_the_first_diagnosis_to_the_last_however_many(
    coded: ChartCoded, reference: Reference, pointers: tuple[int, ...], astray: bool
) -> None:
    eleven = with_line(with_diagnoses(coded, *["I10"] * 11), pointers=pointers)
    assert ("pointers astray" in met(Subject(eleven, reference))) == astray


def test_the_lines_stand_side_by_side(coded: ChartCoded) -> None:
    columns = columns_of(coded.services)

    assert columns == Columns(*(tuple(getattr(line, field) for line in coded.services) for field in Columns._fields))
    assert columns.code == ("G0463", "T1015", "P2028")
    assert columns.charge_cents == (19200, 13700, 2100)


def test_a_chart_without_a_line_has_every_column_and_nothing_in_it(coded: ChartCoded) -> None:
    assert set(columns_of(())) == {()}
    assert len(columns_of(())) == len(columns_of(coded.services))
