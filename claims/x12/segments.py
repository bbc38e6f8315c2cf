"""Segments: X12's smallest sentences, read as they come and written one at a time.

A file tells its own delimiters in the first 106 bytes of each interchange (ISA, of fixed width). It may have line ends
after a segment or none, or in the middle of one where it is wrapped into records; a byte-order mark, and bytes of
Windows-1252; several interchanges may follow one another. It is never held whole: what is kept is one segment and what
was read after it.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_ISA_LENGTH: Final = 106
_LINE_ENDS: Final = b"\r\n"
_WRAPPED: Final = _ISA_LENGTH + 2 * len(_LINE_ENDS)  # in lines of 80, of 72 or of 64
_BOM: Final = b"\xef\xbb\xbf"
_PACKED: Final = (b"PK\x03\x04", b"\x1f\x8b")  # zip, gzip
_BLANK: Final = b"\r\n \t\x00\x1a"
_PIECE: Final = 65_536  # of a larger one, what follows an interchange would be copied for each that it has
_LONGEST: Final = 20_000  # bytes: a segment that is longer has lost its end
_MOST_ELEMENTS: Final = 100


class X12Fault(ValueError):
    """What can't be read as X12: where (the segment's number in the file, from 1), what is wrong, and the mend. Never
    a value of the file."""

    def __init__(self, at: int, why: str, mend: str, element: str | None = None) -> None:
        where = f"segment {at}" if element is None else f"segment {at}, {element}"
        super().__init__(f"{where}: {why}; {mend}")
        self.at, self.why, self.mend, self.element = at, why, mend, element


class Delimiters(NamedTuple):
    """What parts elements, their repetitions and components, and what ends a segment."""

    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    segment: str = "~"


class Segment(NamedTuple):
    """`elements[0]` is the tag, `elements[1]` the first element (X12's 01), as they stand in the file; `at` is the
    segment's number in the file."""

    elements: list[str]
    at: int
    delimiters: Delimiters

    @property
    def tag(self) -> str:
        return self.elements[0]

    def element(self, number: int) -> str:
        """One element; empty where the segment ends before it."""
        return self.elements[number] if number < len(self.elements) else ""

    def components(self, number: int) -> list[str]:
        """The components of a composite element; none where it is empty."""
        said = self.element(number)
        return said.split(self.delimiters.component) if said else []


def read_segments(chunks: Iterable[bytes]) -> Iterator[Segment]:
    """The segments of a file that comes in pieces of any size.

    X12Fault where it doesn't begin with ISA or ends within a segment. A transaction that was cut off between two has no
    SE, which its reader sees.
    """
    source, at = _pieces(chunks), 0
    rest = _more(b"", source, len(_BOM)).removeprefix(_BOM)
    delimiters: Delimiters | None = None
    while True:
        rest = rest.lstrip(_BLANK)
        if delimiters is None or rest[:3] == b"ISA":
            rest = _straight(_more(rest, source, _WRAPPED).lstrip(_BLANK))
            if not rest:
                return
            delimiters = _delimiters(rest, at + 1)
        end = delimiters.segment.encode("latin-1")
        no_data = b"" if end in _LINE_ENDS else _LINE_ENDS
        *whole, rest = rest.split(end)
        for place, raw in enumerate(whole):
            bare = raw.lstrip(_BLANK)
            if bare[:3] == b"ISA" and at and place:
                rest = end.join((*whole[place:], rest))  # an interchange of its own, perhaps of other delimiters
                break
            if not bare:
                continue
            at += 1
            elements = _text(bare.translate(None, no_data)).split(delimiters.element)
            if len(elements) > _MOST_ELEMENTS or len(bare) > _LONGEST:
                raise X12Fault(at, "a segment longer than any is", "check the delimiters that ISA names")
            yield Segment(elements, at, delimiters)
        else:
            if _begins_another(rest, delimiters, at):
                continue
            piece = next(source, None)
            if piece is None:
                if rest.strip(_BLANK):
                    raise X12Fault(at + 1, "the file ends within a segment", "send it whole")
                return
            rest += piece
            if len(rest) > _LONGEST and end not in rest:
                raise X12Fault(at + 1, "a segment without an end", "check the segment terminator that ISA names")


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    return (chunk[start : start + _PIECE] for chunk in chunks for start in range(0, len(chunk), _PIECE))


def _begins_another(rest: bytes, delimiters: Delimiters, at: int) -> bool:
    """Whether an interchange of other delimiters follows, of which those of the last one find no end."""
    isa = rest.lstrip(_BLANK)
    return isa[:3] == b"ISA" and len(isa) >= _WRAPPED and _delimiters(_straight(isa), at + 1) != delimiters


def _straight(isa: bytes) -> bytes:
    """What begins with ISA, in which no line ends; one that ends it is followed by a tag (GS, TA1)."""
    within, end = isa[: _ISA_LENGTH - 1], isa[_ISA_LENGTH - 1 : _WRAPPED]
    ends_it = end[:1] not in (b"\r", b"\n") or end.lstrip(_LINE_ENDS)[:1].isalpha()
    if ends_it and not any(each in within for each in _LINE_ENDS):
        return isa
    return isa[:_WRAPPED].translate(None, _LINE_ENDS) + isa[_WRAPPED:]


def _more(rest: bytes, source: Iterator[bytes], least: int) -> bytes:
    """What was read, and as much more as is needed at least, where the file has it."""
    while len(rest) < least:
        piece = next(source, None)
        if piece is None:
            break
        rest += piece
    return rest


def _delimiters(isa: bytes, at: int) -> Delimiters:
    """ISA is of fixed width: each delimiter has its place."""
    if isa[:3] != b"ISA" or len(isa) < _ISA_LENGTH:
        if isa.startswith(_PACKED):
            raise X12Fault(at, "no interchange begins here: it is packed", "unpack it")
        raise X12Fault(at, "no interchange begins here", "an X12 file begins with ISA, of 106 characters")
    found = Delimiters(*(isa[place : place + 1].decode("latin-1") for place in (3, 82, 104, 105)))
    if isa[:_ISA_LENGTH].count(isa[3:4]) != 16 or len(set(found)) != 4:
        raise X12Fault(at, "ISA is not of its fixed width, or two delimiters are one", "send each element padded")
    if any(said.isalnum() or said == " " or "\x80" <= said < "\xa0" for said in (found.element, found.component)):
        raise X12Fault(at, "a letter, a digit or a blank as a delimiter", "send a sign", "ISA")
    return found


def _text(raw: bytes) -> str:
    """UTF-8 where it is, else Windows-1252, of which Latin-1 takes the five bytes that it lacks."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="ignore") if not _UNDEFINED.intersection(raw) else raw.decode("latin-1")


_UNDEFINED: Final = frozenset(b"\x81\x8d\x8f\x90\x9d")
