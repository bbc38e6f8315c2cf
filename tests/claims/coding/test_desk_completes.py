"""A chart completed at the desk: the coder's codes among ours, ranked anew, and every line pointing where it should."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.coder_answers import Answered, BilledLine, CoderAnswer, faults
from claims.desk import Completion, complete
from claims.draft import Draft
from claims.tables import Reference
from claims.validation import accept_coder, judge
from schemas.events.chart import ChartCompleted, Statement
from schemas.events.coded import ChartCoded, ChartReturned, WorkItem
from tests.claims.coding.builders import done as service
from tests.claims.coding.builders import said

DONE = Completion("c-anna", datetime(2026, 3, 20, 9, tzinfo=UTC), 1)
UNCLEAR = "words that no title has"


def unclear(name: str = "d-unclear", **facts: Any) -> Statement:
    """A condition without a code and in no words of ICD-10-CM."""
    return said("I10", id=name, **facts).model_copy(update={"codings": (), "text": UNCLEAR})


def back(chart: ChartCompleted, reference: Reference) -> tuple[Draft, tuple[WorkItem, ...]]:
    judged = judge(chart, reference)
    assert isinstance(judged.said, ChartReturned)
    assert judged.draft is not None
    return judged.draft, judged.said.worklist


def with_statements(chart: ChartCompleted, *statements: Statement) -> ChartCompleted:
    return chart.model_copy(update={"statements": statements})


def completed(chart: ChartCompleted, reference: Reference, *answers: CoderAnswer) -> ChartCoded:
    draft, items = back(chart, reference)
    return complete(draft, [Answered(*pair) for pair in zip(items, answers, strict=True)], DONE, reference.codes)


def code(*codes: str, **more: Any) -> CoderAnswer:
    return CoderAnswer(codes=codes, **more)


def coded(chart: ChartCoded) -> list[tuple[str, str]]:
    return [(each.code, each.role) for each in chart.diagnoses]


ORDERS: list[tuple[str, Sequence[Statement], CoderAnswer, list[str]]] = [
    # reason, statements, the answer to the unclear one, codes in their order
    ("in the order of the chart", (said("I10"), unclear()), code("E11.9"), ["I10", "E11.9"]),
    ("the documented rank leads", (said("I10"), unclear(rank=1)), code("E11.9"), ["E11.9", "I10"]),
    ("a symptom comes after", (unclear(kind="symptom"), said("I10")), code("R07.9"), ["I10", "R07.9"]),
    ("the coder says what leads", (said("I10", rank=1), unclear()), code("E11.9", leads=True), ["E11.9", "I10"]),
    ("one code stands once", (said("I10"), unclear()), code("I10"), ["I10"]),
    ("two codes for one statement", (unclear(), said("I10")), code("E11.9", "J45.909"), ["E11.9", "J45.909", "I10"]),
    ("pregnancy leads whatever is said", (said("I10"), unclear()), code("O26.891"), ["O26.891", "I10"]),
    ("a cause is never first", (unclear(rank=1), said("I10")), code("W19.XXXA"), ["I10", "W19.XXXA"]),
    ("what is not coded is not there", (said("I10"), unclear()), CoderAnswer(dropped="a symptom of it"), ["I10"]),
]


@pytest.mark.parametrize(("statements", "answer", "order"), [row[1:] for row in ORDERS], ids=[row[0] for row in ORDERS])
def test_diagnoses_are_ranked_anew(
    chart: ChartCompleted, reference: Reference, statements: Sequence[Statement], answer: CoderAnswer, order: list[str]
) -> None:
    made = completed(with_statements(chart, *statements), reference, answer)
    assert [each.code for each in made.diagnoses] == order
    assert [each.rank for each in made.diagnoses] == list(range(1, len(order) + 1))


def test_the_first_is_the_principal_and_a_cause_says_so(chart: ChartCompleted, reference: Reference) -> None:
    made = completed(with_statements(chart, unclear(), said("W19.XXXA"), said("I10")), reference, code("S62.101A"))
    assert coded(made) == [("S62.101A", "principal"), ("I10", "other"), ("W19.XXXA", "external-cause")]


def test_a_line_done_for_the_statement_points_at_the_coder_s_code(chart: ChartCompleted, reference: Reference) -> None:
    done_for = service(due_to="d-unclear")
    made = completed(with_statements(chart, said("I10"), unclear(), done_for), reference, code("E11.9"))
    assert [line.pointers for line in made.services if line.statement == done_for.id] == [(2,)]


def test_a_line_done_for_another_keeps_pointing_at_it(chart: ChartCompleted, reference: Reference) -> None:
    first = said("I10", id="d-1")
    done_for = service(due_to="d-1")
    made = completed(with_statements(chart, first, unclear(rank=1), done_for), reference, code("E11.9"))
    assert [line.pointers for line in made.services if line.statement == done_for.id] == [(2,)]


def test_a_line_that_pointed_at_all_points_at_all_now(chart: ChartCompleted, reference: Reference) -> None:
    made = completed(with_statements(chart, said("I10"), unclear(), service()), reference, code("E11.9"))
    assert {line.pointers for line in made.services} == {(1, 2)}


def test_a_service_without_a_price_is_billed_as_the_coder_says(chart: ChartCompleted, reference: Reference) -> None:
    strange = service(codings=(), text="nothing of the price list")
    line = BilledLine(code="A0428", revenue_code="0540", units=2_000, cents=30_000)
    made = completed(with_statements(chart, said("I10"), strange), reference, CoderAnswer(line=line))
    (billed,) = (each for each in made.services if each.statement == strange.id)
    assert (billed.code, billed.revenue_code, billed.units, billed.charge_cents, billed.path, billed.pointers) == (
        "A0428", "0540", 2_000, 30_000, "coder", (1,),
    )  # fmt: skip
    assert billed.service_from == made.encounter.start_day


CODES = ("E11.9", "I10", "R07.9", "H81.01", "W19.XXXA", "O80")


@given(
    answers=st.lists(st.lists(st.sampled_from(CODES), max_size=3), min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_answers_first_the_chart_is_the_same_and_whole(
    chart: ChartCompleted, reference: Reference, answers: list[list[str]], order: random.Random
) -> None:
    unsure = with_statements(chart, said("I50.9"), *(unclear(f"d-{n}") for n in range(len(answers))), service())
    draft, items = back(unsure, reference)
    by_statement = {f"d-{n}": CoderAnswer(codes=tuple(codes)) for n, codes in enumerate(answers)}
    answered = [Answered(item, by_statement[item.statement]) for item in items]
    made = complete(draft, answered, DONE, reference.codes)
    order.shuffle(answered)
    assert complete(draft, answered, DONE, reference.codes) == made
    assert {each.code for each in made.diagnoses} == {"I50.9"}.union(*answers)
    assert [each.rank for each in made.diagnoses] == list(range(1, len(made.diagnoses) + 1))
    assert all(1 <= at <= len(made.diagnoses) for line in made.services for at in line.pointers)
    assert all(line.pointers for line in made.services)


def test_the_completed_chart_is_accepted(chart: ChartCompleted, reference: Reference) -> None:
    made = completed(with_statements(chart, said("I10"), unclear()), reference, code("E11.9"))
    judged = accept_coder(made.model_copy(update={"received_at": chart.received_at}), reference)
    assert isinstance(judged, ChartCoded), judged.findings


def test_the_same_answers_make_the_same_event(chart: ChartCompleted, reference: Reference) -> None:
    unsure = with_statements(chart, said("I10"), unclear())
    assert completed(unsure, reference, code("E11.9")) == completed(unsure, reference, code("E11.9"))


def test_another_revision_is_another_event(chart: ChartCompleted, reference: Reference) -> None:
    draft, items = back(with_statements(chart, said("I10"), unclear()), reference)
    answered = [Answered(items[0], code("E11.9"))]
    ids = {complete(draft, answered, DONE._replace(revision=n), reference.codes).event_id for n in (1, 2)}
    assert len(ids) == 2


def test_two_items_of_one_statement_and_kind_differ(chart: ChartCompleted, reference: Reference) -> None:
    twice = said("I10").model_copy(update={"codings": (*said("Z99.999").codings, *said("Z99.998").codings)})
    _, items = back(with_statements(chart, twice), reference)
    assert len({item.id for item in items}) == len(items) == 2


def test_an_item_has_the_same_id_whenever_it_is_judged(chart: ChartCompleted, reference: Reference) -> None:
    unsure = with_statements(chart, said("I10"), unclear())
    assert back(unsure, reference)[1] == back(unsure, reference)[1]


def test_an_inpatient_s_diagnosis_keeps_what_was_said_of_its_arrival(
    inpatient: ChartCompleted, reference: Reference
) -> None:
    unsure = with_statements(inpatient, said("I50.9", rank=1), unclear(present_on_admission="N"))
    made = completed(unsure, reference, code("E11.9"))
    assert [(each.code, each.present_on_admission) for each in made.diagnoses if each.path == "coder"] == [
        ("E11.9", "N")
    ]


def test_of_several_that_lead_alike_the_coder_chooses(inpatient: ChartCompleted, reference: Reference) -> None:
    alike = with_statements(inpatient, said("I50.9"), said("J18.9"))
    made = completed(alike, reference, code("J18.9"))
    assert coded(made)[:2] == [("J18.9", "principal"), ("I50.9", "other")]


def test_what_leads_is_one_of_the_chart_s_codes(inpatient: ChartCompleted, reference: Reference) -> None:
    draft, (item,) = back(with_statements(inpatient, said("I50.9"), said("J18.9")), reference)
    found = {code_: list(faults(item, code(code_), draft, reference)) for code_ in ("J189", "I10", "R07.9")}
    assert [code_ for code_, wrong in found.items() if not wrong] == ["J189"]


def test_a_condition_s_own_item_says_what_leads_before_the_choice(
    inpatient: ChartCompleted, reference: Reference
) -> None:
    alike = with_statements(inpatient, said("I50.9"), said("J18.9"), unclear())
    draft, items = back(alike, reference)
    answers = {"principal": code("J18.9")}
    answered = [Answered(item, answers.get(item.kind, code("E11.9", leads=True))) for item in items]
    assert len(answered) == 2
    assert coded(complete(draft, answered, DONE, reference.codes))[0] == ("E11.9", "principal")


WRONG: list[tuple[str, CoderAnswer, str]] = [
    # reason, an answer to a condition, what is said of it
    ("nothing", CoderAnswer(), "name a code"),
    ("a line", CoderAnswer(line=BilledLine(code="A0428", units=1_000, cents=1)), "this item wants a code"),
    ("never existed", code("I10.9"), "no ICD-10-CM code"),
    ("a category", code("E11"), "not complete"),
    ("both", CoderAnswer(codes=("I10",), dropped="why"), "not both"),
]


@pytest.mark.parametrize(("answer", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_no_answer_is_told(
    chart: ChartCompleted, reference: Reference, answer: CoderAnswer, words: str
) -> None:
    draft, (item,) = back(with_statements(chart, said("I10"), unclear()), reference)
    assert any(words in each for each in faults(item, answer, draft, reference))


LINES: list[tuple[str, dict[str, Any], str | None]] = [
    # reason, the line, what is said of it
    ("as it should be", {}, None),
    ("a professional needs no revenue code", {"component": "professional", "revenue_code": None}, None),
    ("a facility does", {"revenue_code": None}, "needs its --revenue-code"),
    ("neither code", {"code": None, "revenue_code": None}, "has a code"),
    ("no shape of HCPCS", {"code": "A04"}, "shape of a HCPCS"),
    ("three digits", {"revenue_code": "540"}, "four digits"),
    ("half a unit", {"units": 500}, "whole"),
    ("no unit", {"units": 0}, "at least 1"),
    ("less than nothing", {"cents": -1}, "not negative"),
    ("a long modifier", {"modifiers": ("ABC",)}, "modifier has two"),
]


@pytest.mark.parametrize(("line", "words"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_a_line_is_held_to_its_shape(
    chart: ChartCompleted, reference: Reference, line: dict[str, Any], words: str | None
) -> None:
    strange = service(codings=(), text="nothing of the price list")
    draft, (item,) = back(with_statements(chart, said("I10"), strange), reference)
    whole = {"code": "A0428", "revenue_code": "0540", "units": 1_000, "cents": 100, **line}
    found = list(faults(item, CoderAnswer(line=BilledLine(**whole)), draft, reference))
    assert found == [] if words is None else any(words in each for each in found)


def test_an_operation_has_its_day_within_the_stay(inpatient: ChartCompleted, reference: Reference) -> None:
    draft, _ = back(with_statements(inpatient, said("I50.9", rank=1), unclear()), reference)
    item = WorkItem(statement="op", kind="procedure", why="an operation without its day")
    days = {
        day: list(faults(item, CoderAnswer(codes=("0DTJ4ZZ",), performed_on=day), draft, reference))
        for day in (None, date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6), date(2026, 3, 7))
    }
    assert [day for day, found in days.items() if not found] == [date(2026, 3, 3), date(2026, 3, 6)]
