"""Which side of the body a diagnosis code says, read from its title."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal

from claims.codesets import CodeSets

Side = Literal["left", "right"]

_CACHED: Final = 8192
_SIDE: Final = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_OTHER: Final[dict[str, Side]] = {"left": "right", "right": "left"}


def sides_of(codes: CodeSets) -> Callable[[str], Side | None]:
    """The side that a code's title names, where the other side has a code with the same title but for it.

    So 'accidentally left in body' and 'left ventricular failure' have none, nor has a title that names both.
    """

    @lru_cache(_CACHED)
    def side(code: str) -> Side | None:
        entry = codes.diagnosis(code)
        named = {word.lower() for word in _SIDE.findall(entry.title)} if entry else set()
        if entry is None or len(named) != 1:
            return None
        other = _OTHER[named.pop()]
        mirrored = codes.matches(_SIDE.sub(other, entry.title))
        return _OTHER[other] if any(match.path == "title" for match in mirrored) else None

    return side
