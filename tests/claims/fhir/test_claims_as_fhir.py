"""A claim as a FHIR R4 Claim: what it says, under which code systems, about whom."""

from datetime import date
from typing import Any

import pytest

from claims.forming import form
from claims.partners import Partners
from schemas.events.chart import Authorization, Cause, Signatures
from schemas.events.claim import ClaimBuilt, CodedValue
from schemas.events.coded import CodedProcedure, Drg
from schemas.events.people import Address, Name, Organization, Provider, Subscriber
from tests.claims.fhir.given_bundles import Json, code, only, referred, resources, written
from tests.claims.given_accounts import DAY, account, chart, coverage, diagnosis, service, stay

HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
LEVEL_I = "urn:claimstream:hcpcs-level-i"


def formed(partners: Partners, **differs: Any) -> tuple[ClaimBuilt, ...]:
    return form(chart(**differs), account(), partners).claims


def changed(claim: ClaimBuilt, **to: Any) -> ClaimBuilt:
    return claim.model_copy(update=to)


@pytest.fixture
def facility(partners: Partners) -> ClaimBuilt:
    return formed(partners)[0]


@pytest.fixture
def professional(partners: Partners) -> ClaimBuilt:
    return formed(partners)[1]


def supporting(claim: Json, category: str) -> Json:
    (found,) = [info for info in claim["supportingInfo"] if code(info["category"]) == category]
    assert isinstance(found, dict)
    return found


def codings(concept: Json) -> list[tuple[str, str]]:
    return [(coding["system"], coding["code"]) for coding in concept["coding"]]


# The claim


def test_both_kinds_of_claim_are_valid_and_say_which_they_are(partners: Partners) -> None:
    kinds = [code(only(written(claim), "Claim")["type"]) for claim in formed(partners)]
    assert kinds == ["institutional", "professional"]


def test_the_same_claim_is_written_the_same_at_any_time(facility: ClaimBuilt) -> None:
    assert written(facility) == written(facility)
    assert only(written(facility), "Claim")["created"] == "2026-03-02T12:00:00Z"


def test_a_claim_is_found_by_its_id_and_by_the_number_its_payer_echoes(facility: ClaimBuilt) -> None:
    identifiers = {each["system"]: each["value"] for each in only(written(facility), "Claim")["identifier"]}
    assert identifiers == {
        "urn:claimstream:claim": facility.claim_id,
        "urn:claimstream:control-number": facility.control_number,
    }


def test_lines_have_their_numbers_codes_and_exact_charges(partners: Partners) -> None:
    odd = service("s1", code="J1885", revenue_code="0636", units=2500, cents=12_345, ndc="00000188501")
    (item,) = only(written(formed(partners, services=(odd,))[0]), "Claim")["item"]
    assert (item["sequence"], str(item["net"]["value"]), item["net"]["currency"]) == (1, "123.45", "USD")
    assert codings(item["productOrService"]) == [(HCPCS, "J1885")]
    assert codings(item["revenue"]) == [("https://www.nubc.org/CodeSystem/RevenueCodes", "0636")]
    assert (str(item["quantity"]["value"]), item["quantity"]["unit"]) == ("2.5", "UN")
    assert codings(item["detail"][0]["productOrService"]) == [("http://hl7.org/fhir/sid/ndc", "00000188501")]


def test_every_line_carries_the_control_number_its_payer_echoes(facility: ClaimBuilt) -> None:
    items = only(written(facility), "Claim")["item"]
    numbers = [item["extension"][0]["valueIdentifier"]["value"] for item in items]
    assert numbers == [line.control_number for line in facility.lines]


CODES = [
    ("G0463", HCPCS),
    ("9" * 5, LEVEL_I),
    ("0" * 4 + "T", LEVEL_I),
]  # the shape alone tells


@pytest.mark.parametrize(("value", "system"), CODES)
def test_the_shape_of_a_procedure_code_tells_its_system(facility: ClaimBuilt, value: str, system: str) -> None:
    (line,) = facility.lines
    (item,) = only(written(changed(facility, lines=(changed_line(line, code=value),))), "Claim")["item"]
    assert codings(item["productOrService"]) == [(system, value)]


def changed_line(line: Any, **to: Any) -> Any:
    return line.model_copy(update=to)


def test_a_line_of_a_revenue_code_alone_says_that_there_is_no_other(facility: ClaimBuilt) -> None:
    (line,) = facility.lines
    (item,) = only(written(changed(facility, lines=(changed_line(line, code=None),))), "Claim")["item"]
    assert code(item["productOrService"]) == "not-applicable"


def test_a_line_over_several_days_has_a_period(facility: ClaimBuilt) -> None:
    (line,) = facility.lines
    (item,) = only(written(changed(facility, lines=(changed_line(line, service_to=date(2026, 3, 4)),))), "Claim")[
        "item"
    ]
    assert item["servicedPeriod"] == {"start": "2026-03-02", "end": "2026-03-04"}
    assert "servicedDate" not in item


def test_a_professional_line_points_to_its_diagnoses_place_and_performer(professional: ClaimBuilt) -> None:
    (item,) = only(written(professional), "Claim")["item"]
    assert (item["diagnosisSequence"], item["careTeamSequence"]) == ([1], [1])
    assert code(item["locationCodeableConcept"]) == "22"


def test_a_line_says_who_did_and_who_ordered_it_its_drug_and_its_authorization(professional: ClaimBuilt) -> None:
    (line,) = professional.lines
    team = (
        Provider(role="rendering", npi="1999001112"),
        Provider(role="rendering", npi="1999001039"),
        Provider(role="ordering", npi="1999001112"),
    )
    more = {"ndc": "00000188501", "ndc_quantity": 1500, "ndc_unit": "ML", "authorization": "A1", "text": "as said"}
    said = changed_line(line, rendering_npi="1999001039", ordering_npi="1999001112", **more)
    (item,) = only(written(changed(professional, providers=team, lines=(said,))), "Claim")["item"]
    assert item["careTeamSequence"] == [2, 3]
    (drug,) = item["detail"]
    assert (str(drug["quantity"]["value"]), drug["quantity"]["unit"]) == ("1.5", "ML")
    assert item["extension"][1] == {"url": "urn:claimstream:authorization", "valueString": "A1"}
    assert item["productOrService"]["text"] == "as said"


def test_modifiers_stand_in_their_order_under_their_systems(facility: ClaimBuilt) -> None:
    (line,) = facility.lines
    (item,) = only(written(changed(facility, lines=(changed_line(line, modifiers=("25", "LT")),))), "Claim")["item"]
    assert [codings(modifier) for modifier in item["modifier"]] == [
        [(LEVEL_I, "25")],
        [(HCPCS, "LT")],
    ]


ROLES = [
    ("principal", "http://terminology.hl7.org/CodeSystem/ex-diagnosistype", "principal"),
    ("admitting", "http://terminology.hl7.org/CodeSystem/ex-diagnosistype", "admitting"),
    (
        "reason-for-visit",
        "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBClaimDiagnosisType",
        "patientreasonforvisit",
    ),
    ("external-cause", "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBClaimDiagnosisType", "externalcauseofinjury"),
    ("other", "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBClaimDiagnosisType", "other"),
]


@pytest.mark.parametrize(("role", "system", "said"), ROLES)
def test_a_diagnosis_says_its_role(facility: ClaimBuilt, role: str, system: str, said: str) -> None:
    (first,) = facility.diagnoses
    claim = changed(facility, diagnoses=(first.model_copy(update={"role": role, "present_on_admission": "Y"}),))
    (entry,) = only(written(claim), "Claim")["diagnosis"]
    assert [codings(kind) for kind in entry["type"]] == [[(system, said)]]
    assert codings(entry["diagnosisCodeableConcept"]) == [("http://hl7.org/fhir/sid/icd-10-cm", "I10")]
    assert code(entry["onAdmission"]) == "y"


def test_an_inpatients_claim_tells_the_stay_its_group_and_its_operations(partners: Partners) -> None:
    claim = changed(
        formed(partners, encounter=stay("inpatient", admission_type="1", admission_source="7", discharge_status="01"))[
            0
        ],
        admission_date=DAY,
        drg=Drg(version="43", code="291"),
        procedures=(
            CodedProcedure(code="0JH60DZ", performed_at=DAY, statement="p", path="given", release="2026"),
            CodedProcedure(code="3E0T3BZ", performed_at=DAY, statement="q", path="given", release="2026"),
        ),
    )
    said = only(written(claim), "Claim")
    assert code(said["subType"]) == "inpatient"
    assert code(supporting(said, "typeofbill")["code"]) == "0111"
    assert supporting(said, "admissionperiod")["timingPeriod"] == {"start": "2026-03-02", "end": "2026-03-02"}
    assert [code(supporting(said, name)["code"]) for name in ("admtype", "pointoforigin", "discharge-status")] == [
        "1", "7", "01",
    ]  # fmt: skip
    assert supporting(said, "drg")["code"]["coding"][0]["version"] == "43"
    assert [(code(each["type"][0]), code(each["procedureCodeableConcept"])) for each in said["procedure"]] == [
        ("primary", "0JH60DZ"),
        ("secondary", "3E0T3BZ"),
    ]


@pytest.mark.parametrize(
    ("bill_type", "subtype"),
    [("0111", "inpatient"), ("0181", "inpatient"), ("0121", "outpatient"), ("0131", "outpatient")],
)
def test_whose_bill_is_an_inpatients_is_told_by_its_type(facility: ClaimBuilt, bill_type: str, subtype: str) -> None:
    """018x is of a swing bed, where one stays."""
    assert code(only(written(changed(facility, bill_type=bill_type)), "Claim")["subType"]) == subtype


def test_a_patient_who_is_still_there_has_no_discharge(partners: Partners) -> None:
    claim = changed(formed(partners, encounter=stay("inpatient"))[0], admission_date=DAY, patient_status="30")
    assert supporting(only(written(claim), "Claim"), "admissionperiod")["timingPeriod"] == {"start": "2026-03-02"}


def test_a_newborns_point_of_origin_is_of_its_own_list(partners: Partners) -> None:
    claim = formed(partners, encounter=stay("inpatient", admission_type="4", admission_source="5"))[0]
    ((system, _),) = codings(supporting(only(written(claim), "Claim"), "pointoforigin")["code"])
    assert system == "https://www.nubc.org/CodeSystem/PointOfOriginNewborn"


def test_coded_values_keep_their_days_and_numbers(facility: ClaimBuilt) -> None:
    values = (
        CodedValue(kind="condition", code="02"),
        CodedValue(kind="occurrence", code="04", start=DAY),
        CodedValue(kind="span", code="74", start=DAY, end=date(2026, 3, 4)),
        CodedValue(kind="value", code="54", cents=340_000),
    )
    said = only(written(changed(facility, coded_values=values)), "Claim")
    assert supporting(said, "occurrence")["timingDate"] == "2026-03-02"
    assert supporting(said, "span")["timingPeriod"] == {"start": "2026-03-02", "end": "2026-03-04"}
    assert {name: str(part) for name, part in supporting(said, "value")["valueQuantity"].items()} == {
        "value": "3400.00"
    }
    assert code(supporting(said, "condition")["code"]) == "02"


def test_what_else_a_claim_says_is_kept(facility: ClaimBuilt) -> None:
    claim = changed(
        facility,
        notes=("came late",),
        delay_reason="11",
        patient_paid_cents=2_500,
        admission_hour="10",
        discharge_hour="12",
        authorizations=(Authorization(number="AUTH1"), Authorization(number="AUTH2")),
        referral="REF1",
        insurance_type="47",
        pay_to=Address(lines=("PO Box 1",), city="Springfield", state="MA"),
        service_facility=Organization(name="Outpatient House", npi="1999000114"),
    )
    bundle = written(claim)
    said = only(bundle, "Claim")
    assert supporting(said, "note")["valueString"] == "came late"
    assert str(supporting(said, "patient-paid")["valueQuantity"]["value"]) == "25.00"
    assert said["insurance"][-1]["preAuthRef"] == ["AUTH1", "AUTH2"]
    assert code(supporting(said, "insurance-type")["code"]) == "47"
    assert said["referral"]["identifier"]["value"] == "REF1"
    assert referred(bundle, said["facility"])["name"] == "Outpatient House"
    assert [each.get("use") for each in referred(bundle, said["provider"])["address"]] == [None, "billing"]


CAUSES = [("employment", "WPA"), ("auto", "MVA"), ("other", None)]


@pytest.mark.parametrize(("kind", "said"), CAUSES)
def test_an_accident_has_its_day_and_its_kind(facility: ClaimBuilt, kind: Any, said: str | None) -> None:
    claim = changed(facility, causes=(Cause(kind=kind, date=DAY, state="MA", claim_number="WC-1"),))
    found = only(written(claim), "Claim")
    assert found["accident"]["date"] == "2026-03-02"
    assert found["accident"]["locationAddress"] == {"state": "MA"}
    assert ("type" in found["accident"] and code(found["accident"]["type"])) == (said or False)
    assert supporting(found, "cause")["valueString"] == "WC-1"


def test_a_cause_without_a_day_is_no_accident_but_is_said(facility: ClaimBuilt) -> None:
    found = only(written(changed(facility, causes=(Cause(kind="employment"),))), "Claim")
    assert "accident" not in found
    assert code(supporting(found, "cause")["code"]) == "employment"


CORRECTIONS = [("7", "a replacement"), ("8", "a void")]


@pytest.mark.parametrize("frequency", [row[0] for row in CORRECTIONS], ids=[row[1] for row in CORRECTIONS])
def test_a_correction_names_the_claim_it_is_about(facility: ClaimBuilt, frequency: str) -> None:
    claim = changed(facility, frequency=frequency, original_reference="ICN-1", bill_type=f"013{frequency}")
    found = only(written(claim), "Claim")
    (related,) = found["related"]
    assert code(related["relationship"]) == "prior"
    assert related["reference"]["value"] == "ICN-1"
    assert related["reference"]["system"] == "urn:claimstream:payer:commercial"
    assert code(supporting(found, "frequency")["code"]) == frequency


def test_an_original_is_related_to_nothing(facility: ClaimBuilt) -> None:
    assert "related" not in only(written(facility), "Claim")


PAYEES: list[tuple[bool | None, str | None]] = [(True, "provider"), (False, "subscriber"), (None, None)]


@pytest.mark.parametrize(("assigned", "payee"), PAYEES)
def test_who_is_paid_depends_on_the_assignment(facility: ClaimBuilt, assigned: bool | None, payee: str | None) -> None:
    found = only(written(changed(facility, signatures=Signatures(assignment_of_benefits=assigned))), "Claim")
    assert (code(found["payee"]["type"]) if "payee" in found else None) == payee


# Whom it is about


def test_the_payer_has_his_name_and_number(facility: ClaimBuilt) -> None:
    bundle = written(facility)
    insurer = referred(bundle, only(bundle, "Claim")["insurer"])
    assert insurer["name"] == "Example Mutual Insurance"
    assert [each["value"] for each in insurer["identifier"]] == ["commercial", "EXPAY1"]


def test_a_payer_who_is_no_partner_any_more_has_his_id(facility: ClaimBuilt) -> None:
    bundle = written(changed(facility, payer="gone"))
    insurer = referred(bundle, only(bundle, "Claim")["insurer"])
    assert ("name" in insurer, [each["value"] for each in insurer["identifier"]]) == (False, ["gone"])


def test_who_bills_has_his_numbers_and_address(professional: ClaimBuilt) -> None:
    bundle = written(professional)
    biller = referred(bundle, only(bundle, "Claim")["provider"])
    assert [(code(each["type"]), each["value"]) for each in biller["identifier"]] == [
        ("NPI", "1999000114"),
        ("TAX", "000000201"),
    ]
    assert biller["address"][0]["postalCode"] == "01103-0001"


def test_a_subscriber_who_is_another_is_a_person_related_to_the_patient(partners: Partners) -> None:
    parent = Subscriber(relationship="child", name=Name(family="Parent"), birth_date=date(1955, 5, 5), sex="female")
    bundle = written(formed(partners, coverages=(coverage(subscriber=parent, member_id="M1", group="G1"),))[0])
    plan = only(bundle, "Coverage")
    holder = referred(bundle, plan["subscriber"])
    assert (holder["resourceType"], holder["name"][0]["family"]) == ("RelatedPerson", "Parent")
    assert code(plan["relationship"]) == "child"
    assert (plan["subscriberId"], plan["class"][0]["value"]) == ("M1", "G1")


def test_a_patient_who_holds_the_policy_is_its_subscriber(facility: ClaimBuilt) -> None:
    bundle = written(facility)
    assert referred(bundle, only(bundle, "Coverage")["subscriber"]) == only(bundle, "Patient")


def test_one_practitioner_in_two_roles_is_one_resource(facility: ClaimBuilt) -> None:
    roles = ("attending", "operating", "rendering", "ordering", "referring", "supervising")
    same = tuple(Provider(role=role, npi="1999001112", name=Name(family="Costa")) for role in roles)  # type: ignore[arg-type]
    bundle = written(changed(facility, providers=same))
    team = only(bundle, "Claim")["careTeam"]
    assert [code(each["role"]) for each in team] == [
        "attending", "operating", "rendering", "other", "referring", "supervisor",
    ]  # fmt: skip
    assert len(resources(bundle, "Practitioner")) == 1


def test_practitioners_without_any_number_stay_apart(facility: ClaimBuilt) -> None:
    nobody = (Provider(role="attending"), Provider(role="operating"))
    assert len(resources(written(changed(facility, providers=nobody)), "Practitioner")) == 2


def test_what_is_confidential_does_not_go_to_the_payer(partners: Partners) -> None:
    """45 CFR 164.522(b): the plan's own letters must not learn the address the patient asked to be written to."""
    secret = Address(lines=("9 Hidden Lane",), city="Elsewhere")
    patient = chart().patient.model_copy(update={"confidential_address": secret, "phone": "+1 413 555 0142"})
    text = str(written(formed(partners, patient=patient)[0]))
    assert "Hidden" not in text
    assert "555 0142" not in text


def test_no_id_tells_a_name_a_number_or_a_day(facility: ClaimBuilt) -> None:
    patient = facility.patient.model_copy(update={"mrn": "MRN-77", "name": Name(family="Unmistakable")})
    bundle = written(changed(facility, patient=patient))
    ids = [bundle["id"], *(entry["resource"]["id"] for entry in bundle["entry"])]
    ids += [entry["fullUrl"].removeprefix("urn:uuid:") for entry in bundle["entry"]]
    assert all(len(each) == 36 and set(each) <= set("0123456789abcdef-") for each in ids)


def test_one_patient_has_one_id_in_every_claim_of_his(partners: Partners) -> None:
    ids = {only(written(claim), "Patient")["id"] for claim in formed(partners)}
    assert len(ids) == 1


def test_the_same_record_number_of_two_hospitals_is_two_patients(facility: ClaimBuilt) -> None:
    other = only(written(changed(facility, hospital="st-anna")), "Patient")["id"]
    assert other != only(written(facility), "Patient")["id"]


def test_a_claim_with_many_diagnoses_numbers_them_as_its_lines_point(partners: Partners) -> None:
    diagnoses = tuple(diagnosis(f"J{n:02d}.0", "principal" if n == 1 else "other", rank=n) for n in range(1, 5))
    claim = formed(partners, diagnoses=diagnoses, services=(service("s", "professional", pointers=(3, 2)),))[0]
    said = only(written(claim), "Claim")
    pointed = [said["diagnosis"][n - 1] for n in said["item"][0]["diagnosisSequence"]]
    assert [code(each["diagnosisCodeableConcept"]) for each in pointed] == ["J03.0", "J02.0"]


def test_a_text_of_blanks_says_nothing_and_makes_nothing_invalid(facility: ClaimBuilt) -> None:
    blank = " "
    (line,) = facility.lines
    (first,) = facility.diagnoses
    address = Address(lines=(blank,), city=blank, postal_code=blank)
    claim = changed(
        facility,
        member_id=blank,
        group=blank,
        referral=blank,
        notes=(blank,),
        authorizations=(Authorization(number=blank),),
        diagnoses=(first.model_copy(update={"code": blank}),),
        lines=(changed_line(line, code=blank, ndc=blank, modifiers=(blank,), control_number=blank),),
        patient=facility.patient.model_copy(update={"name": Name(family=blank), "address": address}),
    )
    bundle = written(claim)
    assert not {"name", "address"} & set(only(bundle, "Patient"))
    assert not {"subscriberId", "class", "identifier"} & set(only(bundle, "Coverage"))
    assert code(only(bundle, "Claim")["diagnosis"][0]["diagnosisCodeableConcept"]) == "unknown"
