"""The story of an account: a chart becomes claims and bills; an answer leads to the next payer's claim, or the bill."""

from dataclasses import replace

from claims import bills, payers, settlement
from claims.accounts import (
    Account,
    AccountClaim,
    claim_of,
    is_done,
    with_bill,
    with_claim,
)
from claims.corrections import Accepts, Formed, correct, follow, successors, together, withdraw
from claims.drafting import PRODUCER, bill_type, draft, payer_fields
from claims.identity import claim_built_id, claim_id_of, control_number
from claims.partners import Partners
from schemas.events.chart import Coverage
from schemas.events.claim import ClaimBuilt, ClaimKind
from schemas.events.coded import ChartCoded
from schemas.events.types import Event
from schemas.identity import caused_by

__all__ = ["Formed", "entered", "follow_up", "form", "secondary"]


def form(chart: ChartCoded, account: Account, partners: Partners) -> Formed:
    """A coded chart's claims to its first payers, and the bills that wait for no payer.

    Where the account has earlier claims of the chart they are replaced, voided or sent again (billing.md section 1).
    """
    hospital, routes = partners.hospital(chart.hospital), payers.routes(chart)
    formed = correct(draft(chart, routes, hospital), chart, account, _accepts(partners))
    if formed.refused or formed.awaited:
        return formed
    return replace(formed, bills=bills.direct(chart, routes, account, hospital))


def follow_up(
    chart: ChartCoded, answered: AccountClaim, account: Account, partners: Partners, because: Event
) -> Formed:
    """After an answer: the next payer's claim where something is left for him, and after the last one the bill.

    `account` has the answered claim already. Nothing follows from an answer to a claim that another one replaced.
    """
    if answered.state not in {"answered", "denied"} or answered.claim.frequency == "8":
        return Formed()
    formed = _next(chart, answered, account, _accepts(partners), because)
    account = entered(account, formed)
    if formed.refused or formed.awaited or not is_done(account, chart.chart_id):
        return formed
    bill = bills.after_payers(chart, account, partners.hospital(chart.hospital), because)
    return replace(formed, bills=(bill,) if bill else ())


def entered(account: Account, formed: Formed) -> Account:
    """The account with what was formed: new claims as sent, the claims they supersede as replaced, bills as issued."""
    for name in formed.superseded:
        if (gone := claim_of(account, name)) is not None:
            account = with_claim(account, gone.model_copy(update={"state": "replaced"}))
    for claim in formed.claims:
        account = with_claim(account, AccountClaim(claim=claim))
    for bill in formed.bills:
        account = with_bill(account, bill)
    return account


def secondary(answered: AccountClaim, coverage: Coverage, because: Event) -> ClaimBuilt:
    """The same claim to the next payer, with what the payers before him answered, line by line."""
    before = answered.claim
    moved = before.model_copy(
        update={
            **caused_by(because, PRODUCER),
            **payer_fields(coverage, before.kind, before.payer_sequence + 1),
            "frequency": "1",
            "original_reference": None,
            "bill_type": before.bill_type and bill_type(before.bill_type.startswith("011"), "1"),
            "prior": (*before.prior, settlement.prior_answer(answered)),
            "revision": 1,
            "submission": 1,
        }
    )
    name = claim_id_of(moved, 1)
    identity = {"event_id": claim_built_id(name, 1), "claim_id": name, "control_number": control_number(name, 1)}
    return moved.model_copy(update=identity)


def _next(chart: ChartCoded, answered: AccountClaim, account: Account, accepts: Accepts, because: Event) -> Formed:
    """The next payer's claim; without one, what such a payer was sent before is withdrawn."""
    coverage = payers.next_coverage(chart, answered.claim) if settlement.asks_next(answered) else None
    if coverage is not None:
        return follow(secondary(answered, coverage, because), account, accepts)
    steps = [withdraw(gone, account, accepts, because) for gone in successors(account, answered)]
    return together(steps)


def _accepts(partners: Partners) -> Accepts:
    def accepts(payer: str, kind: ClaimKind) -> bool:
        return partners.payer(payer).accepts(kind)

    return accepts
