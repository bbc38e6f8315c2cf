"""Deadlines open once and fire once, whoever hears of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
import sqlalchemy as sa

from ledger import deadlines
from ledger.deadlines import Deadline
from ledger.store import Ledger


def deadline(name: str, due_ms: int = 1_000, about: str = "mercy/A1") -> Deadline:
    return Deadline(name, "bill-hold-ends", "claiming", "pseudonym", about, due_ms)


def opened(ledger: Ledger, *given: Deadline) -> None:
    with ledger.transaction() as tx:
        deadlines.open_(tx, given)


def ended(ledger: Ledger, state: str, *ids: str) -> None:
    with ledger.transaction() as tx:
        deadlines.end(tx, dict.fromkeys(ids, state))


def due(ledger: Ledger, now_ms: int, limit: int = 500, stage: str = "claiming") -> list[str]:
    with ledger.reading() as tx:
        return [found.id for found in deadlines.due(tx, stage, now_ms, limit=limit)]


def test_an_open_deadline_is_due_when_its_time_has_come(ledger: Ledger) -> None:
    opened(ledger, deadline("a", 1_000))
    assert (due(ledger, 999), due(ledger, 1_000)) == ([], ["a"])


def test_a_due_deadline_is_found_as_it_was_opened(ledger: Ledger) -> None:
    opened(ledger, deadline("a"))
    with ledger.reading() as tx:
        assert deadlines.due(tx, "claiming", 1_000) == [deadline("a")]


def test_the_oldest_deadlines_come_first(ledger: Ledger) -> None:
    opened(ledger, deadline("c", 1), deadline("a", 3), deadline("b", 3), deadline("d", 2))
    assert due(ledger, 9) == ["c", "d", "a", "b"]


def test_a_tick_finds_no_more_than_its_limit(ledger: Ledger) -> None:
    opened(ledger, *(deadline(f"{n}") for n in range(5)))
    assert due(ledger, 9_000, limit=2) == ["0", "1"]


def test_a_stage_finds_only_its_own(ledger: Ledger) -> None:
    opened(ledger, deadline("a"), replace(deadline("b"), stage="adjudication"))
    assert due(ledger, 9_000, stage="adjudication") == ["b"]


def test_a_look_goes_on_behind_the_last_one(ledger: Ledger) -> None:
    opened(ledger, deadline("c", 1), deadline("a", 3), deadline("b", 3), deadline("d", 4))
    with ledger.reading() as tx:
        found = deadlines.due(tx, "claiming", 9, after=deadline("a", 3).place)
    assert [each.id for each in found] == ["b", "d"]


def test_looking_for_them_sorts_and_scans_nothing(ledger: Ledger) -> None:
    """However many wait: the index has them in their order."""
    if not ledger.is_sqlite:
        pytest.skip("PostgreSQL plans an empty table by scanning it")
    asked = {"stage": "claiming", "now": 9, "after": 0, "id": "", "limit": 500}
    with ledger.reading() as tx:
        plan = tx.execute(sa.text(f"EXPLAIN QUERY PLAN {deadlines._DUE.text}"), asked).all()
    (step,) = [row.detail for row in plan]
    assert step.startswith("SEARCH deadlines USING INDEX deadlines_due (stage=? AND state=? AND ")


def test_a_deadline_opens_once(ledger: Ledger) -> None:
    opened(ledger, deadline("a", 1_000))
    opened(ledger, deadline("a", 9_000), deadline("a", 8_000))
    assert due(ledger, 1_000) == ["a"]


def test_a_fired_deadline_is_not_due_again(ledger: Ledger) -> None:
    opened(ledger, deadline("a"), deadline("b"))
    ended(ledger, "fired", "a")
    assert due(ledger, 1_000) == ["b"]


def test_a_fired_deadline_does_not_open_again(ledger: Ledger) -> None:
    opened(ledger, deadline("a"))
    ended(ledger, "fired", "a")
    opened(ledger, deadline("a"))
    assert due(ledger, 1_000) == []


def test_a_closed_deadline_does_not_fire(ledger: Ledger) -> None:
    opened(ledger, deadline("a"))
    ended(ledger, "closed", "a")
    ended(ledger, "fired", "a")
    with ledger.transaction() as tx:
        assert deadlines.still_open(tx, ["a"]) == frozenset()


def test_ending_what_was_never_opened_does_nothing(ledger: Ledger) -> None:
    ended(ledger, "closed", "a")
    assert due(ledger, 9_000) == []


def test_only_open_ones_are_still_open(ledger: Ledger) -> None:
    opened(ledger, deadline("a"), deadline("b"))
    ended(ledger, "fired", "b")
    with ledger.transaction() as tx:
        assert deadlines.still_open(tx, ["a", "b", "c"]) == {"a"}


def test_of_two_deciders_at_once_one_fires(ledger: Ledger) -> None:
    opened(ledger, deadline("a"))
    together = Barrier(2)

    def decide(_: int) -> bool:
        together.wait()
        with ledger.transaction() as tx:
            mine = deadlines.still_open(tx, ["a"])
            deadlines.end(tx, dict.fromkeys(mine, "fired"))
            return bool(mine)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, range(2))) == [False, True]
