"""One documented condition, and what may become of it: a code, a coder's work item, a question to the provider."""

from typing import Final, NamedTuple

from claims.candidates import both_sides, contradicts, differ_by_side, listed, narrowed, ranked
from claims.codesets import CodeEntry, CodeSets
from claims.naming import is_official
from claims.queries import SIDES, WHICH_SIDE, choice
from claims.scene import Found, Scene, Told, text_of
from claims.stay import local_day
from claims.validity import billable_on
from claims.wording import Wording, read_wording
from schemas.events.chart import Statement
from schemas.events.coded import CodingPath, Indicator, Query, WorkItem

_LINE: Final = 240

Outcome = Found | WorkItem | Query


class Documented(NamedTuple):
    """A statement in its chart, and its words taken apart."""

    scene: Scene
    statement: Statement
    wording: Wording

    @property
    def codes(self) -> CodeSets:
        return self.scene.reference.codes

    @property
    def text(self) -> str | None:
        return text_of(self.statement)

    @property
    def told(self) -> Told:
        """Side and episode by the statement's fields, or else by its words."""
        told, said = self.statement, self.wording
        return Told(told.laterality or said.side, told.episode or said.episode)


class Choice(NamedTuple):
    """Codes to choose from, what led to them, and why it is not one."""

    entries: tuple[CodeEntry, ...]
    path: CodingPath
    note: str
    why: str = "one code is named so"


def documented(scene: Scene, statement: Statement) -> Documented:
    """Words that are the code set's own mean what their code means, whatever they say of certainty or history."""
    text = text_of(statement)
    wording = Wording("") if text is None else read_wording(text)
    if text is not None and wording.certainty != "stated" and is_official(scene.reference.codes, text):
        wording = wording._replace(certainty="stated")
    return Documented(scene, statement, wording)


def chosen(about: Documented, choice: Choice) -> list[Outcome]:
    """The one code that is left by day, side and episode; else a work item with those left, and a question where only
    the side is missing."""
    scene, told = about.scene, about.told
    valid = tuple(entry for entry in choice.entries if billable_on(entry.code, scene.day, scene.reference))
    fitting = narrowed(about.codes, valid, told)
    left = fitting if len(fitting) == 1 else both_sides(about.codes, valid, told)
    if not left:
        item = work(about, "ambiguous", choice.why, fitting or choice.entries)
        return [item, _side_query(about)] if told.side is None and differ_by_side(fitting) else [item]
    if len(left) == 1 and contradicts(left[0], told.side):
        return [work(about, "side", "the code's side and the documented side differ", left)]
    if told.episode == "sequela" and len(valid) > 1:
        return [work(about, "sequela", "a sequela: what remains is coded first (OCG I.B.10)", left)]
    if not scene.hospital.accept_encoder:
        return [work(about, "confirm", "this hospital's coders confirm what was not given as a code", left)]
    return [Found(entry.code, about.statement, choice.path, about.text, choice.note[:_LINE]) for entry in left]


def work(about: Documented, kind: str, why: str, entries: tuple[CodeEntry, ...] = ()) -> WorkItem:
    """A coder's item with candidates: those at hand, or titles near to the words."""
    if entries:
        candidates = listed(about.scene, entries, why, about.told, about.wording.disease)
    else:
        candidates = ranked(about.scene, about.wording.disease, about.told) if about.text else ()
    return WorkItem(statement=about.statement.id, kind=kind, text=about.text, candidates=candidates, why=why)


def quoted(about: Documented) -> Indicator:
    """The statement as a query cites it, with its day and where it stands."""
    statement, scene = about.statement, about.scene
    source = f"document {statement.document_id}" if statement.document_id else f"statement {statement.id}"
    day = local_day(statement.documented_at, scene.hospital) if statement.documented_at else scene.facts.start_day
    return Indicator(text=about.text or statement.kind, date=day, source=source)


def _side_query(about: Documented) -> Query:
    """Side missing: to the provider, with every side offered, none preferred (billing.md section 4)."""
    chart = about.scene.chart
    return choice(chart, "provider", "side", WHICH_SIDE, SIDES, quoted(about), about=about.statement.id)
