"""When two phrases are the same phrase: word for word, or but for the order and the form of their words."""

import re
import unicodedata
from collections.abc import Iterator
from hashlib import blake2b
from itertools import product, zip_longest
from typing import Final

_WORD = re.compile(r"[a-z0-9]+")
_SUPPLEMENT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NONESSENTIAL = re.compile(r"\(([^()]*)\)")
_JOINED = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
_NUMBER = re.compile(r"\d{1,2}[a-z]?|[a-z]|i{2,3}|iv|vi{1,3}")
_MOST_SUPPLEMENTS: Final = 6

_FORMS: Final = {
    "nos": "unspecified",  # OCG I.A.6.b: NOS is the equivalent of unspecified
    "rt": "right",
    "lt": "left",
    "bilat": "bilateral",
    "bilaterally": "bilateral",
}
"""Other ways to write a word, with the same meaning wherever they stand."""
_FILLERS: Final = frozenset({"a", "an", "in", "of", "the", "sided", "side"})
_RELATIONS: Final = frozenset(
    {
        *("after", "at", "because", "before", "by", "complicating", "due", "during", "except", "following", "for"),
        *("from", "into", "no", "not", "on", "other", "secondary", "superimposed", "than", "to", "with", "without"),
    }
)
"""Words whose two sides are not the same when they change places."""
_JOINING: Final = frozenset({"and", "or"})
_OPPOSITES: Final = (
    frozenset({"left", "right"}),
    frozenset({"upper", "lower"}),
    frozenset({"acute", "chronic", "subacute"}),
    frozenset({"open", "closed"}),
    frozenset({"primary", "secondary"}),
    frozenset({"anterior", "posterior"}),
    frozenset({"proximal", "distal"}),
    frozenset({"internal", "external"}),
    frozenset({"medial", "lateral"}),
    frozenset({"maternal", "fetal"}),
    frozenset({"mild", "moderate", "severe"}),
    frozenset({"initial", "subsequent"}),
)
"""A phrase with two of these says which of its parts each belongs to by the order of its words alone."""


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


def foldings(term: str) -> tuple[str, ...]:
    """What a term comes to without the order of its words, with each choice of its nonessential modifiers."""
    return tuple(dict.fromkeys(key for text in _readings(term) for key in folded(text)))


def folded(phrase: str) -> tuple[str, ...]:
    """A phrase without the order and form of its words: "Fracture, closed" is "closed fractures".

    Words change places only within a part: "A due to B" is not "B due to A", nor "A of B and C of D" "C of B and A of
    D". A number belongs to the word before it. With two opposites in it only the order can tell what is meant, so that
    such a phrase has no folding. A hyphen may be there or not.
    """
    plain = phrase.replace("&", " and ").replace("(s)", "s")
    ways = (plain, _JOINED.sub("", plain)) if _JOINED.search(plain) else (plain,)
    keys = (_key(words(way.replace("'s ", "s "))) for way in ways)
    return tuple(dict.fromkeys(key for key in keys if key))


def fingerprint(normal: str) -> int:
    """Where a normalised phrase stands in the index; the phrase itself is compared afterwards."""
    return int.from_bytes(blake2b(normal.encode(), digest_size=8).digest(), "big")


def _readings(term: str) -> Iterator[str]:
    """The term with every choice of what stands in its parentheses, and without what stands in its brackets."""
    yield term
    bare = re.sub(r"\[[^\[\]]*\]", " ", term.replace("(s)", "s"))
    pieces = _NONESSENTIAL.split(bare)  # what stands outside and inside parentheses, in turn
    outside, inside = pieces[::2], pieces[1::2]
    few = len(inside) <= _MOST_SUPPLEMENTS
    for chosen in product(*(("", supplement) if few else ("",) for supplement in inside)):
        yield " ".join(word for pair in zip_longest(outside, chosen, fillvalue="") for word in pair)


def _key(found: list[str]) -> str:
    said = [formed(word) for word in found]
    if any(len(group.intersection(said)) > 1 for group in _OPPOSITES):
        return ""
    return " | ".join(" + ".join(sorted(part)) for part in _parts(said)).strip()


def _parts(found: list[str]) -> Iterator[list[str]]:
    """The groups of words between relations, each the joined phrases of it; a relation is a part of its own."""
    joined: list[list[str]] = [[]]
    for word in found:
        if word in _RELATIONS:
            yield [" ".join(sorted(phrase)) for phrase in joined if phrase]
            yield [word]
            joined = [[]]
        elif word in _JOINING:
            joined.append([])
        elif word not in _FILLERS:
            _append(joined[-1], word)
    yield [" ".join(sorted(phrase)) for phrase in joined if phrase]


def _append(phrase: list[str], word: str) -> None:
    if phrase and _NUMBER.fullmatch(word):  # type 2, stage 3a, grade iv, vitamin d
        phrase[-1] += f"~{word}"
    else:
        phrase.append(word)


def formed(word: str) -> str:
    """American spelling and the singular. "diabete" is no word, but both sides of the comparison come to it."""
    word = _FORMS.get(word, word)
    if len(word) <= 3:
        return word
    plain = word.replace("ae", "e").replace("oe", "e").replace("tumour", "tumor")
    if plain.endswith("ies"):
        return f"{plain[:-3]}y"
    return plain[:-1] if plain.endswith("s") and not plain.endswith(("ss", "us", "is")) else plain
