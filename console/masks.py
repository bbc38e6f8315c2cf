"""What of an event a screen may show. It is an allow-list: a field that nobody named here is masked, a new one too.

Shown are roles, kinds, outcomes, rules and money. Masked is whatever tells who: people, identifiers (also ours: they
are derived from a chart's), dates of service, codes and texts of a person's care (45 CFR 164.514(b)(2)).
"""

from collections.abc import Mapping
from typing import Any

from schemas.events import (
    ChartCoded,
    ChartCompleted,
    ChartReturned,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimBuilt,
    ClaimStats,
    ClaimStatsPublished,
    DeadlineDue,
    PatientBill,
    Refused,
    Remittance,
    Wire,
)
from schemas.events.chart import Coverage, Encounter
from schemas.events.claim import (
    Adjustment,
    BillDiscount,
    BillReason,
    ClaimLine,
    NotBilled,
    PayerShare,
)
from schemas.events.coded import Drg, Finding, Query, Service, StayFacts, WorkItem
from schemas.events.control import Cell, Measure
from schemas.events.payer import AnsweredLine, ProviderAdjustment, StatusCode

MASK = "•••"


def _named(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _every(model: type[Wire]) -> frozenset[str]:
    return frozenset(model.model_fields)


SHOWN: Mapping[type[Wire], frozenset[str]] = {
    ChartCompleted: _named("producer software hospital version encounter coverages payments_cents"),
    Encounter: _named("encounter_class"),
    Coverage: _named("payer kind plan_kind eligibility"),
    ChartCoded: _named(
        "producer software hospital version coding_revision encounter coverages payments_cents services drg code_sets"
        " edit_tables findings"
    ),
    StayFacts: _named("encounter_class"),
    Service: _named("charge_cents non_covered_cents component path"),
    Drg: _named("version kind"),
    Finding: _named("rule severity disposition field line value_kind citation carc"),
    ChartReturned: _named("producer software hospital version reason queries findings worklist code_sets edit_tables"),
    Query: _named("to kind"),
    WorkItem: _named("kind"),
    ClaimBuilt: _named(
        "producer software submission kind frequency hospital revision payer payer_kind payer_sequence filing_indicator"
        " submitter lines total_charge_cents patient_paid_cents code_sets edit_tables order_reason"
    ),
    ClaimLine: _named("number charge_cents non_covered_cents"),
    PatientBill: _named(
        "producer software hospital revision total_charge_cents payers patient_paid_cents owed_cents refund_cents"
        " reasons code_sets edit_tables basis discounts not_billed"
    ),
    PayerShare: _every(PayerShare),
    BillReason: _every(BillReason),
    BillDiscount: _every(BillDiscount),
    NotBilled: _every(NotBilled),
    ClaimAcknowledged: _named("producer software payer accepted codes hospital"),
    StatusCode: _named("category status entity"),
    Remittance: _named(
        "producer software payer method payment_cents provider_adjustments claims_count claims_paid_cents"
    ),
    ProviderAdjustment: _named("code cents"),
    ClaimAdjudicated: _named(
        "producer software payer position status charge_cents paid_cents patient_responsibility_cents interest_cents"
        " adjustments lines hospital balance_charge_cents balance_paid_cents answers"
    ),
    AnsweredLine: _named("charge_cents paid_cents adjustments"),
    Adjustment: _named("group carc cents"),
    Refused: _named("producer software partner topic partition offset code field mend"),
    DeadlineDue: _named("producer software kind stage"),
    # De-identified, and published: there is nobody in them.
    ClaimStats: _every(ClaimStats),
    ClaimStatsPublished: _every(ClaimStatsPublished),
    Cell: _every(Cell),
    Measure: _every(Measure),
}


def plain(value: Any, show_phi: bool) -> Any:
    """An event, or a part of one, as JSON has it; without `show_phi` only what may be shown is."""
    match value:
        case Wire():
            allowed = SHOWN.get(type(value), frozenset())
            return {
                name: plain(getattr(value, name), show_phi) if show_phi or name in allowed else MASK
                for name in type(value).model_fields
            }
        case list() | tuple():
            return [plain(each, show_phi) for each in value]
        case None | bool() | int() | str():
            return value
        case _:  # dates and instants, which the allow-list never names
            return value.isoformat()
