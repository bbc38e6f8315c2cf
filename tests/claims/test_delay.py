"""A claim that comes after its payer's time says why, where the account knows it."""

from datetime import date
from typing import Any

import pytest

from claims.accounts import with_claim
from claims.delay import with_delay_reason
from claims.forming import Now, follow_up, form
from claims.partners import Partners
from claims.settlement import acknowledge, apply
from schemas.events.chart import DelayReason
from schemas.events.payer import ClaimAcknowledged
from tests.claims.given_accounts import NOON, account, answer, chart, coverage, holding, sent, service

LAST = date(2026, 8, 29)  # 180 days after 2 March


@pytest.mark.parametrize(
    ("why", "differs", "day", "expected"),
    [
        ("the payer before took so long", {"payer_sequence": 2}, date(2026, 8, 30), "7"),
        ("on the last day it is not late", {"payer_sequence": 2}, LAST, None),
        ("it was rejected before", {"submission": 2}, date(2026, 8, 30), "9"),
        ("nobody knows why", {}, date(2026, 8, 30), None),
        ("a replacement is not asked", {"payer_sequence": 2, "frequency": "7"}, date(2026, 8, 30), None),
    ],
)
def test_a_late_claim_has_the_reason_that_is_known(
    partners: Partners, why: str, differs: dict[str, Any], day: date, expected: str | None
) -> None:
    claim = form(chart(), account(), partners).claims[0].model_copy(update=differs)
    assert with_delay_reason(claim, partners.payer("commercial"), day).delay_reason == expected, why


TOLD = [
    # reason, what the chart tells, what differs, day, reason on the claim
    ("the hospital knows why", "3", {}, date(2026, 8, 30), "3"),
    ("it knows better", "11", {"submission": 2}, date(2026, 8, 30), "11"),
    ("it is not late", "3", {}, LAST, None),
]


@pytest.mark.parametrize(
    ("told", "differs", "day", "expected"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD]
)
def test_what_the_hospital_tells_of_a_delay_is_said_where_there_is_one(
    partners: Partners, told: DelayReason, differs: dict[str, Any], day: date, expected: str | None
) -> None:
    claim = form(chart(), account(), partners).claims[0].model_copy(update=differs)
    assert with_delay_reason(claim, partners.payer("commercial"), day, told).delay_reason == expected


def test_a_chart_that_is_late_says_why_and_its_next_payers_claim_only_where_it_is_too(partners: Partners) -> None:
    late = chart(
        coverages=(coverage(), coverage("medicare")), services=(service(),), delay_reason="11",
        claim_note="the bridge was gone", received_at=NOON.replace(month=10),
    )  # fmt: skip
    (first,) = (formed := form(late, account(), partners)).claims
    assert (first.delay_reason, first.notes) == ("11", ("the bridge was gone",))
    known = apply(sent(first), said := answer(first, 8_000, [("PR", "2", 2_000)]))
    before = with_claim(holding(formed, late), known)
    (second,) = follow_up(late, (known,), before, partners, Now(said, date(2026, 10, 30))).claims
    assert (second.payer, second.delay_reason, second.notes) == ("medicare", None, ("the bridge was gone",))


def test_a_next_payers_late_claim_says_so_and_is_not_said_again(partners: Partners) -> None:
    plans = chart(coverages=(coverage("medicaid"), coverage()), services=(service(),))
    formed = form(plans, account(), partners)
    known = apply(sent(formed.claims[0]), said := answer(formed.claims[0], 8_000, [("PR", "2", 2_000)]))
    before = with_claim(holding(formed, plans), known)
    late = follow_up(plans, (known,), before, partners, Now(said, date(2026, 9, 30)))
    assert [claim.delay_reason for claim in late.claims] == ["7"]


def test_a_late_resend_says_that_it_was_rejected(partners: Partners) -> None:
    formed = form(chart(services=(service(),)), account(), partners)
    (claim,) = formed.claims
    ack = ClaimAcknowledged(
        event_id="a", occurred_at=NOON, producer="p", payer=claim.payer, control_number=claim.control_number,
        accepted=False,
    )  # fmt: skip
    rejected = with_claim(holding(formed, chart()), acknowledge(sent(claim), ack))
    again = chart(version=2, services=(service(),), received_at=NOON.replace(month=10))
    assert [each.delay_reason for each in form(again, rejected, partners).claims] == ["9"]
