"""The compiled file of dated tables: a header, a directory in JSON, then fixed records in order, numbers big-endian.

magic 8 | format u16 | crc32 of the rest u32 | length of the rest u64 | length of the directory u32 | directory | body

The directory lists the releases: whose table, from where, when we learned it, and where in the body its records and
its text stand. A record is its key, its first and last day (u16, days after 1 January 1900; 65535: no end) and what
else the table says:

term       code 8s                               title offset u32, title length u16, note 2s
pair       column 1 5s, column 2 5s              indicator u8
limit      code 5s                               units u32, indicator u8
add-on     code 5s, base 5s                      kind u8
necessity  code 5s, policy 16s, diagnosis 8s     nothing
"""

import struct
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

Buffer = bytes | memoryview

MAGIC: Final = b"CLMTABLE"
FORMAT: Final = 1
HEADER: Final = struct.Struct(">8sHIQ")
LENGTH: Final = struct.Struct(">I")
SPAN: Final = struct.Struct(">HH")

_EPOCH: Final = date(1900, 1, 1).toordinal()
NO_END: Final = 0xFFFF
FIRST_DAY: Final = date.fromordinal(_EPOCH)
LAST_DAY: Final = date.fromordinal(_EPOCH + NO_END - 1)
ANY_BASE: Final = "*"
"""The base of an add-on whose bases the payer names."""


class Shape(NamedTuple):
    """How a table's records are cut. `void` is what a record says that is never in force (PTP indicator 9)."""

    parts: tuple[int, ...]
    said: struct.Struct
    void: bytes | None = None

    @property
    def key(self) -> int:
        return sum(self.parts)

    @property
    def size(self) -> int:
        return self.key + SPAN.size + self.said.size

    def packed(self, *parts: str) -> bytes | None:
        """A key, or its beginning; null when no record can have it."""
        key = b"".join([part.encode().ljust(size, b"\0") for part, size in zip(parts, self.parts, strict=False)])
        return key if len(key) == sum(self.parts[: len(parts)]) and "\0" not in "".join(parts) else None

    def unpacked(self, key: bytes) -> list[str]:
        found, at = [], 0
        for size in self.parts:
            found.append(key[at : at + size].rstrip(b"\0").decode())
            at += size
        return found


TERM: Final = Shape((8,), struct.Struct(">IH2s"))
PAIR: Final = Shape((5, 5), struct.Struct(">B"), void=b"\x09")
LIMIT: Final = Shape((5,), struct.Struct(">IB"))
ADD_ON: Final = Shape((5, 5), struct.Struct(">B"))
NECESSITY: Final = Shape((5, 16, 8), struct.Struct(">"))


def shape_of(table: str) -> Shape:
    if table.startswith("ptp-"):
        return PAIR
    if table.startswith("mue-"):
        return LIMIT
    return {"add-on": ADD_ON, "necessity": NECESSITY}.get(table, TERM)


def days_of(first: date, last: date | None) -> bytes:
    """The span of a record; what the file can't hold is a fault of the row."""
    if not FIRST_DAY <= first <= LAST_DAY or (last is not None and not first <= last <= LAST_DAY):
        raise ValueError
    return SPAN.pack(first.toordinal() - _EPOCH, NO_END if last is None else last.toordinal() - _EPOCH)


@lru_cache(4096)
def day_of(number: int) -> date | None:
    return None if number == NO_END else FIRST_DAY + timedelta(days=number)


def digest_of(head: Sequence[object], *parts: Buffer) -> str:
    """What a release says, whoever published it and in whatever form."""
    digest = blake2b("\n".join(map(str, head)).encode(), digest_size=8)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def latest(days: Sequence[date | None]) -> date | None:
    """The last of some last days; none of them ends when one doesn't."""
    return None if None in days else max(day for day in days if day is not None)
