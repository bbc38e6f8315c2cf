"""A denied or rejected claim comes back with every reason, its rule and its mend."""

from typing import Any

import pytest

from claims.accounts import AccountClaim
from claims.denials import rejected, returned
from claims.forming import form
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartReturned
from schemas.events.payer import ClaimAcknowledged, ClaimAdjudicated, StatusCode
from tests.claims.given_accounts import NOON, account, answer, by_line, chart, reversal, sent, service


@pytest.fixture(scope="module")
def claim(partners: Partners) -> ClaimBuilt:
    return form(chart(services=(service("s1"), service("s2"))), account(), partners).claims[0]


def told(claim: AccountClaim, said: ClaimAdjudicated) -> ChartReturned:
    back = returned(claim, said)
    assert back is not None
    return back


def test_a_denial_names_line_rule_and_reason(claim: ClaimBuilt) -> None:
    said = by_line(claim, [[("CO", "197", 10_000)], [("CO", "45", 4_000), ("CO", "151", 6_000)]])
    back = told(apply(sent(claim), said), said)
    assert [(f.line, f.rule, f.carc, f.severity) for f in back.findings] == [
        (1, "C6", "197", "reject"),
        (2, "N3", "151", "reject"),
    ]
    assert (back.chart_id, back.version, back.account_number, back.reason) == ("c1", 1, "a1", "denied-by-payer")


@pytest.mark.parametrize(
    ("why", "reasons"),
    [
        ("a part of it is paid", [("CO", "151", 6_000)]),
        ("what is left is the patient's", [("CO", "151", 6_000), ("PR", "1", 4_000)]),
        ("nothing is paid under the contract", [("CO", "45", 10_000)]),
    ],
)
def test_a_line_is_denied_where_nothing_of_it_is_paid_by_anybody(
    claim: ClaimBuilt, why: str, reasons: list[tuple[Any, ...]]
) -> None:
    said = by_line(claim, [[], reasons])
    assert returned(apply(sent(claim), said), said) is None, why


def test_a_denial_of_the_whole_claim_has_no_line(claim: ClaimBuilt) -> None:
    said = answer(claim, 0, [("CO", "29", 20_000)])
    assert [(f.line, f.rule) for f in told(apply(sent(claim), said), said).findings] == [(None, "D4")]


def test_what_is_paid_returns_nothing(claim: ClaimBuilt) -> None:
    said = answer(claim)
    assert returned(apply(sent(claim), said), said) is None


def test_a_reason_we_have_no_rule_for_is_named_by_its_code(claim: ClaimBuilt) -> None:
    said = answer(claim, 0, [("CO", "P9", 20_000)])
    assert [f.rule for f in told(apply(sent(claim), said), said).findings] == ["CARC-P9"]


def test_what_a_reversal_took_back_is_no_reason_any_more(claim: ClaimBuilt) -> None:
    first = answer(claim, 0, [("CO", "197", 20_000)])
    known = apply(apply(sent(claim), first), reversal(first, 1))
    again = answer(claim, 0, [("CO", "29", 20_000)], trace_number="t2", position=2)
    assert [f.carc for f in told(apply(known, again), again).findings] == ["29"]


def test_each_denial_of_a_claim_is_an_event_of_its_own_and_a_repeated_one_is_not(claim: ClaimBuilt) -> None:
    first = answer(claim, 0, [("CO", "29", 20_000)])
    second = answer(claim, 0, [("CO", "29", 20_000)], trace_number="t2")
    known = apply(sent(claim), first)
    assert told(known, first).event_id == told(known, first).event_id
    assert told(known, first).event_id != told(known, second).event_id


def _ack(claim: ClaimBuilt, *codes: StatusCode) -> ClaimAcknowledged:
    return ClaimAcknowledged(
        event_id="ack", occurred_at=NOON, producer="commercial", payer="commercial",
        control_number=claim.control_number, accepted=False, codes=codes,
    )  # fmt: skip


def test_a_rejection_names_what_was_not_filed_and_why(claim: ClaimBuilt) -> None:
    of_line = StatusCode(category="A7", status="454", line_control_number=claim.lines[1].control_number)
    back = rejected(sent(claim), _ack(claim, StatusCode(category="A6", status="562", entity="85"), of_line))
    assert back.reason == "rejected-by-payer"
    assert [(f.rule, f.line, f.citation) for f in back.findings] == [
        ("277CA-A6", None, "X12 277CA STC A6:562:85"),
        ("277CA-A7", 2, "X12 277CA STC A7:454"),
    ]


def test_a_refused_file_has_a_finding_too(claim: ClaimBuilt) -> None:
    assert [f.rule for f in rejected(sent(claim), _ack(claim)).findings] == ["277CA"]
