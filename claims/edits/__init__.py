"""Edits: the rules a coded chart is held to, each a small generator of faults.

A docstring is the rule. They stand in plain tuples; all that are in force on the chart's day run, and a hospital hears
everything at once. A payer or a hospital may turn a rule off, to a warning, or on, from a date of service
(partners.yaml): that is applied here and nowhere else.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from itertools import repeat
from operator import call
from typing import Final, Literal, NamedTuple

from claims.claimed_stays import Stay
from claims.edits.account import ACCOUNT
from claims.edits.authorization import AUTHORIZATION
from claims.edits.beds import BEDS
from claims.edits.coverage import COVERAGE
from claims.edits.dates import DATES
from claims.edits.diagnosis import DIAGNOSIS
from claims.edits.drugs import DRUGS
from claims.edits.duplicates import DUPLICATES
from claims.edits.eligibility import ELIGIBILITY
from claims.edits.enclosures import ENCLOSURES
from claims.edits.filing import FILING
from claims.edits.guidelines import GUIDELINES
from claims.edits.identity import IDENTITY
from claims.edits.inpatient import INPATIENT
from claims.edits.institutional import INSTITUTIONAL
from claims.edits.interim import INTERIM
from claims.edits.modifiers import MODIFIERS
from claims.edits.money import MONEY
from claims.edits.necessity import NECESSITY
from claims.edits.needs import met
from claims.edits.ordering import ORDERING
from claims.edits.pairs import PAIRS
from claims.edits.patient_fit import PATIENT_FIT
from claims.edits.present_on_admission import PRESENT_ON_ADMISSION
from claims.edits.procedures import PROCEDURES
from claims.edits.providers import PROVIDERS
from claims.edits.rule import Check, Fault, Mode, Need, Rule
from claims.edits.subject import Subject
from claims.edits.units import UNITS
from claims.history import HistoryLine, PatientHistory, Visit
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding, Proposal

Set = Literal["warn", "on"]
Claims = Callable[[HistoryLine | Visit | None], tuple[str, ...]]

FAMILIES: Final[dict[str, tuple[Rule, ...]]] = {
    "diagnosis": DIAGNOSIS,
    "identity": IDENTITY,
    "eligibility": ELIGIBILITY,
    "guidelines": GUIDELINES,
    "dates": DATES,
    "timely filing": FILING,
    "providers": PROVIDERS,
    "orders": ORDERING,
    "units": UNITS,
    "pairs": PAIRS,
    "duplicates": DUPLICATES,
    "modifiers": MODIFIERS,
    "procedures": PROCEDURES,
    "patient fit": PATIENT_FIT,
    "necessity": NECESSITY,
    "drugs": DRUGS,
    "inpatient": INPATIENT,
    "present on admission": PRESENT_ON_ADMISSION,
    "institutional": INSTITUTIONAL,
    "interim bills": INTERIM,
    "days and hours": BEDS,
    "coverage": COVERAGE,
    "authorization": AUTHORIZATION,
    "papers and notes": ENCLOSURES,
    "money": MONEY,
}
"""By what they look at, in the order in which a hospital hears of them."""
CHART_EDITS: Final[tuple[Rule, ...]] = tuple(rule for family in FAMILIES.values() for rule in family)
ACCOUNT_EDITS: Final[tuple[Rule, ...]] = ACCOUNT
"""What only the patient's other charts can tell."""


def check_chart(chart: ChartCoded, reference: Reference, stay: Stay | None = None) -> tuple[Finding, ...]:
    """Everything the chart alone can tell. `stay` is its inpatient stay, where it was made before."""
    subject = Subject(chart, reference, stay=stay)
    return tuple([rule.said(fault, mode) for rule, fault, mode in _faults(_asked(subject), subject)])


class Across(NamedTuple):
    """What the patient's other charts tell, and what would mend the claims of those that are wrong now."""

    findings: tuple[Finding, ...]
    proposals: tuple[Proposal, ...] = ()


def unnamed(_: HistoryLine | Visit | None) -> tuple[str, ...]:
    """Where nobody knows the claims of the other charts."""
    return ()


def check_account(chart: ChartCoded, history: PatientHistory, reference: Reference, claims: Claims = unnamed) -> Across:
    """What only the patient's other charts can tell. `claims` gives the control numbers of the claims that stand and
    have a line, or are of a visit."""
    if not history.visits and not history.lines and not chart.folds:
        return Across(())
    subject = Subject(chart, reference, history)
    faults = list(_faults(_of(ACCOUNT_EDITS), subject))
    proposals = (proposal for rule, fault, mode in faults for proposal in _proposed(rule, fault, mode, chart, claims))
    return Across(
        tuple(rule.said(fault, mode, next(iter(claims(fault.other)), None)) for rule, fault, mode in faults),
        tuple(dict.fromkeys(proposals)),
    )


def _proposed(rule: Rule, fault: Fault, mode: Set | None, chart: ChartCoded, claims: Claims) -> Iterator[Proposal]:
    """The mend of another chart's claims. Of an admission and a visit before it the visit's services go onto the stay;
    of two visits those of the later one onto the earlier."""
    other = fault.other
    if other is None or rule.proposes is None or (mode or fault.severity or rule.severity) == "warn":
        return
    stays = chart.encounter.encounter_class == "inpatient"
    moved, into = (other.chart_id, chart.chart_id) if stays else (chart.chart_id, other.chart_id)
    yield Proposal(
        kind=rule.proposes,
        chart_id=other.chart_id if rule.proposes == "replace" else moved,
        into=None if rule.proposes == "replace" else into,
        claims=claims(other),
        why=f"{rule.id}: {fault.message}",
    )


def rules_for(subject: Subject) -> tuple[Rule, ...]:
    """The rules that look at such a chart on its day: the others are never called."""
    return _asked(subject).rules


class _Asked(NamedTuple):
    """Rules, and their generators in the same order."""

    rules: tuple[Rule, ...]
    checks: tuple[Check, ...]


def _asked(subject: Subject) -> _Asked:
    return _in_force(subject.day, subject.inpatient, subject.facility, subject.professional, met(subject))


@lru_cache(4096)
def _in_force(day: date, inpatient: bool, facility: bool, professional: bool, met_needs: frozenset[Need]) -> _Asked:
    scopes = {"any", "inpatient" if inpatient else "outpatient"}
    scopes |= {"facility"} if facility else set()
    scopes |= {"professional"} if professional else set()
    asked = (rule for rule in CHART_EDITS if rule.of in scopes and (rule.needs is None or rule.needs in met_needs))
    return _of(tuple(rule for rule in asked if rule.in_force(day)))


def _of(rules: tuple[Rule, ...]) -> _Asked:
    return _Asked(rules, tuple(rule.check for rule in rules))


def _faults(asked: _Asked, subject: Subject) -> Iterator[tuple[Rule, Fault, Set | None]]:
    """Most charts have none: all rules are called in one go, and only what they found is looked at rule by rule."""
    found = tuple(map(tuple, map(call, asked.checks, repeat(subject))))
    if not any(found):
        return
    for rule, faults in zip(asked.rules, found, strict=True):
        for fault in faults:
            mode = None if rule.fixed else mode_of(rule, subject)
            if mode != "off":
                yield rule, fault, mode


def mode_of(rule: Rule, subject: Subject) -> Mode | None:
    """What is set for a rule on the first day of service: by the first payer, who judges the claim, or else by the
    hospital; None where neither says anything."""
    day = subject.stay.start_day
    said = subject.payer.rule_mode(rule.id, day) if subject.payer else None
    return said or subject.hospital.rule_mode(rule.id, day)
