"""When two phrases are the same phrase."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.codesets.phrases import folded, foldings

SAME = [
    ("inverted", "Fracture, closed", "closed fracture"),
    ("the plural", "closed fractures", "closed fracture"),
    ("a preposition", "Pain in left knee", "Left knee pain"),
    ("left-sided", "Left-sided weakness", "weakness, left"),
    ("short for the side", "Rt knee pain", "Pain in right knee"),
    ("NOS is unspecified", "Cholera NOS", "Cholera, unspecified"),
    ("a hyphen", "Gastro-esophageal reflux", "gastroesophageal reflux"),
    ("British spelling", "Haemorrhage of oesophagus", "hemorrhage of esophagus"),
    ("an ampersand", "nausea & vomiting", "vomiting and nausea"),
    ("a nonessential modifier left out", "essential hypertension", "Essential (primary) hypertension"),
    ("or said", "primary essential hypertension", "Essential (primary) hypertension"),
    ("a synonym in brackets", "Chronic kidney disease", "Chronic kidney disease [CKD]"),
]


@pytest.mark.parametrize(("phrase", "term"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_order_and_form_of_the_words_do_not_matter(phrase: str, term: str) -> None:
    assert set(folded(phrase)) & set(foldings(term))


DIFFERENT = [
    ("cause and effect", "anemia due to bleeding", "bleeding due to anemia"),
    ("with and without", "diabetes with ulcer", "diabetes without ulcer"),
    ("which part is which", "fracture of femur and sprain of ankle", "sprain of femur and fracture of ankle"),
    ("what a number counts", "type 1 diabetes, stage 2", "type 2 diabetes, stage 1"),
    ("opposites", "acute bronchitis, chronic sinusitis", "chronic bronchitis, acute sinusitis"),
    ("sides", "wound of left arm, right leg", "wound of right arm, left leg"),
    ("a word more", "pain in left knee", "pain in left knee joint"),
    ("a word twice", "pain pain", "pain"),
]


@pytest.mark.parametrize(("phrase", "term"), [row[1:] for row in DIFFERENT], ids=[row[0] for row in DIFFERENT])
def test_words_do_not_change_places_where_that_changes_the_meaning(phrase: str, term: str) -> None:
    assert not set(folded(phrase)) & set(foldings(term))


PLAIN = ["pain", "knee", "left", "chronic", "joints", "of"]


@given(st.permutations(PLAIN), st.permutations(PLAIN))
def test_any_order_of_plain_words_is_one_phrase(one: list[str], other: list[str]) -> None:
    assert folded(" ".join(one)) == folded(" ".join(other))


@given(st.text(max_size=60))
def test_any_text_can_be_folded(text: str) -> None:
    assert all(isinstance(key, str) for key in (*folded(text), *foldings(text)))
