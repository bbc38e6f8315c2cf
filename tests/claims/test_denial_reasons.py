"""A denial's reason leads to a cause and to the rule of ours that should have caught it."""

from typing import Any

import pytest

from claims import denial_reasons
from claims.denial_reasons import NO_RULE, reason
from claims.edits import ACCOUNT_EDITS, CHART_EDITS

RULES = {rule.id: rule for rule in (*CHART_EDITS, *ACCOUNT_EDITS)}
TOLD: dict[str, Any] = {**denial_reasons._CARCS, **denial_reasons._REMARKS}


def test_every_reason_is_told_in_one_line_with_a_mend() -> None:
    assert [code for code, (_, message, mend) in TOLD.items() if not (0 < len(message) <= 60 and mend)] == []


def test_every_rule_that_is_named_exists() -> None:
    assert {rule for rule, _, _ in TOLD.values() if rule is not None} <= RULES.keys()


def test_every_carc_that_a_rule_would_prevent_has_its_reason() -> None:
    assert {rule.carc for rule in RULES.values() if rule.carc is not None} <= denial_reasons._CARCS.keys()


def test_every_code_has_one_cause_that_is_told() -> None:
    listed = [code for codes in denial_reasons._CAUSES.values() for code in codes.split()]
    assert (len(listed), set(listed) - TOLD.keys()) == (len(set(listed)), set())
    assert [code for code in TOLD if reason(code, (code,)).cause == "other"] == ["A1"]  # whose remarks tell


@pytest.mark.parametrize(
    ("why", "carc", "remarks", "cause", "rule"),
    [
        ("its own cause", "197", (), "authorization", "C6"),
        ("a late claim", "29", (), "timely filing", "D4"),
        ("managed care, of which only Medicare denies by it", "24", (), "member and coverage", "I6"),
        ("the room of the rule", "146", (), "coding", "X1"),
        ("what is missing is said by the remark", "16", ("MA43",), "facility bill", "B1"),
        ("the first remark that is known", "16", ("N999", "M119"), "coding", "U1"),
        ("an earlier answer that is missing, which no rule looks at", "16", ("MA04",), "another payer", NO_RULE),
        ("a remark that nobody knows", "16", ("N999",), "incomplete claim", NO_RULE),
        ("unprocessable, which never says why", "16", ("MA130", "M51"), "coding", "H1"),
        ("unprocessable, and nothing else", "16", ("MA130",), "incomplete claim", NO_RULE),
        ("a document, of which a remark says nothing", "251", (), "records asked for", NO_RULE),
        ("a rule that warns of it, under a cause of its own", "B22", (), "medical necessity", "H7"),
        ("a remark beside a reason that says enough", "197", ("MA43",), "authorization", "C6"),
        ("no rule could know", "119", (), "not covered", NO_RULE),
        ("nobody knows it", "P9", (), "other", NO_RULE),
    ],
)
def test_reasons_and_remarks_lead_to_cause_and_rule(
    why: str, carc: str, remarks: tuple[str, ...], cause: str, rule: str
) -> None:
    found = reason(carc, remarks)
    assert (found.cause, found.rule) == (cause, rule), why
