"""The example payer: its answers are valid on our wire, balance to the cent, and say the same each time."""

from itertools import count
from types import ModuleType
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.remittance import ClaimFacts, balances, check_answer
from schemas.codec import Codec
from schemas.events import ClaimAcknowledged, ClaimAdjudicated, ClaimBuilt, Remittance
from schemas.examples import example
from schemas.registry import committed

CODEC = Codec(committed())
CLAIM = cast(ClaimBuilt, example("claim-built"))
ORDINARY, REJECTED, UNNECESSARY, INCOMPLETE, CORRECTED, TWICE = range(30, 100), range(3), range(3, 7), range(7, 10), \
    range(10, 20), range(20, 30)  # fmt: skip

Claim = dict[str, Any]
Told = list[tuple[str, Any]]


def claim(fees: ModuleType, fate: range, **changed: Any) -> Claim:
    """The example claim, as Avro gives it to the payer, with a control number of that fate."""
    numbers = (f"CN{number}" for number in count())
    number = next(each for each in numbers if fees.fate({"control_number": each}) in fate)
    fields = {**CLAIM.model_dump(), "control_number": number, "claim_id": f"claim-{number}", **changed}
    return ClaimBuilt.model_validate(fields).model_dump()


def said(payer: ModuleType, *claims: Claim, known: dict[str, Claim] | None = None) -> Told:
    """All events to these claims, through the payer's Avro and our strict codec."""
    wire = payer.Wire()
    told = payer.events(claims, known or {})
    return [(topic, CODEC.decode_strict(wire.write(topic.split(".")[0], event))) for topic, _, event in told]


def answers(told: Told) -> list[ClaimAdjudicated]:
    return [event for _, event in told if isinstance(event, ClaimAdjudicated)]


def facts(sent: Claim) -> ClaimFacts:
    return ClaimFacts(
        **{name: sent[name] for name in ("claim_id", "control_number", "payer", "hospital", "account_number", "kind")},
        patient_key="p", total_charge_cents=sent["total_charge_cents"],
        lines=tuple((line["control_number"], line["charge_cents"]) for line in sent["lines"]),
    )  # fmt: skip


def remittances(told: Told) -> list[tuple[Remittance, list[ClaimAdjudicated]]]:
    """Each payment with its answers, a repeated answer once."""
    unique = {answer.event_id: answer for answer in answers(told)}.values()
    payments = [event for _, event in told if isinstance(event, Remittance)]
    return [(each, [a for a in unique if a.trace_number == each.trace_number]) for each in payments]


def priced(sent: Claim, charges: list[int]) -> Claim:
    """The claim with these charges on its lines."""
    line = sent["lines"][0]
    lines = [line | {"control_number": f"L{n}", "charge_cents": cents} for n, cents in enumerate(charges, start=1)]
    return sent | {"lines": lines, "total_charge_cents": sum(charges)}


@given(
    charges=st.lists(st.integers(0, 50_000_000), min_size=1, max_size=5),
    fate=st.sampled_from([ORDINARY, UNNECESSARY, INCOMPLETE, CORRECTED, TWICE]),
    indicator=st.sampled_from(["CI", "MB", "MA", "16", "MC", "WC", "ZZ"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_every_answer_and_every_payment_balances(
    payer: ModuleType, fees: ModuleType, charges: list[int], fate: range, indicator: str
) -> None:
    sent = priced(claim(fees, fate, filing_indicator=indicator), charges)
    told = said(payer, sent)
    assert [check_answer(answer, facts(sent)) for answer in answers(told)] == [()] * len(answers(told))
    assert [balances(*each) for each in remittances(told)] == [None] * len(remittances(told))


def test_an_ordinary_claim_is_accepted_and_paid(payer: ModuleType, fees: ModuleType) -> None:
    (receipt_topic, receipt), (payment_topic, _), (answer_topic, answer) = said(payer, claim(fees, ORDINARY))
    payer_id = CLAIM.payer
    assert [receipt_topic, payment_topic, answer_topic] == [
        f"claim-acknowledged.{payer_id}", f"remittance.{payer_id}", f"claim-adjudicated.{payer_id}"
    ]  # fmt: skip
    assert receipt.accepted
    assert answer.payer_claim_number == receipt.payer_claim_number
    assert {a.carc for line in answer.lines for a in line.adjustments} == {"45", "1", "2"}


def test_the_deductible_is_taken_once_a_claim(payer: ModuleType, fees: ModuleType) -> None:
    sent = priced(claim(fees, ORDINARY, filing_indicator="CI"), [3000, 3000, 3000])
    (answer,) = answers(said(payer, sent))
    assert sum(a.cents for line in answer.lines for a in line.adjustments if a.carc == "1") == 2500


def test_lines_are_echoed_with_their_numbers(payer: ModuleType, fees: ModuleType) -> None:
    sent = claim(fees, ORDINARY)
    (answer,) = answers(said(payer, sent))
    assert [line.control_number for line in answer.lines] == [line["control_number"] for line in sent["lines"]]


def test_a_first_submission_may_be_rejected_and_its_second_is_accepted(payer: ModuleType, fees: ModuleType) -> None:
    first, second = claim(fees, REJECTED), claim(fees, REJECTED, submission=2)
    ((_, receipt),) = said(payer, first)
    assert not receipt.accepted
    assert len(answers(said(payer, second))) == 1


@pytest.mark.parametrize(("fate", "carc", "remarks"), [(UNNECESSARY, "50", ()), (INCOMPLETE, "16", ("M51",))])
def test_a_denial_pays_nothing_and_says_why(
    payer: ModuleType, fees: ModuleType, fate: range, carc: str, remarks: tuple[str, ...]
) -> None:
    (answer,) = answers(said(payer, claim(fees, fate)))
    assert (answer.status, answer.paid_cents, answer.remarks) == ("1", 0, remarks)
    assert {a.carc for line in answer.lines for a in line.adjustments} == {carc}


def test_a_correction_is_said_before_its_reversal_in_a_later_payment(payer: ModuleType, fees: ModuleType) -> None:
    first, correction, reversal = answers(said(payer, claim(fees, CORRECTED, filing_indicator="CI")))
    assert [correction.status, reversal.status] == ["1", "22"]
    assert first.trace_number != correction.trace_number == reversal.trace_number
    assert first.paid_cents + reversal.paid_cents == 0
    assert correction.paid_cents > first.paid_cents


def test_a_repeated_answer_is_the_same_word_for_word(payer: ModuleType, fees: ModuleType) -> None:
    one, other = answers(said(payer, claim(fees, TWICE)))
    assert one == other


def test_a_replacement_reverses_its_original_and_is_answered(payer: ModuleType, fees: ModuleType) -> None:
    original = claim(fees, CORRECTED, filing_indicator="CI")
    number = fees.digest(original["claim_id"])
    replacement = claim(fees, ORDINARY, frequency="7", original_reference=number, filing_indicator="CI")
    told = said(payer, priced(replacement, [5000]), known={number: original})
    before = said(payer, original)
    owed = sum(a.paid_cents for a in answers(before) + answers(told) if a.control_number == original["control_number"])
    assert owed == 0
    assert {a.control_number for a in answers(told)} == {original["control_number"], replacement["control_number"]}
    assert [balances(*each) for each in remittances(told)] == [None]
    ((payment, _),) = remittances(told)
    assert (payment.payment_cents, [each.code for each in payment.provider_adjustments]) == (0, ["FB"])


def test_a_void_is_answered_by_the_reversal_alone(payer: ModuleType, fees: ModuleType) -> None:
    original = claim(fees, ORDINARY)
    void = claim(fees, TWICE, frequency="8", original_reference=fees.digest(original["claim_id"]))
    (reversal,) = answers(said(payer, void, known={fees.digest(original["claim_id"]): original}))
    assert (reversal.status, reversal.control_number) == ("22", original["control_number"])


def test_a_replacement_of_a_claim_nobody_knows_is_rejected(payer: ModuleType, fees: ModuleType) -> None:
    ((_, receipt),) = said(payer, claim(fees, ORDINARY, frequency="7", original_reference="NEVER-SEEN"))
    assert not receipt.accepted


def test_a_later_payer_pays_what_the_earlier_one_left_to_the_patient(payer: ModuleType, fees: ModuleType) -> None:
    line = CLAIM.lines[0]
    shares = [{"group": "PR", "carc": "2", "cents": 700}]
    left = {"control_number": line.control_number, "paid_cents": line.charge_cents - 700, "adjustments": shares}
    prior = {"payer": "medicare", "sequence": 1, "adjudicated_on": CLAIM.statement_to, "paid_cents": 0, "lines": [left]}
    second = claim(fees, ORDINARY, prior=(prior,), payer_sequence=2)
    (answer,) = answers(said(payer, second))
    assert (answer.status, answer.paid_cents) == ("2", 700)


def test_claims_in_any_order_are_answered_alike(payer: ModuleType, fees: ModuleType) -> None:
    claims = [claim(fees, fate) for fate in (ORDINARY, CORRECTED, TWICE, UNNECESSARY, REJECTED)]
    assert said(payer, *claims) == said(payer, *claims[::-1])


def test_the_payer_says_nothing_that_is_ours_to_say(payer: ModuleType, fees: ModuleType) -> None:
    told = said(payer, claim(fees, ORDINARY))
    assert all(answer.claim_id is None and answer.hospital is None for answer in answers(told))
    assert all(event.hospital is None for _, event in told if isinstance(event, ClaimAcknowledged))
