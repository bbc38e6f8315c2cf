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
    DIRECTORY,
    ENTRY,
    FORMAT,
    HEADER,
    KEY,
    MAGIC,
    NAMES,
    NO_PARENT,
    PHRASE,
    POSTING,
    WORD,
)
from claims.codesets.phrases import fingerprint, variants, words
from claims.codesets.shapes import without_dot


class Row(NamedTuple):
    """One category or code of the Tabular List. `ccsr` is empty where the grouping lacks the code."""

    code: str
    title: str
    billable: bool
    parent: str | None = None
    inclusion_terms: tuple[str, ...] = ()
    ccsr: str = ""


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


def compile_codesets(rows: Iterable[Row], release: str) -> bytes:
    """The compiled file of these rows. The same rows give the same bytes, and so the same version."""
    ordered = sorted(rows, key=lambda row: without_dot(row.code))
    text = _Text()
    entries = _entries(ordered, text)
    phrases = _phrases(ordered, text)
    word_index, postings = _words(ordered)
    keys = b"".join(KEY.pack(without_dot(row.code).encode()) for row in ordered)
    return _assembled(release, (keys, entries, phrases, word_index, postings, bytes(text)))


def _entries(rows: Sequence[Row], text: _Text) -> bytes:
    index = {row.code: at for at, row in enumerate(rows)}
    return b"".join(
        ENTRY.pack(*text.place(row.title), _parent(index, row), row.billable, row.ccsr.encode()) for row in rows
    )


def _parent(index: Mapping[str, int], row: Row) -> int:
    return NO_PARENT if row.parent is None else index.get(row.parent, NO_PARENT)


def _phrases(rows: Sequence[Row], text: _Text) -> bytes:
    found: set[tuple[int, int, int, int]] = set()
    for at, row in enumerate(rows):
        found.update((fingerprint(variant), at, 0, 0) for variant in variants(row.title))
        for term in row.inclusion_terms:
            found.update((fingerprint(variant), at, *text.place(term)) for variant in variants(term))
    return b"".join(PHRASE.pack(*phrase) for phrase in sorted(found))


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
