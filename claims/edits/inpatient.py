"""Edits on inpatient stays: the Medicare Code Editor under this project's rule ids, and grouping.

X1, X3, X4, X5, X7, I8 and B1 are edits of every chart and have modules of their own.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from claims.codesets.shapes import is_inpatient_procedure_shape
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

_EDITOR: Final = "Medicare Code Editor, edit "
_ICD: Final = "ICD-10-CM code"
_PCS: Final = "ICD-10-PCS code"
_LONG_VENTILATION: Final = "5A1955Z"
_ITS_DAYS: Final = 4


def _of_the_principal(subject: Subject, name: str, message: str) -> Iterator[Fault]:
    if name in subject.editor:
        yield Fault(message, f"diagnoses[{subject.principal_place}].role", None, _ICD)


def _by_code(subject: Subject, name: str, message: str) -> Iterator[Fault]:
    """The editor names the edit and not the code: it is asked again without each. What is left of its count is the
    principal diagnosis."""
    stay, raised = subject.inpatient_stay, subject.editor.get(name, 0)
    if stay is None or not raised:
        return
    others, procedures = subject.reference.mce.concerned(stay, name)
    yield from (Fault(message, f"diagnoses[{subject.other_places[at]}].code", None, _ICD) for at in sorted(others))
    yield from (Fault(message, f"procedures[{at}].code", None, _PCS) for at in sorted(procedures))
    if len(others) + len(procedures) < raised:
        yield Fault(message, f"diagnoses[{subject.principal_place}].code", None, _ICD)


@rule(
    "X6",
    "warn",
    carc="10",
    citation=f"{_EDITOR}5",
    mend="check the code and the recorded sex",
    of="inpatient",
    needs="editor's edits",
    until=date(2024, 9, 30),
)
def sex_conflict(subject: Subject) -> Iterator[Fault]:
    """No code of the other sex (MCE 5, which ended with discharges of 2024-09-30).

    Of inpatients only: the tables of the Integrated OCE have no sexes any more (its edit 3 is inactive).
    """
    yield from _by_code(subject, "SEX_CONFLICT", "a code of the other sex")


@rule(
    "X8",
    "reject",
    carc="16",
    citation=f"{_EDITOR}9",
    mend="lead with the condition that was treated",
    of="inpatient",
    needs="editor's edits",
)
def unacceptable_principal(subject: Subject) -> Iterator[Fault]:
    """What is a circumstance and no illness is no reason for a stay, or not alone (MCE 9)."""
    yield from _of_the_principal(subject, "UNACCEPTABLE_PDX", "no condition that a stay can be for")
    yield from _of_the_principal(subject, "REQUIRES_SDX", "no condition that a stay can be for without another one")


@rule(
    "X8",
    "warn",
    carc="50",
    citation=f"{_EDITOR}8",
    mend="check the principal diagnosis",
    of="inpatient",
    needs="editor's edits",
)
def questionable_admission(subject: Subject) -> Iterator[Fault]:
    """Some diagnoses seldom need a stay, nor does a delivery whose outcome no code tells (MCE 8)."""
    yield from _of_the_principal(subject, "QUESTIONABLE_ADMISSION", "a diagnosis that seldom needs a stay")
    yield from _by_code(subject, "QUESTIONABLE_OBSTETRIC_ADMISSION", "a delivery without a diagnosis of one")


@rule(
    "X11",
    "warn",
    carc="16",
    citation=f"{_EDITOR}20",
    mend="code the documented side",
    of="inpatient",
    needs="editor's edits",
    since=date(2022, 4, 1),
)
def unspecified_side(subject: Subject) -> Iterator[Fault]:
    """A complication or comorbidity is coded with its side (MCE 20, from discharges of 2022-04-01)."""
    yield from _by_code(subject, "UNSPECIFIED", "a side that the record may know")


@rule(
    "H2",
    "reject",
    carc="181",
    citation=f"{_EDITOR}1",
    mend="code from that day's release",
    of="inpatient",
    needs="operations",
)
def procedure_not_valid(subject: Subject) -> Iterator[Fault]:
    """Each ICD-10-PCS code is valid on the day of discharge (MCE 1)."""
    for at, procedure in enumerate(subject.chart.procedures):
        known = subject.reference.mce.procedure_known(procedure.code, subject.day)
        if known is False and is_inpatient_procedure_shape(procedure.code):
            message = "a procedure code that is not valid on the discharge day"
            yield Fault(message, f"procedures[{at}].code", None, _PCS)


@rule(
    "H2",
    "reject",
    carc="181",
    citation="45 CFR 162.1002(c)(3)",
    mend="bill it by its HCPCS code",
    of="outpatient",
    needs="operations",
)
def inpatient_procedure_of_an_outpatient(subject: Subject) -> Iterator[Fault]:
    """ICD-10-PCS is for inpatient hospital procedures only (45 CFR 162.1002)."""
    for at in range(len(subject.chart.procedures)):
        yield Fault("an inpatient procedure code of an outpatient", f"procedures[{at}].code", None, _PCS)


@rule(
    "H2",
    "reject",
    carc="16",
    citation=f"{_EDITOR}19",
    mend="correct the code or the dates",
    of="inpatient",
    needs="operations",
)
def shorter_than_its_procedure(subject: Subject) -> Iterator[Fault]:
    """Ventilation of more than 96 consecutive hours takes a stay of four days at least (MCE 19)."""
    if (subject.stay.end_day - subject.stay.start_day).days >= _ITS_DAYS:
        return
    for at, procedure in enumerate(subject.chart.procedures):
        if procedure.code == _LONG_VENTILATION:
            yield Fault("a procedure that takes longer than the stay", f"procedures[{at}].code", None, _PCS)


@rule(
    "H4", "warn", carc="96", citation=f"{_EDITOR}11", mend="check the coverage", of="inpatient", needs="editor's edits"
)
def not_covered(subject: Subject) -> Iterator[Fault]:
    """Some procedures Medicare does not cover (MCE 11)."""
    yield from _by_code(subject, "NON_COVERED", "a procedure that Medicare does not cover")


@rule(
    "H4",
    "warn",
    carc="96",
    citation=f"{_EDITOR}17",
    mend="check the coverage decision",
    of="inpatient",
    needs="editor's edits",
)
def limited_coverage(subject: Subject) -> Iterator[Fault]:
    """Some procedures are covered in some cases only (MCE 17)."""
    for name in subject.editor:
        if name.startswith("LIMITED_COVERAGE"):
            yield from _by_code(subject, name, "covered in some cases only")


@rule(
    "H4",
    "reject",
    carc="96",
    citation=f"{_EDITOR}18; NCD 140.6 to 140.8",
    mend="bill the surgery apart, as a claim that asks for no payment",
    of="inpatient",
    needs="editor's edits",
)
def wrong_surgery(subject: Subject) -> Iterator[Fault]:
    """Surgery of the wrong kind, side or patient (Y65.51 to Y65.53) is never paid for (MCE 18; NCD 140.6 to 140.8)."""
    yield from _by_code(subject, "WRONG_PROCEDURE_PERFORMED", "surgery that was the wrong one")


@rule(
    "X14",
    "reject",
    carc="16",
    citation="837I HI ABJ",
    mend="give the diagnosis at admission",
    of="inpatient",
    needs="no admitting diagnosis",
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
    needs="no group",
)
def ungroupable(subject: Subject) -> Iterator[Fault]:
    """Each inpatient stay falls into an MS-DRG (42 CFR 412.60).

    A chart has no field for the group that its hospital found, so that there is nothing to compare ours with.
    """
    if subject.chart.drg is None:
        yield Fault("no MS-DRG groups this stay", "drg")


INPATIENT: Final[tuple[Rule, ...]] = (
    sex_conflict,
    unacceptable_principal,
    questionable_admission,
    unspecified_side,
    procedure_not_valid,
    inpatient_procedure_of_an_outpatient,
    shorter_than_its_procedure,
    not_covered,
    limited_coverage,
    wrong_surgery,
    admitting_diagnosis_missing,
    ungroupable,
)
