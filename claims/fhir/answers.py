"""ClaimAdjudicated as a FHIR R4 ClaimResponse and as an ExplanationOfBenefit."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from claims.fhir import systems
from claims.fhir.adjudications import adjudication, adjusted, interest, totals
from claims.fhir.claims import authorizations, item, line_number, product, repeated
from claims.fhir.parties import Earlier, Parties
from claims.fhir.writing import (
    Element,
    concept,
    day,
    identifier,
    link,
    listed,
    moment,
    money,
    payers_number,
    present,
    quantity,
    resource,
)
from claims.remittance import match_line
from schemas.events.claim import Adjustment, ClaimBuilt, ClaimLine, PriorLine
from schemas.events.payer import AnsweredLine, ClaimAdjudicated

_PRICED_ONLY: Final = "25"  # 835 CLP02: predetermination
_SAID: Final = {
    "1": "answered by the first payer",
    "2": "answered by the second payer",
    "3": "answered by the third payer",
    "4": "the payer does not know the patient as a member",
    "19": "answered by the first payer, who passed it on",
    "20": "answered by the second payer, who passed it on",
    "21": "answered by the third payer, who passed it on",
    "22": "an earlier answer is taken back",
    "23": "not for this payer, who passed it on",
    "25": "priced, not paid",
}
"""835 CLP02 in our words."""
Lines = Mapping[int | None, list[AnsweredLine]]
"""Answered lines by the number of the claim's line; under null those that are no line of it."""


def claim_response(claim: ClaimBuilt, about: Parties, request: Element, answer: ClaimAdjudicated) -> Element:
    lines = _by_number(claim, answer)
    return resource(
        "ClaimResponse",
        _names(claim, answer),
        {
            **_head(claim, answer),
            "patient": link(about.patient),
            "insurer": link(about.insurer),
            "requestor": link(about.biller),
            "request": link(request),
            "item": [_item(line, _of_lines(lines[line.number])) for line in claim.lines if line.number in lines],
            **_rest(answer, lines),
            "insurance": [{"sequence": 1, "focal": True, "coverage": link(about.coverage)}],
        },
    )


def explanation(
    claim: ClaimBuilt, about: Parties, request: Element, response: Element, answer: ClaimAdjudicated
) -> Element:
    """The answer beside the whole claim it answers."""
    lines = _by_number(claim, answer)
    return resource(
        "ExplanationOfBenefit",
        _names(claim, answer),
        {
            **repeated(claim, about),
            **_head(claim, answer),
            "insurer": link(about.insurer),
            "claim": link(request),
            "claimResponse": link(response),
            "precedence": claim.payer_sequence or None,
            "insurance": list(_insurance(claim, about)),
            "item": [
                present({**item(claim, line), "adjudication": _of_lines(lines.get(line.number, []))})
                for line in claim.lines
            ],
            **_rest(answer, lines),
        },
    )


def earlier_response(claim: ClaimBuilt, about: Parties, earlier: Earlier) -> Element:
    """What an earlier payer answered, all his answers together, as the next one's claim carries it (X12 2320, 2430)."""
    said = earlier.answer
    numbered = {line.control_number: line for line in claim.lines}
    every = (*said.adjustments, *(each for line in said.lines for each in line.adjustments))
    return resource(
        "ClaimResponse",
        (claim.claim_id, "earlier", said.payer, said.sequence),
        {
            "identifier": listed(payers_number(said.payer, said.payer_claim_number)),
            "status": "active",
            "type": concept(systems.CLAIM_TYPE, claim.kind),
            "use": "claim",
            "patient": link(about.patient),
            "created": day(said.adjudicated_on),
            "insurer": link(earlier.insurer),
            "outcome": "complete",
            "item": [
                _item(numbered[line.control_number], _of_prior(line))
                for line in said.lines
                if line.control_number in numbered
            ],
            "adjudication": adjusted(said.adjustments, said.remarks),
            "total": totals(_charge(said.paid_cents, every), said.paid_cents, every),
            "insurance": [{"sequence": 1, "focal": True, "coverage": link(earlier.coverage)}],
        },
    )


def _item(line: ClaimLine, said: list[Element]) -> Element:
    """What was answered to a line, by its number."""
    extension = line_number(line.control_number)
    return present({"extension": extension, "itemSequence": line.number, "adjudication": said})


def _of_prior(line: PriorLine) -> list[Element]:
    return adjudication(_charge(line.paid_cents, line.adjustments), line.paid_cents, line.adjustments, line.remarks)


def _names(claim: ClaimBuilt, answer: ClaimAdjudicated) -> tuple[object, ...]:
    return (claim.claim_id, answer.payer, answer.trace_number, answer.position)


def _head(claim: ClaimBuilt, answer: ClaimAdjudicated) -> Element:
    number = payers_number(answer.payer, answer.payer_claim_number)
    place = identifier(systems.ANSWER, f"{answer.trace_number}/{answer.position}")
    part = abs(answer.charge_cents) < claim.total_charge_cents
    return {
        "extension": [{"url": systems.ANSWER_STATUS, "valueCode": answer.status}],
        "identifier": listed(number, place),
        "status": "active",
        "type": concept(systems.CLAIM_TYPE, claim.kind),
        "use": "predetermination" if answer.status == _PRICED_ONLY else "claim",
        "created": moment(answer.occurred_at),
        "outcome": "partial" if part else "complete",
        "disposition": _SAID[answer.status],
    }


def _rest(answer: ClaimAdjudicated, lines: Lines) -> Element:
    """The money that is no line's, the lines that are not the claim's, the sums and the payment."""
    of_claim = adjusted(answer.adjustments, answer.remarks)
    if not answer.lines:
        of_claim = adjudication(answer.charge_cents, answer.paid_cents, answer.adjustments, answer.remarks)
    every = (*answer.adjustments, *(each for line in answer.lines for each in line.adjustments))
    return {
        "addItem": [_added(line) for line in lines.get(None, ())],
        "adjudication": [*of_claim, *interest(answer.interest_cents)],
        "total": totals(answer.charge_cents, answer.paid_cents, every),
        "payment": _payment(answer),
        "processNote": [{"number": number, "text": text} for number, text in enumerate(_notes(answer), 1)],
    }


def _insurance(claim: ClaimBuilt, about: Parties) -> Iterator[Element]:
    for earlier in about.earlier:
        yield {"focal": False, "coverage": link(earlier.coverage)}
    yield present({"focal": True, "coverage": link(about.coverage), "preAuthRef": authorizations(claim)})


def _by_number(claim: ClaimBuilt, answer: ClaimAdjudicated) -> dict[int | None, list[AnsweredLine]]:
    """By the control number that was echoed, else by code and charge, as an answer is posted."""
    sent = [(line.control_number, line.code, line.charge_cents) for line in claim.lines]
    numbers = {line.control_number: line.number for line in claim.lines}
    found: dict[int | None, list[AnsweredLine]] = {}
    for line in answer.lines:
        control_number = match_line(line, sent)
        found.setdefault(numbers.get(control_number or ""), []).append(line)
    return found


def _of_lines(lines: list[AnsweredLine]) -> list[Element]:
    """One line of the claim, which a payer may have answered in several."""
    if not lines:
        return []
    return adjudication(
        sum(line.charge_cents for line in lines),
        sum(line.paid_cents for line in lines),
        [adjustment for line in lines for adjustment in line.adjustments],
        [remark for line in lines for remark in line.remarks],
    )


def _added(line: AnsweredLine) -> Element:
    code = line.code or line.submitted_code
    return present(
        {
            "productOrService": product(code),
            "modifier": listed(*(concept(systems.modifier_system(each), each) for each in line.modifiers)),
            "quantity": None if line.units is None else quantity(line.units),
            "adjudication": _of_lines([line]),
        }
    )


def _payment(answer: ClaimAdjudicated) -> Element | None:
    """What this claim has of the remittance. R4 knows two types, and what is taken back is no complete payment."""
    if answer.paid_cents == 0 or answer.status == _PRICED_ONLY:
        return None
    return present(
        {
            "type": concept(systems.PAYMENT, "partial" if answer.paid_cents < 0 else "complete"),
            "date": day(answer.adjudicated_on),
            "amount": money(answer.paid_cents),
            "identifier": identifier(systems.REMITTANCE, answer.trace_number),
        }
    )


def _notes(answer: ClaimAdjudicated) -> Iterator[str]:
    if answer.crossover_carrier:
        yield f"forwarded to {answer.crossover_carrier}"
    if answer.corrected_payer:
        yield f"the payer names another payer: {answer.corrected_payer}"
    if answer.corrected_member_id:
        yield f"the payer corrects the member id: {answer.corrected_member_id}"


def _charge(paid: int, adjustments: Iterable[Adjustment]) -> int:
    return paid + sum(adjustment.cents for adjustment in adjustments)
