"""The loops of an 837: each claim with what stands above it and within it, one claim at a time."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from claims.x12.envelopes import Begun, Body, Ended, Note, read_envelopes
from claims.x12.segments import Delimiters, Segment, X12Fault
from schemas.events.claim import ClaimKind

_MOST_SEGMENTS: Final = 50_000  # of a claim: 999 lines with fifty segments each
_INSIDE: Final = {"LX": 1, "SBR": 1, "NM1": 2, "LIN": 2, "SVD": 2, "LQ": 2}
"""How deep a segment opens a loop within a claim; a NM1 belongs to the claim, to another payer or to a line."""
_BILLING, _SUBSCRIBER, _PATIENT = "20", "22", "23"  # HL03
_ABOVE: Final = {_SUBSCRIBER: _BILLING, _PATIENT: _SUBSCRIBER}
_GUIDES: Final[dict[str, ClaimKind]] = {"005010X222": "professional", "005010X223": "institutional"}
_ELEMENT: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}[0-9]{2}\b")


class Loop:
    """The segment that opens a loop, what follows it, and the loops within."""

    __slots__ = ("head", "loops", "segments")

    def __init__(self, head: Segment) -> None:
        self.head, self.segments, self.loops = head, [head], list[Loop]()

    def all(self, tag: str, *qualifiers: str) -> Iterator[Segment]:
        """Its own segments of a tag, by their first element."""
        return (each for each in self.segments if each.tag == tag and (not qualifiers or each.element(1) in qualifiers))

    def first(self, tag: str, *qualifiers: str) -> Segment | None:
        for each in self.segments:
            if each.elements[0] == tag and (not qualifiers or each.element(1) in qualifiers):
                return each
        return None

    def within(self, tag: str, *qualifiers: str) -> Iterator["Loop"]:
        """The loops directly in it that such a segment opens."""
        heads = ((each, each.head) for each in self.loops)
        return (each for each, head in heads if head.tag == tag and (not qualifiers or head.element(1) in qualifiers))


class ClaimLoops(NamedTuple):
    """A claim (2300), and the loops it stands in: header, billing provider (2000A), subscriber (2000B) and, where the
    patient is somebody else, the patient (2000C)."""

    kind: ClaimKind
    header: Loop
    billing: Loop | None
    subscriber: Loop | None
    patient: Loop | None
    claim: Loop


def read_loops(chunks: Iterable[bytes]) -> Iterator[ClaimLoops | X12Fault]:
    """Every claim of a file of any size, and what is wrong around them. No more than one claim is held."""
    transaction: _Transaction | None = None
    try:
        for part in read_envelopes(chunks):
            match part:
                case Note():
                    yield _fault(part)
                case Begun():
                    kind = _kind(part)
                    transaction = _Transaction(part, kind) if kind else None
                    if kind is None:
                        mend = "send 837 of guide 005010X222A1 or 005010X223A2"
                        element = "GS08" if part.kind == "837" else "ST01"
                        yield X12Fault(part.at, "a transaction that is no 837P and no 837I", mend, element)
                case Body() if transaction is not None:
                    yield from transaction.add(part.segment)
                case Ended() if transaction is not None:
                    yield from transaction.end(part.whole)
                case _:
                    pass
    except X12Fault as fault:  # the file can be read no further
        yield fault


def _kind(begun: Begun) -> ClaimKind | None:
    """By the guide that its group names (GS08)."""
    if begun.kind != "837" or begun.group is None:
        return None
    return _GUIDES.get(begun.group.element(8)[:10])


def _fault(note: Note) -> X12Fault:
    named = _ELEMENT.match(note.why)
    return X12Fault(note.at, note.why, note.mend, named[0] if named else None)


class _Transaction:
    """What of a transaction is open: the levels above the claim, and the claim."""

    def __init__(self, begun: Begun, kind: ClaimKind) -> None:
        self._notes, self._kind = begun.notes, kind
        self._header = Loop(Segment(["ST", begun.kind, begun.control_number], begun.at, Delimiters()))
        self._levels: dict[str, Loop] = {}
        self._claim: Loop | None = None
        self._path: list[Loop] = [self._header]
        self._size = 0
        self._waits_for_claim: Segment | None = None
        """The level that has no claim yet, and no level below it."""

    def add(self, segment: Segment) -> Iterator[ClaimLoops | X12Fault]:
        if segment.tag == "HL":
            yield from self._closed()
            yield from self._level(segment)
        elif segment.tag == "CLM":
            yield from self._closed()
            self._claim, self._waits_for_claim, self._size = Loop(segment), None, 1
            self._path = [self._claim]
        else:
            self._size += 1
            if self._size == _MOST_SEGMENTS and self._claim is not None:
                self._claim, self._path = None, [Loop(segment)]
                yield X12Fault(segment.at, "a claim of more segments than any has", "end it: CLM, HL or SE is missing")
            elif self._size < _MOST_SEGMENTS:
                self._place(segment)

    def end(self, whole: bool) -> Iterator[ClaimLoops | X12Fault]:
        """The last claim of a transaction that breaks off may lack its own end: it is not judged."""
        if whole:
            yield from self._closed()
            yield from self._without_claim()
        elif self._claim is not None:
            at = self._claim.head.at
            yield X12Fault(at, "the transaction breaks off within this claim", "send the file whole", "CLM01")
        yield from map(_fault, (*self._notes.faults, *self._notes.findings))

    def _closed(self) -> Iterator[ClaimLoops]:
        if self._claim is not None:
            level = self._levels.get
            above = level(_BILLING), level(_SUBSCRIBER), level(_PATIENT)
            yield ClaimLoops(self._kind, self._header, *above, self._claim)
            self._claim = None

    def _level(self, segment: Segment) -> Iterator[X12Fault]:
        level = segment.element(3)
        if level not in (_BILLING, _SUBSCRIBER, _PATIENT):
            yield X12Fault(segment.at, "a level that an 837 doesn't have", "write 20, 22 or 23", "HL03")
        if level != _PATIENT:
            yield from self._without_claim()
        self._levels = {known: loop for known, loop in self._levels.items() if known < level}
        above = self._levels.get(_ABOVE.get(level, ""))
        if above is not None and segment.element(2) != above.head.element(1):
            mend = "name the HL01 of the level before it"
            yield X12Fault(segment.at, "a level under another one than that it follows", mend, "HL02")
        self._levels[level] = Loop(segment)
        self._waits_for_claim = segment if level != _BILLING else None
        self._path, self._size = [self._levels[level]], 1

    def _without_claim(self) -> Iterator[X12Fault]:
        waiting, self._waits_for_claim = self._waits_for_claim, None
        if waiting is not None:
            yield X12Fault(waiting.at, "a level without a claim: CLM is missing", "give the claim, or leave it out")

    def _place(self, segment: Segment) -> None:
        """Into the innermost open loop, or as the head of a loop of its own."""
        depth = _INSIDE.get(segment.tag)
        if depth is None or (depth == 1 and self._claim is None):
            self._path[-1].segments.append(segment)
            return
        loop = Loop(segment)
        self._path = [*self._path[: min(depth, _depth(self._path, depth))], loop]
        self._path[-2].loops.append(loop)


def _depth(path: list[Loop], depth: int) -> int:
    """How many loops stay open above one of that depth: of depth 2 the line or payer, where one is."""
    if depth == 1 or len(path) == 1:
        return 1
    return 2 if path[1].head.tag in ("LX", "SBR") else 1
