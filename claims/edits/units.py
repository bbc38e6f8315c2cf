"""Edits on units (N)."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject


@rule(
    "N4",
    "reject",
    carc="16",
    citation="837 SV104, SV205",
    mend="give whole units; mend `per_unit` in the chargemaster if it made them",
)
def units_not_whole(subject: Subject) -> Iterator[Fault]:
    """A line has at least one unit, and whole ones (837 SV1-04, SV2-05).

    The wire holds thousandths, so that a dose can be said exactly; a billing unit is never a fraction.
    """
    for at, service in enumerate(subject.services):
        if service.units == 0 or service.units % 1000:
            yield Fault("units of a line are zero or a fraction", f"services[{at}].units", at, "quantity")


UNITS: Final[tuple[Rule, ...]] = (units_not_whole,)
