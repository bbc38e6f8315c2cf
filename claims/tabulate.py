"""The published tables: each a question, its dimensions, and what one fact adds to which cells.

Patients are counted once. A table has two dimensions, because only rows and columns are guarded (complement.py); two
that share one stand in a chain and are guarded together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from claims.facts import Fact
from schemas.events.control import Cell, Measure


class Entry(NamedTuple):
    """What one fact adds to one cell."""

    dimensions: tuple[str, ...]
    measures: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """A question that closed windows answer. With `latest`, only the last fact about a chart counts: a correction
    replaces what was counted before. `top` cuts the published cells by rank, after suppression."""

    name: str
    question: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    entries: Callable[[Fact], Iterator[Entry]]
    latest: bool = False
    top: int = 500


def _services_by_diagnosis(fact: Fact) -> Iterator[Entry]:
    for group in fact.statistic.diagnosis_groups:
        for use in fact.services:
            yield Entry((group, use.group), (use.units,))


def _charts_by_class(fact: Fact) -> Iterator[Entry]:
    said = fact.statistic
    if said.stage == "validation":
        yield Entry((said.encounter_class or "unknown", said.outcome), (1, fact.charge_cents))


def _denials(fact: Fact) -> Iterator[Entry]:
    said = fact.statistic
    if said.outcome in ("denied", "partly-denied"):
        for carc in said.carcs:
            yield Entry((carc, said.payer_kind or "unknown"), (1,))


def _dollars(fact: Fact) -> Iterator[Entry]:
    """Answered claims in signed cents, and bills no payer was asked about; what payers left is not counted twice."""
    said = fact.statistic
    if said.stage == "adjudication" or said.outcome == "self-pay-billed":
        cents = (fact.charge_cents, fact.paid_cents, fact.patient_share_cents)
        yield Entry((said.payer_kind or "unknown", said.plan_kind or "none"), cents)


def _returns(fact: Fact) -> Iterator[Entry]:
    said = fact.statistic
    if said.outcome in ("incomplete", "uncodable", "rejected-by-edits", "rejected-by-payer", "late-version"):
        for edit in said.edits or ("none",):
            yield Entry((said.outcome, edit), (1,))


SERVICES = Table(
    name="services-by-diagnosis",
    question="Which services and supplies are most used for patients with a diagnosis of this group?",
    dimensions=("diagnosis-group", "service-group"),
    measures=("units-thousandths",),
    entries=_services_by_diagnosis,
    latest=True,
)
CHARTS = Table(
    name="charts-by-class",
    question="How many charts of each encounter class were complete at first, and what became of the others?",
    dimensions=("encounter-class", "outcome"),
    measures=("charts", "charge-cents"),
    entries=_charts_by_class,
)
RETURNS = Table(
    name="returns-by-reason",
    question="Why do charts go back to hospitals?",
    dimensions=("reason", "edit"),
    measures=("returns",),
    entries=_returns,
)
DENIALS = Table(
    name="denials-by-carc",
    question="Why do payers of each kind withhold money?",
    dimensions=("carc", "payer-kind"),
    measures=("answers",),
    entries=_denials,
)
DOLLARS = Table(
    name="dollars-by-payer",
    question="What was charged to payers of each kind, what did they pay, and what is left to patients?",
    dimensions=("payer-kind", "plan-kind"),
    measures=("charge-cents", "paid-cents", "patient-share-cents"),
    entries=_dollars,
)

Chain = tuple[Table, ...]
"""Tables of which each one's columns are the next one's rows, so that they count the same people a second time."""

CHAINS: tuple[Chain, ...] = ((SERVICES,), (CHARTS, RETURNS), (DENIALS, DOLLARS))
"""Outcomes are the reasons of what is returned; who pays is who denies."""

TABLES = tuple(table for chain in CHAINS for table in chain)


def _counted(facts: Iterable[Fact], table: Table) -> Iterator[tuple[str, Entry]]:
    """Each entry with its patient; of a `latest` table, the last fact about each chart only."""
    told = [(fact, entries) for fact in facts if (entries := tuple(table.entries(fact)))]
    if table.latest:
        told = list({fact.about: (fact, entries) for fact, entries in told}.values())
    for fact, entries in told:
        for entry in entries:
            yield fact.patient, entry


def tabulate(facts: Iterable[Fact], table: Table) -> tuple[Cell, ...]:
    """The cells as they are, in the order of their names. Not for publication: `cells.publish` suppresses first."""
    patients: dict[tuple[str, ...], set[str]] = defaultdict(set)
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * len(table.measures))
    for patient, entry in _counted(facts, table):
        patients[entry.dimensions].add(patient)
        sums[entry.dimensions] = [had + more for had, more in zip(sums[entry.dimensions], entry.measures, strict=True)]
    return tuple(
        Cell(
            dimensions=named,
            patients=len(patients[named]),
            measures=tuple(Measure(name=name, value=v) for name, v in zip(table.measures, sums[named], strict=True)),
        )
        for named in sorted(patients)
    )
