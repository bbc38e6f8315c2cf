"""Interchange, group and transaction set: ISA to IEA, GS to GE, ST to SE. Control numbers and time are arguments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from claims.x12.writing import Unwritable, Writer, day
from schemas.events.claim import ClaimKind

VERSIONS: Final[dict[ClaimKind, str]] = {"professional": "005010X222A1", "institutional": "005010X223A2"}
MOST_NUMBER: Final = 999_999_999
"""Of ISA13 and GS06: nine digits."""


class Envelope(NamedTuple):
    """What is said once of a file: who sends it to whom, its number, when, and whether it is a test (ISA15)."""

    sender: str
    receiver: str
    number: int
    at: datetime
    test: bool = False


def interchange(w: Writer, envelope: Envelope, version: str, sets: Sequence[Sequence[str]]) -> None:
    """One interchange with one group of transaction sets; a group has the number of its interchange."""
    if not 1 <= envelope.number <= MOST_NUMBER:
        raise Unwritable("ISA13", "not of nine digits", "begin the interchanges of this ledger anew")
    at, number = envelope.at, envelope.number
    ids = [_padded(w, "ISA06", envelope.sender), _padded(w, "ISA08", envelope.receiver)]
    w.put(
        "ISA", "00", " " * 10, "00", " " * 10, "ZZ", ids[0], "ZZ", ids[1], f"{at:%y%m%d}", f"{at:%H%M}",
        w.delimiters.repetition, "00501", f"{number:09d}", "0", "T" if envelope.test else "P", w.delimiters.component,
    )  # fmt: skip
    w.put("GS", "HC", envelope.sender, envelope.receiver, f"{at:%Y%m%d}", f"{at:%H%M}", str(number), "X", version)
    for each in sets:
        w.segments.extend(each)
    w.put("GE", str(len(sets)), str(number))
    w.put("IEA", "1", f"{number:09d}")


def opening(w: Writer, kind: ClaimKind, number: str, reference: str, at: datetime) -> None:
    """ST and BHT: original claims, to be paid."""
    w.put("ST", "837", number, VERSIONS[kind])
    w.put("BHT", "0019", "00", w.code("BHT03", reference, 50), day(at), f"{at.hour:02d}{at.minute:02d}", "CH")


def closing(w: Writer, number: str) -> None:
    """SE counts every segment of its set, ST and itself."""
    w.put("SE", str(len(w.segments) + 1), number)


def _padded(w: Writer, field: str, party: str) -> str:
    return w.code(field, party, 15, 2).ljust(15)
