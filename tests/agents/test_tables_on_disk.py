"""The compiled tables on the disk: whole or not at all, and a fault leaves the file that stood."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agents.compiling import NotBuilt, compiled_apart
from agents.reference import CODESETS, TABLES, read_reference
from agents.tables import build_tables, open_dated
from bench.tables import write_pairs
from claims.reference import BadReference
from streams.settings import INFRA

FIXTURES = Path(__file__).parents[1] / "claims" / "codesets" / "files"
MAY = date(2026, 5, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An operator's folder of tables."""
    return Path(shutil.copytree(FIXTURES, tmp_path / "tables"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / TABLES


def test_what_was_built_is_what_a_worker_opens(folder: Path, file: Path) -> None:
    build_tables(folder, file)
    shutil.copy(CODESETS, file.with_name(CODESETS.name))

    reference = read_reference(INFRA, file.with_name(CODESETS.name))

    assert reference.tables.pair("outpatient", "G0463", "G0378", MAY) is not None
    assert reference.tables.version in reference.edit_tables


def test_where_none_were_built_the_lists_that_ship_serve(file: Path) -> None:
    tables = open_dated(file)
    assert (tables.has("place-of-service"), tables.has("hcpcs")) == (True, False)


def test_the_same_folder_gives_the_same_bytes(folder: Path, file: Path) -> None:
    build_tables(folder, file)
    first = file.read_bytes()
    build_tables(folder, file)
    assert file.read_bytes() == first


def test_a_broken_row_leaves_the_old_file_in_force(folder: Path, file: Path) -> None:
    build_tables(folder, file)
    before = file.read_bytes()
    pairs = folder / "ccipra-v322r0-f1.txt"
    pairs.write_bytes(pairs.read_bytes().replace(b"20190701", b"20191301"))

    with pytest.raises(NotBuilt, match=r"ccipra-v322r0-f1\.txt:8:15 effective date: a day as"):
        build_tables(folder, file)

    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [TABLES]


def test_a_file_that_is_missing_is_named(folder: Path, file: Path) -> None:
    (folder / "necessity.csv").unlink()
    with pytest.raises(NotBuilt, match=r"necessity\.csv:1:1 file: tables\.yaml names it"):
        build_tables(folder, file)


def test_a_folder_without_a_manifest_is_told_of_it(tmp_path: Path, file: Path) -> None:
    with pytest.raises(BadReference, match=r"tables\.yaml:1:1 file: put it into the folder"):
        build_tables(tmp_path, file)


def test_a_build_that_dies_half_way_is_never_used(folder: Path, file: Path) -> None:
    build_tables(folder, file)
    before = file.read_bytes()

    with pytest.raises(subprocess.CalledProcessError):
        compiled_apart("tests.agents.dying_compiler", file)

    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [TABLES]


def test_a_file_that_was_cut_off_stops_the_start(folder: Path, file: Path) -> None:
    build_tables(folder, file)
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(BadReference, match="truncated or damaged"):
        open_dated(file)


def test_a_worker_goes_on_with_the_tables_it_has_mapped(folder: Path, file: Path) -> None:
    build_tables(folder, file)
    mapped = open_dated(file)
    (folder / "ccioph-v322r0-f1.txt").write_bytes((folder / "ccipra-v322r0-f2.txt").read_bytes())

    build_tables(folder, file)

    assert mapped.pair("outpatient", "G0463", "G0378", MAY) is not None
    assert open_dated(file).pair("outpatient", "G0463", "G0378", MAY) is None


_BUILD = """
import json, resource, sys
from pathlib import Path
from typing import Any
from agents.tables import build_tables
build_tables(Path(sys.argv[1]), Path(sys.argv[2]))
print(json.dumps(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
"""


@pytest.mark.slow
def test_a_million_pairs_are_compiled_and_opened_within_bounds(tmp_path: Path) -> None:
    write_pairs(tmp_path, 1_000_000)
    shutil.copy(CODESETS, tmp_path / CODESETS.name)

    built = _run("-c", _BUILD, str(tmp_path), str(tmp_path / TABLES))
    found = _run("-m", "bench.tables", "--ask", str(tmp_path))

    assert built < 300  # MB at the most, in the process that compiles
    assert found["worker_mb"] <= 300


def _run(*arguments: str) -> Any:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
