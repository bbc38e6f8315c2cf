"""Care without a reason: something was done or given, and no diagnosis says what for."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from claims.completeness.case import QUOTED, Asked, Case, Said, codes_of, operations_of, words_of
from claims.completeness.indicators import (
    BLOOD_GAS,
    BREATHING_SUPPORT,
    DISTRESS,
    Sign,
    named,
    plain,
    saying,
    shown,
)
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
    """Q-NO-DIAGNOSIS: every encounter has a documented condition or reason (OCG IV.D; 837I HI, 837P HI)."""
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
    holds=False,
)


class Treats(NamedTuple):
    """A drug by its names, and the beginnings of the codes of what it is given for (its label's indications)."""

    names: Sign
    codes: tuple[str, ...]


def _of(*names: str) -> Sign:
    return Sign(named(*names))


# Drugs of one purpose, and what their labels say they are for (DailyMed). Those with many purposes, such as steroids,
# beta blockers, anticoagulants, potassium or short-acting insulin, stand here for none.
_SPECIFIC: Final = (
    Treats(_of("levothyroxine", "liothyronine"), ("E00", "E01", "E02", "E03", "E04", "E06", "E07", "E89", "C73")),
    Treats(_of("methimazole", "propylthiouracil"), ("E05", "O99")),
    Treats(_of("donepezil", "rivastigmine", "memantine"), ("F01", "F02", "F03", "F06", "G20", "G30", "G31")),
    Treats(_of("insulin (?:glargine|detemir|degludec)"), ("E08", "E09", "E10", "E11", "E13", "O24", "R73")),
    Treats(_of("carbidopa", "levodopa", "pramipexole", "ropinirole"), ("G20", "G21", "G24", "G25", "G90")),
    Treats(_of("oseltamivir", "baloxavir", "peramivir"), ("J09", "J10", "J11", "Z20", "Z29")),
    Treats(_of("remdesivir", "nirmatrelvir"), ("U07",)),
    Treats(_of("rifaximin", "lactulose"), ("K72", "K74", "K76", "K70", "K59", "A09", "K58")),
    Treats(_of("tiotropium", "umeclidinium"), ("J40", "J41", "J42", "J43", "J44", "J45", "J47")),
    Treats(_of("allopurinol", "febuxostat"), ("M10", "M1A", "E79", "N20", "C", "D4", "Z51")),
    Treats(_of("levetiracetam", "lacosamide"), ("G40", "R56", "Z", "S06", "I6", "C7", "D33", "O15")),
)  # fmt: skip


def symptom_treated(case: Case) -> Said:
    """Q-SYMPTOM: a stay has only symptoms, and a drug was given that treats one kind of condition (OCG I.B.4, II.A).

    Inpatients only: an outpatient's symptom is coded as it is (OCG IV.D). A symptom code is valid: a finding, no hold.
    """
    if case.inpatient and case.diagnoses and all(_is_symptom(statement) for statement in case.diagnoses):
        given = shown(case, *(drug.names for drug in _SPECIFIC))
        if given:
            yield case.about(SYMPTOM_ONLY, case.diagnoses[0], *given)


def _is_symptom(statement: Statement) -> bool:
    codes = codes_of(statement)
    return all(code.startswith("R") for code in codes) if codes else statement.kind == "symptom"


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
    holds=False,
)


def treated_without_diagnosis(case: Case) -> Said:
    """Q-DRUG: a condition that was treated in a stay is a reportable diagnosis of it (OCG III).

    Inpatients only. The chart has a diagnosis that is no symptom, and none that the drug is given for, neither by code
    nor in words without a code: words are not read for what they might mean. A finding, no hold: the claim is right for
    what is documented.
    """
    if not case.inpatient or all(_is_symptom(statement) for statement in case.diagnoses):
        return
    if any(not codes_of(statement) for statement in case.diagnoses):
        return
    for drug in _SPECIFIC:
        for statement in _unexplained(case, drug):
            yield case.about(DRUG_WITHOUT_DIAGNOSIS, statement)


def _unexplained(case: Case, drug: Treats) -> Iterator[Statement]:
    if not case.has(*drug.codes):
        yield from shown(case, drug.names)[:1]


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
    holds=False,
)
# Failure or distress of breathing, arrest, of the newborn too; sleep apnea and neuromuscular disease have it at home.
_BREATHING: Final = ("J80", "J95", "J96", "P22", "P28", "R092", "G47", "G12", "G70", "G71", "I46", "Z99")
_SURGERY: Final = "0"


def breathing_support(case: Case) -> Said:
    """Q-BREATHING: a stay has breathing support beside blood gases or signs of distress, and no diagnosis for it.

    Source: OCG III. Inpatients only, and not where an operation was done: ventilation belongs to it. Oxygen alone asks
    nothing. A finding, no hold: nothing documented is coded wrongly.
    """
    if not case.inpatient or case.has(*_BREATHING) or _operated(case):
        return
    support = shown(case, BREATHING_SUPPORT)
    seen = (*shown(case, BLOOD_GAS), *saying(case.diagnoses, DISTRESS))
    told = any("respiratory failure" in plain(words_of(statement)) for statement in case.chart.statements)
    if support and seen and not told:
        yield case.about(BREATHING, support[0], *seen)


def _operated(case: Case) -> bool:
    named_so = any(provider.role == "operating" for provider in case.chart.encounter.providers)
    coded = (code for statement in case.performed for code in operations_of(statement))
    return named_so or any(code.startswith(_SURGERY) for code in coded)


TEMPLATES: Final = (WITHOUT_DIAGNOSIS, SYMPTOM_ONLY, DRUG_WITHOUT_DIAGNOSIS, BREATHING)
RULES: Final = (a_diagnosis, symptom_treated, treated_without_diagnosis, breathing_support)
