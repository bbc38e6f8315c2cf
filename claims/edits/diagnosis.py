"""Edits on diagnosis codes (X)."""

from collections.abc import Iterator
from typing import Final

from claims.code_facts import CodeFacts
from claims.codesets.shapes import is_external_cause
from claims.edits.rule import Fault, Rule, rule
from claims.edits.stays import SECONDARY
from claims.edits.subject import Subject


@rule(
    "X1",
    "reject",
    carc="146",
    citation="837 HI; OCG IV.D",
    mend="document and code the condition or the reason for the encounter",
    needs="no condition",
)
def no_diagnosis(subject: Subject) -> Iterator[Fault]:
    """A claim has at least one diagnosis that says what is treated (837 HI; OCG IV.D)."""
    if not subject.treated:
        yield Fault("no diagnosis", "diagnoses")


@rule(
    "X1",
    "reject",
    carc="146",
    citation="MCE 1, IOCE 1; OCG I.B.2",
    mend="code to the full number of characters, from the release of that day",
    needs="incomplete codes",
)
def not_billable(subject: Subject) -> Iterator[Fault]:
    """Each code is complete and valid: at discharge for an inpatient, on the first day for others (MCE 1, IOCE 1).

    Where only the 7th character is wrong, X2 says so instead.
    """
    for at, facts in enumerate(subject.facts):
        if not (facts.billable or _seventh_character_wrong(subject, facts)):
            message = "a diagnosis code that is not billable on the day of service"
            yield Fault(message, f"diagnoses[{at}].code", None, "ICD-10-CM code")


@rule(
    "X2",
    "reject",
    carc="146",
    citation="OCG I.A.4, I.A.5",
    mend="put the 7th character in the seventh place, and X in each empty place before it",
    needs="incomplete codes",
)
def seventh_character_wrong(subject: Subject) -> Iterator[Fault]:
    """A category with 7th characters has one of its own in the seventh place, padded with X (OCG I.A.4, I.A.5).

    Judged by the notes of the compiled Tabular List.
    """
    for at, facts in enumerate(subject.facts):
        if not facts.billable and _seventh_character_wrong(subject, facts):
            message = "the 7th character is missing or none of its category, or a placeholder is wrong"
            yield Fault(message, f"diagnoses[{at}].code", None, "7th character")


def _seventh_character_wrong(subject: Subject, facts: CodeFacts) -> bool:
    return subject.reference.diagnosis_codes.conventions.seventh_character_wrong(facts.key)


@rule(
    "X3",
    "reject",
    carc="16",
    citation="MCE 2, IOCE 5; OCG I.C.20.a.6",
    mend="put the injury or condition first and the cause after it",
    needs="causes",
)
def external_cause_first(subject: Subject) -> Iterator[Fault]:
    """V00-Y99 say why, not what, and never lead (MCE 2, IOCE 5; OCG I.C.20.a.6)."""
    for at in subject.treated:
        if is_external_cause(subject.codes[at]) and subject.roles[at] == "principal":
            yield Fault("an external cause stands as the principal diagnosis", f"diagnoses[{at}].role", None, "role")


@rule("X4", "reject", carc="16", citation="MCE 3", mend="name the code once", needs="codes twice")
def duplicate_of_principal(subject: Subject) -> Iterator[Fault]:
    """No other diagnosis repeats the principal one; the admitting one may (MCE 3)."""
    said = list(zip(subject.roles, subject.codes, strict=True))
    principal = {code for role, code in said if role == "principal"}
    for at, (role, code) in enumerate(said):
        if code in principal and role in SECONDARY:
            yield Fault("a diagnosis repeats the principal one", f"diagnoses[{at}].code", None, "ICD-10-CM code")


@rule(
    "X17",
    "reject",
    carc="16",
    citation="837P SV107",
    mend="count the chart's diagnoses from 1",
    fixed=True,
    needs="pointers astray",
)
def pointer_to_nothing(subject: Subject) -> Iterator[Fault]:
    """A line points to diagnoses of the chart, the first of them 1 (837P SV107)."""
    last = len(subject.diagnoses)
    for at, service in enumerate(subject.services):
        if any(not 1 <= pointer <= last for pointer in service.pointers):
            message = "a line points to a diagnosis that the chart doesn't have"
            yield Fault(message, f"services[{at}].pointers", at, "pointer")


DIAGNOSIS: Final[tuple[Rule, ...]] = (
    no_diagnosis,
    not_billable,
    seventh_character_wrong,
    external_cause_first,
    duplicate_of_principal,
    pointer_to_nothing,
)
