"""Edits on inpatient stays: the Medicare Code Editor under this project's rule ids, and grouping."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from claims import claim_diagnoses
from claims.findings import reject, warn
from claims.mce import Condition, Stay
from claims.stay import years_between
from claims.tables import Reference
from schemas.events.claim import ClaimDiagnosis
from schemas.events.coded import ChartCoded, CodedDiagnosis, CodedProcedure, Finding


class Meaning(NamedTuple):
    """What an edit of the editor is here."""

    rule: str
    severity: Literal["reject", "warn"]
    number: str
    carc: str | None
    message: str
    mend: str


_COVERAGE: Final = Meaning("H4", "warn", "17", "96", "covered in some cases only", "check the coverage decision")
MEANINGS: Final[dict[str, Meaning]] = {
    "INVALID_CODE": Meaning(
        "H2",
        "reject",
        "1",
        "181",
        "a procedure code that is not valid on the discharge day",
        "code from that day's release",
    ),
    "AGE_CONFLICT": Meaning(
        "X5", "reject", "4", "9", "a code that this age excludes", "correct the code or the birth date"
    ),
    "SEX_CONFLICT": Meaning("X6", "warn", "5", "10", "a code of the other sex", "check the code and the recorded sex"),
    "MANIFESTATION_AS_PDX": Meaning(
        "X7", "reject", "6", "16", "a manifestation leads", "code the disease that caused it first"
    ),
    "UNACCEPTABLE_PDX": Meaning(
        "X8", "reject", "9", "16", "no condition that a stay can be for", "lead with the condition that was treated"
    ),
    "QUESTIONABLE_ADMISSION": Meaning(
        "X8", "warn", "8", "50", "a diagnosis that seldom needs a stay", "check the principal diagnosis"
    ),
    "UNSPECIFIED": Meaning("X11", "warn", "20", "16", "a side that the record may know", "code the documented side"),
    "NON_COVERED": Meaning("H4", "warn", "11", "96", "a procedure that Medicare does not cover", "check the coverage"),
}
"""By the editor's own names. X1, X3, X4, I8 and B1 are edits of every chart and stand in modules of their own, so that
the editor's INVALID_CODE means a procedure here. Its sex edit appears only for the days it was in force."""
_SAID_ELSEWHERE: Final = frozenset(
    {
        "DUPLICATE_OF_PDX",
        "E_CODE_AS_PDX",
        "INVALID_ADMIT_DX",
        "INVALID_AGE",
        "INVALID_DISCHARGE_STATUS",
        "INVALID_SEX",
    }
)


def medicare_code_editor(chart: ChartCoded, reference: Reference) -> Iterator[Finding]:
    """X5-X8, X11, H2, H4: the Medicare Code Editor on an inpatient stay. Severity and CARC by edit."""
    stay = inpatient_stay(chart)
    if stay is None:
        return
    known = [reference.mce.known(condition.code, stay.discharge_day) for condition in (stay.principal, *stay.others)]
    for edit in reference.mce.edits(stay):
        if edit.name in _SAID_ELSEWHERE or (edit.name == "INVALID_CODE" and not all(known)):
            continue  # an invalid diagnosis is X1's; the editor doesn't say which code it means
        meaning = MEANINGS.get(edit.name, _COVERAGE if edit.name.startswith("LIMITED_COVERAGE") else None)
        if meaning is not None:
            yield _finding(meaning)


def admitting_diagnosis_missing(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """X14: an inpatient claim says why the patient was admitted (837I HI ABJ). Reject, CARC 16."""
    inpatient = chart.encounter.encounter_class == "inpatient"
    if inpatient and not any(diagnosis.role == "admitting" for diagnosis in chart.diagnoses):
        yield reject(
            "X14",
            "an inpatient stay without its admitting diagnosis",
            field="diagnoses",
            carc="16",
            citation="837I HI ABJ",
            mend="give the diagnosis at admission",
        )


def ungroupable(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """B8: an inpatient stay falls into no MS-DRG. Warn, CARC A8."""
    if chart.encounter.encounter_class == "inpatient" and chart.drg is None:
        yield warn(
            "B8",
            "no MS-DRG groups this stay",
            field="drg",
            carc="A8",
            citation="42 CFR 412.60",
            mend="check the principal diagnosis, age, sex, patient status and what was present on admission",
        )


def inpatient_stay(chart: ChartCoded) -> Stay | None:
    """The whole stay, as the editor reads it; None without a principal diagnosis or a birth date."""
    return _stay(chart, chart.diagnoses, chart.procedures)


def billed_stay(chart: ChartCoded) -> Stay | None:
    """The stay as its payer's claim tells it, which is what his grouper reads: what the patient paid in full so that
    no plan sees it must not show in the DRG either (45 CFR 164.522(a)(1)(vi))."""
    return _stay(chart, claim_diagnoses.institutional(chart), claim_diagnoses.disclosed_procedures(chart))


def _stay(
    chart: ChartCoded, diagnoses: Sequence[CodedDiagnosis | ClaimDiagnosis], procedures: Sequence[CodedProcedure]
) -> Stay | None:
    facts, born = chart.encounter, chart.patient.birth_date
    principal = next((_condition(d) for d in diagnoses if d.role == "principal"), None)
    if facts.encounter_class != "inpatient" or principal is None or born is None:
        return None
    return Stay(
        discharge_day=facts.end_day,
        age=years_between(born, facts.start_day),
        sex=chart.patient.sex,
        status=facts.discharge_status,
        principal=principal,
        others=tuple(_condition(d) for d in diagnoses if d.role in {"other", "external-cause"}),
        procedures=tuple(procedure.code for procedure in procedures),
    )


def _condition(diagnosis: CodedDiagnosis | ClaimDiagnosis) -> Condition:
    return Condition(diagnosis.code, diagnosis.present_on_admission)


def _finding(meaning: Meaning) -> Finding:
    say = reject if meaning.severity == "reject" else warn
    return say(
        meaning.rule,
        meaning.message,
        field="diagnoses",
        value_kind="code",
        carc=meaning.carc,
        citation=f"Medicare Code Editor, edit {meaning.number}",
        mend=meaning.mend,
    )
