"""What only a claim can have wrong, and no chart: its total, its billing provider, its correction, earlier answers."""

from collections.abc import Iterable, Iterator
from typing import Final

from claims.findings import reject, warn
from claims.partner_fields import has_check_digit
from claims.partners import Payer
from claims.stay import STILL_A_PATIENT
from claims.x12.fields import Doubt
from schemas.events.claim import ClaimBuilt, PriorAnswer
from schemas.events.coded import Drg, Finding

_CORRECTIONS: Final = frozenset({"7", "8"})  # CLM05-3: replaces, voids
_INTERIM: Final = frozenset({"2", "3"})  # first and continuing
_IN_SEQUENCE: Final = frozenset({"3", "4"})  # continuing and last
_ENDS: Final = frozenset({"1", "4"})  # from admission to discharge, last
_SHORT_PAID: Final = "X12 RFI 524, 1115; 837 loops 2320, 2430"


def claim_findings(claim: ClaimBuilt, payer: Payer | None, drg: Drg | None) -> Iterator[Finding]:
    """`payer`: the claim's, where we know him; `drg`: the group that ours gives the stay."""
    yield from _total(claim)
    yield from _biller(claim)
    yield from _correction(claim, payer)
    yield from _frequency(claim)
    yield from _sequence(claim, payer)
    yield from _earlier_answers(claim)
    if claim.drg is not None and drg is not None and claim.drg.code != drg.code:
        yield warn(
            "B8",
            "the claim's group is not the one that MS-DRG gives the stay",
            field="HI DR",
            value_kind="DRG",
            mend="check the principal diagnosis, age, sex, patient status and what was present on admission",
            citation="42 CFR 412.60",
            carc="A8",
        )


def doubted(doubts: Iterable[Doubt]) -> Iterator[Finding]:
    """What reading the claim found wrong, as the rule says it that would have."""
    for doubt in doubts:
        carc, kind = _DOUBTED[doubt.rule]
        fault = doubt.fault
        where = f"{fault.element}, segment {fault.at}"
        citation = "837 HI; 45 CFR 162.1002"
        yield reject(doubt.rule, fault.why, field=where, value_kind=kind, mend=fault.mend, citation=citation, carc=carc)


_DOUBTED: Final = {
    "X1": ("146", "ICD-10-CM code"),
    "X12": ("16", "present-on-admission indicator"),
    "H2": ("181", "ICD-10-PCS code"),
}
"""By rule its CARC, and what kind of value offends."""


def _total(claim: ClaimBuilt) -> Iterator[Finding]:
    """$1: the lines add up to the claim's charge."""
    if sum(line.charge_cents for line in claim.lines) != claim.total_charge_cents:
        yield reject(
            "$1",
            "the lines do not add up to the claim's charge",
            field="CLM02",
            value_kind="amount",
            mend="give the sum of the lines",
            citation="837 CLM02, SV102, SV203",
            carc="16",
        )


def _biller(claim: ClaimBuilt) -> Iterator[Finding]:
    """P1, P2: who bills has an NPI, and its check digit is right."""
    npi = claim.billing_provider.npi
    if npi is None:
        mend = "give it; without one a claim is paid to nobody"
        citation = "837 2010AA NM109; 45 CFR 162.410"
        yield reject("P1", "a billing provider without NPI", field="NM109", mend=mend, citation=citation, carc="206")
    elif not has_check_digit(npi):
        mend, citation = "correct it", "45 CFR 162.406"
        message = "an NPI of the billing provider with a wrong check digit"
        yield reject("P2", message, field="NM109", value_kind="NPI", mend=mend, citation=citation, carc="207")


def _correction(claim: ClaimBuilt, payer: Payer | None) -> Iterator[Finding]:
    """C5: a replacement or a void names the payer's own number of what it corrects, and he takes such."""
    if claim.frequency not in _CORRECTIONS:
        return
    if claim.original_reference is None:
        message, field = "a correction without the payer's number of the claim that it corrects", "REF F8"
        mend = "give the number of his answer, or send an original claim"
    elif payer is not None and not payer.accepts(claim.kind):
        message, field = "a correction that this payer does not take", "CLM05-3"
        mend = "ask him to reopen the claim"
    else:
        return
    yield reject("C5", message, field=field, mend=mend, citation="837 CLM05-3, REF F8", carc="16")


def _frequency(claim: ClaimBuilt) -> Iterator[Finding]:
    """B1: an interim bill (frequency 2, 3) is of a patient who is still there (patient status 30), and of a stay the
    whole (1) and the last one (4) are not."""
    goes_on = claim.patient_status == STILL_A_PATIENT
    over = claim.frequency in _ENDS and (claim.bill_type or "").startswith("011")
    if claim.kind == "institutional" and ((claim.frequency in _INTERIM and not goes_on) or (over and goes_on)):
        yield reject(
            "B1",
            "the frequency and the patient status disagree",
            field="CLM05-3",
            value_kind="patient status",
            mend="correct the type of bill or the patient status",
            citation="837I CLM05-3, CL103",
            carc="306",
        )


def _sequence(claim: ClaimBuilt, payer: Payer | None) -> Iterator[Finding]:
    """B1: a further interim bill with its own days, or the last one (frequency 3, 4), goes to who takes bills in
    sequence. Medicare takes them of some hospitals, and of others not: where its entry says nothing, nobody knows."""
    if claim.frequency in _IN_SEQUENCE and payer is not None and payer.interim in {"cumulative", "none"}:
        yield reject(
            "B1",
            "an interim bill of its own days, and the payer takes none",
            field="CLM05-3",
            value_kind="frequency",
            mend="send everything since the admission, to a payer who takes that, or bill the stay as a whole",
            citation="837I CLM05-3; the payer's interim in partners.yaml",
            carc="306",
        )


def _earlier_answers(claim: ClaimBuilt) -> Iterator[Finding]:
    """C3: a later payer is told what each earlier one answered, and each answer balances, claim and lines."""
    before = {prior.sequence for prior in claim.prior if prior.sequence < claim.payer_sequence}
    if claim.payer_sequence > 1 and not before:
        message = "a claim to a later payer without what an earlier one answered"
        yield _unbalanced(message, "SBR01", "send it when he has answered, with his answer")
    for prior in claim.prior:
        adjusted = sum(each.cents for each in prior.adjustments)
        of_lines = sum(each.cents for line in prior.lines for each in line.adjustments)
        if claim.total_charge_cents - adjusted - of_lines != prior.paid_cents:
            yield _unbalanced("an earlier answer whose charge less adjustments is not what was paid", "AMT D")
        if not _lines_balance(claim, prior):
            yield _unbalanced("an earlier answer to a line whose charge less adjustments is not what was paid", "SVD02")


def _lines_balance(claim: ClaimBuilt, prior: PriorAnswer) -> bool:
    charged = {line.control_number: line.charge_cents for line in claim.lines}
    for line in prior.lines:
        charged[line.control_number] -= line.paid_cents + sum(each.cents for each in line.adjustments)
    return not any(charged[line.control_number] for line in prior.lines)


def _unbalanced(message: str, field: str, mend: str = "repeat the amounts of his answer") -> Finding:
    return reject("C3", message, field=field, value_kind="amount", mend=mend, citation=_SHORT_PAID, carc="129")
