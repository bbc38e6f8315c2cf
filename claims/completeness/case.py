"""What a completeness rule sees of a chart, and how it asks."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from claims.authors import by_a_provider
from claims.codesets.shapes import ICD_10_CM, ICD_10_PCS, without_dot
from claims.operations import is_performed
from claims.partners import Hospital
from claims.queries import Template
from claims.scene import CLINICAL
from claims.stay import local_day
from schemas.events.chart import ChartCompleted, Document, Signatures, Statement
from schemas.events.coded import Finding, Indicator
from schemas.events.types import Instant

QUOTED: Final = 5
"""So many indicators of one kind are quoted: what a clinician reads, not the whole record."""


class Asked(NamedTuple):
    """A template's question about one thing of the chart. `ask` and `options` where they aren't the template's."""

    template: Template
    about: str = ""
    indicators: tuple[Indicator, ...] = ()
    ask: str | None = None
    options: tuple[str, ...] | None = None
    field: str | None = None


Said = Iterator[Finding | Asked]


@dataclass(frozen=True)
class Case:
    """A chart with what its hospital has on file. `payers` are the ids of the payers we know."""

    chart: ChartCompleted
    hospital: Hospital
    payers: Collection[str]

    @property
    def inpatient(self) -> bool:
        return self.chart.encounter.encounter_class == "inpatient"

    @cached_property
    def diagnoses(self) -> tuple[Statement, ...]:
        """What a provider says the patient has: his, and certain."""
        return tuple(
            statement
            for statement in self.chart.statements
            if statement.kind in CLINICAL and is_the_patients(statement) and by_a_provider(statement)
        )

    @cached_property
    def codes(self) -> frozenset[str]:
        """The ICD-10-CM codes of his diagnoses, without their dots."""
        return frozenset(code for statement in self.diagnoses for code in codes_of(statement))

    @cached_property
    def performed(self) -> tuple[Statement, ...]:
        """What was done for him or given to him, with a result where a result was to come."""
        return tuple(statement for statement in self.chart.statements if is_performed(statement))

    def has(self, *prefixes: str) -> bool:
        """Whether he has a diagnosis with a code that begins so."""
        return any(code.startswith(prefixes) for code in self.codes)

    def field(self, statement: Statement) -> str:
        return f"statements[{self.chart.statements.index(statement)}]"

    def quoted(self, statement: Statement) -> Indicator:
        """A statement in its own words, with its day and where it stands."""
        source = f"document {statement.document_id}" if statement.document_id else f"statement {statement.id}"
        moment = statement.performed_at or statement.documented_at or self.chart.encounter.start
        return Indicator(text=words_of(statement), date=self.day(moment), source=source)

    def day(self, moment: Instant | None) -> date | None:
        return local_day(moment, self.hospital) if moment else None

    def about(self, template: Template, statement: Statement, *others: Statement) -> Asked:
        """The template's question about one statement, which is quoted with what else bears on it."""
        quoted = tuple(self.quoted(each) for each in (statement, *others[:QUOTED]))
        return Asked(template, statement.id, quoted, field=self.field(statement))


def signatures_on_file(chart: ChartCompleted, hospital: Hospital) -> Signatures:
    """What the chart says of its signatures, and where it says nothing, what the hospital has on file."""
    said, on_file = chart.signatures or Signatures(), hospital.signatures
    return Signatures(
        assignment_of_benefits=_first(said.assignment_of_benefits, on_file.assignment_of_benefits),
        release_of_information=_first(said.release_of_information, on_file.release_of_information),
        provider_accepts_assignment=_first(said.provider_accepts_assignment, on_file.provider_accepts_assignment),
    )


def _first(said: bool | None, on_file: bool | None) -> bool | None:
    return on_file if said is None else said


def is_the_patients(statement: Statement) -> bool:
    return statement.certainty == "confirmed" and statement.whose == "patient"


def is_signed(document: Document) -> bool:
    return bool(document.signed_by and document.signed_at)


def quoted_notes(documents: Iterable[Document]) -> tuple[Indicator, ...]:
    found = (Indicator(text=d.kind.display or "document without a title", source=f"document {d.id}") for d in documents)
    return tuple(found)[:QUOTED]


def codes_of(statement: Statement) -> tuple[str, ...]:
    """The ICD-10-CM codes given with a statement, without their dots."""
    return tuple(without_dot(coding.code) for coding in statement.codings if coding.system in ICD_10_CM)


def operations_of(statement: Statement) -> tuple[str, ...]:
    """The ICD-10-PCS codes given with a statement."""
    return tuple(coding.code for coding in statement.codings if coding.system in ICD_10_PCS)


def words_of(statement: Statement) -> str:
    """As documented; else as a code was displayed; else only its kind."""
    named = statement.text or next((coding.display for coding in statement.codings if coding.display), None)
    return named or statement.kind
