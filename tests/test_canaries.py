"""The canaries themselves: that they are planted everywhere, and that the scan finds one wherever it hides."""

import base64
import json
import logging

import pytest

from schemas.events import ChartCompleted
from schemas.events.people import Guarantor, Name
from schemas.examples import example
from tests.canaries import canaries, plant, scan


@pytest.fixture
def chart() -> ChartCompleted:
    chart = example("chart-completed")
    assert isinstance(chart, ChartCompleted)
    guarantor = Guarantor(relationship="spouse", name=Name(family="Ødegård"))
    return chart.model_copy(update={"patient": chart.patient.model_copy(update={"guarantor": guarantor})})


def test_names_numbers_phone_and_address_lines_of_a_chart_are_canaries(chart: ChartCompleted) -> None:
    expected = {"MRN-0042", "Testcase", "Mira", "Q", "14 Linden Row", "+1 413 555 0142", "Ødegård", "XEH000142"}
    assert canaries(chart) == expected


def test_planting_replaces_every_canary(chart: ChartCompleted) -> None:
    planted = plant(chart, 7).model_dump_json()
    assert scan([("chart", planted.encode())], canaries(chart) - {"Q"}) == []


def test_a_planted_chart_is_still_valid_on_the_wire(chart: ChartCompleted) -> None:
    planted = plant(chart, 7)
    assert ChartCompleted.model_validate_json(planted.model_dump_json()) == planted


def test_two_patients_share_no_canary_and_two_charts_of_one_share_all(chart: ChartCompleted) -> None:
    assert canaries(plant(chart, 7)).isdisjoint(canaries(plant(chart, 8)))
    assert canaries(plant(chart, 7)) == canaries(plant(chart.model_copy(update={"chart_id": "other"}), 7))


@pytest.mark.parametrize(
    ("form", "hidden"),
    [
        pytest.param("plain", lambda name: f"patient={name}", id="as it is"),
        pytest.param("plain", lambda name: f"patient={name.upper()}", id="upper case"),
        pytest.param("plain", lambda name: f"patient={name.lower()}", id="lower case"),
        pytest.param("base64+0", lambda name: base64.b64encode(name.encode()).decode(), id="base64, alone"),
        pytest.param("base64+1", lambda name: base64.b64encode(f"a{name}zz".encode()).decode(), id="base64, after a"),
        pytest.param("base64+2", lambda name: base64.b64encode(f"ab{name}z".encode()).decode(), id="base64, after ab"),
        pytest.param("hex", lambda name: name.encode().hex(), id="bytes printed as hex"),
    ],
)
def test_the_scan_finds_a_canary_in_disguise(chart: ChartCompleted, form: str, hidden: object) -> None:
    planted = canaries(plant(chart, 7))
    told = hidden("CanaryFamily000007x")  # type: ignore[operator]
    found = scan([("log", f"12:00 {told} done".encode())], planted)
    assert ("log", "CanaryFamily000007x", form) in found


def test_the_scan_finds_a_name_beyond_ascii_escaped_as_json_or_url() -> None:
    escaped = [("log", json.dumps({"name": "Ødegård"}).encode()), ("url", b"?name=%C3%98deg%C3%A5rd")]
    assert [hit.form for hit in scan(escaped, ["Ødegård"])] == ["json", "url"]


def test_a_scan_of_clean_output_finds_nothing(chart: ChartCompleted) -> None:
    assert scan([("log", b"batch of 7 decided in 3 ms, 0 dead letters")], canaries(plant(chart, 7))) == []


def test_the_scan_finds_what_a_log_says_on_purpose(chart: ChartCompleted, caplog: pytest.LogCaptureFixture) -> None:
    planted = plant(chart, 7)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("tests.canaries").debug("chart of %s", planted.patient.mrn)
    assert [hit.canary for hit in scan([("log", caplog.text.encode())], canaries(planted))] == ["CanaryMrn000007x"]
