"""What a completeness rule sees of a chart, and how it asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal, NamedTuple

from claims.authors import by_a_provider
from claims.codesets.shapes import ICD_10_CM, ICD_10_PCS, without_dot
from claims.completeness.indicators import Sign, plain, signs_of
from claims.operations import is_performed
from claims.partners import Hospital
from claims.queries import Template
from claims.scene import CLINICAL
from claims.stay import local_day
from schemas.events.chart import ChartCompleted, Document, Signatures, Statement, StatementKind
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


class Entry(NamedTuple):
    """A statement and its place in the chart; its codes, without dots: of a diagnosis those of ICD-10-CM, of what was
    done those of ICD-10-PCS; and its words as they are compared.
    """

    statement: Statement
    at: int
    codes: tuple[str, ...]
    words: str

    def coded(self, prefixes: tuple[str, ...]) -> bool:
        """Whether one of its codes begins so."""
        return any(code.startswith(prefixes) for code in self.codes)


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
    def clinical(self) -> tuple[Entry, ...]:
        """What providers say of the patient, however certain."""
        return tuple(
            _entry(at, statement, ICD_10_CM)
            for at, statement in enumerate(self.chart.statements)
            if statement.kind in CLINICAL and statement.whose == "patient" and by_a_provider(statement)
        )

    def done(self, kind: StatementKind) -> Iterator[tuple[int, Statement]]:
        """What of a kind was done for him or given to him, with a result where a result was to come, and its place."""
        for at, statement in enumerate(self.chart.statements):
            if statement.kind == kind and is_performed(statement):
                yield at, statement

    @cached_property
    def diagnoses(self) -> tuple[Entry, ...]:
        """Of these, what is certain."""
        return tuple(entry for entry in self.clinical if entry.statement.certainty == "confirmed")

    @cached_property
    def worded(self) -> tuple[Entry, ...]:
        """Diagnoses without a code: only there words are read for what they leave out."""
        return tuple(entry for entry in self.diagnoses if not entry.codes)

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(code for entry in self.diagnoses for code in entry.codes)

    @cached_property
    def treatments(self) -> tuple[Entry, ...]:
        return tuple(done_entry(at, statement) for at, statement in self.done("treatment"))

    @cached_property
    def _signs(self) -> Mapping[Sign, tuple[Entry, ...]]:
        """What shows each sign, a name once: the first time stands for all."""
        first: dict[str, tuple[int, Statement]] = {}
        for at, statement in enumerate(self.chart.statements):
            if is_performed(statement):
                first.setdefault(named_as(statement), (at, statement))
        found: dict[Sign, list[Entry]] = defaultdict(list)
        for entry in (done_entry(at, statement) for at, statement in first.values()):
            for sign in signs_of(entry.statement, entry.words, entry.codes):
                found[sign].append(entry)
        return {sign: tuple(entries) for sign, entries in found.items()}

    def shown(self, *signs: Sign) -> tuple[Entry, ...]:
        """What was done or given of these, in the chart's order."""
        entries = {entry.at: entry for sign in signs for entry in self._signs.get(sign, ())}
        return tuple(entries[at] for at in sorted(entries))

    def coded(self, prefixes: tuple[str, ...]) -> tuple[Entry, ...]:
        """Diagnoses with a code that begins so."""
        return tuple(entry for entry in self.diagnoses if entry.coded(prefixes)) if self.has(prefixes) else ()

    def has(self, prefixes: tuple[str, ...]) -> bool:
        """Whether he has a diagnosis with a code that begins so."""
        return any(code.startswith(prefixes) for code in self.codes)

    def quoted(self, statement: Statement) -> Indicator:
        """A statement in its own words, with its day and where it stands."""
        source = f"document {statement.document_id}" if statement.document_id else f"statement {statement.id}"
        moment = statement.performed_at or statement.documented_at or self.chart.encounter.start
        return Indicator(text=named_as(statement), date=self.day(moment), source=source)

    def day(self, moment: Instant | None) -> date | None:
        return local_day(moment, self.hospital) if moment else None

    def about(self, template: Template, entry: Entry, *others: Entry) -> Asked:
        """The template's question about one entry, which is quoted with what else bears on it."""
        quoted = tuple(self.quoted(each.statement) for each in (entry, *others[:QUOTED]))
        return Asked(template, entry.statement.id, quoted, field=f"statements[{entry.at}]")

    def related(self, template: Template, first: Entry, second: Entry) -> Asked:
        """A question about the second of two entries, which are quoted in this order."""
        asked = self.about(template, second)
        return asked._replace(indicators=(self.quoted(first.statement), *asked.indicators))


def done_entry(at: int, statement: Statement) -> Entry:
    return _entry(at, statement, ICD_10_PCS)


def _entry(at: int, statement: Statement, systems: frozenset[str]) -> Entry:
    codes = tuple(without_dot(coding.code) for coding in statement.codings if coding.system in systems)
    return Entry(statement, at, codes, plain(named_as(statement)))


def signatures_on_file(chart: ChartCompleted, hospital: Hospital) -> Signatures:
    """What the chart says of its signatures, and where it says nothing, what the hospital has on file."""
    return Signatures(
        assignment_of_benefits=signed(chart, hospital, "assignment_of_benefits"),
        release_of_information=signed(chart, hospital, "release_of_information"),
        provider_accepts_assignment=signed(chart, hospital, "provider_accepts_assignment"),
    )


Signature = Literal["assignment_of_benefits", "release_of_information", "provider_accepts_assignment"]


def signed(chart: ChartCompleted, hospital: Hospital, name: Signature) -> bool | None:
    said: bool | None = getattr(chart.signatures, name, None)
    on_file: bool | None = getattr(hospital.signatures, name)
    return on_file if said is None else said


def is_signed(document: Document) -> bool:
    return bool(document.signed_by and document.signed_at)


def quoted_notes(documents: Iterable[Document]) -> tuple[Indicator, ...]:
    found = (Indicator(text=d.kind.display or "document without a title", source=f"document {d.id}") for d in documents)
    return tuple(found)[:QUOTED]


def named_as(statement: Statement) -> str:
    """As documented; else as a code was displayed; else only its kind."""
    if statement.text is not None:
        return statement.text
    return next((coding.display for coding in statement.codings if coding.display), None) or statement.kind
