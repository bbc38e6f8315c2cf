"""Facts: what windows count. They keep a token, never a person, and nothing of a Part 2 chart."""

from typing import cast

from claims import facts
from claims.deidentify import CountedBy
from claims.facts import Fact, Where
from schemas.compiled import compile_pair
from schemas.events import ChartCoded, ChartCompleted, ChartReturned, ClaimAdjudicated, ClaimBuilt, PatientBill
from schemas.events.chart import Part2Consent
from schemas.examples import example
from tests.canaries import canaries, plant, scan

CODED = cast(ChartCoded, example("chart-coded"))
COMPLETED = cast(ChartCompleted, example("chart-completed"))
RETURNED = cast(ChartReturned, example("chart-returned"))
CLAIM = cast(ClaimBuilt, example("claim-built"))
ANSWER = cast(ClaimAdjudicated, example("claim-adjudicated"))
BILL = cast(PatientBill, example("patient-bill"))
WHERE = Where(month="2026-03", patient="token-of-a-patient", about="token-of-a-chart")
PART2 = {"part2": Part2Consent(applies=True)}


def ccsr(code: str) -> str:
    return "CIR007" if code == "I10" else "unclassified"


GROUPS = CountedBy(ccsr, frozenset(), {})


def test_units_are_summed_by_service_group() -> None:
    twice = CODED.model_copy(update={"services": CODED.services[:1] * 2})
    fact = facts.of_coded(twice, GROUPS, WHERE)
    assert fact is not None
    assert [use.units for use in fact.services] == [2 * CODED.services[0].units]


def test_an_answers_cents_keep_their_sign() -> None:
    negated = {"charge_cents": -ANSWER.charge_cents, "paid_cents": -ANSWER.paid_cents, "status": "22"}
    reversed_ = facts.of_answer(ANSWER.model_copy(update=negated), CLAIM, ccsr, part2=False, where=WHERE)
    assert reversed_ is not None
    assert (reversed_.charge_cents, reversed_.paid_cents) == (-ANSWER.charge_cents, -ANSWER.paid_cents)


def test_a_part_2_chart_makes_no_fact_at_any_stage() -> None:
    coded, completed = CODED.model_copy(update=PART2), COMPLETED.model_copy(update=PART2)
    assert facts.of_coded(coded, GROUPS, WHERE) is None
    assert facts.of_returned("validation", RETURNED, completed, GROUPS, WHERE) is None
    assert facts.of_claim(CLAIM, ccsr, part2=True, where=WHERE) is None
    assert facts.of_answer(ANSWER, CLAIM, ccsr, part2=True, where=WHERE) is None
    assert facts.of_bill(BILL, part2=True, where=WHERE) is None


def test_a_fact_says_nothing_of_the_person() -> None:
    planted = plant(COMPLETED, 7)
    fact = facts.of_coded(CODED.model_copy(update={"patient": planted.patient}), GROUPS, WHERE)
    assert fact is not None
    assert scan([("fact", fact.model_dump_json().encode())], canaries(planted)) == []


def test_a_bill_tells_self_pay_from_what_payers_left() -> None:
    alone = facts.of_bill(BILL.model_copy(update={"payers": ()}), part2=False, where=WHERE)
    after = facts.of_bill(BILL, part2=False, where=WHERE)
    assert alone is not None
    assert after is not None
    assert (alone.statistic.outcome, after.statistic.outcome) == ("self-pay-billed", "patient-billed")


def test_a_fact_comes_back_from_the_ledger_as_it_was() -> None:
    fact = facts.of_answer(ANSWER, CLAIM, ccsr, part2=False, where=WHERE)
    assert fact is not None
    dump, load = compile_pair(Fact)
    assert load(dump(fact)) == fact
