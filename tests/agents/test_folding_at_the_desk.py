"""A coder accepts a fold: both charts go out with their next revision, and what can't be folded is said."""

from typing import Any

import pytest

from agents.desk import NotDone
from agents.folding import folded, records
from schemas.events import ChartCoded
from tests.agents.given_stages import Stages
from tests.agents.test_neighbours import admission, visit
from tests.claims.given_accounts import coverage


def accepted(given: Stages, moved: str = "c0", into: str = "c1") -> tuple[ChartCoded, ...]:
    return folded(given.assembly, "mercy-general", moved, into, "c-17")


def taken(given: Stages, **other: Any) -> None:
    given.decide("claiming", visit(), admission(**other))


def test_both_charts_go_out_the_one_that_gives_first(given: Stages) -> None:
    taken(given)
    both = accepted(given)
    assert [(each.chart_id, each.coding_revision, each.coder) for each in both] == [
        ("c0", 1, "c-17"),
        ("c1", 1, "c-17"),
    ]
    assert sum(line.charge_cents for line in both[1].services) == 107_000


def test_the_same_fold_is_the_same_bytes(given: Stages) -> None:
    taken(given)
    assert records(given.assembly, accepted(given)) == records(given.assembly, accepted(given))


def test_what_is_sent_is_a_coded_chart(given: Stages) -> None:
    taken(given)
    values = [value for _, value in records(given.assembly, accepted(given))]
    assert all(isinstance(given.assembly.codec.decode(value), ChartCoded) for value in values)


@pytest.mark.parametrize(
    ("moved", "into", "why"),
    [("c0", "c0", "into itself"), ("c0", "c9", "no chart c9"), ("c9", "c1", "no chart c9")],
)
def test_charts_that_are_not_there_are_named(given: Stages, moved: str, into: str, why: str) -> None:
    taken(given)
    with pytest.raises(NotDone, match=why):
        accepted(given, moved, into)


def test_two_payers_are_not_folded_together(given: Stages) -> None:
    taken(given, coverages=(coverage(),))
    with pytest.raises(NotDone, match="two payers"):
        accepted(given)


def test_while_the_first_claim_is_not_voided_the_second_chart_alone_is_sent_again(given: Stages) -> None:
    taken(given)
    given.decide("claiming", *accepted(given))
    assert [(each.chart_id, each.coding_revision) for each in accepted(given)] == [("c1", 2)]


def test_a_chart_is_folded_into_one_chart_only(given: Stages) -> None:
    taken(given)
    given.decide("claiming", accepted(given)[0], admission(chart_id="c2", event_id="other", account_number="a2"))
    with pytest.raises(NotDone, match="folded already"):
        accepted(given, "c0", "c2")
