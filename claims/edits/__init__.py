"""Edits: the rules a coded chart is held to, each a small generator of findings.

A docstring is the rule, its source, severity and CARC. They stand in plain tuples; all of them run, and a hospital
hears everything at once. A payer may turn a rule off, to a warning, or on, from a date of service (partners.yaml):
that is applied here and nowhere else.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from claims.accounts import PatientHistory
from claims.edits.account import same_line_on_another_chart
from claims.edits.coverage import first_coverage, health_plan_for_an_accident, member_id_missing, outside_coverage
from claims.edits.dates import after_death, before_birth_or_too_old, outside_encounter
from claims.edits.diagnosis import (
    duplicate_of_principal,
    external_cause_first,
    no_diagnosis,
    not_billable,
    pointer_to_nothing,
)
from claims.edits.inpatient import admitting_diagnosis_missing, medicare_code_editor, ungroupable
from claims.edits.institutional import patient_status_disagrees, revenue_code_unknown
from claims.edits.modifiers import modifier_unknown, modifiers_conflict
from claims.edits.money import amounts_beyond_a_claim, nothing_charged
from claims.edits.procedures import no_inpatient_procedure_code, no_procedure_code
from claims.edits.providers import attending_missing, npi_check_digit, npi_missing
from claims.edits.units import units_not_whole
from claims.partners import Payer
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding

ChartEdit = Callable[[ChartCoded, Reference], Iterator[Finding]]
AccountEdit = Callable[[ChartCoded, PatientHistory], Iterator[Finding]]

CHART_EDITS: Final[tuple[ChartEdit, ...]] = (
    no_diagnosis,
    not_billable,
    external_cause_first,
    duplicate_of_principal,
    outside_encounter,
    after_death,
    before_birth_or_too_old,
    npi_missing,
    npi_check_digit,
    attending_missing,
    units_not_whole,
    modifier_unknown,
    modifiers_conflict,
    admitting_diagnosis_missing,
    medicare_code_editor,
    ungroupable,
    patient_status_disagrees,
    revenue_code_unknown,
    member_id_missing,
    outside_coverage,
    health_plan_for_an_accident,
)
SOUND: Final[tuple[ChartEdit, ...]] = (
    amounts_beyond_a_claim,
    nothing_charged,
    pointer_to_nothing,
    no_procedure_code,
    no_inpatient_procedure_code,
)
"""What no payer turns off: without it the chart can't be counted, claimed or billed at all."""
ACCOUNT_EDITS: Final[tuple[AccountEdit, ...]] = (same_line_on_another_chart,)


def check_chart(chart: ChartCoded, reference: Reference) -> tuple[Finding, ...]:
    """Everything the chart alone can tell."""
    found = (finding for edit in CHART_EDITS for finding in edit(chart, reference))
    sound = (finding for edit in SOUND for finding in edit(chart, reference))
    return (*_as_the_payer_wants(found, chart, reference), *sound)


def check_account(chart: ChartCoded, history: PatientHistory, reference: Reference) -> tuple[Finding, ...]:
    """What only the patient's other charts can tell."""
    found = (finding for edit in ACCOUNT_EDITS for finding in edit(chart, history))
    return _as_the_payer_wants(found, chart, reference)


def _as_the_payer_wants(found: Iterable[Finding], chart: ChartCoded, reference: Reference) -> tuple[Finding, ...]:
    """The rule's own severity, unless the first payer has set another for this date of service."""
    first = first_coverage(chart)
    payer = reference.partners.payers.get(first.payer) if first else None
    if payer is None or not payer.rules:
        return tuple(found)
    return tuple(kept for finding in found if (kept := _set_by(payer, finding, chart)) is not None)


def _set_by(payer: Payer, finding: Finding, chart: ChartCoded) -> Finding | None:
    mode = payer.rule_mode(finding.rule, chart.encounter.start_day)
    if mode == "off":
        return None
    if mode is None:
        return finding
    return finding.model_copy(update={"severity": "reject" if mode == "on" else "warn"})
