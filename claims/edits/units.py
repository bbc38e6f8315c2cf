"""Edits on units (N3, N4)."""

from collections.abc import Iterator
from typing import Final

from claims.edits.ncci import Excess
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

MOST_UNITS: Final = 99_999_999_999  # 837 SV104: eight digits before the point; ours are thousandths


@rule(
    "N4",
    "reject",
    carc="16",
    citation="837 SV104, SV205",
    mend="give whole units, at most eight digits; mend `per_unit` in the chargemaster if it made them",
    needs="units not whole",
)
def units_not_whole(subject: Subject) -> Iterator[Fault]:
    """A line has at least one unit, and whole ones, and no more than a claim can say (837 SV1-04, SV2-05).

    The wire holds thousandths, so that a dose can be said exactly; a billing unit is never a fraction.
    """
    for at, service in enumerate(subject.services):
        units = service.units
        if units == 0 or units % 1000 or units > MOST_UNITS:
            yield Fault(
                "units of a line are zero, a fraction or more than eight digits",
                f"services[{at}].units",
                at,
                "quantity",
            )


@rule(
    "N3",
    "reject",
    carc="151",
    citation="NCCI MUE, indicator 1",
    mend="correct the units; what was apart goes on a line of its own with its modifier",
    needs="unit tables",
)
def units_over_line_limit(subject: Subject) -> Iterator[Fault]:
    """A line has no more units than the code's limit of indicator 1 (NCCI MUE).

    A code without a limit is unknown, not unlimited. Lines that modifiers split are each judged alone, and a line over
    several days by its average. Without CMS's file for the line's setting nothing is said; equipment that a
    professional bills as bought or rented (NU, UE, RR) is under that of suppliers.
    """
    for excess in subject.excesses:
        if excess.indicator == 1:
            yield from _said(excess, "more units on a line than its limit")


@rule(
    "N3",
    "reject",
    carc="151",
    citation="NCCI MUE, indicators 2 and 3",
    mend="correct the units of the day; where they are right, the record has to show the need",
    needs="unit tables",
)
def units_over_day_limit(subject: Subject) -> Iterator[Fault]:
    """A code's lines of one provider and day have together no more units than its limit (NCCI MUE).

    No payer lets more than a limit of indicator 2 pass; one of 3 only warns, for the need can be documented.
    """
    for excess in subject.excesses:
        if excess.indicator != 1:
            yield from _said(excess, "more units of a code in a day than its limit")


@rule(
    "N3",
    "reject",
    carc="151",
    citation="NCCI MUE, indicators 2 and 3",
    mend="correct the units of the day over all charts; where they are right, the record has to show the need",
    proposes="replace",
)
def units_over_day_limit_across_charts(subject: Subject) -> Iterator[Fault]:
    """The same over all charts of the patient, where the chart alone keeps to the limit (NCCI MUE)."""
    known = {excess.lines[0] for excess in subject.excesses}
    for excess in subject.excesses_across:
        if excess.indicator != 1 and excess.lines[0] not in known:
            yield from _said(excess, "more units of a code in a day, with the patient's other charts, than its limit")


def _said(excess: Excess, message: str) -> Iterator[Fault]:
    """At the first line of this chart, which comes before those of others; nothing of what only others have."""
    at = excess.lines[0].at
    if at is not None:
        only_warns = excess.indicator == 3
        yield Fault(
            message,
            f"services[{at}].units",
            at,
            "quantity",
            severity="warn" if only_warns else None,
            other=excess.lines[-1].other,
        )


UNITS: Final[tuple[Rule, ...]] = (units_not_whole, units_over_line_limit, units_over_day_limit)
UNITS_ACROSS: Final[tuple[Rule, ...]] = (units_over_day_limit_across_charts,)
