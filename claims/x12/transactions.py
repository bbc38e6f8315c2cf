"""What a payer's transaction comes to, and what each kind of it must be able to do to be read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, NamedTuple, Protocol

from pydantic import ValidationError

from claims.x12.envelopes import Begun, Note, Notes
from claims.x12.segments import Segment, X12Fault
from claims.x12.values import NoRoom, no_room
from schemas.events import ClaimAcknowledged, ClaimAdjudicated, Remittance

Said = ClaimAcknowledged | Remittance | ClaimAdjudicated
WhosePayer = Callable[[Sequence[str]], str | None]
"""Our payer by the ids under which a file may name him, the surest first; null where none is known."""
WhoseClaim = Callable[[str], str | None]
"""The payer to whom the claim with this control number was sent: a clearing house speaks for many."""
IsOurs = Callable[[str], bool]
"""Whether an NPI or a tax id is one of a hospital of ours, or of who bills for it."""
FileVerdict = Literal["received", "accepted", "with-errors", "partly", "refused"]
"""What is said of a file, the weakest first: its envelope was read (TA1), and what became of its content (999)."""


class SentFile(NamedTuple):
    """A file of ours, or a set of it: to whom it went, and the claims in it that went in no later one."""

    payer: str
    claims: tuple[str, ...]


class FileAnswer(NamedTuple):
    """What is said of a file, or of one of its transaction sets, under the number by which it is named."""

    kind: str
    sender: str
    number: str
    set_number: str | None
    verdict: FileVerdict
    is_ours: bool


WhatWasSent = Callable[[str, str | None], SentFile | None]
"""The file of ours that has this number (ISA13, GS06), or its set of this number (ST02); null where there is none."""


@dataclass(frozen=True)
class Directory:
    """How the payer of a file is found, whether its payee is ours, whether this is a system for tests, what we sent
    (null where there is no ledger to ask), and which payments of the file are parts of one."""

    by_ids: WhosePayer
    by_claim: WhoseClaim
    is_ours: IsOurs
    takes_tests: bool
    sent: WhatWasSent | None = None
    parts: Mapping[int, str] = field(default_factory=dict)


UNKNOWN_PAYER = "name his payer_id in partners.yaml, or say whose file it is: --payer"


@dataclass(frozen=True)
class Result:
    """One transaction: who spoke of which payment, how many claims, what they come to; and what was wrong."""

    kind: str
    control_number: str
    at: int
    payer: str | None
    trace: str | None
    event_id: str | None
    """Of the event that names the whole: a remittance's own, or the last acknowledgement's."""
    claims: int
    paid_cents: int
    payment_cents: int
    faults: tuple[Note, ...]
    findings: tuple[Note, ...]
    files: tuple[FileAnswer, ...] = ()
    content: str | None = None
    """Of a payment, what it says of its claims (payment_parts.py)."""

    @property
    def is_whole(self) -> bool:
        return not self.faults


class Reader(Protocol):
    """Reads the segments of one transaction between ST and SE."""

    def take(self, segment: Segment) -> Iterator[Said]: ...

    def end(self) -> Iterator[Said]: ...

    def result(self, begun: Begun) -> Result: ...


def digest(segments: Iterable[Segment]) -> str:
    """The content of segments, whatever delimiters they came with and wherever in a file they stood."""
    content = blake2b(digest_size=16)
    for segment in segments:
        said = "\x1f".join(segment.elements).replace(segment.delimiters.component, "\x1d")
        content.update(said.encode())
        content.update(b"\x1e")
    return content.hexdigest()


def suspend(notes: Notes, at: int, element: str, error: X12Fault | ValidationError) -> None:
    """What can't be an event of ours suspends its transaction; fields are named, never what they hold."""
    fault = error if isinstance(error, X12Fault) else no_room(at, error, element)
    where = "" if fault.element is None else f"{fault.element}: "
    code = "invalid-field" if isinstance(fault, NoRoom) else "unreadable"
    notes.suspend(fault.at, code, f"{where}{fault.why}", fault.mend)
