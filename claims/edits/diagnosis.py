"""Edits on diagnosis codes (X)."""

from collections.abc import Iterator

from claims.codesets.shapes import is_external_cause, without_dot
from claims.findings import reject
from claims.stay import coding_day
from claims.tables import Reference
from claims.validity import billable_on
from schemas.events.coded import ChartCoded, Finding

_NOT_CODED = "MCE 1, IOCE 1; OCG I.B.2"


def no_diagnosis(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """X1: a claim has at least one diagnosis that says what is treated (837 HI; OCG IV.D). Reject, CARC 146."""
    if not any(diagnosis.role in {"principal", "other"} for diagnosis in chart.diagnoses):
        yield reject(
            "X1",
            "no diagnosis",
            field="diagnoses",
            carc="146",
            citation="837 HI; OCG IV.D",
            mend="document and code the condition or the reason for the encounter",
        )


def not_billable(chart: ChartCoded, reference: Reference) -> Iterator[Finding]:
    """X1: each code is complete and valid: at discharge for an inpatient, on the first day for others (MCE 1, IOCE 1).

    Reject, CARC 146.
    """
    day = coding_day(chart.encounter)
    for at, diagnosis in enumerate(chart.diagnoses):
        if not billable_on(diagnosis.code, day, reference):
            yield reject(
                "X1",
                "a diagnosis code that is not billable on the day of service",
                field=f"diagnoses[{at}].code",
                value_kind="ICD-10-CM code",
                carc="146",
                citation=_NOT_CODED,
                mend="code to the full number of characters, from the release of that day",
            )


def external_cause_first(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """X3: V00-Y99 say why, not what, and never lead (MCE 2, IOCE 5; OCG I.C.20.a.6). Reject, CARC 16."""
    for at, diagnosis in enumerate(chart.diagnoses):
        if diagnosis.role == "principal" and is_external_cause(diagnosis.code):
            yield reject(
                "X3",
                "an external cause stands as the principal diagnosis",
                field=f"diagnoses[{at}].role",
                value_kind="role",
                carc="16",
                citation="MCE 2, IOCE 5; OCG I.C.20.a.6",
                mend="put the injury or condition first and the cause after it",
            )


def duplicate_of_principal(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """X4: no other diagnosis repeats the principal one; the admitting one may (MCE 3). Reject, CARC 16."""
    principal = {without_dot(d.code) for d in chart.diagnoses if d.role == "principal"}
    for at, diagnosis in enumerate(chart.diagnoses):
        if diagnosis.role == "other" and without_dot(diagnosis.code) in principal:
            yield reject(
                "X4",
                "a diagnosis repeats the principal one",
                field=f"diagnoses[{at}].code",
                value_kind="ICD-10-CM code",
                carc="16",
                citation="MCE 3",
                mend="name the code once",
            )


def pointer_to_nothing(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """X17: a line points to diagnoses of the chart, the first of them 1 (837P SV107). Reject, CARC 16."""
    for at, service in enumerate(chart.services):
        if not all(0 < pointer <= len(chart.diagnoses) for pointer in service.pointers):
            yield reject(
                "X17",
                "a line points to a diagnosis that the chart doesn't have",
                field=f"services[{at}].pointers",
                line=at + 1,
                value_kind="pointer",
                carc="16",
                citation="837P SV107",
                mend="count the chart's diagnoses from 1",
            )
