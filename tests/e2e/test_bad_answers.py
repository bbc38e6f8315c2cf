"""Bad answers on payers' topics, between good ones: each is refused with its reason, and the good ones are settled."""

from collections.abc import Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from schemas.events import ClaimAcknowledged, ClaimAdjudicated, ClaimBuilt, Remittance
from schemas.events.payer import AnsweredLine
from streams.topics import CLAIM_ADJUDICATED, outer
from tests.e2e.scene import Scene
from tests.pipeline import NOON, Pipeline

pytestmark = pytest.mark.timeout(600)

ANSWERS = "claim-adjudicated.commercial"
PAYMENTS = "remittance.commercial"
RECEIPTS = "claim-acknowledged.commercial"


@pytest.fixture(scope="module")
def scene(wire_pipeline: Pipeline, example_hospital: ModuleType, example_payer: ModuleType) -> Scene:
    """Two visits are claimed. One is answered well, among bad answers; the other's payment never balances."""
    scene = Scene(wire_pipeline, example_hospital)
    for chart_id in ("answered", "unbalanced"):
        scene.say(chart_id, "chart-completed.st-anna", scene.visit(chart_id))
    wire_pipeline.drain()
    claims, others = scene.claims("answered"), scene.claims("unbalanced")
    _bad(scene, answers(example_payer, claims, "BAD"))
    _settle(scene, "GOOD", answers(example_payer, claims, "GOOD"))
    wire_pipeline.drain()
    _afterwards(scene, answers(example_payer, claims, "GOOD"))
    _never_balanced(scene, answers(example_payer, others, "NEVER"))
    wire_pipeline.drain()
    wire_pipeline.tick(NOON + timedelta(days=8))
    wire_pipeline.drain()
    return scene


def answers(payer: ModuleType, claims: Sequence[ClaimBuilt], trace: str) -> list[ClaimAdjudicated]:
    """Balanced answers of one remittance, decided by the example payer's fee schedule."""
    fees: Any = payer
    wire = fees.Wire()
    found = []
    for position, claim in enumerate(claims, start=1):
        (_, answer), *_ = fees.answers(claim.model_dump(), {}) or pytest.fail("a fate without an answer")
        said = {**answer, "trace_number": trace, "position": position, "event_id": f"{trace}-{position}"}
        found.append(ClaimAdjudicated.model_validate(wire.read(wire.write("claim-adjudicated", said))))
    return found


def payment(trace: str, answered: Sequence[ClaimAdjudicated], more: int = 0) -> Remittance:
    """The payment of these answers; `more` cents than they add up to, if asked for."""
    paid = sum(answer.paid_cents for answer in answered) + more
    return Remittance(
        event_id=trace,
        occurred_at=NOON,
        producer="commercial",
        payer="commercial",
        trace_number=trace,
        method="ACH",
        date=NOON.date(),
        payment_cents=paid,
        claims_count=len(answered),
        claims_paid_cents=paid,
    )


def _bad(scene: Scene, answered: Sequence[ClaimAdjudicated]) -> None:
    answer = answered[0]
    line, *rest = answer.lines
    scene.say("line", ANSWERS, _like(answer, "line", lines=(_skewed(line), *rest)))
    twice = _like(answer, "two lines", lines=tuple(_skewed(each) for each in answer.lines))
    assert len(twice.lines) > 1
    scene.say("two lines", ANSWERS, twice)
    scene.say("claim", ANSWERS, _like(answer, "claim", paid_cents=answer.paid_cents + 1))
    theirs = _like(answer, "another's", payer="medicare", producer="medicare")
    scene.say("another's", "claim-adjudicated.medicare", theirs)
    scene.say("unknown", ANSWERS, _like(answer, "unknown", control_number="NOSUCHCLAIM"))
    scene.say("pretended", ANSWERS, _like(answer, "pretended", payer="medicare"))
    receipt = ClaimAcknowledged(
        event_id="receipt", occurred_at=NOON, producer="commercial", payer="commercial",
        control_number="NOSUCHCLAIM", accepted=True,
    )  # fmt: skip
    scene.say("receipt", RECEIPTS, receipt)


def _settle(scene: Scene, trace: str, answered: Sequence[ClaimAdjudicated]) -> None:
    """A whole remittance, of which one answer comes twice, word for word."""
    for answer in (*answered, answered[0]):
        scene.say(answer.event_id, ANSWERS, answer)
    scene.say(trace, PAYMENTS, payment(trace, answered))


def _afterwards(scene: Scene, answered: Sequence[ClaimAdjudicated]) -> None:
    """What comes for a remittance that is settled."""
    scene.say("trace again", PAYMENTS, payment("GOOD", answered).model_copy(update={"event_id": "trace-again"}))
    scene.say("closed", ANSWERS, _like(answered[0], "closed", position=9))


def _never_balanced(scene: Scene, answered: Sequence[ClaimAdjudicated]) -> None:
    for answer in answered:
        scene.say(answer.event_id, ANSWERS, answer)
    scene.say("position", ANSWERS, _like(answered[0], "position"))
    scene.say("remittance", PAYMENTS, payment("NEVER", answered, more=1))
    scene.say("missing", PAYMENTS, payment("MISSING", answered))  # whose answers never come


def _skewed(line: AnsweredLine) -> AnsweredLine:
    return line.model_copy(update={"paid_cents": line.paid_cents + 1})


def _like(answer: ClaimAdjudicated, event_id: str, **other: Any) -> ClaimAdjudicated:
    return answer.model_copy(update={"event_id": event_id, **other})


def settled(scene: Scene, trace: str) -> list[ClaimAdjudicated]:
    return [answer for answer in scene.read(CLAIM_ADJUDICATED) if answer.trace_number == trace]


def told(scene: Scene, payer: str, event_id: str) -> set[tuple[str, str | None]]:
    """Code and field of what this payer was told about the event of that id."""
    said = scene.read(outer("refused", payer))
    assert all(each.mend for each in said)
    return {(each.code, each.field) for each in said if each.refused_event_id == event_id}


@pytest.mark.parametrize(
    ("event_id", "expected"),
    [
        ("line", ("line-unbalanced", "lines[0].paid_cents")),
        ("claim", ("claim-unbalanced", "paid_cents")),
        ("unknown", ("unknown-claim", "control_number")),
        ("receipt", ("unknown-claim", "control_number")),
        ("pretended", ("partner-mismatch", "payer")),
        ("trace-again", ("trace-repeated", "trace_number")),
        ("position", ("position-repeated", "position")),
        ("closed", ("remittance-closed", "trace_number")),
    ],
)
def test_an_answer_that_cannot_be_posted_is_refused_with_its_field(
    scene: Scene, event_id: str, expected: tuple[str, str]
) -> None:
    assert expected in told(scene, "commercial", event_id)


def test_every_line_that_is_wrong_is_told(scene: Scene) -> None:
    fields = {field for code, field in told(scene, "commercial", "two lines") if code == "line-unbalanced"}
    assert {"lines[0].paid_cents", "lines[1].paid_cents"} <= fields


def test_a_payer_that_answers_anothers_claim_is_told_so(scene: Scene) -> None:
    assert told(scene, "medicare", "another's") == {("wrong-payer", "control_number")}


def test_nobody_else_is_told_of_anothers_answer(scene: Scene) -> None:
    assert told(scene, "commercial", "another's") == set()


def test_the_good_answers_of_the_batch_are_settled_together(scene: Scene) -> None:
    assert {answer.control_number for answer in settled(scene, "GOOD")} == {
        claim.control_number for claim in scene.claims("answered")
    }


def test_an_answer_that_came_twice_is_applied_once(scene: Scene) -> None:
    assert sorted(answer.answers or 0 for answer in settled(scene, "GOOD")) == [1, 1]


def test_the_balance_after_the_answer_is_what_was_charged(scene: Scene) -> None:
    charged = {claim.control_number: claim.total_charge_cents for claim in scene.claims("answered")}
    assert {a.control_number: a.balance_charge_cents for a in settled(scene, "GOOD")} == charged


def test_of_a_remittance_that_does_not_balance_nothing_is_posted(scene: Scene) -> None:
    assert settled(scene, "NEVER") == []


def test_a_remittance_that_does_not_balance_is_told_with_its_field(scene: Scene) -> None:
    """Whichever of its records came last is the one that is named."""
    (said,) = [each for each in scene.read("refused.commercial") if each.code == "remittance-sum"]
    assert said.field == "claims_paid_cents"


def test_a_remittance_whose_answers_never_come_is_told_when_patience_ends(scene: Scene) -> None:
    """And one of which but an answer to nobody's claim came."""
    said = [each for each in scene.read("refused.commercial") if each.code == "remittance-incomplete"]
    assert [each.field for each in said] == ["claims_count"] * 2


def test_bad_answers_are_no_dead_letters_but_for_the_one_that_names_another_payer(scene: Scene) -> None:
    mine = [name for name, place in scene.sent.items() if place in scene.dead]
    assert mine == ["pretended"]
