"""`python -m bench.tables`: what a worker's reference data weighs, and how fast it is opened and asked.

A million invented pairs in the shape of NCCI PTP are compiled by the program's own builder. A fresh process opens all
that a worker opens, and looks up pairs it never saw (cold), pairs there are not (absent) and one again and again (hot),
in microseconds of the processor. The last line is one JSON object.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice, product
from pathlib import Path
from typing import Annotated

import psutil
import typer

from agents.reference import CODESETS, TABLES, open_codesets, read_reference
from agents.tables import build_tables
from claims.codesets.dated import DatedTables
from streams.settings import INFRA

LIMIT_MB, LIMIT_S = 300, 3.0
_DAY = date(2026, 3, 1)
_HEAD = (
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date\tModifier\tPTP Edit Rationale\n"
)
_MANIFEST = """\
tables:
  - {kind: ptp, setting: practitioner, file: pairs.txt, released: 2026-01-01, source: invented pairs}
"""
_LETTERS = "ABCEGHJKLMPQRSTV"


def main(
    rows: Annotated[int, typer.Option(help="Pairs to compile.")] = 1_000_000,
    as_json: Annotated[bool, typer.Option("--json", help="Nothing but the JSON object.")] = False,
) -> None:
    """Memory, seconds of a start, and microseconds of a look-up; exit 1 when a worker is too heavy or too slow."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        began = time.perf_counter()
        with_pairs(folder, rows)
        built = time.perf_counter() - began
        command = [sys.executable, "-m", "bench.tables", "--ask", str(folder)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        found |= {"rows": rows, "build_s": round(built, 1), "bytes": (folder / TABLES).stat().st_size}
    found["holds"] = found["worker_mb"] <= LIMIT_MB and found["start_s"] <= LIMIT_S
    if not as_json:
        print(f"{rows:,} pairs compiled in {built:.1f} s; a worker holds {found['worker_mb']} MB")
    print(json.dumps(found))
    raise typer.Exit(0 if found["holds"] else 1)


def with_pairs(folder: Path, rows: int) -> Path:
    """The code sets in a folder of their own, with so many invented pairs in the dated tables beside them."""
    open_codesets(CODESETS)
    folder.mkdir(exist_ok=True)
    copied = Path(shutil.copy(CODESETS, folder / CODESETS.name))
    write_pairs(folder, rows)
    build_tables(folder, folder / TABLES)
    return copied


def pairs(rows: int) -> Iterator[tuple[str, str]]:
    """Invented pairs of Level II codes: every hundred share their column 1."""
    codes = [f"{letter}{number:04}" for letter, number in product(_LETTERS, range(0, 10_000, 7))]
    firsts = codes[: rows // 100 + 1]
    return islice(product(firsts, codes[-100:]), rows)


def write_pairs(folder: Path, rows: int) -> None:
    with (folder / "pairs.txt").open("w", encoding="latin-1") as out:
        out.write(_HEAD)
        out.writelines(
            f"{one}\t{other}\t\t20200101\t{'20251231' if at % 5 == 0 else '*'}\t{at % 2}\tInvented\n"
            for at, (one, other) in enumerate(pairs(rows))
        )
    (folder / "tables.yaml").write_text(_MANIFEST, encoding="utf-8")


def ask(folder: Path) -> dict[str, float]:
    """What a worker's process finds: run it in a fresh one."""
    before = psutil.Process().memory_info().rss
    began = time.perf_counter()
    reference = read_reference(INFRA, folder / CODESETS.name)
    start = time.perf_counter() - began
    resident = psutil.Process().memory_info().rss
    (section,) = (each for each in reference.tables.sections if each.table == "ptp-practitioner")
    asked = list(islice(pairs(section.rows), 0, section.rows, max(section.rows // 20_000, 1)))
    return {
        "worker_mb": round(resident / 1e6, 1),
        "reference_mb": round((resident - before) / 1e6, 1),
        "start_s": round(start, 2),
        "cold_us": round(_microseconds(reference.tables, asked), 2),
        "absent_us": round(_microseconds(reference.tables, [(other, one) for one, other in asked]), 2),
        "hot_us": round(_microseconds(reference.tables, asked[:1] * len(asked)), 2),
    }


def _microseconds(tables: DatedTables, asked: list[tuple[str, str]]) -> float:
    began = time.process_time()
    for one, other in asked:
        tables.pair("practitioner", one, other, _DAY)
    return (time.process_time() - began) / len(asked) * 1e6


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        print(json.dumps(ask(Path(sys.argv[2]))))
    else:
        typer.run(main)
