"""Chart files that can't be read are named by file, line and column; encounters that are no charts say why."""

import json
from typing import Any

import pytest

from claims.fhir import BadChartFile, Unpublished, read_export
from claims.partners import Hospital, Partners
from schemas.events import ChartCompleted

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "M-1"}],
    "name": [{"family": "Canary-Family"}],
}
ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2026-03-02T14:00:00Z", "end": "2026-03-02T14:30:00Z"},
}


def lines(*resources: dict[str, Any]) -> str:
    return "".join(json.dumps(resource) + "\n" for resource in resources)


def bundle(*resources: dict[str, Any]) -> str:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def read(mercy: Hospital, partners: Partners, *files: tuple[str, str]) -> list[object]:
    return list(read_export(files, mercy, partners.payers))


def only_unpublished(readings: list[object]) -> Unpublished:
    assert len(readings) == 1
    assert isinstance(readings[0], Unpublished)
    return readings[0]


def test_a_line_that_is_not_json_is_named_by_file_line_and_column(mercy: Hospital, partners: Partners) -> None:
    with pytest.raises(BadChartFile, match=r"^Patient\.ndjson:2:12 json: not JSON") as caught:
        read(mercy, partners, ("Patient.ndjson", lines(PATIENT) + '{"id": "x" "y"}\n'))

    assert (caught.value.file, caught.value.line, caught.value.column) == ("Patient.ndjson", 2, 12)


def test_a_bundle_that_is_not_json_is_named_by_its_own_line(mercy: Hospital, partners: Partners) -> None:
    with pytest.raises(BadChartFile) as caught:
        read(mercy, partners, ("chart.json", '{\n "resourceType": "Bundle",\n "entry": [,]\n}'))

    assert (caught.value.line, caught.value.column) == (3, 12)


def test_what_a_broken_file_says_is_not_repeated(mercy: Hospital, partners: Partners) -> None:
    with pytest.raises(BadChartFile) as caught:
        read(mercy, partners, ("chart.json", '{"family": "Canary-Family"'))

    assert "Canary" not in str(caught.value)


def test_a_bundle_without_a_patient_is_refused(mercy: Hospital, partners: Partners) -> None:
    with pytest.raises(BadChartFile, match="no Patient"):
        read(mercy, partners, ("chart.json", bundle(ENCOUNTER)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a list", "[1, 2]"),
        ("a number", "7"),
        ("another resource", json.dumps(PATIENT)),
        ("entries that are no resources", '{"resourceType": "Bundle", "entry": [{"resource": 7}]}'),
        (
            "a resource without an id",
            '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}',
        ),
        ("nested without end", "[" * 100_000),
    ],
    ids=lambda value: value if len(value) < 40 else "",
)
def test_json_that_is_no_bundle_is_refused(mercy: Hospital, partners: Partners, name: str, text: str) -> None:
    with pytest.raises(BadChartFile):
        read(mercy, partners, ("chart.json", text))


FLAWS = [
    # reason, what stands in place of an encounter's status, field
    ("a number without end", '"length": {"value": 1e999999}', "length.value"),
    ("infinity", '"length": {"value": Infinity}', "length.value"),
    ("a lone surrogate", '"reasonCode": [{"text": "\\ud800"}]', "reasonCode[0].text"),
    ("a list instead of a code", '"status": ["finished"]', "status"),
    ("an object instead of a code", '"status": {"coding": []}', "status"),
    ("a name that is none of FHIR's", '"Canary Family": "\\ud800"', "?"),
]


@pytest.mark.parametrize(("written", "field"), [row[1:] for row in FLAWS], ids=[row[0] for row in FLAWS])
def test_a_value_that_no_fhir_has_is_named_by_file_line_and_field(
    mercy: Hospital, partners: Partners, written: str, field: str
) -> None:
    text = lines(PATIENT, ENCOUNTER).replace('"status": "finished"', written)

    with pytest.raises(BadChartFile) as caught:
        read(mercy, partners, ("all.ndjson", text))

    assert (caught.value.line, caught.value.field) == (2, field)


def test_a_value_in_a_bundle_is_named_by_its_resource(mercy: Hospital, partners: Partners) -> None:
    text = bundle(PATIENT, ENCOUNTER).replace('"e1"', '"\\ud800"')

    with pytest.raises(BadChartFile, match=r"^c\.json:1:1 entry\[1\]\.resource\.id: half a character"):
        read(mercy, partners, ("c.json", text))


def test_a_line_that_is_no_resource_is_refused_with_its_number(mercy: Hospital, partners: Partners) -> None:
    with pytest.raises(BadChartFile) as caught:
        read(mercy, partners, ("Patient.ndjson", lines(PATIENT) + "\n[]\n"))

    assert caught.value.line == 3


def test_a_broken_file_is_found_before_any_chart_goes_out(mercy: Hospital, partners: Partners) -> None:
    export = read_export([("a.json", bundle(PATIENT, ENCOUNTER)), ("b.json", "{")], mercy, partners.payers)

    with pytest.raises(BadChartFile):
        next(export)


def test_a_line_separator_inside_a_text_does_not_break_the_line(mercy: Hospital, partners: Partners) -> None:
    named = {**PATIENT, "name": [{"family": "Two\u2028Parts"}]}
    text = json.dumps(named, ensure_ascii=False) + "\n" + json.dumps(ENCOUNTER)

    assert isinstance(read(mercy, partners, ("all.ndjson", text))[0], ChartCompleted)


def test_an_unfinished_encounter_is_said_and_not_published(mercy: Hospital, partners: Partners) -> None:
    said = only_unpublished(read(mercy, partners, ("c.json", bundle(PATIENT, {**ENCOUNTER, "status": "in-progress"}))))

    assert (said.encounter_id, said.code, said.why) == ("e1", "unfinished", "Encounter.status is in-progress")


def test_an_encounter_of_a_patient_who_is_not_there_is_said(mercy: Hospital, partners: Partners) -> None:
    said = only_unpublished(read(mercy, partners, ("all.ndjson", lines(ENCOUNTER))))

    assert said.code == "no-patient"


def test_a_patient_without_a_record_number_is_said(mercy: Hospital, partners: Partners) -> None:
    said = only_unpublished(read(mercy, partners, ("c.json", bundle({**PATIENT, "identifier": []}, ENCOUNTER))))

    assert (said.code, "type MR" in said.why) == ("no-patient", True)


@pytest.mark.parametrize("said", [{"code": "FLD"}, {}, "AMB"])
def test_a_class_no_claim_is_made_for_is_said(mercy: Hospital, partners: Partners, said: object) -> None:
    refused = only_unpublished(read(mercy, partners, ("c.json", bundle(PATIENT, {**ENCOUNTER, "class": said}))))

    assert refused.code == "unknown-class"


def test_an_encounter_without_any_time_is_said(mercy: Hospital, partners: Partners) -> None:
    said = only_unpublished(read(mercy, partners, ("c.json", bundle(PATIENT, {**ENCOUNTER, "period": {}}))))

    assert said.code == "no-time"


def test_an_unknown_payer_is_answered_with_the_known_ones_and_the_others_go_on(
    mercy: Hospital, partners: Partners
) -> None:
    coverage = {
        "resourceType": "Coverage",
        "id": "c1",
        "beneficiary": {"reference": "Patient/p1"},
        "payor": [{"reference": "Organization/payer-NOBODY"}],
    }
    other = {**ENCOUNTER, "id": "e2", "subject": {"reference": "Patient/p2"}}
    text = lines(PATIENT, {**PATIENT, "id": "p2"}, coverage, ENCOUNTER, other)

    first, second = read(mercy, partners, ("all.ndjson", text))

    assert isinstance(first, Unpublished)
    assert (first.code, "Organization/payer-US-BCBS" in first.why, "NOBODY" in first.why) == (
        "unknown-payer",
        True,
        False,
    )
    assert isinstance(second, ChartCompleted)


def test_a_text_past_the_wires_bounds_is_refused_without_being_repeated(mercy: Hospital, partners: Partners) -> None:
    named = {**PATIENT, "name": [{"family": "Canary-" + "x" * 100_000}]}

    said = only_unpublished(read(mercy, partners, ("c.json", bundle(named, ENCOUNTER))))

    assert (said.code, said.why) == ("refused", "Name.family: string_too_long")


def test_control_characters_are_refused(mercy: Hospital, partners: Partners) -> None:
    named = {**PATIENT, "name": [{"family": "A\x00B"}]}

    said = only_unpublished(read(mercy, partners, ("c.json", bundle(named, ENCOUNTER))))

    assert said.why == "Name.family: string_pattern_mismatch"


@pytest.mark.parametrize("junk", [7, "x", [], [7], {"a": [[]]}, None, True, [None], {"coding": 7}, {"coding": [7]}])
@pytest.mark.parametrize(
    "name",
    ["period", "participant", "diagnosis", "reasonCode", "hospitalization", "priority", "meta", "extension", "subject"],
)
def test_an_encounter_of_another_shape_is_no_crash(
    mercy: Hospital, partners: Partners, name: str, junk: object
) -> None:
    readings = read(mercy, partners, ("c.json", bundle(PATIENT, {**ENCOUNTER, name: junk})))

    assert isinstance(readings[-1], ChartCompleted | Unpublished)
