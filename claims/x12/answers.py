"""Payers' files as events: payments and answers (835), acknowledgements (277CA, 999, TA1).

A file is read once, as it comes, and never held: an event is said when its claim ends, and its transaction's result
follows the last of them. Who takes the events holds them back until then, for what is suspended is suspended whole.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from pydantic import ValidationError

from claims.x12.acknowledgements import ClaimStatusReader
from claims.x12.envelopes import Begun, Between, Body, Ended, Note, read_envelopes
from claims.x12.file_acknowledgements import FileStatusReader, about_interchange
from claims.x12.remittances import RemittanceReader
from claims.x12.segments import Segment, X12Fault
from claims.x12.transactions import (
    Directory,
    IsOurs,
    Reader,
    Result,
    Said,
    WhatWasSent,
    WhoseClaim,
    WhosePayer,
    suspend,
)

_READERS: Final[dict[str, Callable[[Begun, Directory], Reader]]] = {
    "835": RemittanceReader,
    "277": ClaimStatusReader,
    "999": FileStatusReader,
    "997": FileStatusReader,
}

_PAYMENT, _TAKEN = "005010X221", "005010X214"


def read_answers(
    chunks: Iterable[bytes],
    whose: WhosePayer,
    whose_claim: WhoseClaim = lambda _: None,
    *,
    is_ours: IsOurs = lambda _: True,
    takes_tests: bool = False,
    sent: WhatWasSent | None = None,
    parts: Mapping[int, str] | None = None,
) -> Iterator[Said | Result | Note]:
    """The events of each transaction and then its result; between them what is wrong with envelopes.

    X12Fault where the file can't be read on; the transaction in which that is has had its result by then.
    """
    reading: _Reading | None = None
    directory = Directory(whose, whose_claim, is_ours, takes_tests, sent, parts or {})
    for part in read_envelopes(chunks):
        match part:
            case Begun():
                reading = _Reading(part, directory)
            case Body(segment) if reading is not None:
                yield from reading.take(segment)
            case Ended(whole) if reading is not None:
                yield from reading.end(whole)
                reading = None
            case Between(segment, interchange) if segment.tag == "TA1":
                yield from about_interchange(segment, interchange, directory)
            case Note():
                yield part


class _Reading:
    """One transaction, by the reader of its kind; of a kind that answers nothing, only that it was there."""

    def __init__(self, begun: Begun, directory: Directory) -> None:
        self._begun = begun
        made = _READERS.get(begun.kind)
        _look_at_guide(begun)
        self._reader = None if made is None or begun.notes.faults else made(begun, directory)
        if made is None:
            begun.notes.find(begun.at, "no-answer", "a transaction that answers no claim", "leave it out")
        elif begun.is_test and not directory.takes_tests:
            begun.notes.suspend(begun.at, "test-file", "ISA15: a test, which answers nothing", "ask for the real one")

    def take(self, segment: Segment) -> Iterator[Said]:
        if self._reader is None:
            return
        try:
            yield from self._reader.take(segment)
        except (X12Fault, ValidationError) as unreadable:
            suspend(self._begun.notes, segment.at, segment.tag, unreadable)

    def end(self, whole: bool) -> Iterator[Said | Result]:
        begun, reader = self._begun, self._reader
        if reader is None:
            notes = tuple(begun.notes.faults), tuple(begun.notes.findings)
            yield Result(begun.kind, begun.control_number, begun.at, None, None, None, 0, 0, 0, *notes)
            return
        if whole:
            yield from reader.end()
        yield reader.result(begun)


def _look_at_guide(begun: Begun) -> None:
    """An 835 of another edition is held to the same equations. A 277 of another guide is not about what was taken: it
    tells how far claims are (X212), or asks for more (X213)."""
    guide = "" if begun.group is None else begun.group.element(8)
    if begun.kind == "835" and not guide.startswith(_PAYMENT):
        begun.notes.find(begun.at, "other-guide", "GS08: not of guide 005010X221A1", "send that")
    if begun.kind == "277" and not guide.startswith(_TAKEN):
        begun.notes.suspend(
            begun.at, "other-guide", "GS08: a 277 that is no acknowledgement (277CA)", "send 005010X214"
        )
