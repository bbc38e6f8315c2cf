"""Accounts: read under a lock, missing ones too, and written only as the version that was read goes on."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from ledger import accounts
from ledger.accounts import Stored
from ledger.store import Ledger
from ledger.writes import Conflict


def save(ledger: Ledger, key: str, body: bytes) -> None:
    with ledger.transaction() as tx:
        accounts.save(tx, "claiming", accounts.lock(tx, "claiming", [key]), {key: body})


def save_upon(ledger: Ledger, was: dict[str, Stored], body: bytes) -> None:
    """As by somebody who read long ago."""
    with ledger.transaction() as tx:
        accounts.lock(tx, "claiming", was)
        accounts.save(tx, "claiming", was, dict.fromkeys(was, body))


def read(ledger: Ledger, *keys: str) -> dict[str, Stored]:
    with ledger.transaction() as tx:
        return accounts.lock(tx, "claiming", keys)


def test_a_missing_account_is_read_as_empty(ledger: Ledger) -> None:
    assert read(ledger, "a") == {"a": Stored(0, None)}


def test_a_saved_account_is_one_version_on(ledger: Ledger) -> None:
    save(ledger, "a", b"first")
    save(ledger, "a", b"second")
    assert read(ledger, "a") == {"a": Stored(2, b"second")}


def test_an_account_that_is_read_and_not_written_keeps_its_version(ledger: Ledger) -> None:
    save(ledger, "a", b"first")
    read(ledger, "a")
    assert read(ledger, "a")["a"].version == 1


def test_accounts_of_another_stage_are_others(ledger: Ledger) -> None:
    save(ledger, "a", b"first")
    with ledger.transaction() as tx:
        assert accounts.lock(tx, "adjudication", ["a"]) == {"a": Stored(0, None)}


def test_an_empty_batch_locks_and_writes_nothing(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        assert accounts.lock(tx, "claiming", []) == {}
        accounts.save(tx, "claiming", {}, {})


def test_only_what_changed_is_written(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        accounts.save(tx, "claiming", accounts.lock(tx, "claiming", ["a", "b"]), {"b": b"changed"})
    assert {key: row.body for key, row in read(ledger, "a", "b").items()} == {"a": None, "b": b"changed"}


def test_a_version_that_moved_is_a_conflict(ledger: Ledger) -> None:
    save(ledger, "a", b"first")
    with pytest.raises(Conflict):
        save_upon(ledger, {"a": Stored(0, None)}, b"lost")


def test_one_conflict_writes_none_of_the_batch(ledger: Ledger) -> None:
    save(ledger, "a", b"first")
    with pytest.raises(Conflict):
        save_upon(ledger, {"a": Stored(0, None), "b": Stored(0, None)}, b"lost")
    assert {key: row.body for key, row in read(ledger, "a", "b").items()} == {"a": b"first", "b": None}


def waits_for_a_lock(ledger: Ledger) -> bool:
    """True once a backend of this database stands in a queue."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while True:
        with ledger.reading() as tx:
            if tx.execute(sa.text(query)).scalar_one():
                return True


@pytest.mark.postgres
@pytest.mark.parametrize("there", [True, False], ids=["a-row-that-is-there", "a-missing-row"])
def test_a_second_transaction_queues_for_the_account(postgres_ledger: Ledger, there: bool) -> None:
    if there:
        save(postgres_ledger, "a", b"0")
    locked = Event()

    def second() -> Stored:
        locked.wait()
        return read(postgres_ledger, "a")["a"]

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(second)
        with postgres_ledger.transaction() as tx:
            row = accounts.lock(tx, "claiming", ["a"])
            locked.set()
            assert waits_for_a_lock(postgres_ledger)
            accounts.save(tx, "claiming", row, {"a": b"first"})
        assert waiting.result().body == b"first"


def test_no_addition_is_lost_among_threads(ledger: Ledger) -> None:
    keys, together = ["a", "b", "c"], Barrier(4)

    def add(tx: sa.Connection) -> None:
        stored = accounts.lock(tx, "claiming", keys)
        changed = {key: b"%d" % (int(row.body or b"0") + 1) for key, row in stored.items()}
        accounts.save(tx, "claiming", stored, changed)

    def worker(_: int) -> None:
        together.wait()
        for _ in range(5):
            ledger.run(add)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert {row.body for row in read(ledger, *keys).values()} == {b"20"}


def test_what_is_locked_later_is_read_as_it_is(ledger: Ledger) -> None:
    save(ledger, "a", b"first")
    with ledger.transaction() as tx:
        accounts.lock(tx, "claiming", ["b"])
        assert accounts.lock_more(tx, "claiming", ["a", "c"]) == {"a": Stored(1, b"first")}


def lock_two(ledger: Ledger, first: str, then: str) -> None:
    with ledger.transaction() as tx:
        accounts.lock(tx, "claiming", [first])
        accounts.lock_more(tx, "claiming", [then])


def test_nobody_waits_out_of_order_for_what_another_has_locked(postgres_ledger: Ledger) -> None:
    save(postgres_ledger, "a", b"first")
    with postgres_ledger.transaction() as tx:
        accounts.lock(tx, "claiming", ["a"])
        with pytest.raises(OperationalError):
            lock_two(postgres_ledger, "b", "a")
