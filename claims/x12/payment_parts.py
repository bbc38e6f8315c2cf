"""Several transactions of a file under one trace number: a payment that was sent in parts.

A trace number names one payment, and its answers stand at positions in it. Parts are payments of their own, each by
what it says of its claims, so that the same part has the same name in whatever file it comes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from claims.x12.envelopes import Begun, Body, read_envelopes
from claims.x12.segments import Segment, X12Fault

_835: Final = re.compile(rb"ST(.)835\1", re.DOTALL)
_OVERLAP: Final = 6  # bytes of such a segment that may stand at the end of a piece


class Content:
    """What a transaction says: how much is paid, and each claim's number, status, charge, payment and the patient's
    part. A file that is made anew says the same, whatever its envelope and its day."""

    def __init__(self) -> None:
        self._claims = blake2b(digest_size=16)

    def add(self, clp: Segment) -> None:
        self._claims.update("\x1f".join(clp.elements[1:6]).encode() + b"\x1e")

    def name(self, amount: str) -> str:
        """Eight signs."""
        return blake2b(self._claims.digest() + amount.encode(), digest_size=4).hexdigest()


def has_several(chunks: Iterable[bytes]) -> bool:
    """Whether a file may have more than one payment; quick, for most have one."""
    found, tail = 0, b""
    for chunk in chunks:
        seen = tail + chunk
        found += sum(1 for match in _835.finditer(seen) if match.end() > len(tail))
        if found > 1:
            return True
        tail = seen[-_OVERLAP:]
    return False


def parts(chunks: Iterable[bytes], *, every: bool = False) -> dict[int, str]:
    """The names of payments of which a file has parts that say different things, by the segment that begins each; with
    `every` of all its payments."""
    named: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    try:
        for at, trace, name in _contents(chunks):
            named[trace][at] = name
    except X12Fault:
        pass  # who reads the file for good tells of it
    several = (found for found in named.values() if every or len(set(found.values())) > 1)
    return {at: name for found in several for at, name in found.items()}


def _contents(chunks: Iterable[bytes]) -> Iterable[tuple[int, tuple[str, str], str]]:
    """Where each payment begins, its trace number with whose it is, and what it says."""
    at, trace, amount, content = 0, ("", ""), "", Content()
    for part in read_envelopes(chunks):
        match part:
            case Begun():
                at, trace, amount, content = part.at, ("", ""), "", Content()
            case Body(segment):
                match segment.tag:
                    case "TRN":
                        trace = segment.element(2).strip(), segment.element(3).strip()
                    case "BPR":
                        amount = segment.element(2)
                    case "CLP":
                        content.add(segment)
            case _ if trace[0]:
                yield at, trace, content.name(amount)
                trace = ("", "")
