"""What a documented phrase says besides the disease: how certain it is, whose history, which side, which episode.

Words only: what they mean for a code is claims/encoding.py's to say.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeVar

from claims.abbreviations import expanded
from schemas.events.chart import Episode, Laterality

Certainty = Literal["stated", "negated", "uncertain", "mixed", "history", "family-history", "sequela"]

_UNCERTAIN: Final = (  # OCG II.H: these "or other similar terms indicating uncertainty"
    r"probabl[ey]|possibl[ey]|suspected|suspicion(?: of| for)?|suspicious for|likely|questionable"
    r"|presum(?:ed|ptive|ably)|concern(?:ing)? for"
    r"|consistent with|compatible with|suggestive of|indicative of|appears to be|working diagnosis"
    r"|(?:still )?to be ruled out|rules? out|cannot (?:exclude|rule out)|r/o|differential(?: diagnosis)?"
)
_LEADS_UNCERTAIN = re.compile(rf"(?:\?+\s*|(?:{_UNCERTAIN})\b[\s:,]*)(?P<rest>.+)", re.IGNORECASE)
_ENDS_UNCERTAIN = re.compile(rf"(?P<rest>.+?)(?:\s*\?+|[\s,(\[]+(?:{_UNCERTAIN})\b[)\]]?)", re.IGNORECASE)
_UNCERTAIN_WITHIN = re.compile(rf"\b(?:{_UNCERTAIN}|versus|vs)\b|\?|\+/-", re.IGNORECASE)
_LEADS_NEGATED = re.compile(
    r"(?:no (?:evidence|signs?|history|symptoms?) of|no|denie[sd]|denying|negative for|ruled out|free of)\b"
    r"[\s:,]*(?P<rest>.+)",
    re.IGNORECASE,
)
_ENDS_NEGATED = re.compile(r"(?P<rest>.+?)[\s,(:]+(?:was |has been )?ruled out\)?", re.IGNORECASE)
_NEGATED_WITHIN = re.compile(r"\b(?:ruled out|no evidence of|denie[sd]|negative for)\b", re.IGNORECASE)
_FAMILY = re.compile(r"(?:family (?:history|hx)(?: of)?|fhx(?: of)?|fh of)\b[\s:,]*(?P<rest>.+)", re.IGNORECASE)
_HISTORY = re.compile(
    r"(?:(?:personal|past|prior|previous|remote)(?: medical)? )?(?:history of(?! present)|hx(?: of)?|h/o)\b"
    r"[\s:,]*(?P<rest>.+)"
    r"|(?P<before>.+?)[\s,(]+(?:(?:personal )?history(?: of)?|by history|hx|h/o)\)?",
    re.IGNORECASE,
)
_SEQUELA = re.compile(r"\b(?:sequela[e]?|late effects?|residuals?) (?:of|from)\b|,? sequela[e]?$", re.IGNORECASE)
_PARTS = re.compile(r"[,;]|\b(?:but|and|or|with)\b", re.IGNORECASE)

_SIGN: Final = re.compile(
    r"[^ -~‘’“”–—‐•·]|[?~^<>=|@$`\\]"  # what no word is made of: a crossed-out zero, an arrow, another script's 'not'
    r"|[(\[{]\s*[-–—]+\s*[)\]}]|[-–—]\s*$|\+/-"  # (-) is negative, and so is a minus at the end
)
"""Marks by which clinicians deny, doubt or compare without a word."""

_SIDES: Final[dict[Laterality, re.Pattern[str]]] = {
    "left": re.compile(r",?\s*\b(?:on the )?(?:left|lt)(?:[ -]sided?)?\b\.?", re.IGNORECASE),
    "right": re.compile(r",?\s*\b(?:on the )?(?:right|rt)(?:[ -]sided?)?\b\.?", re.IGNORECASE),
    "bilateral": re.compile(r",?\s*\b(?:bilateral(?:ly)?|bilat|both)\b\.?", re.IGNORECASE),
}
_EPISODES: Final[dict[Episode, re.Pattern[str]]] = {
    "initial": re.compile(r",?\s*\binitial (?:encounter|visit)(?: for)?\b", re.IGNORECASE),
    "subsequent": re.compile(r",?\s*\bsubsequent (?:encounter|visit)(?: for)?\b", re.IGNORECASE),
}

_Said = TypeVar("_Said", Laterality, Episode)


class Wording(NamedTuple):
    """A phrase taken apart. `disease` keeps side and episode; `bare` is without them."""

    disease: str
    certainty: Certainty = "stated"
    side: Laterality | None = None
    episode: Episode | None = None
    bare: str = ""


@lru_cache(4096)
def read_wording(phrase: str) -> Wording:
    """The phrase with its abbreviations written out, freed of the words that say how certain it is.

    Charts repeat few phrases, and a phrase without its chart is nobody's.
    """
    text = " ".join(phrase.split()).strip(" .;,")
    certainty, disease = _certainty(text)
    full = expanded(disease)
    side, less = _stripped(full, _SIDES)
    episode, bare = _stripped(less, _EPISODES)
    return Wording(full, certainty, side, episode, " ".join(bare.split()).strip(" ,"))


def _certainty(text: str) -> tuple[Certainty, str]:
    """How the phrase holds its disease, and the disease. What holds only a part of it so is 'mixed'."""
    for cue, certainty in _CUES:
        found = cue.fullmatch(text)
        if found is None:
            continue
        rest = next(part for part in found.groupdict().values() if part)
        if _is_doubtful(rest) or (certainty in {"negated", "uncertain"} and _PARTS.search(rest)):
            return "mixed", rest
        return certainty, rest
    if _is_doubtful(text):
        return "mixed", text
    return ("sequela" if _SEQUELA.search(text) else "stated"), text


def has_sign(text: str) -> bool:
    """Something is said by a mark and not by words, so that the words alone may say the opposite."""
    if text.isascii():
        return _SIGN.search(text) is not None
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _SIGN.search(plain) is not None


def _is_doubtful(text: str) -> bool:
    return has_sign(text) or bool(_UNCERTAIN_WITHIN.search(text) or _NEGATED_WITHIN.search(text))


_CUES: Final[tuple[tuple[re.Pattern[str], Certainty], ...]] = (
    (_FAMILY, "family-history"),
    (_LEADS_NEGATED, "negated"),
    (_LEADS_UNCERTAIN, "uncertain"),
    (_ENDS_UNCERTAIN, "uncertain"),
    (_ENDS_NEGATED, "negated"),
    (_HISTORY, "history"),
)


def _stripped(text: str, ways: dict[_Said, re.Pattern[str]]) -> tuple[_Said | None, str]:
    """What the text says of these, if it says one thing, and the text without it."""
    said = [word for word, way in ways.items() if way.search(text)]
    return (said[0], ways[said[0]].sub(" ", text)) if len(said) == 1 else (None, text)
