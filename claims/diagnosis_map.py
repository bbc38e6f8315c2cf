"""What a hospital's other codes for a diagnosis (SNOMED CT, its own) come to in ICD-10-CM.

Only by this table of the user's do they become diagnosis codes; without it their words are read like any others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from claims.chargemaster_file import Cells, Sheet
from claims.codesets.shapes import ICD_10_CM, is_diagnosis_shape, with_dot, without_dot
from claims.reference import BadReference

COLUMNS: Final = ("system", "code", "icd10cm", "start", "end")


class Mapped(NamedTuple):
    """One row; `end` is the last day it holds, and null while it holds."""

    icd10cm: str
    start: date
    end: date | None
    line: int

    def on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class DiagnosisMap:
    rows: Mapping[tuple[str, str], tuple[Mapped, ...]] = field(default_factory=dict)

    def on(self, system: str, code: str, day: date) -> tuple[str, ...]:
        """The codes it comes to on a day; more than one is a coder's to choose from."""
        return tuple(row.icd10cm for row in self.rows.get((system, code), ()) if row.on(day))


def parse_diagnosis_map(text: str, file: str) -> DiagnosisMap:
    """The file as the hospital wrote it: a broken row stops the start and names its line and column."""
    rows: dict[tuple[str, str], tuple[Mapped, ...]] = {}
    for cells in Sheet(text, file, COLUMNS, ()).rows():
        if isinstance(cells, BadReference):
            raise cells
        key, row = (cells.required("system"), cells.required("code")), _row(cells)
        for other in rows.get(key, ()):
            if other.icd10cm == row.icd10cm and _overlap(other, row):
                raise cells.bad("start", f"line {other.line} says the same for a day of these; one row for each span")
        rows[key] = (*rows.get(key, ()), row)
    return DiagnosisMap(rows)


def _row(cells: Cells) -> Mapped:
    code, start, end = cells.required("icd10cm"), cells.day("start"), cells.optional_day("end")
    if cells.values["system"].strip() in ICD_10_CM:
        raise cells.bad("system", "ICD-10-CM needs no mapping")
    if not is_diagnosis_shape(code):
        raise cells.bad("icd10cm", "an ICD-10-CM code, with or without its dot")
    if end is not None and end < start:
        raise cells.bad("end", "not before start")
    return Mapped(with_dot(without_dot(code)), start, end, cells.line)


def _overlap(one: Mapped, other: Mapped) -> bool:
    return one.on(other.start) or other.on(one.start)
