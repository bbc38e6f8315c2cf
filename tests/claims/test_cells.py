"""Suppression: no published cell of 1 to 10 patients, and none that can be worked out (CMS/ResDAC cell size policy)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.cells import publish, ranked, suppress
from claims.complement import Number, complement
from claims.facts import Fact
from claims.tabulate import SERVICES
from schemas.events import ClaimStatsPublished, DeadlineDue
from schemas.events.control import Cell, Measure
from tests.claims.test_tabulate import fact, used

Place = tuple[str, str]
Counts = Mapping[Place, int]
Sums = set[tuple[str | None, str | None]]
"""Sums a reader knows, by row and column; None for both is the table's."""
NOW = datetime(2026, 4, 1, tzinfo=UTC)
CLOSING = DeadlineDue(
    event_id="closing", occurred_at=NOW, producer="timer", deadline_id="d", kind="window-closes", stage="statistics",
    about="2026-03", due_at=NOW,
)  # fmt: skip


def cells(counts: Counts) -> list[Cell]:
    measures = (Measure(name="units", value=7000),)
    return [Cell(dimensions=place, patients=n, measures=measures) for place, n in sorted(counts.items())]


def alone(counts: Counts) -> tuple[Cell, ...]:
    """A table's cells as published when no other shares its rows or columns."""
    (told,) = suppress([cells(counts)])
    return told


def hidden(counts: Counts) -> set[Place]:
    return {(cell.dimensions[0], cell.dimensions[1]) for cell in alone(counts) if cell.patients is None}


def all_sums(counts: Counts) -> Sums:
    rows, columns = {row for row, _ in counts}, {column for _, column in counts}
    return {(None, None), *((row, None) for row in rows), *((None, column) for column in columns)}


def known_sums(counts: Counts) -> Sums:
    """The sums a reader may know: those that suppression doesn't count as withheld."""
    told = complement([Number((row,), (column,), n) for (row, column), n in counts.items()]).numbers
    return all_sums(counts) - {(row and row[0], column and column[0]) for _, row, column in told}


def steps(n: int, *, known: bool) -> tuple[int, ...]:
    """How a number may differ by one, for all a reader knows: not at all, or within 1-10, or above 10."""
    if known:
        return (0,)
    low, high = (1, 10) if n <= 10 else (11, 10**9)
    return tuple(step for step in (-1, 0, 1) if low <= n + step <= high)


def other_worlds(counts: Counts, secret: set[Place], sums: Sums, target: Place) -> Iterator[tuple[int, ...]]:
    """Tables that look the same to a reader, and in which `target` has another number of patients.

    By exhaustion over every way to change hidden cells by at most one, row by row; it shares no thought with the code.
    """
    rows, columns = sorted({row for row, _ in counts}), sorted({column for _, column in counts})
    changes: set[tuple[int, ...]] = {(0,) * len(columns)}
    for row in rows:
        choices = [steps(counts.get((row, column), 0), known=(row, column) not in secret) for column in columns]
        if row == target[0]:
            at = columns.index(target[1])
            choices[at] = tuple(step for step in choices[at] if step)
        total = sum(counts.get((row, column), 0) for column in columns)
        fits = [step for step in product(*choices) if sum(step) in shifts(total, known=(row, None) in sums)]
        changes = {tuple(map(sum, zip(had, step, strict=True))) for had in changes for step in fits}
    totals = [sum(counts.get((row, column), 0) for row in rows) for column in columns]
    for change in changes:
        columns_fit = all(
            step in shifts(n, known=(None, column) in sums)
            for step, n, column in zip(change, totals, columns, strict=True)
        )
        if columns_fit and sum(change) in shifts(sum(totals), known=(None, None) in sums):
            yield change


def shifts(n: int, *, known: bool) -> range:
    """By how much a sum may differ, for all a reader knows of it."""
    if known:
        return range(1)
    return range(1 - n, 11 - n) if n <= 10 else range(11 - n, 10**6)


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")),
    st.sampled_from([1, 1, 2, 3, 5, 9, 10, 10, 11, 11, 12, 13, 20, 21, 40]),
    min_size=1,
)


@given(COUNTS)
def test_no_published_cell_has_one_to_ten_patients(counts: Counts) -> None:
    assert all(cell.patients is None or cell.patients > 10 for cell in alone(counts))


@given(COUNTS)
def test_no_small_cell_can_be_worked_out_from_the_others_and_the_sums(counts: Counts) -> None:
    secret, sums = hidden(counts), known_sums(counts)
    for small in (place for place, n in counts.items() if n <= 10):
        assert any(True for _ in other_worlds(counts, secret, sums, small))


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param({("a", "x")}, id="the small cell alone"),
        pytest.param({("a", "x"), ("a", "y")}, id="with a second in its row: its column gives it away"),
    ],
)
def test_the_checker_itself_sees_a_cell_that_can_be_worked_out(secret: set[Place]) -> None:
    counts = {("a", "x"): 4, ("a", "y"): 30, ("b", "x"): 30, ("b", "y"): 30}
    assert not list(other_worlds(counts, secret, all_sums(counts), ("a", "x")))


def test_a_sum_of_eleven_gives_its_one_and_its_ten_and_more_away_to_the_checker() -> None:
    """1 + 11 is the only way to 12 once a reader knows which of the two is small."""
    counts = {("a", "x"): 1, ("a", "y"): 11, ("b", "x"): 11, ("b", "y"): 11}
    assert not list(other_worlds(counts, set(counts), all_sums(counts), ("a", "x")))


@pytest.mark.parametrize(
    ("counts", "secret"),
    [
        pytest.param({("a", "x"): 20, ("b", "y"): 30}, set(), id="nothing small, nothing hidden"),
        pytest.param({("a", "x"): 0, ("b", "y"): 30}, set(), id="zero may be told"),
        pytest.param(
            {("a", "x"): 4, ("a", "y"): 30, ("b", "x"): 40, ("b", "y"): 50},
            {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")},
            id="one small cell hides its row, its column and the corner",
        ),
        pytest.param(
            {("a", "x"): 4, ("a", "y"): 5, ("b", "x"): 6, ("b", "y"): 7, ("c", "x"): 50, ("c", "y"): 60},
            {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")},
            id="small ones hide each other",
        ),
        pytest.param(
            {("a", "x"): 1, ("a", "y"): 1, ("b", "x"): 1, ("b", "y"): 1, ("c", "x"): 15, ("c", "y"): 16},
            {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "x"), ("c", "y")},
            id="four ones: what is left of a column, 2, would be 1 + 1",
        ),
    ],
)
def test_what_is_hidden(counts: Counts, secret: set[Place]) -> None:
    assert hidden(counts) == secret


def test_two_groups_that_hang_together_by_one_cell_do_not_give_it_away() -> None:
    """Each row and column here has two hidden cells; the small one between the groups would still be solvable."""
    left = {(row, column): 10 for row in "ab" for column in "wx"}
    right = {(row, column): 10 for row in "cd" for column in "yz"}
    large = dict.fromkeys([("a", "y"), ("a", "z"), ("c", "w"), ("d", "w"), ("c", "x")], 40)
    counts = {**left, **right, ("b", "y"): 3, **large}
    small = {place for place, n in counts.items() if n <= 10}
    assert not list(other_worlds(counts, small, all_sums(counts), ("b", "y")))
    assert list(other_worlds(counts, hidden(counts), known_sums(counts), ("b", "y")))


def test_the_order_of_cells_changes_nothing() -> None:
    counts = {("a", "y"): 1, ("c", "y"): 12, ("b", "y"): 12}
    numbers = [Number((row,), (column,), n) for (row, column), n in counts.items()]
    assert complement(numbers) == complement(numbers[::-1])


def test_a_suppressed_cell_withholds_its_measures_and_says_why() -> None:
    told = alone({("a", "x"): 4, ("a", "y"): 30, ("b", "x"): 40, ("b", "y"): 50})
    assert [cell.suppressed for cell in told] == ["small", "complementary", "complementary", "complementary"]
    assert all(cell.measures == () for cell in told)


def test_published_cells_are_ranked_and_suppressed_ones_stand_in_the_order_of_their_names() -> None:
    counted = (("z", None), ("b", 20), ("a", 20), ("c", 30), ("y", None))
    told = [Cell(dimensions=(name,), patients=n) for name, n in counted]
    assert [cell.dimensions[0] for cell in ranked(told, 10)] == ["c", "a", "b", "y", "z"]


def test_a_top_n_cut_drops_the_lowest_published_cells_only_after_suppression() -> None:
    counts = {("a", "x"): 4, ("a", "y"): 30, ("b", "x"): 40, ("b", "y"): 50, ("c", "v"): 90, ("d", "w"): 80}
    assert [cell.patients for cell in ranked(alone(counts), 1)][:1] == [90]


def _facts(patients: int, group: str, service: str) -> list[Fact]:
    names = [f"{group}-{service}-{n}" for n in range(patients)]
    return [fact(name, diagnosis_groups=(group,), services=used(service, 1000)) for name in names]


@pytest.fixture
def window() -> list[Fact]:
    groups = (("CIR007", "chemistry", 40), ("CIR007", "visits", 60), ("END010", "visits", 25), ("END010", "imaging", 3))
    return [each for group, service, n in groups for each in _facts(n, group, service)]


def published(facts: list[Fact]) -> ClaimStatsPublished:
    (told,) = publish("2026-03", [(SERVICES,)], facts, "icd-10-cm 2026-04-01", CLOSING)
    return told


def test_a_window_is_published_with_its_question_and_how_it_was_made(window: list[Fact]) -> None:
    told = published(window)
    assert (told.window, told.table, told.suppressed_cells) == ("2026-03", "services-by-diagnosis", 2)
    assert "no sums published" in told.method


def test_the_same_facts_in_any_order_give_the_same_event(window: list[Fact]) -> None:
    assert published(window) == published(window[::-1])


def test_no_token_is_published(window: list[Fact]) -> None:
    assert "CIR007-visits-1" not in published(window).model_dump_json()
