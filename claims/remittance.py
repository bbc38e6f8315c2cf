"""Whether a payer's answer may be posted: its own claim, balanced by line, by claim and by remittance (X12 835)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from claims.amounts import LARGEST
from schemas.events.claim import Adjustment, ClaimKind
from schemas.events.payer import AnsweredLine, ClaimAdjudicated, Remittance

REVERSAL = "22"


@dataclass(frozen=True)
class Refusal:
    """Why an answer is not posted: what is wrong, in which field, and its mend. Never a value."""

    code: str
    field: str
    mend: str


@dataclass(frozen=True)
class ClaimFacts:
    """What has to be known of a claim of ours to check an answer to it."""

    claim_id: str
    control_number: str
    payer: str
    hospital: str
    account_number: str
    patient_key: str
    kind: ClaimKind
    total_charge_cents: int
    lines: tuple[tuple[str, int], ...]


def check_answer(answer: ClaimAdjudicated, claim: ClaimFacts | None) -> tuple[Refusal, ...]:
    """Everything that is wrong with an answer, at once. Another's claim is told no more than that it is not his."""
    if claim is None or claim.control_number != answer.control_number:
        return (Refusal("unknown-claim", "control_number", "answer with the control number the claim was sent with"),)
    if claim.payer != answer.payer:
        return (Refusal("wrong-payer", "control_number", "answer only the claims of your own topic"),)
    return (*_too_large(answer), *_unbalanced(answer), *_against_claim(answer, claim), *_missigned(answer))


def self_consistent(answer: ClaimAdjudicated) -> tuple[Refusal, ...]:
    """Everything that is wrong with an answer whatever claim it is to."""
    return (*_too_large(answer), *_unbalanced(answer), *_missigned(answer))


def balances(remittance: Remittance, answers: Sequence[ClaimAdjudicated]) -> Refusal | None:
    """The first reason why a payment and its answers don't belong together; null when they balance.

    Number and sum of the claims are as announced.
    """
    paid = sum(answer.paid_cents for answer in answers)
    if len(answers) != remittance.claims_count:
        return Refusal("remittance-count", "claims_count", "send as many answers as the remittance announces")
    if paid != remittance.claims_paid_cents:
        return Refusal("remittance-sum", "claims_paid_cents", "the sum paid over the answers is the one announced")
    return pays(remittance)


def pays(remittance: Remittance) -> Refusal | None:
    """What is announced of the claims - sum of provider adjustments (PLB) = payment, never < 0; null where it is so."""
    taken = sum(adjustment.cents for adjustment in remittance.provider_adjustments)
    if remittance.payment_cents < 0:
        return Refusal("payment-negative", "payment_cents", "carry what is owed to you forward (PLB FB)")
    if remittance.claims_paid_cents - taken != remittance.payment_cents:
        return Refusal("remittance-unbalanced", "payment_cents", "sum paid - provider adjustments = payment")
    return None


def _too_large(answer: ClaimAdjudicated) -> Iterator[Refusal]:
    """No amount has more than an 835's ten digits (LARGEST), or what is summed over answers could not be said."""
    mend = "no amount is above 99,999,999.99; they are in cents"
    for field in ("paid_cents", "patient_responsibility_cents", "interest_cents"):
        if abs(getattr(answer, field) or 0) > LARGEST:
            yield Refusal("amount-too-large", field, mend)
    if any(abs(adjustment.cents) > LARGEST for adjustment in answer.adjustments):
        yield Refusal("amount-too-large", "adjustments", mend)
    for index, line in enumerate(answer.lines):
        if any(abs(cents) > LARGEST for cents in (line.paid_cents, *(each.cents for each in line.adjustments))):
            yield Refusal("amount-too-large", f"lines[{index}]", mend)


def _unbalanced(answer: ClaimAdjudicated) -> Iterator[Refusal]:
    """Line: charge - adjustments = paid. Claim: charge - (its own + all its lines' adjustments) = paid. A DRG pays the
    claim and not its lines, so that the lines' payments need not add up to the claim's."""
    for index, line in enumerate(answer.lines):
        if line.charge_cents - _sum(line.adjustments) != line.paid_cents:
            yield Refusal("line-unbalanced", f"lines[{index}].paid_cents", "charge - adjustments = paid, on each line")
    adjusted = _sum(answer.adjustments) + sum(_sum(line.adjustments) for line in answer.lines)
    if answer.charge_cents - adjusted != answer.paid_cents:
        yield Refusal("claim-unbalanced", "paid_cents", "charge - (claim and line adjustments) = paid")
    if answer.lines and sum(line.charge_cents for line in answer.lines) != answer.charge_cents:
        yield Refusal("lines-sum", "charge_cents", "the lines' charges add up to the claim's charge")


def _against_claim(answer: ClaimAdjudicated, claim: ClaimFacts) -> Iterator[Refusal]:
    """An answer may cover a part of the claim, never more than it, and no line we did not send."""
    if abs(answer.charge_cents) > claim.total_charge_cents:
        yield Refusal("charge-exceeds-claim", "charge_cents", "answer at most the charge that was sent")
    sent = dict(claim.lines)
    for index, line in enumerate(answer.lines):
        if line.control_number is None:
            continue
        if line.control_number not in sent:
            yield Refusal("unknown-line", f"lines[{index}].control_number", "echo the line's number as sent (REF 6R)")
        elif abs(line.charge_cents) > sent[line.control_number]:
            yield Refusal("line-exceeds-claim", f"lines[{index}].charge_cents", "answer at most the line's charge")


def _missigned(answer: ClaimAdjudicated) -> Iterator[Refusal]:
    """A reversal negates what it reverses and names no patient responsibility; any other answer's charge is not
    negative. What is paid may have either sign: a DRG may pay more than the charge."""
    reversal = answer.status == REVERSAL
    if _against(reversal, answer.charge_cents):
        yield Refusal("wrong-sign", "charge_cents", "only a reversal (22) has negative charges, and all of them")
    for index, line in enumerate(answer.lines):
        if _against(reversal, line.charge_cents):
            yield Refusal("wrong-sign", f"lines[{index}].charge_cents", "only a reversal (22) has negative charges")
    if reversal and answer.patient_responsibility_cents is not None:
        yield Refusal("wrong-sign", "patient_responsibility_cents", "leave it out of a reversal (x12.org RFI 1147)")


def _against(reversal: bool, charge: int) -> bool:
    return charge > 0 if reversal else charge < 0


def _sum(adjustments: Iterable[Adjustment]) -> int:
    return sum(adjustment.cents for adjustment in adjustments)


def match_line(line: AnsweredLine, candidates: Iterable[tuple[str, str | None, int]]) -> str | None:
    """The control number of an answered line: as echoed, or of the one line with that code and charge. Two that fit
    are none: a line that was only guessed would carry another's denial."""
    if line.control_number is not None:
        return line.control_number
    code = line.submitted_code or line.code
    found = [number for number, sent, charge in candidates if sent == code and charge == abs(line.charge_cents)]
    return found[0] if len(found) == 1 else None
