"""Who bills, attended, operated, rendered (P1-P5, P7)."""

from typing import Any

import pytest

from claims import claim_diagnoses
from claims.billers import providers
from claims.edits import check_chart
from claims.edits.providers import (
    PROVIDERS,
    attending_missing,
    no_place_of_care,
    not_enrolled,
    npi_check_digit,
    npi_missing,
    tax_id_not_nine_digits,
)
from claims.partners import Hospital
from claims.tables import Reference
from schemas.events.chart import Restriction
from schemas.events.coded import ChartCoded
from schemas.events.people import Address, Organization
from tests.claims.coding.builders import GOOD_NPI, with_line
from tests.claims.coding.changes import (
    Case,
    as_it_is,
    only,
    with_coverage,
    with_procedure,
    with_provider,
    with_provider_too,
    with_stay,
)
from tests.claims.coding.given_providers import AFTER, BEFORE, THIS, YEAR, professional, resolved, spans

BAD_NPI, OPERATED, OTHER = "1234567890", "0SR9019", "4A023N7"
PERFORMER, ATTENDING = "services[0].performer_npi", "encounter.providers"


P1 = [
    Case("by roster", npi_missing, professional),
    Case("nobody", npi_missing, lambda c: professional(c, performer_npi=None), (("reject", "206", PERFORMER),)),
    Case("the hospital's own needs none", npi_missing, lambda c: only(c, "facility")),
    Case(
        "bills through a group we don't have",
        npi_missing,
        lambda c: with_provider(professional(c), GOOD_NPI, billing_entity="nobody"),
        (("reject", "206", "encounter.providers[0].billing_entity"),),
    ),
    Case("bills through nobody", npi_missing, lambda c: with_provider(professional(c), GOOD_NPI, billing_entity=None)),
]
P2 = [
    Case("right", npi_check_digit, as_it_is),
    Case(
        "who attended",
        npi_check_digit,
        lambda c: with_provider(c, BAD_NPI),
        (("reject", "207", "encounter.providers[0].npi"),),
    ),
    Case(
        "who rendered",
        npi_check_digit,
        lambda c: with_line(c, performer_npi=BAD_NPI),
        (("reject", "207", PERFORMER),),
    ),
    Case(
        "who ordered",
        npi_check_digit,
        lambda c: with_line(c, ordering_npi=BAD_NPI),
        (("reject", "207", "services[0].ordering_npi"),),
    ),
    Case(
        "the same everywhere, said once",
        npi_check_digit,
        lambda c: with_line(c, performer_npi=BAD_NPI, ordering_npi=BAD_NPI),
        (("reject", "207", PERFORMER),),
    ),
]
FACILITY = "encounter.service_facility"
STREET = Address(lines=("100 Example Way",), postal_code="01103-0001", country="US")


def facility(chart: ChartCoded, **fields: Any) -> ChartCoded:
    given = Organization.model_validate({"name": "Mercy", "address": STREET, **fields})
    return with_stay(chart, service_facility=given)


TAX_ID = (("reject", "16", f"{FACILITY}.tax_id"),)
P3 = [
    Case("nine digits", tax_id_not_nine_digits, as_it_is),
    Case("none is told", tax_id_not_nine_digits, lambda c: facility(c, tax_id=None)),
    Case("no facility", tax_id_not_nine_digits, lambda c: with_stay(c, service_facility=None)),
    Case("a hyphen", tax_id_not_nine_digits, lambda c: facility(c, tax_id="00-0000101"), TAX_ID),
    Case("eight digits", tax_id_not_nine_digits, lambda c: facility(c, tax_id="00000010"), TAX_ID),
    Case("ten digits", tax_id_not_nine_digits, lambda c: facility(c, tax_id="0000001011"), TAX_ID),
]


def at(reason: str, *said: tuple[str, str, str], lines: tuple[str, ...] = ("1 Way",), **address: Any) -> Case:
    where = Address(**{"lines": lines, "postal_code": "01103-0001", "country": "US", **address})
    return Case(reason, no_place_of_care, lambda c: facility(c, address=where), said)


NO_STREET = ("reject", "16", f"{FACILITY}.address")
BOX = {**STREET.model_dump(), "lines": ("PO Box 1",)}
P4 = [
    at("a street"),
    at("a street on the second line", lines=("Suite 1", "1 Way")),
    at("a box", NO_STREET, lines=("P.O. Box 12",)),
    at("a box, run together", NO_STREET, lines=("POBox 12",)),
    at("a box in words", NO_STREET, lines=("1 Way", "Post Office Box 12")),
    at("a lockbox", NO_STREET, lines=("Lockbox 7",)),
    at("a private mailbox", NO_STREET, lines=("1 Way PMB 7",)),
    at("a street that only sounds so", lines=("1 Boxwood Lane",)),
    at("nine digits run together", postal_code="011030001"),
    at("five digits", NO_STREET, postal_code="01103"),
    at("no ZIP code", NO_STREET, postal_code=None),
    at("no country is this one", NO_STREET, postal_code="01103", country=None),
    at("abroad", postal_code="K1A", country="CA"),
    Case("no address", no_place_of_care, lambda c: facility(c, address=None)),
    Case(
        "the hospital bills from a box",
        no_place_of_care,
        lambda c: only(c, "facility"),
        (("reject", "16", "hospital"),),
        hospital={"address": BOX},
    ),
    Case("and a professional of a group doesn't", no_place_of_care, professional, hospital={"address": BOX}),
]
OPERATOR = (("reject", "16", "procedures[0].performer"),)
P5 = [
    Case("attended", attending_missing, as_it_is),
    Case("nobody", attending_missing, lambda c: with_stay(c, providers=()), (("reject", "16", ATTENDING),)),
    Case("without NPI", attending_missing, lambda c: with_provider(c, None), (("reject", "16", ATTENDING),)),
    Case(
        "only rendered",
        attending_missing,
        lambda c: with_provider(c, GOOD_NPI, role="rendering"),
        (("reject", "16", ATTENDING),),
    ),
    Case(
        "an operating room",
        attending_missing,
        lambda c: with_line(c, revenue_code="0360"),
        (("reject", "16", PERFORMER),),
    ),
    Case(
        "ambulatory surgery",
        attending_missing,
        lambda c: with_line(c, revenue_code="0490"),
        (("reject", "16", PERFORMER),),
    ),
    Case("its supplies alone", attending_missing, lambda c: with_line(c, revenue_code="0360", code=None)),
    Case(
        "the line says who",
        attending_missing,
        lambda c: with_line(c, revenue_code="0360", performer_npi=GOOD_NPI),
    ),
    Case(
        "the encounter says who",
        attending_missing,
        lambda c: with_provider_too(with_line(c, revenue_code="0360"), role="operating"),
    ),
    Case(
        "without his NPI",
        attending_missing,
        lambda c: with_provider_too(with_line(c, revenue_code="0360"), role="operating", npi=None),
        (("reject", "16", PERFORMER),),
    ),
]


def operated_twice(chart: ChartCoded) -> ChartCoded:
    done = with_procedure(chart, OPERATED).procedures
    return chart.model_copy(update={"procedures": done * 2})


P5_STAY = [
    Case("an operation", attending_missing, lambda c: with_procedure(c, OPERATED), OPERATOR),
    Case("the first of two", attending_missing, operated_twice, OPERATOR),
    Case("of another section", attending_missing, lambda c: with_procedure(c, OTHER)),
    Case("by somebody of the roster", attending_missing, lambda c: with_procedure(c, OPERATED, performer="DR-OR-001")),
    Case("by who attended", attending_missing, lambda c: with_procedure(c, OPERATED, performer="DR-IM-001")),
    Case("by nobody we know", attending_missing, lambda c: with_procedure(c, OPERATED, performer="DR-X"), OPERATOR),
    Case(
        "the encounter says who",
        attending_missing,
        lambda c: with_provider_too(with_procedure(c, OPERATED), role="operating"),
    ),
    Case(
        "which no plan sees",
        attending_missing,
        lambda c: with_procedure(c, OPERATED).model_copy(
            update={"restrictions": (Restriction(statement="s", paid_cents=1),)}
        ),
    ),
    Case("an outpatient's line", attending_missing, lambda c: with_line(c, code="G0463", revenue_code="0360")),
]


def enrolled(who: str, reason: str, spans_of_him: dict[str, Any], carc: str | None = None) -> Case:
    """`who`: person, group or hospital."""

    def entries(mercy: Hospital) -> dict[str, Any]:
        person, group = mercy.roster["DR-IM-001"], mercy.billing_entities["mercy-physicians"]
        person = person.model_copy(update={"enrolments": spans_of_him if who == "person" else {}})
        group = group.model_copy(update={"enrolments": spans_of_him if who == "group" else {}})
        return {
            "roster": {"DR-IM-001": person.model_dump()},
            "billing_entities": {"mercy-general": mercy.billing_entities["mercy-general"], "mercy-physicians": group},
            "enrolments": spans_of_him if who == "hospital" else {},
        }

    field = "hospital" if who == "hospital" else PERFORMER
    said = (("warn", carc, field),) if carc else ()
    kind = "facility" if who == "hospital" else "professional"
    return Case(f"{who}, {reason}", not_enrolled, lambda c: only(c, kind), said, hospital={"entries": entries})


P7 = [
    *(
        case
        for who, carc in (("person", "185"), ("group", "B7"), ("hospital", "B7"))
        for case in (
            enrolled(who, "says nothing", {}),
            enrolled(who, "of another payer", {"medicare": ()}),
            enrolled(who, "not at all", spans(), carc),
            enrolled(who, "from that day", spans((THIS, None))),
            enrolled(who, "from the day after", spans((AFTER, None)), carc),
            enrolled(who, "until that day", spans((YEAR, THIS))),
            enrolled(who, "until the day before", spans((YEAR, BEFORE)), carc),
            enrolled(who, "between two", spans((YEAR, BEFORE), (AFTER, None)), carc),
            enrolled(who, "in the second", spans((YEAR, BEFORE), (THIS, None))),
        )
    )
]
CASES = [*P1, *P2, *P3, *P4, *P5, *P7]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.id}, {case.reason}" for case in CASES])
def test_an_edit_on_providers_says_this(coded: ChartCoded, reference: Reference, mercy: Hospital, case: Case) -> None:
    assert resolved(case, mercy).findings(coded, reference) == case.said


@pytest.mark.parametrize("case", P5_STAY, ids=[case.reason for case in P5_STAY])
def test_an_operation_of_a_stay_names_who_operated(stay: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(stay, reference) == case.said


def test_every_edit_on_providers_has_a_case_that_fires_and_one_that_does_not() -> None:
    assert {case.rule for case in CASES if case.said} == {case.rule for case in CASES if not case.said} == {*PROVIDERS}


def test_a_group_that_bills_from_a_box_is_named_by_its_line(
    coded: ChartCoded, reference: Reference, mercy: Hospital
) -> None:
    group = mercy.billing_entities["mercy-physicians"].model_copy(update={"address": Address(**BOX)})
    entities = {**mercy.billing_entities, "mercy-physicians": group}
    case = Case("a group", no_place_of_care, as_it_is, hospital={"billing_entities": entities})

    assert case.findings(coded, reference) == (("reject", "16", "services[1].performer_npi"),)


def test_who_operated_stands_on_the_hospitals_claim(stay: ChartCoded, mercy: Hospital) -> None:
    """What P5 takes for the operator's NPI is what the claim names (837I loop 2310B)."""
    operated = with_procedure(stay, OPERATED, performer="DR-OR-001")

    named = providers(
        "institutional",
        operated.services,
        claim_diagnoses.disclosed_procedures(operated),
        operated.encounter,
        mercy,
    )

    assert [(provider.role, provider.npi) for provider in named] == [
        ("attending", "1999001112"),
        ("operating", mercy.roster["DR-OR-001"].npi),
    ]


def test_an_operator_whom_the_encounter_names_is_not_named_twice(stay: ChartCoded, mercy: Hospital) -> None:
    operated = with_provider_too(with_procedure(stay, OPERATED, performer="DR-OR-001"), role="operating")

    named = providers("institutional", operated.services, operated.procedures, operated.encounter, mercy)

    assert [provider.role for provider in named] == ["attending", "operating"]


def test_a_professional_alone_needs_no_attending(coded: ChartCoded, reference: Reference) -> None:
    own = with_provider(professional(coded), GOOD_NPI, role="rendering")

    assert "P5" not in {finding.rule for finding in check_chart(own, reference)}


def test_a_coverage_by_the_patient_is_asked_for_nothing(coded: ChartCoded, reference: Reference) -> None:
    case = enrolled("hospital", "the patient pays", spans(), None)
    himself = case._replace(change=lambda c: with_coverage(only(c, "facility"), kind="patient"), hospital={})

    assert himself.findings(coded, reference) == ()
