"""Statistics windows: a fact belongs to the window that was open when it was decided, and a window closes once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
import sqlalchemy as sa

from ledger import statistics
from ledger.store import Ledger
from ledger.tables import cells
from ledger.writes import Conflict
from schemas.records import Coordinates

SEPTEMBER, OCTOBER = "2026-09", "2026-10"


@pytest.fixture(autouse=True)
def september(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        statistics.begin_window(tx, SEPTEMBER, 1)


def close(tx: sa.Connection) -> None:
    """September ends and October begins, as the statistics stage does it."""
    statistics.close_window(tx, SEPTEMBER)
    statistics.begin_window(tx, OCTOBER, 2)


def write(tx: sa.Connection, bodies: Sequence[bytes], offset: int = 0, stage: str = "claiming") -> str:
    window = statistics.open_window(tx)
    statistics.append(tx, window, stage, Coordinates("chart-coded", 0, offset), bodies)
    return window


def facts_of(ledger: Ledger, window: str) -> list[bytes]:
    with ledger.reading() as tx:
        return list(statistics.recall(tx, window).bodies)


def test_a_fact_belongs_to_the_open_window(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        assert write(tx, [b"fact"]) == SEPTEMBER


def test_after_the_close_a_fact_belongs_to_the_next_window(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        close(tx)
    with ledger.transaction() as tx:
        assert write(tx, [b"fact"]) == OCTOBER


def test_a_window_closes_once(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        statistics.close_window(tx, SEPTEMBER)
        with pytest.raises(Conflict):
            statistics.close_window(tx, SEPTEMBER)


def test_an_open_window_is_not_published(ledger: Ledger) -> None:
    with ledger.transaction() as tx, pytest.raises(Conflict):
        statistics.publish_window(tx, SEPTEMBER)


def test_a_window_is_published_once(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        statistics.close_window(tx, SEPTEMBER)
        statistics.publish_window(tx, SEPTEMBER)
        with pytest.raises(Conflict):
            statistics.publish_window(tx, SEPTEMBER)


def test_the_windows_that_are_not_published_are_told_with_their_state(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        close(tx)
        assert statistics.unpublished(tx) == {SEPTEMBER: "closed", OCTOBER: "open"}


def test_of_two_who_close_at_once_one_does(ledger: Ledger) -> None:
    together = Barrier(2)

    def closing(_: int) -> bool:
        together.wait()
        try:
            with ledger.transaction() as tx:
                close(tx)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(closing, range(2))) == [False, True]


def test_a_closed_window_does_not_open_again(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        close(tx)
        statistics.begin_window(tx, SEPTEMBER, 1)
        assert statistics.open_window(tx) == OCTOBER


def test_without_an_open_window_nothing_is_counted(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        statistics.close_window(tx, SEPTEMBER)
        with pytest.raises(statistics.NoWindow):
            statistics.open_window(tx)


@pytest.mark.parametrize("bodies", [[b""], [b"a", b"", b"\x00\xff"], [b"x" * 70_000, b"y"]])
def test_facts_come_back_as_they_were(ledger: Ledger, bodies: list[bytes]) -> None:
    with ledger.transaction() as tx:
        write(tx, bodies)
    assert facts_of(ledger, SEPTEMBER) == bodies


def test_facts_come_back_in_order_of_their_source(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        write(tx, [b"third"], offset=10)
        write(tx, [b"second"], offset=9)
        write(tx, [b"first"], offset=99, stage="adjudication")
    assert facts_of(ledger, SEPTEMBER) == [b"first", b"second", b"third"]


def test_a_window_comes_in_portions_that_follow_each_other(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        for offset in range(3):
            write(tx, [b"%d" % offset], offset=offset)
        first = statistics.recall(tx, SEPTEMBER, rows=2)
        assert first.upto is not None
        then = statistics.recall(tx, SEPTEMBER, first.upto, rows=2)
    assert (first.bodies, then) == ((b"0", b"1"), statistics.Portion((b"2",), None))


def test_the_facts_of_a_published_window_are_forgotten(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        write(tx, [b"told"])
        close(tx)
        statistics.publish_window(tx, SEPTEMBER)
        assert statistics.forget_published(tx) == 1
    assert facts_of(ledger, SEPTEMBER) == []


def test_the_facts_of_a_window_that_is_only_closed_are_kept(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        write(tx, [b"to be told"])
        close(tx)
        assert statistics.forget_published(tx) == 0


def test_no_more_facts_are_forgotten_at_once_than_asked_for(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        for offset in range(3):
            write(tx, [b"told"], offset=offset)
        close(tx)
        statistics.publish_window(tx, SEPTEMBER)
        assert [statistics.forget_published(tx, rows=2) for _ in range(3)] == [2, 1, 0]


def test_a_batch_without_facts_writes_no_row(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        write(tx, [])
    assert facts_of(ledger, SEPTEMBER) == []


def test_a_topic_made_anew_adds_to_the_facts_of_the_same_coordinates(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        write(tx, [b"\x00old"])
        write(tx, [b"\xffnew", b""])
    assert facts_of(ledger, SEPTEMBER) == [b"\x00old", b"\xffnew", b""]


def test_a_published_table_stays_as_it_was_said(ledger: Ledger) -> None:
    row = {"window": SEPTEMBER, "name": "services", "published": 5, "suppressed": 1, "body": b"first"}
    with ledger.transaction() as tx:
        statistics.put_cells(tx, [row])
        statistics.put_cells(tx, [{**row, "body": b"second"}])
        assert tx.execute(sa.select(cells.c.body)).scalar_one() == b"first"


def queued(ledger: Ledger, how_many: int) -> bool:
    """True once so many backends of this database stand in a queue."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while True:
        with ledger.reading() as tx:
            if tx.execute(sa.text(query)).scalar_one() >= how_many:
                return True


@pytest.mark.postgres
@pytest.mark.parametrize("ledger", ["postgres"], indirect=True)
def test_a_fact_that_is_being_written_is_counted_by_the_close_that_waits_for_it(ledger: Ledger) -> None:
    writing = Event()

    def closer() -> list[bytes]:
        writing.wait()
        with ledger.transaction() as tx:
            close(tx)
            return list(statistics.recall(tx, SEPTEMBER).bodies)

    with ThreadPoolExecutor() as pool:
        closing = pool.submit(closer)
        with ledger.transaction() as tx:
            statistics.open_window(tx)
            writing.set()
            assert queued(ledger, 1)
            write(tx, [b"just in time"])
        assert closing.result() == [b"just in time"]


@pytest.mark.postgres
@pytest.mark.parametrize("ledger", ["postgres"], indirect=True)
def test_a_fact_decided_while_a_close_waits_belongs_to_exactly_one_window(ledger: Ledger) -> None:
    writing = Event()

    def closer() -> None:
        writing.wait()
        ledger.run(close)

    def late() -> str:
        assert queued(ledger, 1)  # the close waits already
        return ledger.run(lambda tx: write(tx, [b"late"], offset=1))

    with ThreadPoolExecutor() as pool:
        closing, latecomer = pool.submit(closer), pool.submit(late)
        with ledger.transaction() as tx:
            write(tx, [b"early"])
            writing.set()
            assert queued(ledger, 2)  # and so does who came after it: nobody overtakes a close for ever
        assert (closing.result(), latecomer.result()) == (None, OCTOBER)
    assert (facts_of(ledger, SEPTEMBER), facts_of(ledger, OCTOBER)) == ([b"early"], [b"late"])
