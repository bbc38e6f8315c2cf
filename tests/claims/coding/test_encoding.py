"""From what was documented to a code: given, by phrase, or to somebody who knows."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from claims.encoding import Encoded, encode
from claims.partners import Hospital
from claims.queries import query_id
from claims.ranking import diagnoses, undecided_principal, unusable_admission
from claims.scene import Scene
from claims.stay import stay_facts
from claims.tables import Reference
from schemas.events.chart import ChartCompleted, Coding, QueryAnswer, Statement
from tests.claims.coding.builders import ICD, at, done, phrase, said


def scene(chart: ChartCompleted, reference: Reference, *statements: Statement, **fields: Any) -> Scene:
    hospital = reference.partners.hospital(chart.hospital)
    told = chart.model_copy(update={"statements": statements, **fields})
    facts = stay_facts(told, hospital)
    assert facts is not None
    return Scene(told, hospital, facts, reference)


def found(encoded: Encoded) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in encoded.found]


OTHER_SYSTEM = Statement(
    id="d-other", kind="diagnosis", codings=(Coding(system="urn:s", code="1", display="Cholera, unspecified"),)
)
CODED = [
    # reason, statement, code, path
    ("given", said("I10"), "I10", "given"),
    ("given without its dot", said("E119"), "E11.9", "given"),
    ("a title", phrase("Essential hypertension"), "I10", "title"),
    ("an inclusion term", phrase("High blood pressure"), "I10", "inclusion-term"),
    ("only one code below the category", phrase("multiple sclerosis"), "G35.D", "title"),
    (
        "side and episode choose the leaf",
        phrase("Sprained ankle NOS", laterality="left", episode="initial"),
        "S93.402A",
        "index",
    ),
    ("of a category given too", said("S93.40", laterality="right", episode="subsequent"), "S93.401D", "index"),
    ("history of, as a Z code", said("Z85.3", certainty="history-of"), "Z85.3", "given"),
    ("a relative's, as a Z code", said("Z80.3", whose="family"), "Z80.3", "given"),
    ("words beside another system's code", OTHER_SYSTEM, "A00.9", "title"),
]


@pytest.mark.parametrize(("statement", "code", "path"), [row[1:] for row in CODED], ids=[row[0] for row in CODED])
def test_one_answer_is_taken(
    chart: ChartCompleted, reference: Reference, statement: Statement, code: str, path: str
) -> None:
    encoded = encode(scene(chart, reference, statement))

    assert found(encoded) == [(code, path)]
    assert encoded.worklist == ()


DROPPED = [
    ("ruled out", said("I10", certainty="ruled-out")),
    ("a relative's disease", said("E11.9", whose="family")),
    ("suspected in an outpatient", said("I10", certainty="suspected")),
]


@pytest.mark.parametrize("statement", [row[1] for row in DROPPED], ids=[row[0] for row in DROPPED])
def test_what_the_patient_does_not_have_is_not_coded(
    chart: ChartCompleted, reference: Reference, statement: Statement
) -> None:
    assert encode(scene(chart, reference, statement)) == Encoded()


WORK = [
    # reason, statement, kind of the item, a candidate
    ("not billable", said("A00"), "ambiguous", "A00.0"),
    ("no such code", said("A99.9", text="Cholera, mild"), "unknown-code", "A00.9"),
    ("words that no code has", phrase("twisted his ankle"), "phrase", "S93.401A"),
    ("several codes", phrase("Sprained ankle NOS", episode="initial"), "ambiguous", "S93.401A"),
    ("history of a condition", said("I10", text="hypertension", certainty="history-of"), "history", "I10"),
    ("code and documented side differ", said("H81.01", laterality="left"), "side", "H81.01"),
    ("nothing said", Statement(id="d", kind="diagnosis"), "no-text", None),
    ("a side names only another disease", said("H47.1", laterality="left"), "ambiguous", "H47.10"),
]


@pytest.mark.parametrize(("statement", "kind", "candidate"), [row[1:] for row in WORK], ids=[row[0] for row in WORK])
def test_without_one_answer_it_is_a_coders_item(
    chart: ChartCompleted, reference: Reference, statement: Statement, kind: str, candidate: str | None
) -> None:
    encoded = encode(scene(chart, reference, statement))

    assert [item.kind for item in encoded.worklist] == [kind]
    shown = [each.code for each in encoded.worklist[0].candidates]
    assert candidate in shown if candidate else not shown


def test_a_code_is_judged_by_its_day(chart: ChartCompleted, reference: Reference) -> None:
    before = chart.encounter.model_copy(
        update={"start": datetime(2025, 3, 1, 15, tzinfo=UTC), "end": datetime(2025, 3, 1, 16, tzinfo=UTC)}
    )

    assert found(encode(scene(chart, reference, said("G35"), encounter=before))) == [("G35", "given")]
    assert found(encode(scene(chart, reference, said("G35")))) == [("G35.D", "index")]


def test_a_missing_side_is_asked_without_preferring_one(chart: ChartCompleted, reference: Reference) -> None:
    (asked,) = encode(scene(chart, reference, phrase("Sprained ankle NOS", episode="initial"))).queries

    assert asked.options == ("Left", "Right", "Both", "Other", "Clinically unable to determine")
    assert [quoted.text for quoted in asked.indicators] == ["Sprained ankle NOS"]


def test_an_answered_side_is_not_asked_again(chart: ChartCompleted, reference: Reference) -> None:
    statement = phrase("Sprained ankle NOS")
    answer = QueryAnswer(
        query_id=query_id(chart, "side", statement.id), answer="Other", author_npi="1999001112", answered_at=at(11)
    )

    encoded = encode(scene(chart, reference, statement, answers=(answer,)))

    assert (encoded.queries, len(encoded.worklist)) == ((), 1)


def test_an_answer_about_the_missing_diagnosis_goes_to_a_coder(chart: ChartCompleted, reference: Reference) -> None:
    answer = QueryAnswer(
        query_id=query_id(chart, "no-diagnosis"), answer="Cholera,\nmild", author_npi="1999001112", answered_at=at(11)
    )

    (item,) = encode(scene(chart, reference, answers=(answer,))).worklist

    assert item.text == "Cholera, mild"


def test_a_suspected_diagnosis_of_an_inpatient_is_a_coders(inpatient: ChartCompleted, reference: Reference) -> None:
    encoded = encode(scene(inpatient, reference, said("I50.9", certainty="suspected")))

    assert [item.kind for item in encoded.worklist] == ["uncertain"]


def test_a_hospital_may_send_every_phrase_to_its_coders(
    chart: ChartCompleted, reference: Reference, mercy: Hospital
) -> None:
    careful = mercy.model_copy(update={"accept_encoder": False})
    hospitals = {"mercy-general": careful}
    strict = replace(reference, partners=reference.partners.model_copy(update={"hospitals": hospitals}))

    encoded = encode(scene(chart, strict, phrase("High blood pressure"), said("E11.9")))

    assert found(encoded) == [("E11.9", "given")]
    assert [(item.kind, item.candidates[0].code) for item in encoded.worklist] == [("confirm", "I10")]


def test_inpatient_procedures_are_taken_as_given(inpatient: ChartCompleted, reference: Reference) -> None:
    operation = done("0SR9019", "http://www.cms.gov/Medicare/Coding/ICD10", kind="treatment", performed_at=at(4))

    (procedure,) = encode(scene(inpatient, reference, said("I50.9"), operation)).procedures

    assert (procedure.code, procedure.performed_at.isoformat()) == ("0SR9019", "2026-03-04")


PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
NOT_DONE = [
    ("ruled out", {"certainty": "ruled-out"}),
    ("done in an earlier stay", {"certainty": "history-of"}),
    ("a relative's", {"whose": "family"}),
]


@pytest.mark.parametrize("fields", [row[1] for row in NOT_DONE], ids=[row[0] for row in NOT_DONE])
def test_an_operation_that_was_not_done_here_is_not_coded(
    inpatient: ChartCompleted, reference: Reference, fields: dict[str, str]
) -> None:
    """It would move the DRG."""
    operation = done("0SR9019", PCS, kind="treatment", performed_at=at(4), **fields)

    assert encode(scene(inpatient, reference, said("I50.9"), operation)).procedures == ()


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        pytest.param(done("0SR9O19", PCS, kind="treatment"), "shape", id="a letter O that no code has"),
        pytest.param(done("0SR9019", PCS, kind="treatment", performed_at=None), "its day", id="no day"),
    ],
)
def test_an_operation_that_cannot_be_coded_is_a_coders_item(
    inpatient: ChartCompleted, reference: Reference, operation: Statement, why: str
) -> None:
    encoded = encode(scene(inpatient, reference, said("I50.9"), operation))

    assert encoded.procedures == ()
    assert [item.kind for item in encoded.worklist] == ["procedure"]
    assert why in encoded.worklist[0].why


def undecided(chart: ChartCompleted, reference: Reference, *statements: Statement) -> list[tuple[str, ...]]:
    place = scene(chart, reference, *statements)
    items = undecided_principal(place, encode(place).found)
    return [tuple(candidate.code for candidate in item.candidates) for item in items]


def test_which_of_several_unranked_diagnoses_admitted_the_patient_is_a_coders_to_say(
    inpatient: ChartCompleted, reference: Reference
) -> None:
    assert undecided(inpatient, reference, said("I50.9"), said("E11.9")) == [("I50.9", "E11.9")]


DECIDED = [
    ("one is ranked first", (said("I50.9", rank=1), said("E11.9", rank=2))),
    ("one is ranked at all", (said("I50.9", rank=1), said("E11.9"))),
    ("a symptom is none", (said("I50.9"), said("R07.9", kind="symptom"))),
    ("the same code twice", (said("I50.9", id="a"), said("I50.9", id="b"))),
    ("no diagnosis", ()),
]


@pytest.mark.parametrize("statements", [row[1] for row in DECIDED], ids=[row[0] for row in DECIDED])
def test_one_candidate_is_the_principal_diagnosis(
    inpatient: ChartCompleted, reference: Reference, statements: tuple[Statement, ...]
) -> None:
    assert undecided(inpatient, reference, *statements) == []


def test_of_an_outpatient_the_first_listed_leads(chart: ChartCompleted, reference: Reference) -> None:
    assert undecided(chart, reference, said("I50.9"), said("E11.9")) == []


def test_an_outpatient_has_no_inpatient_procedure(chart: ChartCompleted, reference: Reference) -> None:
    operation = done("0SR9019", "http://www.cms.gov/Medicare/Coding/ICD10", kind="treatment")

    assert encode(scene(chart, reference, said("I10"), operation)).procedures == ()


def roles(chart: ChartCompleted, reference: Reference, *statements: Statement) -> list[tuple[str, str, int]]:
    place = scene(chart, reference, *statements)
    return [(each.code, each.role, each.rank) for each in diagnoses(place, encode(place).found)]


def test_the_lowest_rank_is_the_principal_diagnosis(chart: ChartCompleted, reference: Reference) -> None:
    assert roles(chart, reference, said("E11.9", rank=2), said("I10", rank=1)) == [
        ("I10", "principal", 1),
        ("E11.9", "other", 2),
    ]


def test_without_ranks_a_diagnosis_leads_a_symptom(chart: ChartCompleted, reference: Reference) -> None:
    assert roles(chart, reference, said("R07.9", kind="symptom"), said("I10"))[0][:2] == ("I10", "principal")


def test_an_external_cause_never_leads(chart: ChartCompleted, reference: Reference) -> None:
    assert roles(chart, reference, said("W19.XXXA", rank=1), said("S93.402A", rank=2)) == [
        ("S93.402A", "principal", 1),
        ("W19.XXXA", "external-cause", 2),
    ]


def test_a_delivery_leads_and_its_outcome_follows(chart: ChartCompleted, reference: Reference) -> None:
    ordered = roles(chart, reference, said("Z37.0", rank=1), said("I10", rank=2), said("O80", rank=3))

    assert [code for code, _, _ in ordered] == ["O80", "I10", "Z37.0"]


def test_a_code_said_twice_stands_once_at_its_best_rank(chart: ChartCompleted, reference: Reference) -> None:
    twice = (said("I10", id="a", rank=3), said("E11.9", rank=2), said("I10", id="b", rank=1))

    assert roles(chart, reference, *twice) == [("I10", "principal", 1), ("E11.9", "other", 2)]


def test_present_on_admission_is_taken_and_never_made_up(inpatient: ChartCompleted, reference: Reference) -> None:
    place = scene(inpatient, reference, said("I50.9", rank=1, present_on_admission="N"), said("E11.9", rank=2))

    assert [each.present_on_admission for each in diagnoses(place, encode(place).found)] == ["N", None, None]


def test_an_inpatient_has_his_admitting_diagnosis_last(inpatient: ChartCompleted, reference: Reference) -> None:
    assert roles(inpatient, reference, said("I50.9"))[-1] == ("R07.9", "admitting", 2)


def test_an_admitting_diagnosis_that_is_no_code_is_a_coders(inpatient: ChartCompleted, reference: Reference) -> None:
    admission = inpatient.encounter.admission
    assert admission is not None
    wrong = admission.model_copy(update={"diagnosis": Coding(system=ICD, code="E11")})
    place = scene(inpatient, reference, encounter=inpatient.encounter.model_copy(update={"admission": wrong}))

    assert [item.kind for item in unusable_admission(place)] == ["admitting"]
    assert diagnoses(place, ()) == ()
