"""What claiming keeps of an account: its charts, claims and answers. State and its queries.

The types are wire models, so that the ledger stores them with the codec that serves the events.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from schemas.events.claim import Adjustment, BillBasis, ClaimBuilt, PatientBill
from schemas.events.coded import ChartCoded
from schemas.events.payer import AnsweredLine, ClaimAdjudicated
from schemas.events.types import Cents, Code, Count, Day, Id, Many, Wire

ChartState = Literal["held", "consent-missing", "awaiting-answer", "claimed", "billed-to-patient", "returned"]
ClaimState = Literal["sent", "expected", "accepted", "rejected", "answered", "denied", "replaced", "crossed-over"]
"""`expected`: the payer before forwards it to this one, and we say nothing. `crossed-over`: answered, and forwarded."""

_WITH_THE_PAYER: frozenset[ClaimState] = frozenset({"sent", "expected", "accepted"})
_ANSWERED: frozenset[ClaimState] = frozenset({"answered", "denied", "crossed-over"})
_BILLED: frozenset[ChartState] = frozenset({"claimed", "billed-to-patient"})


class AccountChart(Wire):
    """The newest version of a chart; `deadline_id` is what it waits for. `billed`: the version whose claims stand while
    a newer one waits, or is back with what was folded into it. `voids`: claims that their payers have to take before
    this chart is billed with the lines that they give up."""

    chart: ChartCoded
    state: ChartState
    deadline_id: Id | None = None
    billed: ChartCoded | None = None
    voids: Many[Id] = ()


class Answer(Wire):
    """A payer's answer to a claim, once, by remittance and position."""

    trace_number: Id
    position: Count
    status: Code
    adjudicated_on: Day
    charge_cents: Cents
    paid_cents: Cents
    patient_responsibility_cents: Cents | None = None
    adjustments: Many[Adjustment] = ()
    lines: Many[AnsweredLine] = ()
    payer_claim_number: Id | None = None
    remarks: Many[Code] = ()


class AccountClaim(Wire):
    """A claim as sent, and what came back. `followed_up`: the next payer's claim or the bill exists.

    `replaces`: the claim it took the place of, and `follows` the one of the payer before, which led to it.
    `deadline_id`: the answer it waits for, where that is not the first one. `forwarded_to`: the payer to whom this one
    passed the claim on itself, and `forwarded_as` the claim we expect him to answer, under either number.
    `filed_on`: when its payer received it, by the 277CA that accepted it, which proves that it was filed in time.
    """

    claim: ClaimBuilt
    state: ClaimState = "sent"
    payer_claim_number: Id | None = None
    deadline_id: Id | None = None
    answers: Many[Answer] = ()
    followed_up: bool = False
    forwarded_to: Id | None = None
    forwarded_as: Id | None = None
    replaces: Id | None = None
    follows: Id | None = None
    filed_on: Day | None = None


class BillIssued(Wire):
    """The newest revision of a bill; a later one takes its place."""

    bill_id: Id
    revision: Count
    owed_cents: Cents
    refund_cents: Cents = 0
    basis: BillBasis | None = None


class Account(Wire):
    """One hospital account: its charts, its claims to every payer in turn, its bills."""

    hospital: Id
    account_number: Id
    charts: Many[AccountChart] = ()
    claims: Many[AccountClaim] = ()
    bills: Many[BillIssued] = ()


def chart_of(account: Account, chart_id: str) -> AccountChart | None:
    return next((kept for kept in account.charts if kept.chart.chart_id == chart_id), None)


def claim_of(account: Account, claim_id: str) -> AccountClaim | None:
    return next((kept for kept in account.claims if kept.claim.claim_id == claim_id), None)


def numbers_of(account: Account, chart_id: str) -> frozenset[str]:
    """The control numbers of a chart's own claims, as they were sent last."""
    return frozenset(kept.claim.control_number for kept in account.claims if kept.claim.charts[0].chart_id == chart_id)


def claim_answered(account: Account, answer: ClaimAdjudicated) -> AccountClaim | None:
    """The claim a payer answers: by the id that adjudication found for its number, be it of an earlier submission or of
    the claim that was forwarded."""
    if answer.claim_id is not None:
        return claim_of(account, answer.claim_id)
    return next((kept for kept in account.claims if kept.claim.control_number == answer.control_number), None)


def newer_waits(account: Account, chart_id: str) -> bool:
    """A newer version than the billed one waits for a hold, a consent or an answer."""
    kept = chart_of(account, chart_id)
    return kept is not None and kept.billed is not None and kept.state != "returned"


def billed_version(account: Account, chart_id: str) -> ChartCoded | None:
    """The version of a chart by which claims or bills went out; null when none did."""
    kept = chart_of(account, chart_id)
    if kept is None:
        return None
    return kept.chart if kept.state in _BILLED else kept.billed


def replaced_by(account: Account, claim: AccountClaim) -> Iterator[AccountClaim]:
    """The claims whose place this one took, one after another, newest first."""
    seen = {claim.claim.claim_id}
    while (before := claim_of(account, claim.replaces or "")) is not None and before.claim.claim_id not in seen:
        yield before
        claim = before
        seen.add(claim.claim.claim_id)


def successors(account: Account, claim: AccountClaim) -> tuple[AccountClaim, ...]:
    """The next payers' claims that this claim led to, or one whose place it took."""
    mine = _names(account, claim)
    return tuple(kept for kept in live_claims(account, claim.claim.charts[0].chart_id) if kept.follows in mine)


def predecessor(account: Account, claim: AccountClaim) -> AccountClaim | None:
    """The standing claim of the payer before, which led to this one; null for a first payer's, and where it is gone."""
    standing = live_claims(account, claim.claim.charts[0].chart_id)
    return next((kept for kept in standing if claim.follows in _names(account, kept)), None)


def _names(account: Account, claim: AccountClaim) -> set[str | None]:
    return {claim.claim.claim_id, *(before.claim.claim_id for before in replaced_by(account, claim))}


def voided(account: Account, void: AccountClaim) -> AccountClaim | None:
    """What a void (frequency 8) is about, which its payer knows by the number; null for any other claim."""
    if void.claim.frequency != "8":
        return None
    number = void.claim.original_reference
    about = (kept for kept in replaced_by(account, void) if kept.payer_claim_number == number)
    return next((kept for kept in about if kept.state == "replaced"), None)


def taker_of(void: AccountClaim, gave: Account, states: Iterable[Wire]) -> tuple[Account, AccountChart] | None:
    """The chart that has the lines of a voided claim, and is billed or waits with them."""
    moved = {kept.chart.chart_id for kept in gave.charts if kept.chart.folded_into is not None}
    moved.intersection_update(each.chart_id for each in void.claim.charts)
    known = (account for account in states if isinstance(account, Account))
    found = ((account, kept) for account in known for kept in account.charts if not moved.isdisjoint(kept.chart.folds))
    return next(((account, kept) for account, kept in found if kept.state != "returned"), None)


def waiting_for(void: AccountClaim, states: Iterable[Wire]) -> tuple[Account, AccountChart] | None:
    """The chart, on any of these accounts, that waits until this void is taken."""
    name = void.claim.claim_id
    known = (account for account in states if isinstance(account, Account))
    found = ((account, kept) for account in known for kept in account.charts if name in kept.voids)
    return next(found, None)


def bill_of(account: Account, bill_id: str) -> BillIssued | None:
    return next((kept for kept in account.bills if kept.bill_id == bill_id), None)


def with_chart(account: Account, chart: AccountChart) -> Account:
    """The account with a chart; an earlier version of it is gone."""
    key = chart.chart.chart_id
    kept = tuple(chart if other.chart.chart_id == key else other for other in account.charts)
    return account.model_copy(update={"charts": kept if chart in kept else (*kept, chart)})


def with_claim(account: Account, claim: AccountClaim) -> Account:
    """The account with a claim; what was known under its id (an earlier submission) is gone."""
    key = claim.claim.claim_id
    kept = tuple(claim if other.claim.claim_id == key else other for other in account.claims)
    return account.model_copy(update={"claims": kept if claim in kept else (*kept, claim)})


def with_bill(account: Account, bill: PatientBill) -> Account:
    issued = BillIssued(
        bill_id=bill.bill_id,
        revision=bill.revision,
        owed_cents=bill.owed_cents,
        refund_cents=bill.refund_cents,
        basis=bill.basis,
    )
    kept = tuple(other for other in account.bills if other.bill_id != bill.bill_id)
    return account.model_copy(update={"bills": (*kept, issued)})


def live_claims(account: Account, chart_id: str) -> tuple[AccountClaim, ...]:
    """The chart's claims that stand: neither replaced nor themselves the void of another (frequency 8)."""
    return tuple(
        kept
        for kept in account.claims
        if kept.claim.charts[0].chart_id == chart_id and kept.state != "replaced" and kept.claim.frequency != "8"
    )


def unanswered(account: Account, chart_id: str) -> tuple[AccountClaim, ...]:
    """The chart's claims a payer still has: nothing replaces them, and nobody is billed, before he answers."""
    return tuple(kept for kept in live_claims(account, chart_id) if is_with_the_payer(kept))


def is_with_the_payer(claim: AccountClaim) -> bool:
    return claim.state in _WITH_THE_PAYER


def is_answered(claim: AccountClaim) -> bool:
    """Its payer has said all he has to say, for now."""
    return claim.state in _ANSWERED


def answered_claims(account: Account, chart_id: str) -> tuple[AccountClaim, ...]:
    return tuple(kept for kept in live_claims(account, chart_id) if is_answered(kept))


def is_done(account: Account, chart_id: str) -> bool:
    """Every standing claim of the chart is answered, so that only the patient's part is left. The next payer's claim
    is entered as soon as it is formed or expected, and is one of them."""
    standing = live_claims(account, chart_id)
    return bool(standing) and all(
        is_answered(kept) and (kept.state != "crossed-over" or kept.forwarded_as is not None) for kept in standing
    )


def is_late(kept: AccountChart, chart: ChartCoded) -> bool:
    """Older than what the account has: it is answered so, and changes nothing."""
    return (chart.version, chart.coding_revision) < (kept.chart.version, kept.chart.coding_revision)
