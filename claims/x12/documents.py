"""A claim's own X12 document, for a payer who wants it within the event (partners.yaml, `format`)."""

from typing import Final

from claims.partners import Partners
from claims.x12.claim_file import transaction_set
from claims.x12.parties import parties
from claims.x12.writing import Unwritable
from schemas.events.claim import ClaimBuilt

_LONGEST: Final = 20_000  # characters of a field of text


def with_document(claim: ClaimBuilt, partners: Partners) -> ClaimBuilt:
    """The claim with its transaction set, ST to SE, at the time of what led to it: the same whenever it is said.

    Without an envelope, whose numbers belong to files. What can't be written, or is longer than an event's text, goes
    without: `claimstream claims export` says why, and has no such limit.
    """
    payer = partners.payers.get(claim.payer)
    if payer is None or payer.format == "avro":
        return claim
    at = claim.occurred_at.astimezone(partners.hospital(claim.hospital).zone)
    named = (claim.payer, *(answer.payer for answer in claim.prior))
    try:
        document = transaction_set(claim, parties(partners, claim.hospital, named), at)
    except Unwritable:
        return claim
    return claim.model_copy(update={"x12": document}) if len(document) <= _LONGEST else claim
