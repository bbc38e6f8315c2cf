"""The patient's part of some charges, from the first payer's answer to the last one's: what of it he owes, why, and
what the law keeps off his bill."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from claims import bill_words, payers, settlement, surprise
from claims.accounts import Account, AccountClaim, live_claims, successors
from claims.bill_words import NOT_BILLED_WORDS, Kind
from claims.identity import service_number
from claims.payers import MEDICAID, Route
from schemas.events.claim import Adjustment, BillLine, BillReason, ClaimLine, NotBilled, PayerShare
from schemas.events.coded import ChartCoded, Service
from schemas.events.types import Cents

_KINDS: dict[str, Kind] = {"1": "deductible", "2": "coinsurance", "3": "copay", "66": "deductible"}  # CARCs of group PR
_NOT_COVERED = frozenset({"26", "27", "31", "32", "33", "35", "49", "50", "51", "96", "119", "149", "204"})

_QMB = frozenset({"N781", "N782", "N783"})  # RARC
_COST_SHARE = frozenset({"1", "2", "3", "66"})  # CARC

_ABOVE_ITS_PRICE = frozenset({"45"})  # CARC

Protection = Literal["surprise-bill", "qualified-medicare-beneficiary", "paid-in-full-by-medicaid"]

Chain = tuple[AccountClaim, ...]
"""A claim to the first payer and its successors to the next ones, in their order."""


@dataclass(frozen=True)
class Share:
    """The patient's part of some charges, and how it came about."""

    lines: tuple[BillLine, ...]
    payers: tuple[PayerShare, ...]
    reasons: tuple[BillReason, ...]
    paid_cents: Cents
    not_billed: tuple[NotBilled, ...] = ()

    @property
    def cents(self) -> Cents:
        return sum(reason.cents for reason in self.reasons)


def own(chart: ChartCoded, route: Route) -> Share:
    """Services no payer is asked about: all of their charges."""
    services = [numbered.service for numbered in route.services]
    restricted = route.why == "restricted"
    charges = sum(service.charge_cents for service in services)
    kind: Kind = "paid-in-full-restriction" if restricted else "self-pay"
    return Share(
        lines=tuple(_line(service, service.text) for service in services),
        payers=(),
        reasons=(_reason(kind, None, charges),) if charges else (),
        # A hospital counts what it took for a restricted item there, and everything else as the chart's payments.
        paid_cents=sum(paid.paid_cents for paid in chart.restrictions) if restricted else chart.payments_cents,
    )


def uninsured(chart: ChartCoded, chains: Sequence[Chain]) -> Iterator[Share]:
    """What nobody insures of a chart that has payers for the rest: it is on the same bill. A payer who did not take
    back a claim answers for its lines still."""
    answered_for = {service_number(line.control_number) for first, *_ in chains for line in first.claim.lines}
    for route in payers.routes(chart):
        left = tuple(each for each in route.services if each.control_number not in answered_for)
        if route.why == "self-pay" and left:
            yield own(chart, replace(route, services=left))


def chains(account: Account, chart_id: str) -> Iterator[Chain]:
    """The claims about the same lines, from the first payer to the last; of two first ones that have the same line, or
    days of it, the newest, for the older one's void was rejected."""
    taken, firsts = defaultdict[str, list[ClaimLine]](list), list[AccountClaim]()
    for kept in reversed(live_claims(account, chart_id)):
        lines = [(line, taken[service_number(line.control_number)]) for line in kept.claim.lines]
        if kept.claim.payer_sequence > 1 or any(_is_again(line, other) for line, others in lines for other in others):
            continue
        firsts.append(kept)
        for line, others in lines:
            others.append(line)
    for first in reversed(firsts):
        chain = [first]
        while after := successors(account, chain[-1]):
            chain.append(after[-1])
        yield tuple(chain)


def _is_again(line: ClaimLine, other: ClaimLine) -> bool:
    """Of two lines of one service; of its pieces each has its own days (claims/sequence.py)."""
    overlaps = line.service_from <= other.service_to and other.service_from <= line.service_to
    return overlaps or line.control_number == other.control_number


def of_chain(chain: Chain, chart: ChartCoded, words: Mapping[str, str]) -> Share:
    """Each payer takes from what the one before left to the patient; the last one's part of the patient's is owed.

    So an adjustment that only repeats an earlier payer's (OA 23) counts once. Who passes the claim on takes nothing.
    """
    left, shares = chain[0].claim.total_charge_cents, []
    for kept in chain:
        money = settlement.totals(kept)
        if kept is not chain[-1] and settlement.passes_on(kept):
            shares.append(PayerShare(payer=kept.claim.payer, paid_cents=0, adjusted_cents=0))
            continue
        patient = money.patient_cents
        adjusted = left - money.paid_cents - patient
        shares.append(PayerShare(payer=kept.claim.payer, paid_cents=money.paid_cents, adjusted_cents=adjusted))
        left = patient
    kept_off = _kept_off(chain[-1], chart)
    off = kept_off.carcs if kept_off else frozenset[str]()
    last = settlement.totals(chain[-1]).patient
    return Share(
        lines=tuple(_line(line, words.get(service_number(line.control_number))) for line in chain[0].claim.lines),
        payers=tuple(shares),
        reasons=tuple(_reason(_kind(each.carc), each.carc, each.cents) for each in last if each.carc not in off),
        paid_cents=0,
        not_billed=tuple(_protected(kept_off.kind, each) for each in last if kept_off and each.carc in off),
    )


def _reason(kind: Kind, carc: str | None, cents: Cents) -> BillReason:
    return BillReason(kind=kind, carc=carc, cents=cents, text=bill_words.reason(kind, carc))


def _protected(kind: Protection, left: Adjustment) -> NotBilled:
    return NotBilled(kind=kind, carc=left.carc, cents=left.cents, text=NOT_BILLED_WORDS[kind])


class _KeptOff(NamedTuple):
    kind: Protection
    carcs: frozenset[str]


def _kept_off(last: AccountClaim, chart: ChartCoded) -> _KeptOff | None:
    """What of the patient's part the law keeps off his bill. A qualified Medicare beneficiary owes no deductible,
    coinsurance or copay, which Medicare's answer tells by a remark (42 U.S.C. 1396a(n)(3)(B)). Who is paid by Medicaid
    is paid in full, but for such shares (42 CFR 447.15)."""
    said = {remark for answer in last.answers for remark in answer.remarks}
    said |= {remark for answer in last.answers for line in answer.lines for remark in line.remarks}
    if not _QMB.isdisjoint(said):
        return _KeptOff("qualified-medicare-beneficiary", _COST_SHARE)
    if last.claim.filing_indicator == MEDICAID:
        return _KeptOff("paid-in-full-by-medicaid", _ABOVE_ITS_PRICE)
    return _KeptOff("surprise-bill", surprise.BALANCE) if surprise.is_protected(last.claim, chart, said) else None


def joined(shares: Sequence[Share], paid: Cents) -> Share:
    """One bill of several claims: each payer once, each reason once."""
    paid_by, adjusted_by, reasons = Counter[str](), Counter[str](), Counter[tuple[Kind, str | None]]()
    kept_off: Counter[tuple[Protection, str]] = Counter()
    for payer in (payer for share in shares for payer in share.payers):
        paid_by[payer.payer] += payer.paid_cents
        adjusted_by[payer.payer] += payer.adjusted_cents
    for reason in (reason for share in shares for reason in share.reasons):
        reasons[reason.kind, reason.carc] += reason.cents
    for kept in (kept for share in shares for kept in share.not_billed):
        kept_off[kept.kind, kept.carc] += kept.cents
    return Share(
        lines=tuple(line for share in shares for line in share.lines),
        payers=tuple(PayerShare(payer=p, paid_cents=paid_by[p], adjusted_cents=adjusted_by[p]) for p in paid_by),
        reasons=tuple(_reason(kind, carc, cents) for (kind, carc), cents in reasons.items()),
        paid_cents=paid,
        not_billed=tuple(
            NotBilled(kind=kind, carc=carc, cents=cents, text=NOT_BILLED_WORDS[kind])
            for (kind, carc), cents in kept_off.items()
        ),
    )


def words_of(chart: ChartCoded) -> dict[str, str]:
    """What the hospital called each service, by its line's control number: a claim has no such words."""
    return {
        numbered.control_number: numbered.service.text
        for numbered in payers.numbered_services(chart)
        if numbered.service.text
    }


def _line(said: ClaimLine | Service, text: str | None) -> BillLine:
    text = text or said.group or (f"service {said.code}" if said.code else f"revenue code {said.revenue_code}")
    return BillLine(service_from=said.service_from, text=text, code=said.code, charge_cents=said.charge_cents)


def _kind(carc: str) -> Kind:
    return _KINDS.get(carc) or ("not-covered" if carc in _NOT_COVERED else "other")
