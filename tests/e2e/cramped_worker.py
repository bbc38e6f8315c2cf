"""The real worker on a ledger that has no more room, or takes no writes, and doesn't wait for long."""

import os
from functools import cached_property

import sqlalchemy as sa
from faust import Worker

from agents.assembly import Assembly
from agents.worker import build
from console import logs
from ledger.store import Ledger
from streams.settings import Settings

TROUBLE = "CRAMPED_PRAGMA"
"""A pragma that makes SQLite read-only or full."""


class Cramped(Assembly):
    @cached_property
    def ledger(self) -> Ledger:
        made = Ledger(self.settings.ledger.get_secret_value(), patience_s=2.0)

        @sa.event.listens_for(made.engine, "connect")
        def _(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
            connection.cursor().execute(f"PRAGMA {os.environ[TROUBLE]}")

        return made


def main() -> None:
    settings = Settings()
    logs.set_up(settings.log_level)
    worker = Worker(build(settings, Cramped(settings)), override_logging=False, redirect_stdouts=False, quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()


if __name__ == "__main__":
    main()
