"""A stay that goes on, as claiming bills it: 0112, then 0117 once the payer has answered, and 0117 at the discharge."""

from datetime import timedelta

from schemas.events import ChartCoded, ChartReturned, PatientBill
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, built, kept, settled, visit
from tests.agents.given_stages import Stages
from tests.claims.given_accounts import DAY, NOON, coverage, reversal, service, stay


def until(days: int, version: int, status: str = "30") -> ChartCoded:
    last, later = DAY + timedelta(days=days - 1), timedelta(days=days)
    lasts = stay("inpatient", discharge_status=status, end_day=last, end=NOON + later, admission_type="1")
    room = service("room", cents=100_000 * days, code=None, revenue_code="0120", unit_kind="DA", service_to=last)
    plans = (coverage("medicare"),)
    received = AFTER_THE_HOLD + later
    return visit(version, encounter=lasts, services=(room,), coverages=plans, received_at=received)


def test_each_bill_waits_for_the_answer_to_the_one_before(given: Stages) -> None:
    (first,) = built(given, given.decide("claiming", until(60, 1)))
    assert built(given, given.decide("claiming", until(120, 2))) == []
    paid = settled(first)
    (second,) = built(given, given.decide("claiming", paid))
    again = settled(second, trace_number="t2", payer_claim_number="ICN-2")
    (last,) = built(given, given.decide("claiming", reversal(paid, 2, "t2"), again, until(130, 3, "01")))
    assert [(c.bill_type, c.original_reference, c.total_charge_cents) for c in (first, second, last)] == [
        ("0112", None, 6_000_000),
        ("0117", "ICN-medicare", 12_000_000),
        ("0117", "ICN-2", 13_000_000),
    ]
    assert [each.state for each in kept(given).claims] == ["replaced", "replaced", "sent"]


def test_one_that_comes_too_soon_goes_back_and_the_one_before_stands(given: Stages) -> None:
    (first,) = built(given, given.decide("claiming", until(60, 1)))
    decisions = given.decide("claiming", settled(first), until(119, 2))
    told = [finding.rule for back in given.said(decisions, ChartReturned) for finding in back.findings]
    assert (built(given, decisions), told) == ([], ["B1"])
    assert [each.state for each in kept(given).claims] == ["answered"]


def test_what_the_payer_leaves_to_the_patient_is_billed_as_it_goes(given: Stages) -> None:
    (first,) = built(given, given.decide("claiming", until(60, 1)))
    bills = given.said(given.decide("claiming", settled(first, reasons=[("PR", "1", 160_000)])), PatientBill)
    assert [bill.owed_cents for bill in bills] == [160_000]
