"""The story of an account: a chart becomes claims and bills; an answer leads to the next payer's claim, or the bill."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from claims import bills, findings, payers, settlement
from claims.accounts import (
    Account,
    AccountClaim,
    claim_of,
    is_answered,
    is_done,
    with_bill,
    with_claim,
)
from claims.corrections import Accepts, Formed, correct, expect, follow, successors, together, withdraw
from claims.drafting import PRODUCER, bill_type, draft, payer_fields
from claims.identity import claim_built_id, claim_id_of, control_number, forwarded_deadline
from claims.partners import Partners
from schemas.events.chart import Coverage
from schemas.events.claim import ClaimBuilt, ClaimKind
from schemas.events.coded import ChartCoded
from schemas.events.types import Day, Event
from schemas.identity import caused_by

__all__ = ["NO_CONSENT", "Formed", "Now", "entered", "follow_up", "form", "instead_of_forwarded", "secondary"]

_OF_WORK = frozenset({("condition", "02"), ("occurrence", "04")})


class Now(NamedTuple):
    """Because of which event something follows, and on which day, where the hospital is."""

    because: Event
    day: Day


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
    chart: ChartCoded, answered: Sequence[AccountClaim], account: Account, partners: Partners, now: Now
) -> Formed:
    """What follows from answers: the next payers' claims where something is left for them, and after the last the bill.

    `account` has the answered claims already. Nothing follows from an answer to a claim that another
    one replaced. A claim whose next payer still has an earlier one waits for his answer, and is followed up then.
    """
    steps = []
    for known in sorted(answered, key=lambda kept: kept.claim.payer_sequence):
        claim = claim_of(account, known.claim.claim_id) or known  # an earlier payer's step may have withdrawn it
        if not is_answered(claim) or claim.claim.frequency == "8" or not payers.is_his_turn(chart, claim.claim):
            continue
        step = _next(chart, claim, account, _accepts(partners), now)
        if not step.awaited:
            step = replace(step, followed=(claim.claim.claim_id,))
        account = entered(account, step)
        steps.append(step)
    formed = _side_by_side(steps)
    if not steps or formed.refused or formed.awaited or not is_done(account, chart.chart_id):
        return formed
    bill = bills.after_payers(chart, account, partners.hospital(chart.hospital), now.because)
    return replace(formed, bills=(bill,) if bill else ())


def entered(account: Account, formed: Formed) -> Account:
    """The account with what was formed: new claims as sent, the claims they supersede as replaced, bills as issued."""
    for name in formed.superseded:
        account = _changed(account, name, state="replaced")
    for claim in formed.claims:
        account = with_claim(account, AccountClaim(claim=claim))
    for forwarded in formed.forwarded:
        expected = forwarded.claim
        if claim_of(account, expected.claim_id) is None:
            waits = AccountClaim(claim=expected, state="expected", deadline_id=forwarded_deadline(expected.claim_id))
            account = with_claim(account, waits)
        account = _changed(account, forwarded.by, forwarded_to=expected.payer, forwarded_as=expected.claim_id)
    for name in formed.followed:
        account = _changed(account, name, followed_up=True)
    for bill in formed.bills:
        account = with_bill(account, bill)
    return account


def _changed(account: Account, claim_id: str, **to: object) -> Account:
    kept = claim_of(account, claim_id)
    return account if kept is None else with_claim(account, kept.model_copy(update=to))


def secondary(answered: AccountClaim, coverage: Coverage, because: Event) -> ClaimBuilt:
    """The same claim to the next payer, with what the payers before him answered, line by line."""
    before = answered.claim
    moved = before.model_copy(
        update={
            **caused_by(because, PRODUCER),
            **(_not_of_work(before) if settlement.passes_on(answered) else {}),
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


def instead_of_forwarded(chart: ChartCoded, expected: AccountClaim, now: Now) -> Formed:
    """The claim a payer said to have forwarded, and that nobody answered: ours goes to the next payer after all, if he
    still is the next one and may learn of it."""
    if not payers.consents(chart, now.day) or not payers.is_his_turn(chart, expected.claim):
        why = _FORWARDED_TO_WHOM if payers.consents(chart, now.day) else NO_CONSENT
        return Formed(refused=(why,), superseded=(expected.claim.claim_id,))
    return Formed(claims=(expected.claim.model_copy(update={**caused_by(now.because, PRODUCER)}),))


def _not_of_work(claim: ClaimBuilt) -> dict[str, object]:
    """Who denied that it was work has the last word: a plan that is told otherwise denies too (CARC 19)."""
    return {
        "causes": tuple(cause for cause in claim.causes if cause.kind != "employment"),
        "coded_values": tuple(value for value in claim.coded_values if (value.kind, value.code) not in _OF_WORK),
    }


def _next(chart: ChartCoded, answered: AccountClaim, account: Account, accepts: Accepts, now: Now) -> Formed:
    """The next payer's claim; without one, what such a payer was sent before is withdrawn.

    A payer may send the claim on himself (835 CLP02 19, 20, 21, 23): then a claim of ours would be a second one.
    """
    forwarded, earlier = answered.state == "crossed-over", successors(account, answered)
    asks = forwarded or settlement.asks_next(answered)
    coverage = payers.next_coverage(chart, answered.claim) if asks else None
    if coverage is None and forwarded:
        return Formed(refused=(_FORWARDED_TO_WHOM,))
    if coverage is None:
        return together([withdraw(gone, account, accepts, now.because) for gone in earlier])
    made = secondary(answered, coverage, now.because)
    if forwarded:
        return expect(made, answered, earlier, account)
    if not payers.consents(chart, now.day):
        return Formed(refused=(NO_CONSENT,))
    return follow(made, earlier, account, accepts, now.because)


def _side_by_side(steps: Iterable[Formed]) -> Formed:
    """What follows from each of several claims; one that is refused or waits keeps back no other."""
    whole = Formed()
    for step in steps:
        names = vars(whole).keys()
        whole = Formed(**{name: getattr(whole, name) + getattr(step, name) for name in names})
    return whole


def _accepts(partners: Partners) -> Accepts:
    def accepts(payer: str, kind: ClaimKind) -> bool:
        return partners.payer(payer).accepts(kind)

    return accepts


NO_CONSENT = findings.reject(
    "C9",
    "no consent to disclose substance-use treatment for payment is in force",
    field="part2",
    mend="send the consent with the chart's next version, or bill the patient",
    citation="42 CFR 2.31-2.33",
)
_FORWARDED_TO_WHOM = findings.reject(
    "C4",
    "the payer forwarded the claim to a plan that the chart does not name",
    field="coverages",
    mend="add that coverage in the chart's next version",
    citation="X12 835 CLP02, crossover",
)
