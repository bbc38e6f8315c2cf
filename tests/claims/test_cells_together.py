"""Tables of one window that count the same people twice: no cell of 1 to 10 can be worked out from both of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claims.cells import publish, suppress
from claims.complement import Number, complement
from claims.facts import Fact
from claims.tabulate import CHAINS, CHARTS, DENIALS, DOLLARS, RETURNS, Chain, tabulate
from schemas.events.control import Cell
from tests.claims.test_cells import CLOSING, Counts, Place, shifts, steps
from tests.claims.test_tabulate import fact

Change = tuple[int, ...]


@dataclass(frozen=True)
class Side:
    """One of two tables as their reader sees it, by (its own dimension, the shared one)."""

    counts: Counts
    secret: frozenset[Place]
    withheld: frozenset[str | None]
    """Sums of its own dimension that nobody knows; None is the table's."""

    def margin(self, shared: str) -> int:
        return sum(n for (_, at), n in self.counts.items() if at == shared)

    def largest_published(self, shared: str) -> int:
        shown = (n for place, n in self.counts.items() if place[1] == shared and place not in self.secret)
        return max(shown, default=0)

    def changes(self, shared: Sequence[str], target: Place | None) -> set[Change]:
        """How the shared sums may differ, for all this table tells, while `target` has another number of patients."""
        found: set[Change] = {(0,) * len(shared)}
        for own in sorted({own for own, _ in self.counts}):
            choices = [steps(self.counts.get((own, at), 0), known=(own, at) not in self.secret) for at in shared]
            if target is not None and own == target[0]:
                at = shared.index(target[1])
                choices[at] = tuple(step for step in choices[at] if step)
            total = sum(n for (named, _), n in self.counts.items() if named == own)
            fits = [step for step in product(*choices) if sum(step) in shifts(total, known=own not in self.withheld)]
            found = {tuple(map(sum, zip(had, step, strict=True))) for had in found for step in fits}
        whole = shifts(sum(self.counts.values()), known=None not in self.withheld)
        return {change for change in found if sum(change) in whole}


@dataclass(frozen=True)
class Reader:
    """Who holds both tables and each sum that is not withheld, and knows that a cell's people are in the other's
    margin."""

    first: Side
    second: Side
    withheld: tuple[frozenset[str], frozenset[str]]
    """Shared sums that nobody knows, as each table's; where they are one number, as either's."""

    def can_solve(self, target: Place, *, in_first: bool) -> bool:
        """By exhaustion over every way to change hidden cells by at most one; it shares no thought with the code."""
        shared = sorted({at for side in (self.first, self.second) for _, at in side.counts})
        above = self.first.changes(shared, target if in_first else None)
        below = self.second.changes(shared, None if in_first else target)
        return not any(self._fits(shared, one, other) for one in above for other in below)

    def _fits(self, shared: Sequence[str], above: Change, below: Change) -> bool:
        return all(self._fit(at, up, down) for at, up, down in zip(shared, above, below, strict=True))

    def _fit(self, at: str, above: int, below: int) -> bool:
        first, second = self.first.margin(at), self.second.margin(at)
        knows_first, knows_second = (at not in names for names in self.withheld)
        # Who knows both sees that they differ; who knows one of them can't tell.
        known = knows_first and knows_second
        if not first or not second:
            return above + below in shifts(first + second, known=known)
        apart = (
            first != second
            and above in shifts(first, known=knows_first)
            and below in shifts(second, known=knows_second)
        )
        return (
            (apart or (above == below and not (known and above)))
            and _holds(first, above, self.second.largest_published(at))
            and _holds(second, below, self.first.largest_published(at))
        )


def _holds(margin: int, change: int, cell: int) -> bool:
    """A margin is never less than a cell of the other table; if it is, by people counted elsewhere, nobody says so."""
    return margin < cell or margin + change >= cell


def _counts(cells: Sequence[Cell], own: int) -> Counts:
    return {(cell.dimensions[own], cell.dimensions[1 - own]): cell.patients or 0 for cell in cells}


def _side(cells: Sequence[Cell], told: Sequence[Cell], own: int, sums: frozenset[tuple[Any, ...]]) -> Side:
    secret = (cell.dimensions for cell in told if cell.patients is None)
    withheld = (place[own] for place in sums if place[1 - own] is None)
    return Side(
        _counts(cells, own),
        frozenset((named[own], named[1 - own]) for named in secret),
        frozenset(named[0] if named else None for named in withheld),
    )


def reader(chain: Chain, facts: Sequence[Fact], *, together: bool = True) -> Reader:
    cells = [tabulate(facts, table) for table in chain]
    told = suppress(cells) if together else tuple(suppress([each])[0] for each in cells)
    places = complement(
        [Number(c.dimensions[:1], c.dimensions[1:], c.patients or 0, at) for at, each in enumerate(cells) for c in each]
    ).numbers
    sums = [frozenset(place[1:] for place in places if place[0] == at and None in place[1:]) for at in (0, 1)]
    above = frozenset(column[0] for row, column in sums[0] if row is None and column)
    below = frozenset(row[0] for row, column in sums[1] if column is None and row)
    return Reader(
        _side(cells[0], told[0], 0, sums[0]),
        _side(cells[1], told[1], 1, sums[1]),
        (above, below),
    )


def solved(reader: Reader) -> Iterator[tuple[str, Place]]:
    for name, side in (("first", reader.first), ("second", reader.second)):
        for place, n in side.counts.items():
            if n <= 10 and reader.can_solve(place, in_first=name == "first"):
                yield name, place


def returned(encounter_class: str, outcome: str, edits: Sequence[str], patients: int, **told: Any) -> list[Fact]:
    name = f"{encounter_class}-{outcome}-{'-'.join(edits)}"
    said: dict[str, Any] = {"encounter_class": encounter_class, "outcome": outcome, "edits": tuple(edits), **told}
    return [fact(f"{name}-{n}", **said) for n in range(patients)]


def answered(payer_kind: str, plan_kind: str, carcs: Sequence[str], patients: int) -> list[Fact]:
    name = f"{payer_kind}-{plan_kind}-{'-'.join(carcs)}"
    said: dict[str, Any] = {
        "stage": "adjudication",
        "payer_kind": payer_kind,
        "plan_kind": plan_kind,
        "carcs": tuple(carcs),
    }
    return [fact(f"{name}-{n}", outcome="denied" if carcs else "paid", **said) for n in range(patients)]


EMERGENCIES = [
    *returned("emergency", "complete-at-first", (), 40),
    *returned("emergency", "incomplete", ("coding",), 12),
    *returned("emergency", "incomplete", ("D2",), 2),
    *returned("inpatient", "uncodable", ("D2",), 12),
]
PATIENTS = st.sampled_from([1, 2, 3, 8, 9, 10, 10, 11, 11, 12, 13, 20, 40])
RETURNED = st.lists(
    st.builds(
        returned,
        st.sampled_from(["ambulatory", "emergency", "inpatient"]),
        st.sampled_from(["complete-at-first", "incomplete", "uncodable"]),
        st.sampled_from([("coding",), ("D2",), ("query-task",), ("D2", "coding"), ("D2", "query-task")]),
        PATIENTS,
    ),
    min_size=1,
    max_size=7,
)
ANSWERED = st.lists(
    st.builds(
        answered,
        st.sampled_from(["insurer", "business", "patient"]),
        st.sampled_from(["CI", "MB", "WC"]),
        st.sampled_from([(), ("50",), ("97",), ("50", "97")]),
        PATIENTS,
    ),
    min_size=1,
    max_size=7,
)


@settings(deadline=None)
@given(RETURNED)
def test_no_small_cell_of_charts_and_returns_can_be_worked_out_from_both(drawn: list[list[Fact]]) -> None:
    assert not list(solved(reader((CHARTS, RETURNS), _alike(drawn))))


@settings(deadline=None)
@given(ANSWERED)
@example([answered("insurer", "CI", (), 1), answered("insurer", "CI", ("50",), 10)])
@example([answered("insurer", "CI", ("50",), 10), answered("insurer", "CI", (), 1), answered("insurer", "MB", (), 1)])
@example([answered("insurer", "CI", ("50", "97"), 10), answered("insurer", "CI", (), 1)])
def test_no_small_cell_of_denials_and_dollars_can_be_worked_out_from_both(drawn: list[list[Fact]]) -> None:
    assert not list(solved(reader((DENIALS, DOLLARS), _alike(drawn))))


def _alike(drawn: list[list[Fact]]) -> list[Fact]:
    return [each for facts in drawn for each in facts]


def test_what_one_table_withholds_is_not_the_difference_of_a_sum_in_another() -> None:
    charts, returns = publish("2026-03", [(CHARTS, RETURNS)], EMERGENCIES, "icd-10-cm 2026-04-01", CLOSING)
    shown = {cell.dimensions for told in (charts, returns) for cell in told.cells if cell.patients is not None}
    assert not {("emergency", "incomplete"), ("incomplete", "coding")} <= shown


def test_the_checker_itself_sees_a_cell_that_two_tables_give_away() -> None:
    alone = reader((CHARTS, RETURNS), EMERGENCIES, together=False)
    assert ("second", ("D2", "incomplete")) in set(solved(alone))


def test_a_reason_of_all_returned_does_not_pin_the_ten_of_a_class() -> None:
    """All 40 lack a task and 15 of them a day too: with 30 of one class, the other's can only be 10."""
    facts = [
        *returned("ambulatory", "incomplete", ("query-task",), 25),
        *returned("ambulatory", "incomplete", ("D2", "query-task"), 5),
        *returned("emergency", "incomplete", ("D2", "query-task"), 10),
    ]
    told = reader((CHARTS, RETURNS), facts)
    assert ("query-task", "incomplete") in told.second.secret or ("ambulatory", "incomplete") in told.first.secret


def test_two_tables_without_small_cells_are_published_whole() -> None:
    facts = [*returned("emergency", "incomplete", ("D2",), 12), *returned("inpatient", "incomplete", ("X1",), 30)]
    assert [told.suppressed_cells for told in publish("2026-03", [(CHARTS, RETURNS)], facts, "v", CLOSING)] == [0, 0]


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain[-1].name)
def test_the_columns_of_a_table_in_a_chain_are_the_rows_of_the_next(chain: Chain) -> None:
    same: Mapping[str, str] = {"reason": "outcome"}
    for first, second in pairwise(chain):
        assert same.get(second.dimensions[0], second.dimensions[0]) == first.dimensions[1]
