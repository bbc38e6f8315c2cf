"""The schema is brought up to date by migrations, as often and by as many as like."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_IMODE
from threading import Barrier

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from ledger.store import Ledger
from ledger.tables import cells, facts, metadata, windows
from ledger.upgrade import current, newest, upgrade

AUGUST, SEPTEMBER = "2026-08", "2026-09"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    url = f"sqlite:///{tmp_path}/new.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    ledger = Ledger(url)
    yield ledger
    ledger.close()


def test_an_empty_database_has_no_revision(empty_ledger: Ledger) -> None:
    assert current(empty_ledger) is None


def test_an_upgrade_tells_where_it_came_from_and_to(empty_ledger: Ledger) -> None:
    assert upgrade(empty_ledger) == (None, newest())


def test_an_upgrade_is_harmless_when_repeated(empty_ledger: Ledger) -> None:
    upgrade(empty_ledger)
    assert upgrade(empty_ledger) == (newest(), newest())


def test_two_may_upgrade_at_once(empty_ledger: Ledger) -> None:
    together = Barrier(2)

    def upgrading(_: int) -> str | None:
        other = Ledger(empty_ledger.url)
        together.wait()
        after = upgrade(other)[1]
        other.close()
        return after

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(upgrading, range(2))) == [newest(), newest()]


def test_the_migrations_make_the_tables_that_the_code_means(ledger: Ledger) -> None:
    with ledger.reading() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def of_the_first_version(ledger: Ledger) -> None:
    """August is closed and published, September closed and lost."""
    upgrade(ledger, "0001")
    fact = {"stage": "claiming", "topic": "chart-coded", "part": 0, "first": 0, "body": b"fact"}
    with ledger.transaction() as tx:
        tx.execute(windows.insert(), [{"id": month, "opened": 1, "state": "closed"} for month in (AUGUST, SEPTEMBER)])
        tx.execute(facts.insert(), [{"window": month, **fact} for month in (AUGUST, SEPTEMBER)])
        told = {"window": AUGUST, "name": "services", "published": 1, "suppressed": 0, "body": b"table"}
        tx.execute(cells.insert(), [told])


def test_windows_that_were_published_are_told_from_those_that_were_lost(empty_ledger: Ledger) -> None:
    of_the_first_version(empty_ledger)
    upgrade(empty_ledger)
    with empty_ledger.reading() as tx:
        states = tx.execute(sa.select(windows.c.id, windows.c.state).order_by(windows.c.id)).all()
    assert states == [(AUGUST, "published"), (SEPTEMBER, "closed")]


def test_facts_of_what_was_published_are_gone(empty_ledger: Ledger) -> None:
    of_the_first_version(empty_ledger)
    upgrade(empty_ledger)
    with empty_ledger.reading() as tx:
        assert tx.execute(sa.select(facts.c.window)).scalars().all() == [SEPTEMBER]


def test_unique_ids_are_held_by_the_database(ledger: Ledger) -> None:
    with ledger.reading() as tx:
        unique = sa.inspect(tx).get_unique_constraints("decisions")
    assert [constraint["column_names"] for constraint in unique] == [["stage", "producer", "event_id"]]


def test_nobody_else_may_read_the_file_or_its_journal(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/deep/down/ledger.db")
    upgrade(ledger)
    modes = {file.name: oct(S_IMODE(file.stat().st_mode)) for file in (tmp_path / "deep" / "down").iterdir()}
    ledger.close()
    assert modes == {"ledger.db": "0o600", "ledger.db-wal": "0o600", "ledger.db-shm": "0o600"}
