"""Edits on modifiers (M1, M2, M3, M5)."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final

from claims.codesets.shapes import is_modifier_shape
from claims.codesets.sides import Side
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import MEDICARE
from schemas.events.coded import Service

_MOST: Final = 4
_CACHED: Final = 4096
_ONE_OF: Final = (
    "LT RT 50",
    "26 TC",
    "22 52 53 73 74",
    "76 77",
    "59 XE XP XS XU",
    "80 81 82 AS",
    "62 66",
    "JW JZ",
    "GA GY",
    "GA GZ",
    "GX GZ",
    "GA GX",
    "NU RR UE",
    "PN PO",
    "93 95",
    "GN GO GP",
    "AA AD QK QX QY QZ",
    "P1 P2 P3 P4 P5 P6",
    "K0 K1 K2 K3 K4",
    "FX FY",
    "Q5 Q6",
)
"""Of each of these a line has one at most: they contradict each other. 59 may not stand beside X{EPSU}, which say it
more exactly (CMS transmittal 1422); GA, GX and GZ say different things of a notice (CPM 30/50)."""
_CONTRARY: Final = frozenset(frozenset(pair) for group in _ONE_OF for pair in combinations(group.split(), 2))
_SIDES: Final[dict[str, Side]] = {
    **dict.fromkeys(("LT", "E1", "E2", "FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4"), "left"),
    **dict.fromkeys(("RT", "E3", "E4", "F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9"), "right"),
}
_ON_FILE: Final = frozenset({"GA", "GX"})
_OF_NOTICES: Final = frozenset({"GA", "GX", "GZ"})


@rule(
    "M1",
    "reject",
    carc="182",
    citation="IOCE 22; 837 SV101-3 to 6",
    mend="give at most four modifiers of two characters",
    needs="modifiers",
)
def modifier_unknown(subject: Subject) -> Iterator[Fault]:
    """A modifier is two capitals or digits, and a line has four at most (IOCE 22; SV101)."""
    for at, service in enumerate(subject.services):
        given = service.modifiers
        if given and (len(given) > _MOST or not all(map(is_modifier_shape, given))):
            yield Fault("a modifier that is none, or more than four", f"services[{at}].modifiers", at, "modifier")


@rule(
    "M1",
    "reject",
    carc="182",
    citation="IOCE 22",
    mend="use a modifier that was valid on the day of the service",
    needs="modifiers",
)
def modifier_not_valid(subject: Subject) -> Iterator[Fault]:
    """A modifier is in the list of modifiers, and valid on the day of its line (IOCE 22).

    What our list doesn't know, a list of the user's can add; without any list for the day nothing is said.
    """
    for at, service in enumerate(subject.services):
        if service.modifiers and not all(_is_valid(subject, service, each) for each in service.modifiers):
            yield Fault("a modifier that was not valid on the day", f"services[{at}].modifiers", at, "modifier")


def _is_valid(subject: Subject, service: Service, modifier: str) -> bool:
    """What hasn't even the shape is the other rule's."""
    tables, day = subject.tables, service.service_from
    if tables.term("modifiers", modifier, day) is not None or not is_modifier_shape(modifier):
        return True
    return not tables.speaks_of("modifiers", day)


@rule(
    "M2",
    "warn",
    carc="4",
    citation="IOCE 17",
    mend="keep one of them, or bill each side on its own line",
    needs="modifiers",
)
def modifiers_conflict(subject: Subject) -> Iterator[Fault]:
    """No modifier twice on a line, and none beside its contrary: left, right and both sides (50), whole part and half
    (26, TC), again by the same and by another (76, 77), notice given and none (GA, GZ), and the like (IOCE 17)."""
    for at, service in enumerate(subject.services):
        given = service.modifiers
        if len(given) > 1 and _conflict(given):
            yield Fault("modifiers that repeat or contradict each other", f"services[{at}].modifiers", at, "modifier")


@lru_cache(_CACHED)
def _conflict(given: tuple[str, ...]) -> bool:
    return len(set(given)) < len(given) or any(frozenset(pair) in _CONTRARY for pair in combinations(given, 2))


@rule(
    "M3",
    "warn",
    carc="4",
    citation="OCG I.B.13",
    mend="correct the modifier or the diagnosis, or point the line to the diagnosis of its side",
    needs="modifiers",
)
def side_against_diagnosis(subject: Subject) -> Iterator[Fault]:
    """A line's side is that of the diagnoses it points to, or of all where it points to none (OCG I.B.13).

    LT and RT, eyelids (E1-E4), fingers (FA, F1-F9) and toes (TA, T1-T9) say a side; of diagnoses those do whose title
    names one. A diagnosis without a side, or one of each, goes with either.
    """
    for at, service in enumerate(subject.services):
        if not service.modifiers:
            continue
        named = {_SIDES[modifier] for modifier in service.modifiers if modifier in _SIDES}
        if len(named) == 1 and _sides(subject, service) == {"left", "right"} - named:
            message = "a modifier of one side, and diagnoses of the other"
            yield Fault(message, f"services[{at}].modifiers", at, "modifier")


def _sides(subject: Subject, service: Service) -> set[Side]:
    codes, side = subject.codes, subject.reference.side
    pointed = [codes[each - 1] for each in service.pointers if 0 < each <= len(codes)] if service.pointers else codes
    return {found for code in pointed if (found := side(code)) is not None}


@rule(
    "M5",
    "warn",
    carc="116",
    citation="CPM 30/50; CMS-R-131",
    mend="document the signed notice, or take the modifier away",
    needs="notices",
)
def notice_and_modifier_differ(subject: Subject) -> Iterator[Fault]:
    """GA and GX say that a notice is on file, and GZ that none is; the chart says the same (CPM 30/50).

    A signed notice (CMS-R-131) on a line that Medicare is asked first for has GA or GX, CARC 50.
    """
    for at, service in enumerate(subject.services):
        given = _OF_NOTICES.intersection(service.modifiers) if service.modifiers else ()
        if not given and not service.abn:
            continue
        field = f"services[{at}].modifiers"
        if _ON_FILE.intersection(given) and not service.abn:
            yield Fault("a modifier that names a notice, and no signed notice", field, at, "modifier")
        elif "GZ" in given and service.abn:
            yield Fault("a modifier that says there is no notice, and a signed notice", field, at, "modifier")
        elif not given and subject.first is not None and subject.first.plan_kind in MEDICARE:
            mend = "add GA, or GX where the notice was voluntary"
            yield Fault("a signed notice without its modifier", field, at, "modifier", mend, carc="50")


MODIFIERS: Final[tuple[Rule, ...]] = (
    modifier_unknown,
    modifier_not_valid,
    modifiers_conflict,
    side_against_diagnosis,
    notice_and_modifier_differ,
)
