"""Who is asked to pay, and in which order."""

from datetime import date

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from claims import payers
from claims.forming import form, secondary
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.chart import Cause, Coverage, Part2Consent, Restriction
from tests.claims.given_accounts import account, answer, chart, coverage, diagnosis, sent, service

AT_WORK = (Cause(kind="employment", date=date(2026, 3, 1)),)
BY_CAR = (Cause(kind="auto", date=date(2026, 3, 1), state="MA"),)
NO_FAULT, LIABLE = coverage("no-fault", plan_kind="AM"), coverage("liable", plan_kind="LM")

ROUTES = [
    # reason, what differs in the chart, payers by why
    ("plans stand as the hospital ordered them",
     {"coverages": (coverage("medicare"), coverage("medicaid"))}, {"plan": ["medicare", "medicaid"]}),
    ("nobody insures him", {"coverages": ()}, {"self-pay": []}),
    ("the patient is no plan", {"coverages": (coverage("patient"),)}, {"self-pay": []}),
    ("workers' compensation answers for work injuries only",
     {"coverages": (coverage("workers-compensation"), coverage())}, {"plan": ["commercial"]}),
    ("an employer pays what he ordered, without any injury",
     {"coverages": (coverage("employer"),)}, {"plan": ["employer"]}),
    ("a work injury: compensation first, wherever the hospital put it, then health",
     {"coverages": (coverage(), coverage("workers-compensation")), "causes": AT_WORK,
      "diagnoses": (diagnosis("S61.012A", "principal"),)}, {"work-injury": ["workers-compensation", "commercial"]}),
    ("a work injury is the employer's where he insures himself",
     {"coverages": (coverage("employer"),), "causes": AT_WORK}, {"work-injury": ["employer"]}),
    ("what treats another condition on that visit is the plan's",
     {"coverages": (coverage("workers-compensation"), coverage()), "causes": AT_WORK,
      "diagnoses": (diagnosis("S61.012A", "principal"), diagnosis("I10", rank=2)),
      "services": (service("s1", pointers=(1,)), service("s2", pointers=(2,)))},
     {"work-injury": ["workers-compensation", "commercial"], "plan": ["commercial"]}),
    ("a line that points to both is the injury's, as is one that points nowhere",
     {"coverages": (coverage("workers-compensation"),), "causes": AT_WORK,
      "diagnoses": (diagnosis("S61.012A", "principal"), diagnosis("I10", rank=2)),
      "services": (service("s1", pointers=(1, 2)), service("s2", pointers=()))},
     {"work-injury": ["workers-compensation"]}),
    ("a disease of work has no injury code: all is the work's",
     {"coverages": (coverage("workers-compensation"), coverage()), "causes": AT_WORK,
      "diagnoses": (diagnosis("G56.01", "principal"),)}, {"work-injury": ["workers-compensation", "commercial"]}),
    ("a sign beside an injury is not the injury",
     {"coverages": (coverage("workers-compensation"), coverage()), "causes": AT_WORK,
      "diagnoses": (diagnosis("S61.012A", "principal"), diagnosis("R05.9", rank=2)),
      "services": (service("s1", pointers=(1,)), service("s2", pointers=(2,)))},
     {"work-injury": ["workers-compensation", "commercial"], "plan": ["commercial"]}),
    ("a sign is what the accident led to where no injury is coded",
     {"coverages": (coverage("workers-compensation"), coverage()), "causes": AT_WORK,
      "diagnoses": (diagnosis("R07.9", "principal"), diagnosis("I10", rank=2), diagnosis("W19.XXXA", "external-cause")),
      "services": (service("s1", pointers=(1,)), service("s2", pointers=(2,)))},
     {"work-injury": ["workers-compensation", "commercial"], "plan": ["commercial"]}),
    ("a disease of work with its external cause: all is the work's",
     {"coverages": (coverage("workers-compensation"), coverage()), "causes": AT_WORK,
      "diagnoses": (diagnosis("M51.26", "principal"), diagnosis("X50.0XXA", "external-cause", rank=2))},
     {"work-injury": ["workers-compensation", "commercial"]}),
    ("after a crash no-fault first, then liability, then health, wherever the hospital put them",
     {"coverages": (coverage(), LIABLE, NO_FAULT), "causes": BY_CAR,
      "diagnoses": (diagnosis("S61.012A", "principal"),)}, {"accident": ["no-fault", "liable", "commercial"]}),
    ("what treats another condition after a crash is the plan's",
     {"coverages": (NO_FAULT, coverage()), "causes": BY_CAR,
      "diagnoses": (diagnosis("S61.012A", "principal"), diagnosis("I10", rank=2)),
      "services": (service("s1", pointers=(1,)), service("s2", pointers=(2,)))},
     {"accident": ["no-fault", "commercial"], "plan": ["commercial"]}),
    ("a crash at work: compensation, then no-fault, then health",
     {"coverages": (coverage(), NO_FAULT, coverage("workers-compensation")), "causes": (*AT_WORK, *BY_CAR),
      "diagnoses": (diagnosis("S61.012A", "principal"),)},
     {"work-injury": ["workers-compensation", "no-fault", "commercial"]}),
    ("an accident that no carrier answers for is the plan's", {"causes": BY_CAR}, {"plan": ["commercial"]}),
    ("a carrier without any accident stands where the hospital put him",
     {"coverages": (coverage(), NO_FAULT)}, {"plan": ["commercial", "no-fault"]}),
    ("what was paid in full is shown to no plan",
     {"restrictions": (Restriction(statement="s2", paid_cents=5_000),)},
     {"plan": ["commercial"], "restricted": []}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "differs", "expected"), ROUTES, ids=[row[0] for row in ROUTES])
def test_services_go_to_who_answers_for_them(reason: str, differs: dict[str, object], expected: object) -> None:
    found = {route.why: [payer.payer for payer in route.payers] for route in payers.routes(chart(**differs))}
    assert found == expected, reason


def test_every_service_is_on_exactly_one_route() -> None:
    given = chart(causes=AT_WORK, restrictions=(Restriction(statement="s2", paid_cents=5_000),))
    routed = [numbered.service for route in payers.routes(given) for numbered in route.services]
    assert sorted(routed, key=lambda s: s.statement) == list(given.services)


@settings(max_examples=200, deadline=None)
@drawn(
    kinds=st.lists(st.sampled_from(["employment", "auto", "other"]), max_size=2, unique=True),
    asked=st.lists(
        st.sampled_from(
            [coverage(), coverage("medicare"), coverage("medicaid"), NO_FAULT, LIABLE,
             coverage("workers-compensation"), coverage("employer"), coverage("patient")]
        ),
        max_size=5, unique_by=lambda each: each.id,
    ),
    pointers=st.lists(st.sampled_from([(), (1,), (2,), (1, 2)]), min_size=1, max_size=4),
    restricted=st.booleans(),
)  # fmt: skip
def test_whatever_happened_each_service_is_on_one_route_and_who_answers_for_it_stands_first(
    kinds: list[str], asked: list[Coverage], pointers: list[tuple[int, ...]], restricted: bool
) -> None:
    services = tuple(service(f"s{at}", pointers=to) for at, to in enumerate(pointers))
    made = chart(
        causes=tuple(Cause.model_validate({"kind": kind}) for kind in kinds),
        coverages=tuple(asked),
        diagnoses=(diagnosis("S61.012A", "principal"), diagnosis("I10", rank=2)),
        services=services,
        restrictions=(Restriction(statement="s0", paid_cents=1),) if restricted else (),
    )
    found = payers.routes(made)
    assert sorted(each.service.statement for route in found for each in route.services) == [
        s.statement for s in services
    ]
    for route in found:
        names = [payer.id for payer in route.payers]
        assert len(names) == len(set(names))
        assert "coverage-patient" not in names
        if route.why in {"work-injury", "accident"}:
            carriers = [answers_for(payer, kinds) for payer in route.payers]
            assert carriers == sorted(carriers, reverse=True)
        if route.why == "plan":
            assert not any(answers_for(payer, kinds) for payer in route.payers)


def answers_for(payer: Coverage, kinds: list[str]) -> bool:
    at_work = "employment" in kinds and payers.pays_for_work(payer)
    return at_work or (set(kinds) != {"employment"} and bool(kinds) and payers.pays_for_accidents(payer))


def test_one_insurer_may_be_the_second_payer_too(partners: Partners) -> None:
    twice = (coverage(id="his"), coverage(id="hers"))
    given = chart(coverages=twice, services=(service(),))
    first = form(given, account(), partners).claims[0]
    second = secondary(apply(sent(first), settled := answer(first, reasons=[("PR", "2", 100)])), twice[1], settled)
    assert payers.next_coverage(given, first) == twice[1]
    assert payers.next_coverage(given, second) is None
    assert first.claim_id != second.claim_id


def test_after_a_work_injurys_payer_comes_the_plan_of_its_own_route(partners: Partners) -> None:
    given = chart(
        causes=AT_WORK,
        coverages=(coverage("workers-compensation"), coverage()),
        diagnoses=(diagnosis("S61.012A", "principal"), diagnosis("I10", rank=2)),
        services=(service("s1", pointers=(1,)), service("s2", pointers=(2,))),
    )
    injury, rest = form(given, account(), partners).claims
    after = payers.next_coverage(given, injury)
    assert after is not None
    assert after.payer == "commercial"
    assert payers.next_coverage(given, rest) is None


CONSENTS = [
    ("the rule does not apply", Part2Consent(applies=False), True),
    ("no date is no consent", Part2Consent(applies=True), False),
    ("begins that day", Part2Consent(applies=True, start=date(2026, 3, 2)), True),
    ("begins later", Part2Consent(applies=True, start=date(2026, 3, 3)), False),
    ("its last day still counts", Part2Consent(applies=True, start=date(2026, 1, 1), end=date(2026, 3, 2)), True),
    ("has ended", Part2Consent(applies=True, start=date(2026, 1, 1), end=date(2026, 3, 1)), False),
    ("revoked that day", Part2Consent(applies=True, start=date(2026, 1, 1), revoked=date(2026, 3, 2)), False),
]


@pytest.mark.parametrize(("reason", "consent", "expected"), CONSENTS, ids=[row[0] for row in CONSENTS])
def test_substance_use_treatment_needs_a_consent_in_force(reason: str, consent: Part2Consent, expected: bool) -> None:
    assert payers.consents(chart(part2=consent), date(2026, 3, 2)) is expected, reason
