"""Operations in words: what an ICD-10-PCS code needs and they don't say."""

import re
from typing import Final, NamedTuple

from claims.completeness.case import Case, Entry, Said
from claims.completeness.indicators import named
from claims.queries import ANSWERED, JUDGE, OTHERWISE, Template

APPROACH: Final = Template(
    id="Q-PCS-APPROACH",
    topic="pcs-approach",
    to="operator",
    kind="choice",
    gap="approach of an operation",
    ask=f"The record documents the operation quoted here without its approach. Please document the approach, {JUDGE}",
    options=(
        "Open",
        "Percutaneous",
        "Percutaneous endoscopic",
        "Via natural or artificial opening",
        "Via natural or artificial opening, endoscopic",
        "External",
        *OTHERWISE,
    ),
    due=ANSWERED,
    source="ICD-10-PCS guidelines B5",
)
DEVICE: Final = APPROACH._replace(
    id="Q-PCS-DEVICE",
    topic="pcs-device",
    gap="device left in place by an operation",
    ask="The record documents the operation quoted here and not which device was left in place. "
    f"Please document the device, if any, {JUDGE}",
    options=(
        "Internal fixation",
        "Intramedullary internal fixation",
        "External fixation",
        "No device left in place",
        *OTHERWISE,
    ),
    source="ICD-10-PCS guidelines B6",
)
DEPTH: Final = APPROACH._replace(
    id="Q-PCS-DEPTH",
    topic="pcs-depth",
    gap="depth of a debridement",
    ask="The record documents the debridement quoted here and not the deepest tissue that was removed. "
    f"Please document it, {JUDGE}",
    options=("Skin", "Subcutaneous tissue or fascia", "Muscle", "Tendon or ligament", "Bone", *OTHERWISE),
    source="ICD-10-PCS guidelines B3.5",
)
ROOT: Final = APPROACH._replace(
    id="Q-PCS-ROOT",
    topic="pcs-root",
    gap="what a debridement did",
    ask=f"The record documents the debridement quoted here and not how tissue was removed. Please document it, {JUDGE}",
    options=("Cut away", "Stripped off by force", "Washed out", *OTHERWISE),
    source="ICD-10-PCS guidelines A11, B3",
)


class Unsaid(NamedTuple):
    """Operations by their names, and the words that say the part."""

    template: Template
    operations: re.Pattern[str]
    said: re.Pattern[str]


_DEBRIDEMENT: Final = named("debridement")
_FIXATION: Final = named("fixation", "osteosynthesis")
# Names of operations that are done by more than one approach (ICD-10-PCS table 0DT, 0FT, 0QS, 0SG, 0UT, 0TT, 07T, 0YQ).
_SEVERAL_APPROACHES: Final = named(
    "appendectomy", "cholecystectomy", "colectomy", "fixation", "herniorrhaphy", "hernia repair", "hysterectomy",
    "nephrectomy", "spinal fusion", "splenectomy",
)  # fmt: skip
_UNSAID: Final = (
    Unsaid(
        APPROACH,
        _SEVERAL_APPROACHES,
        named(
            "open", "percutaneous", "laparoscop*", "endoscop*", "robot*", "thoracoscop*", "arthroscop*", "vaginal*",
            "transvaginal", "abdominal", "external", "orif", "crpp", "minimally invasive",
        ),
    ),
    Unsaid(
        DEVICE,
        _FIXATION,
        named("plates?", "screws?", "nail*", "rods?", "pins?", "wires?", "external", "internal", "intramedullary"),
    ),
    Unsaid(
        DEPTH,
        _DEBRIDEMENT,
        named("skin", "subcutaneous", "fascia", "muscle", "tendon", "ligament", "bone", "to the [a-z]+"),
    ),
    Unsaid(
        ROOT,
        _DEBRIDEMENT,
        named("excis*", "nonexcis*", "sharp", "cut*", "irrigat*", "lavage", "scrub*", "brush*", "mechanical"),
    ),
)  # fmt: skip


_OPERATIONS: Final = re.compile("|".join(unsaid.operations.pattern for unsaid in _UNSAID))


def operation_unsaid(case: Case) -> Said:
    """Q-PCS-APPROACH, Q-PCS-DEVICE, Q-PCS-DEPTH, Q-PCS-ROOT: an operation in words says what its seven characters need.

    Source: ICD-10-PCS guidelines A11, B3, B5, B6; the coder, not the provider, chooses the term (A11), so the provider
    is asked for the fact. Holds the chart: a stay's operations are coded in ICD-10-PCS (45 CFR 162.1002(c)(3)), and
    without the fact there is no code. A given code has all seven, and answers for what words say of the same day.
    """
    coded = {case.day(entry.statement.performed_at) for entry in case.treatments if entry.codes}
    for entry in case.treatments:
        if _OPERATIONS.search(entry.words) and case.day(entry.statement.performed_at) not in coded:
            yield from _unsaid(case, entry)


def _unsaid(case: Case, entry: Entry) -> Said:
    for unsaid in _UNSAID:
        if unsaid.operations.search(entry.words) and not unsaid.said.search(entry.words):
            yield case.about(unsaid.template, entry)


TEMPLATES: Final = (APPROACH, DEVICE, DEPTH, ROOT)
OF_STAYS: Final = (operation_unsaid,)
