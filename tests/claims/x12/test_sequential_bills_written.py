"""837I: interim bills in sequence as a payer reads them, and as `claimstream check` judges them."""

from dataclasses import replace
from datetime import UTC, datetime

from claims.claim_check import Checked, ClaimCheck
from claims.forming import entered, form
from claims.partners import Partners
from claims.tables import Reference
from schemas.events.claim import ClaimBuilt
from tests.claims.coding.changes import with_stay
from tests.claims.coding.given_interim_bills import paid, stays
from tests.claims.given_accounts import account, coverage
from tests.claims.given_claims import institutional
from tests.claims.x12.given_claim_files import read_one
from tests.claims.x12.given_files import lines, written

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def sequential(partners: Partners) -> Partners:
    takes = partners.payers["commercial"].model_copy(update={"interim": "sequential"})
    return partners.model_copy(update={"payers": {**partners.payers, "commercial": takes}})


def bills(partners: Partners) -> list[ClaimBuilt]:
    fixed, kept, made = institutional(), account(), list[ClaimBuilt]()
    for version, (days, status) in enumerate([(60, "30"), (120, "30"), (130, "01")], start=1):
        said = stays(version, days, status, coverage("commercial"))
        arrived = {"admission_type": "1", "admission_source": "1", "admission_hour": "10", "providers": fixed.providers}
        said = with_stay(said, **arrived).model_copy(update={"patient": fixed.patient, "signatures": fixed.signatures})
        formed = form(said, paid(kept), partners)
        kept = entered(paid(kept), formed)
        made += formed.claims
    return made


def test_the_file_says_of_each_bill_its_frequency_days_and_lines(partners: Partners) -> None:
    made = bills(sequential(partners))
    assert [line.split("*")[5] for line in lines(*made, tag="CLM")] == ["11:A:2", "11:A:3", "11:A:4"]
    days = ["20260302-20260430", "20260501-20260629", "20260630-20260709"]
    stated = [line for line in lines(*made, tag="DTP") if line.startswith("DTP*434")]
    assert stated == [f"DTP*434*RD8*{each}" for each in days]
    assert [line.split("*")[3:6] for line in lines(*made, tag="SV2")] == [
        ["60000", "DA", "60"], ["60000", "DA", "60"], ["9000", "DA", "9"]
    ]  # fmt: skip
    numbers = [line.removeprefix("REF*6R*") for line in lines(*made, tag="REF") if line.startswith("REF*6R")]
    assert numbers == [line.control_number for claim in made for line in claim.lines]


def test_a_payer_who_takes_them_finds_nothing_wrong_with_their_days(reference: Reference) -> None:
    theirs = replace(reference, partners=sequential(reference.partners))
    judge = ClaimCheck(theirs, NOON)
    for claim in bills(theirs.partners):
        found = judge.check(read_one(written(claim).text.encode(), judge.known))
        assert isinstance(found, Checked)
        assert {finding.rule for finding in found.findings}.isdisjoint({"B1", "B2", "B3", "B5", "B6", "D1", "D3"})
