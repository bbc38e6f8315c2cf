"""Metrics say what is known, by our own names and partners' alone."""

from streams.lag import Row, Status, Verdict
from streams.metrics import (
    CHART_TO_TERMINAL,
    DRAIN_ETA,
    METRICS,
    OUTCOMES,
    STAGE_DURATION,
    Metrics,
    documentation,
    live_page,
    metrics_page,
    ready_page,
)

FINE = Verdict(Status.OK, "0 records behind")
LABELS = {"partner", "stage", "outcome", "code", "group", "topic", "partition", "part"}


def shown(metrics: Metrics) -> list[str]:
    return metrics_page(metrics).body.decode().splitlines()


def test_no_label_names_a_chart_a_patient_or_a_claim() -> None:
    assert {label for metric in METRICS for label in metric.labels} <= LABELS


def test_every_metric_is_ours_by_name_and_says_what_it_means() -> None:
    assert all(metric.name.startswith("claims_") and metric.meaning for metric in METRICS)


def test_an_outcome_is_counted_by_stage() -> None:
    metrics = Metrics()
    metrics.decided("validation", ["coded", "coded", "returned"])
    assert 'claims_outcomes_total{outcome="coded",stage="validation"} 2.0' in shown(metrics)


def test_a_duplicate_and_a_dead_letter_are_counted_as_such() -> None:
    metrics = Metrics()
    metrics.decided("intake", ["duplicate", "dead-letter:wrong-partner"])
    assert 'claims_duplicates_dropped_total{stage="intake"} 1.0' in shown(metrics)
    assert 'claims_dead_letters_total{code="wrong-partner",stage="intake"} 1.0' in shown(metrics)


def test_what_isnt_known_is_nan_and_not_zero() -> None:
    metrics = Metrics()
    metrics.set(DRAIN_ETA, "intake", to=None)
    metrics.lag("claiming", [Row("chart-coded", 0, None, 5)], FINE, None)
    assert 'claims_consumer_drain_eta_seconds{group="intake"} NaN' in shown(metrics)
    assert 'claims_consumer_lag_records{group="claiming",partition="0",topic="chart-coded"} NaN' in shown(metrics)


def test_a_groups_lag_is_shown_with_its_status() -> None:
    metrics = Metrics()
    metrics.lag("claiming", [Row("chart-coded", 3, 5, 12, 1)], Verdict(Status.STALL, "10 commits at offset 5"), 40.0)
    assert 'claims_consumer_lag_records{group="claiming",partition="3",topic="chart-coded"} 7.0' in shown(metrics)
    assert 'claims_consumer_status{group="claiming"} 3.0' in shown(metrics)
    assert 'claims_consumer_drain_eta_seconds{group="claiming"} 40.0' in shown(metrics)


def test_a_partition_that_is_gone_is_forgotten() -> None:
    metrics = Metrics()
    metrics.lag("claiming", [Row("gone", 0, 1, 1, 0)], FINE, 0.0)
    metrics.lag("delivery", [Row("gone", 0, 1, 1, 0)], FINE, 0.0)
    metrics.lag("claiming", [Row("chart-coded", 0, 1, 1, 0)], FINE, 0.0)
    lines = [line for line in shown(metrics) if 'topic="gone"' in line]
    assert all('group="delivery"' in line for line in lines)


def test_durations_fall_into_buckets() -> None:
    metrics = Metrics()
    metrics.observe(STAGE_DURATION, "claiming", "ledger", seconds=0.07)
    metrics.observe(CHART_TO_TERMINAL, "claimed", seconds=2.0)
    assert 'claims_stage_duration_seconds_bucket{le="0.1",part="ledger",stage="claiming"} 1.0' in shown(metrics)
    assert 'claims_chart_to_terminal_seconds_sum{outcome="claimed"} 2.0' in shown(metrics)


def test_two_workers_of_one_process_dont_meet() -> None:
    first, second = Metrics(), Metrics()
    first.count(OUTCOMES, "intake", "taken", by=5)
    assert not any('stage="intake"' in line for line in shown(second))


def test_who_answers_is_alive() -> None:
    assert live_page().status == 200


def test_who_has_all_it_needs_is_ready() -> None:
    assert ready_page({"ledger": lambda: True, "kafka": lambda: True}) == (200, "text/plain; charset=utf-8", b"ready\n")


def test_who_lacks_something_names_it() -> None:
    page = ready_page({"ledger": lambda: False, "kafka": lambda: True})
    assert (page.status, page.body) == (503, b"not ready: ledger\n")


def test_the_documentation_names_every_metric() -> None:
    assert [line.split("`")[1] for line in documentation().splitlines()[2:]] == [metric.name for metric in METRICS]
