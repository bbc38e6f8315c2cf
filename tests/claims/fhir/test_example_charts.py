"""The committed example charts: every one can be read, they show what they are there for, and may be shipped."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claims.chargemaster import Chargemaster, parse_chargemaster
from claims.fhir import Reading, Unpublished, Unresolved, read_export
from claims.partners import Partners
from schemas.events import ChartCompleted
from schemas.events.chart import Statement

REPOSITORY = Path(__file__).parents[3]
CHARTS = REPOSITORY / "charts"
CHARGEMASTERS = REPOSITORY / "infra/kafka/chargemasters"
HOSPITALS = ("mercy-general", "st-anna", "riverside")
FILES = sorted(path for path in CHARTS.rglob("*") if path.suffix in {".ndjson", ".json"})


def readings(hospital: str, partners: Partners, *folders: Path) -> list[Reading]:
    paths = [path for folder in folders for path in FILES if path.parent == folder]
    files = [(path.name, path.read_text(encoding="utf-8")) for path in paths]
    return list(read_export(files, partners.hospital(hospital), partners.payers))


@pytest.fixture(scope="module")
def simulated(partners: Partners) -> list[Reading]:
    return [reading for name in HOSPITALS for reading in readings(name, partners, CHARTS / name)]


@pytest.fixture(scope="module")
def handmade(partners: Partners) -> list[Reading]:
    return [reading for name in HOSPITALS for reading in readings(name, partners, CHARTS / "handmade" / name)]


@pytest.fixture(scope="module")
def chargemasters() -> dict[str, Chargemaster]:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(CHARGEMASTERS.glob("*.csv"))}
    return {name: parse_chargemaster(text, f"{name}.csv") for name, text in texts.items()}


def charts(found: list[Reading]) -> list[ChartCompleted]:
    return [reading for reading in found if isinstance(reading, ChartCompleted)]


def test_every_simulated_encounter_is_a_chart_without_a_dead_reference(simulated: list[Reading]) -> None:
    assert len(charts(simulated)) == len(simulated) == 240


def test_there_are_all_classes_and_more_than_a_hundred_patients(simulated: list[Reading]) -> None:
    classes = Counter(chart.encounter.encounter_class for chart in charts(simulated))

    assert classes == {"ambulatory": 154, "emergency": 62, "inpatient": 24}
    assert len({(chart.hospital, chart.patient.mrn) for chart in charts(simulated)}) == 161


def test_all_kinds_of_coverage_and_none_are_there(simulated: list[Reading], handmade: list[Reading]) -> None:
    payers = {tuple(plan.payer for plan in chart.coverages) for chart in charts([*simulated, *handmade])}

    assert payers == {
        (),
        ("commercial",),
        ("commercial", "medicaid"),
        ("employer",),
        ("medicaid",),
        ("medicare",),
        ("medicare", "medicaid"),
        ("medicare", "medicare"),
        ("medicare-advantage",),
        ("patient",),
        ("workers-compensation", "commercial"),
    }


def test_the_handmade_ones_show_what_the_simulator_lacks(handmade: list[Reading]) -> None:
    made = charts(handmade)

    assert [reading.code for reading in handmade if isinstance(reading, Unpublished)] == ["unfinished"]
    assert [cause.kind for chart in made for cause in chart.causes] == ["employment"]
    assert [chart.chart_id for chart in made if chart.part2] == ["ha-enc02"]
    assert [chart.chart_id for chart in made if chart.restrictions] == ["hr-enc01"]
    assert [(c.chart_id, c.version) for c in made if c.chart_id in ("hm-enc03", "ha-enc03")] == [
        ("hm-enc03", 1),
        ("hm-enc03", 2),
        ("ha-enc03", 2),
        ("ha-enc03", 1),
    ]
    assert [c.chart_id for c in made if not any(document.signed_by for document in c.documents)] == ["hm-enc02"]


def test_no_handmade_reference_is_dead(handmade: list[Reading]) -> None:
    assert [reading for reading in handmade if isinstance(reading, Unresolved)] == []


def test_every_handmade_resource_is_marked() -> None:
    for path in CHARTS.glob("handmade/*/*.json"):
        for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]:
            assert {"system": "urn:claimstream:tag", "code": "handmade"} in entry["resource"]["meta"]["tag"]


def test_the_chargemasters_price_most_services_and_not_all(
    simulated: list[Reading], chargemasters: dict[str, Chargemaster]
) -> None:
    services = [
        (chart, s) for chart in charts(simulated) for s in chart.statements if s.kind not in ("diagnosis", "symptom")
    ]
    unpriced = [s for chart, s in services if not priced(chart, s, chargemasters[chart.hospital])]

    assert 0.01 < len(unpriced) / len(services) < 0.05


def priced(chart: ChartCompleted, statement: Statement, master: Chargemaster) -> bool:
    day = (statement.performed_at or chart.occurred_at).date()
    rows = master.charges(statement.codings, statement.text, day)
    return bool(rows) and all(row.units(statement.quantity, statement.unit) is not None for row in rows)


@pytest.mark.parametrize("name", HOSPITALS)
def test_every_billing_code_of_a_chargemaster_is_level_ii_and_no_dental_one(name: str) -> None:
    with (CHARGEMASTERS / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        codes = {row["hcpcs"] for row in csv.DictReader(rows)} - {""}

    assert all(re.fullmatch(r"[A-CE-V][0-9]{4}", code) for code in codes)


def test_the_charts_are_small() -> None:
    assert sum(path.stat().st_size for path in FILES) <= 3_000_000


def values(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any], str]]:
    """Every text of a document with its path and the element it stands in."""
    if isinstance(node, list):
        for entry in node:
            yield from values(entry, path)
    elif isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str):
                yield (*path, key), node, value
            else:
                yield from values(value, (*path, key))


def test_no_licensed_code_is_shipped() -> None:
    """CPT (five characters, four digits first), CDT (D and four digits) and SNOMED CT stay out; a ZIP code is none."""
    free_of_shape = {"http://www.nlm.nih.gov/research/umls/rxnorm"}
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for line in [text] if path.suffix == ".json" else text.splitlines():
            for where, element, value in values(json.loads(line)):
                assert not re.search(r"snomed|ama-?assn", value), path.name
                if where[-1] != "postalCode" and element.get("system") not in free_of_shape:
                    assert not re.search(r"(?<![\w.-])([0-9]{4}[0-9A-Z]|D[0-9]{4})(?![\w-])", value), (path.name, where)
