"""Complementary suppression: which larger cells must be hidden too, so that no small one can be worked out.

A reader may know sums from elsewhere: of each row, of each column and of the table. Cells and sums then form a network
in which rows and columns are nodes and every cell or sum ties its row to its column. A hidden number is safe exactly
when it lies on a closed path of hidden numbers along which one patient can be moved without leaving what is known of
any of them (Gusfield 1988, A graph theoretic approach to statistical data security). A second hidden cell in each row
and column is not enough, since two such groups may hang together by one cell. For each small cell the cheapest such
path is hidden. Sums of 1 to 10 are never known; a larger one counts as withheld only where no other path is left.

Two tables that share a dimension are one network: a column's sum of the first is a row's sum of the second, or else
what the first withholds could be added up in the second. They are joined whether or not the two sums are equal in a
window (a chart may go back for two reasons), because who knows that each had one would subtract.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal, NamedTuple

SMALL = 10
"""CMS cell size suppression policy: no cell of 1 to 10 patients is published (ResDAC)."""

_WITHHOLD = 10**12  # a sum is withheld only if hiding all cells of any table would not do

Label = tuple[str, ...] | None
"""The name of a row or column; None is the one of sums."""
Node = tuple[Literal["row", "column", "sums"], int, Label]
Place = tuple[int, Label, Label]
"""Where a number stands: its table, row and column."""


class Number(NamedTuple):
    """A cell, or the sum of a row, a column or the table. A joined one is the sum of a column, and of the next table's
    row of that name."""

    row: Label
    column: Label
    patients: int
    table: int = 0
    joined: bool = False

    @property
    def place(self) -> Place:
        return (self.table, self.row, self.column)

    @property
    def is_cell(self) -> bool:
        return self.row is not None and self.column is not None


class _Move(NamedTuple):
    number: Number
    to: Node


class Path(NamedTuple):
    cost: int
    numbers: tuple[Number, ...]


Network = dict[Node, list[_Move]]


@dataclass(frozen=True)
class Hidden:
    """What a reader must not be told: by table, row and column, cells and, with None for one of them, sums."""

    numbers: frozenset[Place]


def is_small(patients: int) -> bool:
    return 1 <= patients <= SMALL


def with_sums(cells: Sequence[Number], *, joined: bool = True) -> list[Number]:
    """The cells, and the sums that a reader might know: those that two tables share as one, or each as its own."""
    sums: dict[Place, int] = defaultdict(int)
    for cell in cells:
        for row, column in ((cell.row, None), (None, cell.column), (None, None)):
            sums[cell.table, row, column] += cell.patients
    apart = (Number(row, column, patients, table) for (table, row, column), patients in sums.items())
    return [*cells, *(_joined(sums) if joined else apart)]


def _joined(sums: Mapping[Place, int]) -> Iterator[Number]:
    """The sums of all tables; a margin that two of them share once, and as the larger where they differ."""
    for (table, row, column), patients in sums.items():
        below = (table + 1, column, None)
        if column is not None and below in sums:
            yield Number(None, column, max(patients, sums[below]), table, joined=True)
        elif row is None or (table - 1, None, row) not in sums:
            yield Number(row, column, patients, table)


def _ends(number: Number) -> tuple[Node, Node]:
    """From where to where a patient moves when a number is one higher.

    Rows flow into columns. A sum weighs against its cells and the table's sum against the sums; a joined one carries
    what flows into its column on to the next table's row.
    """
    table = number.table
    row: Node = ("row", table, number.row)
    column: Node = ("column", table, number.column)
    first: Node = ("sums", table, None)  # of the rows; and of the columns of the table before
    last: Node = ("sums", table + 1, None)
    if number.joined:
        return (column, ("row", table + 1, number.column))
    if number.is_cell:
        return (row, column)
    if number.row is not None:
        return (first, row)
    return (column, last) if number.column is not None else (last, first)


def _moves(number: Number) -> Iterator[tuple[Node, Node]]:
    """The ways a patient can move along a number, within what is known of it.

    Of a joined sum not even that it is above 10 is known: it stands for two, of which one may be smaller.
    """
    lowest, highest = (1, SMALL) if is_small(number.patients) else (1 if number.joined else SMALL + 1, None)
    start, end = _ends(number)
    if number.patients != highest:
        yield (start, end)
    if number.patients != lowest:
        yield (end, start)


def _cost(number: Number, hidden: set[Number]) -> int:
    if number in hidden:
        return 0
    return number.patients + (0 if number.is_cell else _WITHHOLD)


def _cheapest(network: Network, hidden: set[Number], way: tuple[Node, Node], without: Number) -> Path | None:
    """Dijkstra: the numbers of the cheapest path, `without` one of them. Ties go to the path that is found first."""
    start, end = way
    best = {start: 0}
    queue: list[tuple[int, int, Node, tuple[Number, ...]]] = [(0, 0, start, ())]
    pushed = 0
    while queue:
        cost, _, node, path = heappop(queue)
        if node == end:
            return Path(cost, path)
        if cost > best[node]:
            continue
        for number, to in network[node]:
            price = cost + _cost(number, hidden)
            if number is without or price >= best.get(to, price + 1):
                continue
            if to == end and price == cost:
                return Path(price, (*path, number))  # nothing that is still queued can be cheaper
            best[to] = price
            pushed += 1
            heappush(queue, (price, pushed, to, (*path, number)))
    return None


def _company(cell: Number, network: Network, hidden: set[Number]) -> tuple[Number, ...]:
    """The cheapest numbers to hide so that a small cell can't be worked out; none where no numbers would do."""
    found: list[Path] = []
    for start, to in _moves(cell):
        path = _cheapest(network, hidden, (to, start), cell)
        if path is not None:
            found.append(path)
            if path.cost == 0:
                break
    return min(found, key=lambda path: path.cost, default=Path(0, ())).numbers


def _network(numbers: Sequence[Number]) -> Network:
    network: Network = defaultdict(list)
    for number in numbers:
        for start, to in _moves(number):
            network[start].append(_Move(number, to))
    return network


def complement(cells: Sequence[Number]) -> Hidden:
    """Everything to hide: the small cells and their company. The order of the cells changes nothing.

    Where two tables have no room together they have it each by itself: their margins differ then, and are withheld.
    """
    cells = sorted((cell for cell in cells if cell.patients > 0), key=str)
    numbers, apart = with_sums(cells), with_sums(cells, joined=False)
    together, alone = _network(numbers), _network(apart)
    hidden = {number for number in (*numbers, *apart) if is_small(number.patients)}
    for cell in [number for number in numbers if number in hidden and number.is_cell]:
        hidden.update(_company(cell, together, hidden) or _company(cell, alone, hidden))
    while pinning := set(_pinning(numbers, hidden)) - hidden:
        hidden |= pinning
    return Hidden(frozenset(number.place for number in hidden))


def _pinning(numbers: Sequence[Number], hidden: set[Number]) -> Iterator[Number]:
    """Cells of one table that hold as many patients as the whole of their margin in the other, which has hidden cells.

    Everybody of a cell is counted somewhere in the margin, so that it can't be smaller: 40 went back, all of them for
    one reason among others, 30 of them from one class; then at least 10 are the other's, and being small, it has 10.
    """
    for margin in (number for number in numbers if number.joined):
        above = [n for n in numbers if n.is_cell and (n.table, n.column) == (margin.table, margin.column)]
        below = [n for n in numbers if n.is_cell and (n.table, n.row) == (margin.table + 1, margin.column)]
        for these, others in ((above, below), (below, above)):
            if len(these) > 1 and not hidden.isdisjoint(others):
                yield from (each for each in these if each.patients == sum(other.patients for other in others))
