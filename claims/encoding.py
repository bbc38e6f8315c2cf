"""Diagnoses and inpatient procedures as standard codes: given ones checked, phrases encoded when one code fits.

What has no single answer is a coder's work item or a question to the provider; nothing is guessed.
"""

from dataclasses import dataclass
from typing import Final

from claims.authors import a_provider_says_so, by_a_provider, is_stage_of_a_providers, may_be_anybodys
from claims.codesets.shapes import ICD_10_CM, with_dot
from claims.conflicts import conflicts
from claims.documented import Choice, Documented, Outcome, chosen, documented, quoted, work
from claims.given_codes import given_code, mapped_codes
from claims.naming import named
from claims.operations import inpatient_procedures
from claims.queries import NOT_BY_A_PROVIDER, answered, open_query, query_id
from claims.scene import CLINICAL, Found, Scene
from schemas.events.chart import Statement
from schemas.events.coded import CodedProcedure, Query, WorkItem

_FAMILY: Final = ("Z80", "Z81", "Z82", "Z83", "Z84")
_PERSONAL: Final = ("Z85", "Z86", "Z87")


@dataclass(frozen=True)
class Encoded:
    """What became of the clinical statements."""

    found: tuple[Found, ...] = ()
    procedures: tuple[CodedProcedure, ...] = ()
    worklist: tuple[WorkItem, ...] = ()
    queries: tuple[Query, ...] = ()


def encode(scene: Scene) -> Encoded:
    """Every diagnosis and symptom of the chart, and the ICD-10-PCS procedures of an inpatient stay."""
    outcomes = [outcome for s in scene.chart.statements if s.kind in CLINICAL for outcome in _statement(scene, s)]
    found = tuple(outcome for outcome in outcomes if isinstance(outcome, Found))
    queries = tuple(outcome for outcome in outcomes if isinstance(outcome, Query))
    operations = [outcome for s in scene.chart.statements for outcome in inpatient_procedures(scene, s)]
    return Encoded(
        found=found,
        procedures=tuple(each for each in operations if isinstance(each, CodedProcedure)),
        worklist=(
            *(outcome for outcome in (*outcomes, *operations) if isinstance(outcome, WorkItem)),
            *conflicts(scene, found),
            *_answers(scene),
        ),
        queries=tuple(query for query in queries if not answered(scene.chart, query)),
    )


def _statement(scene: Scene, statement: Statement) -> list[Outcome]:
    """One documented condition. What was ruled out, or is a relative's, is not the patient's diagnosis."""
    given = tuple(dict.fromkeys(coding.code for coding in statement.codings if coding.system in ICD_10_CM))
    about = documented(scene, statement)
    said = None if given else about.wording.certainty  # beside a code, words that contradict it are a coder's
    uncertain = statement.certainty == "suspected" or said == "uncertain"
    if statement.certainty == "ruled-out" or said == "negated":
        return []
    if statement.whose == "family":
        return _relatives(about, given)
    if uncertain and not scene.inpatient:
        return []  # never coded as if confirmed (OCG IV.H)
    if not (by_a_provider(statement) or may_be_anybodys(statement)):
        return _not_a_providers(about)
    return _providers(about, given, uncertain)


def _providers(about: Documented, given: tuple[str, ...], uncertain: bool) -> list[Outcome]:
    """What a provider says the patient has."""
    if uncertain:
        # OCG II.H, III.C
        return [work(about, "uncertain", "documented as suspected: coded as present only if so at discharge")]
    if given:
        return [outcome for code in given for outcome in given_code(about, code)]
    return _words(about)


def _words(about: Documented) -> list[Outcome]:
    """What a provider says in words alone, by what the words say besides the disease."""
    certainty, disease = about.wording.certainty, about.wording.disease
    if certainty == "family-history":
        return _history(about, f"family history of {disease}", _FAMILY)
    if about.statement.certainty == "history-of" or certainty == "history":
        return _history(about, f"personal history of {disease}", _PERSONAL)
    if certainty == "mixed":
        return [work(about, "uncertain", "the words confirm one part, and doubt or deny another")]
    if certainty == "sequela":
        return [work(about, "sequela", "a sequela: what remains is coded first, then its cause (OCG I.B.10)")]
    return mapped_codes(about) or _phrase(about)


def _phrase(about: Documented) -> list[Outcome]:
    """A phrase is encoded when exactly one billable code is named so, or remains by documented side and episode."""
    side = about.wording.side
    if about.text is None:
        return [work(about, "no-text", "neither a code nor words")]
    if side is not None and about.told.side != side:
        return [work(about, "side", "the words and the record name different sides")]
    found = named(about.codes, about.text, about.wording)
    if found is None:
        return [work(about, "phrase", "no title or term of ICD-10-CM reads so")]
    if found.default:
        why = "for what is not specified further (NOS): only if the record says no more"
        return [work(about, "default", why, found.entries)]
    if found.whole:
        return chosen(about, Choice(found.entries, found.match.path, found.note))
    return chosen(about, Choice(found.entries, "index", found.note, "more than one code is named so"))


def _relatives(about: Documented, given: tuple[str, ...]) -> list[Outcome]:
    """A relative's disease is no diagnosis of the patient: a code of family history where one says so, or nothing."""
    if given:
        return [Found(with_dot(code), about.statement, "given", about.text) for code in given if code[:3] in _FAMILY]
    outcomes = _history(about, f"family history of {about.wording.disease}", _FAMILY)
    return [outcome for outcome in outcomes if isinstance(outcome, Found)]


def _history(about: Documented, whole: str, categories: tuple[str, ...]) -> list[Outcome]:
    """The one Z code whose own words say this history; else a coder's: a Z code, or current and chronic?"""
    ways = (about.text, whole) if about.text else ()
    matches = [match for words in ways for match in about.codes.encode(words)]
    fitting = {match.entry.code: match for match in matches if match.entry.code.startswith(categories)}
    if len(fitting) != 1:
        return [work(about, "history", "history of a condition: a Z code, or current and chronic?")]
    (match,) = fitting.values()
    return chosen(about, Choice((match.entry,), match.path, f"{match.path}: {match.term}"))


def _not_a_providers(about: Documented) -> list[Outcome]:
    """Named by a nurse, a dietitian or another clinician only: the attending is asked, and his answer is a coder's.

    A provider's own statement of it is coded instead (OCG I.A.19, I.B.14; billing.md section 4).
    """
    chart, statement = about.scene.chart, about.statement
    clinical = [other for other in chart.statements if other.kind in CLINICAL and _is_the_patients(other)]
    if a_provider_says_so(statement, clinical):
        return []
    if is_stage_of_a_providers(statement, clinical):
        return [work(about, "stage", "another clinician's stage of an ulcer that a provider diagnosed")]
    ask = open_query(chart, "attending", "author", NOT_BY_A_PROVIDER, quoted(about), about=statement.id)
    return [*_answers_to(about.scene, ask.id, statement.id)] or [ask]


def _is_the_patients(statement: Statement) -> bool:
    return statement.certainty == "confirmed" and statement.whose == "patient"


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
