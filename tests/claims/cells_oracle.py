"""What a reader of suppressed tables can work out, found by trying numbers; it shares no thought with complement.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from claims.cells import suppress
from claims.complement import Hidden, Number, complement
from schemas.events.control import Cell

Place = tuple[int, str, str]
"""A cell: its table in the chain, row and column."""
Sum = tuple[int, str | None, str | None]
SMALL = 10
REACH = 2  # a number is tried this far from the true one: whom that leaves in doubt, more would too


class Rule(NamedTuple):
    """A weighted sum of cells that a reader knows to lie within two bounds."""

    weights: Mapping[Place, int]
    low: int
    high: int


Bounds = dict[Place, tuple[int, int]]


def narrowed(bounds: Bounds, rules: Sequence[Rule]) -> Bounds | None:
    """The bounds that follow from the rules, one by one, until nothing follows any more; None where they contradict."""
    bounds, changed = dict(bounds), True
    while changed:
        changed = False
        for weights, low, high in rules:
            ends = {at: sorted((w * bounds[at][0], w * bounds[at][1])) for at, w in weights.items()}
            least, most = sum(end[0] for end in ends.values()), sum(end[1] for end in ends.values())
            if least > high or most < low:
                return None
            for at, w in weights.items():
                floor, ceiling = low - (most - ends[at][1]), high - (least - ends[at][0])
                if w < 0:
                    floor, ceiling = -ceiling, -floor
                had = bounds[at]
                bounds[at] = max(had[0], floor), min(had[1], ceiling)
                if bounds[at][0] > bounds[at][1]:
                    return None
                if bounds[at] != had:
                    changed = True
                    break
    return bounds


def is_possible(bounds: Bounds, rules: Sequence[Rule]) -> bool:
    """Whether whole numbers within the bounds keep all rules: by halving the bounds of one after the other."""
    found = narrowed(bounds, rules)
    if found is None:
        return False
    wide = {at: (low, high) for at, (low, high) in found.items() if low < high}
    if not wide:
        return True
    at, (low, high) = min(wide.items(), key=lambda each: each[1][1] - each[1][0])
    middle = (low + high) // 2
    return is_possible({**found, at: (low, middle)}, rules) or is_possible({**found, at: (middle + 1, high)}, rules)


@dataclass(frozen=True)
class Reader:
    """Who holds all tables of a chain, and knows sums from elsewhere."""

    counts: Mapping[Place, int]
    secret: frozenset[Place]
    sums: frozenset[Sum]
    """The sums that are known."""
    apart: frozenset[tuple[int, str]] | None = frozenset()
    """Shared sums of which it is not known how far they differ; None where it is of none."""

    def solves(self, place: Place) -> bool:
        """Whether nothing but the true number of patients is left for a cell."""
        bounds, rules = self._bounds(), self._rules()
        low, high = bounds[place]
        n = self.counts[place]
        return not any(
            is_possible({**bounds, place: side}, rules) for side in ((low, n - 1), (n + 1, high)) if side[0] <= side[1]
        )

    def solved(self) -> list[Place]:
        return [place for place, n in self.counts.items() if n <= SMALL and self.solves(place)]

    def _bounds(self) -> Bounds:
        return {at: self._seen(n) if at in self.secret else (n, n) for at, n in self.counts.items()}

    @staticmethod
    def _seen(n: int) -> tuple[int, int]:
        """What a cell's mark says of it: small, or complementary and larger."""
        low, high = (1, SMALL) if n <= SMALL else (SMALL + 1, n + REACH)
        return max(low, n - REACH), min(high, n + REACH)

    def _of(self, which: Sum) -> list[Place]:
        table, row, column = which
        return [at for at in self.counts if at[0] == table and row in (None, at[1]) and column in (None, at[2])]

    def total(self, which: Sum) -> int:
        return sum(self.counts[at] for at in self._of(which))

    def shared(self) -> list[tuple[int, str]]:
        rows = {(table - 1, row) for table, row, _ in self.counts}
        return sorted({(table, column) for table, _, column in self.counts} & rows)

    def _rules(self) -> list[Rule]:
        return [*self._of_sums(), *(rule for key in self.shared() for rule in self._of_shared(*key))]

    def _of_sums(self) -> list[Rule]:
        return [Rule(dict.fromkeys(self._of(at), 1), n, n) for at in self.sums for n in (self.total(at),)]

    def _of_shared(self, table: int, label: str) -> list[Rule]:
        above, below = (table, None, label), (table + 1, label, None)
        rules = [
            # Everybody of a cell is counted in the other table's sum; where not, nobody says so.
            Rule({**dict.fromkeys(self._of(margin), 1), cell: -1}, 0, 10**6)
            for margin, other in ((above, below), (below, above))
            for cell in self._of(other)
            if self.counts[cell] <= self.total(margin)
        ]
        if self.apart is not None and (table, label) not in self.apart:
            differ = self.total(above) - self.total(below)
            weights = {**dict.fromkeys(self._of(above), 1), **dict.fromkeys(self._of(below), -1)}
            rules.append(Rule(weights, differ, differ))
        return rules


def all_sums(counts: Mapping[Place, int]) -> frozenset[Sum]:
    return frozenset(
        at for table, row, column in counts for at in ((table, row, None), (table, None, column), (table, None, None))
    )


@dataclass(frozen=True)
class Published:
    """The tables of a chain as they are and as they are told."""

    counts: Mapping[Place, int]
    secret: frozenset[Place]
    hidden: Hidden

    def reader_of_nothing_else(self) -> Reader:
        return Reader(self.counts, self.secret, frozenset(), None)

    def reader_of_sums(self) -> Reader:
        """Who knows every sum but those that suppression counts as withheld."""
        withheld = {(table, row and row[0], column and column[0]) for table, row, column in self.hidden.numbers}
        apart = frozenset((table, label[0]) for table, label in self.hidden.apart if label)
        return Reader(self.counts, self.secret, all_sums(self.counts) - withheld, apart)

    def reader_of_all_sums(self, *, everything_hidden: bool = False) -> Reader:
        """Who knows every sum above 10, and how far shared ones differ."""
        any_reader = self.reader_of_nothing_else()
        sums = frozenset(at for at in all_sums(self.counts) if any_reader.total(at) > SMALL)
        return Reader(self.counts, frozenset(self.counts) if everything_hidden else self.secret, sums)


def published(chain: Sequence[Sequence[Cell]]) -> Published:
    def place(table: int, cell: Cell) -> Place:
        return (table, cell.dimensions[0], cell.dimensions[1])

    counts = {place(at, cell): cell.patients or 0 for at, cells in enumerate(chain) for cell in cells}
    told = suppress(chain)
    secret = {place(at, cell) for at, cells in enumerate(told) for cell in cells if cell.patients is None}
    hidden = complement([Number((row,), (column,), n, table) for (table, row, column), n in counts.items()])
    return Published(counts, frozenset(secret), hidden)
