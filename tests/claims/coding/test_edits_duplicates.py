"""Duplicates (N5) within a chart; across charts they are in test_account_edits."""

from datetime import date
from typing import Any

import pytest

from claims.edits.duplicates import same_line_twice
from claims.tables import Reference
from schemas.events.chart import Restriction
from schemas.events.coded import ChartCoded
from tests.claims.coding.builders import GOOD_NPI
from tests.claims.coding.given_edits import Case, found, kinds, line, named, places, with_lines


def twice(**differs: Any) -> Any:
    """A change to two lines of one service, the second of which differs in these."""
    second = {"code": "A6402", "statement": "s-2", **differs}
    return lambda c: with_lines(c, line(c, "A6402"), line(c, **second))


FIRES: list[Case] = [
    (same_line_twice, "N5", "reject", "18", twice()),
    (same_line_twice, "N5", "reject", "18", twice(pointers=())),
    (same_line_twice, "N5", "reject", "18", twice(path="coder", authorization="7")),
]


@pytest.mark.parametrize("case", FIRES, ids=named(FIRES))
def test_the_same_line_twice_is_told_at_the_later_one(coded: ChartCoded, reference: Reference, case: Case) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(coded), reference)

    assert (kinds(said), places(said)) == ({(rule, severity, carc)}, [(2, "services[1]")])
    assert found(edit, coded, reference) == []


DIFFERS = [
    ("a dose of another size", {"units": 2000, "charge_cents": 100}),
    ("another price", {"charge_cents": 1}),
    ("another day", {"service_from": date(2026, 3, 9)}),
    ("until another day", {"service_to": date(2026, 3, 11)}),
    ("another service", {"code": "A4550"}),
    ("the professional's part", {"component": "professional"}),
    ("the other side", {"modifiers": ("LT",)}),
    ("another department", {"revenue_code": "0272"}),
    ("another place", {"place_of_service": "12"}),
    ("another package", {"ndc": "0" * 11}),
    ("more of the package", {"ndc_quantity": 1}),
    ("another thing that is not listed", {"text": "a strap"}),
    *((f"modifier {each}", {"modifiers": (each,)}) for each in ("27", "59", "76", "77", "91", "XE", "XP", "XS", "XU")),
]


@pytest.mark.parametrize("differs", [row[1] for row in DIFFERS], ids=[row[0] for row in DIFFERS])
def test_two_lines_that_a_claim_tells_apart_are_none(
    coded: ChartCoded, reference: Reference, differs: dict[str, Any]
) -> None:
    assert found(same_line_twice, twice(**differs)(coded), reference) == []


def test_each_professional_has_lines_of_his_own(coded: ChartCoded, reference: Reference) -> None:
    hers, his = ({"component": "professional", "performer_npi": npi} for npi in (GOOD_NPI, "1245319599"))
    lines = [line(coded, "T1015", **fields) for fields in (hers, his, hers)]

    assert places(found(same_line_twice, with_lines(coded, *lines), reference)) == [(3, "services[2]")]


def test_a_third_repetition_is_told_too(coded: ChartCoded, reference: Reference) -> None:
    lines = [line(coded, "A6402")] * 3

    assert [finding.line for finding in found(same_line_twice, with_lines(coded, *lines), reference)] == [2, 3]


def test_an_item_kept_from_the_plan_is_none_beside_one_that_is_not(coded: ChartCoded, reference: Reference) -> None:
    kept = Restriction(statement="s-2", paid_cents=100)
    chart = twice()(coded).model_copy(update={"restrictions": (kept,)})

    assert found(same_line_twice, chart, reference) == []


def test_a_department_alone_twice_is_none(coded: ChartCoded, reference: Reference) -> None:
    lines = [line(coded, None, revenue_code="0250")] * 2

    assert found(same_line_twice, with_lines(coded, *lines), reference) == []


def test_of_a_stay_only_the_bed_is_counted(stay: ChartCoded, reference: Reference) -> None:
    bed, dressing, visit = stay.services[0], line(stay, "A6402"), line(stay, "T1015", component="professional")
    chart = with_lines(stay, bed, bed, dressing, dressing, visit, visit)

    assert [finding.line for finding in found(same_line_twice, chart, reference)] == [2, 6]


def test_a_bed_ends_with_revenue_code_021(stay: ChartCoded, reference: Reference) -> None:
    for revenue_code, lines in (("0219", [2]), ("0220", [])):
        twice = [line(stay, None, revenue_code=revenue_code)] * 2
        said = found(same_line_twice, with_lines(stay, *twice), reference)
        assert [finding.line for finding in said] == lines
