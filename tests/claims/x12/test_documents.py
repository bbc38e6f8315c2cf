"""A claim's X12 document travels with it where its payer's format asks for it."""

import pytest

from claims.x12.documents import with_document
from schemas.events.claim import ClaimBuilt
from tests.claims.given_accounts import committed_partners
from tests.claims.given_claims import institutional, professional

PARTNERS = committed_partners()


def asking(form: str) -> ClaimBuilt:
    payer = PARTNERS.payers["commercial"].model_copy(update={"format": form})
    return with_document(professional(), PARTNERS.model_copy(update={"payers": {"commercial": payer}}))


@pytest.mark.parametrize(("form", "has_one"), [("avro", False), ("x12", True), ("both", True)])
def test_the_payers_format_decides(form: str, has_one: bool) -> None:
    assert (asking(form).x12 is not None) is has_one


def test_the_document_is_one_transaction_set_with_the_claims_own_number() -> None:
    document = asking("x12").x12 or ""
    assert document.startswith("ST*837*0001*005010X222A1~\nBHT*0019*00*" + professional().control_number)
    assert document.splitlines()[-1].startswith("SE*")


def test_it_is_the_same_whenever_the_claim_is_said() -> None:
    assert asking("x12") == asking("x12")


WITHOUT = [
    # reason, claim
    ("what cannot be written", professional().model_copy(update={"place_of_service": None})),
    ("what is longer than an event's text", institutional().model_copy(update={"lines": institutional().lines * 400})),
]


@pytest.mark.parametrize("claim", [row[1] for row in WITHOUT], ids=[row[0] for row in WITHOUT])
def test_a_claim_goes_without(claim: ClaimBuilt) -> None:
    assert with_document(claim, PARTNERS) == claim
