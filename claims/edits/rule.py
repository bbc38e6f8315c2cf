"""A rule: what it is held by, and the faults that its generator finds.

The docstring of the generator is the rule. What a finding says besides (severity, disposition, CARC, citation, mend)
stands once, on the rule; a fault overrides it where one rule has several cases.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from claims.code_facts import Trait
from claims.edits.subject import Subject
from claims.findings import INFORM, LINE, RETURN
from claims.history import HistoryLine, Visit
from schemas.events.coded import Finding

Severity = Literal["reject", "warn"]
Mode = Literal["off", "warn", "on"]
Mends = Literal["fold", "merge", "replace"]
Need = Literal[
    "hcpcs table", "pair tables", "unit tables", "add-on table", "necessity table",
    "accidents", "operations", "no condition", "diagnoses", "codes twice", "enrolments", "patient status",
    "editor's edits", "no group", "no admitting diagnosis", "not there at admission", "odd indicators", "observation",
    "status changed", "plan's answers", "days outside", "death", "impossible age",
    "no lines", "modifiers", "notices", "single doses", "drugs", "codes without shape", "codes of one sex",
    "inpatient places", "lines alike", "pointers astray", "providers unknown", "check digits",
    "units not whole", "odd amounts", "other charges",
    "splits", "plans change", "authorizations", "referrals", "clia", "medicare",
    "papers and notes",
] | Trait  # fmt: skip
"""What a rule needs to find anything (claims/edits/needs.py)."""
Scope = Literal["any", "inpatient", "outpatient", "facility", "professional"]
"""Which charts a rule looks at: those with a line of that component, or of that class; the others never call it."""

SEVERITIES: Final[dict[str, Severity]] = {"warn": "warn", "on": "reject"}


class Fault(NamedTuple):
    """What is wrong and where, never the value. `line` is the service's index; None where no one line is meant."""

    message: str
    field: str | None = None
    line: int | None = None
    value_kind: str | None = None
    mend: str | None = None
    carc: str | None = None
    severity: Severity | None = None
    citation: str | None = None
    other: HistoryLine | Visit | None = None  # what of another chart it is about


Check = Callable[[Subject], Iterator[Fault]]


@dataclass(frozen=True, eq=False)
class Rule:
    """One edit. `since` and `until` are days of service (of discharge, for an inpatient), both counted in."""

    id: str
    check: Check
    severity: Severity
    citation: str
    mend: str
    carc: str | None = None
    of: Scope = "any"
    since: date | None = None
    until: date | None = None
    proposes: Mends | None = None
    """How what it finds on another chart is mended there (schemas/events/coded.py, Proposal)."""
    needs: Need | None = None
    fixed: bool = False
    """Nobody turns it off: without it the chart can't be counted, claimed or billed at all."""

    @property
    def words(self) -> str:
        """The rule in words, as its docstring has it."""
        return " ".join((self.check.__doc__ or "").split())

    @property
    def name(self) -> str:
        return self.check.__name__

    def in_force(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What the rule says of a chart by itself: the day and what a payer or hospital wants is asked elsewhere."""
        return (self.said(fault) for fault in self.check(subject))

    def said(self, fault: Fault, mode: Literal["warn", "on"] | None = None, claim: str | None = None) -> Finding:
        """A fault as a finding, of its own severity or of the one that is set for the rule."""
        severity = fault.severity or self.severity
        if mode is not None:
            severity = SEVERITIES[mode]
        stops = RETURN if fault.line is None else LINE
        return Finding(
            rule=self.id,
            severity=severity,
            disposition=stops if severity == "reject" else INFORM,
            message=fault.message,
            field=fault.field,
            line=None if fault.line is None else fault.line + 1,
            value_kind=fault.value_kind,
            mend=fault.mend or self.mend,
            citation=fault.citation or self.citation,
            carc=fault.carc or self.carc,
            claim=claim,
        )


def rule(
    name: str,
    severity: Severity,
    *,
    citation: str,
    mend: str,
    carc: str | None = None,
    of: Scope = "any",
    since: date | None = None,
    until: date | None = None,
    proposes: Mends | None = None,
    needs: Need | None = None,
    fixed: bool = False,
) -> Callable[[Check], Rule]:
    """Makes a generator of faults the rule of that id."""

    def made(check: Check) -> Rule:
        return Rule(name, check, severity, citation, mend, carc, of, since, until, proposes, needs, fixed)

    return made
