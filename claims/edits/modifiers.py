"""Edits on modifiers (M)."""

from collections.abc import Iterator
from typing import Final

from claims.codesets.shapes import is_modifier_shape
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject

_MOST: Final = 4
_SIDES: Final = frozenset({"LT", "RT"})


@rule(
    "M1",
    "reject",
    carc="182",
    citation="IOCE 22; 837 SV101-3 to 6",
    mend="give at most four modifiers of two characters",
)
def modifier_unknown(subject: Subject) -> Iterator[Fault]:
    """A modifier is two capitals or digits, and a line has four at most (IOCE 22; SV101)."""
    for at, service in enumerate(subject.services):
        given = service.modifiers
        if given and (len(given) > _MOST or not all(map(is_modifier_shape, given))):
            yield Fault("a modifier that is none, or more than four", f"services[{at}].modifiers", at, "modifier")


@rule("M2", "warn", carc="4", citation="IOCE 17", mend="keep one of them, or bill each side on its own line")
def modifiers_conflict(subject: Subject) -> Iterator[Fault]:
    """No modifier twice on a line, and not left and right at once: 50 says both (IOCE 17)."""
    for at, service in enumerate(subject.services):
        given = service.modifiers
        if len(given) > 1 and (len(set(given)) < len(given) or _SIDES.issubset(given)):
            yield Fault("modifiers that repeat or contradict each other", f"services[{at}].modifiers", at, "modifier")


MODIFIERS: Final[tuple[Rule, ...]] = (modifier_unknown, modifiers_conflict)
