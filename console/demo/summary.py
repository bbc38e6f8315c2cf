"""The end of the demo: one page that a newcomer understands, or one JSON object."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from console.demo.shown import Shown
from console.demo.state import RETURNED, SETTLED, Books
from console.demo.watch import Look
from console.screen import counted
from schemas.events import ChartReturned, ClaimStatsPublished

MINIMUM_SETTLED = 0.6
_TOP = 8
_HELD_BACK = frozenset({"incomplete", "uncodable", "rejected-by-edits"})


def verdict(books: Books, life: Sequence[Shown], looks: Sequence[Look]) -> list[str]:
    """What is not as promised; empty when the demo succeeded."""
    wrong = list(books.unbalanced)
    stray = {state: n for state, n in books.outcomes.items() if state not in {SETTLED, RETURNED, "waiting"}}
    if stray:
        wrong.append(f"charts in no state: {sum(stray.values()):,}")
    if books.settled_share < MINIMUM_SETTLED:
        wrong.append(f"only {books.settled_share:.0%} of the charts are claimed and settled")
    if behind := sum(look.behind for look in looks):
        wrong.append(f"records still behind: {behind:,}")
    if dead := sum(look.dead for look in looks):
        wrong.append(f"dead letters: {dead:,}")
    wrong.extend(f"not one of: {each.what}" for each in life if not each.count)
    return wrong


def as_json(
    books: Books, life: Sequence[Shown], returned: Sequence[ChartReturned], looks: Sequence[Look], seconds: float
) -> dict[str, Any]:
    return {
        "charts": len(books.states),
        "outcomes": dict(books.outcomes),
        "waiting_for": dict(books.waiting),
        "claims": dict(books.claims),
        **{each.key: each.count for each in life},
        "examples": {each.key: each.example for each in life},
        "payer_kinds": sorted(books.payer_kinds),
        "cents": dict(books.cents),
        "published_cells": books.published_cells,
        "suppressed_cells": books.suppressed_cells,
        "held_back_by": [
            {"what": what, "charts": charts, "cents": cents} for what, charts, cents in dearest(books, returned)
        ],
        "lag": sum(look.behind for look in looks),
        "balanced": not books.unbalanced,
        "seconds": round(seconds, 1),
    }


def show(
    console: Console,
    books: Books,
    life: Sequence[Shown],
    returned: Sequence[ChartReturned],
    paths: Mapping[str, str],
) -> None:
    """Charts, dollars, what went back and why, what was published, and where to look."""
    console.print(_charts(books))
    console.print(_claims(books))
    _tell_life(console, life)
    console.print(_dollars(books))
    console.print(_returns(returned))
    console.print(_dearest(books, returned))
    for table in books.published[:1] + tuple(t for t in books.published if t.table == "services-by-diagnosis"):
        console.print(_statistics(table))
    console.print("To open:")
    for what, path in paths.items():
        console.print(f"  {what}: {path}", soft_wrap=True, highlight=False)


def _charts(books: Books) -> Table:
    table = Table(
        title=f"{len(books.states)} charts, each in exactly one state", title_justify="left", show_header=False
    )
    for state, n in sorted(books.outcomes.items()):
        table.add_row(state, f"{n:,}", f"{n / len(books.states):.0%}")
    for why, n in sorted(books.waiting.items()):
        table.add_row(f"  waiting for: {why}", f"{n:,}", "")
    return table


def _claims(books: Books) -> Table:
    table = Table(title=counted(sum(books.claims.values()), "claim"), title_justify="left", show_header=False)
    for state, n in sorted(books.claims.items()):
        table.add_row(state, f"{n:,}")
    table.add_row("payers", ", ".join(sorted(books.payer_kinds)))
    return table


def _tell_life(console: Console, life: Sequence[Shown]) -> None:
    """Lines, so that a command stays one that can be copied."""
    console.print("What happened to claims, and one of each to look at")
    for each in life:
        note = f"  ({each.note})" if each.note else ""
        said = f"  {each.what:<25} {each.count:>5,}   {each.example or ''}{note}"
        console.print(said, soft_wrap=True, highlight=False, markup=False)


def _dollars(books: Books) -> Table:
    balanced = "yes" if not books.unbalanced else "NO"
    table = Table(title=f"Dollars (balanced: {balanced})", title_justify="left", show_header=False)
    for name, cents in books.cents.items():
        table.add_row(name.replace("_", " "), f"${cents / 100:,.2f}")
    return table


def _returns(returned: Sequence[ChartReturned]) -> Table:
    """The commonest reasons, in words."""
    said: Counter[tuple[str, str]] = Counter()
    for chart in returned:
        said.update({(chart.reason, finding.message) for finding in chart.findings if finding.severity == "reject"})
        said.update({(chart.reason, query.question.split(". ")[0]) for query in chart.queries})
        said.update({(chart.reason, item.why) for item in chart.worklist})
        if chart.reason == "late-version":
            said[chart.reason, "a newer version of this chart was there already"] += 1
    table = Table(title=f"{counted(len(returned), 'answer')} to hospitals, and why", title_justify="left")
    for column in ("charts", "returned as", "because"):
        table.add_column(column, justify="right" if column == "charts" else "left")
    for (reason, why), n in said.most_common(_TOP):
        table.add_row(f"{n}", reason, why)
    return table


def dearest(books: Books, returned: Sequence[ChartReturned]) -> list[tuple[str, int, int]]:
    """Each rule, query and kind of work that held a chart back: how many charts, and their known charges in cents; the
    dearest first. A chart that two of them hold back counts for both."""
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for chart in (chart for chart in returned if chart.reason in _HELD_BACK):
        about = (chart.hospital, chart.chart_id)
        for finding in chart.findings:
            if finding.severity == "reject":
                held[f"rule {finding.rule}"].add(about)
        for query in chart.queries:
            held[f"query {query.topic or query.kind}"].add(about)
        for item in chart.worklist:
            held[f"worklist {item.kind}"].add(about)
    rows = [(what, len(charts), sum(books.charges.get(c, 0) for c in charts)) for what, charts in held.items()]
    return sorted(rows, key=lambda row: (-row[2], -row[1], row[0]))


def _dearest(books: Books, returned: Sequence[ChartReturned]) -> Table:
    table = Table(title="What holds most dollars back: edits, queries and work", title_justify="left")
    for column in ("what", "charts", "charges"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for what, charts, cents in dearest(books, returned)[:_TOP]:
        table.add_row(what, f"{charts:,}", f"${cents / 100:,.2f}")
    return table


def _statistics(published: ClaimStatsPublished) -> Table:
    """The first rows of a published table, and how many were withheld."""
    shown = [cell for cell in published.cells if cell.patients is not None]
    counts = f"{counted(len(shown), 'cell')} published, {published.suppressed_cells} suppressed"
    title = f"{published.question} ({published.window}; {counts})"
    table = Table(title=title, title_justify="left")
    for column in (*published.dimensions, "patients"):
        table.add_column(column)
    for cell in shown[:_TOP]:
        table.add_row(*cell.dimensions, f"{cell.patients:,}")
    return table
