"""`claimstream denials`: by cause, by rule, and what may be appealed, from rows that claiming wrote."""

import json
from typing import Any

import pytest

from console.masks import MASK
from ledger import projections
from ledger.upgrade import upgrade
from tests.console.conftest import Terminal


def row(number: str, carc: str, rule: str, cents: int, **other: Any) -> dict[str, Any]:
    whose = {"hospital": "mercy-general", "account": "A1", "chart_id": f"C-{number}", "payer": "commercial"}
    days = {"denied_on": "2026-08-01", "appeal_by": "2026-12-01", "at": 0}
    what = {"cause": "authorization", "predicted": 0, "group_code": "CO", "remarks": "", "state": "open", "line": 1}
    return {"control_number": number, "carc": carc, "rule": rule, "cents": cents, **whose, **days, **what, **other}


ROWS = (
    row("CN1", "197", "C6", 10_000),
    row("CN2", "197", "C6", 20_000, predicted=1, appeal_by="2026-11-01", remarks="M62"),
    row("CN3", "197", "C6", 0, predicted=1, state="unfounded", appeal_by=None),
    row("CN4", "P9", "none", 50_000, cause="other", appeal_by="2026-08-31"),
    row("CN5", "197", "C6", 5_000, state="overturned"),
    row("CN6", "29", "D4", 700, cause="timely filing", hospital="riverside"),
)


@pytest.fixture
def denied(alone: Terminal) -> Terminal:
    """It is 1 September 2026."""
    ledger = alone.assembly.ledger
    upgrade(ledger)
    ledger.run(lambda tx: projections.put_denials(tx, ROWS))
    ledger.close()
    return alone


def test_causes_stand_by_dollars(denied: Terminal) -> None:
    said = denied.json("denials")["causes"]
    assert [(row["cause"], row["denials"], row["open_cents"], row["cents"], row["overturned"]) for row in said] == [
        ("other", 1, 50_000, 50_000, 0),
        ("authorization", 3, 30_000, 35_000, 1),
        ("timely filing", 1, 700, 700, 0),
    ]


def test_each_rule_is_held_against_what_came(denied: Terminal) -> None:
    said = denied.json("denials", "--hospital", "mercy-general")["rules"]
    assert [
        (row["rule"], row["carc"], row["foretold"], row["missed"], row["in_vain"], row["cents"]) for row in said
    ] == [
        ("none", "P9", 0, 1, 0, 50_000),
        ("C6", "197", 1, 2, 1, 35_000),
    ]


def test_the_queue_has_what_may_still_be_appealed_the_next_day_first(denied: Terminal) -> None:
    said = denied.json("denials", "--hospital", "mercy-general")["appeals"]
    assert [(row["control_number"], row["appeal_by"]) for row in said] == [("CN2", "2026-11-01"), ("CN1", "2026-12-01")]


def test_on_the_last_evening_where_the_hospital_is_there_is_still_time(denied: Terminal) -> None:
    """In UTC it is the next day."""
    evening = {"CLAIMSTREAM_CLOCK": "2026-09-01T02:00:00Z"}
    done = denied.run("denials", "--hospital", "mercy-general", "--json", **evening)
    assert [row["control_number"] for row in json.loads(done.stdout)["appeals"]] == ["CN4", "CN2", "CN1"]


def test_people_are_told_where_a_rule_is_worth_writing(denied: Terminal) -> None:
    said = denied.run("denials", "--show-phi")
    words = ("none: a new rule is worth writing", "$500.00", "197 M62", "2026-11-01", "C-CN1")
    assert (said.exit_code, [each for each in words if each not in said.stdout]) == (0, [])


def test_where_nothing_is_denied_it_says_so(alone: Terminal) -> None:
    upgrade(alone.assembly.ledger)
    assert alone.run("denials").stdout.split() == ["Denied:", "$0.00,", "of", "which", "$0.00", "stands"]


def test_an_unknown_hospital_is_told_the_known_ones(denied: Terminal) -> None:
    done = denied.run("denials", "--hospital", "mercy")
    assert (done.exit_code, "known: mercy-general" in done.stderr) == (2, True)


def test_whose_chart_it_is_is_masked(denied: Terminal) -> None:
    assert "C-CN1" not in denied.run("denials").stdout
    assert {row["chart_id"] for row in denied.json("denials")["appeals"]} == {MASK}
