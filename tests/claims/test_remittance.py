"""An answer is posted only when it is that payer's, about a claim of ours, and balanced."""

from datetime import date
from typing import Any

import pytest

from claims.forming import form
from claims.partners import Partners
from claims.remittance import ClaimFacts, balances, check_answer
from schemas.events.claim import ClaimBuilt
from schemas.events.payer import ClaimAdjudicated, ProviderAdjustment, Remittance
from tests.claims.given_accounts import NOON, account, adjustments, answer, by_line, chart, reversal, service


@pytest.fixture(scope="module")
def claim(partners: Partners) -> ClaimBuilt:
    return form(chart(services=(service("s1"), service("s2", cents=5_000))), account(), partners).claims[0]


def facts(claim: ClaimBuilt, **other: Any) -> ClaimFacts:
    fixed: dict[str, Any] = {
        "claim_id": claim.claim_id,
        "control_number": claim.control_number,
        "payer": claim.payer,
        "hospital": claim.hospital,
        "account_number": claim.account_number,
        "patient_key": "key",
        "kind": claim.kind,
        "total_charge_cents": claim.total_charge_cents,
        "lines": tuple((line.control_number, line.charge_cents) for line in claim.lines),
    }
    return ClaimFacts(**{**fixed, **other})


def good(claim: ClaimBuilt) -> ClaimAdjudicated:
    return by_line(claim, [[("CO", "45", 4_000), ("PR", "2", 1_000)], [("PR", "1", 500)]])


def line_changed(said: ClaimAdjudicated, **change: Any) -> ClaimAdjudicated:
    return said.model_copy(update={"lines": (said.lines[0].model_copy(update=change), *said.lines[1:])})


def test_a_balanced_answer_is_posted(claim: ClaimBuilt) -> None:
    assert check_answer(good(claim), facts(claim)) == ()


def test_a_balanced_reversal_is_posted(claim: ClaimBuilt) -> None:
    assert check_answer(reversal(good(claim), 1), facts(claim)) == ()


def test_more_paid_than_charged_is_posted(claim: ClaimBuilt) -> None:
    assert check_answer(answer(claim, 16_000, [("CO", "94", -1_000)]), facts(claim)) == ()


def test_an_amount_of_more_than_ten_digits_is_not_posted(claim: ClaimBuilt) -> None:
    huge = answer(claim, 0, [("PR", "1", 2**53), ("CO", "45", claim.total_charge_cents - 2**53)])
    assert {(r.code, r.field) for r in check_answer(huge, facts(claim))} == {
        ("amount-too-large", "patient_responsibility_cents"),
        ("amount-too-large", "adjustments"),
    }


def test_unknown_claims_and_other_payers_are_told_no_more_than_that(claim: ClaimBuilt) -> None:
    assert [r.code for r in check_answer(good(claim), None)] == ["unknown-claim"]
    assert [r.code for r in check_answer(good(claim), facts(claim, payer="medicare"))] == ["wrong-payer"]


REFUSED = [
    # reason, answer as changed, codes
    ("a cent of a line is missing",
     lambda said: line_changed(said, paid_cents=said.lines[0].paid_cents - 1), ["line-unbalanced"]),
    ("the claim's payment is not what its adjustments leave",
     lambda said: said.model_copy(update={"paid_cents": said.paid_cents + 1}), ["claim-unbalanced"]),
    ("an adjustment said of the line and again of the claim",
     lambda said: said.model_copy(update={"adjustments": adjustments([("PR", "1", 500)])}), ["claim-unbalanced"]),
    ("a line is left out",
     lambda said: said.model_copy(update={"lines": said.lines[:1]}), ["claim-unbalanced", "lines-sum"]),
    ("a line we did not send", lambda said: line_changed(said, control_number="NOT-OURS"), ["unknown-line"]),
    ("more than was charged",
     lambda said: said.model_copy(update={"charge_cents": 15_001, "paid_cents": 9_501, "lines": ()}),
     ["claim-unbalanced", "charge-exceeds-claim"]),
    ("a reversal that takes nothing back", lambda said: said.model_copy(update={"status": "22"}),
     ["wrong-sign", "wrong-sign", "wrong-sign", "wrong-sign"]),
    ("negative and yet no reversal",
     lambda said: reversal(said, 1).model_copy(update={"status": "1"}), ["wrong-sign", "wrong-sign", "wrong-sign"]),
    ("a reversal names patient responsibility",
     lambda said: reversal(said, 1).model_copy(update={"patient_responsibility_cents": -1_500}), ["wrong-sign"]),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "changed", "codes"), REFUSED, ids=[row[0] for row in REFUSED])
def test_everything_wrong_with_an_answer_is_said_at_once(
    claim: ClaimBuilt, reason: str, changed: Any, codes: list[str]
) -> None:
    assert [refusal.code for refusal in check_answer(changed(good(claim)), facts(claim))] == codes, reason


def test_a_refusal_repeats_nothing_of_what_was_sent(claim: ClaimBuilt) -> None:
    said = line_changed(good(claim), control_number="CANARY-LINE", paid_cents=7_777)
    assert not [r for r in check_answer(said, facts(claim)) if "CANARY" in repr(r) or "7777" in repr(r)]


def payment(*answers: ClaimAdjudicated, **other: Any) -> Remittance:
    paid = sum(said.paid_cents for said in answers)
    fixed = {
        "event_id": "payment", "occurred_at": NOON, "producer": "commercial", "payer": "commercial",
        "trace_number": "t1", "method": "ACH", "date": date(2026, 3, 21), "payment_cents": paid,
        "claims_count": len(answers), "claims_paid_cents": paid,
    }  # fmt: skip
    return Remittance.model_validate({**fixed, **other})


def plb(cents: int) -> ProviderAdjustment:
    return ProviderAdjustment(provider="1234567893", fiscal_date=date(2026, 12, 31), code="WO", cents=cents)


def test_a_payment_is_the_sum_of_its_answers_less_what_the_payer_took(claim: ClaimBuilt) -> None:
    said = good(claim)
    assert balances(payment(said), [said]) is None
    assert (
        balances(payment(said, payment_cents=said.paid_cents - 300, provider_adjustments=(plb(300),)), [said]) is None
    )
    assert balances(payment(said, payment_cents=said.paid_cents + 20, provider_adjustments=(plb(-20),)), [said]) is None


def test_a_payment_of_nothing_but_a_recovery_balances(claim: ClaimBuilt) -> None:
    back = reversal(good(claim), 1)
    forward = plb(back.paid_cents)  # PLB FB: the negative balance is carried to the next payment
    assert balances(payment(back, payment_cents=0, provider_adjustments=(forward,)), [back]) is None


UNBALANCED = [
    ("an answer is still to come", {"claims_count": 2}, "remittance-count"),
    ("announced otherwise", {"claims_paid_cents": 1}, "remittance-sum"),
    ("a cent more than the answers", {"payment_cents": 9_501}, "remittance-unbalanced"),
    ("what is taken is not in the payment", {"provider_adjustments": (plb(1),)}, "remittance-unbalanced"),
    ("nobody sends a negative payment", {"payment_cents": -1, "provider_adjustments": (plb(9_501),)},
     "payment-negative"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "change", "code"), UNBALANCED, ids=[row[0] for row in UNBALANCED])
def test_what_does_not_balance_is_named(claim: ClaimBuilt, reason: str, change: dict[str, Any], code: str) -> None:
    refusal = balances(payment(good(claim), **change), [good(claim)])
    assert refusal is not None, reason
    assert refusal.code == code
