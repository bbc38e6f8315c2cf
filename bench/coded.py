"""Coded charts of a benchmark: professional visits of five lines, and stays.

Each differs in patient, day and diagnoses, as a hospital's do: nothing is remembered that a hospital's day would not
remember too.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice
from typing import Any, Final

from bench.charts import example
from claims.tables import Reference
from claims.validation import validate
from schemas.events.coded import ChartCoded, CodedDiagnosis, CodedProcedure, Service

_LINES: Final = 5
_AGES: Final = range(25, 64)
_DAYS: Final = range(170)
_VISITS: Final = (
    ("I10", "E11.9", "Z79.4"),
    ("J06.9", "R05.1", "Z20.822"),
    ("M54.50", "M25.561", "Z79.891"),
    ("E78.5", "I10", "E66.9"),
    ("F41.1", "G47.00", "Z63.0"),
    ("N39.0", "B96.20", "R35.0"),
    ("K21.9", "R10.13", "D50.9"),
    ("L30.9", "L29.9", "Z91.010"),
)
_STAYS: Final = (
    (("I50.23", "N17.9", "E11.22", "N18.30", "Z79.4"), ()),
    (("J18.9", "J96.01", "I10", "E87.1", "Z87.891"), ()),
    (("A41.9", "R65.20", "N39.0", "G93.41", "E11.9"), ()),
    (("K80.00", "E66.9", "I10", "E78.5", "Z68.35"), ("0FT44ZZ",)),
    (("S72.141A", "D62", "W19.XXXA", "I48.91", "Z79.01"), ("0QS636Z",)),
    (("I21.4", "I25.10", "I10", "E78.5", "F17.210"), ("027034Z",)),
    (("J44.1", "J96.21", "I50.32", "I10", "Z99.81"), ()),
    (("M17.11", "I10", "E11.9", "E66.9", "Z79.84"), ("0SRC0J9",)),
)
_CODES: Final = ("G0463", "G2211", "J1100", "P2028", "Q0091")


def professional_charts(reference: Reference, count: int) -> list[ChartCoded]:
    visit = _visit(reference)
    line = visit.services[0].model_copy(update={"component": "professional", "revenue_code": None, "modifiers": ()})
    npi = visit.encounter.providers[0].npi
    lines = [line.model_copy(update={"code": code, "performer_npi": npi, "units": 1000}) for code in _CODES[:_LINES]]
    return [
        _moved(visit, n, lines).model_copy(update={"diagnoses": tuple(_diagnoses(codes, None))})
        for n, codes in enumerate(islice(cycle(_VISITS), count))
    ]


def stays(reference: Reference, count: int) -> list[ChartCoded]:
    """Stays of four days; the grouping is left to who measures it."""
    visit = _visit(reference)
    room = visit.services[0].model_copy(
        update={"code": None, "revenue_code": "0120", "component": "facility", "units": 4000, "unit_kind": "DA"}
    )
    surgeon = visit.encounter.providers[0].model_copy(update={"role": "operating"})
    inpatient = visit.encounter.model_copy(
        update={
            "encounter_class": "inpatient",
            "end": visit.encounter.end + timedelta(days=4),
            "end_day": visit.encounter.start_day + timedelta(days=4),
            "admission_type": "1",
            "discharge_status": "01",
            "providers": (*visit.encounter.providers, surgeon),
        }
    )
    stay = visit.model_copy(update={"encounter": inpatient})
    return [
        _admitted(_moved(stay, n, [room]), codes, operations)
        for n, (codes, operations) in enumerate(islice(cycle(_STAYS), count))
    ]


def _admitted(stay: ChartCoded, codes: tuple[str, ...], operations: tuple[str, ...]) -> ChartCoded:
    return stay.model_copy(
        update={"diagnoses": tuple(_diagnoses(codes, "Y")), "procedures": tuple(_procedures(stay, operations))}
    )


def _visit(reference: Reference) -> ChartCoded:
    chart = example(reference.partners)
    end = chart.encounter.end or chart.occurred_at
    coded = validate(chart.model_copy(update={"received_at": end + timedelta(days=5)}), reference)
    if not isinstance(coded, ChartCoded):
        raise RuntimeError("the example chart is not coded any more: see `claimstream chart`")
    return coded


def _moved(chart: ChartCoded, n: int, lines: list[Service]) -> ChartCoded:
    """The chart on another day, of a patient of another age."""
    by = timedelta(days=-(n % len(_DAYS)))
    stay = chart.encounter
    dates = {name: getattr(stay, name) + by for name in ("start", "end", "start_day", "end_day")}
    born = stay.start_day.replace(year=stay.start_day.year - _AGES[n % len(_AGES)]) - timedelta(days=1 + n % 300)
    day = {"service_from": dates["start_day"], "service_to": dates["start_day"]}
    return chart.model_copy(
        update={
            "encounter": stay.model_copy(update=dates),
            "patient": chart.patient.model_copy(update={"birth_date": born, "mrn": f"MRN-{n}"}),
            "services": tuple(line.model_copy(update=day) for line in lines),
        }
    )


def _diagnoses(codes: tuple[str, ...], present: str | None) -> Iterator[CodedDiagnosis]:
    common: dict[str, Any] = {"path": "given", "release": "2026-04-01"}
    for rank, code in enumerate(codes, start=1):
        role = "principal" if rank == 1 else "external-cause" if code[0] in "VWXY" else "other"
        yield CodedDiagnosis.model_validate(
            {
                **common,
                "code": code,
                "role": role,
                "rank": rank,
                "statement": f"d-{rank}",
                "present_on_admission": present,
            }
        )
    if present is not None:
        yield CodedDiagnosis(code=codes[0], role="admitting", rank=9, statement="admission", **common)


def _procedures(stay: ChartCoded, codes: tuple[str, ...]) -> Iterator[CodedProcedure]:
    for code in codes:
        yield CodedProcedure(
            code=code, performed_at=stay.encounter.start_day, statement="p-1", path="given", release="2026-04-01"
        )
