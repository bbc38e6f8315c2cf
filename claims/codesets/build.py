"""Compiles the code sets into the one file that workers map: rows in, bytes out.

Reading the Tabular List costs seconds and 180 MB; it happens here, once, and in no worker.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

from claims.codesets.layout import (
    DEFAULT,
    DIRECTORY,
    ENTRY,
    FOLDED,
    FORMAT,
    HEADER,
    KEY,
    MAGIC,
    NAMES,
    NO_PARENT,
    NOTE,
    PATHS,
    PHRASE,
    POSTING,
    WORD,
    Path,
)
from claims.codesets.notes import KINDS, RowNote, references, written
from claims.codesets.phrases import fingerprint, foldings, variants, words
from claims.codesets.shapes import without_dot


class Row(NamedTuple):
    """One category or code of the Tabular List. `ccsr` is empty where the grouping lacks the code."""

    code: str
    title: str
    billable: bool
    parent: str | None = None
    inclusion_terms: tuple[str, ...] = ()
    ccsr: str = ""
    notes: tuple[RowNote, ...] = ()


class IndexTerm(NamedTuple):
    """A path of the Alphabetic Index ("Abscess, appendix") to a code; `default` where the rest is a coder's to find."""

    words: str
    code: str
    default: bool = False
    line: int = 0


class _Text:
    """Strings one after the other, each kept once."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._places: dict[str, tuple[int, int]] = {}

    def place(self, text: str) -> tuple[int, int]:
        if text not in self._places:
            raw = text.encode()
            self._places[text] = (len(self._bytes), len(raw))
            self._bytes += raw
        return self._places[text]

    def __bytes__(self) -> bytes:
        return bytes(self._bytes)


def compile_codesets(rows: Iterable[Row], release: str, index: Iterable[IndexTerm] = ()) -> bytes:
    """The compiled file of these rows. The same rows give the same bytes, and so the same version."""
    ordered = sorted(rows, key=lambda row: without_dot(row.code))
    text = _Text()
    entries, notes = _entries(ordered, text)
    phrases = _phrases(ordered, index, text)
    word_index, postings = _words(ordered)
    keys = b"".join(KEY.pack(without_dot(row.code).encode()) for row in ordered)
    return _assembled(release, (keys, entries, phrases, word_index, postings, notes, bytes(text)))


def _entries(rows: Sequence[Row], text: _Text) -> tuple[bytes, bytes]:
    """The entries, and the notes that stand at each."""
    index = {row.code: at for at, row in enumerate(rows)}
    entries, notes = bytearray(), bytearray()
    for row in rows:
        place = (len(notes) // NOTE.size, len(row.notes))
        entries += ENTRY.pack(*text.place(row.title), _parent(index, row), row.billable, row.ccsr.encode(), *place)
        for note in row.notes:
            notes += _note(note, text)
    return bytes(entries), bytes(notes)


def _note(note: RowNote, text: _Text) -> bytes:
    named = written(references(note.text))
    return NOTE.pack(KINDS.index(note.kind), *text.place(note.at), *text.place(note.text), *text.place(named))


def _parent(index: Mapping[str, int], row: Row) -> int:
    return NO_PARENT if row.parent is None else index.get(row.parent, NO_PARENT)


def _phrases(rows: Sequence[Row], index: Iterable[IndexTerm], text: _Text) -> bytes:
    """Every way to write each title and term, as it is and folded."""
    found: set[tuple[int, int, int, int, int]] = set()
    places = {without_dot(row.code): at for at, row in enumerate(rows)}
    for at, row in enumerate(rows):
        found.update((mark, at, 0, 0, _mark("title")) for mark in _fingerprints(row.title))
        for term in row.inclusion_terms:
            found.update((mark, at, *text.place(term), _mark("inclusion-term")) for mark in _fingerprints(term))
    for path in index:
        if (at := places.get(without_dot(path.code), NO_PARENT)) != NO_PARENT:
            place = (*text.place(path.words), _mark("index", path.default))
            found.update((mark, at, *place) for mark in _fingerprints(path.words))
    return b"".join(PHRASE.pack(*phrase) for phrase in sorted(found))


def _mark(path: Path, default: bool = False) -> int:
    return PATHS.index(path) | (DEFAULT if default else 0)


def _fingerprints(term: str) -> Iterator[int]:
    yield from map(fingerprint, variants(term))
    yield from (fingerprint(f"{FOLDED}{key}") for key in foldings(term))


def _words(rows: Sequence[Row]) -> tuple[bytes, bytes]:
    """The inverted index for a coder's candidates: billable titles by word."""
    holders: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        for word in sorted(set(words(row.title))) if row.billable else ():
            holders[word].append(at)
    index, postings = bytearray(), bytearray()
    for key, holder in sorted((fingerprint(word), holder) for word, holder in holders.items()):
        index += WORD.pack(key, len(postings) // POSTING.size, len(holder))
        postings += struct.pack(f">{len(holder)}I", *holder)
    return bytes(index), bytes(postings)


def _assembled(release: str, sections: tuple[bytes, ...]) -> bytes:
    content = blake2b(digest_size=6)
    for section in sections:
        content.update(section)
    version = f"icd-10-cm {release} {content.hexdigest()}"
    directory = DIRECTORY.pack(*_places(sections))
    rest = b"".join((NAMES.pack(release.encode(), version.encode()), directory, *sections))
    return HEADER.pack(MAGIC, FORMAT, crc32(rest), len(rest)) + rest


def _places(sections: tuple[bytes, ...]) -> Iterator[int]:
    """Offset from the file's start, and length, of each section in turn."""
    at = HEADER.size + NAMES.size + DIRECTORY.size
    for section in sections:
        yield at
        yield len(section)
        at += len(section)
