"""What was diagnosed, and how sure it is."""

import pytest

from tests.claims.fhir.given_resources import ICD, Reader, concept, condition, encounter, patient, ref


def test_the_encounters_order_of_diagnoses_is_their_rank(read: Reader) -> None:
    ranked = [{"condition": ref("Condition/b"), "rank": 1}, {"condition": ref("Condition/a"), "rank": 2}]

    chart = read.chart(
        patient(), encounter(diagnosis=ranked), condition("a", "I10", "Pressure"), condition("b", "E78.5", "Lipids")
    )

    assert [(s.id, s.rank) for s in chart.statements] == [("b", 1), ("a", 2)]


def test_a_code_of_chapter_18_is_a_symptom(read: Reader) -> None:
    chart = read.chart(
        patient(), encounter(), condition("a", "R07.89", "Chest pain"), condition("b", "I10", "Pressure")
    )

    assert [s.kind for s in chart.statements] == ["symptom", "diagnosis"]


@pytest.mark.parametrize(
    ("status", "certainty"),
    [("confirmed", "confirmed"), ("provisional", "suspected"), ("differential", "suspected"), ("refuted", "ruled-out")],
)
def test_verification_says_how_certain_a_diagnosis_is(read: Reader, status: str, certainty: str) -> None:
    chart = read.chart(patient(), encounter(), condition("a", "I10", "x", verificationStatus=concept("x", status)))

    assert chart.statements[0].certainty == certainty


def test_what_was_entered_in_error_is_no_statement(read: Reader) -> None:
    wrong = condition("a", "I10", "x", verificationStatus=concept("x", "entered-in-error"))

    assert read.chart(patient(), encounter(), wrong).statements == ()


def test_a_reason_in_words_alone_is_a_symptom_to_be_coded(read: Reader) -> None:
    chart = read.chart(patient(), encounter("EMER", reasonCode=[{"text": "Chest pain"}]))

    assert [(s.kind, s.text, s.codings, s.rank) for s in chart.statements] == [("symptom", "Chest pain", (), 1)]


def test_a_reason_that_is_diagnosed_is_not_said_twice(read: Reader) -> None:
    chart = read.chart(patient(), encounter(reasonCode=[concept(ICD, "I10")]), condition("a", "I10", "Pressure"))

    assert [s.id for s in chart.statements] == ["a"]


@pytest.mark.parametrize(
    ("onset", "present"), [("2026-03-01", "Y"), ("2026-03-02T14:00:00Z", "Y"), ("2026-03-02T14:20:00Z", None)]
)
def test_an_onset_before_the_stay_is_present_on_admission(read: Reader, onset: str, present: str | None) -> None:
    chart = read.chart(patient(), encounter("IMP"), condition("a", "I10", "x", onsetDateTime=onset))

    assert chart.statements[0].present_on_admission == present


@pytest.mark.parametrize(
    ("codes", "certainty"),
    [
        (("refuted", "RO"), "ruled-out"),
        (("RO", "refuted"), "ruled-out"),
        (("confirmed", "local"), "confirmed"),
        (("local",), "suspected"),
        ((), "confirmed"),
    ],
)
def test_certainty_is_the_first_coding_that_is_known(read: Reader, codes: tuple[str, ...], certainty: str) -> None:
    status = {"coding": [{"system": "x", "code": code} for code in codes]}

    chart = read.chart(patient(), encounter(), condition("c", "I10", "Hypertension", verificationStatus=status))

    assert chart.statements[0].certainty == certainty


@pytest.mark.parametrize(
    ("onset", "present"), [("2026-03-01", "Y"), ("2026-03-02", None), ("2026-03-02T13:00:00Z", "Y")]
)
def test_an_onset_without_a_time_on_the_day_of_admission_says_nothing(
    read: Reader, onset: str, present: str | None
) -> None:
    chart = read.chart(patient(), encounter("IMP"), condition("c", "I10", "Hypertension", onsetDateTime=onset))

    assert chart.statements[0].present_on_admission == present
