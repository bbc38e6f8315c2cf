"""Indicators: what a chart says by which a clinical question may be asked. Only what was done, given or found counts.

Tables of July 2026. LOINC and RxNorm (ingredients) are codes that US systems send; words are the names under which the
same things stand in orders. A value is known only where the words have it, so no indicator is a threshold.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from schemas.events.chart import Statement

_SYSTEMS: Final = frozenset({"http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"})
_NAMES: Final = 8192


@dataclass(frozen=True, eq=False)
class Sign:
    """One kind of indicator, by the codes and the words it is documented with."""

    words: re.Pattern[str]
    codes: frozenset[str] = frozenset()  # LOINC or RxNorm
    operations: tuple[str, ...] = ()  # beginnings of ICD-10-PCS codes


class Treats(NamedTuple):
    """A drug, and the beginnings of the ICD-10-CM codes of what its label says it is for."""

    drug: Sign
    codes: tuple[str, ...]


def named(*words: str) -> re.Pattern[str]:
    """Any of these words, each whole; a star stands for more letters."""
    return re.compile(r"\b(?:" + "|".join(word.replace("*", "[a-z]*") for word in words) + r")\b")


def plain(text: str) -> str:
    """As it is compared: small letters, no underscores."""
    return text.replace("_", " ").casefold()


def signs_of(statement: Statement, words: str, operations: tuple[str, ...]) -> frozenset[Sign]:
    """What a statement of something done or given shows."""
    found = _named_so(words)
    for coding in statement.codings:
        if coding.system in _SYSTEMS and coding.code in _BY_CODE:
            found |= _BY_CODE[coding.code]
    if operations:
        found |= {sign for sign in SIGNS if sign.operations and any(c.startswith(sign.operations) for c in operations)}
    return found


@lru_cache(_NAMES)
def _named_so(words: str) -> frozenset[Sign]:
    """The names of tests and drugs repeat from chart to chart."""
    return frozenset(sign for sign in SIGNS if sign.words.search(words))


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

# Drugs of one purpose, and what their labels say they are for (DailyMed). Those with many purposes, such as steroids,
# beta blockers, anticoagulants, potassium or short-acting insulin, stand here for none.
DRUGS: Final = (
    Treats(Sign(named("levothyroxine", "liothyronine")), ("C73", "E00", "E01", "E02", "E03", "E04", "E06", "E89")),
    Treats(Sign(named("methimazole", "propylthiouracil")), ("E05", "O99")),
    Treats(Sign(named("donepezil", "rivastigmine", "memantine")), ("F01", "F02", "F03", "F06", "G20", "G30", "G31")),
    Treats(Sign(named("insulin (?:glargine|detemir|degludec)")), ("E08", "E09", "E10", "E11", "E13", "O24", "R73")),
    Treats(Sign(named("carbidopa", "levodopa", "pramipexole", "ropinirole")), ("G20", "G21", "G24", "G25", "G90")),
    Treats(Sign(named("oseltamivir", "baloxavir", "peramivir")), ("J09", "J10", "J11", "Z20", "Z29")),
    Treats(Sign(named("remdesivir", "nirmatrelvir")), ("U07",)),
    Treats(Sign(named("rifaximin", "lactulose")), ("A09", "K58", "K59", "K70", "K72", "K74", "K76")),
    Treats(Sign(named("tiotropium", "umeclidinium")), ("J40", "J41", "J42", "J43", "J44", "J45", "J47")),
    Treats(Sign(named("allopurinol", "febuxostat")), ("C", "D4", "E79", "M10", "M1A", "N20", "Z51")),
    Treats(Sign(named("levetiracetam", "lacosamide")), ("C7", "D33", "G40", "I6", "O15", "R56", "S06", "Z")),
)  # fmt: skip

SIGNS: Final = (
    NATRIURETIC_PEPTIDE, LOOP_DIURETIC, HEART_IMAGING, KIDNEY_FUNCTION, DIALYSIS, HEMOGLOBIN, TRANSFUSION, IRON,
    VITAMIN, CHEMOTHERAPY, BREATHING_SUPPORT, OXYGEN, BLOOD_GAS, LACTATE, BLOOD_CULTURE, WHITE_CELLS, INFLAMMATION,
    ANTIBIOTIC, TROPONIN, *(each.drug for each in DRUGS),
)  # fmt: skip
_BY_CODE: Final = {
    code: frozenset(sign for sign in SIGNS if code in sign.codes) for code in {c for sign in SIGNS for c in sign.codes}
}
