"""NCHS's Alphabetic Index in its own XML (icd10cm-index): the paths of its terms to codes (OCG I.A.1, I.B.1).

    <ICD10CM.index><letter><mainTerm><title>Abscess <nemod>(acute)</nemod></title><code>L02.91</code>
      <term level="1"><title>appendix</title><code>K35.33</code></term></mainTerm></letter></ICD10CM.index>

Each path that ends in a code is a way to name it. Not so directly where terms stand below (the code is the default for
what is not specified), where the Index sends the reader on (see also), says NEC or NOS, or has a second code for the
manifestation: those are a coder's. A path without a code of its own (see) is none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from claims.codesets.build import IndexTerm
from claims.codesets.shapes import is_diagnosis_shape, without_dot
from claims.reference import BadReference

_ROOT: Final = "ICD10CM.index"
_TERMS: Final = frozenset({"mainTerm", "term"})
_SENT_ON: Final = frozenset({"see", "seeAlso", "seecat", "subcat", "manif"})
_UNSPECIFIC: Final = frozenset({"NEC", "NOS"})
_MEND: Final = "take the Alphabetic Index of the release from NCHS again (icd10cm-index-*.xml)"


def index_terms(xml: bytes, file: str) -> list[IndexTerm]:
    """Every path to a code."""
    reader = _Reader(file)
    try:
        reader.parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise BadReference(file, error.lineno, error.offset + 1, "XML", _MEND) from error
    return reader.found


def of_another_release(terms: Iterable[IndexTerm], codes: Iterable[str], file: str) -> int:
    """How many paths lead to codes that the list lacks; they are not used.

    A few are slips of the Index; more than one in a hundred say that the file is of another release.
    """
    known, terms = {without_dot(code) for code in codes}, list(terms)
    lacking = [term for term in terms if without_dot(term.code) not in known]
    if len(lacking) > len(terms) / 100:
        raise BadReference(file, lacking[0].line, 1, "code", f"the list has no {lacking[0].code}: {_MEND}")
    return len(lacking)


@dataclass
class _Term:
    line: int
    title: str = ""
    code: str = ""
    parts: set[str] = field(default_factory=set)


class _Reader:
    """The terms that are open, from the main term down, and the paths that were closed."""

    def __init__(self, file: str) -> None:
        self.found: list[IndexTerm] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._file, self._open, self._tag, self._depth = file, list[_Term](), "", 0

    def _start(self, tag: str, _: object) -> None:
        self._depth += 1
        if self._depth == 1 and tag != _ROOT:
            raise self._bad(tag[:20], f"the root of an Alphabetic Index is {_ROOT}: {_MEND}")
        if tag in _TERMS:
            if self._open:
                self._open[-1].parts.add(tag)
            self._open.append(_Term(self.parser.CurrentLineNumber))
        elif self._open and tag != "nemod":  # a nonessential modifier is a part of its title
            self._open[-1].parts.add(tag)
        self._tag = self._tag if tag == "nemod" else tag

    def _text(self, text: str) -> None:
        if self._open and self._tag == "title":
            self._open[-1].title += text
        elif self._open and self._tag == "code":
            self._open[-1].code += text

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._tag = self._tag if tag == "nemod" else ""
        if tag in _TERMS:
            self.found += self._closed()
            self._open.pop()

    def _closed(self) -> Iterator[IndexTerm]:
        term = self._open[-1]
        if not term.title.strip():
            raise self._bad("title", f"a term without a title: {_MEND}")
        code = term.code.strip().rstrip("-").rstrip(".")
        if code and not is_diagnosis_shape(code):
            raise self._bad("code", f"not the shape of an ICD-10-CM code: {_MEND}")
        words = ", ".join(" ".join(each.title.split()) for each in self._open)
        default = bool(term.parts & (_TERMS | _SENT_ON)) or bool(_UNSPECIFIC.intersection(words.split()))
        if code:
            yield IndexTerm(words, code, default, term.line)

    def _bad(self, name: str, mend: str) -> BadReference:
        return BadReference(self._file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1, name, mend)
