"""`claimstream check`: charts judged offline, and what bad files do."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from tests.pipeline import ROOT

BUNDLES = ROOT / "charts" / "handmade" / "mercy-general"
NOON = {"CLAIMSTREAM_CLOCK": "2026-09-01T12:00:00Z"}


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", "--hospital", "mercy-general", *map(str, arguments)], env=NOON)


def test_a_chart_that_would_be_billed_is_told_with_its_charges() -> None:
    done = check(BUNDLES / "01-work-injury.json")
    assert (done.exit_code, "would be billed, $976.00" in done.stdout) == (0, True)


def test_a_chart_that_would_be_returned_ends_in_status_1_and_says_everything() -> None:
    done = check(BUNDLES / "02-unsigned-note.json", "--json")
    (said,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, said["returned"], said["reason"]) == (1, True, "incomplete")
    assert [query["to"] for query in said["queries"]] == ["author"]


def test_a_folder_is_one_export_and_an_unfinished_encounter_is_told() -> None:
    done = check(BUNDLES)
    assert "5 charts checked, 1 would be returned" in done.stdout
    assert "unfinished" in done.stderr


def test_an_event_as_json_is_a_chart_too(tmp_path: Path) -> None:
    file = tmp_path / "chart.json"
    event = json.loads((ROOT / "schemas/examples/chart-completed.json").read_text())
    file.write_text(json.dumps({**event, "hospital": "mercy-general"}))
    assert "1 chart checked" in check(file).stdout


def test_a_byte_order_mark_before_a_bundle_or_an_event_is_none_of_it(tmp_path: Path) -> None:
    file, bundle = tmp_path / "chart.json", tmp_path / "bundle.json"
    event = json.loads((ROOT / "schemas/examples/chart-completed.json").read_text())
    file.write_text(json.dumps({**event, "hospital": "mercy-general"}), encoding="utf-8-sig")
    bundle.write_text((BUNDLES / "01-work-injury.json").read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert "2 charts checked" in check(file, bundle).stdout


def test_json_without_end_is_told_as_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "deep.json"
    file.write_text("[" * 100_000)
    done = check(file)
    assert (done.exit_code, "deep.json:1:1 json: not JSON that can be read (too deep" in done.stderr) == (1, True)


def test_another_hospitals_chart_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "chart.json"
    file.write_text((ROOT / "schemas/examples/chart-completed.json").read_text())
    done = check(file)
    assert (done.exit_code, "chart.json:1:1 hospital" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "field"),
    [('{"statements": []}', "event_id"), ('{"statements": [], "version": "x"}', "event_id")],
    ids=["an event without its fields", "a version that is no number"],
)
def test_a_broken_event_names_file_field_and_mend(tmp_path: Path, text: str, field: str) -> None:
    file = tmp_path / "broken.json"
    file.write_text(text)
    done = check(file)
    assert done.exit_code == 2
    assert f"broken.json:1:1 {field}" in done.stderr


def test_a_file_that_is_no_chart_at_all_is_named(tmp_path: Path) -> None:
    file = tmp_path / "no.json"
    file.write_text("{")
    done = check(file)
    assert done.exit_code == 1
    assert "no.json" in done.stderr


def test_a_hospital_that_is_not_known_is_refused() -> None:
    done = CliRunner().invoke(app, ["check", "--hospital", "nobody", str(BUNDLES)], env=NOON)
    assert (done.exit_code, "known: mercy-general" in done.stderr) == (2, True)
