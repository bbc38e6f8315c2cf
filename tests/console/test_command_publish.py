"""`claimstream publish`: what is sent, what isn't, and what bad files do."""

import json
from pathlib import Path
from shutil import copy

import pytest

from schemas.events import ChartCompleted
from streams.provisioning import end_offsets, partitions_of
from tests.console.conftest import Terminal
from tests.pipeline import ROOT, read_topics

BUNDLES = ROOT / "charts" / "handmade" / "mercy-general"
TOPIC = "chart-completed.mercy-general"
PUBLISH = ("publish", "--hospital", "mercy-general")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two Bundles of finished charts and one of an unfinished encounter."""
    made = tmp_path / "export"
    made.mkdir()
    for name in ("01-work-injury.json", "02-unsigned-note.json", "05-unfinished.json"):
        copy(BUNDLES / name, made)
    return made


def count(terminal: Terminal) -> int:
    return sum(end_offsets(terminal.admin, partitions_of(terminal.admin, [TOPIC])).values())


def test_finished_charts_are_published_and_the_unfinished_is_told(provisioned: Terminal, folder: Path) -> None:
    said = provisioned.json(*PUBLISH, folder)
    assert (said["published"], count(provisioned)) == (2, 2)
    assert [(each["code"], each["why"]) for each in said["unpublished"]] == [
        ("unfinished", "Encounter.status is in-progress")
    ]


def test_an_unfinished_encounter_alone_is_no_error(provisioned: Terminal, folder: Path) -> None:
    assert provisioned.run(*PUBLISH, folder).exit_code == 0


def test_a_chart_is_keyed_by_its_id(provisioned: Terminal, folder: Path) -> None:
    provisioned.run(*PUBLISH, folder / "01-work-injury.json")
    ((record, chart),) = read_topics(provisioned.assembly, TOPIC)
    assert isinstance(chart, ChartCompleted)
    assert record.key == chart.chart_id.encode()


def test_publishing_again_sends_the_same_bytes(provisioned: Terminal, folder: Path) -> None:
    for _ in range(2):
        provisioned.run(*PUBLISH, folder / "01-work-injury.json")
    first, again = (record.value for record, _ in read_topics(provisioned.assembly, TOPIC))
    assert first == again


def test_a_bundle_that_cannot_be_read_is_left_out_and_named(provisioned: Terminal, folder: Path) -> None:
    (folder / "03-broken.json").write_text('{"resourceType": "Bundle",\n "entry": [')
    done = provisioned.run(*PUBLISH, folder)
    assert (done.exit_code, count(provisioned)) == (1, 2)
    assert f"not read: {folder / '03-broken.json'}:2:" in done.stderr


@pytest.mark.parametrize("value", ["1e999999", '"\\ud800"', '["finished"]'])
def test_a_value_that_no_chart_can_hold_is_the_files_fault_and_not_ours(
    provisioned: Terminal, folder: Path, value: str
) -> None:
    bad = folder / "01-work-injury.json"
    bad.write_text(bad.read_text().replace('"finished"', value))
    done = provisioned.run(*PUBLISH, folder)
    assert (done.exit_code, count(provisioned)) == (1, 1)
    assert f"not read: {bad}:1:1 entry[" in done.stderr


def test_bad_bulk_data_lets_nothing_of_the_export_out(provisioned: Terminal, folder: Path) -> None:
    (folder / "Patient.ndjson").write_text('{"resourceType": "Patient", "id": "1"}\nno json\n')
    said = provisioned.json(*PUBLISH, folder)
    assert (said["published"], count(provisioned)) == (0, 0)
    assert [(Path(bad["file"]).name, bad["line"], bad["field"]) for bad in said["bad_files"]] == [
        ("Patient.ndjson", 2, "json")
    ]


def test_a_file_in_another_encoding_is_named(provisioned: Terminal, folder: Path) -> None:
    (folder / "04-latin.json").write_bytes('{"resourceType": "Bündle"}'.encode("latin-1"))
    said = provisioned.json(*PUBLISH, folder)
    assert (said["published"], said["bad_files"][0]["mend"]) == (2, "save it as UTF-8")


def test_a_bundle_without_a_patient_is_named(provisioned: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text(json.dumps({"resourceType": "Bundle", "entry": []}))
    done = provisioned.run(*PUBLISH, file)
    assert (done.exit_code, "the Bundle has no Patient" in done.stderr) == (1, True)


def test_an_unknown_hospital_is_told_the_known_ones(alone: Terminal, folder: Path) -> None:
    done = alone.run("publish", "--hospital", "mercy", folder)
    assert (done.exit_code, "known: mercy-general, riverside, st-anna" in done.stderr) == (2, True)


def test_a_path_that_is_not_there_is_a_usage_error(alone: Terminal, tmp_path: Path) -> None:
    assert alone.run(*PUBLISH, tmp_path / "nothing").exit_code == 2


def test_without_its_topic_nothing_is_published_and_no_topic_appears(terminal: Terminal, folder: Path) -> None:
    done = terminal.run(*PUBLISH, folder)
    assert (done.exit_code, "claimstream topics apply" in done.stderr) == (2, True)
    assert TOPIC not in terminal.admin.list_topics(timeout=5).topics
