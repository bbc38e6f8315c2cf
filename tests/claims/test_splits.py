"""One chart as several claims: no line is lost or said twice, each claim adds up and counts its lines from 1."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.forming import form
from claims.partners import Partners
from claims.payers import numbered_services
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded
from schemas.events.people import Patient
from tests.claims.given_accounts import (
    DAY,
    NOON,
    account,
    chart,
    committed_partners,
    coverage,
    diagnosis,
    service,
    stay,
)

LAST_OF_MARCH, FIRST_OF_APRIL = date(2026, 3, 31), date(2026, 4, 1)
MONTHLY = "medicaid"  # partners.yaml: splits: [month]


def formed(partners: Partners, **other: Any) -> tuple[ClaimBuilt, ...]:
    return form(chart(**other), account(), partners).claims


def on(day: date, component: str = "facility", name: str = "s1", **other: Any) -> Any:
    return service(name, component, service_from=day, service_to=day, **other)


def lasting(first: date, last: date, encounter_class: str = "ambulatory") -> Any:
    return stay(encounter_class, start_day=first, end_day=last, end=NOON + (last - DAY))


OVER_MONTHS = {
    "encounter": lasting(date(2026, 3, 20), date(2026, 4, 10)),
    "services": (on(LAST_OF_MARCH), on(FIRST_OF_APRIL, name="s2")),
}


def test_a_payer_who_parts_months_gets_a_claim_for_each(partners: Partners) -> None:
    march, april = formed(partners, coverages=(coverage(MONTHLY),), **OVER_MONTHS)
    assert (march.statement_from, march.statement_to) == (date(2026, 3, 20), LAST_OF_MARCH)
    assert (april.statement_from, april.statement_to) == (FIRST_OF_APRIL, date(2026, 4, 10))
    assert (march.patient_status, april.patient_status) == ("30", "01")


def test_another_payer_gets_one(partners: Partners) -> None:
    (claim,) = formed(partners, **OVER_MONTHS)
    assert (claim.statement_from, claim.statement_to) == (date(2026, 3, 20), date(2026, 4, 10))


def test_a_visit_past_midnight_has_the_days_of_its_services(partners: Partners) -> None:
    """Nothing was done in April: its one claim is of March."""
    over = {"encounter": lasting(LAST_OF_MARCH, FIRST_OF_APRIL), "services": (on(LAST_OF_MARCH),)}
    (claim,) = formed(partners, coverages=(coverage(MONTHLY),), **over)
    assert (claim.statement_from, claim.statement_to) == (LAST_OF_MARCH, LAST_OF_MARCH)


def test_a_stay_is_not_parted(partners: Partners) -> None:
    stayed = {**OVER_MONTHS, "encounter": lasting(date(2026, 3, 20), date(2026, 4, 10), "inpatient")}
    assert len(formed(partners, coverages=(coverage(MONTHLY),), **stayed)) == 1


def test_professionals_are_parted_too(partners: Partners) -> None:
    done = (on(LAST_OF_MARCH, "professional"), on(FIRST_OF_APRIL, "professional", "s2"))
    claims = formed(partners, coverages=(coverage(MONTHLY),), **{**OVER_MONTHS, "services": done})
    assert [(claim.kind, claim.statement_from) for claim in claims] == [
        ("professional", LAST_OF_MARCH),
        ("professional", FIRST_OF_APRIL),
    ]


def test_a_thousand_lines_are_two_hospital_claims(partners: Partners) -> None:
    many = tuple(service(f"s{n}", cents=n + 1) for n in range(1_000))
    claims = formed(partners, services=many)
    assert [len(claim.lines) for claim in claims] == [999, 1]
    assert sum(claim.total_charge_cents for claim in claims) == 500_500


def test_a_newborn_has_a_claim_of_his_own_that_says_nothing_of_his_mother(partners: Partners) -> None:
    born = Patient(
        mrn="m2", name=chart().patient.name, birth_date=DAY, address=chart().patient.address, mother_mrn="m1"
    )
    (claim,) = formed(
        partners,
        chart_id="c2",
        account_number="a2",
        patient=born,
        encounter=stay("inpatient", admission_type="4", birth_weight_grams=3_000),
        services=(service(),),
    )
    assert (claim.account_number, claim.patient.mrn, claim.patient.mother_mrn) == ("a2", "m2", None)
    assert ("54", 300_000) in {(value.code, value.cents) for value in claim.coded_values}


@st.composite
def charts(draw: st.DrawFn) -> ChartCoded:
    """Up to 130 lines over two months, of the hospital and of a physician, pointing to up to 20 diagnoses."""
    services = tuple(
        service(
            f"s{n}",
            component,
            service_from=DAY + timedelta(days=day),
            service_to=DAY + timedelta(days=day),
            charge_cents=cents,
            pointers=tuple(pointers),
        )
        for n, (component, day, cents, pointers) in enumerate(
            draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(["facility", "professional"]),
                        st.integers(0, 40),
                        st.integers(1, 99_999),
                        st.lists(st.integers(1, 20), min_size=1, max_size=4, unique=True),
                    ),
                    min_size=1,
                    max_size=130,
                )
            )
        )
    )
    diagnoses = tuple(diagnosis(f"Z00.{n:02}", "other" if n else "principal", n + 1) for n in range(20))
    payer = draw(st.sampled_from(["commercial", MONTHLY]))
    visit = lasting(DAY, DAY + timedelta(days=40))
    return chart(services=services, diagnoses=diagnoses, coverages=(coverage(payer),), encounter=visit)


@settings(max_examples=60, deadline=None)
@given(charts())
def test_control_totals_and_line_numbers_hold_through_every_split(said: ChartCoded) -> None:
    claims = form(said, account(), committed_partners()).claims
    lines = [line for claim in claims for line in claim.lines]
    assert Counter(line.control_number for line in lines) == Counter(n.control_number for n in numbered_services(said))
    assert sum(claim.total_charge_cents for claim in claims) == sum(each.charge_cents for each in said.services)
    for claim in claims:
        assert claim.total_charge_cents == sum(line.charge_cents for line in claim.lines)
        assert [line.number for line in claim.lines] == list(range(1, len(claim.lines) + 1))
        assert all(
            claim.statement_from <= line.service_from <= line.service_to <= claim.statement_to for line in claim.lines
        )
    assert len({claim.claim_id for claim in claims}) == len({claim.control_number for claim in claims}) == len(claims)


@settings(max_examples=60, deadline=None)
@given(charts())
def test_no_claim_has_more_than_its_form_takes(said: ChartCoded) -> None:
    for claim in form(said, account(), committed_partners()).claims:
        if claim.kind == "professional":
            assert len(claim.lines) <= 50
            assert len(claim.diagnoses) <= 12
            assert all(0 < pointer <= len(claim.diagnoses) for line in claim.lines for pointer in line.pointers)
        if claim.payer == MONTHLY:
            assert len({(line.service_from.year, line.service_from.month) for line in claim.lines}) == 1


@pytest.mark.parametrize("payer", ["commercial", MONTHLY])
def test_a_correction_meets_each_part_again(partners: Partners, payer: str) -> None:
    said = {**OVER_MONTHS, "coverages": (coverage(payer),)}
    assert [claim.claim_id for claim in formed(partners, **said)] == [
        claim.claim_id for claim in formed(partners, version=2, **said)
    ]
