"""Which codes a documented phrase names, by the words of the Tabular List and the Alphabetic Index (OCG I.B.1)."""

from typing import Final, NamedTuple

from claims.candidates import SIDES, leaves
from claims.codesets import CodeEntry, CodeSets, Match
from claims.codesets.phrases import words as words_of
from claims.wording import Wording, has_sign

_LINE: Final = 240
_SIDED: Final = frozenset(SIDES)


class Named(NamedTuple):
    """The billable codes that a phrase names or that stand below what it names, and the official words that led there.

    `whole`: the phrase names just this one code. `default`: it says less than the code's title, which is for what is
    not specified (NOS, NEC): a coder's choice.
    """

    entries: tuple[CodeEntry, ...]
    match: Match
    whole: bool = False
    default: bool = False

    @property
    def note(self) -> str:
        """What of the code set was met."""
        return f"{self.match.path}: {self.match.term}"[:_LINE]


def named(codes: CodeSets, phrase: str, wording: Wording) -> Named | None:
    """The phrase as it is, then with its abbreviations written out, then without side and episode; else what it names
    with 'unspecified' added."""
    ways = dict.fromkeys((phrase, wording.disease, wording.bare))
    for words in ways:
        found = _named(codes, words)
        if found and (words != wording.bare or wording.side is None or _is_sided(found)):
            return found
    for words in ways:
        if found := _named(codes, f"{words}, unspecified") or _named(codes, f"unspecified {words}"):
            return found._replace(whole=False, default=True)
    return None


def _is_sided(found: Named) -> bool:
    """A side may be left out of the phrase only where the codes have it: left heart failure is no heart failure."""
    return any(_SIDED.intersection(words_of(entry.title)) for entry in found.entries)


def is_official(codes: CodeSets, phrase: str) -> bool:
    """The phrase is a title or a term of the code set: what it says of certainty or history is the code's own.

    With a mark that is no word only where the code set writes it so: HER2- is a term, COVID-19 (-) is none.
    """
    matches = codes.matches(phrase)
    return bool(matches) and (not has_sign(phrase) or any(m.term.casefold() == phrase.casefold() for m in matches))


def _named(codes: CodeSets, words: str) -> Named | None:
    matches = codes.matches(words)
    if not matches:
        return None
    one = codes.encode(words)
    if len(one) == 1:
        return Named((one[0].entry,), one[0], whole=True, default=one[0].default)
    below = (entry for match in matches for entry in _or_leaves(codes, match))
    return Named(tuple(dict.fromkeys(below)), matches[0], default=all(match.default for match in matches))


def _or_leaves(codes: CodeSets, match: Match) -> tuple[CodeEntry, ...]:
    return (match.entry,) if match.entry.billable else leaves(codes, match.entry.code)
