"""Edits on present-on-admission indicators (X12, X13)."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

INDICATED: Final = frozenset({"principal", "other", "external-cause"})
EXEMPT: Final = "poa-exempt"
ACQUIRED: Final = frozenset({"N", "U"})
"""Not present on admission, or nobody can tell."""
_INDICATOR: Final = "present-on-admission indicator"
_FIELD: Final = "diagnoses[{}].present_on_admission"


@rule(
    "X12",
    "reject",
    carc="16",
    citation="CMS POA; Social Security Act 1886(d)(4)(D)",
    mend="say Y, N, U or W; leave it out for a code of CMS's exempt list",
    of="inpatient",
    needs="odd indicators",
)
def indicator_missing_or_needless(subject: Subject) -> Iterator[Fault]:
    """Each diagnosis of a stay says whether the patient came with it, but for codes of CMS's exempt list.

    The list is the user's ("poa-exempt"): until it is loaded only codes of hospital-acquired conditions are asked, for
    none of them is exempt and a stay with one groups nowhere.
    """
    tables = subject.reference.tables
    listed = tables.has(EXEMPT)
    acquirable = subject.grouping.listed if subject.grouping else frozenset()
    for at, diagnosis in enumerate(subject.diagnoses):
        if diagnosis.role not in INDICATED:
            continue
        code, given = subject.codes[at], diagnosis.present_on_admission is not None
        exempt = listed and tables.term(EXEMPT, code, subject.day) is not None
        if exempt and given:
            yield Fault("an indicator for a code that is exempt", _FIELD.format(at), None, _INDICATOR)
        elif not given and not exempt and (listed or code in acquirable):
            yield Fault("whether it was present on admission is not said", _FIELD.format(at), None, _INDICATOR)


@rule(
    "X13",
    "warn",
    carc="233",
    citation="CMS HAC; Social Security Act 1886(d)(4)(D)",
    mend="check whether the patient came with it: what was acquired here is not paid for",
    of="inpatient",
    needs="not there at admission",
)
def hospital_acquired(subject: Subject) -> Iterator[Fault]:
    """A hospital-acquired condition that the patient didn't come with (N), or nobody can tell (U), is not paid for."""
    acquired = subject.grouping.acquired if subject.grouping else frozenset()
    if not acquired:
        return
    for at, diagnosis in enumerate(subject.diagnoses):
        if diagnosis.present_on_admission in ACQUIRED and subject.codes[at] in acquired:
            yield Fault("a hospital-acquired condition", _FIELD.format(at), None, _INDICATOR)


PRESENT_ON_ADMISSION: Final[tuple[Rule, ...]] = (indicator_missing_or_needless, hospital_acquired)
