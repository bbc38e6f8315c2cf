"""Given: a coded chart, its coverages, and what payers answer. Fixed data; each test says what differs."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from claims.accounts import Account, AccountChart, AccountClaim, with_chart
from claims.findings import warn
from claims.forming import Formed, entered
from claims.partners import Partners, parse_partners
from schemas.events.chart import Coverage, Signatures
from schemas.events.claim import Adjustment, ClaimBuilt
from schemas.events.coded import ChartCoded, CodedDiagnosis, Finding, Service, StayFacts
from schemas.events.payer import AnsweredLine, ClaimAdjudicated
from schemas.events.people import Address, Name, Patient, Provider, Subscriber

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PHYSICIAN, EMERGENCY_PHYSICIAN = "1999001112", "1999001039"  # of mercy-physicians; billed by the hospital itself
ANSWERED_ON = date(2026, 3, 20)

Group = Literal["CO", "OA", "PI", "PR"]
Reasons = Sequence[tuple[Group, str, int]]


@cache
def committed_partners() -> Partners:
    """For strategies, which can't ask for fixtures."""
    file = Path(__file__).parents[2] / "infra/kafka/partners.yaml"
    return parse_partners(file.read_text(encoding="utf-8"), file.name)


def coverage(payer: str = "commercial", **other: Any) -> Coverage:
    kinds = {"workers-compensation": ("business", "WC"), "employer": ("business", "ZZ"), "patient": ("patient", "09")}
    kind, plan_kind = kinds.get(payer, ("insurer", {"medicare": "MB", "medicaid": "MC"}.get(payer, "CI")))
    fixed = {"id": f"coverage-{payer}", "payer": payer, "kind": kind, "plan_kind": plan_kind, "member_id": f"M-{payer}"}
    return Coverage.model_validate({**fixed, "subscriber": Subscriber(relationship="self"), **other})


def service(statement: str = "s1", component: str = "facility", cents: int = 10_000, **other: Any) -> Service:
    fixed = {
        "statement": statement,
        "component": component,
        "charge_cents": cents,
        "code": "G0463",
        "revenue_code": "0510" if component == "facility" else None,
        "units": 1000,
        "service_from": DAY,
        "service_to": DAY,
        "performer_npi": PHYSICIAN if component == "professional" else None,
        "pointers": (1,),
        "path": "chargemaster",
    }
    return Service.model_validate({**fixed, **other})


def diagnosis(code: str, role: str = "other", rank: int = 1, **other: Any) -> CodedDiagnosis:
    fixed = {"code": code, "role": role, "rank": rank, "statement": f"d-{code}", "path": "given", "release": "2026"}
    return CodedDiagnosis.model_validate({**fixed, **other})


def stay(encounter_class: str = "ambulatory", **other: Any) -> StayFacts:
    attending = Provider(role="attending", npi=PHYSICIAN, billing_entity="mercy-physicians")
    fixed = {
        "id": "e1",
        "encounter_class": encounter_class,
        "start": NOON,
        "end": NOON,
        "start_day": DAY,
        "end_day": DAY,
        "place_of_service": "21" if encounter_class == "inpatient" else "22",
        "providers": (attending,),
    }
    return StayFacts.model_validate({**fixed, **other})


def chart(**other: Any) -> ChartCoded:
    """A visit with one facility and one professional service, covered by one commercial plan."""
    address = Address(lines=("1 Example Road",), city="Springfield", state="MA", postal_code="01103-0001")
    fixed = {
        "event_id": "chart-event",
        "occurred_at": NOON,
        "producer": "validation",
        "hospital": "mercy-general",
        "chart_id": "c1",
        "version": 1,
        "account_number": "a1",
        "patient": Patient(mrn="m1", name=Name(family="Example"), birth_date=date(1980, 1, 1), address=address),
        "encounter": stay(),
        "coverages": (coverage(),),
        "signatures": Signatures(assignment_of_benefits=True, release_of_information=True),
        "diagnoses": (diagnosis("I10", "principal"),),
        "services": (service(), service("s2", "professional", 5_000)),
        "code_sets": "2026-04",
        "edit_tables": "1",
        "coder": "software",
    }
    return ChartCoded.model_validate({**fixed, **other})


def account(*charts: ChartCoded) -> Account:
    empty = Account(hospital="mercy-general", account_number="a1")
    for each in charts:
        empty = with_chart(empty, AccountChart(chart=each, state="claimed"))
    return empty


def holding(formed: Formed, *charts: ChartCoded) -> Account:
    """The account once those claims are sent."""
    return entered(account(*charts), formed)


def answer(claim: ClaimBuilt, paid: int | None = None, reasons: Reasons = (), **other: Any) -> ClaimAdjudicated:
    """A balanced answer at claim level; what is not paid and not said otherwise is contractual (CO 45)."""
    charge = claim.total_charge_cents
    explained = sum(cents for _, _, cents in reasons)
    paid = charge - explained if paid is None else paid
    rest: Reasons = (("CO", "45", charge - explained - paid),) if charge - explained != paid else ()
    fixed = {
        "event_id": f"answer-{claim.control_number}-{other.get('trace_number', 't1')}-{other.get('position', 1)}",
        "occurred_at": NOON,
        "producer": claim.payer,
        "payer": claim.payer,
        "trace_number": "t1",
        "position": 1,
        "control_number": claim.control_number,
        "payer_claim_number": f"ICN-{claim.payer}",
        "status": str(claim.payer_sequence),
        "adjudicated_on": ANSWERED_ON,
        "charge_cents": charge,
        "paid_cents": paid,
        "patient_responsibility_cents": sum(cents for group, _, cents in reasons if group == "PR"),
        "adjustments": adjustments((*reasons, *rest)),
    }
    return ClaimAdjudicated.model_validate({**fixed, **other})


def by_line(claim: ClaimBuilt, reasons: Sequence[Reasons], **other: Any) -> ClaimAdjudicated:
    """A balanced answer line by line: a line is paid what its reasons leave."""
    lines = tuple(
        AnsweredLine(
            control_number=line.control_number,
            charge_cents=line.charge_cents,
            paid_cents=line.charge_cents - sum(cents for _, _, cents in why),
            adjustments=adjustments(why),
        )
        for line, why in zip(claim.lines, reasons, strict=True)
    )
    patient = sum(cents for why in reasons for group, _, cents in why if group == "PR")
    money = {"paid_cents": sum(line.paid_cents for line in lines), "patient_responsibility_cents": patient}
    return answer(claim).model_copy(update={"adjustments": (), "lines": lines, **money, **other})


def reversal(of: ClaimAdjudicated, position: int, trace: str = "t2") -> ClaimAdjudicated:
    """Status 22: every charge, payment and adjustment negated, at the same level."""
    lines = tuple(
        line.model_copy(
            update={
                "charge_cents": -line.charge_cents,
                "paid_cents": -line.paid_cents,
                "adjustments": _negated(line.adjustments),
            }
        )
        for line in of.lines
    )
    return of.model_copy(
        update={
            "event_id": f"{of.event_id}-reversed",
            "trace_number": trace,
            "position": position,
            "status": "22",
            "charge_cents": -of.charge_cents,
            "paid_cents": -of.paid_cents,
            "patient_responsibility_cents": None,
            "adjustments": _negated(of.adjustments),
            "lines": lines,
        }
    )


def adjustments(reasons: Iterable[tuple[Group, str, int]]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(group=group, carc=carc, cents=cents) for group, carc, cents in reasons)


def sent(claim: ClaimBuilt) -> AccountClaim:
    return AccountClaim(claim=claim)


def _negated(said: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(adjustment.model_copy(update={"cents": -adjustment.cents}) for adjustment in said)


def warned(rule: str, carc: str, line: int | None = None) -> Finding:
    """A rule's warning that a payer would deny by that CARC."""
    return warn(rule, "invented", mend="invented", citation="invented", carc=carc, line=line)
