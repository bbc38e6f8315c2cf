"""Until when a payer takes a claim: by the day of service, or as a next payer by the day the one before answered."""

from datetime import date, timedelta

import pytest

from claims.accounts import AccountClaim
from claims.delay import with_delay_reason
from claims.filing import claim_by, next_by
from claims.forming import form, secondary
from claims.partners import Partners, Payer
from claims.settlement import apply
from tests.claims.given_accounts import ANSWERED_ON, DAY, NOON, account, answer, chart, coverage, sent, service

PLANS = chart(coverages=(coverage(), coverage("medicaid")), services=(service(),))
A_YEAR_LATER, AFTER_THE_ANSWER = DAY + timedelta(days=365), ANSWERED_ON + timedelta(days=90)


def medicaid(partners: Partners, days_after_answer: int | None) -> Payer:
    return partners.payer("medicaid").model_copy(update={"days_after_answer": days_after_answer})


def unanswered(partners: Partners) -> AccountClaim:
    (claim,) = form(PLANS, account(), partners).claims
    return sent(claim)


def answered(partners: Partners) -> AccountClaim:
    known = unanswered(partners)
    return apply(known, answer(known.claim, 8_000, [("PR", "2", 2_000)]))


@pytest.mark.parametrize(("days", "last"), [(None, A_YEAR_LATER), (90, AFTER_THE_ANSWER)])
def test_a_next_payer_counts_from_the_service_or_from_the_answer_before(
    partners: Partners, days: int | None, last: date
) -> None:
    payer, before = medicaid(partners, days), answered(partners)
    second = secondary(before, PLANS.coverages[1], PLANS)
    assert (next_by(before, payer), claim_by(second, payer)) == (last, last)
    assert with_delay_reason(second, payer, last).delay_reason is None
    assert with_delay_reason(second, payer, last + timedelta(days=1)).delay_reason == "7"


def test_before_that_answer_his_time_has_not_begun(partners: Partners) -> None:
    waits = unanswered(partners)
    assert next_by(waits, medicaid(partners, 90)) is None
    assert next_by(waits, medicaid(partners, None)) == A_YEAR_LATER


def test_as_the_first_payer_he_counts_from_the_service(partners: Partners) -> None:
    assert claim_by(unanswered(partners).claim, medicaid(partners, 90)) == A_YEAR_LATER


@pytest.mark.parametrize(("kind", "last"), [("institutional", "to"), ("professional", "from")])
def test_a_stay_counts_from_its_last_day_and_a_professionals_work_from_its_first(
    partners: Partners, kind: str, last: str
) -> None:
    days = {"to": NOON.date() + timedelta(days=3), "from": NOON.date()}
    said = unanswered(partners).claim.model_copy(
        update={"kind": kind, "statement_from": days["from"], "statement_to": days["to"]}
    )
    assert claim_by(said, medicaid(partners, None)) == days[last] + timedelta(days=365)
