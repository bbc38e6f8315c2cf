"""What people ask about denials: by cause, by the rule that should have caught them, and what may still be appealed."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from ledger.tables import denials

Rows = Sequence[Row[Any]]

_DENIED = denials.c.state != "unfounded"


def by_cause(tx: Connection, hospital: str | None = None) -> Rows:
    """Denials of each cause, those that stand and those that an answer took back; the costliest cause first."""
    columns = (_sum(_open(), denials.c.cents).label("open_cents"), sa.func.sum(denials.c.cents).label("cents"))
    query = sa.select(denials.c.cause, sa.func.count().label("denials"), *columns, _overturned().label("overturned"))
    found = query.where(_DENIED, *_of(hospital)).group_by(denials.c.cause)
    return tx.execute(found.order_by(sa.desc("cents"), denials.c.cause)).all()


def by_rule(tx: Connection, hospital: str | None = None) -> Rows:
    """Predicted against actual, by rule and CARC: what it warned of and came, what came without a warning, and what it
    warned of in vain. The dearest first."""
    predicted = denials.c.predicted == 1
    query = sa.select(
        denials.c.rule,
        denials.c.carc,
        _sum(sa.and_(_DENIED, predicted), 1).label("foretold"),
        _sum(sa.and_(_DENIED, sa.not_(predicted)), 1).label("missed"),
        _sum(sa.not_(_DENIED), 1).label("in_vain"),
        sa.func.sum(denials.c.cents).label("cents"),
    )
    found = query.where(*_of(hospital)).group_by(denials.c.rule, denials.c.carc)
    return tx.execute(found.order_by(sa.desc("cents"), denials.c.rule, denials.c.carc)).all()


def to_appeal(tx: Connection, hospital: str | None = None, since: str = "", limit: int = 20) -> Rows:
    """Denials that stand and whose time for appeal has not passed, the next to pass first."""
    query = sa.select(denials).where(_open(), denials.c.appeal_by >= since, *_of(hospital))
    order = (denials.c.appeal_by, denials.c.cents.desc(), denials.c.control_number, denials.c.line, denials.c.carc)
    return tx.execute(query.order_by(*order).limit(limit)).all()


def _open() -> sa.ColumnElement[bool]:
    return denials.c.state == "open"


def _overturned() -> sa.ColumnElement[int]:
    return _sum(denials.c.state == "overturned", 1)


def _sum(where: sa.ColumnElement[bool], what: sa.ColumnElement[int] | int) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((where, what), else_=0))


def _of(hospital: str | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if hospital is None else (denials.c.hospital == hospital,)
