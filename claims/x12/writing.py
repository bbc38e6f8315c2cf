"""Segments as they are written: characters a payer takes, values that fit their element, no element that is empty at
the end.

Names and free text are made to fit: letters beyond ASCII are written by their Latin base, a delimiter becomes a blank,
and what is longer than its element is cut. An identifier is somebody's: it is written as it is, or not at all.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from unicodedata import normalize

from claims.x12.segments import Delimiters
from schemas.events.types import Day

Charset = Literal["basic", "extended"]
"""X12 5010 appendix B: basic has capitals alone, extended small letters and more signs. We use no accents in either."""

MOST_CENTS: Final = 9_999_999_999
"""Ten digits, the decimal point apart: the longest amount of the 5010 implementation guides."""
_MOST_DIGITS: Final = 8  # of a quantity before the point (SV104, SV205)

_USUAL: Final = Delimiters()
_BASIC: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()*+,-./:;?=")
_EXTENDED: Final = _BASIC | frozenset("abcdefghijklmnopqrstuvwxyz%~@[]_{}\\|<>#$")
_LATIN: Final = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d",
        "Ð": "D", "ł": "l", "Ł": "L", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N",
        "‘": "'", "’": "'", "ʻ": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-",
        "–": "-", "—": "-", "−": "-", "…": "...", "\t": " ", "\n": " ",
    }
)  # fmt: skip


class Unwritable(ValueError):
    """What of a claim can't be written: its field, why, and the mend. Never a value of the claim."""

    def __init__(self, field: str, why: str, mend: str) -> None:
        super().__init__(f"{field}: {why}; mend: {mend}")
        self.field, self.why, self.mend = field, why, mend


class _Signs(NamedTuple):
    """What a code is written with, and a name that needs no fitting; what else is in a value, and what becomes of
    delimiters."""

    code: Callable[[str], re.Match[str] | None]
    words: Callable[[str], re.Match[str] | None]
    fits: Callable[[str], re.Match[str] | None]
    other: re.Pattern[str]
    blank: Mapping[int, str]


@lru_cache(16)
def _signs(charset: Charset, delimiters: Delimiters) -> _Signs:
    allowed = (_BASIC if charset == "basic" else _EXTENDED) - frozenset(delimiters)
    signs, marks = _class_of(allowed), _class_of(allowed - {" "})
    blank = dict.fromkeys(map(ord, delimiters), " ")
    return _Signs(
        re.compile(f"[{marks}](?:[{signs}]*[{marks}])?").fullmatch,
        re.compile(f"[{marks}]+(?: [{marks}]+)*").fullmatch,
        re.compile(f"[{signs}]*").fullmatch,
        re.compile(f"[^{signs}]"),
        blank,
    )


def _class_of(signs: AbstractSet[str]) -> str:
    return re.escape("".join(sorted(signs)))


class Writer:
    """Segments, one after another, in one set of delimiters and characters."""

    def __init__(self, charset: Charset = "extended", delimiters: Delimiters = _USUAL) -> None:
        self.delimiters, self.charset = delimiters, charset
        self.segments: list[str] = []
        self._element, self._component = delimiters.element, delimiters.component
        self._code, self._words, self._fits, self._other, self._blank = _signs(charset, delimiters)

    def put(self, *elements: str) -> None:
        """A segment, without the elements that are empty at its end."""
        self.segments.append(self._element.join(elements).rstrip(self._element))

    def block(self, written: Callable[..., None], *of: Hashable) -> None:
        """Segments that `written` says of the same in every claim, made once: who sends, who bills. Not of patients,
        of whom nothing is kept."""
        self.segments += _block(self.charset, self.delimiters, written, of)

    def composite(self, *components: str) -> str:
        """An element of components, without those that are empty at its end."""
        return self._component.join(components).rstrip(self._component)

    def file(self) -> str:
        """What was written, each segment with its terminator and a line end."""
        end = self.delimiters.segment + "\n"
        return end.join(self.segments) + end if self.segments else ""

    def name(self, field: str, value: str | None, longest: int, shortest: int = 1) -> str:
        """A name or free text, made to fit; empty where there is none. A name in letters that have no Latin base is
        refused: nobody knows how the payer has it."""
        if not value:
            return ""
        made = value if len(value) <= longest and self._words(value) else self._fitted(field, value, longest)
        if len(made) < shortest:
            raise Unwritable(field, f"shorter than {shortest} letters that X12 has", "write it in Latin letters")
        return made

    def code(self, field: str, value: str | None, longest: int, shortest: int = 1) -> str:
        """An identifier or a code as it is; empty where there is none."""
        if not value:
            return ""
        if not shortest <= len(value) <= longest:
            raise Unwritable(field, f"not of {shortest} to {longest} characters", "see the number: none is cut")
        if not self._code(value):
            if self.charset == "basic" and self._code(value.upper()):
                return value.upper()
            raise Unwritable(field, "a character that X12 has not, or parts elements with", "see the number")
        return value

    def _fitted(self, field: str, value: str, longest: int) -> str:
        if self._fits(value):
            plain = value
        else:
            plain = latin(value)
            plain = (plain.upper() if self.charset == "basic" else plain).translate(self._blank)
            if self.charset == "basic" or self._other.search(plain):
                plain = self._without_signs(field, plain)
        return " ".join(plain.split())[:longest].rstrip()

    def _without_signs(self, field: str, plain: str) -> str:
        """Signs become blanks; a letter that has no place is no sign."""
        foreign = self._other.findall(plain)
        if any(sign.isalnum() for sign in foreign):
            raise Unwritable(field, "letters that X12 has not", "give the name in Latin letters, as the payer has it")
        return self._other.sub(" ", plain)


@lru_cache(1024)
def _block(
    charset: Charset, delimiters: Delimiters, written: Callable[..., None], of: tuple[Hashable, ...]
) -> tuple[str, ...]:
    w = Writer(charset, delimiters)
    written(w, *of)
    return tuple(w.segments)


@lru_cache(4096)
def latin(value: str) -> str:
    """Letters by their Latin base: Muñoz is Munoz, Łukasz Lukasz, Groß Gross."""
    if value.isascii():
        return value.translate(_LATIN)
    apart = normalize("NFKD", value.translate(_LATIN))
    return "".join(letter for letter in apart if not 0x300 <= ord(letter) <= 0x36F)


def amount(field: str, cents: int) -> str:
    """Dollars: no point where there are no cents, no zero at the end."""
    if not -MOST_CENTS <= cents <= MOST_CENTS:
        raise Unwritable(field, "beyond 99,999,999.99, the most that an 837 holds", "split the claim")
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}{f'.{rest:02d}'.rstrip('0') if rest else ''}"


def quantity(field: str, thousandths: int) -> str:
    """A quantity: at most 8 digits before the point and 3 behind it."""
    whole, rest = divmod(thousandths, 1000)
    if whole >= 10**_MOST_DIGITS:
        raise Unwritable(field, f"more than {_MOST_DIGITS} digits", "split the line")
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def day(value: Day) -> str:
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def days(first: Day, last: Day) -> str:
    """RD8: from - to."""
    return f"{day(first)}-{day(last)}"
