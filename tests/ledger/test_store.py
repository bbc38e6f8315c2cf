"""A busy database is tried again; one that can't be written ends in words, with nothing half-written."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import put
from ledger.store import Ledger, LedgerUnreachable
from ledger.tables import accounts, windows
from ledger.upgrade import upgrade
from ledger.writes import Conflict


def file_of(ledger: Ledger) -> str:
    return str(sa.make_url(ledger.url).database)


def impatient(ledger: Ledger, query: str = "") -> Ledger:
    """The same database, opened by somebody with hardly any patience."""
    return Ledger(ledger.url + query, patience_s=0.05)


def begin_window(tx: Connection) -> None:
    put(tx, windows, [{"id": "2026-09", "opened": 1, "state": "open"}])


def windows_in(ledger: Ledger) -> int:
    with ledger.reading() as tx:
        return int(tx.execute(sa.text("SELECT count(*) FROM windows")).scalar_one())


@contextmanager
def locked(ledger: Ledger) -> Iterator[sqlite3.Connection]:
    """Another process in the middle of a write."""
    with closing(sqlite3.connect(file_of(ledger), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_work_is_committed_and_its_result_returned(ledger: Ledger) -> None:
    def work(tx: Connection) -> str:
        begin_window(tx)
        return "done"

    assert ledger.run(work) == "done"
    assert windows_in(ledger) == 1


def test_work_that_fails_leaves_nothing(ledger: Ledger) -> None:
    def work(tx: Connection) -> None:
        begin_window(tx)
        raise KeyError

    with pytest.raises(KeyError):
        ledger.run(work)
    assert windows_in(ledger) == 0


def test_a_conflict_is_tried_again_in_a_new_transaction(ledger: Ledger) -> None:
    found = []

    def work(tx: Connection) -> None:
        found.append(tx.execute(sa.select(windows)).all())
        begin_window(tx)
        if len(found) == 1:
            raise Conflict("position")

    ledger.run(work)
    assert found == [[], []]


def test_an_id_that_somebody_else_wrote_is_read_on_the_next_attempt(ledger: Ledger) -> None:
    """Two workers meet the same new event: the later one's insert fails, and then it finds the other's."""
    with ledger.transaction() as tx:
        begin_window(tx)
    attempts = []

    def work(tx: Connection) -> str:
        attempts.append(1)
        if len(attempts) == 1:
            begin_window(tx)
        return str(tx.execute(sa.select(windows.c.id)).scalar_one())

    assert ledger.run(work) == "2026-09"


def test_patience_ends_in_words_that_name_the_trouble(ledger: Ledger) -> None:
    def work(_: Connection) -> None:
        raise Conflict("position")

    with pytest.raises(LedgerUnreachable, match="Conflict"):
        impatient(ledger).run(work)


def test_a_failed_insert_is_named_without_its_row(ledger: Ledger) -> None:
    impatient_one = impatient(ledger)
    with ledger.transaction() as tx:
        begin_window(tx)
    with pytest.raises(LedgerUnreachable, match=r"UniqueViolation|SQLITE_CONSTRAINT_PRIMARYKEY") as unreachable:
        impatient_one.run(begin_window)
    assert "2026-09" not in str(unreachable.value)
    assert unreachable.value.__suppress_context__


def test_a_locked_file_is_waited_for(sqlite_ledger: Ledger) -> None:
    with locked(sqlite_ledger) as other:

        @sa.event.listens_for(sqlite_ledger.engine, "handle_error")
        def _(_knocked_in_vain: object) -> None:
            if other.in_transaction:
                other.execute("COMMIT")

        sqlite_ledger.run(begin_window)
    assert windows_in(sqlite_ledger) == 1


def test_a_file_that_stays_locked_is_unreachable(sqlite_ledger: Ledger) -> None:
    with locked(sqlite_ledger), pytest.raises(LedgerUnreachable, match="SQLITE_BUSY"):
        impatient(sqlite_ledger).run(begin_window)


def test_people_may_read_while_somebody_writes(sqlite_ledger: Ledger) -> None:
    with locked(sqlite_ledger):
        assert windows_in(sqlite_ledger) == 0


def test_a_thread_does_not_queue_for_ever_behind_another(sqlite_ledger: Ledger) -> None:
    ledger = impatient(sqlite_ledger)
    with ledger.transaction(), pytest.raises(LedgerUnreachable, match="thread"):
        ledger.run(begin_window)


def test_a_read_only_file_is_named_so(sqlite_ledger: Ledger) -> None:
    read_only = Ledger(f"sqlite:///file:{file_of(sqlite_ledger)}?mode=ro&uri=true", patience_s=0.05)
    with pytest.raises(LedgerUnreachable, match="SQLITE_READONLY"):
        read_only.run(begin_window)


def test_a_full_disk_is_named_so_and_leaves_nothing_half_written(sqlite_ledger: Ledger) -> None:
    full = impatient(sqlite_ledger)

    @sa.event.listens_for(full.engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    def work(tx: Connection) -> None:
        begin_window(tx)
        put(tx, accounts, [{"stage": "claiming", "key": "a", "version": 0, "body": b"x" * 1_000_000}])

    with pytest.raises(LedgerUnreachable, match="SQLITE_FULL"):
        full.run(work)
    assert windows_in(sqlite_ledger) == 0


def test_a_disk_with_room_again_takes_the_work(sqlite_ledger: Ledger) -> None:
    """The connection that met the full disk is as good as new."""

    def work(tx: Connection) -> None:
        tx.exec_driver_sql(f"PRAGMA max_page_count={limits.pop()}")
        put(tx, accounts, [{"stage": "claiming", "key": "a", "version": 0, "body": b"x" * 1_000_000}])

    limits = [1_000_000, 1]
    sqlite_ledger.run(work)
    assert limits == []


def test_a_place_where_no_file_can_be_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    with pytest.raises(LedgerUnreachable, match="a-file"):
        upgrade(Ledger(f"sqlite:///{tmp_path}/a-file/ledger.db"))


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    nobody = Ledger(f"postgresql+psycopg://nobody@/none?host={tmp_path}", patience_s=0.05)
    with pytest.raises(LedgerUnreachable, match="OperationalError"):
        nobody.run(begin_window)


@pytest.mark.postgres
def test_a_connection_that_the_server_ended_is_opened_anew(postgres_ledger: Ledger) -> None:
    attempts = []

    def work(tx: Connection) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            tx.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        begin_window(tx)

    postgres_ledger.run(work)
    assert (len(attempts), windows_in(postgres_ledger)) == (2, 1)
