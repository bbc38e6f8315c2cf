"""Condition, occurrence and value codes that a hospital's claim can tell from the chart itself (X12 837I HI)."""

from collections.abc import Iterable, Iterator
from typing import Final

from claims import folding
from claims.payers import LIABILITY, NO_FAULT
from claims.stay import covered_days
from schemas.events.chart import Cause, Coverage
from schemas.events.claim import ClaimDiagnosis, CodedValue
from schemas.events.coded import ChartCoded, StayFacts
from schemas.events.types import Day

_NEWBORN = "4"  # admission type, X12 CL101
_ONSET, _LAST_MENSTRUAL_PERIOD = "11", "10"  # occurrence codes
_OF_PREGNANCY: Final = ("O", "Z32", "Z33", "Z34", "Z3A")  # chapter 15, and the encounters and weeks of a pregnancy


def coded_values(
    chart: ChartCoded, causes: tuple[Cause, ...], diagnoses: Iterable[ClaimDiagnosis] = ()
) -> tuple[CodedValue, ...]:
    began = _of_illness(chart, diagnoses) if chart.onset or chart.last_menstrual_period else ()
    return (
        *_of_causes(causes, chart),
        *began,
        *folding.conditions(chart),
        *_of_status(chart.encounter),
        *_of_stay(chart.encounter),
    )


def _of_status(stay: StayFacts) -> Iterator[CodedValue]:
    """Condition 44: an inpatient who was made an outpatient before he left (CPM 1/50.3)."""
    if stay.changed_to_outpatient_at is not None and stay.encounter_class != "inpatient":
        yield CodedValue(kind="condition", code="44")


def last_menstrual_period(chart: ChartCoded, diagnoses: Iterable[ClaimDiagnosis]) -> Day | None:
    """Only where one of the claim's own diagnoses says that she is pregnant: elsewhere no payer needs it (45 CFR
    164.502(b)), nor may he know what she paid for so that he does not (164.522(a)(1)(vi))."""
    if chart.last_menstrual_period is None or not any(d.code.startswith(_OF_PREGNANCY) for d in diagnoses):
        return None
    return chart.last_menstrual_period


def onset(chart: ChartCoded) -> Day | None:
    """Of the symptoms, on another day than the first of the visit (837P DTP 431)."""
    return _onset(chart) if chart.onset != chart.encounter.start_day else None


def _onset(chart: ChartCoded) -> Day | None:
    """Of which illness nobody says: no plan is told where it may not know of an item."""
    return None if chart.restrictions else chart.onset


def enclosed(chart: ChartCoded) -> dict[str, tuple[object, ...]]:
    """The note and the papers that go with a claim. Of which item they speak nobody says, so that none goes along where
    a plan may not know of one (45 CFR 164.522(a)(1)(vi)); rule C10 tells the hospital."""
    if chart.restrictions:
        return {}
    return {"notes": (chart.claim_note,) if chart.claim_note else (), "attachments": chart.attachments}


def _of_causes(causes: tuple[Cause, ...], chart: ChartCoded) -> Iterator[CodedValue]:
    """Work: condition 02. An accident's day under the occurrence code that says who answers for it; without its day
    there is none, for the code asks for it."""
    for cause in causes:
        if cause.kind == "employment":
            yield CodedValue(kind="condition", code="02")
        if cause.date is not None:
            yield CodedValue(kind="occurrence", code=_occurrence(cause, chart.coverages), start=cause.date)


def _occurrence(cause: Cause, coverages: Iterable[Coverage]) -> str:
    """04 at work. 02 where the chart says that no fault is asked for. Else by the plans among its coverages: 01 an
    automobile accident with automobile medical (SBR09 AM), 03 one for which a liability plan (LM) answers. 05 any
    other: nobody is known who answers for it but the health plans (NUBC FL 31-34; recalled, not read)."""
    if cause.kind == "employment":
        return "04"
    if cause.no_fault:
        return "02"
    plans = {coverage.plan_kind for coverage in coverages}
    if cause.kind == "auto" and NO_FAULT in plans:
        return "01"
    return "03" if plans & LIABILITY else "05"


def _of_illness(chart: ChartCoded, diagnoses: Iterable[ClaimDiagnosis]) -> Iterator[CodedValue]:
    """10 the last menstrual period, 11 the onset of symptoms."""
    if (began := last_menstrual_period(chart, diagnoses)) is not None:
        yield CodedValue(kind="occurrence", code=_LAST_MENSTRUAL_PERIOD, start=began)
    if (day := _onset(chart)) is not None:
        yield CodedValue(kind="occurrence", code=_ONSET, start=day)


def _of_stay(stay: StayFacts) -> Iterator[CodedValue]:
    """A newborn's weight in grams (value code 54). An inpatient's days: 80 those in the house, 81 those on leave; the
    day of discharge counts only where it is that of admission (CPM 3/20.1; 25/75.3)."""
    if stay.encounter_class != "inpatient":
        return
    if stay.admission_type == _NEWBORN and stay.birth_weight_grams:
        yield CodedValue(kind="value", code="54", cents=stay.birth_weight_grams * 100)
    yield CodedValue(kind="value", code="80", cents=covered_days(stay, stay.leave_days) * 100)
    if stay.leave_days:
        yield CodedValue(kind="value", code="81", cents=stay.leave_days * 100)
