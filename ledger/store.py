"""One transaction at a time, and what to do when the database is busy."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError

from ledger.writes import Conflict, flush, gathering

R = TypeVar("R")


class LedgerUnreachable(Exception):
    """The database gave no transaction for as long as we may wait; the process ends and starts again elsewhere."""


class NoLedger(LedgerUnreachable):
    """The file of a SQLite ledger isn't there, and who reads doesn't make one."""


_BUSY = (Conflict, IntegrityError, InternalError, OperationalError)
_LOCK_WAIT_S = 30.0


class Ledger:
    """A ledger by its SQLAlchemy URL: `sqlite:///path` or `postgresql+psycopg://...`.

    `patience_s` bounds all attempts of one piece of work; it stays below Kafka's max.poll.interval.ms.
    """

    def __init__(self, url: str, patience_s: float = 60.0) -> None:
        self.url = url
        self.patience_s = patience_s
        lock_wait_s = min(_LOCK_WAIT_S, patience_s)
        self.engine = _sqlite(url, lock_wait_s) if url.startswith("sqlite") else _postgres(url)
        # Threads of one process queue here in turn; SQLite's own waiting starves (experiments: 1.9 s at 200 charts/s).
        self._turn = threading.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def is_there(self) -> bool:
        """Whether SQLite's file is; a server's database is asked by connecting."""
        file = _file_of(self.url)
        return file is None or file.exists()

    def make(self) -> None:
        """SQLite's file, empty, where there is none; else its first connection would say that it isn't there."""
        file = _file_of(self.url)
        if file is not None:
            _make_file(file)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A writing transaction: all reads that decide something are inside it."""
        options = {"write": True} if self.is_sqlite else gathering()
        with self._in_turn(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
            flush(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A reading transaction, for people and monitors."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def run(self, work: Callable[[Connection], R]) -> R:
        """`work` in a transaction, again while the database is busy, with growing pauses, within our patience."""
        return self._patiently(self.transaction, work)

    def read(self, work: Callable[[Connection], R]) -> R:
        """The same for what writes nothing, and keeps nobody from writing."""
        return self._patiently(self.reading, work)

    def _patiently(self, begun: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], R]) -> R:
        started = time.monotonic()
        attempt = 0
        while True:
            try:
                with begun() as connection:
                    return work(connection)
            except _BUSY as busy:
                attempt += 1
                if time.monotonic() - started > self.patience_s:
                    # Not `from busy`: PostgreSQL's words quote the row, and a traceback would print them.
                    raise LedgerUnreachable(_name(busy)) from None
                # Spread is for fairness among workers, not for secrets.
                time.sleep(random.uniform(0, min(1.0, 0.005 * 2 ** min(attempt, 8))))  # noqa: S311

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
        else:
            if not self._turn.acquire(timeout=self.patience_s):
                raise LedgerUnreachable("another thread holds it")
            try:
                yield
            finally:
                self._turn.release()


def _name(busy: Exception) -> str:
    """What the database calls its trouble: SQLITE_FULL, DiskFull; never its words, which may quote a row."""
    cause: object = busy.orig if isinstance(busy, DBAPIError) else busy
    return str(getattr(cause, "sqlite_errorname", type(cause).__name__))


def _postgres(url: str) -> Engine:
    # A transaction that waits or idles this long has lost its turn; the batch begins again.
    options = "-c lock_timeout=15000 -c idle_in_transaction_session_timeout=15000"
    # A server that fell silent is noticed before Kafka gives up on us.
    silence = {"connect_timeout": 10, "tcp_user_timeout": 20_000}
    arguments = {"options": options, "prepare_threshold": 2, **silence}
    # No ping before each use: what finds its connection broken begins again, as with any other trouble. The one used
    # last is used next: each keeps a buffer as large as the largest batch it ever sent.
    engine = sa.create_engine(url, connect_args=arguments, hide_parameters=True, pool_use_lifo=True)
    from psycopg.types.array import ListBinaryDumper  # noqa: PLC0415 only who has PostgreSQL has its driver
    from psycopg.types.numeric import Int8BinaryDumper  # noqa: PLC0415

    @sa.event.listens_for(engine, "connect")
    def _(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        # Arrays as text are quoted, escaped and parsed again: 1,000 states of 3.5 kB took 240 ms, in binary 66.
        connection.adapters.register_dumper(list, ListBinaryDumper)
        # Else a statement is prepared anew for each width of its numbers.
        connection.adapters.register_dumper(int, Int8BinaryDumper)

    @sa.event.listens_for(engine, "before_execute")
    def _(connection: Connection, *_: object) -> None:
        flush(connection)  # who reads finds what was written before

    return engine


def _sqlite(url: str, lock_wait_s: float) -> Engine:
    file = _file_of(url)
    arguments = {"timeout": 30, "check_same_thread": False}
    engine = sa.create_engine(url, connect_args=arguments, hide_parameters=True)

    @sa.event.listens_for(engine, "do_connect")
    def _(*_: object) -> None:
        if file is not None and not file.exists():  # SQLite would make an empty one, for everybody to read
            raise NoLedger(str(file))

    @sa.event.listens_for(engine, "connect")
    def _(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5", "cache_size=-16000"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        if connection.get_execution_options().get("write"):
            _begin_immediate(connection, lock_wait_s)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _file_of(url: str) -> Path | None:
    """The file of a SQLite ledger; one in memory, or on a server, has none."""
    path = sa.make_url(url).database if url.startswith("sqlite") else None
    return Path(path) if path and path != ":memory:" and not path.startswith("file:") else None


def _make_file(file: Path) -> None:
    """The file holds PHI: nobody else reads it. SQLite gives its journal the same mode."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)
    except OSError as refused:
        raise LedgerUnreachable(f"{file}: {refused.strerror}") from refused


def _begin_immediate(connection: Connection, lock_wait_s: float) -> None:
    """Takes SQLite's one write lock before the first read, so that nothing read can change under us."""
    until = time.monotonic() + lock_wait_s
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > until:
                raise
            time.sleep(random.uniform(0, 0.003))  # noqa: S311
