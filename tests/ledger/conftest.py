"""Every test of this room runs on SQLite and on PostgreSQL."""

from tests.given_ledgers import ledger, migrated_database, migrated_file, postgres_ledger, sqlite_ledger

__all__ = ["ledger", "migrated_database", "migrated_file", "postgres_ledger", "sqlite_ledger"]
