"""Publication: closed windows, once, with small cells suppressed (CMS/ResDAC cell size policy: 1 to 10 patients).

Zero may be told and is told by absence. No sum, share or percentage is published; cells are hidden nonetheless as if
row, column and table sums were known from elsewhere (claims/complement.py). The measures of a suppressed cell are
withheld with it: what keeps its patients from being solved keeps its measures, which add up alike.
"""

from collections.abc import Iterable, Sequence

from claims.complement import Number, complement, is_small
from claims.facts import Fact
from claims.tabulate import Table, tabulate_all
from schemas.events.control import Cell, ClaimStatsPublished
from schemas.events.types import Event
from schemas.identity import caused_by, derived

METHOD = (
    "Patients counted once per cell. Cells of 1-10 patients suppressed, and others that would give one away together"
    " with row or column sums; no sums published. 42 CFR Part 2 charts excluded. Months don't overlap."
)


def _number(cell: Cell) -> Number:
    return Number(cell.dimensions[:1], cell.dimensions[1:], cell.patients or 0)


def _shown(cell: Cell, hidden: bool) -> Cell:
    if not hidden:
        return cell
    small = is_small(cell.patients or 0)
    return Cell(dimensions=cell.dimensions, patients=None, suppressed="small" if small else "complementary")


def suppress(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The same cells in the same order; small ones and those that would give one away have nulls."""
    hidden = complement([_number(cell) for cell in cells]).numbers
    return tuple(_shown(cell, (cell.dimensions[:1], cell.dimensions[1:]) in hidden) for cell in cells)


def ranked(cells: Iterable[Cell], top: int) -> tuple[Cell, ...]:
    """Published cells by patients, most first, cut at `top`; then suppressed ones by name.

    The cut comes after suppression, and a suppressed cell's place says nothing of its size.
    """
    cells = list(cells)
    shown = sorted((c for c in cells if c.patients is not None), key=lambda c: (-(c.patients or 0), c.dimensions))
    return (*shown[:top], *sorted((c for c in cells if c.patients is None), key=lambda c: c.dimensions)[:top])


def publish(
    window: str, tables: Sequence[Table], facts: Iterable[Fact], versions: str, cause: Event
) -> tuple[ClaimStatsPublished, ...]:
    """The tables of one closed window, said because of `cause`. The same facts always give the same events.

    `facts` may be gone through more than once: they come from where they are kept, and not from an iterator.
    """
    counted = tabulate_all(facts, tables)
    return tuple(_said(window, table, counted[table.name], versions, cause) for table in tables)


def _said(window: str, table: Table, counted: Sequence[Cell], versions: str, cause: Event) -> ClaimStatsPublished:
    cells = suppress(counted)
    return ClaimStatsPublished(
        event_id=derived("claim-stats-published", window, table.name),
        **caused_by(cause, "statistics"),
        window=window,
        table=table.name,
        question=table.question,
        dimensions=table.dimensions,
        cells=ranked(cells, table.top),
        suppressed_cells=sum(cell.patients is None for cell in cells),
        method=METHOD,
        versions=versions,
    )
