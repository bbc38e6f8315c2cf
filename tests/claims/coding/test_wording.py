"""What a documented phrase says besides the disease."""

import pytest

from claims.abbreviations import ABBREVIATIONS, expanded
from claims.wording import read_wording

CERTAINTIES = [
    # phrase, certainty, disease
    ("Asthma", "stated", "Asthma"),
    ("probable pneumonia", "uncertain", "pneumonia"),
    ("Pneumonia, suspected", "uncertain", "Pneumonia"),
    ("rule out pneumonia", "uncertain", "pneumonia"),
    ("r/o pneumonia", "uncertain", "pneumonia"),
    ("pneumonia?", "uncertain", "pneumonia"),
    ("? pneumonia", "uncertain", "pneumonia"),
    ("pneumonia still to be ruled out", "uncertain", "pneumonia"),
    ("consistent with pneumonia", "uncertain", "pneumonia"),
    ("no evidence of pneumonia", "negated", "pneumonia"),
    ("denies chest pain", "negated", "chest pain"),
    ("pneumonia ruled out", "negated", "pneumonia"),
    ("ruled out pneumonia", "negated", "pneumonia"),
    ("no history of asthma", "negated", "asthma"),
    ("denies chest pain, has dyspnea", "mixed", "chest pain, has dyspnea"),
    ("chest pain, probable infarction", "mixed", "chest pain, probable infarction"),
    ("asthma versus bronchitis", "mixed", "asthma versus bronchitis"),
    ("history of possible stroke", "mixed", "possible stroke"),
    ("h/o pneumonia", "history", "pneumonia"),
    ("Hx of pneumonia", "history", "pneumonia"),
    ("Pneumonia, history of", "history", "Pneumonia"),
    ("family history of asthma", "family-history", "asthma"),
    ("FHx: asthma", "family-history", "asthma"),
    ("FH: xanthoma", "stated", "FH: xanthoma"),
    ("pedal pulse absent", "stated", "pedal pulse absent"),
    ("history of present illness: cough", "stated", "history of present illness: cough"),
    ("sequela of poliomyelitis", "sequela", "sequela of poliomyelitis"),
    ("unlikely pneumonia", "stated", "unlikely pneumonia"),
    ("- Asthma", "stated", "- Asthma"),
    ("• Asthma", "stated", "• Asthma"),
    ("Ménière’s disease (+)", "stated", "Ménière’s disease (+)"),
    *(
        (sign, "mixed", sign)
        for sign in (
            "Asthma (-)",
            "(-) Asthma",
            "Asthma -",
            "Asthma: –",
            "Asthma [—]",
            "Ø Asthma",
            "∅ Asthma",
            "asthma ↓",
            "~ asthma",
            "не asthma",
            "无 asthma",
            "asthma ❌",
            "asthma > bronchitis",
        )
    ),
]


@pytest.mark.parametrize(("phrase", "certainty", "disease"), CERTAINTIES, ids=[row[0] for row in CERTAINTIES])
def test_the_words_say_how_certain_the_disease_is(phrase: str, certainty: str, disease: str) -> None:
    wording = read_wording(phrase)

    assert (wording.certainty, wording.disease) == (certainty, disease)


SIDES = [
    # phrase, side, episode, bare
    ("Left knee pain", "left", None, "knee pain"),
    ("pain, knee, rt", "right", None, "pain, knee"),
    ("right-sided weakness", "right", None, "weakness"),
    ("pain in both knees", "bilateral", None, "pain in knees"),
    ("bilat knee pain", "bilateral", None, "knee pain"),
    ("sprained ankle, left, initial encounter", "left", "initial", "sprained ankle"),
    ("sprained ankle, subsequent encounter", None, "subsequent", "sprained ankle"),
    ("left arm and right leg", None, None, "left arm and right leg"),
    ("cleft palate", None, None, "cleft palate"),
]


@pytest.mark.parametrize(("phrase", "side", "episode", "bare"), SIDES, ids=[row[0] for row in SIDES])
def test_the_words_say_the_side_and_the_episode(phrase: str, side: str | None, episode: str | None, bare: str) -> None:
    wording = read_wording(phrase)

    assert (wording.side, wording.episode, wording.bare) == (side, episode, bare)


WRITTEN_OUT = [
    ("COPD", "chronic obstructive pulmonary disease"),
    ("copd", "chronic obstructive pulmonary disease"),
    ("Hypertension (HTN)", "Hypertension"),
    ("T2DM w/o complications", "type 2 diabetes mellitus without complications"),
    ("MS", "MS"),
    ("PE", "PE"),
    ("CP", "CP"),
    ("scopd", "scopd"),
]


@pytest.mark.parametrize(("phrase", "full"), WRITTEN_OUT, ids=[row[0] for row in WRITTEN_OUT])
def test_only_what_has_one_meaning_is_written_out(phrase: str, full: str) -> None:
    assert expanded(phrase) == full


def test_no_abbreviation_is_known_by_another_case() -> None:
    assert all(short == short.lower() for short in ABBREVIATIONS)
