"""Conditions that were named without a part which their code has: asked where a stay documents reason to know it.

The unspecified code is valid and a claim with it is right (OCG I.B.18): none of these holds a chart.
"""

from collections.abc import Iterator
from typing import Final

from claims.completeness.case import Case, Entry, Said
from claims.completeness.indicators import (
    CHEMOTHERAPY,
    DIALYSIS,
    HEART_IMAGING,
    IRON,
    KIDNEY_FUNCTION,
    LOOP_DIURETIC,
    NATRIURETIC_PEPTIDE,
    TRANSFUSION,
    VITAMIN,
    named,
)
from claims.completeness.wording import Vague, affirmed, vaguely
from claims.queries import ANSWERED, JUDGE, OTHERWISE, Template

HEART_ACUITY: Final = Template(
    id="Q-HEART-FAILURE-ACUITY",
    topic="heart-failure-acuity",
    to="attending",
    kind="choice",
    gap="acuity of heart failure",
    ask="The record documents heart failure as quoted here, with the care listed, and not its acuity. "
    f"Please document it, {JUDGE}",
    options=("Acute", "Chronic", "Acute on chronic", *OTHERWISE),
    due=ANSWERED,
    source="ICD-10-CM I50.2-I50.4",
    mode="warn",
)
HEART_TYPE: Final = HEART_ACUITY._replace(
    id="Q-HEART-FAILURE-TYPE",
    topic="heart-failure-type",
    gap="type of heart failure",
    ask="The record documents heart failure as quoted here, with the care listed, and not its type. "
    f"Please document it, {JUDGE}",
    options=(
        "Systolic (reduced ejection fraction)",
        "Diastolic (preserved ejection fraction)",
        "Combined systolic and diastolic",
        *OTHERWISE,
    ),
)
_HEART_FAILURE: Final = named("heart failure", "cardiac failure", "chf")
_ACUITY: Final = Vague(
    family=("I50",),
    codes=frozenset({"I509", "I5020", "I5030", "I5040"}),
    words=_HEART_FAILURE,
    said=named("acute", "chronic", "decompensated", "exacerbation"),
)
_TYPE: Final = Vague(
    family=("I50",),
    codes=frozenset({"I509"}),
    words=_HEART_FAILURE,
    said=named(
        "systolic", "diastolic", "combined", "hf[rp]ef", "hfmref", "reduced ejection", "preserved ejection", "right",
        "biventricular", "high[- ]output", "end[- ]stage",
    ),
)  # fmt: skip


def heart_failure(case: Case) -> Said:
    """Q-HEART-FAILURE-ACUITY, Q-HEART-FAILURE-TYPE: heart failure has an acuity and a type (ICD-10-CM I50.2-I50.4).

    Asked of a stay in which it was examined or treated. I50.9 is valid: a finding, no hold.
    """
    for template, part in ((HEART_ACUITY, _ACUITY), (HEART_TYPE, _TYPE)):
        for entry in vaguely(case, part):
            if signs := case.shown(NATRIURETIC_PEPTIDE, LOOP_DIURETIC, HEART_IMAGING):
                yield case.about(template, entry, *signs)


KIDNEY_STAGE: Final = Template(
    id="Q-KIDNEY-STAGE",
    topic="kidney-stage",
    to="attending",
    kind="choice",
    gap="stage of chronic kidney disease",
    ask="The record documents chronic kidney disease as quoted here, with the results listed, and not its stage. "
    f"Please document it, {JUDGE}",
    options=("Stage 1", "Stage 2", "Stage 3a", "Stage 3b", "Stage 4", "Stage 5", "End stage", *OTHERWISE),
    due=ANSWERED,
    source="OCG I.C.14.a.1",
    mode="warn",
)
_KIDNEY: Final = Vague(
    family=("N18",),
    codes=frozenset({"N189"}),
    words=named("chronic kidney disease", "chronic renal (?:disease|failure|insufficiency)", "ckd"),
    said=named("stage", "esrd", "end[- ]stage", "g?[1-5][ab]?", "i{1,3}[ab]?", "iv", "v"),
)


def kidney_stage(case: Case) -> Said:
    """Q-KIDNEY-STAGE: chronic kidney disease has a stage (OCG I.C.14.a.1). N18.9 is valid: a finding, no hold.

    Asked of a stay in which kidney function was measured or replaced.
    """
    for entry in vaguely(case, _KIDNEY):
        if signs := case.shown(KIDNEY_FUNCTION, DIALYSIS):
            yield case.about(KIDNEY_STAGE, entry, *signs)


ANEMIA: Final = Template(
    id="Q-ANEMIA-CAUSE",
    topic="anemia-cause",
    to="attending",
    kind="choice",
    gap="cause of anemia",
    ask="The record documents anemia as quoted here, with the care and the conditions listed, and not its cause. "
    f"Please document the cause, {JUDGE}",
    options=(
        "Due to blood loss",
        "Due to lack of iron",
        "Due to lack of a vitamin",
        "Due to chronic kidney disease",
        "Due to a neoplasm",
        "Due to chemotherapy",
        *OTHERWISE,
    ),
    due=ANSWERED,
    source="ICD-10-CM D50-D64",
    mode="warn",
)
_ANEMIA: Final = Vague(
    family=("D50", "D51", "D52", "D53", "D55", "D56", "D57", "D58", "D59", "D60", "D61", "D62", "D63", "D64"),
    codes=frozenset({"D649"}),
    words=named("an(?:a)?emia"),
    said=named(
        "due to", "iron", "blood loss", "chronic disease", "b12", "folate", "pernicious", "aplastic", "hemolytic",
        "sickle", "deficiency", "of prematurity", "neoplastic", "postpartum", "posthemorrhagic", "macrocytic", "renal",
    ),
)  # fmt: skip
_CAUSES: Final = (
    ("Due to blood loss", TRANSFUSION),
    ("Due to lack of iron", IRON),
    ("Due to lack of a vitamin", VITAMIN),
    ("Due to chemotherapy", CHEMOTHERAPY),
)
_CAUSING: Final = (("Due to chronic kidney disease", ("N18",)), ("Due to a neoplasm", ("C",)))


def anemia_cause(case: Case) -> Said:
    """Q-ANEMIA-CAUSE: anemia has a cause (ICD-10-CM D50-D64). D64.9 is valid: a finding, no hold.

    Only causes for which the stay documents something are offered; with none nobody is asked.
    """
    for entry in vaguely(case, _ANEMIA):
        if offered := dict(_documented_causes(case)):
            options = tuple(option for option in ANEMIA.options if option in offered or option in OTHERWISE)
            yield case.about(ANEMIA, entry, *offered.values())._replace(options=options)


def _documented_causes(case: Case) -> Iterator[tuple[str, Entry]]:
    """Each cause the stay documents something for, and the first thing it documents."""
    for option, sign in _CAUSES:
        yield from ((option, entry) for entry in case.shown(sign)[:1])
    for option, prefixes in _CAUSING:
        yield from ((option, entry) for entry in case.coded(prefixes)[:1])


SUBSTANCE: Final = Template(
    id="Q-SUBSTANCE",
    topic="substance",
    to="provider",
    kind="choice",
    gap="use, abuse or dependence",
    ask="The record documents tobacco or alcohol as quoted here without saying which pattern it is. "
    f"Please document the pattern, {JUDGE}",
    options=("Use", "Abuse", "Dependence", *OTHERWISE),
    due=ANSWERED,
    source="OCG I.C.5.b",
    mode="warn",
)
_SUBSTANCES: Final = named("tobacco", "alcohol", "alcoholic", "cigarettes?", "nicotine")
_PATTERN: Final = named(
    "abuse", "dependence", "dependent", "dependency", "addiction", "remission", "intoxication", "withdrawal",
    "cessation", "exposure", "poisoning", "alcoholic [a-z]+", "level",
)  # fmt: skip


_CODED: Final = ("F10", "F17", "Z720", "Z721")


def substance(case: Case) -> Said:
    """Q-SUBSTANCE: tobacco or alcohol is used, abused or depended on, and each is coded otherwise (OCG I.C.5.b.2).

    Only of words; a given code has the pattern. Mere use is coded only where the provider relates it to a condition
    (I.C.5.b.3), so the claim is right without it: a finding, no hold.
    """
    for entry in case.worded:
        if affirmed(entry, _SUBSTANCES) and not _PATTERN.search(entry.words) and not case.has(_CODED):
            yield case.about(SUBSTANCE, entry)


TEMPLATES: Final = (HEART_ACUITY, HEART_TYPE, KIDNEY_STAGE, ANEMIA, SUBSTANCE)
RULES: Final = (substance,)
OF_STAYS: Final = (heart_failure, kidney_stage, anemia_cause)
