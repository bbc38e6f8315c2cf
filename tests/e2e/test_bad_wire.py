"""Bad charts on a hospital's topic, between good ones: each has the right outcome, and the good ones go on."""

from datetime import date, timedelta
from types import ModuleType

import pytest
from confluent_kafka import KafkaError

from claims.validation import validate
from schemas.events import ChartCoded, ChartReturned, Remittance
from schemas.examples import example
from streams.topics import CHART_CODED, CHART_RETURNED
from tests.e2e.scene import Scene, code_of
from tests.pipeline import NOON, Pipeline, records_of

pytestmark = pytest.mark.timeout(600)

TOPIC = "chart-completed.st-anna"
CODER = "chart-coded.st-anna"


@pytest.fixture(scope="module")
def scene(wire_pipeline: Pipeline, example_hospital: ModuleType) -> Scene:
    """Everything below is sent in one go and drained; then a coder answers what came back to him."""
    scene = Scene(wire_pipeline, example_hospital)
    scene.say("good", TOPIC, scene.visit("good"))
    _unreadable(scene)
    _contradictory(scene)
    _odd(scene)
    scene.say("good after", TOPIC, scene.visit("good-after"))
    wire_pipeline.drain()
    scene.say("coder", CODER, _coder_answer(scene, "to-code"))
    scene.say("coder, unknown chart", CODER, _coder_answer(scene, "never-sent"))
    wire_pipeline.drain()
    return scene


def _unreadable(scene: Scene) -> None:
    encoded = scene.pipeline.assembly.codec.encode(scene.visit("unreadable"))
    scene.send("null", TOPIC, None)
    scene.send("magic", TOPIC, b"\x07" + encoded[1:])
    scene.send("schema", TOPIC, b"\x00" + (999_999).to_bytes(4, "big") + encoded[5:])
    scene.send("truncated", TOPIC, encoded[: len(encoded) // 2])
    scene.send("trailing", TOPIC, encoded + b"\x00")
    scene.send("too large", TOPIC, encoded + bytes(1_200_000))
    remittance = example("remittance")
    assert isinstance(remittance, Remittance)
    scene.say("subject", TOPIC, remittance)
    visit = scene.visit("control")
    assert visit.patient.name is not None
    name = visit.patient.name.model_copy(update={"family": "Exam\x07ple"})
    scene.say("control", TOPIC, visit.model_copy(update={"patient": visit.patient.model_copy(update={"name": name})}))
    document = scene.visit("long").documents[0].model_copy(update={"text": "long " * 20_000})
    scene.say("long", TOPIC, scene.visit("long").model_copy(update={"documents": (document,)}))
    scene.say("hospital", TOPIC, scene.visit("stranger").model_copy(update={"hospital": "riverside"}))
    scene.say("producer", TOPIC, scene.visit("stranger").model_copy(update={"producer": "riverside"}))


def _contradictory(scene: Scene) -> None:
    """The same ids and versions with the same or other content."""
    once = scene.visit("once")
    scene.say("once", TOPIC, once)
    scene.say("again", TOPIC, once)
    scene.say("conflict", TOPIC, once.model_copy(update={"payments_cents": 100}))
    scene.say("second version", TOPIC, scene.visit("versions", 2))
    scene.say("late version", TOPIC, scene.visit("versions", 1))
    scene.say("same version", TOPIC, scene.visit("versions", 2).model_copy(update={"event_id": "another-id"}))


def _odd(scene: Scene) -> None:
    """Charts that can be read, and that nobody could bill."""
    chart = scene.visit("odd")
    encounter, diagnosis, later = chart.encounter, chart.statements[0], timedelta(days=400)
    assert encounter.start is not None
    assert encounter.end is not None
    future = encounter.model_copy(update={"start": encounter.start + later, "end": encounter.end + later})
    vague = diagnosis.model_copy(update={"text": "swelling", "codings": (), "rank": None})
    many = tuple(vague.model_copy(update={"id": f"dx{n}"}) for n in range(12_000))
    changes: dict[str, dict[str, object]] = {
        "future": {"encounter": future},
        "unborn": {"patient": chart.patient.model_copy(update={"birth_date": date(2027, 1, 1)})},
        "to-code": {"statements": (*chart.statements, vague.model_copy(update={"id": "dx3"}))},
        "verbose": {"statements": many},
    }
    for name, change in changes.items():
        scene.say(name, TOPIC, scene.visit(name).model_copy(update=change))


def _coder_answer(scene: Scene, chart_id: str) -> ChartCoded:
    """The chart as a coder would have it: the visit without the statement that nobody could code."""
    visit = scene.visit(chart_id).model_copy(update={"received_at": NOON})
    coded = validate(visit, scene.pipeline.assembly.reference)
    assert isinstance(coded, ChartCoded)
    said = {"event_id": f"coded-{chart_id}", "producer": "st-anna", "coder": "1999001112", "coding_revision": 1}
    return coded.model_copy(update={**said, "received_at": None})


def returned(scene: Scene, chart_id: str) -> list[ChartReturned]:
    return [chart for chart in scene.read(f"{CHART_RETURNED}.st-anna") if chart.chart_id == chart_id]


UNREADABLE = [
    ("null", "null-value", None),
    ("magic", "wrong-magic", None),
    ("schema", "unknown-schema", None),
    ("truncated", "truncated", None),
    ("trailing", "trailing-bytes", None),
    ("subject", "unexpected-subject", None),
    ("control", "invalid-field", "patient.name.family"),
    ("long", "invalid-field", "documents.0.text"),
    ("hospital", "partner-mismatch", "hospital"),
    ("producer", "partner-mismatch", "producer"),
    ("conflict", "conflict", None),
]


@pytest.mark.parametrize(("name", "code", "_field"), UNREADABLE, ids=[name for name, *_ in UNREADABLE])
def test_what_cannot_be_taken_is_a_dead_letter_with_its_reason(
    scene: Scene, name: str, code: str, _field: str | None
) -> None:
    record = scene.dead[scene.sent[name]]
    assert (record.topic, code_of(record)) == ("dead-letter.intake", code)


@pytest.mark.parametrize(("name", "code", "field"), UNREADABLE, ids=[name for name, *_ in UNREADABLE])
def test_the_hospital_is_told_which_record_why_and_how_to_mend_it(
    scene: Scene, name: str, code: str, field: str | None
) -> None:
    said = scene.refusal(name)
    assert (said.partner, said.offset, said.code, said.field) == ("st-anna", scene.sent[name].offset, code, field)
    assert said.mend


@pytest.mark.parametrize("name", [name for name, *_ in UNREADABLE])
def test_a_dead_letter_is_the_record_untouched_but_for_a_key_that_is_not_ours(scene: Scene, name: str) -> None:
    record = scene.dead[scene.sent[name]]
    assert (record.key, record.value or b"") == (None, scene.values[name] or b"")


def test_nothing_but_what_is_bad_becomes_a_dead_letter(scene: Scene) -> None:
    assert {place for place in scene.dead if place.topic == TOPIC} == {scene.sent[name] for name, *_ in UNREADABLE}


@pytest.mark.parametrize("chart_id", ["good", "good-after", "once"])
def test_the_good_charts_of_the_batch_are_claimed(scene: Scene, chart_id: str) -> None:
    assert {claim.kind for claim in scene.claims(chart_id)} == {"institutional", "professional"}


def test_a_record_over_the_size_limit_is_refused_by_the_broker_to_whoever_sends_it(scene: Scene) -> None:
    assert scene.errors["too large"].code() == KafkaError.MSG_SIZE_TOO_LARGE


def test_an_output_that_its_topic_would_refuse_is_a_dead_letter_of_its_stage(scene: Scene) -> None:
    """12,000 statements that nobody can code are a chart of 0.9 MB and a worklist of more than 2 MB."""
    (record,) = records_of(scene.pipeline.assembly, "dead-letter.validation")
    assert code_of(record) == "output-too-large"


def test_the_same_event_again_is_counted_and_has_no_second_outcome(scene: Scene) -> None:
    assert len(scene.claims("once")) == 2
    assert scene.sent["again"] not in scene.dead


def test_a_late_version_is_answered_so(scene: Scene) -> None:
    (back,) = returned(scene, "versions")
    assert (back.reason, back.version) == ("late-version", 1)


def test_a_late_version_changes_nothing_of_what_stands(scene: Scene) -> None:
    assert {(c.charts[0].version, c.frequency, c.submission) for c in scene.claims("versions")} == {(2, "1", 1)}


def test_the_same_version_under_another_id_is_a_conflict_that_the_hospital_is_told_of(scene: Scene) -> None:
    (said,) = [said for each in scene.told.values() for said in each if said.refused_event_id == "another-id"]
    assert (said.code, said.field) == ("version-conflict", "version")


def test_a_date_in_the_future_goes_back_with_its_field(scene: Scene) -> None:
    (back,) = returned(scene, "future")
    assert ("D2", "encounter.end") in {(finding.rule, finding.field) for finding in back.findings}


def test_treatment_before_birth_goes_back_with_its_field(scene: Scene) -> None:
    (back,) = returned(scene, "unborn")
    assert ("I8", "patient.birth_date") in {(finding.rule, finding.field) for finding in back.findings}


def test_what_no_phrase_of_the_code_set_says_goes_to_a_coder(scene: Scene) -> None:
    (back,) = returned(scene, "to-code")
    assert back.reason == "uncodable"


def test_the_coders_answer_is_taken_and_claimed(scene: Scene) -> None:
    assert {claim.kind for claim in scene.claims("to-code")} == {"institutional", "professional"}


def test_the_coders_word_is_on_the_coded_chart(scene: Scene) -> None:
    (coded,) = [chart for chart in scene.read(CHART_CODED) if chart.chart_id == "to-code"]
    assert (coded.coder, coded.coding_revision) == ("1999001112", 1)


def test_a_coders_answer_to_a_chart_that_nobody_sent_is_refused(scene: Scene) -> None:
    (said,) = [said for each in scene.told.values() for said in each if said.refused_event_id == "coded-never-sent"]
    assert said.code == "version-conflict"


def test_no_refusal_repeats_what_was_sent(scene: Scene) -> None:
    told = [said.model_dump_json() for each in scene.told.values() for said in each]
    assert [words for words in told if "Paula" in words or "Example" in words or "MRN-" in words] == []
