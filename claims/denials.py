"""What a payer refused or denied, told to the hospital with the rule that could have caught it and how to mend it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from claims import findings, settlement
from claims.accounts import AccountClaim
from claims.denial_reasons import NO_RULE, UNPROCESSABLE, Reason, reason
from claims.drafting import PRODUCER
from claims.remittance import REVERSAL
from schemas.events import DeadlineDue
from schemas.events.claim import Adjustment
from schemas.events.coded import ChartReturned, Finding, ReturnReason
from schemas.events.payer import ClaimAcknowledged, ClaimAdjudicated, StatusCode
from schemas.events.types import Cents, Event
from schemas.identity import caused_by, derived

_CATEGORIES = {  # X12 277CA STC01-1, in our words
    "A3": "the claim was returned without being taken",
    "A4": "the payer cannot find the claim",
    "A6": "the claim lacks something the payer needs",
    "A7": "something in the claim is not valid",
    "A8": "two things in the claim do not go together",
}
_TOO_LATE = "29"  # CARC


class Denial(NamedTuple):
    """One reason for which a payer pays nothing of a claim, or of one of its lines, counted from 1."""

    line: int | None
    group: str
    carc: str
    remarks: tuple[str, ...] = ()
    cents: Cents = 0

    @property
    def reason(self) -> Reason:
        return reason(self.carc, self.remarks)


def returned(claim: AccountClaim, answer: ClaimAdjudicated) -> ChartReturned | None:
    """What a payer denied, back to the hospital: each reason with its line, where the payer named it. Null for
    nothing."""
    found = tuple(_with_proof(_told(each), claim) for each in denied(claim))
    about = (claim.claim.claim_id, answer.trace_number, answer.position)
    again = settlement.is_duplicate(claim, answer) and not settlement.settles(claim, answer)
    if again and answer.status != REVERSAL:
        found = (_told(Denial(None, "CO", settlement.DUPLICATE)),)  # of the answer that stands the hospital knows
    return _back(claim, answer, "denied-by-payer", found, *about) if found else None


def unanswered(claim: AccountClaim, due: DeadlineDue) -> ChartReturned:
    """A claim whose payer said nothing in time, told to the hospital, which can ask him."""
    return _back(claim, due, "unanswered", (NO_ANSWER,), claim.claim.claim_id, due.deadline_id)


def rejected(claim: AccountClaim, ack: ClaimAcknowledged) -> ChartReturned:
    """A claim the payer did not even file (277CA, or a file refused by 999 or TA1), back to the hospital."""
    found = tuple(_refused(claim, status) for status in ack.codes) or (_refused_file(),)
    return _back(claim, ack, "rejected-by-payer", found, claim.claim.claim_id, claim.claim.submission, ack.event_id)


def denied(claim: AccountClaim) -> tuple[Denial, ...]:
    """What was denied of a claim: all of it, or the lines for which nothing is paid. What a reversal took back is none
    of it, though what it takes back may be still to come."""
    if not any(settlement.denied_by(claim, settlement.totals(claim).adjustments)):
        return ()
    return tuple(_denied_whole(claim) if settlement.standing(claim) == "denied" else _denied_lines(claim))


def is_unprocessable(claim: AccountClaim) -> bool:
    """Whether its payer sent the whole claim back as one that he can not process (RARC MA130)."""
    return settlement.standing(claim) == "denied" and any(UNPROCESSABLE in each.remarks for each in denied(claim))


def _denied_whole(claim: AccountClaim) -> Iterator[Denial]:
    """Line by line and as a whole."""
    prior = settlement.prior_answer(claim)
    numbers = {line.control_number: line.number for line in claim.claim.lines}
    yield from _denials(claim, prior.adjustments, prior.remarks, None)
    for line in prior.lines:
        yield from _denials(claim, line.adjustments, (*line.remarks, *prior.remarks), numbers[line.control_number])


def _denied_lines(claim: AccountClaim) -> Iterator[Denial]:
    """The lines of a paid claim of which nothing is paid and nothing left to the patient, for a reason that denies."""
    numbers = {line.control_number: line.number for line in claim.claim.lines}
    for line in settlement.prior_answer(claim).lines:
        if line.paid_cents == 0 and all(adjustment.group != "PR" for adjustment in line.adjustments):
            yield from _denials(claim, line.adjustments, line.remarks, numbers[line.control_number])


def _denials(
    claim: AccountClaim, adjustments: Iterable[Adjustment], remarks: tuple[str, ...], line: int | None
) -> Iterator[Denial]:
    for entry in settlement.denied_by(claim, adjustments):
        if entry.cents > 0:
            yield Denial(line, entry.group, entry.carc, remarks, entry.cents)


def _back(
    claim: AccountClaim, because: Event, reason: ReturnReason, found: tuple[Finding, ...], *about: object
) -> ChartReturned:
    chart = claim.claim.charts[0]
    return ChartReturned(
        **caused_by(because, PRODUCER),
        event_id=derived("chart-returned", reason, *about),
        hospital=claim.claim.hospital,
        chart_id=chart.chart_id,
        version=chart.version,
        account_number=claim.claim.account_number,
        reason=reason,
        findings=found,
    )


def _told(denial: Denial) -> Finding:
    """A reason no rule of ours knows is named as what it is: the payer's code."""
    why = denial.reason
    citation = " ".join((f"X12 835 CAS, CARC {denial.carc}", *(f"RARC {remark}" for remark in denial.remarks)))
    rule = f"CARC-{denial.carc}" if why.rule == NO_RULE else why.rule
    return findings.reject(rule, why.message, mend=why.mend, citation=citation, carc=denial.carc, line=denial.line)


def _with_proof(finding: Finding, claim: AccountClaim) -> Finding:
    """A claim that its payer accepted was filed on the day he received it, whatever he says of it now."""
    if finding.carc != _TOO_LATE or claim.filed_on is None:
        return finding
    return finding.model_copy(update={"mend": "appeal with the payer's own 277CA, which says when he received it"})


def _refused(claim: AccountClaim, status: StatusCode) -> Finding:
    if status.place is not None:
        return _refused_file(status)
    lines = {line.control_number: line.number for line in claim.claim.lines}
    code = ":".join(part for part in (status.category, status.status, status.entity) if part)
    return findings.reject(
        f"277CA-{status.category}",
        _CATEGORIES.get(status.category, "the payer did not take the claim"),
        mend="look the status code up, correct the chart and send its next version",
        citation=f"X12 277CA STC {code}",
        line=lines.get(status.line_control_number or ""),
    )


NO_ANSWER = findings.warn(
    "276",
    "the payer has not answered the claim in time",
    mend="ask the payer for the claim's status; a claim it never got is sent again once the payer rejects it",
    citation="X12 276/277; billing.md: no answer by day N is a work item",
)


def _refused_file(status: StatusCode | None = None) -> Finding:
    """For an error that is nobody's or his own, with its place; else with the claims beside it."""
    if status is None:
        return findings.reject(
            "277CA",
            "the payer refused the file the claim was in",
            mend="ask the operator why; send the chart's next version when it is mended",
            citation="X12 999, TA1",
        )
    return findings.reject(
        f"{status.entity}-{status.category}",
        f"the payer refused the file the claim was in: {_FILE_ERRORS.get(_code(status), 'an error')} at {status.place}",
        mend="correct the chart where it says that, else ask the operator; then send its next version",
        citation=f"X12 {'TA1' if status.entity == 'TA105' else '999'} {status.entity} {status.category}",
    )


def _code(status: StatusCode) -> str:
    return f"{status.entity} {status.category}"


_FILE_ERRORS = {  # X12 999, in our words
    "IK304 1": "a segment that is none",
    "IK304 2": "a segment that does not belong",
    "IK304 3": "a segment that is missing",
    "IK304 5": "a segment that comes too often",
    "IK403 1": "something required that is missing",
    "IK403 2": "something missing that the rest asks for",
    "IK403 4": "something too short",
    "IK403 5": "something too long",
    "IK403 6": "a character that may not be",
    "IK403 7": "a code that is none",
    "IK403 8": "a day that is none",
    "IK403 9": "a time that is none",
}
