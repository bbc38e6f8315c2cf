"""Publication: closed windows, once, with small cells suppressed (CMS/ResDAC cell size policy: 1 to 10 patients).

Zero may be told and is told by absence. No sum, share or percentage is published; cells are hidden nonetheless as if
row, column and table sums were known from elsewhere, and in all tables that share a dimension at once
(claims/complement.py). The measures of a suppressed cell are withheld with it: what keeps its patients from being
solved keeps its measures, which add up alike.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from claims.complement import Number, complement, is_small
from claims.facts import Fact
from claims.tabulate import Chain, Table, tabulate_all
from schemas.events.control import Cell, ClaimStatsPublished
from schemas.events.types import Event
from schemas.identity import caused_by, derived

METHOD = (
    "Patients counted once per cell. Cells of 1-10 patients suppressed, and others that would give one away together"
    " with row or column sums or another table; no sums published. 42 CFR Part 2 charts excluded. Months don't overlap."
)


def _number(cell: Cell, table: int) -> Number:
    return Number(cell.dimensions[:1], cell.dimensions[1:], cell.patients or 0, table)


def _shown(cell: Cell, hidden: bool) -> Cell:
    if not hidden:
        return cell
    small = is_small(cell.patients or 0)
    return Cell(dimensions=cell.dimensions, patients=None, suppressed="small" if small else "complementary")


def suppress(chain: Sequence[Sequence[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """The same cells in the same order; small ones and those that would give one away have nulls.

    The tables of a chain are suppressed together: the columns of each are the rows of the next.
    """
    numbered = [[(cell, _number(cell, at)) for cell in cells] for at, cells in enumerate(chain)]
    hidden = complement([number for table in numbered for _, number in table]).numbers
    return tuple(tuple(_shown(cell, number.place in hidden) for cell, number in table) for table in numbered)


def ranked(cells: Iterable[Cell], top: int) -> tuple[Cell, ...]:
    """Published cells by patients, most first, cut at `top`; then suppressed ones by name.

    The cut comes after suppression, and a suppressed cell's place says nothing of its size.
    """
    cells = list(cells)
    shown = sorted((c for c in cells if c.patients is not None), key=lambda c: (-(c.patients or 0), c.dimensions))
    return (*shown[:top], *sorted((c for c in cells if c.patients is None), key=lambda c: c.dimensions)[:top])


def publish(
    window: str, chains: Sequence[Chain], facts: Iterable[Fact], versions: str, cause: Event
) -> tuple[ClaimStatsPublished, ...]:
    """The tables of one closed window, said because of `cause`. The same facts always give the same events.

    `facts` may be gone through more than once: they come from where they are kept, and not from an iterator.
    """
    counted = tabulate_all(facts, [table for chain in chains for table in chain])
    return tuple(said for chain in chains for said in _chain(window, chain, counted, versions, cause))


def _chain(
    window: str, chain: Chain, counted: Mapping[str, Sequence[Cell]], versions: str, cause: Event
) -> Iterator[ClaimStatsPublished]:
    suppressed = suppress([counted[table.name] for table in chain])
    return (_said(window, table, cells, versions, cause) for table, cells in zip(chain, suppressed, strict=True))


def _said(window: str, table: Table, cells: Sequence[Cell], versions: str, cause: Event) -> ClaimStatsPublished:
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
