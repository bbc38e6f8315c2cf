"""Envelopes: interchanges, groups and transactions, as their segments come; and what their trailers say that isn't so.

A wrong count or a control number that isn't repeated is a finding: the content can be read. A transaction that ends
before its SE is cut off, and nothing of it may be used.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from claims.x12.segments import Segment, X12Fault, read_segments
from claims.x12.values import whole

_KEPT: Final = 50
"""How many notes of one transaction are kept; of a file of nothing but faults, its first ones tell enough."""


class Note(NamedTuple):
    """What is wrong with a file, where (the segment's number in it, from 1), and the mend. Never a value of it."""

    at: int
    code: str
    why: str
    mend: str


@dataclass
class Notes:
    """Findings, which stop nothing, and faults, for each of which the whole transaction is suspended."""

    findings: list[Note] = field(default_factory=list)
    faults: list[Note] = field(default_factory=list)

    def find(self, at: int, code: str, why: str, mend: str) -> None:
        if len(self.findings) < _KEPT:
            self.findings.append(Note(at, code, why, mend))

    def suspend(self, at: int, code: str, why: str, mend: str) -> None:
        if len(self.faults) < _KEPT:
            self.faults.append(Note(at, code, why, mend))


class Begun(NamedTuple):
    """A transaction begins, in its group (GS). `senders` are the ids by which group and interchange name the sender;
    `is_test` where the interchange says that it is one (ISA15 T)."""

    kind: str
    control_number: str
    group: Segment | None
    senders: tuple[str, ...]
    at: int
    notes: Notes
    is_test: bool = False


class Body(NamedTuple):
    segment: Segment


class Ended(NamedTuple):
    """A transaction's end; not `whole` where the file or its envelope ended first."""

    whole: bool


class Between(NamedTuple):
    """A segment of an interchange (ISA) that belongs to no transaction, such as TA1."""

    segment: Segment
    interchange: Segment | None


Part = Begun | Body | Ended | Between | Note
"""A Note here is a finding about an envelope."""


@dataclass
class _Envelope:
    senders: tuple[str, ...] = ()
    interchange: str = ""
    is_test: bool = False
    isa: Segment | None = None
    groups: int = 0
    group: Segment | None = None
    transactions: int = 0
    transaction: Segment | None = None
    segments: int = 0
    notes: Notes = field(default_factory=Notes)
    is_lost: bool = False
    """Whether it was said that here is something outside of any transaction."""


def read_envelopes(chunks: Iterable[bytes]) -> Iterator[Part]:
    """The transactions of a file, segment by segment; X12Fault where the file can't be read on."""
    now, segment = _Envelope(), None
    try:
        for segment in read_segments(chunks):
            yield from _take(now, segment)
    except X12Fault:
        yield from _cut_off(now)
        raise
    if segment is None:
        raise X12Fault(1, "there is nothing in it", "send a file that begins with ISA")
    yield from _cut_off(now)
    if now.interchange:
        yield Note(
            segment.at, "no-end", "the last interchange has no IEA: more may follow", "read it again once it is whole"
        )


def _take(now: _Envelope, segment: Segment) -> Iterator[Part]:
    match segment.tag:
        case "ISA":
            yield from _cut_off(now)
            if now.interchange:
                yield Note(segment.at, "trailer", "the interchange before has no IEA", "send the file whole")
            now.interchange, now.groups = segment.element(13).strip(), 0
            now.senders, now.group, now.isa = (segment.element(6).strip(),), None, segment
            now.is_test = segment.element(15) == "T"
        case "GS":
            yield from _cut_off(now)
            now.group, now.groups, now.transactions = segment, now.groups + 1, 0
        case "ST":
            yield from _cut_off(now)
            yield _begun(now, segment)
        case "SE" if now.transaction is not None:
            now.segments += 1
            _compare(now.notes, segment, now.segments, now.transaction.element(2), "segments")
            now.transaction = None
            yield Ended(True)
        case "GE":
            yield from _cut_off(now)
            if now.group is not None:
                yield from _trailer(segment, now.transactions, now.group.element(6), "transactions")
            now.group = None
        case "IEA":
            yield from _cut_off(now)
            yield from _trailer(segment, now.groups, now.interchange, "groups")
            now.interchange = ""
        case _ if now.transaction is not None:
            now.segments += 1
            yield Body(segment)
        case "TA1":
            yield Between(segment, now.isa)
        case _ if not now.is_lost:
            now.is_lost = True
            yield Note(segment.at, "outside", "what stands here is of no transaction: ST is missing", "send ST to SE")


def _begun(now: _Envelope, segment: Segment) -> Begun:
    now.transaction, now.segments, now.transactions, now.notes = segment, 1, now.transactions + 1, Notes()
    now.is_lost = False
    group = now.group
    senders = now.senders if group is None else (group.element(2).strip(), *now.senders)
    return Begun(segment.element(1), segment.element(2), group, senders, segment.at, now.notes, now.is_test)


def _cut_off(now: _Envelope) -> Iterator[Part]:
    """Whatever begins or ends outside ends a transaction that has no SE yet."""
    if now.transaction is not None:
        now.notes.suspend(now.transaction.at, "truncated", "the transaction has no end (SE)", "send the file whole")
        now.transaction = None
        yield Ended(False)


def _trailer(segment: Segment, counted: int, number: str, what: Literal["transactions", "groups"]) -> Iterator[Note]:
    notes = Notes()
    _compare(notes, segment, counted, number, what)
    yield from notes.findings


def _compare(notes: Notes, segment: Segment, counted: int, number: str, what: str) -> None:
    """SE, GE and IEA count what they close and repeat its control number."""
    if whole(segment, 1) != counted:
        notes.find(segment.at, "trailer", f"{segment.tag}01 is not the number of {what}", f"count the {what}")
    if segment.element(2).strip() != number.strip():
        notes.find(segment.at, "trailer", f"{segment.tag}02 is not the control number that it closes", "repeat it")
