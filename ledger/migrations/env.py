"""Run by alembic: migrates over the connection that ledger.upgrade hands in."""

from alembic import context

from ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
