"""The real Tabular List and groups, compiled in a process of their own as `codesets build` does."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from claims.codesets import CodeSets
from claims.codesets.phrases import variants

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

TERMS = """
import json
import simple_icd_10_cm as tabular
codes = [code for code in tabular.get_all_codes() if tabular.is_category_or_subcategory(code)]
print(json.dumps([(code, " ".join(term.split())) for code in codes for term in tabular.get_inclusion_term(code)]))
"""
WORDS = """
import json
from claims.codesets.sources import rows
print(json.dumps([(row.code, words) for row in rows() for words in (row.title, *row.inclusion_terms)]))
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


class Named(NamedTuple):
    """Words of the list, and the one billable code that they stand at."""

    code: str
    words: str


@pytest.fixture(scope="module")
def spellings(compiled: Path) -> dict[str, set[str]]:
    """Every title and term with the codes it stands at, as the list has them."""
    listed = json.loads(subprocess.run([sys.executable, "-c", WORDS], check=True, capture_output=True).stdout)
    found: dict[str, set[str]] = {}
    for code, words in listed:
        for way in variants(words):
            found.setdefault(way, set()).add(code)
    return found


def _differences(tabular: CodeSets, named: Iterable[Named]) -> list[Named]:
    return [each for each in named if [match.entry.code for match in tabular.encode(each.words)] != [each.code]]


def test_every_billable_title_codes_to_itself(tabular: CodeSets, spellings: dict[str, set[str]]) -> None:
    """All but one, whose words the list gives to a second code too: "Viral pericarditis" (B33.23, I30.1)."""
    entries = (tabular._entry(at) for at in range(len(tabular)))
    named = [Named(entry.code, entry.title) for entry in entries if entry.billable]

    differing = _differences(tabular, named)

    assert len(named) == 74_719
    assert [each.code for each in differing if len(_holders(spellings, each)) == 1] == []
    assert [each.code for each in differing] == ["B33.23"]


def test_every_inclusion_term_with_one_billable_code_codes_to_it(
    tabular: CodeSets, spellings: dict[str, set[str]]
) -> None:
    """But for terms that stand at several codes, as "Necrotizing enterocolitis with perforation" (K55.33, P77.3)."""
    listed = json.loads(subprocess.run([sys.executable, "-c", TERMS], check=True, capture_output=True).stdout)
    leaves = [(tabular.below(code, 2), words) for code, words in listed]
    named = [Named(below[0].code, words) for below, words in leaves if len(below) == 1]

    differing = _differences(tabular, named)

    assert len(named) > 8_500
    assert [each for each in differing if len(_holders(spellings, each)) == 1] == []
    assert len(differing) == 29


def _holders(spellings: dict[str, set[str]], each: Named) -> set[str]:
    return set().union(*(spellings.get(way, set()) for way in variants(each.words)))
