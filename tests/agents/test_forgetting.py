"""Decisions are remembered for as long as their topics are kept, and two months more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.assembly import Assembly
from agents.clock import Clock
from agents.retention import Retention
from ledger import projections, statistics
from ledger.batches import BatchLedger
from ledger.upgrade import upgrade
from schemas.records import Coordinates
from tests.ledger.given_rulings import PLACE, denial, ruling
from tests.pipeline import settings

DECIDED = datetime(2026, 9, 1, tzinfo=UTC)
KEPT = timedelta(days=14 + 61)  # chart-coded and its neighbours in infra/kafka/topics.yaml
CLAIMING = BatchLedger("claiming")


@pytest.fixture
def assembly(tmp_path: Path) -> Iterator[Assembly]:
    """A ledger in which claiming decided one record, and said nothing that is still stored."""
    made = Assembly(settings("", f"sqlite:///{tmp_path}/ledger.db"))
    upgrade(made.ledger)
    with made.ledger.transaction() as tx:
        CLAIMING.open(tx, {PLACE: 0})
        CLAIMING.remember(tx, [ruling(0)._replace(at_ms=int(DECIDED.timestamp() * 1000))])
    with made.ledger.transaction() as tx:
        CLAIMING.prune(tx, {PLACE: 1})
    yield made
    made.ledger.close()


def forgotten(assembly: Assembly, now: datetime) -> int:
    return Retention(assembly, ("claiming", "validation"), Clock(now)).look()


def test_a_decision_is_remembered_two_months_longer_than_its_topic(assembly: Assembly) -> None:
    assert forgotten(assembly, DECIDED + KEPT) == 0


def test_after_that_it_is_forgotten(assembly: Assembly) -> None:
    assert forgotten(assembly, DECIDED + KEPT + timedelta(seconds=1)) == 1


def test_forgetting_again_finds_nothing(assembly: Assembly) -> None:
    later = DECIDED + KEPT + timedelta(days=1)
    forgotten(assembly, later)
    assert forgotten(assembly, later) == 0


def counted(assembly: Assembly, *, published: bool) -> None:
    """A closed window with a fact, told or still to be told."""
    with assembly.ledger.transaction() as tx:
        statistics.begin_window(tx, "2026-08", 1)
        statistics.append(tx, "2026-08", "validation", Coordinates("chart-completed", 0, 0), [b"fact"])
        statistics.close_window(tx, "2026-08")
        if published:
            statistics.publish_window(tx, "2026-08")


def test_the_facts_of_a_published_month_are_forgotten_at_the_next_look(assembly: Assembly) -> None:
    counted(assembly, published=True)
    assert Retention(assembly, ("statistics",), Clock(DECIDED)).look() == 1


def test_the_facts_of_a_month_that_is_still_to_be_published_are_kept(assembly: Assembly) -> None:
    counted(assembly, published=False)
    assert Retention(assembly, ("statistics",), Clock(DECIDED)).look() == 0


class Unconnected(Assembly):
    """No partner has a topic yet, so intake reads none."""

    def reads(self, stage: str) -> tuple[str, ...]:
        return () if stage == "intake" else super().reads(stage)


def test_a_stage_that_reads_nothing_forgets_nothing(tmp_path: Path) -> None:
    unconnected = Unconnected(settings("", f"sqlite:///{tmp_path}/ledger.db"))
    assert Retention(unconnected, ("intake",), Clock(DECIDED)).look() == 0


def test_denials_that_stand_no_more_are_forgotten_after_two_years(assembly: Assembly) -> None:
    two_years = DECIDED + timedelta(days=2 * 366)
    with assembly.ledger.transaction() as tx:
        projections.put_denials(tx, [denial("open"), denial("replaced")])
    forgotten(assembly, DECIDED + KEPT + timedelta(days=1))
    assert [forgotten(assembly, now) for now in (two_years, two_years + timedelta(days=1))] == [0, 1]
