"""What a claim's answers come to. They are summed and none is dropped as old: a correction may precede its reversal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Literal

from claims.accounts import Account, AccountClaim, Answer, ClaimState, is_with_the_payer, voided
from claims.denying import denying
from claims.payers import ACCIDENT_CARRIERS
from claims.prior_lines import net, prior_lines
from claims.remittance import REVERSAL, match_line
from schemas.events.claim import Adjustment, ClaimBuilt, PriorAnswer
from schemas.events.payer import AnsweredLine, ClaimAcknowledged, ClaimAdjudicated
from schemas.events.types import Cents

Standing = Literal["waiting", "settled", "denied", "crossed-over"]

_FORWARDED = frozenset({"19", "20", "21", "23"})  # 835 CLP02: the payer itself sends the claim to the next
_PREDETERMINATION = "25"  # priced, not paid: it settles nothing
DUPLICATE = "18"  # CARC: the payer has this claim already
_NOT_A_WORK_INJURY = frozenset({"P2", "P4"})  # CARC: workers' compensation says that the injury is not its own
_NOT_OWED_FOR_AN_ACCIDENT = frozenset({"35", "119", "149", "P6"})  # used up, or no entitlement

_STATES: dict[Standing, ClaimState] = {
    "waiting": "accepted",  # who answers has taken the claim
    "settled": "answered",
    "denied": "denied",
    "crossed-over": "crossed-over",
}


@dataclass(frozen=True)
class Totals:
    """The sum of a claim's answers: charge = paid + adjusted, where the patient's part is one of the adjustments."""

    charge_cents: Cents
    paid_cents: Cents
    adjustments: tuple[Adjustment, ...]

    @property
    def patient_cents(self) -> Cents:
        """What this payer leaves to the patient: group PR, and nothing else."""
        return sum(adjustment.cents for adjustment in self.patient)

    @property
    def patient(self) -> tuple[Adjustment, ...]:
        """The patient's part by reason: 1 deductible, 2 coinsurance, 3 copay, others."""
        return tuple(adjustment for adjustment in self.adjustments if adjustment.group == "PR")

    @property
    def adjusted_cents(self) -> Cents:
        """What nobody is asked for: groups CO, OA and PI."""
        return sum(adjustment.cents for adjustment in self.adjustments if adjustment.group != "PR")


def apply(claim: AccountClaim, answer: ClaimAdjudicated) -> AccountClaim:
    """The claim with one more answer. The same answer again changes nothing, and their order doesn't matter.

    A new answer may change what the next payer or the patient was told, so the claim is to be followed up again.
    """
    if any(_is(kept, answer) for kept in claim.answers):
        return claim
    answers = tuple(sorted((*claim.answers, _kept(claim, answer)), key=lambda kept: (kept.trace_number, kept.position)))
    answered = claim.model_copy(update={"answers": answers, "followed_up": False})
    newest = _newest_first(counted(answered))
    number = next((kept.payer_claim_number for kept in newest if kept.payer_claim_number), None)
    state = claim.state if claim.state == "replaced" else state_of(answered)
    return answered.model_copy(update={"state": state, "payer_claim_number": number or claim.payer_claim_number})


def acknowledge(claim: AccountClaim, ack: ClaimAcknowledged) -> AccountClaim:
    """277CA: accepted, or rejected and so never filed. One that is of an earlier submission, or comes after an answer,
    says nothing new, but for the day on which the payer received an accepted claim."""
    if claim.state == "replaced" or ack.control_number not in (None, claim.claim.control_number):
        return claim
    filed = claim.filed_on or (ack.receipt_date if ack.accepted else None)
    if claim.answers:
        return claim if filed == claim.filed_on else claim.model_copy(update={"filed_on": filed})
    number = ack.payer_claim_number or claim.payer_claim_number
    state = "accepted" if ack.accepted else "rejected"
    return claim.model_copy(update={"state": state, "payer_claim_number": number, "filed_on": filed})


def standing(claim: AccountClaim) -> Standing:
    """Settled when the answers' charges add up to the claim's: until then a reversal or a correction is on its way.

    A wholly denied claim is one with nothing paid, nothing left to the patient and a reason that no contract explains;
    status 4 says only that the patient is not a member.
    """
    money = totals(claim)
    answers = counted(claim)
    if not answers or money.charge_cents != claim.claim.total_charge_cents:
        return "waiting"
    latest = next(_newest_first(answers), None)
    if latest is not None and latest.status in _FORWARDED:
        return "crossed-over"
    unpaid = money.paid_cents == 0 and money.patient_cents == 0
    return "denied" if unpaid and any(denied_by(claim, money.adjustments)) else "settled"


def denied_by(claim: AccountClaim, adjustments: Iterable[Adjustment]) -> Iterator[Adjustment]:
    """Those of its payer's adjustments that deny."""
    return denying(adjustments, claim.claim.filing_indicator)


def counted(claim: AccountClaim) -> tuple[Answer, ...]:
    """The answers that settle. Beside others the denial of the whole claim as a duplicate says only that the claim came
    twice, from us and from the payer who forwarded it, unless it is what is left: they come to nothing, and it is not
    older than they. Several say no more than one."""
    answers = [answer for answer in claim.answers if answer.status != _PREDETERMINATION]
    duplicates = [answer for answer in answers if is_duplicate(claim, answer)]
    others = [answer for answer in answers if answer not in duplicates]
    if sum(answer.charge_cents for answer in others) or sum(answer.charge_cents for answer in duplicates) <= 0:
        return tuple(others)
    since = max((answer.adjudicated_on for answer in others), default=date.min)
    denials = (answer for answer in duplicates if answer.charge_cents > 0 and answer.adjudicated_on >= since)
    return (*others, *islice(denials, 1))


def settles(claim: AccountClaim, answer: ClaimAdjudicated) -> bool:
    """Whether an answer that the claim has is one of those that count."""
    return any(_is(kept, answer) for kept in counted(claim))


def is_duplicate(claim: AccountClaim, answer: Answer | ClaimAdjudicated) -> bool:
    """Whether an answer denies the whole claim because the payer has it already. The reversal of one is one."""
    if answer.paid_cents or abs(answer.charge_cents) != claim.claim.total_charge_cents:
        return False
    return {adjustment.carc for adjustment in _all_adjustments((answer,))} == {DUPLICATE}


_UNANSWERED = Totals(charge_cents=0, paid_cents=0, adjustments=())


def totals(claim: AccountClaim) -> Totals:
    """Charges, payments and adjustments by group and reason, summed over all answers that pay."""
    if not claim.answers:
        return _UNANSWERED
    answers = counted(claim)
    return Totals(
        charge_cents=sum(answer.charge_cents for answer in answers),
        paid_cents=sum(answer.paid_cents for answer in answers),
        adjustments=net(_all_adjustments(answers)),
    )


def is_open(claim: AccountClaim) -> bool:
    """An answer is still to come: the first one, or the one after a reversal. A void is answered when its claim's
    charges are taken back, under its own number or the claim's, or when it is denied."""
    if claim.claim.frequency == "8":
        return standing(claim) == "waiting" and totals(claim).charge_cents != -claim.claim.total_charge_cents
    return claim.state != "replaced" and standing(claim) == "waiting"


def pending_voids(account: Account, chart_id: str) -> tuple[AccountClaim, ...]:
    """Voids of the chart's claims that their payers have neither refused nor answered, under either number."""
    mine = (kept for kept in account.claims if kept.claim.charts[0].chart_id == chart_id and is_with_the_payer(kept))
    return tuple(kept for kept in mine if is_open(kept) and _would_stand(account, kept) is not None)


def voids(account: Account) -> tuple[AccountClaim, ...]:
    """Voids that their payers have not refused. Of one that seems to be answered the payer may correct the answer."""
    return tuple(kept for kept in account.claims if kept.claim.frequency == "8" and is_with_the_payer(kept))


def stands_again(account: Account, void: AccountClaim) -> AccountClaim | None:
    """The claim whose void its payer refused, as it stands again; null where he has reversed it, and for other
    claims."""
    original = _would_stand(account, void)
    if original is None:
        return None
    return original.model_copy(update={"state": state_of(original), "followed_up": True})


def _would_stand(account: Account, void: AccountClaim) -> AccountClaim | None:
    original = voided(account, void)
    return original if original is not None and totals(original).charge_cents != 0 else None


def state_of(claim: AccountClaim) -> ClaimState:
    """What its answers make of a claim that stands."""
    return _STATES[standing(claim)]


def asks_next(claim: AccountClaim) -> bool:
    """A next payer is asked for what a settled claim leaves to the patient, or when it was no work injury after all."""
    match standing(claim):
        case "settled":
            return totals(claim).patient_cents > 0
        case "denied":
            return passes_on(claim)
        case _:
            return False


def passes_on(claim: AccountClaim) -> bool:
    """Who answers for an accident denies that it is his, or that anything is left (billing.md section 6, 2 and 3): who
    stands after him comes next."""
    if standing(claim) != "denied":
        return False
    reasons = {adjustment.carc for adjustment in totals(claim).adjustments}
    his = _NOT_OWED_FOR_AN_ACCIDENT if is_of_an_accident(claim.claim) else _NOT_A_WORK_INJURY
    return not reasons.isdisjoint(his)


def paid_the_patient(claim: AccountClaim) -> bool:
    """The payer sent the patient what is ours (CARC 100 of another group than PR, which is no part of his bill)."""
    return any(each.carc == "100" and each.group != "PR" and each.cents > 0 for each in totals(claim).adjustments)


def is_of_an_accident(claim: ClaimBuilt) -> bool:
    """Whether a carrier of accidents that are not of work is asked."""
    return claim.filing_indicator in ACCIDENT_CARRIERS


def prior_answer(claim: AccountClaim) -> PriorAnswer:
    """What this payer answered, as the next one's claim carries it, line by line (X12 2320, 2330, 2430)."""
    answers = sorted(counted(claim), key=_when)
    lines: dict[str | None, list[AnsweredLine]] = {line.control_number: [] for line in claim.claim.lines}
    for answered in (line for answer in answers for line in answer.lines):
        lines.setdefault(answered.control_number, []).append(answered)
    of_claim = [adjustment for answer in answers for adjustment in answer.adjustments]
    of_no_line = [adjustment for line in lines.pop(None, ()) for adjustment in line.adjustments]
    said = claim.claim
    return PriorAnswer(
        payer=said.payer,
        sequence=said.payer_sequence,
        adjudicated_on=max(answer.adjudicated_on for answer in answers),
        payer_claim_number=claim.payer_claim_number,
        paid_cents=sum(answer.paid_cents for answer in answers),
        adjustments=net([*of_claim, *of_no_line]),  # so that the claim's equation holds though a line is unknown
        lines=prior_lines(said.lines, lines),
        remaining_cents=totals(claim).patient_cents,
        remarks=_once(remark for answer in _newest_first(answers) for remark in answer.remarks),
        filing_indicator=said.filing_indicator,
        subscriber=said.subscriber,
        member_id=said.member_id,
        group=said.group,
    )


def _is(kept: Answer, answer: ClaimAdjudicated) -> bool:
    return (kept.trace_number, kept.position) == (answer.trace_number, answer.position)


def _kept(claim: AccountClaim, answer: ClaimAdjudicated) -> Answer:
    sent = [(line.control_number, line.code, line.charge_cents) for line in claim.claim.lines]
    lines = (line.model_copy(update={"control_number": match_line(line, sent)}) for line in answer.lines)
    return Answer(
        trace_number=answer.trace_number,
        position=answer.position,
        status=answer.status,
        adjudicated_on=answer.adjudicated_on,
        charge_cents=answer.charge_cents,
        paid_cents=answer.paid_cents,
        patient_responsibility_cents=answer.patient_responsibility_cents,
        adjustments=answer.adjustments,
        lines=tuple(lines),
        payer_claim_number=answer.payer_claim_number,
        remarks=answer.remarks,
    )


def _newest_first(answers: Iterable[Answer]) -> Iterator[Answer]:
    """Answers that stand, newest first; a reversal only takes away."""
    standing_ones = (answer for answer in answers if answer.status != REVERSAL)
    return iter(sorted(standing_ones, key=_when, reverse=True))


def _when(answer: Answer) -> tuple[date, str, int]:
    return answer.adjudicated_on, answer.trace_number, answer.position


def _once(remarks: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(remarks))


def _all_adjustments(answers: Iterable[Answer | ClaimAdjudicated]) -> Iterator[Adjustment]:
    for answer in answers:
        yield from answer.adjustments
        for line in answer.lines:
            yield from line.adjustments
