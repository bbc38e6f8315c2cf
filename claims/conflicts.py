"""Codes that were found for one chart and may not stand together, or not without a coder's word."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from claims.candidates import listed
from claims.codesets import CodeEntry
from claims.codesets.shapes import is_external_cause
from claims.scene import Found, Scene
from schemas.events.coded import WorkItem

_NO_DEFINITIVE: Final = ("R", "Z")
_LINE: Final = 240


def conflicts(scene: Scene, found: Sequence[Found]) -> Iterator[WorkItem]:
    """What the encoder's own codes meet in the chart. Codes that the hospital gave are its coders': the edits warn."""
    yield from _excluded(scene, found)
    yield from _perhaps_integral(scene, found)


def _excluded(scene: Scene, found: Sequence[Found]) -> Iterator[WorkItem]:
    """An Excludes1 pair stands together only if the two conditions are unrelated, which is asked (OCG I.A.12.a)."""
    for one, other in combinations(found, 2):
        if one.path == other.path == "given":
            continue
        note = scene.reference.codes.excluded(one.code, other.code)
        if note is not None:
            why = f"{one.code} and {other.code}: Excludes1 at {note.at}: {note.text}"[:_LINE]
            yield _item(scene, other, "excludes1", why, (one, other))


def _perhaps_integral(scene: Scene, found: Sequence[Found]) -> Iterator[WorkItem]:
    """A symptom beside a definitive diagnosis is coded only if it isn't routinely part of it (OCG I.B.4-6).

    No data says so.
    """
    definitive = [each for each in found if not each.code.startswith(_NO_DEFINITIVE)]
    if not any(not is_external_cause(each.code) for each in definitive):
        return
    for each in found:
        if each.code.startswith("R") and each.path != "given":
            why = "a symptom beside a definitive diagnosis: integral to it, or coded too?"
            yield _item(scene, each, "symptom", why, (each,))


def _item(scene: Scene, about: Found, kind: str, why: str, shown: Sequence[Found]) -> WorkItem:
    entries = [entry for each in shown if (entry := _entry(scene, each)) is not None]
    candidates = listed(scene, entries, why)
    return WorkItem(statement=about.statement.id, kind=kind, text=about.phrase, candidates=candidates, why=why)


def _entry(scene: Scene, found: Found) -> CodeEntry | None:
    return scene.reference.codes.diagnosis(found.code)
