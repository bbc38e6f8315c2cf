"""Ledgers on both databases, for one and the same suite: every test begins with an empty one.

A conftest, or a module of tests, imports the fixtures it wants.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.store import Ledger
from ledger.tables import metadata
from ledger.upgrade import upgrade


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "ledger.db"
    ledger = Ledger(f"sqlite:///{file}")
    upgrade(ledger)
    ledger.close()
    return file


@pytest.fixture(scope="session")
def migrated_database(postgres_server: sa.URL) -> Iterator[str]:
    """One database for all, for making and dropping one takes a second where emptying it takes a moment."""
    server = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS ledger_suite WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE ledger_suite"))
    url = postgres_server.set(database="ledger_suite").render_as_string(hide_password=False)
    ledger = Ledger(url)
    upgrade(ledger)
    ledger.close()
    yield url
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS ledger_suite WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def sqlite_ledger(migrated_file: Path, tmp_path: Path) -> Iterator[Ledger]:
    file = tmp_path / "ledger.db"
    shutil.copy(migrated_file, file)
    ledger = Ledger(f"sqlite:///{file}")
    yield ledger
    ledger.close()


@pytest.fixture
def postgres_ledger(migrated_database: str) -> Iterator[Ledger]:
    ledger = Ledger(migrated_database)
    with ledger.transaction() as tx:
        for table in metadata.tables.values():
            tx.execute(table.delete())
    yield ledger
    ledger.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """Each database in turn."""
    found: Ledger = request.getfixturevalue(f"{request.param}_ledger")
    return found
