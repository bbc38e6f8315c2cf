"""Complementary suppression: which larger cells must be hidden too, so that no small one can be worked out.

A reader may know sums from elsewhere: of each row, of each column and of the table. Cells and sums then form a network
in which rows and columns are nodes and every cell or sum ties its row to its column. A hidden number is safe exactly
when it lies on a closed path of hidden numbers along which one patient can be moved without leaving what is known of
any of them (Gusfield 1988, A graph theoretic approach to statistical data security). A second hidden cell in each row
and column is not enough, since two such groups may hang together by one cell. For each small cell the cheapest such
path is hidden. Sums of 1 to 10 are never known; a larger one counts as withheld only where no other path is left.

Two tables that share a dimension are one network: a column's sum of the first is a row's sum of the second, or else
what the first withholds could be added up in the second. They are joined whether or not the two sums are equal in a
window (a chart may go back for two reasons), because who knows that each had one would subtract. Only where nothing
else is left do the two sums count as two, whose difference nobody knows. Even then everybody of a cell is counted
somewhere in the other table's sum: of eleven patients who were answered, not twelve were denied.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Literal, NamedTuple

SMALL = 10
"""CMS cell size suppression policy: no cell of 1 to 10 patients is published (ResDAC)."""

_WITHHOLD = 10**12  # a sum is withheld only if hiding all cells of any table would not do
_TRIES = 16  # paths looked at for one cell alone
_PART = 10**24  # and two tables' sums are told apart only if withholding all sums would not do

Label = tuple[str, ...] | None
"""The name of a row or column; None is the one of sums."""
Node = tuple[Literal["row", "column", "sums"], int, Label]
Place = tuple[int, Label, Label]
"""Where a number stands: its table, row and column."""


class Number(NamedTuple):
    """A cell, or the sum of a row, a column or the table. A joined one is the sum of a column, and of the next table's
    row of that name; each of the two has a number apart, too."""

    row: Label
    column: Label
    patients: int
    table: int = 0
    sharing: Literal["none", "joined", "apart"] = "none"

    @property
    def place(self) -> Place:
        return (self.table, self.row, self.column)

    @property
    def places(self) -> tuple[Place, ...]:
        return (self.place, (self.table + 1, self.column, None)) if self.sharing == "joined" else (self.place,)

    @property
    def is_cell(self) -> bool:
        return self.row is not None and self.column is not None


class _Move(NamedTuple):
    """One patient more or less in a number, and the node where that must be made up for."""

    number: Number
    step: int
    to: Node


class Path(NamedTuple):
    cost: int
    moves: tuple[_Move, ...]


Network = dict[Node, list[_Move]]
Shared = tuple[int, Label]
"""A column of a table that is a row of the next."""
Margins = Mapping[Shared, tuple[Sequence[Number], Sequence[Number]]]
"""The cells of what two tables share, in each of them."""


@dataclass(frozen=True)
class _Rules:
    """Shared sums, and the moves that were found to break them."""

    margins: Margins
    broken: set[_Move] = field(default_factory=set)
    tries: int | None = None


@dataclass(frozen=True)
class Hidden:
    """What a reader must not be told: by table, row and column, cells and, with None for one of them, sums."""

    numbers: frozenset[Place]
    apart: frozenset[Shared]
    """Columns, by the first table's number, of which nobody must know how far the two tables' sums differ."""


def is_small(patients: int) -> bool:
    return 1 <= patients <= SMALL


def with_sums(cells: Sequence[Number]) -> list[Number]:
    """The cells, and the sums that a reader might know: those that two tables share as one, and each as its own."""
    sums: dict[Place, int] = defaultdict(int)
    for cell in cells:
        for row, column in ((cell.row, None), (None, cell.column), (None, None)):
            sums[cell.table, row, column] += cell.patients
    return [*cells, *_summed(sums)]


def _summed(sums: Mapping[Place, int]) -> Iterator[Number]:
    """The sums of all tables; a margin that two of them share also once for both, as the larger where they differ."""
    for (table, row, column), patients in sums.items():
        below, above = (table + 1, column, None), (table - 1, None, row)
        if column is not None and below in sums:
            yield Number(None, column, max(patients, sums[below]), table, "joined")
            yield Number(None, column, patients, table, "apart")
        else:
            yield Number(row, column, patients, table, "apart" if row is not None and above in sums else "none")


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
    if number.sharing == "joined":
        return (column, ("row", table + 1, number.column))
    if number.is_cell:
        return (row, column)
    if number.row is not None:
        return (first, row)
    return (column, last) if number.column is not None else (last, first)


def _moves(number: Number) -> Iterator[tuple[Node, _Move]]:
    """The ways a patient can move along a number, within what is known of it, and from where.

    Of a joined sum not even that it is above 10 is known: it stands for two, of which one may be smaller.
    """
    joined = number.sharing == "joined"
    lowest, highest = (1, SMALL) if is_small(number.patients) else (1 if joined else SMALL + 1, None)
    start, end = _ends(number)
    if number.patients != highest:
        yield start, _Move(number, 1, end)
    if number.patients != lowest:
        yield end, _Move(number, -1, start)


def _cost(number: Number, hidden: set[Number]) -> int:
    if number in hidden:
        return 0
    return number.patients + (0 if number.is_cell else _PART if number.sharing == "apart" else _WITHHOLD)


def _cheapest(network: Network, hidden: set[Number], way: tuple[Node, Node], without: Collection[_Move]) -> Path | None:
    """Dijkstra: the cheapest path, `without` some moves. Ties go to the path that is found first."""
    start, end = way
    best = {start: 0}
    queue: list[tuple[int, int, Node, tuple[_Move, ...]]] = [(0, 0, start, ())]
    pushed = 0
    while queue:
        cost, _, node, path = heappop(queue)
        if node == end:
            return Path(cost, path)
        if cost > best[node]:
            continue
        for move in network[node]:
            price = cost + _cost(move.number, hidden)
            if price >= best.get(move.to, price + 1) or move in without:
                continue
            if move.to == end and price == cost:
                return Path(price, (*path, move))  # nothing that is still queued can be cheaper
            best[move.to] = price
            pushed += 1
            heappush(queue, (price, pushed, move.to, (*path, move)))
    return None


def _shared(number: Number, margins: Margins) -> Iterator[Shared]:
    yield from (key for key in ((number.table, number.column), (number.table - 1, number.row)) if key in margins)


def _impossible(moves: Sequence[_Move], margins: Margins) -> _Move | None:
    """A move that can't be made with the others: a cell would have more patients than its margin in the other table.

    40 went back, all of them for one reason among others, 30 of them from one class: 10 at least are the other's.
    A cell that has more as it is has them from elsewhere, and nobody can say so of it.
    """
    made = {move.number: move for move in moves}
    for key in dict.fromkeys(key for move in moves for key in _shared(move.number, margins)):
        for margin, cells in (margins[key], margins[key][::-1]):
            had = sum(each.patients for each in margin)
            has = had + sum(made[each].step for each in margin if each in made)
            for cell in cells:
                step = made[cell].step if cell in made else 0
                if cell.patients <= had and cell.patients + step > has:
                    return _to_blame(moves, made[cell] if step > 0 else None, margin if step <= 0 else cells, key)
    return None


def _to_blame(moves: Sequence[_Move], higher: _Move | None, side: Sequence[Number], key: Shared) -> _Move:
    """What to do without: the cell's rise; or if it is the first move, what makes up for it in its own table; or, where
    no cell rises, what lowers the sum."""
    if higher is not None and higher != moves[0]:
        return higher
    table, label = key
    sum_of: Place = (table, None, label) if side[0].table == table else (side[0].table, label, None)
    within = side if higher else ()
    return next(move for move in moves[1:] if move.number in within or sum_of in move.number.places)


def _possible(network: Network, hidden: set[Number], start: Node, move: _Move, rules: _Rules) -> Path | None:
    """The cheapest path that makes up for a cell's move; what is found to be impossible on it is not tried again."""
    without = {move, move._replace(step=-move.step, to=start), *rules.broken}
    for _ in count() if rules.tries is None else range(rules.tries):
        path = _cheapest(network, hidden, (move.to, start), without)
        if path is None:
            return None
        wrong = _impossible((move, *path.moves), rules.margins)
        if wrong is None:
            return path
        without.add(wrong)
        rules.broken.add(wrong)
    return None


def _company(cell: Number, network: Network, hidden: set[Number], rules: _Rules) -> Path | None:
    """The cheapest numbers to hide so that a small cell can't be worked out; none where no numbers would do.

    What was impossible for other cells may be possible for this one, and is tried only where it costs a sum to do
    without: else each cell would find out anew what all of them can't.
    """
    found: list[Path] = []
    for start, move in _moves(cell):
        path = _possible(network, hidden, start, move, rules)
        if path is not None:
            found.append(path)
            if path.cost == 0:
                break
    best = min(found, key=lambda path: path.cost, default=None)
    if rules.broken and (best is None or best.cost >= _WITHHOLD):
        fresh = (
            _possible(network, hidden, start, move, _Rules(rules.margins, tries=_TRIES)) for start, move in _moves(cell)
        )
        best = min((path for path in fresh if path), key=lambda path: path.cost, default=best)
    return best


def _everything(cell: Number, numbers: Sequence[Number], margins: Margins) -> Iterator[Number]:
    """A cell, all others of what it shares with another table, and each sum of any of them.

    Two of 10 and two reasons that all 20 have: for one to be less both reasons must be, which no path does.
    """
    cells = {cell, *(each for key in _shared(cell, margins) for side in margins[key] for each in side)}
    sums = {(each.table, row, column) for each in cells for row in (each.row, None) for column in (each.column, None)}
    yield from (number for number in numbers if number in cells or not sums.isdisjoint(number.places))


def _network(numbers: Sequence[Number]) -> Network:
    network: Network = defaultdict(list)
    for number in numbers:
        for start, move in _moves(number):
            network[start].append(move)
    return network


def _margins(numbers: Sequence[Number]) -> Margins:
    margins: dict[Shared, tuple[list[Number], list[Number]]] = {
        (number.table, number.column): ([], []) for number in numbers if number.sharing == "joined"
    }
    for cell in (number for number in numbers if number.is_cell):
        for table, label in _shared(cell, margins):
            margins[table, label][cell.table - table].append(cell)
    return margins


def _apart(number: Number) -> Shared:
    return (number.table, number.column) if number.row is None else (number.table - 1, number.row)


def complement(cells: Sequence[Number]) -> Hidden:
    """Everything to hide: the small cells and their company. The order of the cells changes nothing.

    Cells that others can keep come first, so that none of them is kept only by a sum that another needs withheld.
    """
    numbers = with_sums(sorted((cell for cell in cells if cell.patients > 0), key=str))
    network, rules = _network(numbers), _Rules(_margins(numbers))
    small = {number for number in numbers if is_small(number.patients)}
    hidden = {number for number in small if number.sharing != "apart"}
    without_room: list[Number] = []
    for cell in (number for number in numbers if number in small and number.is_cell):
        path = _company(cell, network, hidden, rules)
        if path is None or path.cost >= _WITHHOLD:
            without_room.append(cell)
        else:
            hidden.update(move.number for move in path.moves)
    for cell in without_room:
        path = _company(cell, network, hidden, rules)
        hidden.update((move.number for move in path.moves) if path else _everything(cell, numbers, rules.margins))
    return Hidden(
        frozenset(place for number in hidden | small for place in number.places),
        frozenset(_apart(number) for number in hidden if number.sharing == "apart"),
    )
