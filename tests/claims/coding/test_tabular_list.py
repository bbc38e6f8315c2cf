"""The real Tabular List and groups, compiled in a process of their own as `codesets build` does."""

import subprocess
import sys
from pathlib import Path

import pytest

from claims.codesets import CodeSets

COMPILE = """
import sys
from pathlib import Path
from claims.codesets.build import compile_codesets
from claims.codesets.sources import RELEASE, rows
Path(sys.argv[1]).write_bytes(compile_codesets(rows(), RELEASE))
"""
RESIDENT = """
import mmap, resource, sys
from claims.codesets import CodeSets
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "rb") as file:
    codes = CodeSets(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
for key in range(len(codes)):
    codes.diagnosis(codes._key(key).decode())
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("codesets") / "codesets.bin"
    subprocess.run([sys.executable, "-c", COMPILE, str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def tabular(compiled: Path) -> CodeSets:
    return CodeSets(compiled.read_bytes(), compiled.name)


def test_the_release_has_its_74_719_billable_codes(tabular: CodeSets) -> None:
    assert sum(tabular._entry(at).billable for at in range(len(tabular))) == 74_719


def test_a_category_that_is_a_block_too_has_no_parent(tabular: CodeSets) -> None:
    entry = tabular.diagnosis("B20")

    assert entry is not None
    assert (entry.billable, entry.parent) == (True, None)


def test_a_phrase_of_the_tabular_list_is_encoded(tabular: CodeSets) -> None:
    assert [m.entry.code for m in tabular.encode("Classical cholera")] == ["A00.0"]


def test_every_title_is_one_line_for_the_wire(tabular: CodeSets) -> None:
    assert all(tabular._entry(at).title.isprintable() for at in range(len(tabular)))


def test_a_worker_that_reads_every_code_stays_small(compiled: Path) -> None:
    grown = subprocess.run([sys.executable, "-c", RESIDENT, str(compiled)], check=True, capture_output=True, text=True)

    assert int(grown.stdout) < 40  # MB, of which 15 are the mapped file
