"""What is asked of denials comes out alike on both databases, in whole cents."""

from typing import Any

import pytest

from ledger import denials, projections
from ledger.store import Ledger


def row(number: str, **other: Any) -> dict[str, Any]:
    whose = {"hospital": "mercy", "account": "A1", "chart_id": "C1", "payer": "acme", "line": 1, "carc": "197"}
    what = {"cause": "authorization", "rule": "C6", "predicted": 1, "group_code": "CO", "remarks": "", "cents": 10_000}
    days = {"denied_on": "2026-08-01", "appeal_by": "2026-12-01", "at": 0}
    return {"control_number": number, "state": "open", **whose, **what, **days, **other}


@pytest.fixture
def denied(ledger: Ledger) -> Ledger:
    rows = [
        row("A"),
        row("B", state="overturned", cents=5_000, predicted=0),
        row("C", rule="C6 I2", cents=700, appeal_by="2026-11-01"),
        row("D", rule="I2", state="unfounded", cents=0, appeal_by=None),
        row("E", rule="I2", state="withdrawn", cents=0),
        row("F", hospital="riverside"),
    ]
    with ledger.transaction() as tx:
        projections.put_denials(tx, rows)
    return ledger


def test_a_cause_has_its_cents_and_those_that_stand(denied: Ledger) -> None:
    with denied.reading() as tx:
        (found,) = denials.by_cause(tx, "mercy")
    assert tuple(found) == ("authorization", 3, 10_700, 15_700, 1)
    numbers: list[object] = list(found[1:])
    assert {type(each) for each in numbers} == {int}


def test_each_rule_that_warned_has_its_own_count(denied: Ledger) -> None:
    with denied.reading() as tx:
        found = denials.by_rule(tx, "mercy")
    assert [tuple(each) for each in found] == [("C6", "197", 2, 1, 0, 15_700), ("I2", "197", 1, 0, 1, 700)]
    assert {type(number) for each in found for number in each[2:]} == {int}


def test_what_may_be_appealed_stands_by_its_last_day(denied: Ledger) -> None:
    with denied.reading() as tx:
        assert [each.control_number for each in denials.to_appeal(tx, "mercy")] == ["C", "A"]
        assert [each.control_number for each in denials.to_appeal(tx, None, "2026-11-02", 1)] == ["A"]
