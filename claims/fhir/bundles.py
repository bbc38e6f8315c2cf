"""A claim and its answers as one FHIR R4 Bundle. Pure, and the same bytes each time: ids and times are the events'."""

from collections.abc import Iterable, Mapping, Sequence

from claims.fhir.answers import claim_response, earlier_response, explanation
from claims.fhir.claims import claim_resource
from claims.fhir.parties import parties
from claims.fhir.systems import CLAIM_ID
from claims.fhir.writing import Element, as_json, identifier, moment, resource
from claims.partners import Payer
from schemas.events.claim import ClaimBuilt
from schemas.events.payer import ClaimAdjudicated


class AnotherClaim(ValueError):
    """An answer that is not to this claim."""


def bundle(claim: ClaimBuilt, answers: Sequence[ClaimAdjudicated], payers: Mapping[str, Payer]) -> Element:
    """Claim, then ClaimResponse and ExplanationOfBenefit of each answer, then everybody they refer to.

    `payers` are the partners', for their names. Answers may come in any order and more than once.
    """
    about = parties(claim, payers)
    earlier = tuple(earlier_response(claim, about, each) for each in about.earlier)
    request = claim_resource(claim, about, earlier)
    entries = [request]
    said = _in_order(claim, answers)
    for answer in said:
        response = claim_response(claim, about, request, answer)
        entries += [response, explanation(claim, about, request, response, answer)]
    newest = max((claim, *said), key=lambda event: event.occurred_at)
    return resource(
        "Bundle",
        (claim.claim_id,),
        {
            "identifier": identifier(CLAIM_ID, claim.claim_id),
            "type": "collection",
            "timestamp": moment(newest.occurred_at),
            "entry": _entries([*entries, *earlier, *about.resources()]),
        },
    )


def line(claim: ClaimBuilt, answers: Sequence[ClaimAdjudicated], payers: Mapping[str, Payer]) -> bytes:
    """The Bundle as a line of NDJSON, its end included."""
    return as_json(bundle(claim, answers, payers)) + b"\n"


def _in_order(claim: ClaimBuilt, answers: Iterable[ClaimAdjudicated]) -> list[ClaimAdjudicated]:
    """Each once, by day, remittance and position."""
    once = {(answer.payer, answer.trace_number, answer.position): answer for answer in answers}
    if any(not _is_of(claim, answer) for answer in once.values()):
        raise AnotherClaim("an answer that is not to the claim")
    return sorted(once.values(), key=lambda each: (each.adjudicated_on, each.trace_number, each.position))


def _is_of(claim: ClaimBuilt, answer: ClaimAdjudicated) -> bool:
    """By the id that adjudication found; an answer as the payer sent it has but the number."""
    if answer.claim_id is None:
        return answer.control_number == claim.control_number
    return answer.claim_id == claim.claim_id


def _entries(resources: Iterable[Element]) -> list[Element]:
    """Each resource once, where it comes first."""
    once: dict[str, Element] = {}
    for each in resources:
        once.setdefault(f"urn:uuid:{each['id']}", each)
    return [{"fullUrl": url, "resource": each} for url, each in once.items()]
