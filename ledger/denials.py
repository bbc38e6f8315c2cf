"""What people ask about denials: by cause, by the rule that should have caught them, and what may still be appealed."""

from collections.abc import Sequence
from operator import add
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from ledger.tables import denials

Rows = Sequence[Row[Any]]

WARNED: Final = ("unfounded", "withdrawn")
"""States of what is no denial, but a warning: in vain as far as is known, or not known any more."""
ENDED: Final = ("overturned", "replaced", *WARNED)
_DENIED = denials.c.state.not_in(WARNED)


class ByRule(NamedTuple):
    """What a rule warned of by a CARC and came, what came without a warning, and what it warned of in vain."""

    rule: str
    carc: str
    foretold: int
    missed: int
    in_vain: int
    cents: int


def by_cause(tx: Connection, hospital: str | None = None) -> Rows:
    """Denials of each cause, those that stand and those that an answer took back; the costliest cause first."""
    columns = (_sum(_open(), denials.c.cents).label("open_cents"), _whole(denials.c.cents).label("cents"))
    query = sa.select(denials.c.cause, sa.func.count().label("denials"), *columns, _overturned().label("overturned"))
    found = query.where(_DENIED, *_of(hospital)).group_by(denials.c.cause)
    return tx.execute(found.order_by(sa.desc("cents"), denials.c.cause)).all()


def by_rule(tx: Connection, hospital: str | None = None) -> Sequence[ByRule]:
    """Predicted against actual, by rule and CARC; the dearest first. What several rules warned of counts for each."""
    predicted = denials.c.predicted == 1
    query = sa.select(
        denials.c.rule,
        denials.c.carc,
        _sum(sa.and_(_DENIED, predicted), 1),
        _sum(sa.and_(_DENIED, sa.not_(predicted)), 1),
        _sum(denials.c.state == "unfounded", 1),
        _whole(denials.c.cents),
    )
    found: dict[tuple[str, str], ByRule] = {}
    for rules, carc, *counts in tx.execute(query.where(*_of(hospital)).group_by(denials.c.rule, denials.c.carc)):
        for rule in rules.split():
            before = found.get((rule, carc), ByRule(rule, carc, 0, 0, 0, 0))
            found[rule, carc] = ByRule(rule, carc, *map(add, before[2:], counts))
    return sorted(found.values(), key=lambda each: (-each.cents, each.rule, each.carc))


def to_appeal(tx: Connection, hospital: str | None = None, since: str = "", limit: int = 20) -> Rows:
    """Denials that stand and whose time for appeal has not passed, the next to pass first."""
    query = sa.select(denials).where(_open(), denials.c.appeal_by >= since, *_of(hospital))
    order = (denials.c.appeal_by, denials.c.cents.desc(), denials.c.control_number, denials.c.line, denials.c.carc)
    return tx.execute(query.order_by(*order).limit(limit)).all()


def forget_ended(tx: Connection, before: str, rows: int = 1_000) -> int:
    """Deletes denials of before that day that were taken back, replaced or never came, at most so many; how many."""
    return sum(tx.execute(_FORGET, {"state": state, "before": before, "rows": rows}).rowcount for state in ENDED)


def _open() -> sa.ColumnElement[bool]:
    return denials.c.state == "open"


def _overturned() -> sa.ColumnElement[int]:
    return _sum(denials.c.state == "overturned", 1)


def _sum(where: sa.ColumnElement[bool], what: sa.ColumnElement[int] | int) -> sa.ColumnElement[int]:
    return _whole(sa.case((where, what), else_=0))


def _whole(what: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """A sum is a whole number: PostgreSQL makes a decimal of it."""
    return sa.cast(sa.func.sum(what), sa.BigInteger)


def _of(hospital: str | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if hospital is None else (denials.c.hospital == hospital,)


_FORGET = sa.text(
    "DELETE FROM denials WHERE (control_number, line, carc) IN (SELECT control_number, line, carc FROM denials"
    " WHERE state = :state AND denied_on < :before ORDER BY denied_on LIMIT :rows)"
)
