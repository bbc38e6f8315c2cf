"""Edits on modifiers (M)."""

from collections.abc import Iterator
from typing import Final

from claims.codesets.shapes import is_modifier_shape
from claims.findings import reject, warn
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding

_MOST: Final = 4
_SIDES: Final = frozenset({"LT", "RT"})


def modifier_unknown(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """M1: a modifier is two capitals or digits, and a line has four at most (IOCE 22; SV101). Reject, CARC 182."""
    for at, service in enumerate(chart.services):
        if len(service.modifiers) > _MOST or not all(map(is_modifier_shape, service.modifiers)):
            yield reject(
                "M1",
                "a modifier that is none, or more than four",
                field=f"services[{at}].modifiers",
                line=at + 1,
                value_kind="modifier",
                carc="182",
                citation="IOCE 22; 837 SV101-3 to 6",
                mend="give at most four modifiers of two characters",
            )


def modifiers_conflict(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """M2: no modifier twice on a line, and not left and right at once: 50 says both (IOCE 17). Warn, CARC 4."""
    for at, service in enumerate(chart.services):
        given = set(service.modifiers)
        if len(given) < len(service.modifiers) or given >= _SIDES:
            yield warn(
                "M2",
                "modifiers that repeat or contradict each other",
                field=f"services[{at}].modifiers",
                line=at + 1,
                value_kind="modifier",
                carc="4",
                citation="IOCE 17",
                mend="keep one of them, or bill each side on its own line",
            )
