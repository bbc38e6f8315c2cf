"""Care without a reason: something was done or given, and no diagnosis says what for."""

from typing import Final

from claims.completeness.case import QUOTED, Asked, Case, Entry, Said
from claims.completeness.indicators import BLOOD_GAS, BREATHING_SUPPORT, DISTRESS, DRUGS
from claims.queries import ANSWERED, JUDGE, NO_DIAGNOSIS, Template
from claims.scene import CLINICAL
from schemas.events.chart import Statement

WITHOUT_DIAGNOSIS: Final = Template(
    id="Q-NO-DIAGNOSIS",
    topic="no-diagnosis",
    to="attending",
    kind="open",
    gap="why the patient was seen",
    ask=NO_DIAGNOSIS,
    due=ANSWERED,
    source="OCG IV.D; 837 HI",
)


def a_diagnosis(case: Case) -> Said:
    """Q-NO-DIAGNOSIS: every encounter has a documented condition or reason (OCG IV.D; 837I HI, 837P HI).

    Holds the chart: a claim has a diagnosis.
    """
    if not any(statement.kind in CLINICAL and _current(statement) for statement in case.chart.statements):
        quoted = tuple(case.quoted(s) for s in case.chart.statements if s.kind not in CLINICAL and s.text)
        yield Asked(WITHOUT_DIAGNOSIS, indicators=quoted[:QUOTED])


def _current(statement: Statement) -> bool:
    return statement.certainty != "ruled-out" and statement.whose == "patient"


SYMPTOM_ONLY: Final = Template(
    id="Q-SYMPTOM",
    topic="symptom-treated",
    to="provider",
    kind="open",
    gap="the condition behind a symptom that was treated",
    ask="The record documents the symptom quoted here, the treatment listed and no condition that explains them. "
    f"Please document the condition that was treated, if one was established, {JUDGE}",
    due=ANSWERED,
    source="OCG I.B.4, II.A",
    mode="warn",
)


_SPECIFIC: Final = tuple(each.drug for each in DRUGS)


def symptom_treated(case: Case) -> Said:
    """Q-SYMPTOM: a stay has only symptoms, and a drug was given that treats one kind of condition (OCG I.B.4, II.A).

    Inpatients only: an outpatient's symptom is coded as it is (OCG IV.D). A symptom code is valid: a finding, no hold.
    """
    if case.diagnoses and all(map(_is_symptom, case.diagnoses)) and (given := case.shown(*_SPECIFIC)):
        yield case.about(SYMPTOM_ONLY, case.diagnoses[0], *given)


def _is_symptom(entry: Entry) -> bool:
    return all(code.startswith("R") for code in entry.codes) if entry.codes else entry.statement.kind == "symptom"


DRUG_WITHOUT_DIAGNOSIS: Final = Template(
    id="Q-DRUG",
    topic="drug-without-diagnosis",
    to="provider",
    kind="open",
    gap="what a drug was given for",
    ask="The record documents that the drug quoted here was given and no condition for which it was given. "
    f"Please document the condition, if there is one, {JUDGE}",
    due=ANSWERED,
    source="OCG III",
    mode="warn",
)


def treated_without_diagnosis(case: Case) -> Said:
    """Q-DRUG: a condition that was treated in a stay is a reportable diagnosis of it (OCG III).

    Inpatients only. The chart has a diagnosis that is no symptom, and none that the drug is given for, neither by code
    nor in words without a code: words are not read for what they might mean. A finding, no hold: the claim is right for
    what is documented.
    """
    if case.worded or all(map(_is_symptom, case.diagnoses)):
        return
    for each in DRUGS:
        if (given := case.shown(each.drug)) and not case.has(each.codes):
            yield case.about(DRUG_WITHOUT_DIAGNOSIS, given[0])


BREATHING: Final = Template(
    id="Q-BREATHING",
    topic="breathing-support",
    to="attending",
    kind="open",
    gap="why breathing was supported",
    ask="The record documents the breathing support and the findings quoted here and no condition that needed it. "
    f"Please document the condition, if there is one, {JUDGE}",
    due=ANSWERED,
    source="OCG III",
    mode="warn",
)
# Failure or distress of breathing, arrest, of the newborn too; sleep apnea and neuromuscular disease have it at home.
_BREATHING: Final = ("J80", "J95", "J96", "P22", "P28", "R092", "G47", "G12", "G70", "G71", "I46", "Z99")
_SURGERY: Final = ("0",)


def breathing_support(case: Case) -> Said:
    """Q-BREATHING: a stay has breathing support beside blood gases or signs of distress, and no diagnosis for it.

    Source: OCG III. Inpatients only, and not where an operation was done: ventilation belongs to it. Oxygen alone asks
    nothing. A finding, no hold: nothing documented is coded wrongly.
    """
    support = case.shown(BREATHING_SUPPORT)
    if not support or case.has(_BREATHING) or _operated(case):
        return
    seen = (*case.shown(BLOOD_GAS), *(entry for entry in case.diagnoses if DISTRESS.search(entry.words)))
    told = any("respiratory failure" in entry.words for entry in case.clinical)
    if seen and not told:
        yield case.about(BREATHING, support[0], *seen)


def _operated(case: Case) -> bool:
    named_so = any(provider.role == "operating" for provider in case.chart.encounter.providers)
    return named_so or any(entry.coded(_SURGERY) for entry in case.treatments)


TEMPLATES: Final = (WITHOUT_DIAGNOSIS, SYMPTOM_ONLY, DRUG_WITHOUT_DIAGNOSIS, BREATHING)
RULES: Final = (a_diagnosis,)
OF_STAYS: Final = (symptom_treated, treated_without_diagnosis, breathing_support)
