"""What the validation stage remembers of a chart, so that a coder's answer can't change it."""

from typing import Any

import pytest

from agents.pseudonyms import Pseudonyms
from agents.stage import States, Verdict, World
from agents.validation import Validation
from claims.tables import Reference
from ledger.states import STATES
from schemas.events.chart import ChartCompleted, Part2Consent
from schemas.events.coded import ChartCoded
from schemas.records import Record

RECORD = Record("chart-completed", 0, 0, None, b"", (), 0)


@pytest.fixture
def stage(reference: Reference) -> Validation:
    return Validation(reference, Pseudonyms(b"secret"), States(*STATES))


@pytest.fixture
def treated(chart: ChartCompleted) -> ChartCompleted:
    return chart.model_copy(update={"part2": Part2Consent(applies=True)})


def remembering(stage: Validation, chart: ChartCompleted) -> World:
    return _after(World(window="2026-03"), stage.step(World(window="2026-03"), chart, RECORD))


def _after(world: World, verdict: Verdict) -> World:
    world.take(verdict)
    return world


def answered(coded: ChartCoded, **changed: Any) -> ChartCoded:
    return coded.model_copy(update={"event_id": "from-the-coder", "coding_revision": 1, **changed})


def test_an_answer_that_drops_the_part_2_mark_goes_back(
    stage: Validation, treated: ChartCompleted, coded: ChartCoded
) -> None:
    verdict = stage.step(remembering(stage, treated), answered(coded, part2=None), RECORD)
    assert (verdict.outcome, verdict.charts[0]["why"]) == ("rejected-by-edits", "A2")


def test_an_answer_that_went_back_is_no_fact_of_any_window(
    stage: Validation, treated: ChartCompleted, coded: ChartCoded
) -> None:
    verdict = stage.step(remembering(stage, treated), answered(coded, part2=None), RECORD)
    assert (verdict.facts, verdict.stats[0].diagnosis_groups) == ((), ())


def test_a_second_answer_is_held_to_the_chart_and_not_to_the_first(
    stage: Validation, treated: ChartCompleted, coded: ChartCoded
) -> None:
    world = remembering(stage, treated)
    _after(world, stage.step(world, answered(coded, part2=None), RECORD))
    again = answered(coded, part2=None, coding_revision=2, event_id="again")
    assert stage.step(world, again, RECORD).outcome == "rejected-by-edits"


def test_an_answer_that_keeps_the_mark_is_taken(stage: Validation, treated: ChartCompleted, coded: ChartCoded) -> None:
    kept = answered(coded, part2=treated.part2)
    assert stage.step(remembering(stage, treated), kept, RECORD).outcome == "coded"
