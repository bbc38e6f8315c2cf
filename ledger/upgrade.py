"""Brings a ledger's schema to this version's."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ledger.store import Ledger


def upgrade(ledger: Ledger, to: str = "head") -> tuple[str | None, str | None]:
    """Applies what is missing; the revision before and after. Harmless when repeated, or run by several at once."""
    config = _config()
    ledger.make()
    with ledger.transaction() as connection:
        if not ledger.is_sqlite:
            # One at a time: the number is this project's own, any constant would do.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(837835277)")
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    return before, newest()


def current(ledger: Ledger) -> str | None:
    """The revision it has; none where it is empty or isn't there."""
    if not ledger.is_there:
        return None
    with ledger.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
