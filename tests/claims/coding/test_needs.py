"""A rule whose need a chart doesn't meet is silent by itself: that it is not called spares time and nothing else."""

from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest

from claims.codesets.dated import AddOn, Necessity, Pair, Term, UnitLimit
from claims.codesets.dated_build import release
from claims.edits import CHART_EDITS, rules_for
from claims.edits.needs import met
from claims.edits.rule import Need, Scope
from claims.edits.subject import Subject
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.given_edits import VISIT, Case, named, with_tables
from tests.claims.coding.given_needs import OF_EVERY_STAY, Given, stay_of_nothing_odd, visit_of_nothing_odd
from tests.claims.coding.test_needs_of_charts import STAYS, VISITS
from tests.claims.coding.test_needs_of_lines import LINES


def cases(table: str) -> list[Case]:
    """The rows of all tables of that name in this folder whose rule has a need and no tables of its own."""
    found: list[Case] = []
    for file in sorted(Path(__file__).parent.glob("test_edits*.py")):
        module = import_module(f"tests.claims.coding.{file.stem}")
        found += [row for row in getattr(module, table, []) if row[0].needs and "table" not in row[0].needs]
    return found


FIRES, FIRES_INPATIENT = cases("FIRES"), cases("FIRES_INPATIENT")


@pytest.mark.parametrize("case", FIRES, ids=named(FIRES))
def test_a_visit_in_which_a_rule_finds_something_meets_its_need(
    coded: ChartCoded, reference: Reference, case: Case
) -> None:
    edit, change = case[0], case[-1]
    subject = Subject(change(coded), reference)
    assert not list(edit.check(subject)) or edit.needs in met(subject)


@pytest.mark.parametrize("case", FIRES_INPATIENT, ids=named(FIRES_INPATIENT))
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


def needs_of(rules: Any) -> set[Need]:
    return {rule.needs for rule in rules if rule.needs is not None}


def test_each_need_has_a_rule_and_a_chart_that_meets_it() -> None:
    told = {need for part in get_args(Need) for need in get_args(part)}
    elsewhere = {"codes that ask", *(need for need, _ in ALONE)}
    given = {need for row in (*LINES, *VISITS, *STAYS) for need in row.needs}
    assert needs_of(CHART_EDITS) == told == {*given, *elsewhere, *OF_EVERY_STAY}


def assert_silent_without_its_need(subject: Subject, *scopes: Scope) -> None:
    """Without its need no rule finds anything in such a chart, and none is asked."""
    of_such = [rule for rule in CHART_EDITS if rule.of in {"any", *scopes} and rule.in_force(subject.day)]
    unmet = [rule for rule in of_such if rule.needs not in {None, *met(subject)}]
    assert [rule.name for rule in unmet if list(rule.check(subject))] == []
    assert list(rules_for(subject)) == [rule for rule in of_such if rule not in unmet]


@pytest.mark.parametrize("given", [*LINES, *VISITS], ids=[given.reason for given in (*LINES, *VISITS)])
def test_in_a_visit_no_rule_finds_anything_without_its_need(
    coded: ChartCoded, reference: Reference, given: Given
) -> None:
    subject = given.subject(visit_of_nothing_odd(coded), reference)
    assert_silent_without_its_need(subject, "outpatient", *(("professional",) if subject.services else ()))


@pytest.mark.parametrize("given", STAYS, ids=[given.reason for given in STAYS])
def test_in_a_stay_no_rule_finds_anything_without_its_need(
    stay: ChartCoded, reference: Reference, given: Given
) -> None:
    assert_silent_without_its_need(given.subject(stay_of_nothing_odd(stay), reference), "inpatient", "facility")


def test_in_a_good_chart_no_rule_finds_anything_without_its_need(
    coded: ChartCoded, stay: ChartCoded, reference: Reference
) -> None:
    assert_silent_without_its_need(Subject(coded, reference), "outpatient", "facility", "professional")
    assert_silent_without_its_need(Subject(stay, reference), "inpatient", "facility")
