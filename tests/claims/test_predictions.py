"""What warnings said is held against what payers denied; and until when a denial may be appealed."""

from datetime import date, timedelta
from typing import Any

import pytest

from claims.accounts import AccountClaim
from claims.appeals import appeal_by
from claims.findings import warn
from claims.forming import form
from claims.partners import Partners
from claims.predictions import judged
from claims.settlement import apply
from schemas.events.coded import ChartCoded, Finding
from schemas.events.payer import ClaimAdjudicated
from tests.claims.given_accounts import (
    account,
    answer,
    by_line,
    chart,
    committed_partners,
    reversal,
    sent,
    service,
    warned,
)

PAID: list[Any] = []


def given(*findings: Finding, reasons: list[list[Any]]) -> tuple[AccountClaim, ChartCoded]:
    """Two lines of the hospital, answered line by line; the chart's first line is a professional's, on another
    claim."""
    services = (service("s0", "professional"), service("s1"), service("s2"))
    said = chart(services=services, findings=findings)
    claims = form(said, account(), committed_partners()).claims
    claim = next(claim for claim in claims if claim.kind == "institutional")
    return apply(sent(claim), by_line(claim, reasons)), said


@pytest.mark.parametrize(
    ("why", "findings", "reasons", "expected"),
    [
        ("a warning of this line came true", (warned("H7", "50", 2),), [[("CO", "50", 10_000)], PAID],
         [(1, "50", "H7", True, "denied", 10_000)]),
        ("a warning of the chart came true on a line", (warned("I2", "140"),), [[("CO", "140", 10_000)], PAID],
         [(1, "140", "I2", True, "denied", 10_000)]),
        ("a warning of the other line did not", (warned("H7", "50", 3),), [[("CO", "50", 10_000)], PAID],
         [(1, "50", "H7", False, "denied", 10_000), (2, "50", "H7", True, "unfounded", 0)]),
        ("a warning of a line on another claim is nothing to this one", (warned("H7", "50", 1),), [PAID, PAID], []),
        ("nobody warned", (), [[("CO", "197", 10_000)], PAID], [(1, "197", "C6", False, "denied", 10_000)]),
        ("nobody could", (), [[("CO", "P9", 10_000)], PAID], [(1, "P9", "none", False, "denied", 10_000)]),
        ("who warned is named, not who usually would", (warned("X9", "50", 2),), [[("CO", "50", 10_000)], PAID],
         [(1, "50", "X9", True, "denied", 10_000)]),
        ("two rules that warned of one denial", (warned("X9", "50", 2), warned("H7", "50")),
         [[("CO", "50", 10_000)], PAID], [(1, "50", "H7 X9", True, "denied", 10_000)]),
        ("two rules that warned in vain of one reason", (warned("P3", "16"), warned("I3", "16"), warned("I3", "16")),
         [PAID, PAID], [(None, "16", "I3 P3", True, "unfounded", 0)]),
        ("what is in vain stands by lines, the claim as a whole first",
         (warned("H7", "50", 3), warned("N3", "151", 2), warned("M2", "4", 2), warned("I2", "140")), [PAID, PAID],
         [(None, "140", "I2", True, "unfounded", 0), (1, "151", "N3", True, "unfounded", 0),
          (1, "4", "M2", True, "unfounded", 0), (2, "50", "H7", True, "unfounded", 0)]),
        ("a line that the claim has not is none of its own", (warned("H7", "50", 9),), [PAID, PAID], []),
        ("a warning without a CARC foretells nothing", (warn("Q", "i", mend="i", citation="i"),), [PAID, PAID], []),
    ],
)  # fmt: skip
def test_a_denial_is_held_against_the_warnings(
    why: str, findings: tuple[Finding, ...], reasons: list[list[Any]], expected: list[object]
) -> None:
    found = judged(*given(*findings, reasons=reasons))
    assert [(f.line, f.carc, " ".join(f.rules), f.predicted, f.came, f.cents) for f in found] == expected, why


def test_two_groups_of_one_reason_are_one_denial(partners: Partners) -> None:
    both = [("CO", "197", 4_000), ("PI", "197", 6_000)]
    assert [f.cents for f in judged(*given(reasons=[both, PAID]))] == [10_000]


def test_a_commercial_plan_is_appealed_to_within_its_days(partners: Partners) -> None:
    claim, _ = given(reasons=[[("CO", "197", 10_000)], PAID])
    assert appeal_by(claim, partners.payer("commercial")) == date(2026, 9, 16)


def test_medicare_has_days_of_its_own(partners: Partners) -> None:
    claim, _ = given(reasons=[[("CO", "197", 10_000)], PAID])
    assert appeal_by(claim, partners.payer("medicare")) == date(2026, 7, 23)


def test_what_is_paid_or_taken_back_is_not_appealed(partners: Partners) -> None:
    claim, _ = given(reasons=[PAID, PAID])
    denial = answer(claim.claim, 0, [("CO", "29", 20_000)])
    back = apply(apply(sent(claim.claim), denial), reversal(denial, 1))
    assert [appeal_by(each, partners.payer("commercial")) for each in (claim, back)] == [None, None]


def part(claim: AccountClaim, n: int, day: date, *reasons: tuple[Any, ...], **other: Any) -> ClaimAdjudicated:
    """An answer to one of the claim's lines alone."""
    whole = by_line(claim.claim, [list(reasons), list(reasons)])
    line = whole.lines[n]
    money = {"charge_cents": line.charge_cents, "paid_cents": line.paid_cents, "patient_responsibility_cents": 0}
    return whole.model_copy(update={"position": n + 1, "lines": (line,), "adjudicated_on": day, **money, **other})


def test_a_part_that_was_denied_first_is_appealed_first(partners: Partners) -> None:
    """The other line is paid, or denied, a month later."""
    claim, _ = given(reasons=[PAID, PAID])
    first = part(claim, 0, date(2026, 1, 1), ("CO", "197", 10_000))
    later = date(2026, 2, 1)
    for second in (part(claim, 1, later), part(claim, 1, later, ("CO", "197", 10_000))):
        both = apply(apply(sent(claim.claim), first), second)
        assert appeal_by(both, partners.payer("commercial")) == date(2026, 6, 30)


def test_what_is_denied_anew_is_appealed_from_then_on(partners: Partners) -> None:
    """His correction counts, whatever the day of the reversal."""
    claim, _ = given(reasons=[PAID, PAID])
    denial = answer(claim.claim, 0, [("CO", "29", 20_000)])
    back = reversal(denial, 1).model_copy(update={"adjudicated_on": date(2026, 8, 1)})
    again = denial.model_copy(update={"trace_number": "t3", "adjudicated_on": date(2026, 7, 1)})
    known = apply(apply(apply(sent(claim.claim), denial), back), again)
    assert appeal_by(known, partners.payer("commercial")) == date(2026, 12, 28)


def test_what_could_not_be_processed_goes_again_before_the_filing_limit(partners: Partners) -> None:
    claim, _ = given(reasons=[PAID, PAID])
    denial = answer(claim.claim, 0, [("CO", "16", 20_000)]).model_copy(update={"remarks": ("M51", "MA130")})
    last = claim.claim.statement_to + timedelta(days=partners.payer("commercial").timely_filing_days)
    assert appeal_by(apply(sent(claim.claim), denial), partners.payer("commercial")) == last


def test_a_reversal_that_comes_before_what_it_takes_back_denies_nothing(partners: Partners) -> None:
    claim, said = given(reasons=[PAID, PAID])
    denial = by_line(claim.claim, [[("CO", "197", 10_000)], PAID])
    back = apply(sent(claim.claim), reversal(denial, 1))
    assert (judged(back, said), appeal_by(back, partners.payer("commercial"))) == ((), None)


def test_a_reversal_that_denies_by_itself_is_no_fault_of_ours(partners: Partners) -> None:
    """It balances, though no payer should say so: then its day is the only one there is."""
    claim, _ = given(reasons=[PAID, PAID])
    odd = reversal(by_line(claim.claim, [[("CO", "197", -5_000), ("CO", "45", 15_000)], PAID]), 1)
    assert appeal_by(apply(sent(claim.claim), odd), partners.payer("commercial")) == date(2026, 9, 16)
