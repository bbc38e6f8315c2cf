"""Amounts ($1, $2, $3)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from claims.chargemaster import parse_chargemaster
from claims.edits import check_chart
from claims.edits.money import amounts_beyond_a_claim, charge_not_of_the_chargemaster, nothing_charged
from claims.tables import Reference
from schemas.events.chart import Restriction
from schemas.events.coded import ChartCoded, Service
from tests.claims.coding.builders import CHARGEMASTER, with_line
from tests.claims.coding.given_edits import Case, found, kinds, line, named, places, with_lines

MOST = 99_999_999_99


def paid(*amounts: int) -> Any:
    """A change to a chart of which these amounts were paid for restricted items."""
    items = tuple(Restriction(statement=f"s-{at}", paid_cents=cents) for at, cents in enumerate(amounts))
    return lambda c: c.model_copy(update={"restrictions": items})


def priced(chart: ChartCoded, *cents: int) -> list[Service]:
    return [line(chart, "A6402", charge_cents=charge) for charge in cents]


FIRES: list[Case] = [
    (amounts_beyond_a_claim, "$1", "reject", "16", lambda c: with_line(c, charge_cents=-500)),
    (amounts_beyond_a_claim, "$1", "reject", "16", lambda c: with_line(c, charge_cents=MOST + 1)),
    (amounts_beyond_a_claim, "$1", "reject", "16", lambda c: with_line(c, charge_cents=MOST)),
    (amounts_beyond_a_claim, "$1", "reject", "16", lambda c: with_lines(c, *priced(c, MOST, 1))),
    (amounts_beyond_a_claim, "$1", "reject", "16", lambda c: with_line(c, charge_cents=5, non_covered_cents=6)),
    (amounts_beyond_a_claim, "$1", "reject", "16", lambda c: with_line(c, non_covered_cents=-1)),
    (amounts_beyond_a_claim, "$1", "reject", "16", lambda c: c.model_copy(update={"payments_cents": 2**53})),
    (amounts_beyond_a_claim, "$1", "reject", "16", lambda c: c.model_copy(update={"payments_cents": -MOST - 1})),
    (amounts_beyond_a_claim, "$1", "reject", "16", paid(MOST + 1)),
    (amounts_beyond_a_claim, "$1", "reject", "16", paid(MOST, 1)),
    (charge_not_of_the_chargemaster, "$2", "warn", None, lambda c: with_line(c, charge_cents=19_199)),
    (charge_not_of_the_chargemaster, "$2", "warn", None, lambda c: with_line(c, charge_cents=19_201)),
    (charge_not_of_the_chargemaster, "$2", "warn", None, lambda c: with_line(c, units=2000)),
    (charge_not_of_the_chargemaster, "$2", "warn", None, lambda c: with_line(c, charge_cents=0)),
    (nothing_charged, "$3", "reject", "16", lambda c: c.model_copy(update={"services": ()})),
]
PLACES = [
    *[(1, "services[0].charge_cents")] * 2, *[(None, "services")] * 2, *[(1, "services[0].charge_cents")] * 2,
    *[(None, "payments_cents")] * 2, *[(None, "restrictions")] * 2, *[(1, "services[0].charge_cents")] * 4,
    (None, "services"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "place"), list(zip(FIRES, PLACES, strict=True)), ids=named(FIRES))
def test_a_wrong_amount_is_found(coded: ChartCoded, reference: Reference, case: Case, place: Any) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(coded), reference)

    assert kinds(said) == {(rule, severity, carc)}
    assert place in places(said)
    assert found(edit, coded, reference) == []


PASSES = [
    ("a charge of nothing", amounts_beyond_a_claim, lambda c: with_line(c, charge_cents=0)),
    ("the largest amount", amounts_beyond_a_claim, lambda c: with_lines(c, line(c, "A6402", charge_cents=MOST))),
    ("all of it not covered", amounts_beyond_a_claim, lambda c: with_line(c, charge_cents=5, non_covered_cents=5)),
    ("a refund", amounts_beyond_a_claim, lambda c: c.model_copy(update={"payments_cents": -MOST})),
    ("the largest payments for what is restricted", amounts_beyond_a_claim, paid(MOST - 1, 1)),
    ("two, at their price", charge_not_of_the_chargemaster, lambda c: with_line(c, units=2000, charge_cents=38_400)),
    ("a department without a row", charge_not_of_the_chargemaster, lambda c: with_line(c, charge_cents=1, group=None)),
    ("a code without a row", charge_not_of_the_chargemaster, lambda c: with_line(c, charge_cents=1, code="A0001")),
    ("units of no known price", charge_not_of_the_chargemaster, lambda c: with_line(c, units=1500, charge_cents=1)),
    ("no units", charge_not_of_the_chargemaster, lambda c: with_line(c, units=0)),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "change"), [row[1:] for row in PASSES], ids=[row[0] for row in PASSES])
def test_a_right_amount_passes(coded: ChartCoded, reference: Reference, edit: Any, change: Any) -> None:
    assert found(edit, change(coded), reference) == []


def test_a_charge_of_nothing_is_only_told_where_the_chargemaster_has_one(
    coded: ChartCoded, reference: Reference
) -> None:
    said = check_chart(with_line(coded, charge_cents=0), reference)

    assert [(finding.rule, finding.severity) for finding in said] == [("$2", "warn")]


PRICES = [
    ("the price of 31 December 2025", date(2025, 12, 31), 18_500, True),
    ("next year's price, the day before", date(2025, 12, 31), 19_200, False),
    ("last year's price on New Year", date(2026, 1, 1), 18_500, False),
    ("the price of 1 January 2026", date(2026, 1, 1), 19_200, True),
]


@pytest.mark.parametrize(("day", "cents", "right"), [row[1:] for row in PRICES], ids=[row[0] for row in PRICES])
def test_a_price_is_that_of_the_day(
    coded: ChartCoded, reference: Reference, day: date, cents: int, right: bool
) -> None:
    chart = with_line(coded, service_from=day, charge_cents=cents)

    assert bool(found(charge_not_of_the_chargemaster, chart, reference)) is not right


@pytest.mark.parametrize(("cents", "right"), [(4199, False), (4200, True), (5100, True), (6000, True), (6001, False)])
def test_of_several_rows_a_line_may_be_a_sum(coded: ChartCoded, reference: Reference, cents: int, right: bool) -> None:
    second = "loinc,2339-0,Glucose in blood,P2028,,0301,,,3000,facility,laboratory,2025-01-01,\n"
    master = parse_chargemaster(CHARGEMASTER + second, "mercy-general.csv")
    tests = next(service for service in coded.services if service.code == "P2028")
    chart = with_lines(coded, tests.model_copy(update={"units": 2000, "charge_cents": cents}))

    said = found(charge_not_of_the_chargemaster, chart, replace(reference, chargemasters={"mercy-general": master}))

    assert (said == []) is right
