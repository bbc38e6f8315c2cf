"""What was diagnosed, and how sure it is."""

import pytest

from claims.partners import Hospital, Partners
from schemas.events import ChartCompleted
from tests.claims.fhir.given_resources import ICD, Json, Reader, concept, condition, encounter, patient, ref


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


def listed(name: str, use: str | None = None) -> Json:
    return {"condition": ref(f"Condition/{name}"), **({"use": concept("x", use)} if use else {})}


def why(chart: ChartCompleted) -> str | None:
    admission = chart.encounter.admission
    return admission.diagnosis.code if admission and admission.diagnosis else None


@pytest.mark.parametrize("kind", ["AMB", "EMER", "IMP"])
def test_a_coded_reason_beside_a_diagnosis_says_why_the_patient_came_and_is_none(read: Reader, kind: str) -> None:
    visit = encounter(kind, reasonCode=[concept(ICD, "R07.9")], diagnosis=[listed("a")])

    chart = read.chart(patient(), visit, condition("a", "I21.4", "Infarction"))

    assert ([s.id for s in chart.statements], why(chart)) == (["a"], "R07.9")


def test_a_reason_in_words_beside_a_diagnosis_is_none(read: Reader) -> None:
    visit = encounter(reasonCode=[{"text": "Chest pain"}], diagnosis=[listed("a")])

    chart = read.chart(patient(), visit, condition("a", "I21.4", "Infarction"))

    assert ([s.id for s in chart.statements], why(chart)) == (["a"], None)


def test_a_reason_stands_for_what_was_only_suspected(read: Reader) -> None:
    """OCG IV.H: an outpatient is coded to the highest degree of certainty."""
    suspected = condition("a", "I21.4", "Infarction", verificationStatus=concept("x", "provisional"))
    visit = encounter("EMER", reasonCode=[concept(ICD, "R07.9")], diagnosis=[listed("a")])

    assert [s.id for s in read.chart(patient(), visit, suspected).statements] == ["a", "e1-reason-1"]


def test_a_reason_that_is_no_symptom_stays_where_the_encounter_lists_no_diagnoses(read: Reader) -> None:
    visit = encounter(reasonCode=[concept(ICD, "Z23")])

    chart = read.chart(patient(), visit, condition("a", "I10", "Pressure"))

    assert [s.id for s in chart.statements] == ["a", "e1-reason-1"]


def test_what_an_inpatient_came_for_is_not_taken_for_what_was_found(read: Reader) -> None:
    chart = read.chart(patient(), encounter("IMP", reasonCode=[concept(ICD, "R07.9")]))

    assert (chart.statements, why(chart)) == ((), "R07.9")


def test_an_admission_diagnosis_is_why_the_patient_came_and_goes_before_the_reason(read: Reader) -> None:
    visit = encounter("IMP", reasonCode=[concept(ICD, "R05.9")], diagnosis=[listed("a", "AD"), listed("b", "DD")])

    chart = read.chart(patient(), visit, condition("a", "R07.9", "Pain"), condition("b", "I21.4", "Infarction"))

    assert ([s.id for s in chart.statements], why(chart)) == (["b"], "R07.9")


def test_a_condition_may_be_admission_and_discharge_diagnosis_at_once(read: Reader) -> None:
    visit = encounter("IMP", diagnosis=[listed("a", "AD"), listed("a", "DD")])

    chart = read.chart(patient(), visit, condition("a", "I21.4", "Infarction"))

    assert ([s.id for s in chart.statements], why(chart)) == (["a"], "I21.4")


def test_an_outpatients_chief_complaint_is_his_diagnosis_where_there_is_no_other(read: Reader) -> None:
    chart = read.chart(patient(), encounter(diagnosis=[listed("a", "CC")]), condition("a", "R07.9", "Pain"))

    assert ([s.id for s in chart.statements], why(chart)) == (["a"], "R07.9")


@pytest.mark.parametrize(
    ("taxonomy", "author"),
    [("163W00000X", "nurse"), ("133V00000X", "dietitian"), ("183500000X", "other"), ("363L00000X", None)],
)
def test_the_roster_says_who_is_no_provider(
    mercy: Hospital, partners: Partners, taxonomy: str, author: str | None
) -> None:
    someone = mercy.roster["DR-IM-001"].model_copy(update={"taxonomy": taxonomy})
    read = Reader(mercy.model_copy(update={"roster": {"N-1": someone}}), partners)

    chart = read.chart(patient(), encounter(), condition("a", "I10", "x", asserter=ref("Practitioner/N-1")))

    assert chart.statements[0].documented_by == author
