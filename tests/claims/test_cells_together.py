"""Tables of one window that count the same people twice: no cell of 1 to 10 can be worked out from both of them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claims.cells import publish
from claims.facts import Fact
from claims.tabulate import CHAINS, CHARTS, DENIALS, DOLLARS, RETURNS, Chain, tabulate
from schemas.events.control import Cell
from tests.claims.cells_oracle import Place, Published, Reader, all_sums, published
from tests.claims.test_cells import CLOSING
from tests.claims.test_tabulate import fact


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


COUNTS = st.tuples(
    st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), PATIENTS, min_size=1),
    st.dictionaries(st.tuples(st.sampled_from("xyz"), st.sampled_from("pq")), PATIENTS, min_size=1),
)
"""Two tables of whatever numbers, also such as no charts could give."""

BETWEEN_A_MARK_AND_A_SUM = [
    answered("insurer", "CI", ("50",), 11),
    answered("business", "MB", (), 1),
    answered("business", "MB", ("50",), 10),
]
"""Marked as complementary the insurer's denials are 11 or more, and its answers, published, 11: with 21 denials, 10 are
the business's."""
A_CELL_OF_ITS_MARGIN = [
    answered("business", "WC", ("50", "97"), 2),
    answered("insurer", "CI", ("50", "97"), 20),
    answered("patient", "WC", ("50",), 3),
    answered("insurer", "MB", ("97",), 3),
]
"""Both reasons of the business have as many as all its answers, so that neither can be more by itself."""


A_ONE_IN_THE_SHADE_OF_ANOTHER = [
    returned("emergency", "incomplete", ("query-task",), 21),
    returned("emergency", "uncodable", ("D2", "query-task"), 1),
    returned("ambulatory", "uncodable", ("query-task",), 40),
    returned("emergency", "incomplete", ("D2",), 13),
    returned("emergency", "complete-at-first", ("coding",), 20),
]
"""The emergency that can't be coded is kept only by a sum that counts as withheld; its D2 could be by cells alone."""


def told(chain: Chain, drawn: Sequence[Sequence[Fact]]) -> Published:
    facts = [each for facts in drawn for each in facts]
    return published([tabulate(facts, table) for table in chain])


def given_away(tables: Published) -> list[tuple[str, Place]]:
    """The small cells that somebody works out, and what he knows beside the tables."""
    all_sums_known = set(tables.reader_of_all_sums().solved())
    whatever_is_hidden = set(tables.reader_of_all_sums(everything_hidden=True).solved())
    return [
        *(("nothing", place) for place in tables.reader_of_nothing_else().solved()),
        *(("sums that do not count as withheld", place) for place in tables.reader_of_sums().solved()),
        *(("all sums, where hiding could help", place) for place in sorted(all_sums_known - whatever_is_hidden)),
    ]


@settings(deadline=None)
@given(RETURNED)
@example([returned(each, "incomplete", ("D2", "coding"), 10) for each in ("ambulatory", "emergency")])
@example(A_ONE_IN_THE_SHADE_OF_ANOTHER)
def test_no_small_cell_of_charts_and_returns_can_be_worked_out_from_both(drawn: list[list[Fact]]) -> None:
    assert not given_away(told((CHARTS, RETURNS), drawn))


@settings(deadline=None)
@given(ANSWERED)
@example([answered("insurer", "CI", (), 1), answered("insurer", "CI", ("50",), 10)])
@example([answered("insurer", "CI", ("50",), 10), answered("insurer", "CI", (), 1), answered("insurer", "MB", (), 1)])
@example([answered("insurer", "CI", ("50", "97"), 10), answered("insurer", "CI", (), 1)])
@example(BETWEEN_A_MARK_AND_A_SUM)
@example(A_CELL_OF_ITS_MARGIN)
def test_no_small_cell_of_denials_and_dollars_can_be_worked_out_from_both(drawn: list[list[Fact]]) -> None:
    assert not given_away(told((DENIALS, DOLLARS), drawn))


@settings(deadline=None)
@given(COUNTS)
@example(({("b", "y"): 10}, {("x", "p"): 20, ("x", "q"): 2, ("y", "p"): 13, ("y", "q"): 3}))
def test_no_small_cell_of_any_two_tables_can_be_worked_out_from_both(
    drawn: tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]],
) -> None:
    chain = [[Cell(dimensions=at, patients=n) for at, n in counts.items()] for counts in drawn]
    assert not given_away(published(chain))


def test_a_sum_that_the_other_table_publishes_does_not_count_as_withheld() -> None:
    """What no hiding can keep from who knows that 21 were denied for 50 is laid on that sum, not on the insurer's."""
    withheld = told((DENIALS, DOLLARS), BETWEEN_A_MARK_AND_A_SUM).hidden.numbers
    assert (0, ("50",), None) in withheld
    assert (0, None, ("insurer",)) not in withheld


def test_what_one_table_withholds_is_not_the_difference_of_a_sum_in_another() -> None:
    charts, returns = publish("2026-03", [(CHARTS, RETURNS)], EMERGENCIES, "icd-10-cm 2026-04-01", CLOSING)
    shown = {cell.dimensions for told in (charts, returns) for cell in told.cells if cell.patients is not None}
    assert not {("emergency", "incomplete"), ("incomplete", "coding")} <= shown


def test_the_checker_itself_sees_a_cell_that_two_tables_give_away() -> None:
    """Each table by itself would keep it: what went back from an emergency is the sum of its reasons."""
    counts = {(0, "e", "o"): 14, (1, "o", "coding"): 12, (1, "o", "D2"): 2}
    reader = Reader(counts, frozenset({(1, "o", "D2")}), all_sums(counts))
    assert reader.solved() == [(1, "o", "D2")]


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param({(0, "e", "o"): 10, (0, "i", "o"): 10, (1, "o", "t"): 20, (1, "o", "u"): 20}, id="10 and 10"),
        pytest.param({(0, "e", "o"): 10, (1, "o", "t"): 10, (1, "o", "u"): 9}, id="one of 10 can't be less than 10"),
    ],
)
def test_the_checker_itself_sees_what_a_published_cell_says_of_a_margin(counts: Mapping[Place, int]) -> None:
    """Twenty were returned for one reason: they can't be less, and two small cells can't be more."""
    hidden = frozenset(at for at in counts if at[0] == 0)
    assert (0, "e", "o") in Reader(counts, hidden, frozenset(), None).solved()


def test_a_reason_of_all_returned_does_not_pin_the_ten_of_a_class() -> None:
    """All 40 lack a task and 15 of them a day too: with 30 of one class, the other's can only be 10."""
    drawn = [
        returned("ambulatory", "incomplete", ("query-task",), 25),
        returned("ambulatory", "incomplete", ("D2", "query-task"), 5),
        returned("emergency", "incomplete", ("D2", "query-task"), 10),
    ]
    secret = told((CHARTS, RETURNS), drawn).secret
    assert secret & {(0, "ambulatory", "incomplete"), (1, "incomplete", "query-task")}


def test_two_reasons_of_all_returned_do_not_pin_the_ten_of_both_classes() -> None:
    """With 20 published for either reason no fewer went back, and two small cells are no more than 10 and 10."""
    drawn = [returned(each, "incomplete", ("D2", "coding"), 10) for each in ("ambulatory", "emergency")]
    assert {(1, "incomplete", "D2"), (1, "incomplete", "coding")} <= told((CHARTS, RETURNS), drawn).secret


def test_two_tables_without_small_cells_are_published_whole() -> None:
    facts = [*returned("emergency", "incomplete", ("D2",), 12), *returned("inpatient", "incomplete", ("X1",), 30)]
    assert [told.suppressed_cells for told in publish("2026-03", [(CHARTS, RETURNS)], facts, "v", CLOSING)] == [0, 0]


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain[-1].name)
def test_the_columns_of_a_table_in_a_chain_are_the_rows_of_the_next(chain: Chain) -> None:
    same: Mapping[str, str] = {"reason": "outcome"}
    for first, second in pairwise(chain):
        assert same.get(second.dimensions[0], second.dimensions[0]) == first.dimensions[1]
