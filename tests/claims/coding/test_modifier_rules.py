"""Modifiers by rule: a documented fact adds the one that the row names for it."""

from typing import Any

import pytest

from claims.tables import Reference
from schemas.events.chart import ChartCompleted
from tests.claims.coding.builders import done
from tests.claims.coding.given_charges import row, with_master
from tests.claims.coding.test_services import only, priced

RULES = "left:LT;right:RT;bilateral:50;ambulatory:PO;abn:GA"
ADDED = [
    # reason, fields of the statement, modifiers
    ("no side is documented", {}, ("PO", "NU")),
    ("left", {"laterality": "left"}, ("LT", "PO", "NU")),
    ("right", {"laterality": "right"}, ("RT", "PO", "NU")),
    ("both sides", {"laterality": "bilateral"}, ("50", "PO", "NU")),
    ("a signed notice", {"abn": True}, ("PO", "GA", "NU")),
    ("no notice", {"abn": False}, ("PO", "NU")),
    ("the statement's own come first", {"laterality": "left", "modifiers": ("KX",)}, ("KX", "LT", "PO", "NU")),
    ("what the statement says already stands once", {"laterality": "left", "modifiers": ("LT",)}, ("LT", "PO", "NU")),
]


@pytest.mark.parametrize(("fields", "modifiers"), [r[1:] for r in ADDED], ids=[r[0] for r in ADDED])
def test_a_documented_fact_adds_its_modifier(
    chart: ChartCompleted, reference: Reference, fields: dict[str, Any], modifiers: tuple[str, ...]
) -> None:
    told = with_master(reference, row(modifier_rules=RULES, modifiers="NU"))

    assert only(priced(chart, told, done(**fields))).modifiers == modifiers


def test_a_fact_is_priced_as_it_was(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(modifier_rules=RULES))

    assert only(priced(chart, told, done(laterality="bilateral"))).charge_cents == 2100


def test_more_than_four_are_a_coders_to_choose_from(chart: ChartCompleted, reference: Reference) -> None:
    told = with_master(reference, row(modifier_rules=RULES, modifiers="NU"))

    result = priced(chart, told, done(laterality="left", abn=True, modifiers=("KX",)))

    assert (result.lines, [item.kind for item in result.worklist]) == ((), ["modifiers"])


def test_the_charts_own_five_stay_for_the_rule_about_them(chart: ChartCompleted, reference: Reference) -> None:
    own = ("KX", "LT", "GA", "NU", "XS")

    assert only(priced(chart, with_master(reference, row()), done(modifiers=own))).modifiers == own


def test_a_line_carries_what_the_edits_ask_of_a_statement(chart: ChartCompleted, reference: Reference) -> None:
    line = only(priced(chart, reference, done(text="Glucose, fasting", abn=True)))

    assert (line.text, line.abn) == ("Glucose, fasting", True)
