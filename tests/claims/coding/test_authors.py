"""Whose word is coded, and who is asked about the word of others."""

from typing import Any

import pytest

from claims.encoding import Encoded, encode
from claims.queries import NOT_BY_A_PROVIDER, query_id
from claims.tables import Reference
from schemas.events.chart import ChartCompleted, QueryAnswer
from tests.claims.coding.builders import at, phrase, said
from tests.claims.coding.test_encoding import found, scene

ALONE = [
    ("nurse", said("I10", documented_by="nurse")),
    ("dietitian", phrase("Malnutrition", documented_by="dietitian")),
    ("any other who is no provider", said("R07.9", kind="symptom", documented_by="other")),
]


@pytest.mark.parametrize("statement", [row[1] for row in ALONE], ids=[row[0] for row in ALONE])
def test_what_only_another_clinician_names_is_asked_of_the_attending_and_not_coded(
    chart: ChartCompleted, reference: Reference, statement: Any
) -> None:
    encoded = encode(scene(chart, reference, statement))

    (asked,) = encoded.queries
    assert (asked.to, asked.kind, asked.options) == ("attending", "open", ())
    assert (encoded.found, encoded.worklist) == ((), ())


def test_the_question_quotes_who_is_no_provider_and_names_no_diagnosis(
    chart: ChartCompleted, reference: Reference
) -> None:
    (asked,) = encode(scene(chart, reference, phrase("Pressure sore", documented_by="nurse"))).queries

    assert [quoted.text for quoted in asked.indicators] == ["Pressure sore"]
    assert "sore" not in NOT_BY_A_PROVIDER


PROVIDERS = [None, "attending", "operating", "rendering", "ordering", "referring", "supervising"]


@pytest.mark.parametrize("author", PROVIDERS)
def test_a_providers_word_is_coded(chart: ChartCompleted, reference: Reference, author: Any) -> None:
    assert found(encode(scene(chart, reference, said("I10", documented_by=author)))) == [("I10", "given")]


def test_body_mass_index_may_be_a_dietitians(chart: ChartCompleted, reference: Reference) -> None:
    encoded = encode(scene(chart, reference, said("Z68.41", documented_by="dietitian")))

    assert (found(encoded), encoded.queries) == ([("Z68.41", "given")], ())


@pytest.mark.parametrize("own", [said("I10"), said("I10", documented_by="attending")])
def test_what_a_provider_says_too_is_not_asked_about(chart: ChartCompleted, reference: Reference, own: Any) -> None:
    encoded = encode(scene(chart, reference, own, said("I10", id="d-nurse", documented_by="nurse")))

    assert (found(encoded), encoded.queries) == ([("I10", "given")], ())


def test_a_stage_of_an_ulcer_that_a_provider_diagnosed_is_a_coders(chart: ChartCompleted, reference: Reference) -> None:
    stage = said("L89.153", documented_by="nurse")

    items = encode(scene(chart, reference, said("L89.159", documented_by="attending"), stage)).worklist

    assert ("stage", "d-L89.153") in [(item.kind, item.statement) for item in items]


def test_what_an_outpatients_nurse_suspects_is_dropped_like_a_providers(
    chart: ChartCompleted, reference: Reference
) -> None:
    suspected = said("I10", documented_by="nurse", certainty="suspected")

    assert encode(scene(chart, reference, suspected)) == Encoded()


def test_the_attendings_answer_is_a_coders_item(chart: ChartCompleted, reference: Reference) -> None:
    statement = phrase("Malnutrition", documented_by="dietitian")
    asked = query_id(chart, "author", statement.id)
    answer = QueryAnswer(query_id=asked, answer="Moderate malnutrition", author_npi="1999001112", answered_at=at(11))

    encoded = encode(scene(chart, reference, statement, answers=(answer,)))

    assert encoded.queries == ()
    assert [(item.kind, item.statement, item.text) for item in encoded.worklist] == [
        ("answer", statement.id, "Moderate malnutrition")
    ]
