"""A coverage that changes within an encounter: each service goes to the plans of its own day."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import payers
from claims.forming import form, secondary
from claims.in_force import is_in_force
from claims.partners import Partners
from claims.settlement import apply
from claims.turns import day_asked
from schemas.events.chart import Cause, Coverage
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded, Service
from tests.claims.given_accounts import DAY, NOON, account, answer, chart, coverage, sent, service, stay

NEXT, LAST = DAY + timedelta(days=1), DAY + timedelta(days=3)
OLD, NEW = coverage(valid_to=DAY), coverage("medicare", valid_from=NEXT)


def on(day: date, statement: str, component: str = "facility", **other: Any) -> Service:
    return service(statement, component, service_from=day, service_to=day, **other)


def lasting(encounter_class: str = "ambulatory", last: date = LAST, **other: Any) -> Any:
    return stay(encounter_class, end_day=last, end=NOON + (last - DAY), **other)


def visit(*coverages: Coverage, **other: Any) -> ChartCoded:
    """Four days with a hospital's service on the first, the second and the last."""
    done = (on(DAY, "s1"), on(NEXT, "s2"), on(LAST, "s3"))
    return chart(**{"coverages": coverages, "services": done, "encounter": lasting(), **other})


def asked(said: ChartCoded) -> list[tuple[list[str], list[str]]]:
    """The payers of each route, and its services."""
    return [
        ([payer.payer for payer in route.payers], [numbered.service.statement for numbered in route.services])
        for route in payers.routes(said)
    ]


def formed(partners: Partners, said: ChartCoded) -> tuple[ClaimBuilt, ...]:
    return form(said, account(), partners).claims


ROUTES = [
    ("one plan takes over from another", (OLD, NEW), [(["commercial"], ["s1"]), (["medicare"], ["s2", "s3"])]),
    ("the first of two plans ends", (OLD, coverage("medicaid")),
     [(["commercial", "medicaid"], ["s1"]), (["medicaid"], ["s2", "s3"])]),
    ("a plan before the other begins", (NEW, coverage("medicaid")),
     [(["medicaid"], ["s1"]), (["medicare", "medicaid"], ["s2", "s3"])]),
    ("a plan between two days of another", (coverage("medicare", valid_from=NEXT, valid_to=NEXT), coverage()),
     [(["commercial"], ["s1"]), (["medicare", "commercial"], ["s2"]), (["commercial"], ["s3"])]),
    ("the same plan, renewed", (OLD, coverage(id="renewed", valid_from=NEXT)), [(["commercial"], ["s1", "s2", "s3"])]),
    ("the same payer, under another member's id",
     (OLD, coverage(id="other", member_id="M2", valid_from=NEXT)),
     [(["commercial"], ["s1"]), (["commercial"], ["s2", "s3"])]),
    ("then the patient pays himself", (OLD, coverage("patient", valid_from=NEXT)),
     [(["commercial"], ["s1"]), ([], ["s2", "s3"])]),
    ("nobody says who pays then: rule I4 holds it, or he is asked", (OLD,), [(["commercial"], ["s1", "s2", "s3"])]),
    ("what answers for work injuries is asked for none", (OLD, coverage("workers-compensation", valid_from=NEXT)),
     [(["commercial"], ["s1", "s2", "s3"])]),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "plans", "expected"), ROUTES, ids=[row[0] for row in ROUTES])
def test_each_service_goes_to_the_plans_of_its_day(reason: str, plans: tuple[Coverage, ...], expected: object) -> None:
    assert asked(visit(*plans)) == expected, reason


def test_each_payer_gets_a_claim_of_his_own_days(partners: Partners) -> None:
    old, new = formed(partners, visit(OLD, NEW))
    assert [(claim.payer, claim.statement_from, claim.statement_to) for claim in (old, new)] == [
        ("commercial", DAY, DAY),
        ("medicare", NEXT, LAST),
    ]
    assert (old.patient_status, new.patient_status) == ("30", "01")
    assert (old.payer_sequence, new.payer_sequence) == (1, 1)


def test_days_without_a_service_are_on_the_claim_of_their_plan(partners: Partners) -> None:
    old, new = formed(partners, visit(OLD, NEW, services=(on(DAY, "s1"), on(LAST, "s3"))))
    assert (old.statement_to, new.statement_from) == (DAY, NEXT)


def test_two_claims_to_one_payer_of_two_plans_have_numbers_of_their_own(partners: Partners) -> None:
    claims = formed(partners, visit(OLD, coverage(id="other", member_id="M2", valid_from=NEXT)))
    assert [claim.member_id for claim in claims] == ["M-commercial", "M2"]
    assert len({claim.claim_id for claim in claims}) == len({claim.control_number for claim in claims}) == 2


def test_the_next_payer_is_the_one_of_the_same_day(partners: Partners) -> None:
    said = visit(OLD, coverage("medicaid"))
    both, alone = formed(partners, said)
    after = payers.next_coverage(said, both)
    assert after is not None
    assert after.payer == "medicaid"
    assert payers.next_coverage(said, alone) is None
    settled = answer(both, reasons=[("PR", "2", 100)])
    second = secondary(apply(sent(both), settled), after, settled)
    assert (second.payer, second.payer_sequence, second.statement_to) == ("medicaid", 2, DAY)
    assert payers.next_coverage(said, second) is None


def test_the_plan_of_the_admission_answers_for_the_stay(partners: Partners) -> None:
    """42 CFR 422.318: a plan that has him when he is admitted has him until he leaves."""
    (claim,) = formed(partners, visit(OLD, NEW, encounter=lasting("inpatient")))
    assert (claim.payer, claim.statement_from, claim.statement_to) == ("commercial", DAY, LAST)


def test_who_was_admitted_on_the_second_day_has_the_plan_of_that_day(partners: Partners) -> None:
    admitted = lasting("inpatient", admission_date=NEXT)
    (claim,) = formed(partners, visit(OLD, NEW, encounter=admitted))
    assert (claim.payer, claim.statement_from) == ("medicare", DAY)


def test_a_professionals_services_to_an_inpatient_go_by_their_own_day(partners: Partners) -> None:
    done = (on(DAY, "s1"), on(DAY, "s2", "professional"), on(LAST, "s3", "professional"))
    claims = formed(partners, visit(OLD, NEW, services=done, encounter=lasting("inpatient")))
    assert [(claim.kind, claim.payer, claim.total_charge_cents) for claim in claims] == [
        ("institutional", "commercial", 10_000),
        ("professional", "commercial", 10_000),
        ("professional", "medicare", 10_000),
    ]


def test_the_first_payer_is_who_is_asked_on_the_first_day() -> None:
    expired = coverage(valid_to=DAY - timedelta(days=1))
    assert [payers.first_payer(visit(*plans)) for plans in ((OLD, NEW), (NEW, OLD), (expired, NEW))] == [
        OLD, OLD, expired,
    ]  # fmt: skip


def test_a_work_injury_after_its_compensation_ended_is_the_plans(partners: Partners) -> None:
    hurt = (Cause(kind="employment", date=DAY),)
    claims = formed(partners, visit(coverage("workers-compensation", valid_to=DAY), coverage(), causes=hurt))
    assert [(claim.payer, claim.total_charge_cents) for claim in claims] == [
        ("workers-compensation", 10_000),
        ("commercial", 20_000),
    ]


def test_a_correction_meets_the_claim_of_each_coverage_again(partners: Partners) -> None:
    first, again = (formed(partners, visit(OLD, NEW, version=version)) for version in (1, 2))
    assert [claim.claim_id for claim in first] == [claim.claim_id for claim in again]


SPAN = 6
days = st.integers(-2, SPAN + 2).map(lambda at: DAY + timedelta(days=at))


@st.composite
def plans(draw: st.DrawFn) -> tuple[Coverage, ...]:
    names = draw(st.lists(st.sampled_from(["commercial", "medicare", "medicaid", "patient"]), max_size=4, unique=True))
    return tuple(coverage(name, valid_from=draw(st.none() | days), valid_to=draw(st.none() | days)) for name in names)


@st.composite
def visits(draw: st.DrawFn) -> ChartCoded:
    """Lines of the hospital and of a physician within a week, under plans of any days."""
    lines = draw(
        st.lists(
            st.tuples(st.integers(0, SPAN), st.sampled_from(["facility", "professional"]), st.integers(1, 9_999)),
            min_size=1,
            max_size=12,
        )
    )
    done = tuple(
        on(DAY + timedelta(days=day), f"s{at}", component, cents=cents)
        for at, (day, component, cents) in enumerate(lines)
    )
    klass = draw(st.sampled_from(["ambulatory", "observation", "inpatient"]))
    last = DAY + timedelta(days=SPAN)
    return chart(services=done, coverages=draw(plans()), encounter=lasting(klass, last))


@settings(max_examples=200, deadline=None)
@given(visits())
def test_every_service_is_on_exactly_one_claim_of_its_day_or_the_patients(partners: Partners, said: ChartCoded) -> None:
    routes = payers.routes(said)
    numbers = Counter(numbered.control_number for route in routes for numbered in route.services)
    assert numbers == Counter(numbered.control_number for numbered in payers.numbered_services(said))
    for route in routes:
        for numbered in route.services:
            day = day_asked(said, numbered.service)
            in_force = [is_in_force(plan, day) for plan in route.payers]
            assert all(in_force) or not any(in_force)
            assert payers.first_payer(said, day) == next(iter(route.payers), None)
    claims = formed(partners, said)
    own = sum(n.service.charge_cents for route in routes if not route.payers for n in route.services)
    assert sum(claim.total_charge_cents for claim in claims) + own == sum(s.charge_cents for s in said.services)
    assert len({claim.claim_id for claim in claims}) == len({claim.control_number for claim in claims}) == len(claims)
    for claim in claims:
        assert all(claim.statement_from <= line.service_from <= claim.statement_to for line in claim.lines)
