"""Condition, occurrence and value codes that a hospital's claim can tell from the chart itself (X12 837I HI)."""

from collections.abc import Iterator

from claims import folding
from claims.stay import covered_days
from schemas.events.chart import Cause
from schemas.events.claim import CodedValue
from schemas.events.coded import ChartCoded, StayFacts

_NEWBORN = "4"  # admission type, X12 CL101


def coded_values(chart: ChartCoded, causes: tuple[Cause, ...]) -> tuple[CodedValue, ...]:
    return (*_of_causes(causes), *folding.conditions(chart), *_of_status(chart.encounter), *_of_stay(chart.encounter))


def _of_status(stay: StayFacts) -> Iterator[CodedValue]:
    """Condition 44: an inpatient who was made an outpatient before he left (CPM 1/50.3)."""
    if stay.changed_to_outpatient_at is not None and stay.encounter_class != "inpatient":
        yield CodedValue(kind="condition", code="44")


def _of_causes(causes: tuple[Cause, ...]) -> Iterator[CodedValue]:
    """Work: condition 02, and occurrence 04 with the accident's date. Other occurrence codes (01 to 03, 05) state which
    insurance there is, which a chart does not know: its causes go along as they are."""
    for cause in causes:
        if cause.kind == "employment":
            yield CodedValue(kind="condition", code="02")
            if cause.date is not None:
                yield CodedValue(kind="occurrence", code="04", start=cause.date)


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
