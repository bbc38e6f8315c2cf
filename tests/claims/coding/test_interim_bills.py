"""A stay that goes on is billed as it goes: each bill has everything since the admission, the last the discharge."""

from datetime import timedelta

import pytest

from claims.accounts import with_claim
from claims.edits import check_account, check_chart
from claims.forming import Now, follow_up
from claims.history import PatientHistory, remembered
from claims.partners import Partners
from claims.settlement import apply
from claims.tables import Reference
from claims.validation import grouped
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded
from tests.claims.coding.changes import with_coverage, with_stay
from tests.claims.coding.given_interim_bills import MEDICAID, MEDICARE, billed, day, paid, shown, stays
from tests.claims.given_accounts import account, answer, sent


def conditions(claim: ClaimBuilt) -> list[str]:
    return [value.code for value in claim.coded_values if value.kind == "condition"]


def test_the_first_bill_says_that_he_is_still_there(partners: Partners) -> None:
    (claim,) = billed(stays(1, 60), account(), partners)[0].claims
    assert shown(claim) == ("0112", "2", "30", day(60), 6_000_000)
    assert claim.discharge_hour is None
    assert [value.cents for value in claim.coded_values if value.code == "80"] == [6_000]


def test_each_further_bill_has_everything_and_replaces_the_one_before(partners: Partners) -> None:
    """0112, 0117 and, at the discharge, 0117 (CPM 1/50.2; 3/150.19)."""
    first, kept = billed(stays(1, 60), account(), partners)
    second, kept = billed(stays(2, 120), paid(kept), partners)
    third, _ = billed(stays(3, 130, "01"), paid(kept), partners)
    assert [shown(claim) for formed in (first, second, third) for claim in formed.claims] == [
        ("0112", "2", "30", day(60), 6_000_000),
        ("0117", "7", "30", day(120), 12_000_000),
        ("0117", "7", "01", day(130), 12_900_000),
    ]
    assert [conditions(claim) for formed in (second, third) for claim in formed.claims] == [["D3"], ["D3"]]
    assert third.claims[0].original_reference == f"ICN-{second.claims[0].control_number}"
    assert third.claims[0].discharge_hour == "11"


def test_the_next_bill_waits_until_the_one_before_is_answered(partners: Partners) -> None:
    first, kept = billed(stays(1, 60), account(), partners)
    again, _ = billed(stays(2, 120), kept, partners)
    assert (again.claims, again.awaited) == ((), (first.claims[0].claim_id,))


@pytest.mark.parametrize(("status", "expected"), [("01", ("0111", "1")), ("30", ("0112", "2"))])
def test_after_a_bill_that_was_never_filed_comes_an_original(
    partners: Partners, status: str, expected: tuple[str, str]
) -> None:
    first, kept = billed(stays(1, 60), account(), partners)
    refused = with_claim(kept, sent(first.claims[0]).model_copy(update={"state": "rejected"}))
    (claim,) = billed(stays(2, 120, status), refused, partners)[0].claims
    assert (claim.bill_type, claim.frequency) == expected


def test_the_next_payers_bill_goes_on_too(partners: Partners) -> None:
    said = stays(1, 60, "30", MEDICARE, MEDICAID)
    first, kept = billed(said, account(), partners)
    settled = answer(first.claims[0], reasons=[("PR", "1", 100_000)])
    answered = apply(sent(first.claims[0]), settled)
    formed = follow_up(said, [answered], with_claim(kept, answered), partners, Now(settled, day(70)))
    assert [(claim.payer, *shown(claim)[:3]) for claim in formed.claims] == [("medicaid", "0112", "2", "30")]


def test_a_physicians_claims_are_not_repeated(partners: Partners) -> None:
    """Medicare takes no replacement of a professional's claim."""
    first, kept = billed(stays(1, 60, seen=(1, 60)), account(), partners)
    second, kept = billed(stays(2, 120, seen=(1, 60, 61)), paid(kept), partners)
    third, _ = billed(stays(3, 130, "01", seen=(1, 60, 61, 130)), paid(kept), partners)
    assert [
        [(claim.kind, claim.frequency, claim.total_charge_cents) for claim in formed.claims]
        for formed in (first, second, third)
    ] == [
        [("institutional", "2", 6_000_000), ("professional", "1", 10_000)],
        [("institutional", "7", 12_000_000), ("professional", "1", 5_000)],
        [("institutional", "7", 12_900_000), ("professional", "1", 5_000)],
    ]


def test_a_stay_that_was_billed_once_has_no_interim_bill(partners: Partners) -> None:
    (claim,) = billed(stays(1, 60, "01"), account(), partners)[0].claims
    assert shown(claim) == ("0111", "1", "01", day(60), 5_900_000)


SOON = [
    ("59 days after the one before", 119, "30", 1),
    ("60 days after it", 120, "30", 0),
    ("a correction of the same days", 60, "30", 0),
    ("the discharge comes when it comes", 61, "01", 0),
]


@pytest.mark.parametrize(("reason", "days", "status", "found"), SOON, ids=[row[0] for row in SOON])
def test_between_two_bills_lie_sixty_days(
    reference: Reference, reason: str, days: int, status: str, found: int
) -> None:
    history = remembered(PatientHistory(), stays(1, 60))
    said = check_account(stays(2, days, status), history, reference).findings
    assert [(each.rule, each.severity, each.carc) for each in said] == [("B1", "reject", "306")] * found, reason


def test_a_visit_of_several_days_is_no_interim_bill(reference: Reference) -> None:
    visits = [with_stay(stays(version, days), encounter_class="observation") for version, days in ((1, 2), (2, 3))]
    said = check_account(visits[1], remembered(PatientHistory(), visits[0]), reference).findings
    assert "B1" not in {finding.rule for finding in said}


def test_another_stay_is_no_bill_before(reference: Reference) -> None:
    history = remembered(PatientHistory(), stays(1, 60).model_copy(update={"chart_id": "c0"}))
    said = check_account(with_stay(stays(1, 90), start_day=day(61)), history, reference).findings
    assert "B1" not in {finding.rule for finding in said}


def test_a_stay_that_goes_on_has_its_group(stay: ChartCoded, reference: Reference) -> None:
    long = with_stay(stay, discharge_status="30", end_day=stay.encounter.start_day + timedelta(days=59))
    found, _ = grouped(with_coverage(long, plan_kind="MB", payer="medicare"), reference)
    assert found.drg is not None
    days = {"D2", "B5"}  # it ends in the future, and has three days of room and board
    assert {finding.rule for finding in check_chart(found, reference)} == days
