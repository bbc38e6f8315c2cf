"""What the ledger tells of one chart (where it is, each step it took, its claims and bills, what it waits for), and of
one claim among its relatives."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection, Row

from agents.stage import States
from agents.worklist import about_chart
from claims.accounts import Account, AccountClaim, BillIssued, claim_of, is_with_the_payer
from claims.lineage import Kin, family, kinship
from ledger import inquiries, projections

Rows = Sequence[Row[Any]]

_ORDER = ("intake", "validation", "adjudication", "claiming", "statistics", "delivery")
"""Which stage hears first of one cause: records keep the time their cause was received at."""


@dataclass(frozen=True)
class ClaimTrace:
    """A claim among its relatives: `submissions` are rows of every number it was sent under, `denials` of all numbers
    of the family, and `waits` the open deadlines by their ids."""

    claim: AccountClaim
    family: tuple[Kin, ...]
    submissions: Rows
    denials: Rows
    waits: Rows


@dataclass(frozen=True)
class Trace:
    """Rows of the ledger about one chart and its account. `steps` are decisions, the oldest first."""

    hospital: str
    chart_id: str
    account: str
    places: Rows
    steps: Rows
    claims: Rows
    bills: Rows
    waits: Rows
    kin: tuple[Kin, ...] = ()
    issued: tuple[BillIssued, ...] = ()

    @property
    def state(self) -> str:
        """Where the chart stands by the last stage that judged this version of it."""
        newest = max(self.places, key=lambda row: (row.version, row.revision, row.stage == "claiming"))
        return str(newest.state)


def trace_chart(tx: Connection, states: States, hospital: str, chart_id: str) -> Trace | None:
    """Everything about a chart; null when no stage behind intake has met it."""
    stages = ("validation", "claiming")
    places = [row for stage in stages if (row := inquiries.chart(tx, stage, hospital, chart_id)) is not None]
    if not places:
        return None
    account = places[0].account
    about = f"{hospital}/{account}"
    kept = _account(tx, states, about)
    steps = [*projections.trace(tx, about), *_answers(tx, kept)]
    return Trace(
        hospital=hospital,
        chart_id=chart_id,
        account=account,
        places=places,
        steps=sorted(steps, key=lambda row: (row.at, _ORDER.index(row.stage), row.off)),
        claims=inquiries.claims_of(tx, hospital, account),
        bills=inquiries.bills_of(tx, hospital, account),
        waits=inquiries.waits_of(tx, f"account/{about}", about_chart(hospital, chart_id)),
        kin=() if kept is None else kinship(kept),
        issued=() if kept is None else kept.bills,
    )


def trace_claim(tx: Connection, states: States, name: str) -> ClaimTrace | None:
    """A claim by its control number or its id; null when no claim has it."""
    found = projections.claims_by_number(tx, [name]).get(name) or projections.claims_by_id(tx, [name]).get(name)
    about = "" if found is None else f"{found.hospital}/{found.account}"
    account = None if found is None else _account(tx, states, about)
    claim = None if found is None or account is None else claim_of(account, found.claim_id)
    if found is None or account is None or claim is None:
        return None
    kin = family(account, claim.claim.claim_id)
    rows = inquiries.claims_of(tx, found.hospital, found.account)
    return ClaimTrace(
        claim=claim,
        family=kin,
        submissions=[row for row in rows if row.claim_id == claim.claim.claim_id],
        denials=inquiries.denials_of(tx, [each.claim.claim.control_number for each in kin]),
        waits=inquiries.waits_of(tx, f"account/{about}"),
    )


def unbilled(tx: Connection, states: States, hospital: str, account: str) -> tuple[str, ...]:
    """Why nobody is billed for an account, in words without anything of a chart."""
    kept = _account(tx, states, f"{hospital}/{account}")
    if kept is None:
        return (f"the ledger has no such account of {hospital}",)
    held = Counter(each.state for each in kept.charts if each.state not in {"claimed", "billed-to-patient"})
    asked = [each.claim for each in kept.claims if is_with_the_payer(each)]
    rejected = [each.claim for each in kept.claims if each.state == "rejected" and each.claim.frequency != "8"]
    waits = (
        *(f"{number} of its charts {_WAITING.get(state, state)}" for state, number in held.items()),
        *(f"{claim.payer} has not settled claim {claim.control_number}" for claim in asked),
        *(f"{claim.payer} rejected claim {claim.control_number}, which was never filed" for claim in rejected),
    )
    return waits or ("no payer left anything to the patient",)


_WAITING = {
    "held": "wait for the end of the bill hold",
    "consent-missing": "wait for a consent (42 CFR Part 2)",
    "awaiting-answer": "wait for a payer's answer",
    "returned": "went back to the hospital",
}


def _account(tx: Connection, states: States, about: str) -> Account | None:
    stored = inquiries.state_of(tx, "claiming", f"account/{about}")
    return None if stored is None else states.load(Account, stored)


def _answers(tx: Connection, account: Account | None) -> Iterator[Row[Any]]:
    """Adjudication keeps its decisions by remittance: the account's settled answers name theirs."""
    if account is None:
        return
    named = {
        (kept.claim.payer, answer.trace_number, kept.claim.control_number)
        for kept in account.claims
        for answer in kept.answers
    }
    for payer, trace_number, control_number in sorted(named):
        for row in inquiries.decided_about(tx, "adjudication", f"{payer}/{trace_number}"):
            if row.detail == control_number:
                yield row
