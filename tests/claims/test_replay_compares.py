"""Two judgements of one chart: what counts as a difference, and what doesn't."""

from typing import Any

import pytest

from claims.findings import reject
from claims.replay import difference, judgement
from schemas.events.coded import ChartCoded, Finding
from tests.claims.given_accounts import chart, service

X10: Finding = reject("X10", "a code lacks its companion", field="diagnoses", citation="OCG I.B.7", mend="add it")


def differ(before: ChartCoded, now: ChartCoded) -> tuple[str, ...]:
    found = difference(now, judgement(before), judgement(now), reproduced=True)
    return () if found is None else (*found.appeared, *found.gone, *found.also)


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("it is on another claim", {"component": "professional"}),
        ("the payer is told not to cover it", {"non_covered_cents": 100}),
        ("a professional claim has its place", {"place_of_service": "11"}),
        ("it is billed by another", {"performer_npi": "1999001039"}),
    ],
)
def test_a_line_that_a_claim_would_say_otherwise_differs(reason: str, changed: dict[str, Any]) -> None:
    before, now = chart(services=(service(),)), chart(services=(service().model_copy(update=changed),))
    assert differ(before, now) == ("prices",), reason


def test_another_department_is_no_difference() -> None:
    assert differ(chart(services=(service(),)), chart(services=(service(group="clinic"),))) == ()


def test_a_rule_that_speaks_twice_of_one_field_speaks_more() -> None:
    other = X10.model_copy(update={"message": "another code lacks its companion"})
    assert differ(chart(findings=(X10,)), chart(findings=(X10, other))) == ("X10",)
    assert differ(chart(findings=(X10,)), chart(findings=(other,))) == ()
