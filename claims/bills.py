"""What a person owes: the last payer's patient responsibility and what no payer answers for, never 'the rest'.

A bill balances in two equations: charges = what payers paid + adjusted + what the law keeps off the bill + the
patient's share; and the patient's share = owed + already paid + taken off by the hospital - refund = the sum of its
reasons.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from claims import bill_words, estimates, findings, settlement, surprise
from claims.accounts import Account, bill_of
from claims.drafting import PRODUCER
from claims.partners import Hospital
from claims.payers import Route, Why
from claims.shares import Chain, Share, chains, joined, of_chain, own, uninsured, words_of
from schemas.events.claim import BillBasis, BillContact, BillDiscount, ChartVersion, PatientBill
from schemas.events.coded import ChartCoded, Finding
from schemas.events.people import Guarantor, Patient
from schemas.events.types import Cents, Day, Event
from schemas.identity import caused_by, derived

DUE = timedelta(days=30)
_PAID_TO_THE_PATIENT = findings.warn(
    "E4",
    "a payer paid the patient what is the hospital's",
    mend="ask the patient for the payment that he got; it is not on his bill",
    citation="CARC 100; billing.md section 6",
    carc="100",
)

_WAITS_FOR_NONE: tuple[Why, ...] = ("restricted", "self-pay")


class Billed(NamedTuple):
    """Bills to be said, and what the hospital is to look at because of them."""

    bills: tuple[PatientBill, ...]
    warned: tuple[Finding, ...] = ()


def direct(chart: ChartCoded, routes: Sequence[Route], account: Account, hospital: Hospital) -> Billed:
    """Bills that wait for no payer: all of a chart that has none, and what was paid in full so that no plan sees it.

    What a version says as the one before did is not billed again; what it no longer restricts is no longer owed. What
    was paid for a chart of which nothing is left goes back, whoever was told of it before.
    """
    since = (chart.received_at or chart.occurred_at).date()
    insured = any(route.payers for route in routes)
    alone = [route for route in routes if route.why == "restricted" or (route.why == "self-pay" and not insured)]
    for why in _WAITS_FOR_NONE if not insured else ("restricted",):
        told = _is_owed(account, _bill_id(chart, why)) or (why == "self-pay" and _is_paid_for_nothing(chart, routes))
        if told and all(route.why != why for route in alone):
            alone.append(Route(why, (), ()))
    bills = [
        _bill(chart, account, hospital, own(chart, route), part=route.why, since=since, because=chart)
        for route in alone
    ]
    new = tuple(bill for bill in bills if bill.revision == 1 or _is_new(bill, account))
    day = chart.encounter.start_day
    warned = (each for bill in new for each in estimates.warnings(chart.estimate, bill.estimate, day))
    return Billed(new, tuple(dict.fromkeys(warned)))


def after_payers(chart: ChartCoded, account: Account, hospital: Hospital, because: Event) -> Billed:
    """The bill once every payer of the chart answered. None when nobody owes anything, or nothing is new."""
    asked, words = tuple(chains(account, chart.chart_id)), words_of(chart)
    shares = (*(of_chain(chain, chart, words) for chain in asked), *uninsured(chart, asked))
    share = joined(shares, chart.payments_cents)
    since = max(answer.adjudicated_on for chain in asked for kept in chain for answer in kept.answers)
    bill = _bill(chart, account, hospital, share, part="share", since=since, because=because)
    return Billed((bill,) if _is_new(bill, account) else (), tuple(_warnings(share, asked)))


def _warnings(share: Share, asked: Sequence[Chain]) -> Iterator[Finding]:
    """What of a bill the hospital has to settle with a payer, or with the patient."""
    if any(each.kind == "surprise-bill" for each in share.not_billed):
        yield surprise.NOT_BILLED
    if any(settlement.paid_the_patient(kept) for chain in asked for kept in chain):
        yield _PAID_TO_THE_PATIENT


def _is_new(bill: PatientBill, account: Account) -> bool:
    """Whether it asks for something else than the revision before it; without one, whether it asks for anything."""
    before = bill_of(account, bill.bill_id)
    told = (before.owed_cents, before.refund_cents) if before else (0, 0)
    return (bill.owed_cents, bill.refund_cents) != told


def _is_owed(account: Account, bill_id: str) -> bool:
    issued = bill_of(account, bill_id)
    return issued is not None and issued.owed_cents > 0


def _is_paid_for_nothing(chart: ChartCoded, routes: Sequence[Route]) -> bool:
    """Whether the patient paid for a chart that has no services any more, nor another has them."""
    return chart.payments_cents > 0 and not routes and chart.folded_into is None


def _bill_id(chart: ChartCoded, part: str) -> str:
    """One series of bills for what is restricted, one for everything else; the newest revision stands."""
    series = "restricted" if part == "restricted" else "share"
    return derived("bill", chart.hospital, chart.account_number, chart.chart_id, series)


def is_balanced(bill: PatientBill) -> bool:
    """Both equations of a bill."""
    off = sum(discount.cents for discount in bill.discounts)
    share = bill.owed_cents + bill.patient_paid_cents + off - bill.refund_cents
    taken = sum(payer.paid_cents + payer.adjusted_cents for payer in bill.payers)
    taken += sum(kept.cents for kept in bill.not_billed)
    charged = sum(line.charge_cents for line in bill.lines)
    return charged == bill.total_charge_cents == taken + share and sum(reason.cents for reason in bill.reasons) == share


def _bill(
    chart: ChartCoded, account: Account, hospital: Hospital, share: Share, *, part: str, since: Day, because: Event
) -> PatientBill:
    bill_id = _bill_id(chart, part)
    before = bill_of(account, bill_id)
    revision = before.revision + 1 if before else 1
    guarantor, contact = _addressee(chart.patient), _contact(hospital)
    off = _discount(share, chart, hospital)
    estimate = None if share.payers else estimates.compared(chart.estimate, share.cents - off)
    money = _money(share, off)
    return PatientBill(
        **caused_by(because, PRODUCER),
        event_id=derived("patient-bill", bill_id, revision),
        bill_id=bill_id,
        hospital=chart.hospital,
        account_number=chart.account_number,
        revision=revision,
        charts=(ChartVersion(chart_id=chart.chart_id, version=chart.version, coding_revision=chart.coding_revision),),
        guarantor_name=guarantor.name,
        guarantor_address=guarantor.address,
        patient=chart.patient,
        provider=hospital.organization,
        statement_from=chart.encounter.start_day,
        statement_to=chart.encounter.end_day,
        due=since + DUE,
        basis=_basis(chart, part),
        contact=contact,
        estimate=estimate,
        notices=bill_words.notices(
            insured=bool(share.payers),
            contact=contact,
            estimate=estimate,
            protected=any(each.kind == "surprise-bill" for each in share.not_billed),
            refund=money["refund_cents"],
        ),
        **money,
    )


def _basis(chart: ChartCoded, part: str) -> BillBasis:
    if part == "share":
        return "after-payers"
    if part == "restricted":
        return "restricted"
    if not chart.coverages:
        return "no-plan"
    return "patient-pays" if all(coverage.kind == "patient" for coverage in chart.coverages) else "no-plan-answers"


def _contact(hospital: Hospital) -> BillContact | None:
    """Where the hospital says nothing to patients, the telephone that it gives to payers."""
    told = hospital.patient_contact
    if told is not None:
        return BillContact(phone=told.phone, hours=told.hours, web=told.web, assistance_web=told.assistance_web)
    return None if hospital.contact is None else BillContact(phone=hospital.contact.phone)


def _discount(share: Share, chart: ChartCoded, hospital: Hospital) -> Cents:
    if not hospital.self_pay_discounts:
        return 0
    charges = sum(reason.cents for reason in share.reasons if reason.kind == "self-pay")
    return estimates.discount_of(charges, chart.encounter.start_day, hospital.self_pay_discounts)


def _money(share: Share, off: Cents) -> dict[str, Any]:
    """Charges, what came off them, and what is left to pay or to give back."""
    left = share.cents - share.paid_cents - off
    return {
        "lines": share.lines,
        "total_charge_cents": sum(line.charge_cents for line in share.lines),
        "payers": share.payers,
        "patient_paid_cents": share.paid_cents,
        "owed_cents": max(left, 0),
        "refund_cents": max(-left, 0),
        "reasons": share.reasons,
        "discounts": (BillDiscount(kind="self-pay", cents=off),) if off else (),
        "not_billed": share.not_billed,
    }


def _addressee(patient: Patient) -> Guarantor:
    """Who gets the bill, and where: a confidential address the patient asked for comes first (45 CFR 164.522(b))."""
    named = patient.guarantor
    name = named.name if named else patient.name
    if name is None:
        raise ValueError("patient.name: a bill needs the name of a guarantor or of the patient")
    address = patient.confidential_address or (named.address if named else None) or patient.address
    return Guarantor(relationship=named.relationship if named else "self", name=name, address=address)
