"""A window closes, is counted and is published: each once, and none of it at the price of those who write facts."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from agents.counting import Facts
from agents.timers import announced
from claims import facts
from claims.facts import Where
from ledger import deadlines, statistics
from ledger.tables import deadlines as deadline_rows
from schemas.events import ClaimStatsPublished, DeadlineDue
from schemas.records import Coordinates, Decision
from streams.topics import CLAIM_STATS_PUBLISHED
from tests.agents.given_stages import MONTH, Stages, outcomes
from tests.claims.given_accounts import chart

MARCH_ENDS = datetime(2026, 4, 1, tzinfo=UTC)
APRIL_ENDS = datetime(2026, 5, 1, tzinfo=UTC)
TABLES = 5


def due(given: Stages, at: datetime) -> list[DeadlineDue]:
    """What the timers would say at this instant."""
    with given.assembly.ledger.reading() as tx:
        return [announced(each) for each in deadlines.due(tx, "statistics", int(at.timestamp() * 1000))]


def fact(given: Stages, patient: str) -> bytes:
    counted = facts.of_coded(chart(), given.assembly.reference.counted_by, Where(MONTH, patient, patient))
    assert counted is not None
    return given.assembly.states.dump(counted)


def counted(given: Stages, *bodies: bytes, offset: int = 0) -> None:
    with given.assembly.ledger.transaction() as tx:
        where = Coordinates("chart-completed", 0, offset)
        statistics.append(tx, statistics.open_window(tx), "validation", where, bodies)


def closed(given: Stages, at: datetime = MARCH_ENDS) -> list[DeadlineDue]:
    """The month closes; what that decision asks for."""
    return given.said(given.decide("statistics", *due(given, at)), DeadlineDue)


def windows(given: Stages) -> dict[str, str]:
    with given.assembly.ledger.reading() as tx:
        return {row.id: row.state for row in tx.execute(sa.text("SELECT id, state FROM windows"))}


def published(given: Stages, decisions: Sequence[Decision]) -> list[str]:
    return [table.window for table in given.said(decisions, ClaimStatsPublished)]


def test_a_month_that_ends_is_closed_and_the_next_one_opened(given: Stages) -> None:
    closed(given)
    assert windows(given) == {MONTH: "closed", "2026-04": "open"}


def test_the_close_asks_for_the_publication(given: Stages) -> None:
    assert [(asked.kind, asked.about) for asked in closed(given)] == [("window-publishes", MONTH)]


def test_a_closed_window_is_published_with_all_its_tables(given: Stages) -> None:
    counted(given, *(fact(given, f"p{n}") for n in range(12)))
    decisions = given.decide("statistics", *closed(given))
    assert published(given, decisions) == [MONTH] * TABLES


def test_a_published_window_counts_its_patients(given: Stages) -> None:
    counted(given, *(fact(given, f"p{n}") for n in range(12)))
    tables = given.said(given.decide("statistics", *closed(given)), ClaimStatsPublished)
    assert {cell.patients for table in tables for cell in table.cells} == {12}


def test_a_window_is_published_once(given: Stages) -> None:
    asked = closed(given)
    assert outcomes([*given.decide("statistics", *asked), *given.decide("statistics", *asked)]) == ["published", "moot"]


def test_a_fact_that_cannot_be_read_costs_only_the_event_that_publishes(given: Stages) -> None:
    counted(given, b"no fact")
    asked = closed(given)
    given.decide("statistics", *asked)
    assert windows(given)[MONTH] == "closed"


def test_a_table_that_its_topic_would_refuse_leaves_the_window_to_be_published(given: Stages) -> None:
    asked = closed(given)
    given.assembly.limits[CLAIM_STATS_PUBLISHED] = 1
    assert outcomes(given.decide("statistics", *asked)) == ["dead-letter:output-too-large"]
    assert windows(given)[MONTH] == "closed"


def test_what_could_not_be_published_is_published_when_the_next_month_closes(given: Stages) -> None:
    counted(given, b"no fact")
    given.decide("statistics", *closed(given))
    with given.assembly.ledger.transaction() as tx:
        tx.execute(sa.text("DELETE FROM facts"))
    asked = closed(given, APRIL_ENDS)
    assert published(given, given.decide("statistics", *asked)) == [MONTH] * TABLES + ["2026-04"] * TABLES


def test_a_window_that_an_earlier_version_closed_and_lost_is_published_after_all(given: Stages) -> None:
    with given.assembly.ledger.transaction() as tx:
        statistics.close_window(tx, MONTH)
    assert published(given, given.decide("statistics", *closed(given))) == [MONTH] * TABLES


def test_a_deadline_of_a_window_that_is_published_ends(given: Stages) -> None:
    with given.assembly.ledger.transaction() as tx:
        statistics.close_window(tx, MONTH)
        statistics.publish_window(tx, MONTH)
    given.decide("statistics", *due(given, MARCH_ENDS))
    with given.assembly.ledger.reading() as tx:
        assert tx.execute(sa.select(deadline_rows.c.state)).scalars().all() == ["closed"]


def test_who_counts_a_window_keeps_nobody_from_writing(given: Stages) -> None:
    ledger = given.assembly.ledger
    for offset in range(101):  # more than one portion
        counted(given, fact(given, f"p{offset}"), offset=offset)
    going_through = iter(Facts(ledger, given.assembly.states, MONTH))
    next(going_through)
    with ledger.transaction() as tx:
        assert statistics.open_window(tx) == MONTH


def test_a_window_is_gone_through_to_its_end(given: Stages) -> None:
    for offset in range(201):
        counted(given, fact(given, f"p{offset}"), offset=offset)
    assert len(list(Facts(given.assembly.ledger, given.assembly.states, MONTH))) == 201
