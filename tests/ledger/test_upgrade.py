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
from ledger.tables import metadata
from ledger.upgrade import current, newest, upgrade


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
