"""The charts by which the edits are timed are such as a hospital sends."""

import pytest

from agents.reference import read_reference
from bench.coded import professional_charts, stays
from claims.edits import FAMILIES, check_chart, rules_for
from claims.edits.subject import Subject
from claims.tables import Reference
from claims.validation import grouped
from schemas.events.coded import ChartCoded
from streams.settings import Settings

KINDS = 8


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(Settings().infra)


def rejected(charts: list[ChartCoded], reference: Reference) -> set[str]:
    found = (finding for chart in charts for finding in check_chart(chart, reference))
    return {finding.rule for finding in found if finding.severity == "reject"}


def test_a_visit_has_five_professional_lines(reference: Reference) -> None:
    charts = professional_charts(reference, KINDS)

    assert {len(chart.services) for chart in charts} == {5}
    assert {line.component for chart in charts for line in chart.services} == {"professional"}
    assert rejected(charts, reference) == set()


def test_a_stay_is_grouped_and_some_by_a_complication(reference: Reference) -> None:
    charts = [grouped(chart, reference).chart for chart in stays(reference, KINDS)]

    assert all(chart.drg for chart in charts)
    assert {bool(chart.drg and chart.drg.decided_by) for chart in charts} == {True, False}
    assert rejected(charts, reference) == set()


def test_each_rule_that_looks_at_a_chart_is_of_a_family(reference: Reference) -> None:
    """So that the times of the families add up to the whole."""
    (visit,) = professional_charts(reference, 1)
    timed = {rule for rules in FAMILIES.values() for rule in rules}

    assert set(rules_for(Subject(visit, reference))) <= timed
