"""The code sets as a worker asks them: one compiled, read-only buffer, bisected in place.

No table of Python objects is ever built: 97,000 entries stay bytes, and a small cache keeps what charts ask most.
"""

import mmap
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final
from zlib import crc32

from claims.codesets.entries import CodeEntry, Match
from claims.codesets.layout import (
    DEFAULT,
    DIRECTORY,
    ENTRY,
    FINGERPRINT,
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
    SECTIONS,
    UNCLASSIFIED,
    WORD,
)
from claims.codesets.notes import KINDS, Note, NoteKind, Notes, read
from claims.codesets.phrases import fingerprint, folded, foldings, normalised, variants, words
from claims.codesets.shapes import with_dot, without_dot
from claims.reference import BadReference

__all__ = ["CodeEntry", "CodeSets", "Match"]

_CACHED, _PAIRS = 8192, 65536
_RAREST, _POSTINGS = 4, 4000
"""How many of a phrase's words, and of the codes that hold one, candidates are looked for in."""
_MEND: Final = "run `claimstream codesets build`"


class CodeSets:
    """ICD-10-CM of one release with its terms and CCSR groups. Open it with bytes or a mapped file."""

    def __init__(self, buffer: bytes | mmap.mmap | memoryview, file: str = "codesets") -> None:
        view = memoryview(buffer).toreadonly().cast("B")
        _verified(view, file)
        names = NAMES.unpack_from(view, HEADER.size)
        self.release, self.version = (name.rstrip(b"\0").decode() for name in names)
        places = DIRECTORY.unpack_from(view, HEADER.size + NAMES.size)
        sections = dict(zip(SECTIONS, zip(places[::2], places[1::2], strict=True), strict=True))
        part = {name: view[start : start + length] for name, (start, length) in sections.items()}
        self._keys, self._entries, self._text = part["keys"], part["entries"], part["text"]
        self._phrases, self._words, self._postings = part["phrases"], part["words"], part["postings"]
        self._noted = part["notes"]
        self._cached = lru_cache(_CACHED)(self._find)
        self._notes = lru_cache(_CACHED)(self._in_force)
        self._own_notes = lru_cache(_CACHED)(self._noted_at)
        self._pairs = lru_cache(_PAIRS)(self._excluded)

    def __len__(self) -> int:
        return len(self._keys) // KEY.size

    def diagnosis(self, code: str) -> CodeEntry | None:
        """The entry of a code, written with or without its dot."""
        return self._cached(without_dot(code))

    def ccsr(self, code: str) -> str:
        """The clinical group (AHRQ CCSR, first category) of a code; what CCSR lacks is 'unclassified'."""
        entry = self.diagnosis(code)
        return entry.ccsr if entry else UNCLASSIFIED

    def excludes1(self, code: str) -> tuple[Note, ...]:
        """What can't stand beside a code (OCG I.A.12.a): its own notes, then those of every ancestor."""
        return self._notes(without_dot(code)).excludes1

    def excludes2(self, code: str) -> tuple[Note, ...]:
        """What a code doesn't include, though a patient may have both (OCG I.A.12.b)."""
        return self._notes(without_dot(code)).excludes2

    def code_first(self, code: str) -> tuple[Note, ...]:
        """What stands before a code where it is documented (OCG I.A.13, I.B.7)."""
        return self._notes(without_dot(code)).code_first

    def use_additional(self, code: str) -> tuple[Note, ...]:
        """What stands after a code where it is documented (OCG I.A.13, I.B.7)."""
        return self._notes(without_dot(code)).use_additional

    def excluded(self, one: str, other: str) -> Note | None:
        """The Excludes1 note, of either, by which two codes may not stand together."""
        return self._pairs(*sorted((without_dot(one), without_dot(other))))

    def seventh(self, code: str) -> Mapping[str, str]:
        """The 7th characters of a code's category and what each says, of the nearest note; none where none is used."""
        entry = self.diagnosis(code)
        while entry is not None:
            said = [note.text.partition("=") for kind, note in self._own_notes(entry.code) if kind == "seventh"]
            if said:
                return {letter: meaning for letter, _, meaning in said}
            entry = self.diagnosis(entry.parent) if entry.parent else None
        return {}

    def is_manifestation(self, code: str) -> bool:
        """Never listed first: its title says "in diseases classified elsewhere" (OCG I.A.13)."""
        entry = self.diagnosis(code)
        return entry is not None and "classified elsewhere" in entry.title and " in " in entry.title

    def matches(self, phrase: str) -> tuple[Match, ...]:
        """Every entry, billable or not, that this phrase names: word for word, or else but for order and form.

        Where several read so, those that are written so go before: HER2+ is not HER2-.
        """
        normal = normalised(phrase)
        found = list(self._matches(normal, normal, variants)) if normal else []
        for key in () if found else folded(phrase):
            found += self._matches(f"{FOLDED}{key}", key, foldings)
        written = [match for match in found if match.term.casefold() == phrase.casefold()]
        best = sorted(written or found, key=lambda match: (match.entry.code, match.default, PATHS.index(match.path)))
        return tuple({match.entry.code: match for match in reversed(best)}.values())[::-1]

    def encode(self, phrase: str) -> tuple[Match, ...]:
        """The billable codes that a phrase names in full; more than one, or none, is a coder's matter.

        A category that the phrase names counts when just one billable code stands below it: then nothing is added. It
        adds nothing either to a code below it that the phrase names too.
        """
        matches = self.matches(phrase)
        named = [match.entry.code for match in matches if match.entry.billable]
        leaves: dict[str, Match] = {}
        for match in matches:
            if match.entry.billable:
                leaves[match.entry.code] = match
            elif not any(code.startswith(match.entry.code) for code in named):
                for entry in self.below(match.entry.code, 2):
                    leaves.setdefault(entry.code, match._replace(entry=entry))
        return tuple(leaves.values())

    def below(self, code: str, limit: int) -> tuple[CodeEntry, ...]:
        """The first billable codes below a category, at most `limit`."""
        prefix = without_dot(code).encode()
        found: list[CodeEntry] = []
        at = self._position(prefix)
        while at < len(self) and len(found) < limit and self._key(at).startswith(prefix):
            entry = self._entry(at)
            if entry.billable:
                found.append(entry)
            at += 1
        return tuple(found)

    def sharing_words(self, phrase: str, limit: int) -> tuple[CodeEntry, ...]:
        """Billable codes that share the phrase's rarest words, at most `limit`: candidates, not answers."""
        shared: dict[int, int] = {}
        for start, count in sorted(self._holders(phrase), key=lambda held: held[1])[:_RAREST]:
            held = self._postings[start * POSTING.size : (start + min(count, _POSTINGS)) * POSTING.size]
            for (at,) in POSTING.iter_unpack(held):
                shared[at] = shared.get(at, 0) + 1
        best = sorted(shared, key=lambda at: (-shared[at], at))[:limit]
        return tuple(self._entry(at) for at in best)

    def _find(self, key: str) -> CodeEntry | None:
        wanted = key.encode()
        at = self._position(wanted)
        return self._entry(at) if wanted and at < len(self) and self._key(at) == wanted else None

    def _key(self, at: int) -> bytes:
        return bytes(self._keys[at * KEY.size : (at + 1) * KEY.size]).rstrip(b"\0")

    def _position(self, key: bytes) -> int:
        """The first code that is not below this one; NUL, which pads a short key, is below every letter."""
        keys, wanted = self._keys, key.ljust(KEY.size, b"\0")
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if bytes(keys[middle * KEY.size : (middle + 1) * KEY.size]) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _entry(self, at: int) -> CodeEntry:
        offset, length, parent, billable, ccsr, _, _ = ENTRY.unpack_from(self._entries, at * ENTRY.size)
        return CodeEntry(
            code=with_dot(self._key(at).decode()),
            title=self._string(offset, length),
            billable=bool(billable),
            parent=None if parent == NO_PARENT else with_dot(self._key(parent).decode()),
            ccsr=ccsr.rstrip(b"\0").decode() or UNCLASSIFIED,
        )

    def _string(self, offset: int, length: int) -> str:
        return str(self._text[offset : offset + length], "utf-8")

    def _noted_at(self, code: str) -> tuple[tuple[NoteKind, Note], ...]:
        """The notes that stand at a code, and at its blocks and chapter where it is a category; kept once for all the
        codes below."""
        return tuple(self._own_lines(code))

    def _own_lines(self, code: str) -> Iterator[tuple[NoteKind, Note]]:
        at = self._position(without_dot(code).encode())
        *_, first, count = ENTRY.unpack_from(self._entries, at * ENTRY.size)
        for place in range(first, first + count):
            kind, *places = NOTE.unpack_from(self._noted, place * NOTE.size)
            where, text, named = (self._string(*pair) for pair in zip(places[::2], places[1::2], strict=True))
            yield KINDS[kind], Note(where, text, read(named))

    def _in_force(self, key: str) -> Notes:
        found: dict[NoteKind, list[Note]] = {kind: [] for kind in KINDS}
        entry = self._cached(key)
        while entry is not None:
            for kind, note in self._own_notes(entry.code):
                found[kind].append(note)
            entry = self.diagnosis(entry.parent) if entry.parent else None
        return Notes(*(tuple(found[kind]) for kind in KINDS if kind != "seventh"))

    def _excluded(self, one: str, other: str) -> Note | None:
        said = (
            note
            for here, there in ((one, other), (other, one))
            for note in self._notes(here).excludes1
            if note.names(there)
        )
        return next(said, None) if one != other else None

    def _matches(self, key: str, wanted: str, ways: Callable[[str], tuple[str, ...]]) -> Iterator[Match]:
        """The entries under a fingerprint whose term can indeed be written so."""
        sought = fingerprint(key)
        at = _first(self._phrases, PHRASE.size, sought)
        while at * PHRASE.size < len(self._phrases):
            mark, index, offset, length, path = PHRASE.unpack_from(self._phrases, at * PHRASE.size)
            if mark != sought:
                return
            entry = self._entry(index)
            term = self._string(offset, length) if length else entry.title
            if wanted in ways(term):
                yield Match(entry, PATHS[path & ~DEFAULT], term, bool(path & DEFAULT))
            at += 1

    def _holders(self, phrase: str) -> Iterator[tuple[int, int]]:
        """Where the postings of each of the phrase's words stand, and how many there are."""
        for word in sorted(set(words(phrase))):
            wanted = fingerprint(word)
            at = _first(self._words, WORD.size, wanted)
            if at * WORD.size < len(self._words):
                mark, start, count = WORD.unpack_from(self._words, at * WORD.size)
                if mark == wanted:
                    yield start, count


def _first(records: memoryview, size: int, wanted: int) -> int:
    """The first record, of those in order of their fingerprint, that is not below the wanted one."""
    low, high = 0, len(records) // size
    while low < high:
        middle = (low + high) // 2
        if FINGERPRINT.unpack_from(records, middle * size)[0] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def _verified(view: memoryview, file: str) -> None:
    """A truncated, damaged or foreign file stops the start; the whole is summed once, here."""
    if len(view) < HEADER.size + NAMES.size + DIRECTORY.size:
        raise BadReference(file, 1, 1, "codesets", f"not a compiled code set: {_MEND}")
    magic, layout, checksum, length = HEADER.unpack_from(view)
    if magic != MAGIC or layout != FORMAT:
        raise BadReference(file, 1, 1, "codesets", f"not a code set of this program's format: {_MEND}")
    if len(view) - HEADER.size != length or crc32(view[HEADER.size :]) != checksum:
        raise BadReference(file, 1, 1, "codesets", f"truncated or damaged: {_MEND}")
