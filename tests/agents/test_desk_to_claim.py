"""A chart made by hand goes back, is answered at the desk, comes in as a record of its hospital, and becomes claims."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.desk import Desk
from schemas.events import ChartReturned, ClaimBuilt
from schemas.records import Output
from streams.topics import CHART_CODED, CHART_COMPLETED, CHART_RETURNED, CLAIM_BUILT, CODER_ANSWERS
from tests.agents.given_desk import WRIST, coded
from tests.agents.given_returned import PHRASE, sent
from tests.agents.without_kafka import Given, Stages, passed_on
from tests.pipeline import NOON

HOSPITAL, CHART = PHRASE


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Stages]:
    """They receive everything after the chart's last day."""
    made = Stages(tmp_path, NOON)
    yield made
    made.close()


@pytest.fixture
def item(stages: Stages) -> str:
    """What the hospital was told has to be coded."""
    chart = sent(PHRASE, received_at=None)
    taken, _ = stages.feed("intake", Given(f"{CHART_COMPLETED}.{HOSPITAL}", stages.assembly.codec.encode(chart)))
    said, _ = stages.feed("validation", *passed_on(taken, CHART_COMPLETED))
    (returned,) = stages.read(said, CHART_RETURNED)
    assert isinstance(returned, ChartReturned)
    (asked,) = returned.worklist
    assert asked.id is not None
    return asked.id


def answered(stages: Stages) -> list[Given]:
    """What the desk sends to the hospital's own topic."""
    ready = Desk(stages.assembly).ready()
    return [Given(f"{CHART_CODED}.{each.hospital}", each.value, each.chart_id.encode()) for each in ready]


def through(stages: Stages, *records: Given) -> list[Output]:
    taken, _ = stages.feed("intake", *records)
    coded_, _ = stages.feed("validation", *passed_on(taken, CODER_ANSWERS))
    return stages.feed("claiming", *passed_on(coded_, CHART_CODED))[0] if passed_on(coded_, CHART_CODED) else []


def test_it_becomes_claims_with_the_coder_s_code(stages: Stages, item: str) -> None:
    Desk(stages.assembly).answer(item, "c-anna", coded(WRIST))
    claims = stages.read(through(stages, *answered(stages)), CLAIM_BUILT)
    found = [{each.code for each in claim.diagnoses} for claim in claims if isinstance(claim, ClaimBuilt)]
    assert found
    assert all(WRIST in codes for codes in found)


def test_what_is_sent_twice_is_taken_once(stages: Stages, item: str) -> None:
    Desk(stages.assembly).answer(item, "c-anna", coded(WRIST))
    records = answered(stages)
    first = stages.read(through(stages, *records), CLAIM_BUILT)
    assert first
    assert through(stages, *records) == []
