"""What each FHIR resource becomes in a chart, and what becomes of references that lead nowhere."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from claims.fhir import Unpublished, Unresolved, read_export
from claims.partners import Hospital, Partners
from schemas.events import ChartCompleted
from schemas.events.chart import Attachment, Cause
from tests.claims.fhir.given_resources import (
    Json,
    Reader,
    concept,
    coverage,
    encounter,
    of_encounter,
    patient,
    ref,
)


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


@pytest.mark.parametrize(
    ("now", "before", "ended", "expected"),
    [
        ("OBSENC", "IMP", "2026-03-02T14:10:00Z", datetime(2026, 3, 2, 14, 10, tzinfo=UTC)),
        ("OBSENC", "EMER", "2026-03-02T14:10:00Z", None),
        ("OBSENC", "IMP", None, None),
        ("IMP", "IMP", "2026-03-02T14:10:00Z", None),
    ],
)
def test_a_stay_that_was_undone_tells_when(
    read: Reader, now: str, before: str, ended: str | None, expected: datetime | None
) -> None:
    was = {"class": {"code": before}, "period": {"start": "2026-03-02T14:00:00Z", **({"end": ended} if ended else {})}}
    said = read.chart(patient(), encounter(now, classHistory=[was])).encounter
    assert said.changed_to_outpatient_at == expected


def test_where_the_patient_went_is_not_guessed(read: Reader) -> None:
    assert read.chart(patient(), encounter("EMER")).encounter.discharge is None


def test_a_legal_attester_signs_and_a_draft_is_unsigned(read: Reader) -> None:
    attester = [{"mode": "legal", "time": "2026-03-02T15:00:00Z", "party": ref("Practitioner/DR-IM-001")}]
    kind = concept("http://loinc.org", "34131-3")
    note = of_encounter("Composition", "n", status="final", type=kind, attester=attester)

    chart = read.chart(patient(), encounter(), note, {**note, "id": "d", "status": "preliminary"})

    assert [(d.id, d.signed_by) for d in chart.documents] == [("n", "DR-IM-001"), ("d", None)]


@pytest.mark.parametrize(
    "fields", [{"status": "superseded"}, {"status": "entered-in-error"}, {"docStatus": "entered-in-error"}]
)
def test_a_note_that_is_no_longer_in_force_does_not_count(read: Reader, fields: Json) -> None:
    signer = {"authenticator": ref("Practitioner/DR-IM-001"), "date": "2026-03-02T15:00:00Z"}
    kind = concept("http://loinc.org", "34131-3")
    note = of_note("n", status="current", type=kind, **signer)

    chart = read.chart(patient(), encounter(), note, {**note, "id": "old", **fields})

    assert [(d.id, d.signed_by) for d in chart.documents] == [("n", "DR-IM-001")]


def of_note(name: str, **fields: Any) -> Json:
    """A DocumentReference hangs on its encounter by its context."""
    context = {"context": {"encounter": [ref("Encounter/e1")]}}
    return {"resourceType": "DocumentReference", "id": name, **context, **fields}


def test_a_plan_counts_by_its_period_whatever_has_become_of_it(read: Reader) -> None:
    then = coverage(period={"start": "2026-01-01", "end": "2026-12-31"}, status="cancelled")
    before = {**coverage(period={"start": "2025-01-01", "end": "2025-12-31"}, status="active"), "id": "c0"}

    assert [c.id for c in read.chart(patient(), encounter(), before, then).coverages] == ["c1"]


def test_a_plan_that_begins_during_the_visit_counts_too(read: Reader) -> None:
    visit = encounter(period={"start": "2026-12-30T14:00:00Z", "end": "2027-01-02T14:30:00Z"})
    old, new, later = (
        {**coverage(period={"start": start, "end": end}), "id": start}
        for start, end in [("2026-01-01", "2026-12-31"), ("2027-01-01", "2027-12-31"), ("2028-01-01", "2028-12-31")]
    )
    plans = read.chart(patient(), visit, old, new, later).coverages
    assert [plan.id for plan in plans] == ["2026-01-01", "2027-01-01"]


def test_plans_stand_in_the_order_the_hospital_says(read: Reader) -> None:
    second = {**coverage("STATE-MEDICAID", order=2), "id": "a"}

    chart = read.chart(patient(), encounter(), second, {**coverage(order=1), "id": "b"})

    assert [(c.payer, c.plan_kind) for c in chart.coverages] == [("commercial", "CI"), ("medicaid", "MC")]


def test_a_dual_eligible_has_medicare_then_medicaid(read: Reader) -> None:
    chart = read.chart(patient(), encounter(), coverage("CMS-DUAL"))

    assert [(c.id, c.payer) for c in chart.coverages] == [("c1", "medicare"), ("c1-2", "medicaid")]


V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
IDENTIFIERS = [
    ("the member's number", concept(V2_0203, "MB"), "X-1"),
    ("the hospital's own number", concept(V2_0203, "AN"), None),
    ("another system's MB", concept("urn:mercy:types", "MB"), None),
    ("of no type", {}, None),
]


@pytest.mark.parametrize(("kind", "member"), [row[1:] for row in IDENTIFIERS], ids=[row[0] for row in IDENTIFIERS])
def test_only_a_members_number_is_a_member_id(read: Reader, kind: Json, member: str | None) -> None:
    plan = coverage(subscriberId=None, identifier=[{"type": kind, "value": "X-1"}])

    assert [c.member_id for c in read.chart(patient(), encounter(), plan).coverages] == [member]


def test_a_parent_as_subscriber_is_named(read: Reader) -> None:
    parent = {"resourceType": "RelatedPerson", "id": "r", "name": [{"family": "Elder"}], "birthDate": "1980-04-04"}
    plan = coverage(subscriber=ref("RelatedPerson/r"), relationship=concept("x", "child"))

    subscriber = read.chart(patient(), encounter(), plan, parent).coverages[0].subscriber

    assert (subscriber.relationship, subscriber.birth_date) == ("child", date(1980, 4, 4))
    assert subscriber.name is not None
    assert subscriber.name.family == "Elder"


def test_the_visit_says_when_it_began_and_no_condition_does(read: Reader) -> None:
    days = [("onset", "2026-02-27"), ("last-menstrual-period", "2026-01-05")]
    said = [{"url": f"urn:claimstream:{name}", "valueDate": day} for name, day in days]
    chart = read.chart(patient(), encounter(extension=said))
    assert (chart.onset, chart.last_menstrual_period) == (date(2026, 2, 27), date(2026, 1, 5))


def test_papers_a_note_and_a_reason_for_a_delay_go_with_the_chart(read: Reader) -> None:
    parts = [{"url": "reportType", "valueCode": "OZ"}, {"url": "transmission", "valueCode": "FX"},
             {"url": "controlNumber", "valueString": "P-1"}]  # fmt: skip
    said = [
        {"url": "urn:claimstream:attachment", "extension": parts},
        {"url": "urn:claimstream:claim-note", "valueString": "the bridge was gone"},
        {"url": "urn:claimstream:delay-reason", "valueCode": "11"},
    ]
    chart = read.chart(patient(), encounter(extension=said))
    assert chart.attachments == (Attachment(report_type="OZ", transmission="FX", control_number="P-1"),)
    assert (chart.claim_note, chart.delay_reason) == ("the bridge was gone", "11")


def test_a_cause_says_who_else_may_have_to_pay(read: Reader) -> None:
    parts = [{"url": "kind", "valueCode": "employment"}, {"url": "date", "valueDate": "2026-03-02"},
             {"url": "claimNumber", "valueString": "WC-1"}]  # fmt: skip

    chart = read.chart(patient(), encounter(extension=[{"url": "urn:claimstream:cause", "extension": parts}]))

    assert chart.causes == (Cause(kind="employment", date=date(2026, 3, 2), claim_number="WC-1"),)


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
