"""Edits on inpatient stays: the Medicare Code Editor under this project's rule ids, and grouping."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

_EDITOR: Final = "Medicare Code Editor, edit "


def _raised(subject: Subject, name: str, message: str) -> Iterator[Fault]:
    """The editor names the edit and not the code. X1, X3, X4, I8 and B1 are edits of every chart and have modules of
    their own."""
    if any(edit.name == name for edit in subject.editor):
        yield Fault(message, "diagnoses", None, "code")


@rule("X5", "reject", carc="9", citation=f"{_EDITOR}4", mend="correct the code or the birth date", of="inpatient")
def age_conflict(subject: Subject) -> Iterator[Fault]:
    """No code of another age: newborn 0, paediatric 0-17, maternity 9-64, adult 15-124 (MCE 4)."""
    yield from _raised(subject, "AGE_CONFLICT", "a code that this age excludes")


@rule("X6", "warn", carc="10", citation=f"{_EDITOR}5", mend="check the code and the recorded sex", of="inpatient")
def sex_conflict(subject: Subject) -> Iterator[Fault]:
    """No code of the other sex (MCE 5, which ended with discharges of 2024-09-30: the editor knows its days)."""
    yield from _raised(subject, "SEX_CONFLICT", "a code of the other sex")


@rule(
    "X7",
    "reject",
    carc="16",
    citation=f"{_EDITOR}6",
    mend="code the disease that caused it first",
    of="inpatient",
)
def manifestation_first(subject: Subject) -> Iterator[Fault]:
    """A manifestation never leads a stay (MCE 6; OCG I.A.13)."""
    yield from _raised(subject, "MANIFESTATION_AS_PDX", "a manifestation leads")


@rule(
    "X8",
    "reject",
    carc="16",
    citation=f"{_EDITOR}9",
    mend="lead with the condition that was treated",
    of="inpatient",
)
def unacceptable_principal(subject: Subject) -> Iterator[Fault]:
    """What is a circumstance and no illness is no reason for a stay (MCE 9)."""
    yield from _raised(subject, "UNACCEPTABLE_PDX", "no condition that a stay can be for")


@rule("X8", "warn", carc="50", citation=f"{_EDITOR}8", mend="check the principal diagnosis", of="inpatient")
def questionable_admission(subject: Subject) -> Iterator[Fault]:
    """Some diagnoses seldom need a stay (MCE 8)."""
    yield from _raised(subject, "QUESTIONABLE_ADMISSION", "a diagnosis that seldom needs a stay")


@rule("X11", "warn", carc="16", citation=f"{_EDITOR}20", mend="code the documented side", of="inpatient")
def unspecified_side(subject: Subject) -> Iterator[Fault]:
    """A complication or comorbidity is coded with its side (MCE 20, from discharges of 2022-04-01)."""
    yield from _raised(subject, "UNSPECIFIED", "a side that the record may know")


@rule("H2", "reject", carc="181", citation=f"{_EDITOR}1", mend="code from that day's release", of="inpatient")
def procedure_not_valid(subject: Subject) -> Iterator[Fault]:
    """Each ICD-10-PCS code is valid on the day of discharge (MCE 1).

    The editor doesn't say which code it means: while a diagnosis is invalid, X1 says so and this rule is silent.
    """
    stay = subject.inpatient_stay
    if stay is None or not any(edit.name == "INVALID_CODE" for edit in subject.editor):
        return
    known = subject.reference.mce.known
    if all(known(condition.code, stay.discharge_day) for condition in (stay.principal, *stay.others)):
        message = "a procedure code that is not valid on the discharge day"
        yield Fault(message, "diagnoses", None, "code")


@rule("H4", "warn", carc="96", citation=f"{_EDITOR}11", mend="check the coverage", of="inpatient")
def not_covered(subject: Subject) -> Iterator[Fault]:
    """Some procedures Medicare does not cover (MCE 11)."""
    yield from _raised(subject, "NON_COVERED", "a procedure that Medicare does not cover")


@rule("H4", "warn", carc="96", citation=f"{_EDITOR}17", mend="check the coverage decision", of="inpatient")
def limited_coverage(subject: Subject) -> Iterator[Fault]:
    """Some procedures are covered in some cases only (MCE 17)."""
    if any(edit.name.startswith("LIMITED_COVERAGE") for edit in subject.editor):
        yield Fault("covered in some cases only", "diagnoses", None, "code")


@rule(
    "X14",
    "reject",
    carc="16",
    citation="837I HI ABJ",
    mend="give the diagnosis at admission",
    of="inpatient",
)
def admitting_diagnosis_missing(subject: Subject) -> Iterator[Fault]:
    """An inpatient claim says why the patient was admitted (837I HI ABJ)."""
    if not any(diagnosis.role == "admitting" for diagnosis in subject.diagnoses):
        yield Fault("an inpatient stay without its admitting diagnosis", "diagnoses")


@rule(
    "B8",
    "warn",
    carc="A8",
    citation="42 CFR 412.60",
    mend="check the principal diagnosis, age, sex, patient status and what was present on admission",
    of="inpatient",
)
def ungroupable(subject: Subject) -> Iterator[Fault]:
    """Each inpatient stay falls into an MS-DRG (42 CFR 412.60)."""
    if subject.chart.drg is None:
        yield Fault("no MS-DRG groups this stay", "drg")


INPATIENT: Final[tuple[Rule, ...]] = (
    age_conflict,
    sex_conflict,
    manifestation_first,
    unacceptable_principal,
    questionable_admission,
    unspecified_side,
    procedure_not_valid,
    not_covered,
    limited_coverage,
    admitting_diagnosis_missing,
    ungroupable,
)
