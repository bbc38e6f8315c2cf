"""The Alphabetic Index: invented terms in NCHS's XML, and what of it is coded without a coder."""

import pytest

from claims.codesets import CodeSets
from claims.codesets.alphabetic import index_terms, of_another_release
from claims.codesets.build import IndexTerm, Row, compile_codesets
from claims.reference import BadReference

INDEX = b"""\
<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2026</version>
  <letter>
    <title>Q</title>
    <mainTerm><title>Quartzitis <nemod>(dusty)</nemod></title><code>Q00.9</code>
      <term level="1"><title>bilateral</title><code>Q00.3</code></term>
      <term level="1"><title>NEC</title><code>Q00.8</code></term>
      <term level="1"><title>with</title>
        <term level="2"><title>cough</title><code>Q00.1-</code></term>
        <term level="2"><title>palsy</title><code>Q00.2</code><manif>Q01</manif></term>
      </term>
    </mainTerm>
    <mainTerm><title>Quick</title><see>Quartzitis</see></mainTerm>
    <mainTerm><title>Quicksand</title><code>Q02</code><seeAlso>Quartzitis</seeAlso></mainTerm>
  </letter>
</ICD10CM.index>
"""
ROWS = (
    *(Row(f"Q00.{digit}", f"Title {digit}", True) for digit in "2389"),
    Row("Q00.1", "Title 1", False),
    Row("Q00.10", "Title 10", True, "Q00.1"),
    Row("Q02", "Title 02", True),
)


@pytest.fixture(scope="module")
def codes() -> CodeSets:
    return CodeSets(compile_codesets(ROWS, "r", index_terms(INDEX, "index.xml")))


NAMED = [
    ("a path", "Bilateral quartzitis", "Q00.3", False),
    ("with its nonessential modifier", "dusty quartzitis, bilateral", "Q00.3", False),
    ("one code below an incomplete one", "quartzitis with cough", "Q00.10", False),
    ("the default of a term with terms below it", "Quartzitis", "Q00.9", True),
    ("NEC", "Quartzitis NEC", "Q00.8", True),
    ("a second code for the manifestation", "Quartzitis with palsy", "Q00.2", True),
    ("see also", "Quicksand", "Q02", True),
]


@pytest.mark.parametrize(("phrase", "code", "default"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_a_path_names_a_code_and_says_whether_it_is_only_the_default(
    codes: CodeSets, phrase: str, code: str, default: bool
) -> None:
    assert [(each.entry.code, each.path, each.default) for each in codes.encode(phrase)] == [(code, "index", default)]


def test_a_term_that_only_refers_elsewhere_names_nothing(codes: CodeSets) -> None:
    assert codes.encode("Quick") == ()


BROKEN = [
    ("not XML", b"<ICD10CM.index>\n<letter>", 2, "XML"),
    ("another file of NCHS", b"<ICD10CM.tabular></ICD10CM.tabular>", 1, "ICD10CM.tabular"),
    ("a term without a title", INDEX.replace(b"<title>bilateral</title>", b""), 7, "title"),
    ("no code at all", INDEX.replace(b"Q00.3", b"Q-3"), 7, "code"),
]


@pytest.mark.parametrize(("xml", "line", "field"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_index_names_its_line_and_field(xml: bytes, line: int, field: str) -> None:
    with pytest.raises(BadReference, match=r"index\.xml:") as stopped:
        index_terms(xml, "index.xml")

    assert (stopped.value.line, stopped.value.field) == (line, field)


def test_an_index_of_another_release_is_refused() -> None:
    terms = [IndexTerm("Quartzitis", "Q00.9", line=6)]

    with pytest.raises(BadReference, match=r"index\.xml:6:1 code: the list has no Q00\.9"):
        of_another_release(terms, ["Q02"], "index.xml")


def test_a_slip_of_the_index_is_counted() -> None:
    terms = [IndexTerm("Quicksand", "Q02")] * 200 + [IndexTerm("Quartzitis", "Q00.9")]

    assert of_another_release(terms, ["Q02"], "index.xml") == 1
