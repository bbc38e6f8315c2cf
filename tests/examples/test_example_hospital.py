"""The example hospital: its chart is one that the pipeline takes."""

from io import BytesIO
from pathlib import Path
from types import ModuleType

import fastavro
import pytest

from claims.completeness import Case, incompleteness
from claims.partners import Partners, parse_partners
from schemas.codec import Codec, prefix
from schemas.events import ChartCompleted
from schemas.registry import committed

CODEC = Codec(committed())
PARTNERS = Path(__file__).parents[2] / "infra" / "kafka" / "partners.yaml"


@pytest.fixture
def chart(hospital: ModuleType) -> ChartCompleted:
    """The chart after its way through the hospital's Avro and our strict codec."""
    parsed, newest = hospital.schemas()
    out = BytesIO()
    out.write(prefix(newest["chart-completed"]))
    fields = hospital.chart("mercy-general", "EX-1", 1, "commercial")
    fastavro.schemaless_writer(out, parsed[newest["chart-completed"]], fields)
    taken = CODEC.decode_strict(out.getvalue(), frozenset({ChartCompleted}))
    assert isinstance(taken, ChartCompleted)
    return taken


@pytest.fixture
def partners() -> Partners:
    return parse_partners(PARTNERS.read_text(encoding="utf-8"), PARTNERS.name)


def test_the_chart_lacks_nothing(chart: ChartCompleted, partners: Partners) -> None:
    assert incompleteness(Case(chart, partners.hospital(chart.hospital), tuple(partners.payers))) == ()


def test_what_the_hospital_leaves_out_is_unknown_and_not_empty(chart: ChartCompleted) -> None:
    assert (chart.signatures, chart.part2, chart.patient.deceased_date) == (None, None, None)


def test_a_correction_has_an_id_of_its_own(hospital: ModuleType) -> None:
    ids = {hospital.chart("mercy-general", "EX-1", version, "commercial")["event_id"] for version in (1, 2)}
    assert len(ids) == 2
