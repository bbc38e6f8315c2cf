"""What a payer refused or denied, told to the hospital with the rule that could have caught it and how to mend it."""

from collections.abc import Iterator

from claims import findings, settlement
from claims.accounts import AccountClaim
from claims.drafting import PRODUCER
from claims.remittance import REVERSAL
from schemas.events import DeadlineDue
from schemas.events.coded import ChartReturned, Finding, ReturnReason
from schemas.events.payer import ClaimAcknowledged, ClaimAdjudicated, StatusCode
from schemas.events.types import Event
from schemas.identity import caused_by, derived

# CARC -> (rule of ours that could have caught it, what it means in our words, mend). One CARC may have several causes:
# the commonest is named. Sources: the CARC column of our edits; the reason list itself is X12's and not repeated here.
_REASONS: dict[str, tuple[str, str, str]] = {
    "4": ("M2", "the modifier does not go with the service", "correct or add the modifier"),
    "6": ("H3", "the service does not fit the patient's age", "check the service and the birth date"),
    "7": ("H3", "the service does not fit the patient's sex", "check the service and the patient's sex"),
    "9": ("X5", "the diagnosis does not fit the patient's age", "check the diagnosis and the birth date"),
    "10": ("X6", "the diagnosis does not fit the patient's sex", "check the diagnosis and the patient's sex"),
    "11": ("H7", "the diagnosis does not explain the service", "point the line to the diagnosis it was for"),
    "13": ("I7", "the service is after the patient's death", "check the dates"),
    "14": ("I8", "the service is before the patient's birth", "check the birth date"),
    "16": ("I3", "the claim lacks something the payer needs", "see the remarks; complete the chart and send it again"),
    "18": ("N5", "the payer has this line or claim already", "find the earlier claim; send a modifier if it differs"),
    "19": ("C1", "a work injury: workers' compensation pays first", "add the workers' compensation coverage"),
    "20": ("C1", "an accident: the liability insurer pays first", "add the liability coverage"),
    "21": ("C1", "an accident: the no-fault insurer pays first", "add the no-fault coverage"),
    "22": ("C2", "another plan pays first", "correct the order of the coverages"),
    "26": ("I4", "the service is before the coverage began", "check the coverage of that day"),
    "27": ("I4", "the service is after the coverage ended", "check the coverage of that day"),
    "29": ("D4", "the claim came after the filing limit", "send proof of timely filing, if there is one"),
    "31": ("I1", "the payer does not know the member", "check member id, name and birth date"),
    "49": ("H4", "routine care, which the plan does not cover", "check the coverage; the patient may owe it"),
    "50": ("H7", "the payer does not hold the service necessary", "add the diagnosis that was its reason, or appeal"),
    "60": ("B7", "outpatient services too near to an inpatient stay", "put them on the stay's claim"),
    "96": ("H4", "the plan does not cover the service", "check the coverage; the patient may owe it"),
    "97": ("N1", "the service is part of another one", "remove it, or add the modifier that tells them apart"),
    "107": ("H6", "the service it belongs to is missing", "add the base service"),
    "109": ("I6", "another payer is responsible", "check which plan the patient belongs to"),
    "110": ("D2", "the bill is older than the service", "check the dates of service"),
    "116": ("M5", "the notice the patient signed does not suffice", "send the notice, or remove the modifier"),
    "129": ("C3", "an earlier payer's answer is missing or wrong", "send it again with the earlier answer"),
    "140": ("I2", "name and member id belong to different people", "check the name and the member id"),
    "146": ("X1", "the diagnosis is not valid on that day", "code it by the release of the date of service"),
    "151": ("N3", "more units than the payer allows", "check the units, or document the need"),
    "181": ("H1", "the procedure code is not valid on that day", "code it by the release of the date of service"),
    "182": ("M1", "the modifier is not valid on that day", "correct the modifier"),
    "183": ("P6", "the referring provider may not refer this", "correct the referring provider"),
    "184": ("P6", "the ordering provider may not order this", "correct the ordering provider"),
    "185": ("P7", "the rendering provider may not bill this", "check his enrolment on that day"),
    "197": ("C6", "there is no authorization", "add the authorization, or ask for one afterwards"),
    "198": ("C6", "more than was authorized", "have the authorization extended"),
    "199": ("B4", "revenue code and procedure do not go together", "correct the chargemaster's row"),
    "204": ("H4", "the plan does not cover the service", "check the coverage; the patient may owe it"),
    "206": ("P1", "a provider's NPI is missing", "add the NPI to the roster"),
    "207": ("P2", "a provider's NPI is wrong", "correct the NPI in the roster"),
    "233": ("X13", "a complication that hospital care brought about", "check present-on-admission"),
    "236": ("N1", "the pair of services is not paid on one day", "remove one, or add the modifier if they were apart"),
    "239": ("D5", "the claim spans two coverages", "split it where the coverage changed"),
    "252": ("C6", "a document is asked for", "send the document"),
    "267": ("D5", "the claim spans two months", "split it by month"),
    "268": ("D5", "the claim spans two years", "split it by year"),
    "282": ("B4", "the procedure does not go with the bill type", "correct the revenue code or the bill type"),
    "284": ("C6", "the authorization is for something else", "add the authorization of this service"),
    "288": ("C7", "there is no referral", "add the referral"),
    "302": ("C6", "the authorization has expired", "have the authorization renewed"),
    "306": ("B1", "bill type and patient status disagree", "correct the patient status"),
    "A8": ("B8", "the stay cannot be grouped", "check principal diagnosis, procedures and discharge status"),
    "B7": ("P7", "the provider was not enrolled on that day", "check his enrolment on that day"),
    "B23": ("P8", "the laboratory has no certificate for the test", "add the CLIA number"),
    "P2": ("C1", "workers' compensation: the injury is not of work", "bill the patient's plan"),
    "P4": ("C1", "workers' compensation: the claim is not compensable", "bill the patient's plan"),
}

_CATEGORIES = {  # X12 277CA STC01-1, in our words
    "A3": "the claim was returned without being taken",
    "A4": "the payer cannot find the claim",
    "A6": "the claim lacks something the payer needs",
    "A7": "something in the claim is not valid",
    "A8": "two things in the claim do not go together",
}


def returned(claim: AccountClaim, answer: ClaimAdjudicated) -> ChartReturned | None:
    """What a payer denied, back to the hospital: each reason with its line, where the payer named it. Null for
    nothing."""
    found, about = denied(claim), (claim.claim.claim_id, answer.trace_number, answer.position)
    again = settlement.is_duplicate(claim, answer) and not settlement.settles(claim, answer)
    if again and answer.status != REVERSAL:
        found = (_denied(settlement.DUPLICATE, None),)  # of the answer that stands the hospital knows
    return _back(claim, answer, "denied-by-payer", found, *about) if found else None


def unanswered(claim: AccountClaim, due: DeadlineDue) -> ChartReturned:
    """A claim whose payer said nothing in time, told to the hospital, which can ask him."""
    return _back(claim, due, "unanswered", (NO_ANSWER,), claim.claim.claim_id, due.deadline_id)


def rejected(claim: AccountClaim, ack: ClaimAcknowledged) -> ChartReturned:
    """A claim the payer did not even file (277CA, or a file refused by 999 or TA1), back to the hospital."""
    found = tuple(_refused(claim, status) for status in ack.codes) or (_refused_file(),)
    return _back(claim, ack, "rejected-by-payer", found, claim.claim.claim_id, claim.claim.submission, ack.event_id)


def denied(claim: AccountClaim) -> tuple[Finding, ...]:
    """What was denied of a claim: all of it, or the lines for which nothing is paid. What a reversal took back is none
    of it."""
    if not any(settlement.denying(settlement.totals(claim).adjustments)):
        return ()
    return tuple(_denied_whole(claim) if settlement.standing(claim) == "denied" else _denied_lines(claim))


def _denied_whole(claim: AccountClaim) -> Iterator[Finding]:
    """Line by line and as a whole."""
    prior = settlement.prior_answer(claim)
    numbers = {line.control_number: line.number for line in claim.claim.lines}
    yield from (_denied(adjustment.carc, None) for adjustment in settlement.denying(prior.adjustments))
    for line in prior.lines:
        place = numbers[line.control_number]
        yield from (_denied(adjustment.carc, place) for adjustment in settlement.denying(line.adjustments))


def _denied_lines(claim: AccountClaim) -> Iterator[Finding]:
    """The lines of a paid claim of which nothing is paid and nothing left to the patient, for a reason that denies."""
    numbers = {line.control_number: line.number for line in claim.claim.lines}
    for line in settlement.prior_answer(claim).lines:
        if line.paid_cents == 0 and all(adjustment.group != "PR" for adjustment in line.adjustments):
            place = numbers[line.control_number]
            yield from (_denied(adjustment.carc, place) for adjustment in settlement.denying(line.adjustments))


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


def _denied(carc: str, line: int | None) -> Finding:
    rule, message, mend = _reason(carc)
    citation = f"X12 835 CAS, CARC {carc}"
    return findings.reject(rule, message, mend=mend, citation=citation, carc=carc, line=line)


def _reason(carc: str) -> tuple[str, str, str]:
    """A reason no rule of ours knows is named as what it is: the payer's code."""
    unknown = (
        f"CARC-{carc}",
        f"the payer gave reason {carc}",
        "look the reason and its remarks up, and correct or appeal",
    )
    return _REASONS.get(carc, unknown)


def _refused(claim: AccountClaim, status: StatusCode) -> Finding:
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


def _refused_file() -> Finding:
    return findings.reject(
        "277CA",
        "the payer refused the file the claim was in",
        mend="ask the operator why; send the chart's next version when it is mended",
        citation="X12 999, TA1",
    )
