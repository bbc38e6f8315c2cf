"""What a look at a chart's diagnoses, days, stay and payers says: which rules may find something in it."""

from datetime import date
from typing import Any

import pytest

from claims.codesets.dated import Term
from claims.codesets.dated_build import release
from claims.edits.needs import met
from claims.edits.subject import Subject
from claims.tables import Reference
from schemas.events.chart import Attachment
from schemas.events.coded import ChartCoded
from schemas.events.people import Name
from tests.claims.coding.builders import with_line
from tests.claims.coding.changes import (
    as_it_is,
    happened,
    with_coverage,
    with_coverages,
    with_diagnoses,
    with_patient,
    with_procedure,
    with_stay,
)
from tests.claims.coding.given_edits import DAY, VISIT, with_tables
from tests.claims.coding.given_needs import (
    OF_EVERY_STAY,
    Change,
    Given,
    needed,
    stay_of_nothing_odd,
    visit_of_nothing_odd,
)
from tests.claims.coding.noted import noted_reference

NAME = Name(family="Doe")
PAPER = Attachment(report_type="OZ", transmission="AA")
ENROLMENTS = {"enrolments": {"commercial": ()}}
ADMITTED, LEFT = date(2026, 3, 3), date(2026, 3, 6)


def aged(chart: ChartCoded, born: date | None) -> ChartCoded:
    return with_patient(chart, birth_date=born)


def on_days(chart: ChartCoded, first: date, last: date) -> ChartCoded:
    return with_line(chart, service_from=first, service_to=last)


def without_diagnoses(chart: ChartCoded) -> ChartCoded:
    return with_line(chart.model_copy(update={"diagnoses": ()}), pointers=())


def as_role(chart: ChartCoded, role: Any) -> ChartCoded:
    """The chart with its first diagnosis in another role."""
    first, *others = chart.diagnoses
    return chart.model_copy(update={"diagnoses": (first.model_copy(update={"role": role}), *others)})


VISITS = [
    needed("an insured visit for high blood pressure", as_it_is),
    needed("an accident", lambda c: happened(c, "auto"), "accidents"),
    needed("an operation, on another day than the visit", lambda c: with_procedure(c, "02703DZ"),
           "operations", "days outside"),
    needed("an operation on its day", lambda c: with_procedure(c, "02703DZ", performed_at=VISIT),
           "operations", "days outside"),
    needed("no diagnosis", without_diagnoses, "no condition"),
    needed("only why the patient came", lambda c: as_role(c, "reason-for-visit"), "no condition"),
    needed("a diagnosis that leads nothing", lambda c: as_role(c, "other")),
    needed("two diagnoses", lambda c: with_diagnoses(c, "I10", "R05.1"), "diagnoses"),
    needed("a code twice", lambda c: with_diagnoses(c, "I10", "I10"), "diagnoses", "codes twice"),
    needed("a code twice, with and without its dot", lambda c: with_diagnoses(c, "R05.1", "R051"),
           "diagnoses", "codes twice"),
    needed("what he came with, which he has", lambda c: with_diagnoses(c, "I10", "I10", role="reason-for-visit"),
           "diagnoses"),
    Given("a hospital that tells enrolments", as_it_is, frozenset({"enrolments"}), {}, ENROLMENTS),
    needed("a paper to send", lambda c: c.model_copy(update={"attachments": (PAPER,)}), "papers and notes"),
    needed("a note to the payer", lambda c: c.model_copy(update={"claim_note": "x"}), "papers and notes"),
    needed("why it is late", lambda c: c.model_copy(update={"delay_reason": "3"}), "papers and notes"),
    needed("where an outpatient went", lambda c: with_stay(c, discharge_status="01"), "patient status"),
    needed("a stay that was undone", lambda c: with_stay(c, changed_to_outpatient_at=c.encounter.start),
           "status changed"),
    needed("the name that the plan has", lambda c: with_coverage(c, eligible_name=NAME), "plan's answers"),
    needed("the birth date that it has", lambda c: with_coverage(c, eligible_birth_date=VISIT), "plan's answers"),
    needed("the plan names an Advantage plan", lambda c: with_coverage(c, advantage=True), "plan's answers"),
    needed("the plan names none", lambda c: with_coverage(c, advantage=False)),
    needed("the second plan answers", lambda c: with_coverages(c, {}, {"advantage": True}), "plan's answers"),
    needed("the day before the encounter", lambda c: on_days(c, VISIT - DAY, VISIT), "days outside"),
    needed("the day after it", lambda c: on_days(c, VISIT, VISIT + DAY), "days outside"),
    needed("a line that ends before it begins", lambda c: on_days(c, VISIT, VISIT - DAY), "days outside"),
    needed("an encounter of two days", lambda c: with_stay(c, end_day=VISIT + DAY)),
    needed("a patient who died", lambda c: with_patient(c, deceased_date=VISIT), "death"),
    needed("124 years old", lambda c: aged(c, date(1901, 3, 11))),
    needed("125 years old", lambda c: aged(c, date(1901, 3, 10)), "impossible age"),
    needed("born today", lambda c: aged(c, VISIT)),
    needed("born tomorrow", lambda c: aged(c, VISIT + DAY), "impossible age"),
    needed("born nobody knows when", lambda c: aged(c, None)),
    needed("a payer who wants claims split", as_it_is, "splits", splits=("month",)),
    needed("a plan that had ended", lambda c: with_coverage(c, valid_to=VISIT - DAY), "plans change"),
    needed("a plan that begins tomorrow", lambda c: with_coverages(c, {}, {"valid_from": VISIT + DAY}), "plans change"),
    needed("a plan of that day", lambda c: with_coverage(c, valid_from=VISIT, valid_to=VISIT)),
    needed("a payer who authorizes the code", as_it_is, "authorizations", requires_authorization=("T1015",)),
    needed("a payer who authorizes the revenue code", as_it_is, "authorizations", requires_authorization=("0983",)),
    needed("a payer who authorizes its series", as_it_is, "authorizations", requires_authorization=("098x",)),
    needed("a payer who authorizes something else", as_it_is, requires_authorization=("E0601", "099x")),
    needed("a payer who authorizes nothing", as_it_is, requires_authorization=()),
    needed("a line without a revenue code", lambda c: with_line(c, revenue_code=None),
           requires_authorization=("098x",)),
    needed("a payer who wants a referral", as_it_is, "referrals", requires_referral=("ambulatory",)),
    needed("a payer who wants a laboratory's number", as_it_is, "clia", requires_clia=True),
    needed("Medicare, part A", as_it_is, "medicare", filing_indicator="MA"),
    needed("Medicare, part B", as_it_is, "medicare", filing_indicator="MB"),
    needed("an Advantage plan is not Medicare itself", as_it_is, filing_indicator="16"),
    needed("nobody but the patient pays", lambda c: with_coverage(c, kind="patient", payer="patient")),
    needed("no coverage", lambda c: c.model_copy(update={"coverages": ()})),
    needed("a code that has others below it", lambda c: with_diagnoses(c, "E11"), "incomplete codes"),
    needed("a code below it", lambda c: with_diagnoses(c, "E11.9")),
    needed("a code that nobody knows", lambda c: with_diagnoses(c, "I10.99"), "incomplete codes"),
    needed("a code of newborns", lambda c: with_diagnoses(c, "Z38.00"), "codes of an age"),
    needed("a manifestation", lambda c: with_diagnoses(c, "F02.80"), "manifestations"),
    needed("an injury under treatment", lambda c: with_diagnoses(c, "S52.90XA"), "fresh injuries"),
    needed("an open one", lambda c: with_diagnoses(c, "S52.90XB"), "fresh injuries"),
    needed("an injury that heals", lambda c: with_diagnoses(c, "S52.90XD")),
    needed("frostbite, the last of what has a cause", lambda c: with_diagnoses(c, "T34.90XA"), "fresh injuries"),
    needed("a poisoning, which names its cause itself", lambda c: with_diagnoses(c, "T36.0X1A")),
    needed("a code that names what comes first", lambda c: with_diagnoses(c, "N18.1"), "code-first codes"),
    needed("a cause", lambda c: with_diagnoses(c, "W19.XXXA"), "causes"),
    needed("a history of falling", lambda c: with_diagnoses(c, "Z91.81")),
    needed("a trait of the second code", lambda c: with_diagnoses(c, "I10", "W19.XXXA"), "diagnoses", "causes"),
    needed("what only a stay is asked for", lambda c: with_diagnoses(c, "I50.9", present="N")),
    needed("what a stay can't be for", lambda c: with_diagnoses(c, "Z80.3")),
]  # fmt: skip


@pytest.mark.parametrize("given", VISITS, ids=[given.reason for given in VISITS])
def test_what_a_visit_needs(coded: ChartCoded, reference: Reference, given: Given) -> None:
    assert met(given.subject(visit_of_nothing_odd(coded), reference)) == given.needs


def said(present: Any, role: Any) -> Change:
    """The stay with one diagnosis more: whether the patient came with it, and in which role."""

    def changed(chart: ChartCoded) -> ChartCoded:
        more = {"code": "E11.9", "role": role, "present_on_admission": present}
        return chart.model_copy(update={"diagnoses": (*chart.diagnoses, chart.diagnoses[0].model_copy(update=more))})

    return changed


def not_admitted_for(chart: ChartCoded) -> ChartCoded:
    """The stay with why he was admitted among what he has."""
    has = chart.diagnoses[1].model_copy(update={"role": "other", "present_on_admission": "Y"})
    return chart.model_copy(update={"diagnoses": (chart.diagnoses[0], has)})


STAYS = [
    needed("a stay for heart failure, with which he came", as_it_is),
    needed("principal for what can't be", lambda c: with_diagnoses(c, "Z80.3", present="Y"), "editor's edits"),
    needed("a stay that has no group", lambda c: c.model_copy(update={"drg": None}), "no group"),
    needed("why he was admitted is not said", not_admitted_for, "no admitting diagnosis"),
    needed("it came later", said("N", "other"), "not there at admission"),
    needed("nobody knows when it came", said("U", "other"), "not there at admission"),
    needed("a physician can't tell", said("W", "other")),
    needed("he came with it", said("Y", "other")),
    *(needed(f"a diagnosis of which nothing is said, {role}", said(None, role),
             "odd indicators") for role in ("principal", "other", "external-cause")),
    *(needed(f"why he came, of which nothing is said, {role}", said(None, role))
      for role in ("admitting", "reason-for-visit")),
    needed("the first and the last day of the stay", lambda c: on_days(c, ADMITTED, LEFT)),
    needed("the day before it", lambda c: on_days(c, ADMITTED - DAY, LEFT), "days outside"),
    needed("the day after it", lambda c: on_days(c, ADMITTED, LEFT + DAY), "days outside"),
]  # fmt: skip


@pytest.mark.parametrize("given", STAYS, ids=[given.reason for given in STAYS])
def test_what_a_stay_needs(stay: ChartCoded, reference: Reference, given: Given) -> None:
    assert met(given.subject(stay_of_nothing_odd(stay), reference)) == given.needs | OF_EVERY_STAY


def test_with_the_list_of_what_is_exempt_each_stay_is_asked_for_its_indicators(
    coded: ChartCoded, stay: ChartCoded, reference: Reference
) -> None:
    listed = with_tables(reference, release("poa-exempt", [Term("I10", "", VISIT)]))
    assert met(Subject(stay_of_nothing_odd(stay), listed)) == {*OF_EVERY_STAY, "odd indicators"}
    assert met(Subject(visit_of_nothing_odd(coded), listed)) == frozenset()


def test_a_code_whose_note_asks_for_another_is_looked_at_for_it(coded: ChartCoded, reference: Reference) -> None:
    noted = noted_reference(reference)
    asks = needed("heart failure is asked for", lambda c: with_diagnoses(c, "I11.0"))
    assert met(asks.subject(visit_of_nothing_odd(coded), noted)) == {"codes that ask"}
    assert met(Subject(visit_of_nothing_odd(coded), noted)) == frozenset()
