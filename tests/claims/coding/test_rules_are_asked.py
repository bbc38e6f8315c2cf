"""A rule that finds something in its case is asked for such a chart at all: its scope, days and need let it through."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from claims.edits import CHART_EDITS, check_chart, rules_for
from claims.edits.needs import met
from claims.edits.rule import Rule
from claims.edits.subject import Subject
from claims.partners import Hospital
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding import changes
from tests.claims.coding.changes import with_partners
from tests.claims.coding.given_providers import resolved


class Firing(NamedTuple):
    """A row of a table of this folder in which a rule finds something."""

    table: str
    row: changes.Case


def firing() -> Iterator[Firing]:
    for file in sorted(Path(__file__).parent.glob("test_edits*.py")):
        module = import_module(f"tests.claims.coding.{file.stem}")
        for name, rows in vars(module).items():
            for at, row in enumerate(rows if isinstance(rows, list | tuple) else ()):
                table = f"{file.stem.removeprefix('test_')}-{name}-{at}"
                if isinstance(row, changes.Case) and row.said:
                    yield Firing(table, row)
                elif name.startswith("FIRES") and isinstance(row, tuple) and isinstance(row[0], Rule):
                    yield Firing(table, changes.Case(name, row[0], row[-1]))


CASES = [case for case in firing() if case.row.rule in CHART_EDITS]


def found_in(row: changes.Case, given: ChartCoded, reference: Reference) -> Subject | None:
    """The chart, changed as the row has it, if the rule finds something in it."""
    try:
        changed = row.change(given)
    except (IndexError, StopIteration, RuntimeError):  # it changes what only the other chart has
        return None
    nothing_is_set = {"rules": {}, **row.hospital}
    subject = Subject(changed, with_partners(reference, changed, {"rules": {}, **row.payer}, nothing_is_set))
    return subject if list(row.rule.check(subject)) else None


@pytest.mark.parametrize("case", CASES, ids=[f"{case.row.rule.name} of {case.table}" for case in CASES])
def test_a_rule_is_asked_where_it_finds_something(
    coded: ChartCoded, stay: ChartCoded, reference: Reference, mercy: Hospital, case: Firing
) -> None:
    row = resolved(case.row, mercy)
    found = [subject for chart in (coded, stay) if (subject := found_in(row, chart, reference))]
    if not found:
        pytest.skip("needs tables of its own")
    asked = [subject for subject in found if row.rule in rules_for(subject)]
    assert all(row.rule.needs in {None, *met(subject)} for subject in asked)
    said = {finding.rule for subject in asked for finding in check_chart(subject.chart, subject.reference)}
    assert row.rule.id in said
