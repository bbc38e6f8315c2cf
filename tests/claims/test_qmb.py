"""A qualified Medicare beneficiary owes no share of Medicare's; a remark of the answer tells."""

from typing import Any

import pytest

from claims.accounts import with_claim
from claims.bills import is_balanced
from claims.forming import Now, follow_up, form
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.claim import PatientBill
from tests.claims.given_accounts import ANSWERED_ON, account, answer, by_line, chart, coverage, holding, sent, service


def billed(partners: Partners, said: Any, **differs: Any) -> PatientBill | None:
    """What the patient is told once Medicare has answered: `said` makes its answer of the claim."""
    insured = chart(services=(service(),), coverages=(coverage("medicare"),), **differs)
    formed = form(insured, account(), partners)
    known = apply(sent(formed.claims[0]), told := said(formed.claims[0]))
    kept = with_claim(holding(formed, insured), known)
    bills = follow_up(insured, (known,), kept, partners, Now(told, ANSWERED_ON)).bills
    return bills[0] if bills else None


SHARE: Any = [("CO", "45", 2_000), ("PR", "1", 500), ("PR", "2", 700)]


def test_without_the_remark_the_share_is_owed(partners: Partners) -> None:
    bill = billed(partners, lambda claim: answer(claim, reasons=SHARE))
    assert bill is not None
    assert bill.owed_cents == 1_200


@pytest.mark.parametrize("remark", ["N781", "N782", "N783"])
def test_with_it_nothing_is(partners: Partners, remark: str) -> None:
    said = billed(partners, lambda claim: answer(claim, reasons=SHARE).model_copy(update={"remarks": (remark,)}))
    assert said is None


def test_it_may_stand_at_a_line(partners: Partners) -> None:
    def told(claim: Any) -> Any:
        said = by_line(claim, [SHARE])
        return said.model_copy(update={"lines": (said.lines[0].model_copy(update={"remarks": ("N782",)}),)})

    assert billed(partners, told) is None


def test_what_medicare_does_not_cover_he_owes_still(partners: Partners) -> None:
    reasons: Any = [*SHARE, ("PR", "96", 300)]
    bill = billed(partners, lambda claim: answer(claim, reasons=reasons).model_copy(update={"remarks": ("N782",)}))
    assert bill is not None
    assert (bill.owed_cents, is_balanced(bill)) == (300, True)


def test_what_he_paid_of_it_goes_back(partners: Partners) -> None:
    told = billed(
        partners,
        lambda claim: answer(claim, reasons=SHARE).model_copy(update={"remarks": ("N782",)}),
        payments_cents=400,
    )
    assert told is not None
    assert (told.owed_cents, told.refund_cents, is_balanced(told)) == (0, 400, True)
