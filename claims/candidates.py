"""Which codes a coder may want to see for a statement: a bounded list, ranked; never an answer."""

from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz, process

from claims.codesets import CodeEntry, CodeSets
from claims.codesets.phrases import normalised
from claims.codesets.phrases import words as words_of
from schemas.events.chart import Statement
from schemas.events.coded import Candidate

SIDES: Final = ("left", "right", "bilateral")
_EPISODES: Final = {"initial": "initial encounter", "subsequent": "subsequent encounter", "sequela": "sequela"}
_SIDED: Final = frozenset({*SIDES, "unilateral"})
_OF_SIDE: Final = _SIDED | {"of", "in", "the", "side", "both"}
_LEAVES, _POOL, _SHOWN = 64, 60, 5
_TITLE: Final = 240


def leaves(codes: CodeSets, category: str) -> tuple[CodeEntry, ...]:
    """All billable codes below a category; none where there are too many to choose from."""
    found = codes.below(category, _LEAVES + 1)
    return found if len(found) <= _LEAVES else ()


def narrowed(entries: Sequence[CodeEntry], statement: Statement) -> tuple[CodeEntry, ...]:
    """Those whose title says the side and the episode that were documented; all, where none does."""
    found = tuple(entries)
    if statement.laterality:
        found = _saying(statement.laterality, found)
    if statement.episode:
        found = _saying(_EPISODES[statement.episode], found)
    return found


def differ_by_side(entries: Sequence[CodeEntry]) -> bool:
    """Only the documented side can choose between them."""
    return {"left", "right"} <= {word for entry in entries for word in words_of(entry.title)}


def contradicts(entry: CodeEntry, statement: Statement) -> bool:
    """The code says one side and the record another (OCG I.B.13)."""
    if statement.laterality is None:
        return False
    said = set(SIDES).intersection(words_of(entry.title))
    return bool(said) and statement.laterality not in said


def ranked(codes: CodeSets, phrase: str) -> tuple[Candidate, ...]:
    """The titles nearest to a phrase among those that share its rarest words."""
    pool = {entry.code: entry.title for entry in codes.sharing_words(phrase, _POOL)}
    near = process.extract(normalised(phrase), pool, scorer=fuzz.WRatio, processor=normalised, limit=_SHOWN)
    return tuple(
        Candidate(code=code, title=title[:_TITLE], why="shares words with the statement") for title, _, code in near
    )


def listed(entries: Sequence[CodeEntry], why: str) -> tuple[Candidate, ...]:
    return tuple(Candidate(code=entry.code, title=entry.title[:_TITLE], why=why) for entry in entries[:_SHOWN])


def _saying(wanted: str, entries: tuple[CodeEntry, ...]) -> tuple[CodeEntry, ...]:
    """Those that say it, without those that say the same disease of another side or episode; all, where none does.

    A code that differs by more than that stays: never a specificity that the phrase lacks (billing.md section 5).
    'left' must be a word of the title: 'cleft' is none.
    """
    held = {entry.code for entry in entries if f" {wanted} " in f" {normalised(entry.title)} "}
    diseases = {_disease(entry) for entry in entries if entry.code in held}
    return tuple(entry for entry in entries if entry.code in held or _disease(entry) not in diseases or not held)


def _disease(entry: CodeEntry) -> tuple[str, ...]:
    """The words of a title but for those of side and episode; where no side is named, an 'unspecified' is one."""
    title = normalised(entry.title)
    for episode in _EPISODES.values():
        title = title.removesuffix(episode).strip()
    found = sorted(title.split())
    if not _SIDED.intersection(found) and "unspecified" in found:
        found.remove("unspecified")
    return tuple(word for word in found if word not in _OF_SIDE)
