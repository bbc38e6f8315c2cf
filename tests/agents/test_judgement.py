"""What a stage makes of a record besides its verdict: refusals that are told apart, headers that tell nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agents.assembly import Assembly
from agents.intake import IntakeJudgement
from agents.stage import Judgement
from agents.statistics import month_of, open_month
from claims.fhir import read_export
from ledger.upgrade import upgrade
from schemas.events import ChartCompleted, ChartReturned, Refused
from schemas.events.types import Event
from schemas.records import Decision, Record
from tests.pipeline import NOON, ROOT, settings

TOPIC = "chart-completed.st-anna"
AT_MS = int(NOON.timestamp() * 1000)


@pytest.fixture
def assembly(tmp_path: Path) -> Iterator[Assembly]:
    made = Assembly(settings("", f"sqlite:///{tmp_path}/ledger.db"))
    upgrade(made.ledger)
    with made.ledger.transaction() as tx:
        open_month(tx, month_of(NOON))
    yield made
    made.ledger.close()


@pytest.fixture
def chart(assembly: Assembly) -> ChartCompleted:
    """A visit that becomes codes without a question."""
    files = sorted((ROOT / "charts" / "st-anna").glob("*.ndjson"))
    texts = [(file.name, file.read_text(encoding="utf-8")) for file in files]
    partners = assembly.reference.partners
    read = read_export(texts, partners.hospital("st-anna"), partners.payers)
    return next(it for it in read if isinstance(it, ChartCompleted) and it.chart_id == "enc-dc9bf7a5618d")


def decide(assembly: Assembly, judged: Judgement, *events: Event) -> Sequence[Decision]:
    given: list[tuple[Record, Any]] = [
        (Record(TOPIC, 0, n, b"MRN-0042", assembly.codec.encode(event), (), AT_MS), event)
        for n, event in enumerate(events)
    ]
    return assembly.ledger.run(lambda tx: judged.decide(tx, given))


def stage(assembly: Assembly, name: str) -> Judgement:
    made = assembly.stage(name)
    assert isinstance(made, Judgement)
    return made


def intake(assembly: Assembly, limit: int) -> IntakeJudgement:
    made = stage(assembly, "intake")
    assert isinstance(made, IntakeJudgement)
    made.limits = {"chart-completed": limit}
    return made


def said(assembly: Assembly, decisions: Sequence[Decision], kind: type[Event]) -> list[Any]:
    outputs = [output for decision in decisions for output in decision.outputs]
    events = [assembly.codec.decode(o.value) for o in outputs if not o.topic.startswith("dead-letter")]
    return [event for event in events if isinstance(event, kind)]


def test_every_late_copy_is_answered_under_an_id_of_its_own(assembly: Assembly, chart: ChartCompleted) -> None:
    """Two answers with one id and other content would be a conflict for delivery."""
    newer = chart.model_copy(update={"version": 2, "event_id": "second"})
    late = [chart.model_copy(update={"event_id": name}) for name in ("first", "first-again")]
    decided = decide(assembly, stage(assembly, "validation"), newer, *late)
    answers = [each for each in said(assembly, decided, ChartReturned) if each.reason == "late-version"]
    assert len({each.event_id for each in answers}) == len(answers) == 2


def test_a_chart_that_is_too_large_to_pass_on_is_told_to_its_hospital(
    assembly: Assembly, chart: ChartCompleted
) -> None:
    decided = decide(assembly, intake(assembly, limit=1), chart)
    assert [each.code for each in said(assembly, decided, Refused)] == ["output-too-large"]


def test_a_partner_s_key_is_on_no_dead_letter_of_intake(assembly: Assembly, chart: ChartCompleted) -> None:
    (decision,) = decide(assembly, intake(assembly, limit=1), chart)
    assert [output.key for output in decision.outputs if output.topic == "dead-letter.intake"] == [None]


def test_a_chart_that_is_too_large_is_no_sign_of_bad_code(assembly: Assembly, chart: ChartCompleted) -> None:
    (decision,) = decide(assembly, intake(assembly, limit=1), chart)
    assert not decision.failed


def traceparent(decision: Decision) -> bytes:
    return dict(decision.outputs[0].headers)["traceparent"]


def test_a_uuid_is_its_events_trace(assembly: Assembly, chart: ChartCompleted) -> None:
    named = chart.model_copy(update={"event_id": "0a1b2c3d-0000-4000-8000-00000000000f"})
    (decision,) = decide(assembly, stage(assembly, "intake"), named)
    assert traceparent(decision) == b"00-0a1b2c3d00004000800000000000000f-800000000000000f-01"


@pytest.mark.parametrize("event_id", ["12345678-20260301", "123-45-6789", "4711"])
def test_an_id_that_a_partner_made_up_is_in_no_header(assembly: Assembly, chart: ChartCompleted, event_id: str) -> None:
    (decision,) = decide(assembly, stage(assembly, "intake"), chart.model_copy(update={"event_id": event_id}))
    assert event_id.replace("-", "").encode() not in traceparent(decision)
