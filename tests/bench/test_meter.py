"""The meter's sums, and what is read from them."""

from pathlib import Path

from bench.load import quantile
from bench.meter import Meter


def test_what_one_process_adds_another_reads(tmp_path: Path) -> None:
    Meter(tmp_path / "meter").add("claiming", "ledger", 0.25)
    assert Meter(tmp_path / "meter").sums().seconds["claiming"]["ledger"] == 0.25


def test_only_what_came_since_counts(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "meter")
    meter.add("intake", "step", 1.0)
    before = meter.sums()
    meter.add("intake", "step", 0.5)
    assert meter.sums().since(before).microseconds(1_000)["intake"]["step"] == 500


def test_a_batch_s_size_is_its_records(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "meter")
    meter.add("delivery", "records", 30)
    meter.add("delivery", "batches", 4)
    assert meter.sums().batch_sizes()["delivery"] == 7.5


def test_a_quantile_is_an_age_that_was_seen() -> None:
    assert quantile([0.1, 0.2, 0.3, 0.4], 0.5) == 300.0
