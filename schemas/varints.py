"""Avro's numbers, dates and instants, as generated code calls them: the cases its inlined paths leave over."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

__all__ = ["BadVarint", "block", "day", "day_bytes", "instant", "instant_bytes", "length", "put", "six", "varint"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAST_SHIFT = 63  # of a tenth byte
_EXACT = 2**42  # milliseconds, up to the year 2109: so far a float of seconds is exact to the microsecond


class BadVarint(ValueError):
    """No number, length or branch of Avro stands here."""


def varint(b: bytes, p: int) -> tuple[int, int]:
    """The raw (zigzag) number at `p`, and where it ends: after ten bytes at most (Avro 1.12, a long has 64 bits)."""
    n = b[p]
    if n < 128:
        return n, p + 1
    shift, n = 7, n & 127
    while (byte := b[p := p + 1]) > 127:
        n |= (byte & 127) << shift
        shift += 7
        if shift > _LAST_SHIFT:
            raise BadVarint
    n |= byte << shift
    if n >= 1 << 64:
        raise BadVarint
    return n, p + 1


def length(b: bytes, p: int) -> tuple[int, int]:
    """A raw length, and its last byte's position. A negative one is refused, so that a position never moves back."""
    n, p = varint(b, p)
    if n & 1:
        raise BadVarint
    return n, p - 1


def block(b: bytes, p: int) -> tuple[int, int]:
    """A raw block count. A negative one is followed by the block's size in bytes, which only those need who skip it.

    Zero, which ends an array, is one byte; a longer one would be taken for an empty block with others behind it.
    """
    n, p = varint(b, p)
    if n == 0:
        raise BadVarint
    if not n & 1:
        return n, p
    _, p = varint(b, p)
    return n + 1, p


def put(o: bytearray, number: int) -> None:
    """Append a number, zigzag and in groups of seven bits."""
    if not -(2**63) <= number < 2**63:
        raise OverflowError
    n = number << 1 if number >= 0 else ~(number << 1)
    while n > 127:
        o.append(n & 127 | 128)
        n >>= 7
    o.append(n)


def text(word: str) -> bytes:
    encoded = word.encode()
    return _number(len(encoded)) + encoded


def _number(number: int) -> bytes:
    o = bytearray()
    put(o, number)
    return bytes(o)


@lru_cache(4096)
def day(raw: int) -> date:
    """Days recur: those of one year's charts are few."""
    return date.fromordinal((raw >> 1 ^ -(raw & 1)) + _EPOCH_DAY)


@lru_cache(4096)
def day_bytes(of: date) -> bytes:
    return _number(of.toordinal() - _EPOCH_DAY)


@lru_cache(4096)
def six(raw: bytes) -> datetime | None:
    """The instant in six bytes, as all from July 1970 to 2039 are; None for others. A chart often repeats one."""
    if len(raw) < 6 or raw[5] > 127 or min(raw[:5]) < 128:
        return None
    return instant(raw, 0)[0]


def instant(b: bytes, p: int) -> tuple[datetime, int]:
    n, p = varint(b, p)
    milliseconds = n >> 1 ^ -(n & 1)
    if 0 <= milliseconds < _EXACT:
        return datetime.fromtimestamp(milliseconds / 1000, UTC), p
    return _EPOCH + timedelta(milliseconds=milliseconds), p


def instant_bytes(of: datetime) -> bytes:
    n = (of - _EPOCH) // _MILLISECOND
    if not 2**34 <= n < 2**41:
        return _number(n)
    n <<= 1  # six groups of seven bits
    low = n & 127 | 128, n >> 7 & 127 | 128, n >> 14 & 127 | 128, n >> 21 & 127 | 128
    return bytes((*low, n >> 28 & 127 | 128, n >> 35))
