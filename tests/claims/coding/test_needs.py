"""A rule whose need a chart doesn't meet is silent by itself: that it is not called spares time and nothing else."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from claims.codesets.dated import AddOn, Necessity, Pair, Term, UnitLimit
from claims.codesets.dated_build import release
from claims.edits import CHART_EDITS, rules_for
from claims.edits.needs import met
from claims.edits.rule import Need
from claims.edits.subject import Subject
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from schemas.events.people import Name
from tests.claims.coding.builders import with_line
from tests.claims.coding.changes import (
    as_it_is,
    happened,
    with_coverage,
    with_diagnoses,
    with_partners,
    with_patient,
    with_procedure,
)
from tests.claims.coding.given_edits import VISIT, Case, with_tables
from tests.claims.coding.noted import noted_reference


def cases(table: str) -> list[Case]:
    """The rows of all tables of that name in this folder whose rule has a need and no tables of its own."""
    found: list[Case] = []
    for file in sorted(Path(__file__).parent.glob("test_edits*.py")):
        module = import_module(f"tests.claims.coding.{file.stem}")
        found += [row for row in getattr(module, table, []) if row[0].needs and "table" not in row[0].needs]
    return found


VISITS, STAYS = cases("FIRES"), cases("FIRES_INPATIENT")


@pytest.mark.parametrize("case", VISITS, ids=[f"{row[0].name}-{at}" for at, row in enumerate(VISITS)])
def test_a_visit_in_which_a_rule_finds_something_meets_its_need(
    coded: ChartCoded, reference: Reference, case: Case
) -> None:
    edit, change = case[0], case[-1]
    subject = Subject(change(coded), reference)
    assert not list(edit.check(subject)) or edit.needs in met(subject)


@pytest.mark.parametrize("case", STAYS, ids=[f"{row[0].name}-{at}" for at, row in enumerate(STAYS)])
def test_a_stay_in_which_a_rule_finds_something_meets_its_need(
    stay: ChartCoded, reference: Reference, case: Case
) -> None:
    edit, change = case[0], case[-1]
    subject = Subject(change(stay), reference)
    assert not list(edit.check(subject)) or edit.needs in met(subject)


Change = Callable[[ChartCoded], ChartCoded]
Asked = tuple[str, Change, set[Need], Mapping[str, Any], Mapping[str, Any]]
"""Why, what of the chart differs, what is needed by the rules that are asked then, and by which entries of the payer
and the hospital."""
NAME = Name(family="Doe")
ENROLMENTS = {"enrolments": {"commercial": ()}}
ALONE = [
    ("hcpcs table", release("hcpcs", [Term("A6402", "Gauze", VISIT)])),
    ("necessity table", release("necessity", [Necessity("L1", "A6402", ("I10",), VISIT)])),
    ("add-on table", release("add-on", [AddOn("G0501", frozenset({"G0463"}), 1, VISIT)])),
    ("pair tables", release("ptp-practitioner", [Pair("G0463", "A6402", 0, VISIT)])),
    ("pair tables", release("ptp-outpatient", [Pair("G0463", "A6402", 0, VISIT)])),
    *(
        ("unit tables", release(name, [UnitLimit("A6402", 2, 1, VISIT)]))
        for name in ("mue-practitioner", "mue-outpatient", "mue-dme")
    ),
]


@pytest.mark.parametrize(("need", "table"), ALONE, ids=[row[1].table for row in ALONE])
def test_any_of_the_files_meets_a_need_of_them(coded: ChartCoded, reference: Reference, need: Need, table: Any) -> None:
    assert need not in met(Subject(coded, reference))
    assert need in met(Subject(coded, with_tables(reference, table)))


def asked(chart: ChartCoded, reference: Reference) -> set[Need]:
    """The needs of the rules that are asked of a chart: each need has a rule."""
    return {rule.needs for rule in rules_for(Subject(chart, reference)) if rule.needs is not None}


def needed(reason: str, change: Change, *needs: Need, **payer: Any) -> Asked:
    return reason, change, set(needs), {"requires_authorization": (), **payer}, {}


ASKED: list[Asked] = [
    needed("an insured visit for high blood pressure", as_it_is),
    needed("a payer who wants claims split", as_it_is, "splits", splits=("month",)),
    needed("a payer who authorizes", as_it_is, "authorizations", requires_authorization=("E0601",)),
    needed("a payer who wants a referral", as_it_is, "referrals", requires_referral=("ambulatory",)),
    needed("a payer who wants a laboratory's number", as_it_is, "clia", requires_clia=True),
    needed("Medicare, part A", as_it_is, "medicare", filing_indicator="MA"),
    needed("Medicare, part B", as_it_is, "medicare", filing_indicator="MB"),
    needed("an Advantage plan is not Medicare itself", as_it_is, filing_indicator="16"),
    needed("nobody but the patient pays", lambda c: with_coverage(c, kind="patient", payer="patient")),
    needed("an accident", lambda c: happened(c, "auto"), "accidents"),
    needed("an operation", lambda c: with_procedure(c, "02703DZ"), "operations"),
    needed("a patient who died", lambda c: with_patient(c, deceased_date=VISIT), "death"),
    needed("two diagnoses", lambda c: with_diagnoses(c, "I10", "R05.1"), "diagnoses"),
    needed("the name that the plan has", lambda c: with_coverage(c, eligible_name=NAME), "plan's answers"),
    needed("the birth date that it has", lambda c: with_coverage(c, eligible_birth_date=VISIT), "plan's answers"),
    needed("the plan names an Advantage plan", lambda c: with_coverage(c, advantage=True), "plan's answers"),
    needed("the plan names none", lambda c: with_coverage(c, advantage=False)),
    needed("a code of newborns", lambda c: with_diagnoses(c, "Z38.00"), "codes of an age"),
    needed("a manifestation", lambda c: with_diagnoses(c, "F02.80"), "manifestations"),
    needed("a code that names what comes first", lambda c: with_diagnoses(c, "N18.1"), "code-first codes"),
    needed("a modifier", lambda c: with_line(c, modifiers=("25",)), "modifiers", "notices"),
    needed("a notice was given", lambda c: with_line(c, abn=True), "notices"),
    needed("none was given", lambda c: with_line(c, abn=False), "notices"),
    needed("a package of a single dose", lambda c: with_line(c, single_dose=True), "single doses"),
    needed("a package of several", lambda c: with_line(c, single_dose=False), "single doses"),
    needed("a drug by its code", lambda c: with_line(c, code="J1100"), "drugs"),
    needed("a biosimilar", lambda c: with_line(c, code="Q5101"), "drugs"),
    needed("a hospice's place is no biosimilar", lambda c: with_line(c, code="Q5001")),
    needed("an NDC", lambda c: with_line(c, ndc="00000000000"), "drugs"),
    needed("an NDC's unit alone", lambda c: with_line(c, ndc_unit="ML"), "drugs"),
    needed("an NDC's quantity alone", lambda c: with_line(c, ndc_quantity=1000), "drugs"),
    needed("a line without a code", lambda c: with_line(c, code=None)),
    ("a hospital that tells enrolments", as_it_is, {"enrolments"}, {"requires_authorization": ()}, ENROLMENTS),
]


@pytest.mark.parametrize("row", [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_rules_are_asked_of_a_chart_that_has_what_they_look_at_and_of_no_other(
    coded: ChartCoded, reference: Reference, row: Any
) -> None:
    change, needs, payer, hospital = row
    chart = change(coded)
    partners = with_partners(reference, chart, payer, hospital)
    assert asked(chart, partners) == met(Subject(chart, partners)) == needs


def test_a_code_whose_note_asks_for_another_is_looked_at_for_it(coded: ChartCoded, reference: Reference) -> None:
    noted = noted_reference(reference)
    assert "codes that ask" in asked(with_diagnoses(coded, "I11.0"), noted)
    assert "codes that ask" not in asked(coded, noted)


def test_without_its_need_no_rule_finds_anything_in_a_good_chart(
    coded: ChartCoded, stay: ChartCoded, reference: Reference
) -> None:
    for chart in (coded, stay):
        subject = Subject(chart, reference)
        unmet = [rule for rule in CHART_EDITS if rule.needs is not None and rule.needs not in met(subject)]
        assert [rule.name for rule in unmet if list(rule.check(subject))] == []
        assert unmet
