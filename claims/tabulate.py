"""The published tables: each a question, its dimensions, and what one fact adds to which cells.

Patients are counted once. A table has two dimensions, because only rows and columns are guarded (complement.py); two
that share one stand in a chain and are guarded together.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
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


class Distinct:
    """How many different numbers came, in 8 to 16 bytes for each of them, however often they come."""

    def __init__(self) -> None:
        self._seen, self._full = array("Q"), 64

    def add(self, number: int) -> None:
        self._seen.append(number)
        if len(self._seen) > self._full:
            self._full = max(64, 2 * self.count())

    def count(self) -> int:
        self._seen = array("Q", sorted(set(self._seen)))
        return len(self._seen)


@dataclass
class _Cell:
    patients: Distinct
    sums: list[int]


@dataclass
class _Tally:
    """The cells of one table, as the facts come."""

    table: Table
    cells: dict[tuple[str, ...], _Cell] = field(default_factory=dict)

    def add(self, fact: Fact, patient: int) -> None:
        for named, measures in self.table.entries(fact):
            if (cell := self.cells.get(named)) is None:
                cell = self.cells[named] = _Cell(Distinct(), [0] * len(measures))
            cell.patients.add(patient)
            cell.sums = [had + more for had, more in zip(cell.sums, measures, strict=True)]

    def counted(self) -> Iterator[Cell]:
        """The cells in the order of their names."""
        for named, cell in sorted(self.cells.items(), key=lambda item: item[0]):
            measures = zip(self.table.measures, cell.sums, strict=True)
            yield Cell(
                dimensions=named,
                patients=cell.patients.count(),
                measures=tuple(Measure(name=name, value=value) for name, value in measures),
            )


def tabulate_all(facts: Iterable[Fact], tables: Sequence[Table]) -> dict[str, tuple[Cell, ...]]:
    """Each table's cells as they are. Not for publication: `cells.publish` suppresses first.

    No fact is kept. What grows is 8 to 16 bytes a patient and cell, and while it is found out which fact is the last
    about its chart, about 100 bytes a chart. Then `facts` is gone through a second time: an iterator won't do.
    """
    tallies = [_Tally(table) for table in tables if not table.latest]
    latest = [_Tally(table) for table in tables if table.latest]
    charts = [array("Q") for _ in latest]
    for fact in facts:
        patient = _number(fact.patient)
        for tally in tallies:
            tally.add(fact, patient)
        for tally, told in zip(latest, charts, strict=True):
            if _tells(tally.table, fact):
                told.append(_number(fact.about))
    stands = [iter(_last(told)) for told in charts]
    for fact in facts if latest else ():
        for tally, standing in zip(latest, stands, strict=True):
            if _tells(tally.table, fact) and next(standing):
                tally.add(fact, _number(fact.patient))
    return {tally.table.name: tuple(tally.counted()) for tally in (*tallies, *latest)}


def tabulate(facts: Iterable[Fact], table: Table) -> tuple[Cell, ...]:
    """One table's cells as they are, in the order of their names."""
    return tabulate_all(facts, (table,))[table.name]


def _tells(table: Table, fact: Fact) -> bool:
    return next(table.entries(fact), None) is not None


def _last(numbers: "array[int]") -> bytearray:
    """1 where a number stands for the last time, 0 where it comes again."""
    marks, seen = bytearray(len(numbers)), set[int]()
    for at in range(len(numbers) - 1, -1, -1):
        if numbers[at] not in seen:
            seen.add(numbers[at])
            marks[at] = 1
    return marks


def _number(token: str) -> int:
    """64 bits of a token: among a million patients two share one with a chance of 1 in 37 million."""
    return int.from_bytes(blake2b(token.encode(), digest_size=8).digest())
