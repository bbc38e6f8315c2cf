"""Injuries: what a fracture was seen for, and how an injury came about."""

from typing import Final

from claims.codesets.shapes import is_external_cause
from claims.completeness.case import Case, Entry, Said
from claims.completeness.indicators import named
from claims.completeness.wording import affirmed
from claims.queries import ANSWERED, JUDGE, OTHERWISE, Template

FRACTURE: Final = Template(
    id="Q-FRACTURE",
    topic="fracture",
    to="provider",
    kind="choice",
    gap="kind and healing of a fracture, and what it was seen for",
    ask="The record documents the fracture quoted here without saying whether it is open or closed, or whether this "
    f"encounter is for active treatment or for healing. Please document both, {JUDGE}",
    options=(
        "Closed, active treatment",
        "Open, active treatment",
        "Routine healing",
        "Delayed healing",
        "Nonunion",
        "Malunion",
        "Late effect of a healed fracture",
        *OTHERWISE,
    ),
    due=ANSWERED,
    source="OCG I.C.19.a, I.C.19.c",
)
FRACTURE_HEALING: Final = FRACTURE._replace(
    id="Q-FRACTURE-HEALING",
    topic="fracture-healing",
    gap="healing of a fracture that no injury caused, and what it was seen for",
    ask="The record documents the fracture quoted here without saying whether this encounter is for active treatment "
    f"or for healing. Please document it, {JUDGE}",
    options=(
        "Active treatment",
        "Routine healing",
        "Delayed healing",
        "Nonunion",
        "Malunion",
        "Late effect of a healed fracture",
        *OTHERWISE,
    ),
    source="OCG I.C.13.c, I.C.13.d",
)
# ICD-10-CM categories whose seventh character says encounter and healing; S49, S59, S79, S89, S99: of the growth plate.
_FRACTURES: Final = (
    "M80", "M843", "M844", "M845", "M846", "S02", "S12", "S22", "S32", "S42", "S490", "S491", "S52", "S590", "S591",
    "S592", "S62", "S72", "S790", "S791", "S82", "S890", "S891", "S892", "S893", "S92", "S990", "S991", "S992",
)  # fmt: skip
_FRACTURE: Final = named("fractures?", "fractured", "broken (?:[a-z]+ ){0,2}bone")
_UNINJURED: Final = named("pathologic(?:al)?", "stress", "fatigue", "osteoporotic", "fragility")
_COMPLETE: Final = 7


def fracture(case: Case) -> Said:
    """Q-FRACTURE, Q-FRACTURE-HEALING: a fracture's code ends in what it was seen for: open or closed, encounter,
    healing (OCG I.C.19.c).

    Holds the chart: without the seventh character there is no code. Open or closed alone is not asked, since closed is
    the default (I.C.19.c), nor at all of one that no injury caused (M80, M84: I.C.13.c-d). A stated episode, or a
    complete code of the same bone, answers it.
    """
    complete = {code[:3] for code in case.codes if len(code) == _COMPLETE and code.startswith(_FRACTURES)}
    for entry in (*case.coded(_FRACTURES), *(case.worded if not complete else ())):
        if entry.statement.episode is None and _is_open(entry, complete):
            uninjured = entry.coded(("M",)) or _UNINJURED.search(entry.words) is not None
            yield case.about(FRACTURE_HEALING if uninjured else FRACTURE, entry)


def _is_open(entry: Entry, complete: set[str]) -> bool:
    """Neither complete itself, nor the bone of a complete code."""
    if not entry.codes:
        return affirmed(entry, _FRACTURE)
    broken = [code for code in entry.codes if code.startswith(_FRACTURES)]
    return not any(len(code) == _COMPLETE or code[:3] in complete for code in broken)


INJURY: Final = Template(
    id="Q-INJURY",
    topic="injury",
    to="provider",
    kind="open",
    gap="cause, place and activity of an injury",
    ask="The record documents the injury quoted here and not how it came about. "
    f"Please document the cause, the place and what the patient was doing, as far as it is known, {JUDGE}",
    due=ANSWERED,
    source="OCG I.C.20",
    mode="off",
)
# Wounds and burns; not poisoning, whose code has its cause (OCG I.C.19.e), nor complications of care.
_INJURIES: Final = (
    "S",
    "T07",
    "T14",
    "T20",
    "T21",
    "T22",
    "T23",
    "T24",
    "T25",
    "T26",
    "T27",
    "T28",
    "T30",
    "T31",
    "T32",
)
_ACTIVE: Final = frozenset("ABC")  # seventh characters of active treatment


def injury(case: Case) -> Said:
    """Q-INJURY: an injury that is treated has a cause, a place and an activity (OCG I.C.20).

    Off, and no hold: nothing national requires these codes (OCG I.C.20), and edit X16 warns where a chart has neither a
    cause nor the facts of an accident. A hospital that wants to ask turns it on; it asks once, of the first injury.
    """
    if case.has(_INJURIES) and not case.chart.causes and not any(map(is_external_cause, case.codes)):
        treated = [entry for entry in case.coded(_INJURIES) if any(map(_is_treated_injury, entry.codes))]
        yield from (case.about(INJURY, entry) for entry in treated[:1])


def _is_treated_injury(code: str) -> bool:
    return code.startswith(_INJURIES) and len(code) == _COMPLETE and code[-1] in _ACTIVE


TEMPLATES: Final = (FRACTURE, FRACTURE_HEALING, INJURY)
RULES: Final = (fracture, injury)
