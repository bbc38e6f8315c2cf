"""Medicare is told why a hospital's claim comes again, and nobody else is."""

from datetime import timedelta
from typing import Any

import pytest

from claims.accounts import with_claim
from claims.change_reason import with_change_reason, without_change_reason
from claims.forming import form, secondary
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.claim import ClaimBuilt
from tests.claims.given_accounts import (
    DAY,
    NOON,
    account,
    answer,
    chart,
    coverage,
    diagnosis,
    holding,
    sent,
    service,
    stay,
)


def conditions(claim: ClaimBuilt) -> list[str]:
    return [value.code for value in claim.coded_values if value.kind == "condition"]


def corrected(partners: Partners, payer: str = "medicare", **differs: Any) -> tuple[ClaimBuilt, ...]:
    """What a second version of a chart is said as, once the first one's claim is paid."""
    first = chart(services=(service(),), coverages=(coverage(payer),))
    formed = form(first, account(), partners)
    paid = with_claim(holding(formed, first), apply(sent(formed.claims[0]), answer(formed.claims[0])))
    again = chart(**{"services": (service(),), "coverages": (coverage(payer),), "version": 2, **differs})
    return form(again, paid, partners).claims


LONGER = stay(end=NOON + timedelta(days=1), end_day=DAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("why", "differs", "frequency", "expected"),
    [
        ("other days", {"encounter": LONGER, "services": (service(cents=9_000),)}, "7", ["D0"]),
        ("where he went", {"encounter": stay(discharge_status="07")}, "7", ["E0"]),
        ("a code and its charges", {"services": (service(code="G0480", cents=9_000),)}, "7", ["D2"]),
        ("a visit's diagnosis is nothing to a grouper", {"diagnoses": (diagnosis("R51.9", "principal"),)}, "7", ["D9"]),
        ("other charges", {"services": (service(cents=9_000),)}, "7", ["D1"]),
        ("another code", {"services": (service(code="G0480"),)}, "7", ["D2"]),
        ("anything else", {"services": (service(modifiers=("LT",)),)}, "7", ["D9"]),
        ("it is taken back", {"services": (service(component="professional"),)}, "8", ["D6"]),
    ],
)
def test_medicare_is_told_what_changed(
    partners: Partners, why: str, differs: dict[str, Any], frequency: str, expected: list[str]
) -> None:
    (claim,) = (each for each in corrected(partners, **differs) if each.kind == "institutional")
    assert (claim.frequency, conditions(claim)) == (frequency, expected), why


def test_another_payer_is_not(partners: Partners) -> None:
    (claim,) = corrected(partners, "commercial", services=(service(cents=9_000),))
    assert (claim.frequency, conditions(claim)) == ("7", [])


def test_a_version_that_says_what_the_replacement_said_says_nothing(partners: Partners) -> None:
    first = chart(services=(service(),), coverages=(coverage("medicare"),))
    formed = form(first, account(), partners)
    kept = with_claim(holding(formed, first), apply(sent(formed.claims[0]), answer(formed.claims[0])))
    second = first.model_copy(update={"version": 2, "services": (service(cents=9_000),)})
    again = form(second, kept, partners)
    (claim,) = again.claims
    kept = with_claim(kept, apply(sent(claim), answer(claim, trace_number="t2")))
    kept = with_claim(kept, kept.claims[0].model_copy(update={"state": "replaced"}))
    assert form(second.model_copy(update={"version": 3}), kept, partners).claims == ()


def test_the_next_payer_is_told_nothing_of_it(partners: Partners) -> None:
    (claim,) = corrected(partners, services=(service(cents=9_000),))
    said = answer(claim, 8_000, [("PR", "2", 1_000)])
    after = secondary(apply(sent(claim), said), coverage("medicaid"), said)
    assert (conditions(after), without_change_reason(claim)) == ([], after.coded_values)


def test_a_stays_diagnosis_is_the_groupers(partners: Partners) -> None:
    first = form(chart(encounter=stay("inpatient"), coverages=(coverage("medicare"),)), account(), partners).claims[0]
    other = first.model_copy(update={"diagnoses": first.diagnoses[:0], "frequency": "7"})
    assert conditions(with_change_reason(other, first)) == ["D4"]
