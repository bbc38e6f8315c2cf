"""Who pays himself: the discount of his hospital, and the estimate he was given (45 CFR 149.610, 149.620)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import bill_words
from claims.bills import is_balanced
from claims.estimates import business_days_after, discount_of, is_late
from claims.formed import Formed
from claims.forming import form
from claims.partner_fields import SelfPayDiscount
from claims.partners import Partners
from schemas.events.chart import Estimate, Restriction
from schemas.events.claim import PatientBill
from tests.claims.given_accounts import DAY, account, chart, committed_partners, coverage

LONG_AGO = date(2020, 1, 1)


def discount(hundredths: int | None = None, cents: int | None = None, since: date = LONG_AGO) -> SelfPayDiscount:
    return SelfPayDiscount(since=since, percent_hundredths=hundredths, cents=cents)


def with_discounts(partners: Partners, *discounts: SelfPayDiscount) -> Partners:
    mercy = partners.hospital("mercy-general").model_copy(update={"self_pay_discounts": discounts})
    return partners.model_copy(update={"hospitals": {**partners.hospitals, "mercy-general": mercy}})


def formed(partners: Partners, *discounts: SelfPayDiscount, **differs: Any) -> Formed:
    """15,000 cents of care that nobody insures."""
    return form(chart(**{"coverages": (), **differs}), account(), with_discounts(partners, *discounts))


def billed(partners: Partners, *discounts: SelfPayDiscount, **differs: Any) -> PatientBill:
    (bill,) = formed(partners, *discounts, **differs).bills
    assert is_balanced(bill)
    return bill


DISCOUNTS = [
    ("none", 10_000, (), 0),
    ("40 %", 10_000, (discount(4_000),), 4_000),
    ("half a cent in the patient's favour", 1_001, (discount(5_000),), 501),
    ("less than half a cent is none", 3, (discount(1_000),), 0),
    ("an amount", 10_000, (discount(cents=2_500),), 2_500),
    ("an amount above the charges", 1_000, (discount(cents=2_500),), 1_000),
    ("everything", 999, (discount(10_000),), 999),
    ("nothing of nothing", 0, (discount(4_000),), 0),
    ("its first day", 10_000, (discount(4_000, since=DAY),), 4_000),
    ("the day before it", 10_000, (discount(4_000, since=date(2026, 3, 3)),), 0),
    ("the newest counts", 10_000, (discount(1_000, since=DAY), discount(4_000)), 1_000),
]


@pytest.mark.parametrize(("reason", "charges", "discounts", "expected"), DISCOUNTS, ids=[row[0] for row in DISCOUNTS])
def test_a_discount_is_a_part_of_the_charges(
    reason: str, charges: int, discounts: tuple[SelfPayDiscount, ...], expected: int
) -> None:
    assert discount_of(charges, DAY, discounts) == expected, reason


def test_a_discount_comes_off_what_nobody_insures(partners: Partners) -> None:
    bill = billed(partners, discount(4_000), payments_cents=1_000)
    assert [(off.kind, off.cents) for off in bill.discounts] == [("self-pay", 6_000)]
    assert (bill.total_charge_cents, bill.patient_paid_cents, bill.owed_cents) == (15_000, 1_000, 8_000)


def test_who_paid_before_the_discount_gets_the_rest_back(partners: Partners) -> None:
    bill = billed(partners, discount(10_000), payments_cents=1_000)
    assert (bill.owed_cents, bill.refund_cents) == (0, 1_000)
    assert "$10.00 more than you owe" in bill.notices[-1]


def test_what_was_paid_in_full_to_hide_it_has_no_discount(partners: Partners) -> None:
    hidden = {"coverages": (coverage(),), "restrictions": (Restriction(statement="s2", paid_cents=5_000),)}
    assert billed(partners, discount(4_000), **hidden).discounts == ()


@settings(max_examples=200, deadline=None)
@given(
    percent=st.integers(1, 10_000), paid=st.integers(0, 20_000), charges=st.integers(0, 9_999_999), flat=st.booleans()
)
def test_no_discount_makes_a_bill_negative_or_loses_a_cent(percent: int, paid: int, charges: int, flat: bool) -> None:
    service = chart().services[0].model_copy(update={"charge_cents": charges})
    off = discount(cents=percent) if flat else discount(percent)
    bill = billed(committed_partners(), off, payments_cents=paid, services=(service,))
    assert min(bill.owed_cents, bill.refund_cents) == 0
    assert 0 <= sum(each.cents for each in bill.discounts) <= charges
    assert bill.owed_cents - bill.refund_cents + paid + sum(each.cents for each in bill.discounts) == charges


# The estimate

ABOVE = [
    ("as estimated", 15_000, False),
    ("399.99 dollars above", 15_000 + 39_999, False),
    ("400 dollars above", 15_000 + 40_000, True),
    ("below", 10_000, False),
]


@pytest.mark.parametrize(("reason", "charges", "disputable"), ABOVE, ids=[row[0] for row in ABOVE])
def test_a_bill_of_400_dollars_above_the_estimate_may_be_disputed(
    partners: Partners, reason: str, charges: int, disputable: bool
) -> None:
    service = chart().services[0].model_copy(update={"charge_cents": charges})
    made = formed(partners, services=(service,), estimate=Estimate(cents=15_000, given=date(2026, 2, 20)))
    shown = made.bills[0].estimate
    assert shown is not None
    assert (shown.cents, shown.above_cents, shown.disputable) == (15_000, charges - 15_000, disputable), reason
    assert [finding.rule for finding in made.warned] == (["E2"] if disputable else [])
    assert ("may dispute it within 120 days" in made.bills[0].notices[1]) is True


def test_what_a_discount_takes_off_is_not_billed(partners: Partners) -> None:
    estimate = {"estimate": Estimate(cents=9_000)}
    shown = billed(partners, discount(4_000), **estimate).estimate
    assert shown is not None
    assert shown.above_cents == 0


def test_who_has_a_plan_has_no_estimate_on_his_bill(partners: Partners) -> None:
    assert formed(partners, coverages=(coverage(),), estimate=Estimate(cents=1)).bills == ()


def test_a_bill_names_the_estimate_and_its_day(partners: Partners) -> None:
    bill = billed(partners, estimate=Estimate(cents=14_000, given=date(2026, 2, 20)))
    assert bill.notices[1].startswith("You were given an estimate of $140.00 on February 20, 2026. You have a right")


def test_without_an_estimate_the_right_to_one_is_told(partners: Partners) -> None:
    assert billed(partners).notices[1] == bill_words.DISPUTE_ESTIMATE


def test_business_days_leave_out_weekends_and_federal_holidays() -> None:
    assert business_days_after(date(2026, 2, 13), 1) == date(2026, 2, 17)  # over Washington's birthday


MONDAY = date(2026, 3, 16)  # the care
LATE = [
    # reason, given, scheduled, requested, late
    ("booked 3 ahead: the next business day", date(2026, 3, 12), date(2026, 3, 11), None, False),
    ("booked 3 ahead: two days after", date(2026, 3, 13), date(2026, 3, 11), None, True),
    ("booked 2 ahead: nothing is due", date(2026, 3, 16), date(2026, 3, 12), None, False),
    ("booked 10 ahead: the third", date(2026, 3, 5), date(2026, 3, 2), None, False),
    ("booked 10 ahead: the fourth", date(2026, 3, 6), date(2026, 3, 2), None, True),
    ("booked 9 ahead: the second", date(2026, 3, 5), date(2026, 3, 3), None, True),
    ("asked for: the third", date(2026, 3, 5), None, date(2026, 3, 2), False),
    ("asked for: the fourth", date(2026, 3, 6), None, date(2026, 3, 2), True),
    ("nobody says when it was given", None, date(2026, 3, 2), None, False),
    ("nobody says what it was due by", date(2026, 3, 16), None, None, False),
]


@pytest.mark.parametrize(("reason", "on", "scheduled", "requested", "late"), LATE, ids=[row[0] for row in LATE])
def test_an_estimate_is_given_within_its_days(
    reason: str, on: date | None, scheduled: date | None, requested: date | None, late: bool
) -> None:
    estimate = Estimate(cents=1, given=on, scheduled=scheduled, requested=requested)
    assert is_late(estimate, MONDAY) is late, reason


def test_the_hospital_hears_of_a_late_one_with_the_bill(partners: Partners) -> None:
    late = Estimate(cents=15_000, given=DAY, requested=date(2026, 2, 2))
    assert [(each.rule, each.severity) for each in formed(partners, estimate=late).warned] == [("E1", "warn")]


# partners.yaml


@pytest.mark.parametrize(
    ("reason", "broken"),
    [
        ("both", {"since": LONG_AGO, "percent_hundredths": 1, "cents": 1}),
        ("neither", {"since": LONG_AGO}),
        ("above all", {"since": LONG_AGO, "percent_hundredths": 10_001}),
        ("nothing", {"since": LONG_AGO, "cents": 0}),
    ],
)
def test_a_discount_is_a_part_or_an_amount(reason: str, broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        SelfPayDiscount.model_validate(broken)
