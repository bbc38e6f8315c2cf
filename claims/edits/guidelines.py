"""Edits by the coding guidelines: age, order, codes that exclude or ask for each other, why and how (X5 to X16)."""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Final

from claims.code_facts import age_class
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

_OLDEST: Final = 124
_ICD: Final = "ICD-10-CM code"
_UNSCHEDULED: Final = frozenset({"1", "2", "5"})
_UNSCHEDULED_REVENUE: Final = ("045", "0516", "0762")


@rule(
    "X5",
    "reject",
    carc="9",
    citation="MCE 4, IOCE 2",
    mend="correct the code or the birth date",
    needs="codes of an age",
)
def age_conflict(subject: Subject) -> Iterator[Fault]:
    """No code of another age: newborn 0, paediatric 0-17, maternity 9-64, adult 15-124 (MCE 4, IOCE 2).

    The Medicare Code Editor's list answers code by code, for outpatients too: the Integrated OCE has the same ranges.
    An impossible age is I8's.
    """
    age = subject.age
    if age is None or not 0 <= age <= _OLDEST:
        return
    of_age = age_class(age)
    for at, facts in enumerate(subject.facts):
        if of_age in facts.unfit and subject.diagnoses[at].role != "admitting":
            yield Fault("a code that this age excludes", f"diagnoses[{at}].code", None, _ICD)


@rule(
    "X7",
    "reject",
    carc="16",
    citation="MCE 6, IOCE 86; OCG I.A.13",
    mend="code the disease that caused it first",
    needs="manifestations",
)
def manifestation_first(subject: Subject) -> Iterator[Fault]:
    """A manifestation never leads (MCE 6, IOCE 86; OCG I.A.13). Both editors have one list of them."""
    for at, facts in enumerate(subject.facts):
        if facts.is_manifestation and subject.diagnoses[at].role == "principal":
            yield Fault("a manifestation leads", f"diagnoses[{at}].role", None, _ICD)


@rule(
    "X7",
    "warn",
    carc="16",
    citation="OCG I.A.13, I.B.7",
    mend="put the disease that caused it before it",
    needs="code-first codes",
)
def code_first_order(subject: Subject) -> Iterator[Fault]:
    """Where two documented codes are named together by a "code first" note, they stand in its order (OCG I.A.13).

    A manifestation that leads is refused whatever else the chart has; here a person looks: whether the one is due to
    the other no table says. Judged by the notes of the compiled Tabular List.
    """
    codes, treated = subject.codes, subject.treated
    for place, at in enumerate(treated):
        first = subject.facts[at].first
        if first.categories.isdisjoint(subject.categories):
            continue
        later = any(first.holds(codes[other]) for other in treated[place + 1 :])
        if later and not any(first.holds(codes[other]) for other in treated[:place]):
            yield Fault("a code stands before one that its note has first", f"diagnoses[{at}].role", None, _ICD)


@rule(
    "X9",
    "warn",
    carc="16",
    citation="OCG I.A.12.a",
    mend="keep one, or ask whether they are unrelated",
    needs="diagnoses",
)
def excluded_pair(subject: Subject) -> Iterator[Fault]:
    """Two codes of an Excludes1 note don't stand together, unless the conditions are unrelated (OCG I.A.12.a).

    Judged by the notes of the compiled Tabular List, with those of every category, block and chapter above a code.
    """
    for at in subject.treated:
        excludes = subject.facts[at].excludes
        if not excludes.isdisjoint(subject.categories):
            others = compress(subject.treated, map(excludes.__contains__, subject.categories))
            yield from _excluded(subject, at, tuple(others))


def _excluded(subject: Subject, at: int, others: Sequence[int]) -> Iterator[Fault]:
    """A pair is said once, though both codes may have the note: at the later of the two."""
    excluded, codes = subject.reference.codes.excluded, subject.codes
    for other in others:
        again = other < at and codes[at][:3] in subject.facts[other].excludes
        if other != at and not again and excluded(codes[at], codes[other]) is not None:
            message = "a code that an Excludes1 note keeps from another of the chart"
            yield Fault(message, f"diagnoses[{max(at, other)}].code", None, _ICD)


@rule(
    "X10",
    "warn",
    citation="OCG I.B.7",
    mend="add the code that the note names, or ask for what it needs",
    needs="codes that ask",
)
def additional_code_absent(subject: Subject) -> Iterator[Fault]:
    """A "use additional code" note about what a condition always has is followed (OCG I.B.7).

    A stage, a type, a severity, an organism, an outcome; what a patient may have or not isn't asked for. Judged by the
    notes of the compiled Tabular List.
    """
    for at in subject.treated:
        for ask in subject.facts[at].asks:
            if not any(map(ask.holds, subject.codes)):
                yield Fault("a code whose note asks for an additional one", f"diagnoses[{at}]", None, _ICD)


@rule(
    "X15",
    "reject",
    carc="16",
    citation="837I HI PR; UB-04 FL 70",
    mend="give the diagnosis for which the patient came",
    of="facility",
)
def reason_for_visit_missing(subject: Subject) -> Iterator[Fault]:
    """The claim of an unscheduled outpatient visit says why the patient came (837I HI PR).

    Unscheduled: admission type 1, 2 or 5, and a line of the emergency room, urgent care or observation (revenue codes
    045x, 0516, 0762).
    """
    if subject.inpatient or subject.stay.admission_type not in _UNSCHEDULED:
        return
    came = any((service.revenue_code or "").startswith(_UNSCHEDULED_REVENUE) for service in subject.services)
    if came and all(diagnosis.role != "reason-for-visit" for diagnosis in subject.diagnoses):
        yield Fault("an unscheduled visit without its reason", "diagnoses")


@rule(
    "X16",
    "warn",
    carc="20",
    citation="837 CLM11; OCG I.C.20",
    mend="code how it happened, or say whether it was at work or by a car",
    needs="fresh injuries",
)
def injury_without_cause(subject: Subject) -> Iterator[Fault]:
    """A fresh injury has an external cause or facts of an accident (837 CLM11): a payer asks who else is liable."""
    if subject.chart.causes:
        return
    for at in subject.treated:
        if subject.facts[at].is_fresh_injury:
            if all(diagnosis.role != "external-cause" for diagnosis in subject.diagnoses):
                yield Fault("an injury, and nothing says how it happened", f"diagnoses[{at}]", None, "external cause")
            return


GUIDELINES: Final[tuple[Rule, ...]] = (
    age_conflict,
    manifestation_first,
    code_first_order,
    excluded_pair,
    additional_code_absent,
    reason_for_visit_missing,
    injury_without_cause,
)
