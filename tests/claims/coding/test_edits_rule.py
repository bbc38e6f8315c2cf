"""What a rule makes of a fault, on which days it is in force, and a stay as the editor and the grouper read it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from claims.edits.rule import Fault, Rule, rule
from claims.edits.stays import billed_stay, inpatient_stay
from claims.edits.subject import Subject
from claims.edits.units import units_not_whole
from claims.edits.visits import is_diagnostic, is_repetitive
from claims.tables import Reference
from schemas.events.chart import Restriction
from schemas.events.coded import ChartCoded
from tests.claims.given_accounts import diagnosis

ONE_DAY = timedelta(days=1)
SINCE, UNTIL = date(2024, 4, 1), date(2025, 9, 30)


@rule("T1", "reject", carc="16", citation="a book", mend="mend it", since=SINCE, until=UNTIL)
def made(_: Subject) -> Iterator[Fault]:
    """A rule of a test."""
    yield Fault("wrong", "services[0]", 0, "service")


@rule("T2", "warn", citation="a book", mend="look at it")
def plain(_: Subject) -> Iterator[Fault]:
    """Another rule of a test."""
    yield Fault("doubtful")


@pytest.mark.parametrize(
    ("day", "in_force"),
    [(SINCE - ONE_DAY, False), (SINCE, True), (UNTIL, True), (UNTIL + ONE_DAY, False)],
    ids=["the day before", "the first day", "the last day", "the day after"],
)
def test_a_rule_is_in_force_from_its_first_day_to_its_last(day: date, in_force: bool) -> None:
    assert made.in_force(day) is in_force


def test_a_rule_without_days_is_always_in_force() -> None:
    assert plain.in_force(date(1900, 1, 1))
    assert plain.in_force(date(2100, 1, 1))


def test_what_is_not_said_of_a_rule_is_that_anybody_may_set_it_and_it_proposes_nothing() -> None:
    bare = Rule("T3", plain.check, "warn", "a book", "look at it")
    for each in (plain, bare):
        assert (each.fixed, each.proposes, each.needs, each.of, each.carc) == (False, None, None, "any", None)


@pytest.mark.parametrize(
    ("asked", "fault", "mode", "severity", "disposition"),
    [
        (made, Fault("m", line=2), None, "reject", "line-rejection"),
        (made, Fault("m"), None, "reject", "return-to-provider"),
        (made, Fault("m", line=2), "warn", "warn", "informational"),
        (made, Fault("m", severity="warn"), None, "warn", "informational"),
        (made, Fault("m", severity="warn"), "on", "reject", "return-to-provider"),
        (plain, Fault("m"), None, "warn", "informational"),
        (plain, Fault("m"), "on", "reject", "return-to-provider"),
        (plain, Fault("m", line=0, severity="reject"), None, "reject", "line-rejection"),
    ],
)
def test_severity_and_disposition_of_a_finding(
    asked: Rule, fault: Fault, mode: Any, severity: str, disposition: str
) -> None:
    said = asked.said(fault, mode)

    assert (said.severity, said.disposition) == (severity, disposition)


def test_a_finding_has_what_its_rule_says_and_what_its_fault_says_otherwise() -> None:
    own = made.said(Fault("m", "f", 3, "code"), claim="C1")
    other = made.said(Fault("m", mend="otherwise", carc="18", citation="another book"))

    assert (own.rule, own.line, own.field, own.value_kind, own.claim) == ("T1", 4, "f", "code", "C1")
    assert (own.mend, own.carc, own.citation) == ("mend it", "16", "a book")
    assert (other.mend, other.carc, other.citation, other.line) == ("otherwise", "18", "another book", None)


def test_a_rule_is_named_by_its_generator_and_told_by_its_docstring() -> None:
    assert (made.name, made.words) == ("made", "A rule of a test.")


DIAGNOSTIC = {
    *(
        f"{group}{digit}"
        for group in ("030", "031", "032", "035", "040", "046", "053", "061", "062")
        for digit in "019"
    ),
    *(f"{group}{digit}" for group in ("073", "074", "092") for digit in "019"),
    *("0254", "0255", "0341", "0343", "0371", "0372", "0471", "0481", "0482", "0483", "0489", "0918"),
}
REPETITIVE = {
    *(
        f"{group}{digit}"
        for group in ("029", "042", "043", "044", "055", "082", "083", "084", "085")
        for digit in "019"
    ),
    *("0410", "0412", "0419", "0482", "0943", "0948"),
}


def test_diagnostic_services_are_those_of_the_manual() -> None:
    """CPM 3/40.3.B."""
    others = {"0250", "0256", "0340", "0342", "0370", "0470", "0480", "0510", "0450", "0900", "0919", "0330"}
    assert {code for code in DIAGNOSTIC if not is_diagnostic(code)} == set()
    assert {code for code in others if is_diagnostic(code)} == set()


def test_repetitive_services_are_those_of_the_manual() -> None:
    """CPM 1/50.2.2."""
    others = {"0280", "0300", "0411", "0413", "0450", "0480", "0481", "0540", "0560", "0810", "0860", "0942", "0949"}
    assert {code for code in REPETITIVE if not is_repetitive(code)} == set()
    assert {code for code in others if is_repetitive(code)} == set()


def with_diagnoses(stay: ChartCoded, others: int, causes: int = 0) -> ChartCoded:
    """The stay's principal diagnosis, and so many others and external causes."""
    more = [diagnosis(f"Z{at:02}.0", rank=at + 2, present_on_admission="Y") for at in range(10, 10 + others)]
    why = [diagnosis(f"W{at:02}", "external-cause", rank=at + 40) for at in range(10, 10 + causes)]
    return stay.model_copy(update={"diagnoses": (stay.diagnoses[0], *why, *more)})


def test_a_stay_has_its_other_diagnoses_before_its_causes(stay: ChartCoded) -> None:
    read = inpatient_stay(with_diagnoses(stay, 1, 1))

    assert read is not None
    assert [condition.code for condition in read.others] == ["Z10.0", "W10"]
    assert read.others[0].present_on_admission == "Y"


@pytest.mark.parametrize("count", [12, 13, 14])
def test_a_stay_of_few_diagnoses_is_billed_whole(stay: ChartCoded, count: int) -> None:
    chart = with_diagnoses(stay, count)
    assert billed_stay(chart) == inpatient_stay(chart)


def test_a_stay_that_fits_is_billed_in_the_order_in_which_the_editor_reads_it(stay: ChartCoded) -> None:
    """Thirteen diagnoses, whose ranks are not in their order."""
    chart = with_diagnoses(stay, 12)
    turned = chart.model_copy(update={"diagnoses": (chart.diagnoses[0], *reversed(chart.diagnoses[1:]))})

    assert len(turned.diagnoses) == 13
    assert billed_stay(turned) == inpatient_stay(turned) != inpatient_stay(chart)


def test_of_a_stay_in_which_nothing_leads_the_claims_principal_diagnosis_is_read(stay: ChartCoded) -> None:
    """837I has one always: the first of the others."""
    chart = with_diagnoses(stay, 2)
    headless = chart.model_copy(update={"diagnoses": chart.diagnoses[1:]})
    billed = billed_stay(headless)

    assert inpatient_stay(headless) is None
    assert billed is not None
    assert (billed.principal.code, [each.code for each in billed.others]) == ("Z10.0", ["Z11.0"])


def test_of_more_causes_than_a_claim_takes_the_last_are_not_billed(stay: ChartCoded) -> None:
    chart = with_diagnoses(stay, 0, 13)
    whole, billed = inpatient_stay(chart), billed_stay(chart)

    assert whole is not None
    assert billed is not None
    assert (len(whole.others), len(billed.others)) == (13, 12)


def test_what_the_patient_paid_so_that_no_plan_sees_it_is_not_in_the_billed_stay(stay: ChartCoded) -> None:
    chart = with_diagnoses(stay, 1)
    secret = chart.diagnoses[1]
    hidden = chart.services[0].model_copy(update={"statement": "secret", "pointers": (2,)})
    restricted = chart.model_copy(
        update={
            "services": (*(s.model_copy(update={"pointers": (1,)}) for s in chart.services), hidden),
            "restrictions": (Restriction(statement="secret", paid_cents=1),),
        }
    )
    billed = billed_stay(restricted)

    assert billed is not None
    assert secret.code not in {condition.code for condition in billed.others}


def test_the_days_of_a_chart_are_those_of_its_lines(coded: ChartCoded, reference: Reference) -> None:
    first, second = coded.services[0], coded.services[1]
    lines = (
        first.model_copy(update={"service_from": date(2026, 3, 9), "service_to": date(2026, 3, 10)}),
        second.model_copy(update={"service_from": date(2026, 3, 10), "service_to": date(2026, 3, 12)}),
    )
    subject = Subject(coded.model_copy(update={"services": lines}), reference)

    assert subject.days == (date(2026, 3, 9), date(2026, 3, 12))
    assert subject.in_order


def test_a_line_that_ends_before_it_begins_is_out_of_order_and_one_of_a_day_is_not(
    coded: ChartCoded, reference: Reference
) -> None:
    turned = coded.services[0].model_copy(update={"service_from": date(2026, 3, 11), "service_to": date(2026, 3, 10)})

    assert Subject(coded, reference).in_order
    assert not Subject(coded.model_copy(update={"services": (turned,)}), reference).in_order


@pytest.mark.parametrize(("units", "said"), [(99_999_999_000, []), (100_000_000_000, ["N4"])])
def test_units_have_eight_digits_at_most(coded: ChartCoded, reference: Reference, units: int, said: list[str]) -> None:
    """837 SV104 and SV205, in thousandths."""
    line = coded.services[0].model_copy(update={"units": units})
    subject = Subject(coded.model_copy(update={"services": (line,)}), reference)

    assert [units_not_whole.said(fault).rule for fault in units_not_whole.check(subject)] == said
