"""What the ledger tells of one chart: where it is, each step it took, its claims and bills, and what it waits for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection, Row

from agents.stage import States
from agents.worklist import about_chart
from claims.accounts import Account
from ledger import inquiries, projections

Rows = Sequence[Row[Any]]

_ORDER = ("intake", "validation", "adjudication", "claiming", "statistics", "delivery")
"""Which stage hears first of one cause: records keep the time their cause was received at."""


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
    steps = [*projections.trace(tx, about), *_answers(tx, states, about)]
    return Trace(
        hospital=hospital,
        chart_id=chart_id,
        account=account,
        places=places,
        steps=sorted(steps, key=lambda row: (row.at, _ORDER.index(row.stage), row.off)),
        claims=inquiries.claims_of(tx, hospital, account),
        bills=inquiries.bills_of(tx, hospital, account),
        waits=inquiries.waits_of(tx, f"account/{about}", about_chart(hospital, chart_id)),
    )


def _answers(tx: Connection, states: States, about: str) -> Iterator[Row[Any]]:
    """Adjudication keeps its decisions by remittance: the account's settled answers name theirs."""
    stored = inquiries.state_of(tx, "claiming", f"account/{about}")
    if stored is None:
        return
    account = states.load(Account, stored)
    named = {
        (kept.claim.payer, answer.trace_number, kept.claim.control_number)
        for kept in account.claims
        for answer in kept.answers
    }
    for payer, trace_number, control_number in sorted(named):
        for row in inquiries.decided_about(tx, "adjudication", f"{payer}/{trace_number}"):
            if row.detail == control_number:
                yield row
