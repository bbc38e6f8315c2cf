"""Queries, items and drafts as rows: written with a batch, read by the charts, and moved by one coder at a time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from ledger import projections, worklist
from ledger.store import Ledger
from ledger.writes import flush
from tests.ledger.test_projections import chart
from tests.ledger.test_writes import statements

MERCY = "mercy"


def item(name: str, chart_id: str = "chart-1", hospital: str = MERCY, **more: Any) -> dict[str, Any]:
    named = {"chart_id": chart_id, "id": name, "stage": "validation", "hospital": hospital, "version": 1, "base": 0}
    what = {"statement": "s-1", "kind": "phrase", "state": "open", "coder": None, "opened": 5, "since": 5}
    return {**named, **what, "body": b"item", "answer": None, **more}


def query(name: str, chart_id: str = "chart-1", **more: Any) -> dict[str, Any]:
    named = {"chart_id": chart_id, "id": name, "hospital": MERCY, "version": 1, "whom": "author", "kind": "task"}
    return {**named, "topic": "unsigned", "state": "open", "opened": 5, "due": 9, "body": b"query", **more}


def draft(chart_id: str = "chart-1", **more: Any) -> dict[str, Any]:
    named = {"stage": "validation", "chart_id": chart_id, "hospital": MERCY, "version": 1, "revision": 0}
    return {**named, "cents": 700, "body": b"draft", "answer": None, "sent": None, **more}


def returned(chart_id: str = "chart-1", version: int = 1) -> dict[str, Any]:
    return {**chart(version, state="returned"), "chart_id": chart_id}


def written(ledger: Ledger, *rows: dict[str, Any]) -> None:
    with ledger.transaction() as tx:
        worklist.put_work(tx, [row for row in rows if "statement" in row])
        worklist.put_queries(tx, [row for row in rows if "whom" in row])
        worklist.put_drafts(tx, [row for row in rows if "cents" in row and "account" not in row])
        projections.put_charts(tx, [row for row in rows if "account" in row])


def test_rows_are_read_by_their_chart_and_hospital(ledger: Ledger) -> None:
    written(ledger, item("a"), item("b"), item("c", hospital="st-anna"), item("d", "chart-2"))
    with ledger.transaction() as tx:
        found = worklist.work_of(tx, ["chart-1"])
    assert {key: sorted(rows) for key, rows in found.items()} == {
        (MERCY, "chart-1"): ["a", "b"],
        ("st-anna", "chart-1"): ["c"],
    }


def test_the_last_state_of_a_batch_stands(ledger: Ledger) -> None:
    written(ledger, query("q"), query("q", state="answered"))
    with ledger.transaction() as tx:
        assert worklist.queries_of(tx, ["chart-1"])[MERCY, "chart-1"]["q"]["state"] == "answered"


def test_what_a_batch_asks_is_one_statement_where_there_are_round_trips_to_save(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        sent = statements(ledger)
        worklist.put_queries(tx, [query("q")])
        worklist.put_work(tx, [item("a")])
        worklist.put_drafts(tx, [draft()])
        flush(tx)
    assert len(sent) == (3 if ledger.is_sqlite else 1)


def test_charts_that_ask_nothing_cost_no_statement(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        sent = statements(ledger)
        worklist.put_queries(tx, [])
        worklist.put_work(tx, [])
        worklist.put_drafts(tx, [])
        assert worklist.queries_of(tx, []) == worklist.work_of(tx, []) == worklist.drafts_of(tx, "validation", []) == {}
        flush(tx)
    assert sent == []


def test_what_is_open_is_listed_the_oldest_first_with_its_money(ledger: Ledger) -> None:
    written(ledger, item("b", opened=2), item("a", "chart-2", opened=1), item("c", state="answered"), draft())
    with ledger.reading() as tx:
        assert [(row.id, row.cents) for row in worklist.open_work(tx)] == [("a", None), ("b", 700)]


def test_overdue_queries_are_listed_beside_the_open_ones(ledger: Ledger) -> None:
    written(ledger, query("a"), query("b", state="overdue"), query("c", state="withdrawn"))
    with ledger.reading() as tx:
        assert [row.id for row in worklist.open_queries(tx, MERCY)] == ["a", "b"]


def test_an_item_is_found_by_the_beginning_of_its_id(ledger: Ledger) -> None:
    written(ledger, item("ab1"), item("ab2"), item("a_1"))
    with ledger.reading() as tx:
        assert [[row.id for row in worklist.find_work(tx, b)] for b in ("ab1", "ab", "a_")] == [
            ["ab1"], ["ab1", "ab2"], ["a_1"],
        ]  # fmt: skip


CODED = [
    # reason, rows, whether the draft may be completed
    ("nothing is left", (item("a", state="answered"), draft(), returned()), True),
    ("an item is taken", (item("a", state="taken"), draft(), returned()), False),
    ("its version is not the newest", (item("a", state="answered"), draft(), returned(version=2)), False),
    ("it was sent", (item("a", state="answered"), draft(sent=1), returned()), False),
    ("it is coded", (item("a", state="answered"), draft(), {**returned(), "state": "coded"}), False),
]


def test_drafts_of_which_nothing_is_left_to_code_are_found(ledger: Ledger) -> None:
    for reason, rows, found in CODED:
        written(ledger, *rows)
        with ledger.reading() as tx:
            assert bool(worklist.coded_drafts(tx)) is found, reason


def test_what_was_sent_is_marked_in_its_revision_only(ledger: Ledger) -> None:
    written(ledger, draft(answer=b"chart", revision=1), returned())
    with ledger.transaction() as tx:
        worklist.mark_sent(tx, draft(revision=0), 9)
    with ledger.reading() as tx:
        assert len(worklist.coded_drafts(tx)) == 1
    with ledger.transaction() as tx:
        worklist.mark_sent(tx, draft(revision=1), 9)
    with ledger.reading() as tx:
        assert (len(worklist.coded_drafts(tx)), len(worklist.coded_drafts(tx, sent=True))) == (0, 1)


def test_an_item_that_has_moved_since_it_was_read_is_not_moved(ledger: Ledger) -> None:
    read = item("a")
    written(ledger, read)
    with ledger.transaction() as tx:
        first = worklist.move(tx, read, state="taken", coder="c-1", since=6)
        second = worklist.move(tx, read, state="taken", coder="c-2", since=7)
    assert (first, second) == (True, False)


def test_of_two_coders_at_once_one_has_it(ledger: Ledger) -> None:
    written(ledger, item("a"), returned())
    together = Barrier(2)

    def take(coder: str) -> bool:
        together.wait()
        with ledger.transaction() as tx:
            return worklist.move(tx, item("a"), state="taken", coder=coder, since=6)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, ("c-1", "c-2"))) == [False, True]
