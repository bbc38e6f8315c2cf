"""What tests of several rooms stand on: brokers that run for the session, and a PostgreSQL.

What this machine can't run is skipped with a reason; under CI=true Apache Kafka and PostgreSQL are required.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from confluent_kafka.admin import AdminClient
from hypothesis import settings as properties

from streams.brokers import Broker, BrokerUnavailable, apache, container, embedded
from streams.settings import Settings

REQUIRED = os.environ.get("CI") == "true"

properties.register_profile("untimed", deadline=None)  # how long an example takes depends on what else the machine does
properties.load_profile("untimed")


@contextmanager
def running(make: Callable[[Path], Broker], directory: Path, *, required: bool) -> Iterator[Broker]:
    """The broker while the session lasts; skipped where it can't run, unless it must."""
    try:
        broker = make(directory).start()
    except BrokerUnavailable as unavailable:
        if required:
            raise
        pytest.skip(str(unavailable))
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running(embedded, tmp_path_factory.mktemp("embedded"), required=True) as broker:
        yield broker


@pytest.fixture(scope="session")
def apache_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running(apache, tmp_path_factory.mktemp("apache"), required=REQUIRED) as broker:
        yield broker


@pytest.fixture(scope="session")
def container_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running(container, tmp_path_factory.mktemp("container"), required=False) as broker:
        yield broker


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "lacking(embedded=why): what the embedded broker can't do, and is seen not to do"
    )


@pytest.fixture(
    params=[
        "embedded",
        pytest.param("apache", marks=pytest.mark.apache),
        pytest.param("container", marks=pytest.mark.container),
    ]
)
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each broker we support, in turn."""
    lacking = request.node.get_closest_marker("lacking")
    if lacking is not None and request.param in lacking.kwargs:
        request.applymarker(pytest.mark.xfail(reason=lacking.kwargs[request.param], strict=False))
    found: Broker = request.getfixturevalue(f"{request.param}_broker")
    return found


@pytest.fixture
def admin(broker: Broker) -> AdminClient:
    return AdminClient({"bootstrap.servers": broker.bootstrap, "log_level": 0})


@pytest.fixture
def unique(request: pytest.FixtureRequest) -> str:
    """A name for this test's topics and groups, the same in every run."""
    return re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")


@pytest.fixture
def group(broker: Broker, unique: str) -> dict[str, Any]:
    """The consumer configuration of this test's own group."""
    return Settings(brokers=broker.bootstrap).consumer_config(unique) | {"log_level": 0}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    """A PostgreSQL: CLAIMSTREAM_TEST_POSTGRES when it is set, else one of our own by pgserver."""
    given = os.environ.get("CLAIMSTREAM_TEST_POSTGRES")
    if given:
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    try:
        from pgserver import get_server  # type: ignore[attr-defined]
    except ImportError:
        if REQUIRED:
            raise
        pytest.skip("no pgserver for this Python; set CLAIMSTREAM_TEST_POSTGRES to a PostgreSQL server's URL")
    # Not under pytest's own folder: root's server runs as another user, whom the next session of pytest would lock out.
    with TemporaryDirectory(prefix="claimstream-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="stop")
        try:
            yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: sa.URL, unique: str) -> Iterator[str]:
    """An empty database of this test's own."""
    name = f"t_{unique.replace('-', '_')}"[:60]
    engine = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        try:
            yield postgres_server.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()
