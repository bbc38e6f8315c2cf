"""What became of every chart and every cent, read from the ledger when nothing moves any more."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.assembly import Assembly
from claims import settlement
from claims.accounts import Account, AccountClaim, live_claims
from claims.payers import routes
from ledger import tables
from schemas.events import ChartCoded, ClaimStatsPublished
from schemas.events.claim import Adjustment

_BILLED = frozenset({"claimed", "billed-to-patient"})

SETTLED = "claimed and settled"
RETURNED = "returned to the hospital"
WAITING = "waiting"
LOST = "in no state"

_ENDS = {"returned": RETURNED, "billed-to-patient": SETTLED}


@dataclass(frozen=True)
class Books:
    """Where every chart stands, and what every claim came to. Cents are signed integers."""

    states: Mapping[tuple[str, str], str]
    waiting: Mapping[str, int]
    claims: Mapping[str, int]
    payer_kinds: frozenset[str]
    cents: Mapping[str, int]
    unbalanced: tuple[str, ...]
    charges: Mapping[tuple[str, str], int]
    """What of each chart has a price, as validation had it last."""
    published: tuple[ClaimStatsPublished, ...] = field(default_factory=tuple)

    @property
    def outcomes(self) -> Mapping[str, int]:
        return Counter(self.states.values())

    @property
    def settled_share(self) -> float:
        return self.outcomes.get(SETTLED, 0) / len(self.states) if self.states else 0.0

    @property
    def published_cells(self) -> int:
        return sum(cell.suppressed == "no" for table in self.published for cell in table.cells)

    @property
    def suppressed_cells(self) -> int:
        return sum(table.suppressed_cells for table in self.published)


def read_books(assembly: Assembly) -> Books:
    """The ledger's charts, accounts and published tables, added up and held against each other."""
    with assembly.ledger.reading() as tx:
        accounts = list(read_accounts(tx, assembly))
        rows = tx.execute(sa.select(tables.charts)).all()
        published = tuple(_published(tx, assembly))
    by_chart = {(kept.hospital, chart.chart.chart_id): kept for kept in accounts for chart in kept.charts}
    states: dict[tuple[str, str], str] = {}
    waiting: Counter[str] = Counter()
    for row in rows:
        chart = (row.hospital, row.chart_id)
        state, why = _state(row, by_chart.get(chart)) if row.stage == "claiming" else _validated(row)
        if row.stage == "claiming" or chart not in states:
            states[chart] = state
        if why is not None:
            waiting[why] += 1
    claims = [claim for account in accounts for claim in account.claims]
    return Books(
        states=states,
        waiting=dict(waiting),
        claims=Counter(claim.state for claim in claims),
        payer_kinds=frozenset(claim.claim.payer_kind for claim in claims) | _patients(rows),
        cents=_cents(accounts),
        unbalanced=tuple(_unbalanced(accounts)),
        charges={(row.hospital, row.chart_id): row.cents for row in rows if row.stage == "validation"},
        published=published,
    )


def read_accounts(tx: Connection, assembly: Assembly) -> Iterator[Account]:
    query = sa.select(tables.accounts.c.body).where(
        tables.accounts.c.stage == "claiming", tables.accounts.c.key.like("account/%"), tables.accounts.c.version > 0
    )
    for (body,) in tx.execute(query.order_by(tables.accounts.c.key)):
        yield assembly.states.load(Account, bytes(body))


def _published(tx: Connection, assembly: Assembly) -> Iterator[ClaimStatsPublished]:
    for (body,) in tx.execute(sa.select(tables.cells.c.body).order_by(tables.cells.c.window, tables.cells.c.name)):
        table = assembly.codec.decode(bytes(body))
        assert isinstance(table, ClaimStatsPublished)
        yield table


def _validated(row: Any) -> tuple[str, str | None]:
    """A chart claiming has not heard of: returned, or lost on its way."""
    return (RETURNED if row.state == "returned" else LOST), None


def _state(row: Any, account: Account | None) -> tuple[str, str | None]:
    """A chart in claiming's hands, and what it waits for."""
    if row.state in _ENDS:
        return _ENDS[row.state], None
    if row.state in {"held", "consent-missing", "awaiting-answer"}:
        return WAITING, f"{row.why} ({row.state})"
    claims = [] if account is None else live_claims(account, row.chart_id)
    if not claims:
        return LOST, None
    if any(claim.state == "rejected" for claim in claims):
        return RETURNED, None
    if all(claim.state in {"answered", "denied"} and claim.followed_up for claim in claims):
        return SETTLED, None
    return WAITING, "answer-overdue (a payer has not answered)"


def _patients(rows: Any) -> frozenset[str]:
    return frozenset({"patient"} if any(row.state == "billed-to-patient" for row in rows) else ())


def _first(account: Account) -> Iterator[AccountClaim]:
    """The claims that stand to first payers: what was charged, once."""
    for chart in account.charts:
        yield from (kept for kept in live_claims(account, chart.chart.chart_id) if kept.claim.payer_sequence == 1)


def _cents(accounts: list[Account]) -> dict[str, int]:
    """Dollars as people ask for them: charged once, paid by anybody, written off, left to patients."""
    first = [claim for account in accounts for claim in _first(account)]
    everything = [settlement.totals(claim) for account in accounts for claim in account.claims]
    charged = sum(claim.claim.total_charge_cents for claim in first) + _direct(accounts)
    paid = sum(money.paid_cents for money in everything)
    written_off = sum(entry.cents for money in everything for entry in money.adjustments if _is_written_off(entry))
    owed = sum(bill.owed_cents for account in accounts for bill in account.bills)
    refund = sum(bill.refund_cents for account in accounts for bill in account.bills)
    return {
        "charged": charged,
        "paid_by_payers": paid,
        "written_off_or_denied": written_off,
        "owed_by_patients": owed,
        "refunded_to_patients": refund,
        # Claims a payer rejected, shares of charts that are not all answered, and what patients had paid before.
        "rejected_unbilled_or_paid_before": charged - paid - written_off - owed + refund,
    }


def _is_written_off(entry: Adjustment) -> bool:
    """What nobody is asked for; a later payer's OA 23 repeats what an earlier one did."""
    return entry.group != "PR" and entry.carc != "23"


def _direct(accounts: list[Account]) -> int:
    """What no payer was asked for: the patient's own services, and those he paid in full under a restriction."""
    charts = (kept.chart for account in accounts for kept in account.charts if kept.state in _BILLED)
    return sum(_charged(chart, asked=False) for chart in charts)


def _charged(chart: ChartCoded, *, asked: bool) -> int:
    """The charges on routes with a payer, or on those without one."""
    chosen = (route for route in routes(chart) if bool(route.payers) is asked)
    return sum(numbered.service.charge_cents for route in chosen for numbered in route.services)


def _unbalanced(accounts: list[Account]) -> Iterator[str]:
    """Every equation that doesn't hold, by claim number or account: none is expected."""
    for account in accounts:
        yield from _uncharged(account)
        for kept in account.claims:
            claim, money = kept.claim, settlement.totals(kept)
            if claim.total_charge_cents != sum(line.charge_cents for line in claim.lines):
                yield f"{claim.control_number}: its lines don't sum to its charge"
            if money.charge_cents != money.paid_cents + money.adjusted_cents + money.patient_cents:
                yield f"{claim.control_number}: charge isn't paid + adjusted + patient"
            if kept.followed_up and kept.state != "replaced" and money.charge_cents != claim.total_charge_cents:
                yield f"{claim.control_number}: followed up before its answers were whole"


def _uncharged(account: Account) -> Iterator[str]:
    """Every cent of a billed chart is on exactly one standing claim to a first payer, or the patient's own."""
    for chart in account.charts:
        first = [kept for kept in live_claims(account, chart.chart.chart_id) if kept.claim.payer_sequence == 1]
        claimed = sum(kept.claim.total_charge_cents for kept in first)
        if chart.state in _BILLED and claimed != _charged(chart.chart, asked=True):
            yield f"{account.hospital}/{account.account_number}: its claims don't sum to its charges"
