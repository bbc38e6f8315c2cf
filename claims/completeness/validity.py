"""Clinical validity: a diagnosis for which the record has nothing that usually goes with it."""

from itertools import islice
from typing import Final, NamedTuple

from claims.completeness.case import QUOTED, Case, Said, done_entry
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
    mode="warn",
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
    for expected in _EXPECTED:
        doubtful = case.coded(expected.codes)
        if doubtful and not case.shown(*expected.signs):
            results = tuple(done_entry(at, result) for at, result in islice(case.done("laboratory"), QUOTED))
            yield from (case.about(VALIDITY, entry, *results) for entry in doubtful if results)


TEMPLATES: Final = (VALIDITY,)
OF_STAYS: Final = (clinical_validity,)
