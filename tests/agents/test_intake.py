"""What intake refuses, for whatever reason, its partner is told, and nothing of his key goes on."""

import pytest

from agents.intake import Intake, IntakeJudgement, Received
from agents.stage import Verdict, World
from schemas.events import ChartCompleted, Refused
from schemas.events.chart import Coding, Document
from schemas.examples import example
from schemas.records import Decision, Output, Record
from streams.topics import REFUSED
from tests.agents.without_kafka import RECEIVED_MS, Given, Stages

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


@pytest.fixture
def too_much(stages: Stages) -> list[Output]:
    """What is said of a chart of 2.4 MB: it can be kept, and not be passed on."""
    return stages.feed("intake", with_documents(stages, 120))[0]


def test_a_partner_is_told_of_what_cannot_be_passed_on(stages: Stages, too_much: list[Output]) -> None:
    assert told(stages, too_much).code == "output-too-large"


def test_a_key_that_is_not_ours_is_on_no_dead_letter(too_much: list[Output]) -> None:
    assert said_to(too_much, DEAD).key is None


def test_what_cannot_be_passed_on_is_no_fault_of_ours(stages: Stages) -> None:
    """Twenty failures would stop intake for everybody."""
    _, rulings = stages.feed("intake", with_documents(stages, 120))
    assert [ruling.decision.failed for ruling in rulings] == [False]


class Broken(Intake):
    """Fails at every event."""

    def step(self, _world: World, _event: Received, _record: Record) -> Verdict:
        raise KeyError("a fault of ours")


@pytest.fixture
def broken(stages: Stages) -> Decision:
    """What a fault of ours leads to."""
    given = stages.assembly
    broken = Broken(given.reads("intake"), given.pseudonyms, given.clock.received)
    judgement = IntakeJudgement(broken, given.codec, given.states, given.limits, strict=given.strict)
    chart = with_documents(stages, 1)
    record = Record(TOPIC, 0, 0, THEIR_KEY, chart.value, (), RECEIVED_MS)
    with given.ledger.transaction() as tx:
        (decision,) = judgement.decide(tx, [(record, judgement.read(record).event)])
    return decision


def test_a_fault_of_ours_counts_for_the_breaker(broken: Decision) -> None:
    assert broken.failed


def test_a_fault_of_ours_names_its_kind_and_nobody_s_key(broken: Decision) -> None:
    dead = said_to(list(broken.outputs), DEAD)
    assert (dead.key, dict(dead.headers)["exception"]) == (None, b"KeyError")


def test_a_partner_is_told_that_the_fault_is_ours(stages: Stages, broken: Decision) -> None:
    assert told(stages, list(broken.outputs)).code == "step-failed"
