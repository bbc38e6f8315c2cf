"""What the title of an HCPCS code says beside the service: that it names none, and for which ages it is."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

_CACHED: Final = 8192
_UNLISTED: Final = re.compile(
    r"\b(not (?:otherwise|elsewhere) classified|noc|unlisted|unclassified|miscellaneous)\b", re.IGNORECASE
)
_UNSPECIFIED: Final = re.compile(r"\b(not otherwise specified|nos|unspecified)\b", re.IGNORECASE)
_MEASURED: Final = re.compile(
    r"\b(?:per|[0-9.]+) ?(?:mcg|mg|g|gm|grams?|ml|cc|i\.?u|units?|minutes?|hour|diem)\b", re.IGNORECASE
)
_FROM: Final = re.compile(
    r"\b(?:age[ds]? )?(?P<first>[0-9]{1,3}) ?(?:years?|yrs?)(?: of age| old)? (?:and|or) (?:older|above|over)\b",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    r"\b(?P<first>[0-9]{1,3}) ?(?:-|to|through) ?(?P<last>[0-9]{1,3}) ?years?(?: of age| old)\b", re.IGNORECASE
)
_BELOW: Final = re.compile(
    r"\b(?:under|below|younger than|less than) (?P<end>[0-9]{1,3}) ?years?(?: of age| old)\b", re.IGNORECASE
)
_OLDEST: Final = 200


class Ages(NamedTuple):
    """Full years, both counted in."""

    first: int
    last: int


@lru_cache(_CACHED)
def is_unlisted(title: str) -> bool:
    """Does the title name no one service, so that a claim has to (837 SV101-7)?

    A drug by the milligram, or help by the hour, whose form is 'not otherwise specified' is one service: J3301 is
    triamcinolone, and nobody asks for more words.
    """
    if _UNLISTED.search(title) is not None:
        return True
    return _UNSPECIFIED.search(title) is not None and _MEASURED.search(title) is None


@lru_cache(_CACHED)
def ages_of(title: str) -> Ages | None:
    """For whom the service is, where the title says so in whole years."""
    if found := _BETWEEN.search(title):
        return Ages(int(found["first"]), int(found["last"]))
    if found := _FROM.search(title):
        return Ages(int(found["first"]), _OLDEST)
    if found := _BELOW.search(title):
        return Ages(0, int(found["end"]) - 1)
    return None
