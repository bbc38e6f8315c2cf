"""Indicators: what a chart says by which a clinical question may be asked. Only what was done, given or found counts.

Tables of July 2026. LOINC and RxNorm (ingredients) are codes that US systems send; words are the names under which the
same things stand in orders. A value is known only where the words have it, so no indicator is a threshold.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from claims.completeness.case import Case, operations_of, words_of
from schemas.events.chart import Statement

_SYSTEMS: Final = frozenset({"http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"})


class Sign(NamedTuple):
    """One kind of indicator, by the codes and the words it is documented with."""

    words: re.Pattern[str]
    codes: frozenset[str] = frozenset()  # LOINC or RxNorm
    operations: tuple[str, ...] = ()  # beginnings of ICD-10-PCS codes


def named(*words: str) -> re.Pattern[str]:
    """Any of these words, each whole; a star stands for more letters."""
    return re.compile(r"\b(?:" + "|".join(word.replace("*", "[a-z]*") for word in words) + r")\b")


def plain(text: str) -> str:
    """As it is compared: small letters, no underscores."""
    return text.replace("_", " ").casefold()


def shown(case: Case, *signs: Sign) -> tuple[Statement, ...]:
    """What of these was done or given, each name once: the first time stands for all."""
    found: dict[str, Statement] = {}
    for statement in case.performed:
        words = plain(words_of(statement))
        if any(_is(statement, words, sign) for sign in signs):
            found.setdefault(words, statement)
    return tuple(found.values())


def _is(statement: Statement, words: str, sign: Sign) -> bool:
    return (
        any(coding.code in sign.codes for coding in statement.codings if coding.system in _SYSTEMS)
        or any(code.startswith(sign.operations) for code in operations_of(statement) if sign.operations)
        or sign.words.search(words) is not None
    )


def saying(statements: Iterable[Statement], words: re.Pattern[str]) -> tuple[Statement, ...]:
    return tuple(statement for statement in statements if words.search(plain(words_of(statement))))


# Heart: AHA/ACC/HFSA guideline of 2022, sections 4 and 7: natriuretic peptides, imaging of the heart, loop diuretics.
NATRIURETIC_PEPTIDE: Final = Sign(
    named("bnp", r"nt[- ]?probnp", "natriuretic peptide"), frozenset({"30934-4", "33762-6", "42637-9", "71425-3"})
)
LOOP_DIURETIC: Final = Sign(named("furosemide", "bumetanide", "torsemide"), frozenset({"4603", "1808", "38413"}))
HEART_IMAGING: Final = Sign(named("echocardiogra*", "heart ultrasound"), operations=("B24",))

# Kidney: KDIGO guidelines of 2012 (acute injury) and 2024 (chronic disease): creatinine, estimated filtration.
KIDNEY_FUNCTION: Final = Sign(
    named("creatinine", "egfr"),
    frozenset({"2160-0", "33914-3", "48642-3", "48643-1", "62238-1", "77147-7", "98979-8"}),
)
DIALYSIS: Final = Sign(named("dialysis", "hemodialysis", "hemofiltration"), operations=("5A1D", "3E1M39Z"))

# Blood: what is given or measured for a cause of anemia.
HEMOGLOBIN: Final = Sign(
    named("hb", "hgb", "hemoglobin", "cbc", "blood count", "hct", "hematocrit"),
    frozenset({"718-7", "58410-2", "57021-8", "4544-3", "20570-8"}),
)
TRANSFUSION: Final = Sign(
    named("transfusion", "packed red cells", "prbc", "blood given"), operations=("30233N", "30243N", "30233H", "30243H")
)
IRON: Final = Sign(
    named("ferritin", "iron", "transferrin", "ferrous [a-z]+", "iron sucrose"),
    frozenset({"2276-4", "2498-4", "3034-6"}),
)
VITAMIN: Final = Sign(named("cyanocobalamin", "vitamin b12", "folate", "folic acid"), frozenset({"2132-9", "2284-8"}))
CHEMOTHERAPY: Final = Sign(named("chemotherapy*"), operations=("3E03305", "3E04305"))

# Breathing: support, blood gases.
BREATHING_SUPPORT: Final = Sign(
    named(
        "mechanical ventilation", "ventilator", "bipap", "non-?invasive ventilation", "high[- ]flow (?:nasal|oxygen)"
    ),
    operations=("5A0935", "5A0945", "5A0955", "5A1935", "5A1945", "5A1955"),
)
OXYGEN: Final = Sign(named("oxygen*", "nasal cannula"), operations=("3E0F7SF",))
BLOOD_GAS: Final = Sign(
    named("abg", "arterial blood gas*", "po2", "pco2"), frozenset({"24336-0", "24338-6", "2019-8", "2703-7", "2744-1"})
)
DISTRESS: Final = named(
    "respiratory distress", "accessory muscle*", "hypox*", "cyanosis", "desaturation", "tachypnea", "hypercapni*"
)

# Infection and inflammation: Surviving Sepsis Campaign 2021; Sepsis-3 (JAMA 2016;315:801).
LACTATE: Final = Sign(named("lactate", "lactic acid"), frozenset({"2524-7", "32693-4", "2518-9"}))
BLOOD_CULTURE: Final = Sign(named("blood culture*"), frozenset({"600-7", "17928-3"}))
WHITE_CELLS: Final = Sign(named("wbc", "white blood cell*", "cbc", "blood count"), frozenset({"6690-2", "58410-2"}))
INFLAMMATION: Final = Sign(
    named("crp", "c-reactive protein", "pct", "procalcitonin"), frozenset({"1988-5", "75241-0", "33959-8"})
)
ANTIBIOTIC: Final = Sign(
    named(
        "antibiotic*", "[a-z]*cillin", "cef[a-z]+", "[a-z]*penem", "imipenem*", "vancomycin", "[a-z]*floxacin",
        "azithromycin", "gentamicin", "metronidazole", "linezolid", "clindamycin",
    )
)  # fmt: skip

# Heart attack: fourth universal definition (2018): troponin.
TROPONIN: Final = Sign(
    named("troponin*", "ck[- ]?mb"), frozenset({"10839-9", "6598-7", "13969-1", "49563-0", "67151-1"})
)
