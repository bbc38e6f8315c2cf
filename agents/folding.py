"""A coder's yes to a proposal of claiming: one chart's services onto another's claim (claims/folding.py)."""

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from agents.assembly import Assembly
from agents.desk import NotDone
from claims.accounts import Account, chart_of
from claims.folding import fold, once_more
from ledger import inquiries
from schemas.events import ChartCoded

Record = tuple[bytes, bytes]


def records(parts: Assembly, charts: Sequence[ChartCoded]) -> list[Record]:
    """Keys and values. The events' ids derive from charts, versions and revisions: sending twice is harmless."""
    return [(each.chart_id.encode(), parts.codec.encode(each)) for each in charts]


def folded(parts: Assembly, hospital: str, moved: str, into: str, coder: str) -> tuple[ChartCoded, ...]:
    """The two charts as claiming has them, folded: first the one that gives, so that its claims are voided first.

    When the first was folded already, and the second came back because its claim was not voided yet, only the second.
    NotDone says why they can't be, and nothing has changed.
    """
    if moved == into:
        raise NotDone("a chart is not folded into itself")
    with parts.ledger.reading() as tx:
        gives, takes = _chart(tx, parts, hospital, moved), _chart(tx, parts, hospital, into)
    if gives.patient.mrn != takes.patient.mrn:
        raise NotDone("the charts are of two patients")
    if gives.folded_into == into and moved in takes.folds:
        return (once_more(takes, coder),)
    if gives.folded_into is not None or takes.folded_into is not None:
        raise NotDone("one of the charts was folded already; see its newest version")
    if takes.coverages[:1] and gives.coverages[:1] and takes.coverages[0].payer != gives.coverages[0].payer:
        raise NotDone("two payers are asked first, and none pays for the other's services")
    return fold(gives, takes, coder)


def _chart(tx: Connection, parts: Assembly, hospital: str, chart_id: str) -> ChartCoded:
    """A chart as claiming keeps it, be it billed, waiting, or returned with the proposal."""
    row = inquiries.chart(tx, "claiming", hospital, chart_id)
    body = None if row is None else inquiries.state_of(tx, "claiming", f"account/{hospital}/{row.account}")
    kept = None if body is None else chart_of(parts.states.load(Account, body), chart_id)
    if kept is None:
        raise NotDone(f"claiming has no chart {chart_id} of {hospital}: it was not coded yet, or is another's")
    return kept.chart
