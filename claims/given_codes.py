"""ICD-10-CM codes that the hospital gave: taken as they are, but for what can't be billed or the record contradicts."""

from typing import Final

from claims.candidates import contradicts, leaves
from claims.codesets.shapes import with_dot, without_dot
from claims.documented import Choice, Documented, Outcome, chosen, work
from claims.scene import Found
from claims.validity import billable_on, padded, valid_elsewhere
from claims.wording import Certainty
from schemas.events.coded import WorkItem

HISTORY: Final = "Z8"  # Z80-Z84 family, Z85-Z87 personal history
_NOT_CONFIRMED: Final[frozenset[Certainty]] = frozenset({"negated", "uncertain"})
_OF_HISTORY: Final[frozenset[Certainty]] = frozenset({"history", "family-history"})


def mapped_codes(about: Documented) -> list[Outcome]:
    """The code that the hospital's own mapping gives for another system's on the day; more than one is a coder's."""
    scene = about.scene
    table = scene.reference.diagnosis_maps.get(scene.chart.hospital)
    if table is None:
        return []
    found = {
        code: f"mapped from {each.system} {each.code}"
        for each in about.statement.codings
        for code in table.on(each.system, each.code, scene.day)
    }
    if len(found) > 1:
        entries = tuple(entry for code in found if (entry := about.codes.diagnosis(code)) is not None)
        return [work(about, "ambiguous", "the hospital's mapping has more than one code", entries)]
    return [outcome for code, note in found.items() for outcome in given_code(about, code, note)]


def given_code(about: Documented, code: str, note: str | None = None) -> list[Outcome]:
    """Taken when billable on the day; of a category the documented side and episode may choose the one code below."""
    scene, told = about.scene, with_dot(without_dot(code))
    if (item := _contradicted(about, code)) is not None:
        return [item]
    if billable_on(code, scene.day, scene.reference):
        return [Found(told, about.statement, "given", about.text, note)]
    entry = about.codes.diagnosis(code)
    if entry is not None and not entry.billable:
        why = "the code given is not billable on the day of service"
        return chosen(about, Choice(leaves(about.codes, code), "index", f"below {told}, by what is documented", why))
    return [_unusable(about, code)]


def _unusable(about: Documented, code: str) -> WorkItem:
    """It can't be billed on the day and has nothing below it: why, as far as the tables know."""
    when = valid_elsewhere(code, about.scene.day, about.scene.reference)
    if when is not None:
        return work(about, "not-on-day", f"the code given is valid only {when} the day of service")
    meant = padded(code, about.codes)
    if meant is not None:
        why = "its 7th character has to stand in the 7th place, after placeholders X (OCG I.A.4)"
        return work(about, "unknown-code", why, (meant,))
    return work(about, "unknown-code", "no such code in ICD-10-CM")


def _contradicted(about: Documented, code: str) -> WorkItem | None:
    """What is documented says another thing than the code that was given with it."""
    said, entry = about.wording.certainty, about.codes.diagnosis(code)
    if about.statement.certainty == "history-of" and not code.startswith(HISTORY):
        return work(about, "history", "history of a condition: a Z code, or current and chronic?")
    if said in _OF_HISTORY and not code.startswith("Z"):
        return work(about, "history", "the words say history, and the code given a current condition")
    if said in _NOT_CONFIRMED and not code.startswith("Z"):
        return work(about, "uncertain", "the words doubt or deny what the code given confirms")
    if entry is not None and contradicts(entry, about.told.side):
        return work(about, "side", "the code's side and the documented side differ", (entry,))
    return None
