"""The instructional notes of the Tabular List, and the codes that they name (OCG I.A.12, I.A.13, I.B.7)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from claims.codesets.shapes import without_dot

NoteKind = Literal["excludes1", "excludes2", "code-first", "use-additional", "seventh"]
KINDS: Final[tuple[NoteKind, ...]] = ("excludes1", "excludes2", "code-first", "use-additional", "seventh")

_CODE: Final = r"[A-Z][0-9A][0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_RANGE: Final = rf"({_CODE})(?:(?:\.?-)?\s*-\s*({_CODE}))?(?:\.?-)?"
_REFERENCE = re.compile(_RANGE)
_REFERENCES = re.compile(rf"\s*{_RANGE}(?:[\s,;]+{_RANGE})*[\s,;]*")
_PARENTHESES = re.compile(r"\(([^()]*)\)")


class Span(NamedTuple):
    """Codes that a note names: from one to another with all that stands below either; "O24.4-" is both ends of one."""

    first: str
    last: str

    def holds(self, code: str) -> bool:
        key = without_dot(code)
        return self.first <= key[: len(self.first)] and key[: len(self.last)] <= self.last


class Note(NamedTuple):
    """A line of a note, where it stands (a code, a block as E08-E13, a chapter), and the codes of its parentheses."""

    at: str
    text: str
    spans: tuple[Span, ...]

    def names(self, code: str) -> bool:
        return any(span.holds(code) for span in self.spans)


class Notes(NamedTuple):
    """The notes in force for a code: its own first, then those of each ancestor up to the chapter."""

    excludes1: tuple[Note, ...] = ()
    excludes2: tuple[Note, ...] = ()
    code_first: tuple[Note, ...] = ()
    use_additional: tuple[Note, ...] = ()


class RowNote(NamedTuple):
    """A line of a note as the builder gets it."""

    kind: NoteKind
    at: str
    text: str


def references(text: str) -> tuple[Span, ...]:
    """The codes in a line's parentheses; none of those that words qualify.

    "(T36-T65 with fifth or sixth character 1-4)" names fewer codes than its range: no answer is better than a wrong
    one.
    """
    return tuple(
        Span(without_dot(found[1]), without_dot(found[2] or found[1]))
        for group in _PARENTHESES.findall(text)
        if _REFERENCES.fullmatch(group)
        for found in _REFERENCE.finditer(group)
    )


def written(spans: Iterable[Span]) -> str:
    """Spans as the compiled file holds them: "E08-E13,O244"."""
    return ",".join(span.first if span.first == span.last else f"{span.first}-{span.last}" for span in spans)


def read(text: str) -> tuple[Span, ...]:
    """The other way round."""
    ends = (part.partition("-") for part in text.split(",") if part)
    return tuple(Span(first, last or first) for first, _, last in ends)


def lines(note: Iterable[str]) -> Iterator[str]:
    """Each line of a note that says something, under the heading it belongs to ("meningitis (in):")."""
    heading = ""
    for line in (" ".join(raw.split()).strip(" ,") for raw in note):
        if line.endswith(":"):
            heading = line
        elif line:
            yield f"{heading} {line}".strip()
