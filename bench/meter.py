"""Where a chart's microseconds go: sums in a small mapped file, written by workers and read by the benchmark."""

import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STAGES = ("intake", "validation", "claiming", "delivery")
PARTS = ("decode", "step", "ledger", "encode", "kafka", "runner")
_COUNTS = ("records", "batches")
_COLUMNS = (*PARTS, *_COUNTS)


@dataclass(frozen=True)
class Sums:
    """Seconds by stage and part, and how many records and batches they were for."""

    seconds: Mapping[str, Mapping[str, float]]
    records: Mapping[str, float]
    batches: Mapping[str, float]

    def since(self, before: "Sums") -> "Sums":
        return Sums(
            {s: {p: self.seconds[s][p] - before.seconds[s][p] for p in PARTS} for s in STAGES},
            {s: self.records[s] - before.records[s] for s in STAGES},
            {s: self.batches[s] - before.batches[s] for s in STAGES},
        )

    def microseconds(self, charts: int) -> dict[str, dict[str, int]]:
        """By stage and part, for one chart; a stage that has two records a chart counts both."""
        return {s: {p: round(self.seconds[s][p] / charts * 1e6) for p in PARTS} for s in STAGES}

    def batch_sizes(self) -> dict[str, float]:
        return {s: round(self.records[s] / max(1.0, self.batches[s]), 1) for s in STAGES}


class Meter:
    """One row of sums a stage. Each row has one writer, so nothing is locked."""

    def __init__(self, file: Path) -> None:
        size = (len(STAGES) * len(_COLUMNS) + 1) * 8  # the last cell: whether anybody measures
        if not file.exists():
            file.write_bytes(bytes(size))
        with file.open("r+b") as opened:
            self._cells = memoryview(mmap.mmap(opened.fileno(), size)).cast("d")

    def add(self, stage: str, column: str, amount: float) -> None:
        self._cells[self._cell(stage, column)] += amount

    @property
    def is_on(self) -> bool:
        """Whether workers measure: their instruments cost time, so that a race is run without."""
        return self._cells[-1] != 0

    def switch(self, on: bool) -> None:
        self._cells[-1] = float(on)

    def sums(self) -> Sums:
        def rows(columns: tuple[str, ...]) -> dict[str, dict[str, float]]:
            return {s: {c: self._cells[self._cell(s, c)] for c in columns} for s in STAGES}

        counts = rows(_COUNTS)
        return Sums(rows(PARTS), {s: counts[s]["records"] for s in STAGES}, {s: counts[s]["batches"] for s in STAGES})

    def _cell(self, stage: str, column: str) -> int:
        return STAGES.index(stage) * len(_COLUMNS) + _COLUMNS.index(column)
