"""Drugs: the product (U1), and what was thrown away of a single dose (M4)."""

from datetime import date
from typing import Any

import pytest

from claims.edits import check_chart
from claims.edits.drugs import drug_product_wrong, single_dose_without_waste
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.given_edits import DAY, Case, found, kinds, line, named, places, with_coverage, with_lines

UNITS = ("F2", "GR", "ME", "ML", "UN")
NDC, SINCE = "0" * 10 + "7", date(2023, 7, 1)


def drug(code: str | None = "J1100", **fields: Any) -> Any:
    """A change to one line of a drug."""
    return lambda c: with_lines(c, line(c, code, revenue_code="0636", **fields))


def asked(plan: str, change: Any) -> Any:
    return lambda c: with_coverage(change(c), plan_kind=plan)


def single(*modifiers: str, plan: str = "MB", **fields: Any) -> Any:
    """A change to one line of a drug of a single-dose package on a day after JZ began."""
    return asked(plan, drug(**{"modifiers": modifiers, "single_dose": True, **fields}))


# rule, what it says, the change, the field
FIRES: list[Case] = [
    (drug_product_wrong, "U1", "reject", "16", drug(ndc="0" * 10)),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc="00000-0000-07"[:11])),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc="0" * 12)),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc_quantity=1000, ndc_unit="ML")),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc_quantity=1000)),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc_unit="ML")),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc=NDC, ndc_quantity=1000, ndc_unit="MG")),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc=NDC, ndc_quantity=1000)),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc=NDC, ndc_unit="ML")),
    (drug_product_wrong, "U1", "reject", "16", drug(ndc=NDC, ndc_quantity=0, ndc_unit="ML")),
    (drug_product_wrong, "U1", "reject", "16", asked("MC", drug())),
    (drug_product_wrong, "U1", "reject", "16", asked("MC", drug("Q5101"))),
    (single_dose_without_waste, "M4", "reject", "16", single(component="professional")),
    (single_dose_without_waste, "M4", "warn", "16", single("59", plan="MA")),
    (single_dose_without_waste, "M4", "reject", "16", single("JW", discarded=0)),
    (single_dose_without_waste, "M4", "reject", "16", single("JZ", single_dose=False)),
    (single_dose_without_waste, "M4", "reject", "16", single("JW", single_dose=False, plan="CI")),
]
FIELDS = [
    *["ndc"] * 6, "ndc_unit", *["ndc_quantity"] * 3, *["ndc"] * 2, *["modifiers"] * 5,
]  # fmt: skip


@pytest.mark.parametrize(("case", "field"), list(zip(FIRES, FIELDS, strict=True)), ids=named(FIRES))
def test_what_is_wrong_with_a_drug_is_found(coded: ChartCoded, reference: Reference, case: Case, field: str) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(coded), reference)

    assert (kinds(said), places(said)) == ({(rule, severity, carc)}, [(1, f"services[0].{field}")])
    assert found(edit, coded, reference) == []


PASSES = [
    ("eleven digits", drug_product_wrong, drug(ndc=NDC)),
    *((f"in {unit}", drug_product_wrong, drug(ndc=NDC, ndc_quantity=1, ndc_unit=unit)) for unit in UNITS),
    ("Medicaid, with the NDC", drug_product_wrong, asked("MC", drug(ndc=NDC))),
    ("Medicaid, a vaccine", drug_product_wrong, asked("MC", drug("Q2039"))),
    ("Medicaid, no drug", drug_product_wrong, asked("MC", drug("A6402"))),
    ("Medicaid, a revenue code alone", drug_product_wrong, asked("MC", drug(None))),
    ("another plan wants none", drug_product_wrong, drug()),
    ("nothing was thrown away", single_dose_without_waste, single("JZ")),
    ("less than a unit was thrown away", single_dose_without_waste, single("JZ", discarded=1)),
    ("something was thrown away", single_dose_without_waste, single("JW", discarded=1)),
    ("nobody knows how much was thrown away", single_dose_without_waste, single("JW", discarded=None)),
    ("several doses in a package", single_dose_without_waste, single(single_dose=False)),
    ("nobody knows how many", single_dose_without_waste, single(single_dose=None)),
    ("a drug without a code", single_dose_without_waste, single(code=None)),
    ("another plan is first", single_dose_without_waste, single(plan="CI")),
    ("the patient pays", single_dose_without_waste, lambda c: single()(c).model_copy(update={"coverages": ()})),
    ("JZ, and nobody knows how many doses", single_dose_without_waste, single("JZ", single_dose=None)),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "change"), [row[1:] for row in PASSES], ids=[row[0] for row in PASSES])
def test_what_is_right_with_a_drug_passes(coded: ChartCoded, reference: Reference, edit: Any, change: Any) -> None:
    assert found(edit, change(coded), reference) == []


@pytest.mark.parametrize(("day", "wanted"), [(SINCE - DAY, False), (SINCE, True)], ids=["30 June", "1 July 2023"])
def test_jz_is_wanted_since_july_2023(coded: ChartCoded, reference: Reference, day: date, wanted: bool) -> None:
    chart = single(service_from=day, service_to=day)(coded)

    assert bool(found(single_dose_without_waste, chart, reference)) is wanted


# why, how the line of what was thrown away differs, is it wanted still
BESIDE = [
    ("the same drug and day", {}, False),
    ("another drug", {"code": "J2185"}, True),
    ("another day", {"service_from": date(2026, 3, 9)}, True),
    ("another's", {"component": "professional"}, True),
    ("no waste", {"modifiers": ("59",), "single_dose": None}, True),
]


@pytest.mark.parametrize(("fields", "wanted"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE])
def test_a_line_with_jw_speaks_for_what_was_given(
    coded: ChartCoded, reference: Reference, fields: dict[str, Any], wanted: bool
) -> None:
    given = single()(coded)
    waste = given.services[0].model_copy(update={"modifiers": ("JW",), "discarded": 1, **fields})

    said = found(single_dose_without_waste, with_lines(given, given.services[0], waste), reference)

    assert [finding.line for finding in said] == ([1] if wanted else [])


def test_the_drugs_of_a_stay_have_no_jz_and_no_ndc(stay: ChartCoded, reference: Reference) -> None:
    part_a, medicaid = single()(stay), asked("MC", drug())(stay)

    assert not {"M4", "U1"} & {
        finding.rule for chart in (part_a, medicaid) for finding in check_chart(chart, reference)
    }


def test_a_professionals_drug_for_an_inpatient_has_its_ndc(stay: ChartCoded, reference: Reference) -> None:
    charts = [asked("MC", drug(component=component))(stay) for component in ("facility", "professional")]

    assert [len(found(drug_product_wrong, chart, reference)) for chart in charts] == [0, 1]


def test_medicaid_asks_for_the_product_as_a_second_payer_too(coded: ChartCoded, reference: Reference) -> None:
    chart = drug()(coded)
    second = chart.coverages[0].model_copy(update={"id": "p-2", "plan_kind": "MC"})

    assert (
        len(found(drug_product_wrong, chart.model_copy(update={"coverages": (*chart.coverages, second)}), reference))
        == 1
    )
