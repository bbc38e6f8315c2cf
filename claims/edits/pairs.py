"""Edits on pairs of services (N1, N2): the procedure-to-procedure edits of NCCI, for one provider and day.

CMS's two files are the user's: without that of a line's setting nothing is said. Each line is told once, however many
others it is part of.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from claims.edits.ncci import Unbundled
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

_NEVER: Final = "remove the service that is part of the other; no modifier parts them"
_UNPARTED: Final = "remove the service that is part of the other, or add the modifier if they were apart"
_HERE: Final = "a service that is part of another one of that provider and day"
_ELSEWHERE: Final = "a service that is part of one on another chart of that provider and day"
_OF_ANOTHER: Final = "a service on another chart of that provider and day is part of this one"


@rule("N1", "reject", carc="236", citation="IOCE 20; NCCI PTP", mend=_NEVER, needs="pair tables")
def pair_never_paid(subject: Subject) -> Iterator[Fault]:
    """Of two services of one provider and day that a pair of indicator 0 names, column 2 is denied (NCCI PTP)."""
    return _within(subject, 0)


@rule("N2", "reject", carc="236", citation="IOCE 40; NCCI PTP", mend=_UNPARTED, needs="pair tables")
def pair_without_modifier(subject: Subject) -> Iterator[Fault]:
    """Of a pair of indicator 1, column 2 is denied unless an associated modifier says that they were apart (NCCI PTP).

    It may stand on either code; before 1 July 2019, 59 and X{EPSU} on column 2 only.
    """
    return _within(subject, 1)


@rule("N1", "reject", carc="236", citation="IOCE 20; NCCI PTP", mend=_NEVER)
def pair_never_paid_here(subject: Subject) -> Iterator[Fault]:
    """The same where column 1 stands on another chart of the patient (NCCI PTP)."""
    return _denied_here(subject, 0)


@rule("N1", "reject", carc="236", citation="IOCE 20; NCCI PTP", mend=_NEVER, proposes="replace")
def pair_never_paid_elsewhere(subject: Subject) -> Iterator[Fault]:
    """The same where column 2 stands on another chart of the patient, whose claim is wrong now (NCCI PTP)."""
    return _denied_elsewhere(subject, 0)


@rule("N2", "reject", carc="236", citation="IOCE 40; NCCI PTP", mend=_UNPARTED)
def pair_without_modifier_here(subject: Subject) -> Iterator[Fault]:
    """The same where column 1 stands on another chart of the patient (NCCI PTP)."""
    return _denied_here(subject, 1)


@rule("N2", "reject", carc="236", citation="IOCE 40; NCCI PTP", mend=_UNPARTED, proposes="replace")
def pair_without_modifier_elsewhere(subject: Subject) -> Iterator[Fault]:
    """The same where column 2 stands on another chart of the patient, whose claim is wrong now (NCCI PTP)."""
    return _denied_elsewhere(subject, 1)


def _within(subject: Subject, indicator: int) -> Iterator[Fault]:
    for at in sorted(_denied(subject.unbundled, indicator)):
        yield Fault(_HERE, f"services[{at}]", at, "service")


def _denied(found: Iterable[Unbundled], indicator: int) -> dict[int, Unbundled]:
    """The denied lines of this chart, by their place, each with the first that it is part of."""
    places: dict[int, Unbundled] = {}
    for each in found:
        if each.indicator == indicator and each.denied.at is not None:
            places.setdefault(each.denied.at, each)
    return places


def _denied_here(subject: Subject, indicator: int) -> Iterator[Fault]:
    """What the chart alone doesn't say."""
    known = _denied(subject.unbundled, indicator)
    across = (each for each in subject.unbundled_across if each.paid.other is not None)
    for at, each in sorted(_denied(across, indicator).items()):
        if at not in known:
            yield Fault(_ELSEWHERE, f"services[{at}]", at, "service", other=each.paid.other)


def _denied_elsewhere(subject: Subject, indicator: int) -> Iterator[Fault]:
    for each in subject.unbundled_across:
        at, other = each.paid.at, each.denied.other
        if each.indicator == indicator and at is not None and other is not None:
            yield Fault(_OF_ANOTHER, f"services[{at}]", at, "service", other=other)


PAIRS: Final[tuple[Rule, ...]] = (pair_never_paid, pair_without_modifier)
PAIRS_ACROSS: Final[tuple[Rule, ...]] = (
    pair_never_paid_here,
    pair_never_paid_elsewhere,
    pair_without_modifier_here,
    pair_without_modifier_elsewhere,
)
