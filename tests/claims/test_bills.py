"""What a person owes: the last payer's patient responsibility, balanced to the cent, and never 'the rest'."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import bill_words
from claims.accounts import Account, claim_of, with_claim
from claims.bills import is_balanced
from claims.forming import Now, entered, follow_up, form
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.chart import Cause, Restriction
from schemas.events.claim import PatientBill
from schemas.events.coded import ChartCoded
from schemas.events.people import Address, Guarantor, Name
from tests.claims.given_accounts import ANSWERED_ON, DAY, Reasons, account, answer, chart, coverage, holding, service

ONE = (service(),)


def billed(
    partners: Partners, *answers: Reasons, kept: Account | None = None, trace: str = "t1", **differs: Any
) -> tuple[PatientBill | None, Account]:
    """The bill after the payers answered in turn, each leaving those reasons."""
    insured = chart(**{"services": ONE, **differs})
    formed = form(insured, kept or account(insured), partners)
    kept = entered(kept, formed) if kept else holding(formed, insured)
    for reasons in answers:
        claim = formed.claims[0]
        known = claim_of(kept, claim.claim_id)
        assert known is not None
        said = answer(claim, reasons=reasons, trace_number=f"{trace}-{claim.payer_sequence}")
        kept = with_claim(kept, known := apply(known, said))
        formed = follow_up(insured, (known,), kept, partners, Now(said, ANSWERED_ON))
        kept = entered(kept, formed)
    return (formed.bills[0] if formed.bills else None), kept


def test_a_bill_that_waits_for_no_payer_says_why(partners: Partners) -> None:
    (bill,) = direct(partners, coverages=(coverage("workers-compensation"),))
    assert bill.basis == "no-plan-answers"
    assert owing(billed(partners, [("PR", "1", 1)])[0]).basis == "after-payers"


def owing(bill: PatientBill | None) -> PatientBill:
    assert bill is not None
    assert is_balanced(bill)
    return bill


def reasons_of(bill: PatientBill) -> list[tuple[str, str | None, int]]:
    return [(reason.kind, reason.carc, reason.cents) for reason in bill.reasons]


def test_the_patient_owes_what_the_payer_left_to_him_by_reason(partners: Partners) -> None:
    shares: Reasons = [("CO", "45", 3_000), ("PR", "1", 500), ("PR", "2", 700), ("PR", "3", 200), ("PR", "96", 100)]
    bill = owing(billed(partners, shares)[0])
    assert bill.owed_cents == 1_500
    assert reasons_of(bill) == [
        ("deductible", "1", 500),
        ("coinsurance", "2", 700),
        ("copay", "3", 200),
        ("not-covered", "96", 100),
    ]
    assert [(p.paid_cents, p.adjusted_cents) for p in bill.payers] == [(5_500, 3_000)]


NEVER_OWED: list[tuple[str, Reasons]] = [
    ("contractual", [("CO", "45", 9_000)]),
    ("denied and the provider's loss", [("CO", "29", 9_000)]),
    ("other adjustments", [("OA", "23", 9_000)]),
    ("initiated by the payer", [("PI", "96", 9_000)]),
]


@pytest.mark.parametrize("reasons", [row[1] for row in NEVER_OWED], ids=[row[0] for row in NEVER_OWED])
def test_only_patient_responsibility_is_ever_owed(partners: Partners, reasons: Reasons) -> None:
    assert billed(partners, reasons)[0] is None


TWO_PLANS: dict[str, Any] = {"coverages": (coverage("medicare"), coverage("medicaid"))}


def test_with_two_payers_the_last_ones_word_counts(partners: Partners) -> None:
    first: Reasons = [("CO", "45", 2_000), ("PR", "2", 2_000)]
    second: Reasons = [("OA", "23", 8_000), ("PR", "3", 500)]
    bill = owing(billed(partners, first, second, **TWO_PLANS)[0])
    assert bill.owed_cents == 500
    assert [(p.payer, p.paid_cents, p.adjusted_cents) for p in bill.payers] == [
        ("medicare", 6_000, 2_000),
        ("medicaid", 1_500, 0),
    ]


def test_what_a_second_payer_writes_off_of_the_patients_part_counts_once(partners: Partners) -> None:
    first: Reasons = [("CO", "45", 2_000), ("PR", "2", 2_000)]
    second: Reasons = [
        ("OA", "23", 6_000),
        ("CO", "45", 2_900),
        ("PR", "3", 100),
    ]  # 2,000 of it once more
    bill = owing(billed(partners, first, second, **TWO_PLANS)[0])
    assert [(p.paid_cents, p.adjusted_cents) for p in bill.payers] == [(6_000, 2_000), (1_000, 900)]


def test_who_passes_a_claim_on_takes_nothing_from_it(partners: Partners) -> None:
    at_work: dict[str, Any] = {
        "causes": (Cause(kind="employment"),),
        "coverages": (coverage("workers-compensation"), coverage()),
    }
    bill = owing(billed(partners, [("CO", "P4", 10_000)], [("CO", "45", 1_000), ("PR", "1", 300)], **at_work)[0])
    assert [(p.payer, p.paid_cents, p.adjusted_cents) for p in bill.payers] == [
        ("workers-compensation", 0, 0),
        ("commercial", 8_700, 1_000),
    ]


def test_what_was_paid_already_is_taken_off(partners: Partners) -> None:
    bill = owing(billed(partners, [("PR", "1", 1_500)], payments_cents=600)[0])
    assert (bill.patient_paid_cents, bill.owed_cents, bill.refund_cents) == (600, 900, 0)


def test_who_paid_too_much_gets_it_back(partners: Partners) -> None:
    bill = owing(billed(partners, [("PR", "3", 200)], payments_cents=600)[0])
    assert (bill.owed_cents, bill.refund_cents) == (0, 400)


def test_what_was_paid_for_a_cancelled_chart_goes_back_though_no_bill_was_told(partners: Partners) -> None:
    insured = chart(services=ONE)
    kept = holding(form(insured, account(insured), partners), insured)
    cancelled = chart(services=(), version=2, payments_cents=1_500)
    claim = kept.claims[0]
    kept = with_claim(kept, apply(claim, answer(claim.claim, 0, [("CO", "29", 10_000)])))
    (bill,) = form(cancelled, kept, partners).bills
    assert (owing(bill).owed_cents, bill.refund_cents) == (0, 1_500)


def test_nobody_is_billed_before_the_last_payer_answered(partners: Partners) -> None:
    assert billed(partners, [("PR", "2", 2_000)], **TWO_PLANS)[0] is None


def test_a_chart_of_two_claims_has_one_bill_when_both_are_answered(partners: Partners) -> None:
    given_chart = chart(payments_cents=100)
    first = form(given_chart, account(), partners)
    kept, told = holding(first, given_chart), list[tuple[PatientBill, ...]]()
    for claim in first.claims:
        said = answer(claim, reasons=[("PR", "1", 400)])
        known = claim_of(kept, claim.claim_id)
        assert known is not None
        kept = with_claim(kept, known := apply(known, said))
        told.append(follow_up(given_chart, (known,), kept, partners, Now(said, ANSWERED_ON)).bills)
    assert told[0] == ()
    bill = owing(told[1][0])
    assert (bill.total_charge_cents, bill.owed_cents, len(bill.payers)) == (15_000, 700, 1)
    assert reasons_of(bill) == [("deductible", "1", 800)]


def test_a_bill_is_due_thirty_days_after_the_last_answer(partners: Partners) -> None:
    assert owing(billed(partners, [("PR", "1", 1)])[0]).due == ANSWERED_ON + timedelta(days=30) == date(2026, 4, 19)


def test_a_later_answer_revises_the_bill_and_an_equal_one_does_not(partners: Partners) -> None:
    first, kept = billed(partners, [("PR", "1", 500)])
    dearer = (service(cents=12_000),)
    same, kept = billed(partners, [("PR", "1", 500)], kept=kept, trace="t2", version=2, services=dearer)
    other, _ = billed(partners, [("PR", "1", 900)], kept=kept, trace="t3", version=3, services=ONE)
    assert same is None
    assert owing(other).bill_id == owing(first).bill_id
    assert (owing(other).revision, owing(other).owed_cents) == (2, 900)
    assert owing(other).event_id != owing(first).event_id


# Bills that wait for no payer


def direct(partners: Partners, **differs: Any) -> list[PatientBill]:
    return [owing(bill) for bill in form(chart(**differs), account(), partners).bills]


def test_who_has_no_plan_owes_the_charges(partners: Partners) -> None:
    (bill,) = direct(partners, coverages=(coverage("patient"),), payments_cents=1_000)
    assert (bill.total_charge_cents, bill.owed_cents) == (15_000, 14_000)
    assert reasons_of(bill) == [("self-pay", None, 15_000)]
    assert bill.basis == "patient-pays"
    assert bill.due == DAY + timedelta(days=30)


def test_what_was_paid_in_full_to_hide_it_is_billed_as_paid(partners: Partners) -> None:
    (bill,) = direct(partners, restrictions=(Restriction(statement="s2", paid_cents=5_000),))
    assert (bill.total_charge_cents, bill.owed_cents, bill.refund_cents) == (5_000, 0, 0)
    assert reasons_of(bill) == [("paid-in-full-restriction", None, 5_000)]
    assert bill.basis == "restricted"


def test_what_nobody_insures_beside_a_claim_is_on_the_same_bill(partners: Partners) -> None:
    given_chart = chart(
        causes=(Cause(kind="employment"),),
        coverages=(coverage("workers-compensation"),),
        diagnoses=(*_injury_and_other(),),
        services=(service("s1", pointers=(1,)), service("s2", cents=4_000, pointers=(2,))),
    )
    formed = form(given_chart, account(), partners)
    assert formed.bills == ()
    said = answer(formed.claims[0])
    kept = with_claim(holding(formed, given_chart), known := apply(holding(formed).claims[0], said))
    (bill,) = follow_up(given_chart, (known,), kept, partners, Now(said, ANSWERED_ON)).bills
    assert (owing(bill).owed_cents, bill.total_charge_cents) == (4_000, 14_000)


def test_every_bill_tells_of_assistance_and_of_the_way_to_dispute_it(partners: Partners) -> None:
    (estimate,) = direct(partners, coverages=())
    assert estimate.basis == "no-plan"
    assistance = f"{bill_words.FINANCIAL_ASSISTANCE} Call 413-555-0111. The policy is at https://mercy-general.example/assistance."
    assert estimate.notices == (assistance, bill_words.DISPUTE_ESTIMATE)
    assert owing(billed(partners, [("PR", "1", 1)])[0]).notices == (assistance, bill_words.DISPUTE_INSURED)


def test_a_bill_goes_to_the_guarantor_and_to_where_the_patient_asked_for(partners: Partners) -> None:
    away = Address(lines=("2 Elsewhere",))
    guarantor = Guarantor(relationship="spouse", name=Name(family="Guarantor"), address=Address(lines=("1 Home",)))
    patient = chart().patient.model_copy(update={"guarantor": guarantor})
    (bill,) = direct(partners, coverages=(), patient=patient)
    assert (bill.guarantor_name.family, bill.guarantor_address) == ("Guarantor", guarantor.address)
    confidential = patient.model_copy(update={"confidential_address": away})
    assert direct(partners, coverages=(), patient=confidential)[0].guarantor_address == away


def test_what_medicaid_pays_is_payment_in_full(partners: Partners) -> None:
    """42 CFR 447.15: but for the share that the state has him pay."""
    above: Reasons = [("PR", "3", 300), ("PR", "45", 2_000)]
    bill = owing(billed(partners, above, coverages=(coverage("medicaid"),))[0])
    assert (bill.owed_cents, [(kept.kind, kept.cents) for kept in bill.not_billed]) == (
        300,
        [("paid-in-full-by-medicaid", 2_000)],
    )


PAID_TO_HIM: list[tuple[str, Reasons, list[str]]] = [
    ("by another group than the patient's", [("OA", "100", 4_000)], ["E4"]),
    ("as his part: it is on the bill", [("PR", "100", 4_000)], []),
]


@pytest.mark.parametrize(("reason", "said", "warned"), PAID_TO_HIM, ids=[row[0] for row in PAID_TO_HIM])
def test_a_payer_who_paid_the_patient_is_told_to_the_hospital(
    partners: Partners, reason: str, said: Reasons, warned: list[str]
) -> None:
    insured = chart(services=ONE)
    formed = form(insured, account(), partners)
    told = answer(formed.claims[0], reasons=said)
    known = apply(holding(formed).claims[0], told)
    kept = with_claim(holding(formed, insured), known)
    after = follow_up(insured, (known,), kept, partners, Now(told, ANSWERED_ON))
    assert [finding.rule for finding in after.warned] == warned, reason


# The equations, whatever payers say

parts = st.lists(st.tuples(st.sampled_from(["CO", "OA", "PR"]), st.sampled_from(["1", "2", "23", "45", "50"]),
                           st.integers(-500, 6_000)), max_size=4)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=parts, second=parts, paid=st.integers(0, 12_000))
def test_every_bill_balances(partners: Partners, first: Any, second: Any, paid: int) -> None:
    """Charges = paid + adjusted + share; share = owed + already paid - refund = the sum of the reasons."""
    answers = [first, second] if sum(cents for group, _, cents in first if group == "PR") > 0 else [first]
    plans: dict[str, Any] = TWO_PLANS if len(answers) == 2 else {}
    bill, _ = billed(partners, *answers, payments_cents=paid, **plans)
    assert bill is None or is_balanced(bill)


def _injury_and_other() -> Any:
    injury: ChartCoded = chart()
    return (injury.diagnoses[0].model_copy(update={"code": "S61.012A"}), injury.diagnoses[0])
