"""The charts of a benchmark: one example chart again and again, under other patients, accounts and days, encoded
beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from claims.fhir import read_export
from claims.partners import Partners
from schemas.compiled import CompiledCodec
from schemas.events import ChartCompleted
from schemas.identity import derived

HOSPITAL = "st-anna"
EXAMPLE = "enc-dc9bf7a5618d"
"""An office visit like most of the examples: 5 statements, 3 orders, 5 priced services; 1,400 bytes, two claims."""

CHARTS_A_PATIENT = 3
_FOLDER = Path(__file__).resolve().parent.parent / "charts" / HOSPITAL


@dataclass(frozen=True)
class Encoded:
    """A chart as its hospital publishes it, and the id under which its claims are recognised."""

    event_id: str
    value: bytes


def example(partners: Partners) -> ChartCompleted:
    """The example chart, as the publisher reads it from its FHIR export."""
    texts = [(file.name, file.read_text(encoding="utf-8")) for file in sorted(_FOLDER.glob("*.ndjson"))]
    read = read_export(texts, partners.hospital(HOSPITAL), partners.payers)
    return next(it for it in read if isinstance(it, ChartCompleted) and it.chart_id == EXAMPLE)


def charts(template: ChartCompleted, run: str, count: int) -> Iterator[ChartCompleted]:
    """`count` charts; each patient has several, each on its own day and account, for the same line twice is an
    edit's."""
    for n in range(count):
        visit, patient = n % CHARTS_A_PATIENT, f"{run}-{n // CHARTS_A_PATIENT}"
        moved = _moved(template, timedelta(days=-visit))
        yield moved.model_copy(
            update={
                "event_id": derived("bench", run, n),
                "chart_id": f"bench-{run}-{n}",
                "account_number": f"A-{run}-{n}",
                "patient": template.patient.model_copy(update={"mrn": f"MRN-{patient}"}),
            }
        )


def encoded(codec: CompiledCodec, template: ChartCompleted, run: str, count: int) -> list[Encoded]:
    return [Encoded(chart.event_id, codec.encode(chart)) for chart in charts(template, run, count)]


def _moved(it: Any, by: timedelta) -> Any:
    """The same value with every instant in it moved; calendar days (of birth, of a plan) stay."""
    if isinstance(it, datetime):
        return it + by
    if isinstance(it, tuple):
        return tuple(_moved(part, by) for part in it)
    if hasattr(it, "model_copy"):
        return it.model_copy(update={name: _moved(getattr(it, name), by) for name in type(it).model_fields})
    return it
