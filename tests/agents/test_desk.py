"""The coder's desk: one coder an item, and a chart goes on when its last item is answered."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from agents.desk import NotDone
from schemas.events import ChartCoded
from schemas.events.coded import CodedDiagnosis
from tests.agents.given_desk import WRIST, chart_in, coded, desk, items, priced
from tests.agents.given_returned import PHRASE, by_coder, clear, sent, signed, unpriced, unsigned_and_unclear
from tests.agents.given_stages import Stages, outcomes
from tests.pipeline import NOON

ANNA, BEN = "c-anna", "c-ben"


@pytest.fixture
def item(given: Stages) -> str:
    """The one item of a chart that went back."""
    given.decide("validation", sent(PHRASE))
    (name,) = items(given)
    return name


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(NotDone) as why:
        work()
    return str(why.value)


def broken() -> CodedDiagnosis:
    return CodedDiagnosis(code=WRIST, role="principal", rank=1, statement="hr-c03", path="coder", release="2026")


def accepted(given: Stages) -> tuple[list[str], ChartCoded]:
    """How validation rules what the desk has ready, as intake passes it on."""
    (ready,) = desk(given).ready()
    chart = chart_in(given, ready)
    return outcomes(given.decide("validation", chart.model_copy(update={"received_at": NOON}))), chart


def test_an_item_that_is_taken_is_one_coder_s(given: Stages, item: str) -> None:
    desk(given).take(item, ANNA)
    assert f"{ANNA} has taken it" in refused(lambda: desk(given).take(item, BEN))


def test_to_take_it_again_changes_nothing(given: Stages, item: str) -> None:
    assert desk(given).take(item, ANNA) == desk(given).take(item, ANNA)


def test_nobody_answers_what_another_has_taken(given: Stages, item: str) -> None:
    desk(given).take(item, ANNA)
    assert f"{ANNA} has taken it" in refused(lambda: desk(given).answer(item, BEN, coded(WRIST)))


def test_a_released_item_is_anybody_s(given: Stages, item: str) -> None:
    desk(given).take(item, ANNA)
    desk(given).release(item, ANNA)
    assert desk(given).take(item, BEN)["coder"] == BEN


def test_nobody_releases_what_is_not_his(given: Stages, item: str) -> None:
    desk(given).take(item, ANNA)
    assert "not c-ben's" in refused(lambda: desk(given).release(item, BEN))


def test_a_few_characters_of_an_id_are_enough(given: Stages, item: str) -> None:
    assert desk(given).take(item[:8], ANNA)["id"] == item


def test_an_id_that_no_item_has_is_told(given: Stages) -> None:
    assert refused(lambda: desk(given).take("zzz", ANNA)) == "no item begins with zzz"


@pytest.mark.parametrize(
    ("reason", "codes", "said"),
    [
        ("it never existed", ("S62.999Q",), "no ICD-10-CM code"),
        ("it is a category", ("S62",), "not complete"),
        ("there is none", (), "name a code"),
    ],
)
def test_a_code_that_cannot_be_billed_is_no_answer(
    given: Stages, item: str, reason: str, codes: tuple[str, ...], said: str
) -> None:
    assert said in refused(lambda: desk(given).answer(item, ANNA, coded(*codes))), reason


def test_what_is_no_answer_leaves_the_item_open(given: Stages, item: str) -> None:
    refused(lambda: desk(given).answer(item, ANNA, coded("S62")))
    assert items(given) == [item]


def test_the_last_answer_completes_the_chart(given: Stages, item: str) -> None:
    progress = desk(given).answer(item, ANNA, coded(WRIST))
    assert (progress.complete, progress.left, items(given)) == (True, 0, [])


def test_the_completed_chart_is_the_coder_s_next_revision(given: Stages, item: str) -> None:
    desk(given).answer(item, ANNA, coded(WRIST))
    ruled, chart = accepted(given)
    assert (ruled, chart.coder, chart.coding_revision, chart.producer) == (["coded"], ANNA, 1, "riverside")
    assert next((each.code, each.path, each.role) for each in chart.diagnoses) == (WRIST, "coder", "principal")


def test_a_completed_chart_is_made_once_and_has_the_same_bytes(given: Stages, item: str) -> None:
    desk(given).answer(item, ANNA, coded(WRIST))
    assert desk(given).ready() == desk(given).ready()


def test_what_was_sent_is_not_ready_again_unless_asked(given: Stages, item: str) -> None:
    desk(given).answer(item, ANNA, coded(WRIST))
    ready = desk(given).ready()
    desk(given).sent(ready)
    assert (desk(given).ready(), [each.value for each in desk(given).ready(again=True)]) == ((), [ready[0].value])


def test_what_validation_has_accepted_is_never_ready_again(given: Stages, item: str) -> None:
    desk(given).answer(item, ANNA, coded(WRIST))
    accepted(given)
    assert desk(given).ready(again=True) == ()


def test_an_answer_to_a_complete_chart_is_not_taken_back(given: Stages, item: str) -> None:
    desk(given).answer(item, ANNA, coded(WRIST))
    assert "complete" in refused(lambda: desk(given).release(item, ANNA))


def test_an_item_of_an_older_version_is_nobody_s(given: Stages, item: str) -> None:
    given.decide("validation", sent(PHRASE, 2))
    assert "another version" in refused(lambda: desk(given).answer(item, ANNA, coded(WRIST)))


def test_an_answer_stands_where_the_next_version_asks_the_same(given: Stages, item: str) -> None:
    given.decide("validation", unsigned_and_unclear())
    (mine,) = set(items(given)) - {item}
    desk(given).answer(mine, ANNA, coded(WRIST))
    given.decide("validation", signed(unsigned_and_unclear(2)))
    (ready,) = desk(given).ready()
    chart = chart_in(given, ready)
    assert (chart.version, WRIST in {each.code for each in chart.diagnoses}) == (2, True)


def test_a_task_of_its_hospital_holds_the_chart_back(given: Stages) -> None:
    given.decide("validation", unsigned_and_unclear())
    (item,) = items(given)
    progress = desk(given).answer(item, ANNA, coded(WRIST))
    assert (progress.complete, [query.to for query in progress.holding], desk(given).ready()) == (
        False, ["author"], (),
    )  # fmt: skip


def test_a_chart_that_is_coded_elsewhere_is_no_longer_at_the_desk(given: Stages, item: str) -> None:
    draft = desk(given).show(item).draft
    assert draft is not None
    given.decide("validation", by_coder(draft.chart, diagnoses=(broken(),)))
    assert "coded already" in refused(lambda: desk(given).answer(item, ANNA, coded(WRIST)))


def test_a_refused_answer_may_be_mended_in_the_next_revision(given: Stages, item: str) -> None:
    draft = desk(given).show(item).draft
    assert draft is not None
    given.decide("validation", by_coder(draft.chart, diagnoses=()))
    desk(given).answer(item, ANNA, coded(WRIST))
    ruled, chart = accepted(given)
    assert (ruled, chart.coding_revision) == (["coded"], 2)


def test_what_was_answered_before_is_answered_again_without_a_code(given: Stages, item: str) -> None:
    desk(given).answer(item, ANNA, coded(WRIST))
    (ready,) = desk(given).ready()
    given.decide("validation", chart_in(given, ready).model_copy(update={"received_at": NOON, "coverages": ()}))
    desk(given).answer(item, BEN, None)
    ruled, chart = accepted(given)
    assert (ruled, chart.coding_revision, chart.coder) == (["coded"], 2, BEN)


def test_of_two_answers_at_once_one_stands(given: Stages, item: str) -> None:
    together = Barrier(2)
    _ = given.assembly.reference

    def answering(coder: str) -> str:
        together.wait()
        try:
            desk(given).answer(item, coder, coded(WRIST))
        except NotDone as why:
            return str(why)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(answering, (ANNA, BEN)))
    assert (said.count("done"), sum("has answered it" in each for each in said)) == (1, 1)
    assert len(desk(given).ready()) == 1


def test_one_answer_may_serve_all_items_that_read_alike(given: Stages) -> None:
    given.decide("validation", unpriced(times=3))
    first, second, _ = items(given)
    desk(given).take(second, BEN)
    progress = desk(given).answer(first, ANNA, priced(), alike=True)
    assert (progress.left, items(given)) == (1, [second]), "what another coder has stays his"
    desk(given).answer(second, BEN, priced(units=2, cents=10_000))
    (ready,) = desk(given).ready()
    lines = [line for line in chart_in(given, ready).services if line.code == "A0428"]
    assert sorted(line.charge_cents for line in lines) == [5_000, 5_000, 10_000]


def test_a_coder_sees_what_else_the_chart_will_be_refused_for(given: Stages) -> None:
    before = sent(PHRASE)
    future = before.encounter.model_copy(update={"end": NOON + timedelta(days=400)})
    given.decide("validation", sent(PHRASE, encounter=future))
    shown = desk(given).show(items(given)[0]).draft
    assert shown is not None
    assert [finding.rule for finding in shown.chart.findings if finding.severity == "reject"]


def test_the_second_wall_is_validation_s(given: Stages, item: str) -> None:
    desk(given).answer(item, ANNA, coded(WRIST))
    _, chart = accepted(given)
    elsewhere = chart.model_copy(update={"event_id": "elsewhere", "received_at": NOON})
    assert outcomes(given.decide("validation", elsewhere)) == ["version-conflict"]


def test_the_desk_asks_nothing_of_a_stage_that_has_no_item(given: Stages) -> None:
    given.decide("validation", signed(clear(unsigned_and_unclear())))
    assert (items(given), desk(given).ready()) == ([], ())


def test_a_chart_that_only_its_hospital_can_mend_now_stops_no_other(given: Stages) -> None:
    given.decide("validation", unsigned_and_unclear(), sent(PHRASE))
    given.decide("validation", clear(unsigned_and_unclear(2)))
    (item,) = items(given)
    desk(given).answer(item, ANNA, coded(WRIST))
    assert [ready.chart_id for ready in desk(given).ready()] == [PHRASE[1]]
