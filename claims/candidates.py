"""Which codes a coder may want to see for a statement: a bounded list, ranked, each with what speaks for or against it;
never an answer."""

from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz, process

from claims.codesets import CodeEntry, CodeSets
from claims.codesets.phrases import formed, normalised
from claims.codesets.phrases import words as words_of
from claims.codesets.shapes import without_dot
from claims.scene import NOTHING_TOLD, Scene, Told
from claims.validity import billable_on
from schemas.events.chart import Episode, Laterality
from schemas.events.coded import Candidate

SIDES: Final = ("left", "right", "bilateral")
EPISODE_LETTERS: Final = frozenset({"A", "D", "S"})
_EPISODES: Final = {"initial": "initial encounter", "subsequent": "subsequent encounter", "sequela": "sequela"}
_SIDED: Final = frozenset({*SIDES, "unilateral"})
_OF_SIDE: Final = _SIDED | {"of", "in", "the", "side", "both"}
_LEAVES, _POOL, _SHOWN = 64, 60, 8
_NEAR: Final = len(_EPISODES) * _SHOWN
"""Of an injury each title stands once for every episode, and one of them is shown before the others."""
_HEALING: Final = frozenset({"healing", "healed", "nonunion", "malunion"})
_LINE: Final = 240


def leaves(codes: CodeSets, category: str) -> tuple[CodeEntry, ...]:
    """All billable codes below a category; none where there are too many to choose from."""
    found = codes.below(category, _LEAVES + 1)
    return found if len(found) <= _LEAVES else ()


def narrowed(codes: CodeSets, entries: Sequence[CodeEntry], told: Told) -> tuple[CodeEntry, ...]:
    """Those whose title says the side and the episode that were documented; all, where none does.

    The episode chooses only where the 7th character says nothing else: a fracture's says closed or open and how it
    heals, and that is a coder's to read (billing.md section 5).
    """
    found = tuple(entries)
    if told.side:
        found = _saying(told.side, found)
    if told.episode and all(set(codes.seventh(entry.code)) <= EPISODE_LETTERS for entry in found):
        found = _saying(_EPISODES[told.episode], found)
    return found


def both_sides(codes: CodeSets, entries: Sequence[CodeEntry], told: Told) -> tuple[CodeEntry, ...]:
    """A left and a right code of one disease, where both sides are documented and no code says bilateral (OCG
    I.B.13)."""
    if told.side != "bilateral" or any("bilateral" in words_of(entry.title) for entry in entries):
        return ()
    pair = [narrowed(codes, entries, told._replace(side=side)) for side in ("left", "right")]
    each = [found[0] for found in pair if len(found) == 1]
    return tuple(each) if len(each) == 2 and _disease(each[0]) == _disease(each[1]) else ()


def differ_by_side(entries: Sequence[CodeEntry]) -> bool:
    """Only the documented side can choose between them."""
    return {"left", "right"} <= {word for entry in entries for word in words_of(entry.title)}


def contradicts(entry: CodeEntry, side: Laterality | None) -> bool:
    """The code says one side and the record another (OCG I.B.13)."""
    if side is None:
        return False
    said = set(SIDES).intersection(words_of(entry.title))
    return bool(said) and side not in said


def ranked(scene: Scene, phrase: str, told: Told) -> tuple[Candidate, ...]:
    """The titles nearest to a phrase among those that share its rarest words; the fitting ones first."""
    codes = scene.reference.codes
    pool = {entry.code: entry.title for entry in codes.sharing_words(phrase, _POOL)}
    near = process.extract(
        normalised(phrase), pool, scorer=fuzz.token_sort_ratio, processor=_without_episode, limit=_NEAR
    )
    episode = told.episode or _said_episode(normalised(phrase))
    best = sorted(near, key=lambda each: (_in_turn(codes, each[2], episode), -each[1]))[:_SHOWN]
    entries = [entry for _, _, code in best if (entry := codes.diagnosis(code)) is not None]
    return listed(scene, entries, "shares words with the statement", told, phrase)


def listed(
    scene: Scene, entries: Sequence[CodeEntry], why: str, told: Told = NOTHING_TOLD, phrase: str = ""
) -> tuple[Candidate, ...]:
    """Those without an objection first, then by episode, then the nearest to the phrase, each with its reason."""
    given, said = scene.given(), normalised(phrase)
    codes, episode = scene.reference.codes, told.episode or _said_episode(said)
    judged = [(entry, doubt(scene, entry, told, given)) for entry in entries]
    near = {entry: -fuzz.token_sort_ratio(said, _without_episode(entry.title)) if said else 0 for entry in entries}
    best = sorted(
        judged, key=lambda each: (each[1] is not None, _in_turn(codes, each[0].code, episode), near[each[0]])
    )[:_SHOWN]
    return tuple(
        Candidate(code=entry.code, title=entry.title[:_LINE], why=(against or _for(entry, why, said))[:_LINE])
        for entry, against in best
    )


def _said_episode(said: str) -> Episode | None:
    """Words of what is left of an injury, or of how it heals."""
    words = said.split()
    return "sequela" if "sequela" in words else "subsequent" if _HEALING.intersection(words) else None


def _in_turn(codes: CodeSets, code: str, episode: Episode | None) -> str:
    """Initial encounter before subsequent before sequela, closed fracture before open (OCG I.C.19.a, c): the order of
    their 7th characters. A later episode that the record says goes before."""
    letter = without_dot(code)[6:]
    said = codes.seventh(code).get(letter, "").partition(" ")[0] if letter else ""
    if said not in _EPISODES:
        return "A"
    return "" if said == episode != "initial" else letter


def _without_episode(title: str) -> str:
    """A title but for its last part, where that says the episode: 'sequela' is shorter, and no nearer for that."""
    said, _, last = title.rpartition(", ")
    return normalised(said if last.partition(" ")[0] in _EPISODES else title)


def _for(entry: CodeEntry, why: str, said: str) -> str:
    """Why it may fit, and what its title says beyond the phrase: a coder's to find in the record."""
    more = [word for word in words_of(entry.title) if word not in {*said.split(), *_OF_SIDE}] if said else []
    return f"{why}; says also: {' '.join(more)}" if more else why


def doubt(scene: Scene, entry: CodeEntry, told: Told, given: frozenset[str]) -> str | None:
    """Why a code doesn't fit what was documented; None if nothing is known against it."""
    codes = scene.reference.codes
    if not billable_on(entry.code, scene.day, scene.reference):
        return "not valid on the day of service"
    if contradicts(entry, told.side):
        return f"names another side than the documented {told.side}"
    if told.side is None and set(SIDES).intersection(words_of(entry.title)):
        return "names a side, and none is documented"
    return _doubted_episode(codes, entry, told) or _excluded(codes, entry, given)


def _doubted_episode(codes: CodeSets, entry: CodeEntry, told: Told) -> str | None:
    letter = without_dot(entry.code)[6:]
    said = codes.seventh(entry.code).get(letter) if letter else None
    if said is None:
        return None
    if not set(codes.seventh(entry.code)) <= EPISODE_LETTERS:
        return f"its 7th character says '{said}': more than side and episode"
    if told.episode is None:
        return f"its 7th character says '{said}', and no episode is documented"
    return None if said == _EPISODES[told.episode] else f"its 7th character says '{said}', the record {told.episode}"


def _excluded(codes: CodeSets, entry: CodeEntry, given: frozenset[str]) -> str | None:
    said = ((other, codes.excluded(entry.code, other)) for other in sorted(given))
    return next((f"excluded beside {other} (Excludes1 at {note.at})" for other, note in said if note), None)


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
    return tuple(formed(word) for word in found if word not in _OF_SIDE)  # both upper limbs, the left upper limb
