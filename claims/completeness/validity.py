"""Clinical validity: a diagnosis for which the record has nothing that usually goes with it."""

from typing import Final, NamedTuple

from claims.completeness.case import Case, Said, codes_of
from claims.completeness.indicators import (
    ANTIBIOTIC,
    BLOOD_CULTURE,
    BLOOD_GAS,
    BREATHING_SUPPORT,
    HEMOGLOBIN,
    INFLAMMATION,
    KIDNEY_FUNCTION,
    LACTATE,
    OXYGEN,
    TRANSFUSION,
    TROPONIN,
    WHITE_CELLS,
    Sign,
    shown,
)
from claims.queries import ANSWERED, JUDGE, Template

VALIDITY: Final = Template(
    id="Q-VALIDITY",
    topic="validity",
    to="physician-adviser",
    kind="open",
    gap="what supports a diagnosis",
    ask="The record documents the condition quoted here, and the tests and treatments in it are listed after it. "
    f"Please document what supports the condition, or that it was not found, {JUDGE}",
    due=ANSWERED,
    source="OCG I.A.19; AHIMA/ACDIS 2022",
    holds=False,
)


class Expected(NamedTuple):
    """Codes of a condition, and what shows it: any one of these is enough."""

    codes: tuple[str, ...]
    signs: tuple[Sign, ...]


_EXPECTED: Final = (
    Expected(("A40", "A41"), (LACTATE, BLOOD_CULTURE, WHITE_CELLS, INFLAMMATION, ANTIBIOTIC)),
    Expected(("J960", "J962"), (BLOOD_GAS, BREATHING_SUPPORT, OXYGEN)),
    Expected(("N17",), (KIDNEY_FUNCTION,)),
    Expected(("I21",), (TROPONIN,)),
    Expected(("D62",), (HEMOGLOBIN, TRANSFUSION)),
)


def clinical_validity(case: Case) -> Said:
    """Q-VALIDITY: a diagnosis of a stay has at least one of the tests or treatments by which it is usually established.

    Source: AHIMA/ACDIS 2022, clinical validation. A finding, no hold: the provider's word is what is coded (OCG
    I.A.19). Inpatients only, and only of a chart that has laboratory results at all, so that an absence says something.
    """
    results = tuple(statement for statement in case.performed if statement.kind == "laboratory")
    if not case.inpatient or not results:
        return
    for expected in _EXPECTED:
        doubtful = [s for s in case.diagnoses if any(code.startswith(expected.codes) for code in codes_of(s))]
        if doubtful and not shown(case, *expected.signs):
            yield from (case.about(VALIDITY, statement, *results) for statement in doubtful)


TEMPLATES: Final = (VALIDITY,)
RULES: Final = (clinical_validity,)
