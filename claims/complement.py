"""Complementary suppression: which larger cells must be hidden too, so that no small one can be worked out.

A reader may know sums from elsewhere: of each row, of each column and of the table. Cells and sums then form a network
in which rows and columns are nodes and every cell or sum ties its row to its column. A hidden number is safe exactly
when it lies on a closed path of hidden numbers along which one patient can be moved without leaving what is known of
any of them (Gusfield 1988, A graph theoretic approach to statistical data security). A second hidden cell in each row
and column is not enough, since two such groups may hang together by one cell. For each small cell the cheapest such
path is hidden. Sums of 1 to 10 are never known; a larger one counts as withheld only where no other path is left.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal, NamedTuple

SMALL = 10
"""CMS cell size suppression policy: no cell of 1 to 10 patients is published (ResDAC)."""

_WITHHOLD = 10**12  # a sum is withheld only if hiding all cells of any table would not do

Label = tuple[str, ...] | None
"""The name of a row or column; None is the one of sums."""
Node = tuple[Literal["row", "column"], Label]


class Number(NamedTuple):
    """A cell, or the sum of a row, a column or the table."""

    row: Label
    column: Label
    patients: int


class _Move(NamedTuple):
    number: Number
    to: Node


class Path(NamedTuple):
    cost: int
    numbers: tuple[Number, ...]


Network = dict[Node, list[_Move]]


@dataclass(frozen=True)
class Hidden:
    """What a reader must not be told: by (row, column), cells and, with None for one of them, sums."""

    numbers: frozenset[tuple[Label, Label]]


def is_small(patients: int) -> bool:
    return 1 <= patients <= SMALL


def with_sums(cells: Sequence[Number]) -> list[Number]:
    """The cells, and the sums that a reader might know."""
    sums: dict[tuple[Label, Label], int] = defaultdict(int)
    for cell in cells:
        for place in ((cell.row, None), (None, cell.column), (None, None)):
            sums[place] += cell.patients
    return [*cells, *(Number(*place, patients) for place, patients in sums.items())]


def _moves(number: Number) -> Iterator[tuple[Node, Node]]:
    """From where to where a patient moves when a number is one higher or lower, within what is known of it.

    A sum weighs against its cells, so its direction is the reverse; the table's sum weighs against the sums.
    """
    row: Node = ("row", number.row)
    column: Node = ("column", number.column)
    up = (row, column) if (number.row is None) == (number.column is None) else (column, row)
    lowest, highest = (1, SMALL) if is_small(number.patients) else (SMALL + 1, None)
    if number.patients != highest:
        yield up
    if number.patients != lowest:
        yield up[::-1]


def _cost(number: Number, hidden: set[Number]) -> int:
    if number in hidden:
        return 0
    return number.patients + (_WITHHOLD if number.row is None or number.column is None else 0)


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
    """The cheapest numbers to hide so that a small cell can't be worked out: none, where it can't be now."""
    found: list[Path] = []
    for start, to in _moves(cell):
        path = _cheapest(network, hidden, (to, start), cell)
        if path is not None:
            found.append(path)
            if path.cost == 0:
                break
    return min(found, key=lambda path: path.cost, default=Path(0, ())).numbers


def complement(cells: Sequence[Number]) -> Hidden:
    """Everything to hide: the small cells and their company. The order of the cells changes nothing."""
    numbers = with_sums(sorted((cell for cell in cells if cell.patients > 0), key=str))
    network: Network = defaultdict(list)
    for number in numbers:
        for start, to in _moves(number):
            network[start].append(_Move(number, to))
    hidden = {number for number in numbers if is_small(number.patients)}
    for cell in [number for number in numbers if number in hidden]:
        if cell.row is not None and cell.column is not None:
            hidden.update(_company(cell, network, hidden))
    return Hidden(frozenset((number.row, number.column) for number in hidden))
