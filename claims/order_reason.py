"""Why a payer is asked in his turn: which rule puts him before or after his neighbour (billing.md section 6).

The first payer's reason is the rule that puts him before the second; every other's is the rule that puts him after the
payer before. Where no rule of ours says it, the hospital's order stands.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from claims.edits.payer_order import is_aged, is_by_current_work, medicare_is_first
from claims.payers import (
    MEDICAID,
    MEDICARE,
    NO_FAULT,
    TRICARE,
    VETERANS,
    is_group_plan,
    pays_for_accidents,
    pays_for_work,
)
from schemas.events.chart import Coverage, PriorityFacts
from schemas.events.claim import OrderReason
from schemas.events.coded import ChartCoded
from schemas.events.types import Day

ORDER_WORDS: Final[dict[OrderReason, str]] = {
    "only-payer": "nobody else insures it",
    "work-injury": "who answers for a work injury pays before the plans (42 CFR 411.20)",
    "no-fault": "no-fault insurance pays for an accident before liability and the plans (42 CFR 411.20)",
    "liability": "liability insurance pays for an accident before the plans (42 CFR 411.20)",
    "not-work-related": "the payer before says that the injury is not of work",
    "accident-cover-ended": "the carrier before says that he owes nothing, or nothing more, for the accident",
    "working-aged": "65 or older and at work, 20 or more employed: the plan before Medicare (42 CFR 411.172)",
    "working-disabled": "under 65 and at work, 100 or more employed: the plan before Medicare (42 CFR 411.204)",
    "esrd-first-30-months": "the first 30 months of kidney failure: the plan before Medicare (42 CFR 411.162)",
    "esrd-after-30-months": "kidney failure for 30 months: Medicare before the plan (42 CFR 411.162)",
    "not-working": "retired or not at work: Medicare before the plan (42 CFR 411.172)",
    "small-employer": "an employer of too few: Medicare before the plan (42 CFR 411.172, 411.204)",
    "medicaid-last": "Medicaid pays after everybody else (42 CFR 433.139)",
    "veterans-authorized": "Veterans Affairs authorized the care, and pays for it alone",
    "tricare-after-others": "TRICARE pays after others, before Medicaid (32 CFR 199.8)",
    "court-order": "a court's order says whose plan pays first",
    "own-before-dependent": "the patient's own plan before one that covers him as a dependent",
    "birthday-rule": "of two parents' plans that of the earlier birthday in the year",
    "longer-cover": "of two plans that are otherwise alike the one that began earlier",
    "active-before-retired": "a plan by current work before one of a retired person or a continued one (COBRA)",
    "hospital-order": "as the hospital ordered them; no rule says otherwise",
}


def order_reason(chart: ChartCoded, payers: Sequence[Coverage], turn: int, day: Day | None = None) -> OrderReason:
    """Of the payer of that turn, counted from 1, among those who are asked about the same services; `day` is the first
    one on which they are, if that is not the encounter's."""
    if len(payers) == 1:
        return _by_accident(payers[0], chart) or "only-payer"
    first, second = payers[max(turn - 2, 0) : max(turn, 2)]
    return (
        _by_accident(first, chart)
        or _by_program(first, second)
        or _by_plan(first, second, chart, day or chart.encounter.start_day)
    )


def _by_accident(first: Coverage, chart: ChartCoded) -> OrderReason | None:
    kinds = {cause.kind for cause in chart.causes}
    if "employment" in kinds and pays_for_work(first):
        return "work-injury"
    if kinds - {"employment"} and pays_for_accidents(first):
        return "no-fault" if first.plan_kind == NO_FAULT else "liability"
    return None


def _by_program(first: Coverage, second: Coverage) -> OrderReason | None:
    if second.plan_kind == MEDICAID:
        return "medicaid-last"
    if first.plan_kind == VETERANS and first.authorizations:
        return "veterans-authorized"
    return "tricare-after-others" if second.plan_kind == TRICARE else None


def _by_plan(first: Coverage, second: Coverage, chart: ChartCoded, day: Day) -> OrderReason:
    born = chart.patient.birth_date
    if first.plan_kind in MEDICARE and is_group_plan(second):
        facts = second.facts or first.facts
        return "hospital-order" if facts is None else _medicare_before(facts, born, day)
    if second.plan_kind in MEDICARE and is_group_plan(first):
        facts = first.facts or second.facts
        return "hospital-order" if facts is None else _before_medicare(facts, born, day)
    if is_group_plan(first) and is_group_plan(second):
        return _of_plans(first, second)
    return "hospital-order"


def _before_medicare(facts: PriorityFacts, born: date | None, day: date) -> OrderReason:
    if born is None or medicare_is_first(facts, born, day) is not False:
        return "hospital-order"
    if facts.esrd_start is not None and facts.esrd_start <= day:
        return "esrd-first-30-months"
    return "working-aged" if is_aged(born, day) else "working-disabled"


def _medicare_before(facts: PriorityFacts, born: date | None, day: date) -> OrderReason:
    if not medicare_is_first(facts, born, day):
        return "hospital-order"
    if facts.esrd_start is not None and facts.esrd_start <= day:
        return "esrd-after-30-months"
    return "small-employer" if facts.working else "not-working"


def _of_plans(first: Coverage, second: Coverage) -> OrderReason:
    """The NAIC's model as billing.md has it: own before dependent, the parents' birthdays, current work, length."""
    if first.facts is not None and first.facts.court_order:
        return "court-order"
    mine, other = first.subscriber, second.subscriber
    if (mine.relationship == "self") != (other.relationship == "self"):
        return "own-before-dependent" if mine.relationship == "self" else "hospital-order"
    if mine.relationship == other.relationship == "child" and mine.birth_date and other.birth_date:
        one, two = ((person.month, person.day) for person in (mine.birth_date, other.birth_date))
        if one != two:
            return "birthday-rule" if one < two else "hospital-order"
    if (early := _active_first(first, second)) is not None:
        return early
    longer = first.valid_from and second.valid_from and first.valid_from < second.valid_from
    return "longer-cover" if longer else "hospital-order"


def _active_first(first: Coverage, second: Coverage) -> OrderReason | None:
    """Null where both are alike, or the facts don't tell."""
    one, two = is_by_current_work(first.facts), is_by_current_work(second.facts)
    if one is None or two is None or one == two:
        return None
    return "active-before-retired" if one else "hospital-order"
