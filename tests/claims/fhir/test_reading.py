"""What each FHIR resource becomes in a chart, and what becomes of references that lead nowhere."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from claims.fhir import Unpublished, Unresolved, read_export
from claims.partners import Hospital, Partners
from schemas.events import ChartCompleted
from schemas.events.chart import Cause, Restriction

Json = dict[str, Any]
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def ref(link: str) -> Json:
    return {"reference": link}


def concept(system: str, code: str, text: str | None = None) -> Json:
    return {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}


def patient(**fields: Any) -> Json:
    number = {"type": {"coding": [{"code": "MR"}]}, "value": "M-1"}
    return {"resourceType": "Patient", "id": "p1", "identifier": [number], **fields}


def encounter(kind: str = "AMB", **fields: Any) -> Json:
    start = {"period": {"start": "2026-03-02T14:00:00Z", "end": "2026-03-02T14:30:00Z"}}
    common = {"id": "e1", "status": "finished", "class": {"code": kind}, "subject": ref("Patient/p1")}
    return {"resourceType": "Encounter", **common, **start, **fields}


def of_encounter(kind: str, name: str, **fields: Any) -> Json:
    link = "context" if kind == "MedicationAdministration" else "encounter"
    return {"resourceType": kind, "id": name, link: ref("Encounter/e1"), **fields}


def condition(name: str, code: str | None, text: str, **fields: Any) -> Json:
    return of_encounter("Condition", name, code=concept(ICD, code, text) if code else {"text": text}, **fields)


def dose(name: str, at: str, value: float | None, **fields: Any) -> Json:
    amount = {"dosage": {"dose": {"value": value, "code": "mg"}}} if value is not None else {}
    drug = {"medicationCodeableConcept": concept(RXNORM, "161", "Acetaminophen")}
    return of_encounter(
        "MedicationAdministration", name, status="completed", effectiveDateTime=at, **drug, **amount, **fields
    )


def order(name: str, status: str = "completed", **fields: Any) -> Json:
    category = [concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB")]
    code = concept("http://loinc.org", "2345-7", "Glucose")
    return of_encounter("ServiceRequest", name, status=status, category=category, code=code, **fields)


def coverage(payor: str = "US-BCBS", **fields: Any) -> Json:
    return {
        "resourceType": "Coverage", "id": "c1", "beneficiary": ref("Patient/p1"), "subscriberId": "S-1",
        "payor": [ref(f"Organization/payer-{payor}")], **fields,
    }  # fmt: skip


class Reader:
    """Reads a Bundle of these resources as Mercy General's."""

    def __init__(self, hospital: Hospital, partners: Partners) -> None:
        self.hospital, self.payers = hospital, partners.payers

    def all(self, *resources: Json) -> list[object]:
        entries = [{"resource": resource} for resource in resources]
        text = json.dumps({"resourceType": "Bundle", "entry": entries})
        return list(read_export([("chart.json", text)], self.hospital, self.payers))

    def chart(self, *resources: Json) -> ChartCompleted:
        found = [reading for reading in self.all(*resources) if isinstance(reading, ChartCompleted)]
        assert len(found) == 1
        return found[0]

    def notes(self, *resources: Json) -> list[str]:
        return [reading.path for reading in self.all(*resources) if isinstance(reading, Unresolved)]


@pytest.fixture
def read(mercy: Hospital, partners: Partners) -> Reader:
    return Reader(mercy, partners)


def test_the_same_export_read_twice_gives_the_same_events(read: Reader) -> None:
    assert read.chart(patient(), encounter()) == read.chart(patient(), encounter())


def test_a_new_version_is_another_event_about_the_same_chart_and_account(read: Reader) -> None:
    meta = {"versionId": "2", "lastUpdated": "2026-03-05T09:00:00Z"}
    one, two = read.chart(patient(), encounter()), read.chart(patient(), encounter(meta=meta))

    assert (one.version, two.version) == (1, 2)
    assert (one.chart_id, one.account_number) == (two.chart_id, two.account_number)
    assert one.event_id != two.event_id
    assert two.occurred_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_two_bundles_may_hold_two_versions_of_one_chart_in_their_order(mercy: Hospital, partners: Partners) -> None:
    def version(number: int) -> tuple[str, str]:
        entries = [{"resource": patient()}, {"resource": encounter(meta={"versionId": str(number)})}]
        return f"{number}.json", json.dumps({"resourceType": "Bundle", "entry": entries})

    charts = read_export([version(2), version(1)], mercy, partners.payers)

    assert [chart.version for chart in charts if isinstance(chart, ChartCompleted)] == [2, 1]


@pytest.mark.parametrize(
    ("code", "ours", "place"),
    [
        ("AMB", "ambulatory", "22"), ("EMER", "emergency", "23"), ("IMP", "inpatient", "21"),
        ("OBSENC", "observation", "22"), ("VR", "virtual", None), ("HH", "home", "12"),
    ],
)  # fmt: skip
def test_a_class_has_its_place_of_service_and_a_virtual_one_is_not_guessed(
    read: Reader, code: str, ours: str, place: str | None
) -> None:
    read_one = read.chart(patient(), encounter(code)).encounter

    assert (read_one.encounter_class, read_one.place_of_service) == (ours, place)


def test_admission_and_discharge_hours_are_the_hospitals_own(read: Reader) -> None:
    stay = {"period": {"start": "2026-03-02T03:10:00Z", "end": "2026-03-04T17:00:00Z"}}
    facts = {"hospitalization": {"dischargeDisposition": concept("x", "snf"), "admitSource": concept("x", "emd")}}
    priority = {"priority": concept("x", "EM")}

    chart = read.chart(patient(), encounter("IMP", **stay, **facts, **priority))

    assert chart.encounter.admission is not None
    assert chart.encounter.discharge is not None
    assert (chart.encounter.admission.date, chart.encounter.admission.hour) == (date(2026, 3, 1), "22")
    assert (chart.encounter.admission.type, chart.encounter.admission.source) == ("1", "1")
    assert (chart.encounter.discharge.status, chart.encounter.discharge.hour) == ("03", "12")


def test_where_the_patient_went_is_not_guessed(read: Reader) -> None:
    assert read.chart(patient(), encounter("EMER")).encounter.discharge is None


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


def test_doses_of_a_drug_on_a_day_are_one_statement_with_their_sum(read: Reader) -> None:
    doses = [dose("a", "2026-03-02T14:00:00Z", 500), dose("b", "2026-03-02T20:00:00Z", 250.5)]

    chart = read.chart(patient(), encounter(), *doses, dose("c", "2026-03-03T14:00:00Z", 500))

    assert [(s.id, s.quantity, s.unit) for s in chart.statements] == [("a", 750_500, "mg"), ("c", 500_000, "mg")]


def test_without_a_dose_the_administrations_are_counted(read: Reader) -> None:
    doses = [dose("a", "2026-03-02T14:00:00Z", None), dose("b", "2026-03-02T20:00:00Z", None)]

    chart = read.chart(patient(), encounter(), *doses)

    assert [(s.quantity, s.unit) for s in chart.statements] == [(2000, "1")]


def test_a_drug_that_was_not_given_is_no_service(read: Reader) -> None:
    not_given = {**dose("a", "2026-03-02T14:00:00Z", 500), "status": "not-done"}
    prescribed = of_encounter("MedicationRequest", "r", status="completed", intent="order")

    assert read.chart(patient(), encounter(), not_given, prescribed).statements == ()


def test_a_completed_order_with_a_result_is_a_laboratory_service(read: Reader) -> None:
    result = of_encounter("Observation", "o", status="final", basedOn=[ref("ServiceRequest/a")])

    chart = read.chart(patient(), encounter(), order("a"), result)

    assert [(s.kind, s.order_id, s.result_present) for s in chart.statements] == [("laboratory", "a", True)]


def test_a_completed_order_without_a_result_says_so(read: Reader) -> None:
    assert [s.result_present for s in read.chart(patient(), encounter(), order("a")).statements] == [False]


def test_an_open_order_is_no_service(read: Reader) -> None:
    chart = read.chart(patient(), encounter(), order("a", "active"), order("b", "on-hold"), order("c", "revoked"))

    assert chart.statements == ()
    assert [o.status for o in chart.orders] == ["active", "active", "revoked"]


def test_a_preliminary_result_is_no_result(read: Reader) -> None:
    result = of_encounter("Observation", "o", status="preliminary", basedOn=[ref("ServiceRequest/a")])

    assert read.chart(patient(), encounter(), order("a"), result).statements[0].result_present is False


def test_a_vaccine_only_reported_is_no_service(read: Reader) -> None:
    vaccine = {"resourceType": "Immunization", "status": "completed", "patient": ref("Patient/p1")}
    here = {**vaccine, "id": "here", "occurrenceDateTime": "2026-03-02", "primarySource": True}
    told = {**vaccine, "id": "told", "occurrenceDateTime": "2026-03-02", "primarySource": False}

    assert [s.id for s in read.chart(patient(), encounter(), here, told).statements] == ["here"]


def test_a_vaccine_without_an_encounter_belongs_to_the_first_of_that_day(read: Reader) -> None:
    given = {"status": "completed", "primarySource": True, "occurrenceDateTime": "2026-03-02"}
    vaccine = {"resourceType": "Immunization", "id": "v", "patient": ref("Patient/p1"), **given}
    later = {**encounter(), "id": "e0", "period": {"start": "2026-03-02T18:00:00Z", "end": "2026-03-02T18:30:00Z"}}

    charts = [c for c in read.all(patient(), later, encounter(), vaccine) if isinstance(c, ChartCompleted)]

    assert {chart.chart_id: len(chart.statements) for chart in charts} == {"e0": 0, "e1": 1}


def test_a_legal_attester_signs_and_a_draft_is_unsigned(read: Reader) -> None:
    attester = [{"mode": "legal", "time": "2026-03-02T15:00:00Z", "party": ref("Practitioner/DR-IM-001")}]
    kind = concept("http://loinc.org", "34131-3")
    note = of_encounter("Composition", "n", status="final", type=kind, attester=attester)

    chart = read.chart(patient(), encounter(), note, {**note, "id": "d", "status": "preliminary"})

    assert [(d.id, d.signed_by) for d in chart.documents] == [("n", "DR-IM-001"), ("d", None)]


def test_a_plan_counts_by_its_period_whatever_has_become_of_it(read: Reader) -> None:
    then = coverage(period={"start": "2026-01-01", "end": "2026-12-31"}, status="cancelled")
    before = {**coverage(period={"start": "2025-01-01", "end": "2025-12-31"}, status="active"), "id": "c0"}

    assert [c.id for c in read.chart(patient(), encounter(), before, then).coverages] == ["c1"]


def test_plans_stand_in_the_order_the_hospital_says(read: Reader) -> None:
    second = {**coverage("STATE-MEDICAID", order=2), "id": "a"}

    chart = read.chart(patient(), encounter(), second, {**coverage(order=1), "id": "b"})

    assert [(c.payer, c.plan_kind) for c in chart.coverages] == [("commercial", "CI"), ("medicaid", "MC")]


def test_a_dual_eligible_has_medicare_then_medicaid(read: Reader) -> None:
    chart = read.chart(patient(), encounter(), coverage("CMS-DUAL"))

    assert [(c.id, c.payer) for c in chart.coverages] == [("c1", "medicare"), ("c1-2", "medicaid")]


def test_a_parent_as_subscriber_is_named(read: Reader) -> None:
    parent = {"resourceType": "RelatedPerson", "id": "r", "name": [{"family": "Elder"}], "birthDate": "1980-04-04"}
    plan = coverage(subscriber=ref("RelatedPerson/r"), relationship=concept("x", "child"))

    subscriber = read.chart(patient(), encounter(), plan, parent).coverages[0].subscriber

    assert (subscriber.relationship, subscriber.birth_date) == ("child", date(1980, 4, 4))
    assert subscriber.name is not None
    assert subscriber.name.family == "Elder"


def test_a_cause_says_who_else_may_have_to_pay(read: Reader) -> None:
    parts = [{"url": "kind", "valueCode": "employment"}, {"url": "date", "valueDate": "2026-03-02"},
             {"url": "claimNumber", "valueString": "WC-1"}]  # fmt: skip

    chart = read.chart(patient(), encounter(extension=[{"url": "urn:claimstream:cause", "extension": parts}]))

    assert chart.causes == (Cause(kind="employment", date=date(2026, 3, 2), claim_number="WC-1"),)


def test_an_item_paid_in_full_is_restricted(read: Reader) -> None:
    parts = [{"url": "item", "valueReference": ref("ServiceRequest/a")}, {"url": "paid", "valueMoney": {"value": 79.9}}]

    chart = read.chart(
        patient(), encounter(extension=[{"url": "urn:claimstream:paid-in-full", "extension": parts}]), order("a")
    )

    assert chart.restrictions == (Restriction(statement="a", paid_cents=7990),)


def paid_in_full(item: str, cents: float = 79.9) -> list[Json]:
    parts = [{"url": "item", "valueReference": ref(item)}, {"url": "paid", "valueMoney": {"value": cents}}]
    return [{"url": "urn:claimstream:paid-in-full", "extension": parts}]


def test_a_restriction_that_leads_nowhere_is_kept_to_be_asked_about(read: Reader) -> None:
    """45 CFR 164.522(a)(1)(vi): dropped, the item would go to a plan."""
    chart = read.chart(patient(), encounter(extension=paid_in_full("ServiceRequest/lost")), order("a"))

    assert chart.restrictions == (Restriction(statement="lost", paid_cents=7990),)


def test_a_dose_that_is_paid_in_full_is_no_part_of_the_day_s_sum(read: Reader) -> None:
    doses = [dose("one", "2026-03-02T14:05:00Z", 5), dose("two", "2026-03-02T14:10:00Z", 5)]

    chart = read.chart(patient(), encounter(extension=paid_in_full("MedicationAdministration/two")), *doses)

    assert [(s.id, s.quantity) for s in chart.statements] == [("one", 5000), ("two", 5000)]


def test_a_part_2_label_on_anything_in_the_encounter_counts(read: Reader) -> None:
    labelled = condition("c", "F11.20", "Opioid dependence", meta={"security": [{"code": "42CFRPart2"}]})

    assert read.chart(patient(), encounter(), labelled).part2 is not None


def test_a_consent_that_denies_is_no_consent(read: Reader) -> None:
    denied = {
        "resourceType": "Consent", "id": "k", "status": "active", "patient": ref("Patient/p1"),
        "category": [concept("x", "42-CFR-2")], "dateTime": "2026-02-01", "provision": {"type": "deny"},
    }  # fmt: skip

    part2 = read.chart(patient(), encounter(meta={"security": [{"code": "42CFRPart2"}]}), denied).part2

    assert part2 is not None
    assert (part2.applies, part2.start) == (True, None)


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


@pytest.mark.parametrize(
    ("codes", "status"),
    [(("home",), "01"), (("elsewhere", "snf"), "03"), (("long",), None), (("hosp",), None), (("other-hcf",), None)],
)
def test_a_discharge_that_may_mean_several_statuses_is_none(
    read: Reader, codes: tuple[str, ...], status: str | None
) -> None:
    said = {"dischargeDisposition": {"coding": [{"system": "x", "code": code} for code in codes]}}

    discharge = read.chart(patient(), encounter("IMP", hospitalization=said)).encounter.discharge

    assert discharge is not None
    assert discharge.status == status


def test_an_order_that_a_procedure_carried_out_is_one_service(read: Reader) -> None:
    """The order, its report and the procedure would be priced twice."""
    report = of_encounter(
        "DiagnosticReport", "r", status="final", code={"text": "report"}, basedOn=[ref("ServiceRequest/a")]
    )
    procedure = of_encounter(
        "Procedure", "p", status="completed", code={"text": "done"}, basedOn=[ref("ServiceRequest/a")]
    )

    chart = read.chart(patient(), encounter(), order("a"), report, procedure)

    assert [statement.id for statement in chart.statements] == ["p"]


def test_an_order_not_to_do_something_is_no_service(read: Reader) -> None:
    assert read.chart(patient(), encounter(), order("a", doNotPerform=True)).statements == ()


def test_a_dose_without_a_unit_has_no_quantity(read: Reader) -> None:
    given = dose("one", "2026-03-02T14:05:00Z", None) | {"dosage": {"dose": {"value": 2}}}

    assert [s.quantity for s in read.chart(patient(), encounter(), given).statements] == [None]


def test_a_part_2_chart_without_consent_has_none(read: Reader) -> None:
    part2 = read.chart(patient(), encounter(meta={"security": [{"code": "42CFRPart2"}]})).part2

    assert part2 is not None
    assert (part2.applies, part2.start) == (True, None)


def test_a_part_2_consent_counts_from_the_day_it_was_given(read: Reader) -> None:
    consent = {
        "resourceType": "Consent", "id": "k", "status": "active", "patient": ref("Patient/p1"),
        "category": [concept("x", "42-CFR-2")], "dateTime": "2026-02-01",
        "provision": {"period": {"end": "2027-01-31"}},
    }  # fmt: skip

    part2 = read.chart(patient(), encounter(meta={"security": [{"code": "42CFRPart2"}]}), consent).part2

    assert part2 is not None
    assert (part2.start, part2.end, part2.revoked) == (date(2026, 2, 1), date(2027, 1, 31), None)


def test_dead_references_are_noted_by_path_and_the_chart_goes_out(read: Reader) -> None:
    lost = encounter(
        diagnosis=[{"condition": ref("Condition/lost")}],
        participant=[{"type": [concept("x", "ATND")], "individual": ref("Practitioner/lost")}],
    )
    procedure = of_encounter(
        "Procedure", "x", status="completed", code={"text": "y"}, basedOn=[ref("ServiceRequest/lost")]
    )

    assert sorted(read.notes(patient(), lost, procedure)) == [
        "Encounter.diagnosis[0].condition",
        "Encounter.participant[0].individual",
        "Procedure.basedOn",
    ]
    assert read.chart(patient(), lost, procedure).statements[0].order_id is None


def test_a_practitioner_of_the_roster_needs_no_resource(read: Reader) -> None:
    known = encounter(participant=[{"type": [concept("x", "ATND")], "individual": ref("Practitioner/DR-IM-001")}])

    assert read.notes(patient(), known) == []
    assert read.chart(patient(), known).encounter.providers[0].local_id == "DR-IM-001"


def test_a_rough_bundle_of_a_whole_history_is_read_chart_by_chart(mercy: Hospital, partners: Partners) -> None:
    """Synthea's shape: urn:uuid references, words instead of codes, an NPI that is none, no Coverage."""

    def entry(name: str, **fields: Any) -> Json:
        return {"fullUrl": f"urn:uuid:{name}", "resource": {"id": name, **fields}}

    who, doctor = ref("urn:uuid:pp"), ref("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|410")
    visits = [
        entry(
            f"v{number}",
            resourceType="Encounter",
            status="finished",
            subject=who,
            **{"class": {"code": "AMB"}},
            period={"start": f"20{10 + number}-05-01T10:00:00-04:00", "end": f"20{10 + number}-05-01T10:15:00-04:00"},
            participant=[{"type": [concept("x", "PPRF")], "individual": doctor}],
        )
        for number in range(3)
    ]
    finding = entry(
        "f",
        resourceType="Condition",
        subject=who,
        encounter=ref("urn:uuid:v1"),
        code={"text": "Viral sinusitis (disorder)"},
    )
    draft = entry("k", resourceType="Claim", use="preauthorization", status="draft", patient=who)
    text = json.dumps(
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [entry("pp", **patient(id="pp")), *visits, finding, draft],
        }
    )

    readings = list(read_export([("history.json", text)], mercy, partners.payers))

    charts = [reading for reading in readings if isinstance(reading, ChartCompleted)]
    assert [(c.chart_id, [s.text for s in c.statements], c.coverages) for c in charts] == [
        ("v0", [], ()),
        ("v1", ["Viral sinusitis (disorder)"], ()),
        ("v2", [], ()),
    ]
    assert all(provider.npi is None for chart in charts for provider in chart.encounter.providers)
    assert {r.path for r in readings if isinstance(r, Unresolved)} == {"Encounter.participant[0].individual"}
    assert not any(isinstance(reading, Unpublished) for reading in readings)
