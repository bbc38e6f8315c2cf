"""What people and repairs ask about one chart, one account, one partition; each by key or index, and reading only."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from ledger.batches import Partition
from ledger.denials import WARNED
from ledger.projections import UNMATCHED
from ledger.tables import accounts, answers, bills, charts, claims, deadlines, decisions, denials

Rows = Sequence[Row[Any]]


def chart(tx: Connection, stage: str, hospital: str, chart_id: str) -> Row[Any] | None:
    """Where a stage has a chart; null when it never met it."""
    where = (charts.c.stage == stage, charts.c.hospital == hospital, charts.c.chart_id == chart_id)
    return tx.execute(sa.select(charts).where(*where)).first()


def claims_of(tx: Connection, hospital: str, account: str) -> Rows:
    """An account's claims in the order in which its payers were asked."""
    query = sa.select(claims).where(claims.c.hospital == hospital, claims.c.account == account)
    return tx.execute(query.order_by(claims.c.payer_sequence, claims.c.at, claims.c.control_number)).all()


def bills_of(tx: Connection, hospital: str, account: str) -> Rows:
    query = sa.select(bills).where(bills.c.hospital == hospital, bills.c.account == account)
    return tx.execute(query.order_by(bills.c.revision, bills.c.bill_id)).all()


def waits_of(tx: Connection, *about: str) -> Rows:
    """The open deadlines of an account, of a chart, or of both, the next first."""
    query = sa.select(deadlines).where(deadlines.c.state == "open", deadlines.c.about.in_(about))
    return tx.execute(query.order_by(deadlines.c.due, deadlines.c.id)).all()


def denials_of(tx: Connection, control_numbers: Sequence[str]) -> Rows:
    """What was denied of these claims, without warnings that came to nothing."""
    mine = denials.c.control_number.in_(control_numbers)
    query = sa.select(denials).where(mine, denials.c.state.not_in(WARNED))
    return tx.execute(query.order_by(denials.c.control_number, denials.c.line, denials.c.carc)).all()


def decided_about(tx: Connection, stage: str, about: str) -> Rows:
    """One stage's decisions about an account, or about a payer's remittance."""
    query = sa.select(decisions).where(decisions.c.about == about, decisions.c.stage == stage)
    return tx.execute(query.order_by(decisions.c.part, decisions.c.off)).all()


def unmatched(tx: Connection) -> Rows:
    """Payers' answers to no claim that is known, by remittance and position."""
    query = sa.select(answers).where(answers.c.state == UNMATCHED)
    return tx.execute(query.order_by(answers.c.payer, answers.c.trace, answers.c.position)).all()


def answer_at(tx: Connection, payer: str, trace: str, position: int) -> Row[Any] | None:
    """What stands at a place of a payer's remittance."""
    where = (answers.c.payer == payer, answers.c.trace == trace, answers.c.position == position)
    return tx.execute(sa.select(answers).where(*where)).first()


def is_taken(tx: Connection, stage: str, producer: str, event_id: str) -> bool:
    """Whether a stage has decided an event of that producer's before."""
    where = (decisions.c.stage == stage, decisions.c.producer == producer, decisions.c.event_id == event_id)
    return tx.execute(sa.select(decisions.c.off).where(*where)).first() is not None


def payment_taken(tx: Connection, stage: str, about: str) -> bool:
    """Whether a stage has taken a payment under that payer and trace number."""
    where = (decisions.c.stage == stage, decisions.c.about == about, decisions.c.detail == "payment")
    return (
        tx.execute(sa.select(decisions.c.off).where(*where, decisions.c.outcome == "taken").limit(1)).first()
        is not None
    )


def state_of(tx: Connection, stage: str, key: str) -> bytes | None:
    """The bytes of one account's state, unlocked: for people, never to decide by."""
    found = tx.execute(sa.select(accounts.c.body).where(accounts.c.stage == stage, accounts.c.key == key)).scalar()
    return None if found is None else bytes(found)


def resumable(tx: Connection, stage: str, partition: Partition) -> int | None:
    """The lowest offset from which on every decision of this partition can be said again; null when none was made.

    Outputs are pruned when they have been said, so everything below has been.
    """
    span = {"stage": stage, "topic": partition[0], "part": partition[1]}
    unsayable = tx.execute(_UNSAYABLE, span).scalar()
    return unsayable + 1 if unsayable is not None else tx.execute(_OLDEST, span).scalar()


# Backwards by key: what was pruned begins right behind what is stored, so this looks at the last batches only.
_UNSAYABLE = sa.text(
    "SELECT d.off FROM decisions AS d WHERE d.stage = :stage AND d.topic = :topic AND d.part = :part AND NOT EXISTS"
    " (SELECT 1 FROM outputs AS o WHERE o.stage = d.stage AND o.topic = d.topic AND o.part = d.part"
    ' AND o."first" <= d.off AND o."last" >= d.off) ORDER BY d.off DESC LIMIT 1'
)
_OLDEST = sa.text("SELECT min(off) FROM decisions WHERE stage = :stage AND topic = :topic AND part = :part")
