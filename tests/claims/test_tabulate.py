"""The published tables, before suppression: patients counted once, measures summed, corrections counted once."""

from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

import pytest

from claims.facts import Fact, ServiceUse
from claims.tabulate import TABLES, Distinct, Table, tabulate, tabulate_all
from schemas.events.control import ClaimStats

BY_NAME = {table.name: table for table in TABLES}


def fact(patient: str, about: str = "", **told: Any) -> Fact:
    own = {name: told.pop(name) for name in list(told) if name in Fact.model_fields}
    statistic = ClaimStats(**{"stage": "validation", "outcome": "complete-at-first", "year": 2026, **told})
    return Fact(month="2026-03", patient=patient, about=about or patient, statistic=statistic, **own)


def used(group: str, units: int) -> tuple[ServiceUse, ...]:
    return (ServiceUse(group=group, units=units),)


def counted(table: str, *facts: Fact) -> dict[tuple[str, ...], tuple[int | None, tuple[int, ...]]]:
    cells = tabulate(facts, BY_NAME[table])
    return {cell.dimensions: (cell.patients, tuple(measure.value for measure in cell.measures)) for cell in cells}


def test_services_of_a_diagnosis_group_count_patients_once_and_units_each_time() -> None:
    twice = (fact("p", chart, diagnosis_groups=("CIR007",), services=used("chemistry", 1000)) for chart in ("c1", "c2"))
    assert counted("services-by-diagnosis", *twice) == {("CIR007", "chemistry"): (1, (2000,))}


def test_a_corrected_chart_replaces_what_was_counted_before() -> None:
    first = fact("p", "c1", diagnosis_groups=("CIR007",), services=used("chemistry", 1000))
    corrected = fact("p", "c1", diagnosis_groups=("END010",), services=used("chemistry", 3000))
    assert counted("services-by-diagnosis", first, corrected) == {("END010", "chemistry"): (1, (3000,))}


def test_charts_are_told_by_class_and_by_what_became_of_them() -> None:
    first = fact("p", encounter_class="inpatient", outcome="incomplete")
    later = fact("p", encounter_class="inpatient", outcome="complete-later", charge_cents=500)
    claim = fact("p", stage="claiming", outcome="claim-built")
    cells = counted("charts-by-class", first, later, claim)
    assert cells == {("inpatient", "incomplete"): (1, (1, 0)), ("inpatient", "complete-later"): (1, (1, 500))}


def test_denials_are_told_by_reason_and_payer_kind() -> None:
    denied = fact("p", stage="adjudication", outcome="denied", carcs=("50",), payer_kind="insurer")
    paid = fact("q", stage="adjudication", outcome="paid", payer_kind="insurer")
    assert counted("denials-by-carc", denied, paid) == {("50", "insurer"): (1, (1,))}


def test_a_reversal_takes_back_its_dollars() -> None:
    told = {"stage": "adjudication", "payer_kind": "insurer", "plan_kind": "CI"}
    answer = fact("p", outcome="paid", charge_cents=100, paid_cents=60, patient_share_cents=20, **told)
    reversal = fact("p", outcome="reversed", charge_cents=-100, paid_cents=-60, patient_share_cents=-20, **told)
    assert counted("dollars-by-payer", answer, reversal, answer) == {("insurer", "CI"): (1, (100, 60, 20))}


def test_what_payers_left_is_not_counted_again_when_the_patient_is_billed() -> None:
    left = fact("p", stage="claiming", outcome="patient-billed", payer_kind="patient", patient_share_cents=20)
    alone = fact("q", stage="claiming", outcome="self-pay-billed", payer_kind="patient", patient_share_cents=70)
    assert counted("dollars-by-payer", left, alone) == {("patient", "none"): (1, (0, 0, 70))}


def test_returned_charts_are_told_by_each_of_their_reasons() -> None:
    returned = fact("p", outcome="incomplete", edits=("query-task", "X1"))
    cells = counted("returns-by-reason", returned, fact("q", outcome="uncodable"))
    assert set(cells) == {("incomplete", "X1"), ("incomplete", "query-task"), ("uncodable", "none")}


class Fleeting:
    """Facts that are made as they are asked for; `most` is how many of them were there at one time."""

    def __init__(self) -> None:
        self.most = 0
        self._there: WeakSet[Fact] = WeakSet()

    def __iter__(self) -> Iterator[Fact]:
        for n in range(100):
            made = fact(f"p{n}", diagnosis_groups=("CIR007",), services=used("visits", 1000))
            self._there.add(made)
            self.most = max(self.most, len(self._there))
            yield made


def test_no_fact_is_kept_while_others_are_counted() -> None:
    facts = Fleeting()
    tabulate_all(facts, TABLES)
    assert facts.most < 4


def test_a_number_that_comes_often_is_counted_once() -> None:
    distinct = Distinct()
    for n in range(1_000):
        distinct.add(n % 150)
    assert distinct.count() == 150


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_two_dimensions_and_no_facts_make_no_cells(table: Table) -> None:
    assert len(table.dimensions) == 2
    assert tabulate((), table) == ()
