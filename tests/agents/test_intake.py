"""What intake refuses, for whatever reason, its partner is told, and nothing of his key goes on."""

import pytest

from schemas.events import ChartCompleted, Refused
from schemas.events.chart import Coding, Document
from schemas.examples import example
from schemas.records import Output
from streams.topics import REFUSED
from tests.agents.without_kafka import Given, Stages

HOSPITAL = "mercy-general"
TOPIC = f"chart-completed.{HOSPITAL}"
DEAD = "dead-letter.intake"
THEIR_KEY = b"MRN-0042"


def with_documents(stages: Stages, documents: int) -> Given:
    """A chart whose documents are 19,800 bytes each; compressed it would be a hundredth of that."""
    chart = example("chart-completed")
    assert isinstance(chart, ChartCompleted)
    kind = Coding(system="s", code="c")
    attached = tuple(Document(id=f"d{n}", kind=kind, text="x " * 9_900) for n in range(documents))
    said = {"producer": HOSPITAL, "hospital": HOSPITAL, "documents": attached}
    return Given(TOPIC, stages.assembly.codec.encode(chart.model_copy(update=said)), THEIR_KEY)


def said_to(outputs: list[Output], topic: str) -> Output:
    (output,) = [each for each in outputs if each.topic == topic]
    return output


def told(stages: Stages, outputs: list[Output]) -> Refused:
    (refused,) = stages.read(outputs, REFUSED)
    assert isinstance(refused, Refused)
    return refused


@pytest.fixture
def too_large(stages: Stages) -> list[Output]:
    """What is said of a chart of 4.5 MB."""
    return stages.feed("intake", with_documents(stages, 230))[0]


def test_no_dead_letter_is_larger_than_its_topic_takes(stages: Stages, too_large: list[Output]) -> None:
    assert len(said_to(too_large, DEAD).value) < stages.assembly.limits[DEAD]


def test_a_partner_is_told_that_his_record_is_too_large_to_keep(stages: Stages, too_large: list[Output]) -> None:
    assert told(stages, too_large).code == "too-large-to-keep"
