"""What a person owes: the last payer's patient responsibility and what no payer answers for, never 'the rest'.

A bill balances in two equations: charges = what payers paid + adjusted + the patient's share; and the patient's share =
owed + already paid - refund = the sum of its reasons.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Literal

from claims import payers, settlement
from claims.accounts import Account, AccountClaim, bill_of, live_claims, successors
from claims.drafting import PRODUCER
from claims.partners import Hospital
from claims.payers import Route, Why
from schemas.events.claim import (
    Adjustment,
    BillBasis,
    BillLine,
    BillReason,
    ChartVersion,
    ClaimLine,
    PatientBill,
    PayerShare,
)
from schemas.events.coded import ChartCoded, Service
from schemas.events.people import Guarantor, Patient
from schemas.events.types import Cents, Day, Event
from schemas.identity import caused_by, derived

DUE = timedelta(days=30)

BASIS_WORDS: Final[dict[BillBasis, str]] = {
    "after-payers": "every payer has answered",
    "restricted": "paid in full by the patient, so that no plan sees it (45 CFR 164.522)",
    "no-plan": "the chart names no plan",
    "patient-pays": "the chart names the patient as who pays",
    "no-plan-answers": "no plan that the chart names answers for this",
}

Kind = Literal["deductible", "coinsurance", "copay", "not-covered", "self-pay", "paid-in-full-restriction", "other"]

_KINDS: dict[str, Kind] = {"1": "deductible", "2": "coinsurance", "3": "copay"}  # CARCs of group PR
_NOT_COVERED = frozenset({"26", "27", "31", "32", "33", "35", "49", "50", "51", "96", "119", "149", "204"})

FINANCIAL_ASSISTANCE = (  # 26 CFR 1.501(r)-4(b)(5): on each billing statement
    "If you cannot pay, you may qualify for free or reduced care under this hospital's financial assistance policy. "
    "Ask the billing office for the policy, its plain-language summary and an application; they cost nothing."
)
DISPUTE_INSURED = (  # 45 CFR 147.136 (appeals), 149.410 and 149.420 (surprise bills)
    "If you disagree with what your plan decided, you may appeal to it. For emergency care, and for care by somebody "
    "outside your plan's network at a hospital inside it, you owe no more than your in-network share."
)
DISPUTE_ESTIMATE = (  # 45 CFR 149.610 and 149.620
    "You have a right to an estimate before planned care. If this bill is 400 dollars or more above the estimate you "
    "were given, you may dispute it within 120 days of receiving it."
)

_QMB = frozenset({"N781", "N782", "N783"})  # RARC
_COST_SHARE = frozenset({"1", "2", "3"})  # CARC

_WAITS_FOR_NONE: tuple[Why, ...] = ("restricted", "self-pay")

Chain = tuple[AccountClaim, ...]
"""A claim to the first payer and its successors to the next ones, in their order."""


@dataclass(frozen=True)
class _Share:
    """The patient's part of some charges, and how it came about."""

    lines: tuple[BillLine, ...]
    payers: tuple[PayerShare, ...]
    reasons: tuple[BillReason, ...]
    paid_cents: Cents

    @property
    def cents(self) -> Cents:
        return sum(reason.cents for reason in self.reasons)


def direct(chart: ChartCoded, routes: Sequence[Route], account: Account, hospital: Hospital) -> tuple[PatientBill, ...]:
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
        _bill(chart, account, hospital, _own(chart, route), part=route.why, since=since, because=chart)
        for route in alone
    ]
    return tuple(bill for bill in bills if bill.revision == 1 or _is_new(bill, account))


def after_payers(chart: ChartCoded, account: Account, hospital: Hospital, because: Event) -> PatientBill | None:
    """The bill once every payer of the chart answered. Null when nobody owes anything, or nothing is new."""
    chains = tuple(_chains(account, chart.chart_id))
    share = _joined([*map(_of_chain, chains), *_uninsured(chart, chains)], chart.payments_cents)
    since = max(answer.adjudicated_on for chain in chains for kept in chain for answer in kept.answers)
    bill = _bill(chart, account, hospital, share, part="share", since=since, because=because)
    return bill if _is_new(bill, account) else None


def _is_paid_for_nothing(chart: ChartCoded, routes: Sequence[Route]) -> bool:
    """Whether the patient paid for a chart that has no services any more, nor another has them."""
    return chart.payments_cents > 0 and not routes and chart.folded_into is None


def _is_new(bill: PatientBill, account: Account) -> bool:
    """Whether it asks for something else than the revision before it; without one, whether it asks for anything."""
    before = bill_of(account, bill.bill_id)
    told = (before.owed_cents, before.refund_cents) if before else (0, 0)
    return (bill.owed_cents, bill.refund_cents) != told


def _is_owed(account: Account, bill_id: str) -> bool:
    issued = bill_of(account, bill_id)
    return issued is not None and issued.owed_cents > 0


def _bill_id(chart: ChartCoded, part: str) -> str:
    """One series of bills for what is restricted, one for everything else; the newest revision stands."""
    series = "restricted" if part == "restricted" else "share"
    return derived("bill", chart.hospital, chart.account_number, chart.chart_id, series)


def is_balanced(bill: PatientBill) -> bool:
    """Both equations of a bill."""
    share = bill.owed_cents + bill.patient_paid_cents - bill.refund_cents
    taken = sum(payer.paid_cents + payer.adjusted_cents for payer in bill.payers)
    charged = sum(line.charge_cents for line in bill.lines)
    return charged == bill.total_charge_cents == taken + share and sum(reason.cents for reason in bill.reasons) == share


def _bill(
    chart: ChartCoded, account: Account, hospital: Hospital, share: _Share, *, part: str, since: Day, because: Event
) -> PatientBill:
    bill_id = _bill_id(chart, part)
    before = bill_of(account, bill_id)
    revision = before.revision + 1 if before else 1
    guarantor = _addressee(chart.patient)
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
        notices=(FINANCIAL_ASSISTANCE, DISPUTE_INSURED if share.payers else DISPUTE_ESTIMATE),
        **_money(share),
    )


def _basis(chart: ChartCoded, part: str) -> BillBasis:
    if part == "share":
        return "after-payers"
    if part == "restricted":
        return "restricted"
    if not chart.coverages:
        return "no-plan"
    return "patient-pays" if all(coverage.kind == "patient" for coverage in chart.coverages) else "no-plan-answers"


def _money(share: _Share) -> dict[str, Any]:
    """Charges, what came off them, and what is left to pay or to give back."""
    left = share.cents - share.paid_cents
    return {
        "lines": share.lines,
        "total_charge_cents": sum(line.charge_cents for line in share.lines),
        "payers": share.payers,
        "patient_paid_cents": share.paid_cents,
        "owed_cents": max(left, 0),
        "refund_cents": max(-left, 0),
        "reasons": share.reasons,
    }


def _own(chart: ChartCoded, route: Route) -> _Share:
    """Services no payer is asked about: all of their charges."""
    services = [numbered.service for numbered in route.services]
    restricted = route.why == "restricted"
    charges = sum(service.charge_cents for service in services)
    kind: Kind = "paid-in-full-restriction" if restricted else "self-pay"
    return _Share(
        lines=tuple(_line(service) for service in services),
        payers=(),
        reasons=(BillReason(kind=kind, cents=charges),) if charges else (),
        # A hospital counts what it took for a restricted item there, and everything else as the chart's payments.
        paid_cents=sum(paid.paid_cents for paid in chart.restrictions) if restricted else chart.payments_cents,
    )


def _uninsured(chart: ChartCoded, chains: Sequence[Chain]) -> Iterator[_Share]:
    """What nobody insures of a chart that has payers for the rest: it is on the same bill. A payer who did not take
    back a claim answers for its lines still."""
    answered_for = {line.control_number for first, *_ in chains for line in first.claim.lines}
    for route in payers.routes(chart):
        own = tuple(each for each in route.services if each.control_number not in answered_for)
        if route.why == "self-pay" and own:
            yield _own(chart, replace(route, services=own))


def _chains(account: Account, chart_id: str) -> Iterator[Chain]:
    """The claims about the same lines, from the first payer to the last; of two that one payer has of the same lines
    the newest, for the older one's void was rejected."""
    taken, firsts = set[str](), list[AccountClaim]()
    for kept in reversed(live_claims(account, chart_id)):
        lines = {line.control_number for line in kept.claim.lines}
        if kept.claim.payer_sequence == 1 and taken.isdisjoint(lines):
            firsts.append(kept)
            taken |= lines
    for first in reversed(firsts):
        chain = [first]
        while after := successors(account, chain[-1]):
            chain.append(after[-1])
        yield tuple(chain)


def _of_chain(chain: Chain) -> _Share:
    """Each payer takes from what the one before left to the patient; the last one's part of the patient's is owed.

    So an adjustment that only repeats an earlier payer's (OA 23) counts once. Who passes the claim on takes nothing.
    """
    left, shares = chain[0].claim.total_charge_cents, []
    for kept in chain:
        money = settlement.totals(kept)
        if kept is not chain[-1] and settlement.passes_on(kept):
            shares.append(PayerShare(payer=kept.claim.payer, paid_cents=0, adjusted_cents=0))
            continue
        patient = sum(adjustment.cents for adjustment in (_owed(kept) if kept is chain[-1] else money.patient))
        adjusted = left - money.paid_cents - patient
        shares.append(PayerShare(payer=kept.claim.payer, paid_cents=money.paid_cents, adjusted_cents=adjusted))
        left = patient
    reasons = (
        BillReason(kind=_kind(adjustment.carc), carc=adjustment.carc, cents=adjustment.cents)
        for adjustment in _owed(chain[-1])
    )
    lines = tuple(_line(line) for line in chain[0].claim.lines)
    return _Share(lines=lines, payers=tuple(shares), reasons=tuple(reasons), paid_cents=0)


def _owed(last: AccountClaim) -> tuple[Adjustment, ...]:
    """What the last payer leaves to the patient. A qualified Medicare beneficiary owes no deductible, coinsurance or
    copay, which Medicare's answer tells by a remark (42 U.S.C. 1396a(n)(3)(B))."""
    patient = settlement.totals(last).patient
    said = {remark for answer in last.answers for remark in answer.remarks}
    said |= {remark for answer in last.answers for line in answer.lines for remark in line.remarks}
    if _QMB.isdisjoint(said):
        return patient
    return tuple(adjustment for adjustment in patient if adjustment.carc not in _COST_SHARE)


def _joined(shares: Sequence[_Share], paid: Cents) -> _Share:
    """One bill of several claims: each payer once, each reason once."""
    paid_by, adjusted_by, reasons = Counter[str](), Counter[str](), Counter[tuple[Kind, str | None]]()
    for payer in (payer for share in shares for payer in share.payers):
        paid_by[payer.payer] += payer.paid_cents
        adjusted_by[payer.payer] += payer.adjusted_cents
    for reason in (reason for share in shares for reason in share.reasons):
        reasons[reason.kind, reason.carc] += reason.cents
    return _Share(
        lines=tuple(line for share in shares for line in share.lines),
        payers=tuple(PayerShare(payer=p, paid_cents=paid_by[p], adjusted_cents=adjusted_by[p]) for p in paid_by),
        reasons=tuple(BillReason(kind=kind, carc=carc, cents=cents) for (kind, carc), cents in reasons.items()),
        paid_cents=paid,
    )


def _line(said: ClaimLine | Service) -> BillLine:
    text = said.group or (f"service {said.code}" if said.code else f"revenue code {said.revenue_code}")
    return BillLine(service_from=said.service_from, text=text, code=said.code, charge_cents=said.charge_cents)


def _addressee(patient: Patient) -> Guarantor:
    """Who gets the bill, and where: a confidential address the patient asked for comes first (45 CFR 164.522(b))."""
    named = patient.guarantor
    name = named.name if named else patient.name
    if name is None:
        raise ValueError("patient.name: a bill needs the name of a guarantor or of the patient")
    address = patient.confidential_address or (named.address if named else None) or patient.address
    return Guarantor(relationship=named.relationship if named else "self", name=name, address=address)


def _kind(carc: str) -> Kind:
    return _KINDS.get(carc) or ("not-covered" if carc in _NOT_COVERED else "other")
