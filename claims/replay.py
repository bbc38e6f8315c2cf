"""Recorded charts judged again: what was said of a chart, what is said of it now, and where the two differ."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from schemas.events.coded import ChartCoded, ChartReturned, Finding, Service

Said = ChartCoded | ChartReturned
CODES, PRICES, QUESTIONS = "codes", "prices", "questions"
"""What may differ besides rules: diagnoses, procedures and group; lines and charges; queries and work items."""
_OF_A_LINE: Final = tuple(name for name in Service.model_fields if name not in {"text", "group"})
"""What a claim says of a line, or decides whose claim it is on; a department is for statistics."""
Told = tuple[str, str, str | None]
"""A finding by its rule, severity and field."""


class Judgement(NamedTuple):
    """One verdict as it is compared: never its texts, ids or times. Charges are those of the coded chart, else 0."""

    outcome: str
    findings: Counter[Told]
    codes: tuple[object, ...] = ()
    lines: tuple[object, ...] = ()
    questions: frozenset[tuple[str, str]] = frozenset()
    cents: int = 0


def judgement(said: Said) -> Judgement:
    """What was said of a chart, as it is compared."""
    findings = _compared(said.findings)
    if isinstance(said, ChartCoded):
        group = (said.drg.code, said.drg.version) if said.drg else None
        diagnoses = tuple((each.code, each.role, each.present_on_admission) for each in said.diagnoses)
        codes = (diagnoses, tuple(each.code for each in said.procedures), group)
        lines = tuple(tuple(getattr(service, name) for name in _OF_A_LINE) for service in said.services)
        cents = sum(service.charge_cents for service in said.services)
        return Judgement("coded", findings, codes, lines, cents=cents)
    asked = {("query", query.id) for query in said.queries}
    asked |= {(item.kind, item.statement) for item in said.worklist}
    return Judgement(said.reason, findings, questions=frozenset(asked))


class Difference(NamedTuple):
    """A chart that is judged otherwise now: the rules that speak or are silent now, and what else differs.

    `cents` are its charges, by whichever of the two judgements coded it; 0 where none did. `reproduced` is whether
    today's own tables say what was recorded: where they don't, the difference is not, or not only, the other tables'.
    """

    hospital: str
    chart_id: str
    version: int
    before: str
    now: str
    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    also: tuple[str, ...]
    cents: int
    reproduced: bool


def difference(about: Said, before: Judgement, now: Judgement, *, reproduced: bool) -> Difference | None:
    """Null where both say the same."""
    if before == now:
        return None
    appeared, gone = now.findings - before.findings, before.findings - now.findings
    also = {
        CODES: before.codes != now.codes,
        PRICES: before.lines != now.lines,
        QUESTIONS: before.questions != now.questions,
    }
    both_coded = before.outcome == now.outcome == "coded"
    return Difference(
        about.hospital,
        about.chart_id,
        about.version,
        before.outcome,
        now.outcome,
        tuple(sorted({rule for rule, _, _ in appeared})),
        tuple(sorted({rule for rule, _, _ in gone})),
        tuple(name for name, differs in also.items() if differs and (both_coded or name == QUESTIONS)),
        now.cents or before.cents,
        reproduced,
    )


class Sum(NamedTuple):
    """How many charts differ in one thing, and their charges in cents."""

    what: str
    change: str
    charts: int
    cents: int


@dataclass
class Tally:
    """By rule, or by what else differs: how many charts, and their charges in cents."""

    charts: Counter[tuple[str, str]] = field(default_factory=Counter)
    cents: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, found: Difference) -> None:
        for what in _counted(found):
            self.charts[what] += 1
            self.cents[what] += found.cents

    def rows(self) -> Iterator[Sum]:
        """The dearest first."""
        for (what, change), charts in sorted(self.charts.items(), key=lambda row: (-self.cents[row[0]], row[0])):
            yield Sum(what, change, charts, self.cents[what, change])


def _counted(found: Difference) -> Iterator[tuple[str, str]]:
    yield from ((rule, "speaks now") for rule in found.appeared)
    yield from ((rule, "is silent now") for rule in found.gone)
    yield from ((name, "differ") for name in found.also)
    if found.before != found.now:
        yield "outcome", f"{found.before} to {found.now}"


def _compared(findings: Iterable[Finding]) -> Counter[Told]:
    """A rule may speak twice of one field."""
    return Counter((finding.rule, finding.severity, finding.field) for finding in findings)
