"""A ledger that is full, takes no writes, or is an older copy: the worker ends with words, and says nothing wrong."""

import shutil
import sys
from pathlib import Path

import pytest

from streams.brokers import embedded
from tests.e2e.cramped_worker import TROUBLE
from tests.e2e.places import WORKER, Place
from tests.e2e.processes import Home
from tests.e2e.whole_way import Charts
from tests.pipeline import Pipeline, records_of

pytestmark = pytest.mark.timeout(900)

LEDGER_GONE, LEDGER_BEHIND = 12, 4


@pytest.mark.parametrize(
    ("pragma", "kind"),
    [("query_only=1", "SQLITE_READONLY"), ("max_page_count=1", "SQLITE_FULL")],
    ids=["read-only", "full"],
)
def test_a_ledger_that_takes_nothing_more_ends_the_worker_with_its_name_and_nothing_is_said(
    tmp_path: Path, charts: Charts, monkeypatch: pytest.MonkeyPatch, pragma: str, kind: str
) -> None:
    with embedded(tmp_path / "broker") as broker:
        place = Place(Home(broker.bootstrap, tmp_path), broker)
        place.publish({"riverside": charts["riverside"]})
        monkeypatch.setenv(TROUBLE, pragma)
        with place.home.running([sys.executable, "-m", "tests.e2e.cramped_worker"]) as worker:
            assert worker.wait(120) == LEDGER_GONE
        assert kind in place.home.said()
        assert records_of(place.edge.assembly, "chart-completed", "dead-letter.intake") == []


def test_an_older_ledger_that_was_restored_stops_the_worker_and_names_what_to_do(
    tmp_path: Path, charts: Charts
) -> None:
    with embedded(tmp_path / "broker") as broker:
        place = Place(Home(broker.bootstrap, tmp_path), broker)
        copy = tmp_path / "backup.db"
        for turn, hospital in enumerate(("riverside", "st-anna")):
            pipeline = Pipeline(place.settings)
            pipeline.publish("chart-completed", hospital, charts[hospital])
            pipeline.drain()
            pipeline.close()
            if turn == 0:
                shutil.copy(place.home.ledger, copy)
        place.edge.assembly.ledger.close()
        for file in tmp_path.glob("ledger.db*"):
            file.unlink()
        shutil.copy(copy, place.home.ledger)
        before = len(records_of(place.edge.assembly, "claim-built"))
        with place.home.running(WORKER) as worker:
            assert worker.wait(120) == LEDGER_BEHIND
        assert "an older ledger was restored; run `claimstream reconcile`" in place.home.said()
        assert len(records_of(place.edge.assembly, "claim-built")) == before
