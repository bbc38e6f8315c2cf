"""A coder's yes to a proposal of claiming: one chart's services onto another's claim (claims/folding.py).

The chart that gives loses its lines for good. So nothing is sent before both charts would pass validation: else the one
that takes would come back, and the other's claim be voided for nothing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.engine import Connection

from agents.assembly import Assembly
from agents.desk import NotDone
from agents.worklist import STAGE as VALIDATION
from claims.accounts import Account, AccountChart, chart_of, is_answered, live_claims
from claims.folding import discloses, fold, folded_numbers, once_more
from claims.validation import accept_coder
from ledger import inquiries
from schemas.events import ChartCoded, ChartReturned

Record = tuple[bytes, bytes]


class _Kept(NamedTuple):
    """A chart as claiming keeps it, be it billed, waiting, or returned with the proposal, under the newest revision
    that anybody has used; and what validation wants an answer to repeat."""

    account: Account
    known: AccountChart
    chart: ChartCoded
    held: str | None


def records(parts: Assembly, charts: Sequence[ChartCoded]) -> list[Record]:
    """Keys and values. The events' ids derive from charts, versions and revisions: sending twice is harmless. One key,
    so that they come in their order. One transaction takes them all: once claiming has only the chart that gave, nobody
    has its lines."""
    return [(charts[0].chart_id.encode(), parts.codec.encode(each)) for each in charts]


def folded(parts: Assembly, hospital: str, moved: str, into: str, coder: str) -> tuple[ChartCoded, ...]:
    """The two charts as claiming has them, folded: first the one that gives, so that its claims are voided first.

    When the first was folded already, and the second came back because its claim was not voided yet, only the second;
    when the void was refused, both again. NotDone says why they can't be, and nothing has changed.
    """
    if moved == into:
        raise NotDone("a chart is not folded into itself")
    with parts.ledger.reading() as tx:
        gives, takes = _chart(tx, parts, hospital, moved), _chart(tx, parts, hospital, into)
    if gives.chart.patient.mrn != takes.chart.patient.mrn:
        raise NotDone("the charts are of two patients")
    if gives.chart.folded_into == into and moved in takes.chart.folds:
        again = (once_more(gives.chart, coder),) if _stands_again(gives, takes.chart) else ()
        return (*again, once_more(takes.chart, coder))
    _must_fit(gives.chart, takes.chart)
    tables, day = parts.reference.tables, takes.chart.encounter.end_day
    both = fold(gives.chart, takes.chart, coder, lambda code: tables.term("poa-exempt", code, day) is not None)
    for chart, kept in zip(both, (gives, takes), strict=True):
        _must_pass(parts, chart, kept.held)
    return both


def _must_fit(gives: ChartCoded, takes: ChartCoded) -> None:
    if gives.folded_into is not None or takes.folded_into is not None:
        raise NotDone("one of the charts was folded already; see its newest version")
    if takes.coverages[:1] and gives.coverages[:1] and takes.coverages[0].payer != gives.coverages[0].payer:
        raise NotDone("two payers are asked first, and none pays for the other's services")
    if discloses(gives.part2, takes.part2):
        raise NotDone("the services are under 42 CFR Part 2, and the other chart has not their consent")


def _must_pass(parts: Assembly, chart: ChartCoded, held: str | None) -> None:
    judged = accept_coder(chart, parts.reference, held)
    if isinstance(judged, ChartReturned):
        rejects = (finding for finding in judged.findings if finding.severity == "reject")
        raise NotDone(f"chart {chart.chart_id} would come back: {_named((each.rule, each.field) for each in rejects)}")


def _named(rules: Iterable[tuple[str, str | None]]) -> str:
    return ", ".join(dict.fromkeys(f"{rule} ({field})" if field else rule for rule, field in rules))


def _stands_again(gives: _Kept, takes: ChartCoded) -> bool:
    """Whether the claim of what was folded was to be voided, and its payer refused that."""
    moved = folded_numbers(takes)
    standing = (kept for kept in live_claims(gives.account, gives.chart.chart_id) if is_answered(kept))
    return gives.known.state == "claimed" and any(
        line.control_number in moved for kept in standing for line in kept.claim.lines
    )


def _chart(tx: Connection, parts: Assembly, hospital: str, chart_id: str) -> _Kept:
    row = inquiries.chart(tx, "claiming", hospital, chart_id)
    body = None if row is None else inquiries.state_of(tx, "claiming", f"account/{hospital}/{row.account}")
    account = None if body is None else parts.states.load(Account, body)
    known = None if account is None else chart_of(account, chart_id)
    if account is None or known is None:
        raise NotDone(f"claiming has no chart {chart_id} of {hospital}: it was not coded yet, or is another's")
    judged = inquiries.chart(tx, VALIDATION, hospital, chart_id)
    if judged is None:
        return _Kept(account, known, known.chart, None)
    if judged.version > known.chart.version:
        raise NotDone(f"chart {chart_id} has a newer version, which is not coded yet")
    revision = max(known.chart.coding_revision, judged.revision)
    return _Kept(account, known, known.chart.model_copy(update={"coding_revision": revision}), judged.held)
