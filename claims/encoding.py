"""Diagnoses and inpatient procedures as standard codes: given ones checked, phrases encoded when one code fits.

What has no single answer is a coder's work item or a question to the provider; nothing is guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from claims.authors import a_provider_says_so, by_a_provider, is_stage_of_a_providers, may_be_anybodys
from claims.candidates import contradicts, differ_by_side, leaves, listed, narrowed, ranked
from claims.codesets import CodeEntry, Match
from claims.codesets.shapes import ICD_10_CM, ICD_10_PCS, is_inpatient_procedure_shape, with_dot, without_dot
from claims.partners import Hospital
from claims.queries import NOT_BY_A_PROVIDER, SIDES, WHICH_SIDE, answered, choice, open_query, query_id
from claims.stay import coding_day, local_day
from claims.tables import Reference
from claims.validity import billable_on
from schemas.events.chart import ChartCompleted, Statement
from schemas.events.coded import CodedProcedure, CodingPath, Indicator, Query, StayFacts, WorkItem

CLINICAL: Final = frozenset({"diagnosis", "symptom"})
BILLABLE: Final = frozenset({"treatment", "supply", "drug", "laboratory", "device"})
_HISTORY = "Z8"  # Z80-Z84 family, Z85-Z87 personal history
_FAMILY: Final = frozenset({"Z80", "Z81", "Z82", "Z83", "Z84"})


class Found(NamedTuple):
    """A code for a statement, and how it was found."""

    code: str
    statement: Statement
    path: CodingPath


@dataclass(frozen=True)
class Encoded:
    """What became of the clinical statements."""

    found: tuple[Found, ...] = ()
    procedures: tuple[CodedProcedure, ...] = ()
    worklist: tuple[WorkItem, ...] = ()
    queries: tuple[Query, ...] = ()


class Scene(NamedTuple):
    """What every statement of a chart is coded by."""

    chart: ChartCompleted
    hospital: Hospital
    facts: StayFacts
    reference: Reference

    @property
    def day(self) -> date:
        return coding_day(self.facts)

    @property
    def inpatient(self) -> bool:
        return self.facts.encounter_class == "inpatient"


def encode(scene: Scene) -> Encoded:
    """Every diagnosis and symptom of the chart, and the ICD-10-PCS procedures of an inpatient stay."""
    outcomes = [outcome for s in scene.chart.statements if s.kind in CLINICAL for outcome in _statement(scene, s)]
    queries = tuple(outcome for outcome in outcomes if isinstance(outcome, Query))
    operations = [outcome for s in scene.chart.statements for outcome in _procedures(scene, s)]
    return Encoded(
        found=tuple(outcome for outcome in outcomes if isinstance(outcome, Found)),
        procedures=tuple(each for each in operations if isinstance(each, CodedProcedure)),
        worklist=(
            *(outcome for outcome in (*outcomes, *operations) if isinstance(outcome, WorkItem)),
            *_answers(scene),
        ),
        queries=tuple(query for query in queries if not answered(scene.chart, query)),
    )


Outcome = Found | WorkItem | Query


def _statement(scene: Scene, statement: Statement) -> list[Outcome]:
    """One documented condition. What was ruled out, or is a relative's, is not the patient's diagnosis."""
    given = tuple(dict.fromkeys(coding.code for coding in statement.codings if coding.system in ICD_10_CM))
    if statement.certainty == "ruled-out":
        return []
    if statement.whose == "family":
        return [Found(with_dot(code), statement, "given") for code in given if code[:3] in _FAMILY]
    if statement.certainty == "suspected" and not scene.inpatient:
        return []  # never coded as if confirmed (OCG IV.H)
    if not (by_a_provider(statement) or may_be_anybodys(statement)):
        return _not_a_providers(scene, statement)
    return _providers(scene, statement, given)


def _providers(scene: Scene, statement: Statement, given: tuple[str, ...]) -> list[Outcome]:
    """What a provider says the patient has."""
    if statement.certainty == "history-of" and not all(code.startswith(_HISTORY) for code in given or ("",)):
        return [_work(scene, statement, "history", "history of a condition: a Z code, or current and chronic?")]
    if statement.certainty == "suspected":
        # OCG II.H, III.C
        why = "documented as suspected: coded as present only if so at discharge"
        return [_work(scene, statement, "uncertain", why)]
    if given:
        return [outcome for code in given for outcome in _given(scene, statement, code)]
    return _phrase(scene, statement)


def _not_a_providers(scene: Scene, statement: Statement) -> list[Outcome]:
    """Named by a nurse, a dietitian or another clinician only: the attending is asked, and his answer is a coder's.

    A provider's own statement of it is coded instead (OCG I.A.19, I.B.14; billing.md section 4).
    """
    clinical = [other for other in scene.chart.statements if other.kind in CLINICAL and _is_the_patients(other)]
    if a_provider_says_so(statement, clinical):
        return []
    if is_stage_of_a_providers(statement, clinical):
        return [_work(scene, statement, "stage", "another clinician's stage of an ulcer that a provider diagnosed")]
    ask = open_query(
        scene.chart, "attending", "author", NOT_BY_A_PROVIDER, _quoted(scene, statement), about=statement.id
    )
    return [*_answers_to(scene, ask.id, statement.id)] or [ask]


def _is_the_patients(statement: Statement) -> bool:
    return statement.certainty == "confirmed" and statement.whose == "patient"


def _given(scene: Scene, statement: Statement, code: str) -> list[Outcome]:
    """A code the hospital gave: taken when billable on the day; else the documented side and episode may choose."""
    entry = scene.reference.codes.diagnosis(code)
    if billable_on(code, scene.day, scene.reference):
        if entry is not None and contradicts(entry, statement):
            return [_work(scene, statement, "side", "the code's side and the documented side differ", (entry,))]
        return [Found(with_dot(without_dot(code)), statement, "given")]
    if entry is None:
        return [_work(scene, statement, "unknown-code", "no such code in ICD-10-CM")]
    below = () if entry.billable else leaves(scene.reference.codes, code)
    return _chosen(scene, statement, below, "index", "the code given is not billable on the day of service")


def _phrase(scene: Scene, statement: Statement) -> list[Outcome]:
    """A phrase is encoded when exactly one billable code is named so, or remains by documented side and episode."""
    phrase = statement.text or next((coding.display for coding in statement.codings if coding.display), None)
    if phrase is None:
        return [_work(scene, statement, "no-text", "neither a code nor words")]
    codes = scene.reference.codes
    exact = codes.encode(phrase)
    if len(exact) == 1:
        return _chosen(scene, statement, (exact[0].entry,), exact[0].path, "one code is named so")
    named = tuple(dict.fromkeys(entry for match in codes.matches(phrase) for entry in _or_leaves(scene, match)))
    if named:
        return _chosen(scene, statement, named, "index", "more than one code is named so")
    return [_work(scene, statement, "phrase", "no title or inclusion term of ICD-10-CM reads so")]


def _or_leaves(scene: Scene, match: Match) -> tuple[CodeEntry, ...]:
    return (match.entry,) if match.entry.billable else leaves(scene.reference.codes, match.entry.code)


def _chosen(
    scene: Scene, statement: Statement, entries: tuple[CodeEntry, ...], path: CodingPath, why: str
) -> list[Outcome]:
    """The one code that is left; else a work item with those left, and a question where only the side is missing."""
    valid = tuple(entry for entry in entries if billable_on(entry.code, scene.day, scene.reference))
    fitting = narrowed(valid, statement)
    if len(fitting) != 1:
        item = _work(scene, statement, "ambiguous", why, fitting)
        return [item, _side_query(scene, statement)] if _lacks_side(statement, fitting) else [item]
    if contradicts(fitting[0], statement):
        return [_work(scene, statement, "side", "the code's side and the documented side differ", fitting)]
    if not scene.hospital.accept_encoder:
        return [
            _work(scene, statement, "confirm", "this hospital's coders confirm what was not given as a code", fitting)
        ]
    return [Found(fitting[0].code, statement, path)]


def _lacks_side(statement: Statement, entries: tuple[CodeEntry, ...]) -> bool:
    return statement.laterality is None and differ_by_side(entries)


def _side_query(scene: Scene, statement: Statement) -> Query:
    """Side missing: to the provider, with every side offered, none preferred (billing.md section 4)."""
    quoted = _quoted(scene, statement)
    return choice(scene.chart, "provider", "side", WHICH_SIDE, SIDES, quoted, about=statement.id)


def _quoted(scene: Scene, statement: Statement) -> Indicator:
    source = f"document {statement.document_id}" if statement.document_id else f"statement {statement.id}"
    day = local_day(statement.documented_at, scene.hospital) if statement.documented_at else scene.facts.start_day
    words = statement.text or next((coding.display for coding in statement.codings if coding.display), statement.kind)
    return Indicator(text=words or statement.kind, date=day, source=source)


def _work(
    scene: Scene, statement: Statement, kind: str, why: str, entries: tuple[CodeEntry, ...] | None = None
) -> WorkItem:
    """A coder's item with candidates: those at hand, or titles near to the words."""
    text = statement.text or next((coding.display for coding in statement.codings if coding.display), None)
    shown = listed(entries, why) if entries else ranked(scene.reference.codes, text) if text else ()
    return WorkItem(statement=statement.id, kind=kind, text=text, candidates=shown, why=why)


def _answers(scene: Scene) -> list[WorkItem]:
    """What a clinician answered, who was asked for the diagnosis that is missing."""
    if not scene.chart.answers or any(statement.kind in CLINICAL for statement in scene.chart.statements):
        return []
    asked = query_id(scene.chart, "no-diagnosis")
    return _answers_to(scene, asked, asked)


def _answers_to(scene: Scene, asked: str, about: str) -> list[WorkItem]:
    """A clinician's answer to a question about a diagnosis is for a coder to code: free text is not taken as a code."""
    return [
        WorkItem(statement=about, kind="answer", text=_one_line(answer.answer), why="a query was answered")
        for answer in scene.chart.answers
        if answer.query_id == asked
    ]


def _one_line(text: str) -> str | None:
    return " ".join(text.split())[:240] or None


def _procedures(scene: Scene, statement: Statement) -> Iterator[CodedProcedure | WorkItem]:
    """ICD-10-PCS codes as given, of inpatient stays only (45 CFR 162.1002(c)(3)), of what was done to the patient.

    Without a day, or in a shape that no procedure has, it is a coder's: neither dropped nor guessed.
    """
    given = [coding.code for coding in statement.codings if coding.system in ICD_10_PCS]
    if not (given and scene.inpatient and is_performed(statement)):
        return
    for code in given:
        if not is_inpatient_procedure_shape(code):
            yield _work(scene, statement, "procedure", "the code given has not the shape of an ICD-10-PCS code")
        elif statement.performed_at is None:
            yield _work(scene, statement, "procedure", "an operation without its day")
        else:
            yield CodedProcedure(
                code=code,
                performed_at=local_day(statement.performed_at, scene.hospital),
                performer=statement.performer,
                statement=statement.id,
                path="given",
                release=scene.reference.codes.release,
            )


def is_performed(statement: Statement) -> bool:
    """Done, and to the patient: a test without its result is asked about by completeness."""
    done = statement.certainty == "confirmed" and statement.result_present is not False
    return statement.kind in BILLABLE and statement.whose == "patient" and done
