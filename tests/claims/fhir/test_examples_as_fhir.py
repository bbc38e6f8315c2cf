"""Every claim of the example charts, with an answer, is valid FHIR R4 with the claim's own codes and amounts."""

import pytest

from agents.assembly import Assembly
from claims.accounts import Account
from claims.forming import form
from claims.validation import validate
from schemas.events import ChartCoded
from schemas.events.claim import ClaimBuilt
from tests.claims.fhir.given_bundles import Json, by_category, cents, code, only, written
from tests.claims.given_accounts import answer
from tests.pipeline import NOON, example_charts, settings


def claims_of_the_examples() -> list[ClaimBuilt]:
    reference = Assembly(settings("", "sqlite://")).reference
    charts = (chart for charts in example_charts().values() for chart in charts)
    judged = (validate(chart.model_copy(update={"received_at": NOON}), reference) for chart in charts)
    found: list[ClaimBuilt] = []
    for coded in (said for said in judged if isinstance(said, ChartCoded)):
        empty = Account(hospital=coded.hospital, account_number=coded.account_number)
        found += form(coded, empty, reference.partners).claims
    return found


@pytest.fixture(scope="module")
def bundles() -> list[tuple[ClaimBuilt, Json]]:
    """Each claim with its Bundle, which is valid; half of it is paid, and a cent is left to the patient."""
    claims = claims_of_the_examples()
    paid = [answer(each, paid=each.total_charge_cents // 2, reasons=(("PR", "2", 1),)) for each in claims]
    return [(claim, written(claim, said)) for claim, said in zip(claims, paid, strict=True)]


def test_every_claim_of_the_examples_is_valid(bundles: list[tuple[ClaimBuilt, Json]]) -> None:
    assert len(bundles) > 300
    assert {code(only(bundle, "Claim")["type"]) for _, bundle in bundles} == {"professional", "institutional"}


def test_every_line_of_the_examples_has_its_code_and_charge(bundles: list[tuple[ClaimBuilt, Json]]) -> None:
    for claim, bundle in bundles:
        items = only(bundle, "Claim")["item"]
        assert [(code(item["productOrService"]), cents(item["net"])) for item in items] == [
            (line.code or "not-applicable", line.charge_cents) for line in claim.lines
        ]


def test_every_claim_of_the_examples_has_its_diagnoses_and_total(bundles: list[tuple[ClaimBuilt, Json]]) -> None:
    for claim, bundle in bundles:
        said = only(bundle, "Claim")
        assert cents(said["total"]) == claim.total_charge_cents
        diagnoses = [code(each["diagnosisCodeableConcept"]) for each in said["diagnosis"]]
        assert diagnoses == [each.code for each in claim.diagnoses]


def test_every_answer_to_the_examples_adds_up_to_the_claim(bundles: list[tuple[ClaimBuilt, Json]]) -> None:
    for claim, bundle in bundles:
        totals = by_category(only(bundle, "ExplanationOfBenefit")["total"])
        assert totals["submitted"] == claim.total_charge_cents
        assert totals["benefit"] + totals["coinsurance"] + totals.get("discount", 0) == claim.total_charge_cents
