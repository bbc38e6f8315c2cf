"""A rule whose need a chart doesn't meet is silent by itself: that it is not called spares time and nothing else."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from claims.codesets.dated import AddOn, Necessity, Pair, Term, UnitLimit
from claims.codesets.dated_build import release
from claims.edits import CHART_EDITS
from claims.edits.needs import met
from claims.edits.rule import Need
from claims.edits.subject import Subject
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.given_edits import VISIT, Case, with_tables


def cases(table: str) -> list[Case]:
    """The rows of all tables of that name in this folder whose rule has a need and no tables of its own."""
    found: list[Case] = []
    for file in sorted(Path(__file__).parent.glob("test_edits*.py")):
        module = import_module(f"tests.claims.coding.{file.stem}")
        found += [row for row in getattr(module, table, []) if row[0].needs and "table" not in row[0].needs]
    return found


VISITS, STAYS = cases("FIRES"), cases("FIRES_INPATIENT")


@pytest.mark.parametrize("case", VISITS, ids=[f"{row[0].name}-{at}" for at, row in enumerate(VISITS)])
def test_a_visit_in_which_a_rule_finds_something_meets_its_need(
    coded: ChartCoded, reference: Reference, case: Case
) -> None:
    edit, change = case[0], case[-1]
    subject = Subject(change(coded), reference)
    assert not list(edit.check(subject)) or edit.needs in met(subject)


@pytest.mark.parametrize("case", STAYS, ids=[f"{row[0].name}-{at}" for at, row in enumerate(STAYS)])
def test_a_stay_in_which_a_rule_finds_something_meets_its_need(
    stay: ChartCoded, reference: Reference, case: Case
) -> None:
    edit, change = case[0], case[-1]
    subject = Subject(change(stay), reference)
    assert not list(edit.check(subject)) or edit.needs in met(subject)


ALONE = [
    ("hcpcs table", release("hcpcs", [Term("A6402", "Gauze", VISIT)])),
    ("necessity table", release("necessity", [Necessity("L1", "A6402", ("I10",), VISIT)])),
    ("add-on table", release("add-on", [AddOn("G0501", frozenset({"G0463"}), 1, VISIT)])),
    ("pair tables", release("ptp-practitioner", [Pair("G0463", "A6402", 0, VISIT)])),
    ("pair tables", release("ptp-outpatient", [Pair("G0463", "A6402", 0, VISIT)])),
    *(
        ("unit tables", release(name, [UnitLimit("A6402", 2, 1, VISIT)]))
        for name in ("mue-practitioner", "mue-outpatient", "mue-dme")
    ),
]


@pytest.mark.parametrize(("need", "table"), ALONE, ids=[row[1].table for row in ALONE])
def test_any_of_the_files_meets_a_need_of_them(coded: ChartCoded, reference: Reference, need: Need, table: Any) -> None:
    assert need not in met(Subject(coded, reference))
    assert need in met(Subject(coded, with_tables(reference, table)))


def test_without_its_need_no_rule_finds_anything_in_a_good_chart(
    coded: ChartCoded, stay: ChartCoded, reference: Reference
) -> None:
    for chart in (coded, stay):
        subject = Subject(chart, reference)
        unmet = [rule for rule in CHART_EDITS if rule.needs is not None and rule.needs not in met(subject)]
        assert [rule.name for rule in unmet if list(rule.check(subject))] == []
        assert unmet
