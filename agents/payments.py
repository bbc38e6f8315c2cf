"""What adjudication keeps of a remittance while its parts come: only how many there are, so that a large one costs each
of its answers no more than a small one. The answers themselves are recalled once, when it may be whole."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from agents.stage import Row, World
from claims.postings import ClaimBalance, Payment
from ledger.projections import Place
from schemas.events import ClaimAcknowledged, ClaimAdjudicated, DeadlineDue, Remittance

STAGE = "adjudication"

Answered = ClaimAcknowledged | Remittance | ClaimAdjudicated | DeadlineDue

PATIENCE = timedelta(days=7)
"""How long the parts of a remittance may come apart before it is a work item."""


def payment_key(event: Answered) -> str | None:
    match event:
        case Remittance() | ClaimAdjudicated():
            return f"payment/{event.payer}/{event.trace_number}"
        case DeadlineDue():
            return event.about if event.stage == STAGE else None
        case _:
            return None


def balance_key(claim: Row, *, forwarded: bool) -> str:
    """Of what is answered under a number: the claim that was sent with it, or the one its payer forwarded."""
    return f"claim/{claim['control_number']}{'/forwarded' if forwarded else ''}"


def places(events: Iterable[Answered]) -> Iterator[Place]:
    """Where these answers stand in their remittances."""
    return (
        Place(event.payer, event.trace_number, event.position)
        for event in events
        if isinstance(event, ClaimAdjudicated)
    )


def may_be_whole(payments: Mapping[str, Payment], events: Sequence[Answered]) -> set[str]:
    """Trace numbers of the open remittances that these events may complete, for all that can be known before they are
    judged: a refused answer doesn't count, and an announced number is the payer's word."""
    coming = Counter(payment_key(event) for event in events if isinstance(event, ClaimAdjudicated))
    announced: dict[str | None, int] = {}
    for event in events:
        if isinstance(event, Remittance):
            announced[payment_key(event)] = min(
                event.claims_count, announced.get(payment_key(event), event.claims_count)
            )
    found = set()
    for event in events:
        if isinstance(event, Remittance | ClaimAdjudicated):
            key = payment_key(event) or ""
            kept = payments.get(key, Payment())
            expected = announced.get(key) if kept.remittance is None else kept.remittance.claims_count
            if kept.is_open and expected is not None and kept.answers + coming[key] >= expected:
                found.add(event.trace_number)
    return found


def by_trace(rows: Iterable[sa.Row[Any]]) -> dict[tuple[str, str], dict[int, Row]]:
    """Answers as they were kept, by payer and trace number, then by position."""
    found: dict[tuple[str, str], dict[int, Row]] = {}
    for row in rows:
        found.setdefault((row.payer, row.trace), {})[row.position] = dict(row._mapping)
    return found


def payment_of(world: World, key: str) -> Payment:
    kept = world.accounts.get(key)
    return kept if isinstance(kept, Payment) else Payment()


def comes_to_the_same(kept: ClaimAdjudicated, answer: ClaimAdjudicated) -> bool:
    """Whether an answer may take the place of one with which its remittance was settled."""
    return (kept.charge_cents, kept.paid_cents) == (answer.charge_cents, answer.paid_cents)


def added(kept: object, answer: ClaimAdjudicated) -> ClaimBalance:
    """The claim's balance after one more answer."""
    before = kept if isinstance(kept, ClaimBalance) else ClaimBalance()
    return ClaimBalance(
        charge_cents=before.charge_cents + answer.charge_cents,
        paid_cents=before.paid_cents + answer.paid_cents,
        answers=before.answers + 1,
    )


def parts(world: World, payment: Payment, cause: Remittance | ClaimAdjudicated, arrived: Iterable[Row]) -> list[Row]:
    """The rows of a whole remittance's answers, in the order of their positions."""
    kept = world.answers.get((cause.payer, cause.trace_number), {})
    rows = {**kept, **{row["position"]: row for row in arrived}}
    if len(rows) != payment.answers:
        raise LookupError("a remittance that may be whole is recalled with all its answers")
    return [rows[position] for position in sorted(rows)]
