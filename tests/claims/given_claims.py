"""Given: claims as claiming builds them, one of each kind; each test says what differs."""

from typing import Any

from claims.accounts import Account
from claims.forming import form
from schemas.events.chart import Signatures
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import StayFacts
from schemas.events.people import Patient
from tests.claims.given_accounts import chart, committed_partners, coverage, stay

PHYSICIAN_OF_THE_ROSTER = "1999001112"


def _built(name: str, payer: str, kind: str, **other: Any) -> ClaimBuilt:
    signed = Signatures(assignment_of_benefits=True, release_of_information=True, provider_accepts_assignment=True)
    visit = chart(
        account_number=name,
        chart_id=name,
        coverages=(coverage(payer),),
        patient=_woman(),
        signatures=signed,
        encounter=_visit(),
        **other,
    )
    account = Account(hospital="mercy-general", account_number=name)
    claims = form(visit, account, committed_partners()).claims
    return next(claim for claim in claims if claim.kind == kind)


def professional(name: str = "P1", payer: str = "commercial", **other: Any) -> ClaimBuilt:
    return _built(name, payer, "professional", **other)


def institutional(name: str = "I1", payer: str = "commercial", **other: Any) -> ClaimBuilt:
    return _built(name, payer, "institutional", **other)


def _woman() -> Patient:
    return chart().patient.model_copy(update={"sex": "female"})


def _visit() -> StayFacts:
    practitioner = committed_partners().hospital("mercy-general").practitioner(PHYSICIAN_OF_THE_ROSTER)
    assert practitioner is not None
    here = stay()
    (attending,) = here.providers
    return here.model_copy(update={"providers": (attending.model_copy(update={"name": practitioner.name}),)})
