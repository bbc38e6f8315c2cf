"""Where a benchmark runs: an Apache Kafka and a PostgreSQL of its own, topics applied, nothing left behind."""

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import sqlalchemy as sa
from confluent_kafka.admin import AdminClient
from pydantic import SecretStr
from sqlalchemy.engine import Connection

from agents.assembly import Assembly
from agents.provision import provision
from agents.statistics import month_of, open_month
from bench.bare import PREFIX
from bench.meter import STAGES
from bench.worker import CODESETS_FILE
from ledger.batches import BatchLedger
from ledger.upgrade import upgrade
from streams import provisioning
from streams.brokers import apache
from streams.brokers.child import Child
from streams.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent

_PARTITIONS = 2  # of every topic: each stage has one worker

RECEIVED = datetime(2026, 9, 1, 12, tzinfo=UTC)
"""When every chart counts as received: fixed, so that two runs over the same charts say the same bytes."""


@dataclass(frozen=True)
class Site:
    """One broker and one database server; `settings` names the ledger that is in use."""

    home: Path
    server: sa.URL
    settings: Settings

    def with_ledger(self, name: str) -> "Site":
        """The same broker with a new, empty ledger."""
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        url = self.server.set(database=name).render_as_string(hide_password=False)
        return replace(self, settings=self.settings.model_copy(update={"ledger": SecretStr(url)}))


@contextmanager
def site(batch_records: int, linger_ms: int) -> Iterator[Site]:
    home = Path(tempfile.mkdtemp(prefix="claimstream-bench-"))
    key = home / "pseudonyms.key"
    key.write_text(secrets.token_hex(32))
    try:
        with apache(home / "kafka") as broker, _postgres(home / "postgres") as server:
            settings = Settings(
                brokers=broker.bootstrap,
                key_file=key,
                clock=RECEIVED,
                batch_records=batch_records,
                batch_linger_ms=linger_ms,
                partitions=_PARTITIONS,
            )
            yield Site(home, server, settings)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _postgres(folder: Path) -> Iterator[sa.URL]:
    """CLAIMSTREAM_TEST_POSTGRES when it is set, else one of our own by pgserver; it syncs each commit either way."""
    given = os.environ.get("CLAIMSTREAM_TEST_POSTGRES")
    if given:
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    from pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415 only this way needs it

    server = get_server(folder, cleanup_mode="stop")
    try:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()


def prepare(assembly: Assembly) -> None:
    """Topics, first positions and the window, as `claimstream topics apply` makes them."""
    upgrade(assembly.ledger)
    provision(assembly)


def prepare_bare(assembly: Assembly) -> None:
    """The bare loop's own topics, as many as it needs, and a ledger of its own that stands at their beginning."""
    upgrade(assembly.ledger)
    admin = AdminClient(assembly.settings.admin_config())
    own = [
        replace(spec, name=PREFIX + spec.name) for spec in assembly.topics if not spec.name.startswith("dead-letter")
    ]
    provisioning.apply(admin, provisioning.Plan(create=tuple(own)))
    ids = provisioning.topic_ids(admin, [spec.name for spec in own])
    stand = {(ids[spec.name], number): 0 for spec in own for number in range(spec.partitions)}
    for stage in STAGES:
        assembly.ledger.run(partial(_open, stage, stand))
    assembly.ledger.run(lambda tx: open_month(tx, month_of(RECEIVED)))


def _open(stage: str, stand: Mapping[tuple[str, int], int], tx: Connection) -> None:
    BatchLedger(stage).open(tx, stand)


@dataclass(frozen=True)
class Contender:
    """The processes of one contender."""

    children: Sequence[Child]

    def cpu_s(self) -> float:
        """Seconds of processor they have used, their own and the kernel's for them."""
        times = [psutil.Process(child.pid).cpu_times() for child in self.children]
        return sum(used.user + used.system for used in times)


@contextmanager
def running(
    where: Site, assembly: Assembly, module: str, layout: Sequence[Sequence[str]], *first: str
) -> Iterator[Contender]:
    """A contender's processes, one for each entry of `layout`; asked to end, and made to if they don't."""
    environment, command = _environment(assembly), [sys.executable, "-m", module, *first]
    children = [
        Child([*command, *stages], where.home / f"{module}-{number}.log", _ROOT, environment, patience_s=15)
        for number, stages in enumerate(layout)
    ]
    with ExitStack() as ending:
        for child in children:
            child.start()
            ending.callback(child.stop)
        for child in children:
            ending.callback(child.ask_to_stop)  # all at once, before anybody is waited for
        try:
            yield Contender(children)
        except BaseException:
            for child in children:
                print(f"--- {child.log.name}", *child.log.read_text().splitlines()[-20:], sep="\n", file=sys.stderr)
            raise


def _environment(assembly: Assembly) -> dict[str, str]:
    settings = assembly.settings
    return {
        CODESETS_FILE: str(assembly.codesets),
        "CLAIMSTREAM_BROKERS": settings.brokers,
        "CLAIMSTREAM_LEDGER": settings.ledger.get_secret_value(),
        "CLAIMSTREAM_KEY_FILE": str(settings.key_file),
        "CLAIMSTREAM_CLOCK": RECEIVED.isoformat(),
        "CLAIMSTREAM_BATCH_LINGER_MS": str(settings.batch_linger_ms),
        "CLAIMSTREAM_PARTITIONS": str(settings.partitions),
        "CLAIMSTREAM_BATCH_RECORDS": str(settings.batch_records),
    }
