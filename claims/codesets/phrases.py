"""When two phrases are the same phrase."""

import re
import unicodedata
from hashlib import blake2b

_WORD = re.compile(r"[a-z0-9]+")
_SUPPLEMENT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def words(phrase: str) -> list[str]:
    """Lower case, without accents and punctuation."""
    if phrase.isascii():
        return _WORD.findall(phrase.lower())
    plain = unicodedata.normalize("NFKD", phrase.casefold())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def normalised(phrase: str) -> str:
    return " ".join(words(phrase))


def variants(term: str) -> tuple[str, ...]:
    """The ways to write a term of the Tabular List.

    What stands in parentheses may be there or not without changing the code, and brackets hold synonyms (OCG I.A.7).
    """
    full, short = normalised(term), normalised(_SUPPLEMENT.sub(" ", term))
    return (full,) if short in {full, ""} else (full, short)


def fingerprint(normal: str) -> int:
    """Where a normalised phrase stands in the index; the phrase itself is compared afterwards."""
    return int.from_bytes(blake2b(normal.encode(), digest_size=8).digest(), "big")
