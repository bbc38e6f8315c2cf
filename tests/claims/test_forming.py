"""A chart becomes claims: who bills, to whom, under which id, and what stands on them."""

from datetime import date, timedelta
from typing import Any

import pytest

from claims.forming import form
from claims.partners import Partners
from schemas.events.chart import Cause, Restriction
from schemas.events.claim import ClaimBuilt
from schemas.events.people import Address, Guarantor, Name
from tests.claims.given_accounts import (
    DAY,
    EMERGENCY_PHYSICIAN,
    NOON,
    PHYSICIAN,
    account,
    chart,
    coverage,
    diagnosis,
    service,
    stay,
)


def formed(partners: Partners, **differs: Any) -> tuple[ClaimBuilt, ...]:
    return form(chart(**differs), account(), partners).claims


# Who bills, and in how many claims


def test_the_hospital_bills_its_services_and_the_physicians_group_its_own(partners: Partners) -> None:
    facility, professional = formed(partners)
    assert (facility.kind, facility.billing_provider.npi) == ("institutional", "1234567893")
    assert (professional.kind, professional.billing_provider.npi) == ("professional", "1999000114")
    assert [provider.role for provider in professional.providers] == ["rendering"]


def test_each_billing_entity_has_a_claim_of_its_own(partners: Partners) -> None:
    own = service("s1", "professional", performer_npi=PHYSICIAN)
    employed = service("s2", "professional", performer_npi=EMERGENCY_PHYSICIAN)
    claims = formed(partners, services=(own, employed))
    assert [claim.billing_provider.name for claim in claims] == ["Mercy Physicians Group", "Mercy General Hospital"]


def test_a_biller_who_is_paid_elsewhere_says_where(partners: Partners) -> None:
    box = Address(lines=("PO Box 7",), city="Springfield", state="MA", postal_code="01101")
    hospital = partners.hospital("mercy-general")
    group = hospital.billing_entities["mercy-physicians"].model_copy(update={"pay_to": box})
    entities = {**hospital.billing_entities, group.id: group}
    paid_elsewhere = hospital.model_copy(update={"billing_entities": entities})
    known = partners.model_copy(update={"hospitals": {**partners.hospitals, hospital.id: paid_elsewhere}})
    facility, professional = formed(known)
    assert (facility.pay_to, professional.pay_to) == (None, box)


def test_totals_are_the_sum_of_the_lines_and_no_charge_is_lost(partners: Partners) -> None:
    services = tuple(service(f"s{n}", ("facility", "professional")[n % 2], cents=100 + n) for n in range(7))
    claims = formed(partners, services=services)
    assert all(claim.total_charge_cents == sum(line.charge_cents for line in claim.lines) for claim in claims)
    assert sum(claim.total_charge_cents for claim in claims) == sum(s.charge_cents for s in services)


def test_a_professional_claim_ends_with_a_day_before_its_fiftieth_line(partners: Partners) -> None:
    services = tuple(_on(DAY + timedelta(days=n // 20), f"s{n}") for n in range(70))
    assert [len(claim.lines) for claim in formed(partners, services=services)] == [40, 30]


def test_a_day_that_does_not_fit_alone_is_cut(partners: Partners) -> None:
    services = tuple(_on(DAY, f"s{n}") for n in range(120))
    assert [len(claim.lines) for claim in formed(partners, services=services)] == [50, 50, 20]


def test_a_professional_claim_points_to_twelve_diagnoses_at_most(partners: Partners) -> None:
    diagnoses = tuple(diagnosis(f"J{n:02d}.0", rank=n) for n in range(1, 15))
    services = tuple(service(f"s{n}", "professional", pointers=(n,)) for n in range(1, 15))
    claims = formed(partners, diagnoses=diagnoses, services=services)
    assert [len(claim.diagnoses) for claim in claims] == [12, 2]
    assert [line.pointers for line in claims[1].lines] == [(1,), (2,)]


def _on(day: date, statement: str) -> Any:
    return service(statement, "professional", service_from=day, service_to=day)


# Identity: what would collide under chart, version, payer and frequency


def test_a_claim_has_the_same_id_whenever_it_is_formed(partners: Partners) -> None:
    assert [claim.claim_id for claim in formed(partners)] == [
        "6c08c00b-0f91-5522-baf8-9e6afb7153d9",
        "ee73f175-21c8-556d-bac8-9574baeb7e52",
    ]


DISTINCT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("facility and professional", {"services": (service(),)}, {"services": (service("s1", "professional"),)}),
    ("another account", {}, {"account_number": "a2"}),
    ("another hospital's account of the same number", {}, {"hospital": "st-anna"}),
    ("two charts of an account on one day", {}, {"chart_id": "c2"}),
    ("another payer", {}, {"coverages": (coverage("medicare"),)}),
    ("another billing entity", {"services": (service("s1", "professional"),)},
     {"services": (service("s1", "professional", performer_npi=EMERGENCY_PHYSICIAN),)}),
    ("an id that looks like another one's end", {"account_number": "a/1", "chart_id": "c"},
     {"account_number": "a", "chart_id": "1/c"}),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in DISTINCT], ids=[row[0] for row in DISTINCT])
def test_claims_that_differ_have_different_ids(partners: Partners, one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = formed(partners, **one)[0], formed(partners, **other)[0]
    assert first.claim_id != second.claim_id
    assert first.control_number != second.control_number


def test_claims_past_fifty_lines_have_different_ids(partners: Partners) -> None:
    claims = formed(partners, services=tuple(_on(DAY, f"s{n}") for n in range(120)))
    assert len({claim.claim_id for claim in claims}) == 3


def test_a_payer_can_echo_every_number(partners: Partners) -> None:
    claims = formed(partners, services=tuple(_on(DAY, f"s{n}") for n in range(60)))
    numbers = [claim.control_number for claim in claims]
    assert all(len(number) == 20 and number.isalnum() and number.isupper() for number in numbers)
    assert len({line.control_number for claim in claims for line in claim.lines}) == 60


def test_one_statement_billed_by_two_has_two_line_numbers(partners: Partners) -> None:
    facility, professional = formed(partners, services=(service("s1"), service("s1", "professional")))
    assert facility.lines[0].control_number != professional.lines[0].control_number


def test_what_is_said_carries_the_charts_time_and_cause(partners: Partners) -> None:
    claim = formed(partners)[0]
    assert (claim.occurred_at, claim.causation_id, claim.producer) == (NOON, "chart-event", "claiming")


# What stands on a claim

BILL_TYPES = [("inpatient", "0111"), ("ambulatory", "0131"), ("emergency", "0131"), ("observation", "0131")]


@pytest.mark.parametrize(("encounter_class", "bill_type"), BILL_TYPES)
def test_the_bill_type_says_facility_care_and_frequency(
    partners: Partners, encounter_class: str, bill_type: str
) -> None:
    assert formed(partners, encounter=stay(encounter_class))[0].bill_type == bill_type


def test_every_institutional_claim_of_an_outpatient_has_a_patient_status(partners: Partners) -> None:
    mortal = chart().patient.model_copy(update={"deceased_date": DAY})
    assert formed(partners)[0].patient_status == "01"
    assert formed(partners, encounter=stay(discharge_status="02"))[0].patient_status == "02"
    assert formed(partners, patient=mortal)[0].patient_status == "20"


def test_an_inpatients_status_is_never_assumed(partners: Partners) -> None:
    assert formed(partners, encounter=stay("inpatient"))[0].patient_status is None


def test_an_inpatient_claim_has_admission_and_presence_on_it(partners: Partners) -> None:
    diagnoses = (
        diagnosis("J18.9", "principal", present_on_admission="Y"),
        diagnosis("R05.9", "admitting", rank=2, present_on_admission="Y"),
        diagnosis("R06.02", "reason-for-visit", rank=3),
    )
    facility, professional = formed(partners, encounter=stay("inpatient"), diagnoses=diagnoses)
    assert [(d.role, d.present_on_admission) for d in facility.diagnoses] == [("principal", "Y"), ("admitting", None)]
    assert facility.admission_date == professional.admission_date == DAY


def test_an_outpatient_claim_has_up_to_three_reasons_for_the_visit(partners: Partners) -> None:
    reasons = tuple(diagnosis(f"R1{n}.0", "reason-for-visit", rank=n + 2) for n in range(5))
    diagnoses = (diagnosis("I10", "principal", present_on_admission="Y"), diagnosis("R05.9", "admitting"), *reasons)
    facility = formed(partners, diagnoses=diagnoses)[0]
    assert [d.role for d in facility.diagnoses] == ["principal", *["reason-for-visit"] * 3]
    assert {d.present_on_admission for d in facility.diagnoses} == {None}


def test_a_professional_claim_has_what_its_lines_point_to_first_listed_first(partners: Partners) -> None:
    diagnoses = (
        diagnosis("W01.0XXA", "external-cause", rank=4),
        diagnosis("E11.9", rank=3),
        diagnosis("I10", "principal", rank=1),
        diagnosis("J45.909", rank=2),
    )
    services = (service("s1", "professional", pointers=(1, 2)), service("s2", "professional", pointers=(3,)))
    claim = formed(partners, diagnoses=diagnoses, services=services)[0]
    assert [(d.code, d.role) for d in claim.diagnoses] == [
        ("I10", "principal"),
        ("E11.9", "other"),
        ("W01.0XXA", "external-cause"),
    ]
    assert [line.pointers for line in claim.lines] == [(3, 2), (1,)]


def test_medicare_takes_hospitals_as_part_a_and_professionals_as_part_b(partners: Partners) -> None:
    assert [c.filing_indicator for c in formed(partners, coverages=(coverage("medicare"),))] == ["MA", "MB"]


def test_a_work_injury_says_so_to_who_pays_for_it_and_to_nobody_else(partners: Partners) -> None:
    injury, rest = formed(
        partners,
        causes=(Cause(kind="employment", date=date(2026, 3, 1)),),
        coverages=(coverage("workers-compensation"), coverage()),
        diagnoses=(diagnosis("S61.012A", "principal"), diagnosis("I10", rank=2)),
        services=(service("s1", pointers=(1,)), service("s2", pointers=(2,))),
    )
    assert [(value.kind, value.code) for value in injury.coded_values] == [("condition", "02"), ("occurrence", "04")]
    assert (rest.causes, rest.coded_values) == ((), ())


def test_a_plan_sees_nothing_of_what_was_paid_to_hide_it(partners: Partners) -> None:
    diagnoses = (diagnosis("I10", "principal"), diagnosis("B20", rank=2))
    services = (service("s1", pointers=(1,)), service("s2", pointers=(2,)))
    paid = (Restriction(statement="s2", paid_cents=10_000),)
    claims = formed(partners, diagnoses=diagnoses, services=services, restrictions=paid)
    assert [[d.code for d in claim.diagnoses] for claim in claims] == [["I10"]]


def test_a_payer_learns_no_more_of_the_patient_than_a_claim_needs(partners: Partners) -> None:
    guarantor = Guarantor(relationship="other", name=Name(family="Other"))
    patient = chart().patient.model_copy(update={"phone": "555-0100", "guarantor": guarantor})
    assert formed(partners, patient=patient)[0].patient == chart().patient


def test_a_plan_does_not_see_the_reason_for_the_visit_that_a_paid_item_was_about(partners: Partners) -> None:
    paid = (Restriction(statement="s2", paid_cents=5_000),)
    diagnoses = (
        diagnosis("I10", "principal"),
        diagnosis("F41.1", rank=2),
        diagnosis("F41.1", "reason-for-visit", rank=3),
    )
    services = (service("s1", pointers=(1,)), service("s2", pointers=(2,)))
    claims = formed(partners, diagnoses=diagnoses, services=services, restrictions=paid)
    assert [d.code for claim in claims for d in claim.diagnoses] == ["I10"]
