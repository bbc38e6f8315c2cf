"""The same charts on every broker, ledger and batch size: the same claims, bills, returned charts and statistics.

    python -m pytest tests/e2e/test_comparison.py -s

prints how many of each were compared. Identical means: the same events, equal byte for byte as canonical JSON.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

import pytest

from streams.brokers import Broker, BrokerUnavailable, apache, embedded
from streams.topics import CHART_RETURNED, CLAIM_BUILT, CLAIM_STATS_PUBLISHED, PATIENT_BILL
from tests.conftest import REQUIRED
from tests.e2e.whole_way import Charts, Said, differences, figures, go
from tests.pipeline import Pipeline, settings

pytestmark = pytest.mark.timeout(1200)

Run = Callable[..., Said]


@contextmanager
def pipeline(make: Callable[[Path], Broker], home: Path, ledger: str | None, batch: int) -> Iterator[Pipeline]:
    """On a broker of its own, for stages' groups bear the same names everywhere."""
    try:
        broker = make(home / "broker").start()
    except BrokerUnavailable as unavailable:
        if REQUIRED:
            raise
        pytest.skip(str(unavailable))
    try:
        made = Pipeline(settings(broker.bootstrap, ledger or f"sqlite:///{home}/ledger.db", batch))
        yield made
        made.close()
    finally:
        broker.stop()


@pytest.fixture(scope="module")
def reference(charts: Charts, example_payer: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """All example charts on the embedded broker and SQLite, in batches of 500."""
    with pipeline(embedded, tmp_path_factory.mktemp("reference"), None, 500) as running:
        return go(running, example_payer, charts)


@pytest.fixture(scope="module")
def quarter(charts: Charts) -> Charts:
    """All charts of every fourth account or so: small batches cost a transaction each."""
    return {
        hospital: [chart for chart in theirs if crc32(chart.account_number.encode()) % 4 == 0]
        for hospital, theirs in charts.items()
    }


@pytest.fixture(scope="module")
def small_reference(quarter: Charts, example_payer: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Said:
    with pipeline(embedded, tmp_path_factory.mktemp("small-reference"), None, 500) as running:
        return go(running, example_payer, quarter)


def compared(what: str, one: Said, other: Said) -> list[str]:
    print(f"\n{what}: compared {figures(other)}")
    return differences(one, other)


def test_every_kind_of_outcome_is_compared(reference: Said) -> None:
    assert all(reference[topic] for topic in (CLAIM_BUILT, PATIENT_BILL, CHART_RETURNED, CLAIM_STATS_PUBLISHED))


@pytest.mark.parametrize("batch", [1, 7])
def test_the_size_of_batches_makes_no_difference(
    batch: int, small_reference: Said, quarter: Charts, example_payer: ModuleType, tmp_path: Path
) -> None:
    with pipeline(embedded, tmp_path, None, batch) as running:
        found = go(running, example_payer, quarter)
    assert compared(f"batches of {batch} and of 500", small_reference, found) == []


@pytest.mark.postgres
def test_postgresql_says_what_sqlite_says(
    reference: Said, charts: Charts, example_payer: ModuleType, tmp_path: Path, postgres_url: str
) -> None:
    with pipeline(embedded, tmp_path, postgres_url, 500) as running:
        found = go(running, example_payer, charts)
    assert compared("PostgreSQL and SQLite", reference, found) == []


@pytest.mark.apache
def test_apache_kafka_says_what_the_embedded_broker_says(
    reference: Said, charts: Charts, example_payer: ModuleType, tmp_path: Path
) -> None:
    with pipeline(apache, tmp_path, None, 500) as running:
        found = go(running, example_payer, charts)
    assert compared("Apache Kafka and the embedded broker", reference, found) == []


@pytest.mark.apache
@pytest.mark.postgres
def test_apache_kafka_with_postgresql_in_batches_of_7_says_the_same(
    reference: Said, charts: Charts, example_payer: ModuleType, tmp_path: Path, postgres_url: str
) -> None:
    with pipeline(apache, tmp_path, postgres_url, 7) as running:
        found = go(running, example_payer, charts)
    assert compared("Apache Kafka, PostgreSQL, batches of 7", reference, found) == []


def test_answers_that_race_lead_to_the_same_claims_last_bills_and_statistics(
    small_reference: Said, quarter: Charts, example_payer: ModuleType, tmp_path: Path
) -> None:
    """Sums don't know the order of what they add: only how many bills came before the last one may differ."""
    with pipeline(embedded, tmp_path, None, 7) as running:
        found = go(running, example_payer, quarter, at_once=True)
    assert _whatever_the_order(found) == _whatever_the_order(small_reference)


def _whatever_the_order(said: Said) -> dict[str, Any]:
    bills: dict[str, Any] = {}
    for bill in sorted((json.loads(text) for _, text in said[PATIENT_BILL]), key=lambda bill: bill["revision"]):
        # Which answer came last, and how many bills went before, is the order itself.
        history = {"event_id", "causation_id", "occurred_at", "revision"}
        bills[bill["bill_id"]] = {name: value for name, value in bill.items() if name not in history}
    return {**{topic: said[topic] for topic in (CLAIM_BUILT, CHART_RETURNED, CLAIM_STATS_PUBLISHED)}, "bills": bills}
