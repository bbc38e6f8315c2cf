"""Charts, claims and bills as rows of the ledger, for people who ask and for adjudication, which checks answers
against them."""

import json
from collections.abc import Mapping
from typing import Any

from agents.clock import milliseconds
from claims import settlement
from claims.accounts import AccountClaim
from claims.appeals import appeal_by
from claims.matching import Candidate, person
from claims.partners import Payer
from claims.payers import next_coverage
from claims.predictions import Judged, judged
from claims.remittance import ClaimFacts
from schemas.events import ChartCoded, ClaimAdjudicated, PatientBill

Row = Mapping[str, Any]
Rows = tuple[Row, ...]


def chart_row(chart: ChartCoded, state: str, why: str | None = None) -> Row:
    """Where claiming has a chart; `why` names what it waits for, or what sent it back."""
    return {
        "stage": "claiming",
        "hospital": chart.hospital,
        "chart_id": chart.chart_id,
        "version": chart.version,
        "revision": chart.coding_revision,
        "account": chart.account_number,
        "state": state,
        "why": why,
        "cents": sum(service.charge_cents for service in chart.services),
        "held": None,
        "at": milliseconds(chart.occurred_at),
    }


def claim_row(kept: AccountClaim, patient_key: str) -> Row:
    """A claim with where it stands and what was paid on it so far."""
    claim, money = kept.claim, settlement.totals(kept)
    return {
        "control_number": claim.control_number,
        "claim_id": claim.claim_id,
        "payer": claim.payer,
        "payer_kind": claim.payer_kind,
        "payer_sequence": claim.payer_sequence,
        "hospital": claim.hospital,
        "account": claim.account_number,
        "patient_key": patient_key,
        "kind": claim.kind,
        "frequency": claim.frequency,
        "state": kept.state,
        "charge_cents": claim.total_charge_cents,
        "paid_cents": money.paid_cents,
        "patient_cents": money.patient_cents,
        "lines": json.dumps([(line.control_number, line.charge_cents) for line in claim.lines]).encode(),
        "at": milliseconds(claim.occurred_at),
        "forwarded_to": kept.forwarded_to,
        "forwarded_as": kept.forwarded_as,
        "payer_number": kept.payer_claim_number,
        "member": claim.member_id,
        "person": None if claim.patient.name is None else person(claim.patient.name),
        "service_from": claim.statement_from.isoformat(),
        "service_to": claim.statement_to.isoformat(),
    }


def bill_row(bill: PatientBill) -> Row:
    return {
        "bill_id": bill.bill_id,
        "hospital": bill.hospital,
        "account": bill.account_number,
        "revision": bill.revision,
        "charge_cents": bill.total_charge_cents,
        "owed_cents": bill.owed_cents,
        "at": milliseconds(bill.occurred_at),
    }


def denial_rows(kept: AccountClaim, chart: ChartCoded, payer: Payer, before: AccountClaim | None = None) -> Rows:
    """What the claim's answers deny and, once they are all there, what was warned of in vain; with what an earlier
    answer denied and this one takes back, and what was in vain by an earlier one and isn't by this one. Of a claim that
    was replaced or voided nothing is left to appeal. None while the next payer is asked because this one says that the
    injury is not of work; and a void asks for no money."""
    if not kept.answers or kept.claim.frequency == "8":
        return ()
    if settlement.passes_on(kept) and next_coverage(chart, kept.claim) is not None:
        return ()
    states = {"denied": "replaced" if kept.state == "replaced" else "open", "unfounded": "unfounded"}
    told = [each for each in judged(kept, chart) if each.came == "denied" or not settlement.is_open(kept)]
    now = {(each.line, each.carc): _denial_row(each, kept, states[each.came]) for each in told}
    earlier = judged(before, chart) if before is not None and before.answers else ()
    gone = (each for each in earlier if (each.line, each.carc) not in now)
    rows = (*now.values(), *(_denial_row(each, kept, _GONE[each.came]) for each in gone))
    if not rows:
        return ()
    last = appeal_by(kept, payer)
    about = {"chart_id": chart.chart_id, "appeal_by": None if last is None else last.isoformat()}
    return tuple({**row, **about} for row in rows)


_GONE = {"denied": "overturned", "unfounded": "withdrawn"}


def _denial_row(each: Judged, claim: AccountClaim, state: str) -> Row:
    return {
        "control_number": claim.claim.control_number,
        "line": each.line or 0,
        "carc": each.carc,
        "hospital": claim.claim.hospital,
        "account": claim.claim.account_number,
        "payer": claim.claim.payer,
        "cause": each.cause,
        "rule": " ".join(each.rules),
        "predicted": int(each.predicted),
        "group_code": each.group,
        "remarks": " ".join(each.remarks),
        "cents": each.cents,
        "state": state,
        "at": milliseconds(claim.claim.occurred_at),
        "denied_on": max(answer.adjudicated_on for answer in claim.answers).isoformat(),
    }


def candidate(row: Row) -> Candidate:
    """A claim of ours as one that an answer may mean."""
    return Candidate(
        control_number=row["control_number"],
        payer_number=row["payer_number"],
        member_id=row["member"],
        person=row["person"],
        service_from=row["service_from"],
        service_to=row["service_to"],
        charge_cents=row["charge_cents"],
        is_answered=row["state"] in _ANSWERED,
        is_done=row["state"] == "replaced" or row["frequency"] == "8",
    )


_ANSWERED = frozenset({"answered", "denied", "crossed-over", "replaced"})  # what is replaced had its answer first
_LATER = frozenset({"2", "3", "20", "21"})  # 835 CLP02: processed as secondary or tertiary


def is_forwarded(row: Row, answer: ClaimAdjudicated) -> bool:
    """Whether an answer under the row's number is the next payer's, to whom the claim was forwarded. One insurer may be
    both: then CLP02 tells."""
    return answer.payer == row["forwarded_to"] and (answer.payer != row["payer"] or answer.status in _LATER)


def claim_answered_id(row: Row, answer: ClaimAdjudicated) -> str:
    """The claim of ours that a payer answers under the row's number."""
    name: str = row["forwarded_as"] if is_forwarded(row, answer) else row["claim_id"]
    return name


def claim_facts(row: Row, answer: ClaimAdjudicated) -> ClaimFacts:
    """What adjudication has to know of a claim of ours that a payer answers."""
    return ClaimFacts(
        claim_id=claim_answered_id(row, answer),
        control_number=row["control_number"],
        payer=answer.payer if is_forwarded(row, answer) else row["payer"],
        hospital=row["hospital"],
        account_number=row["account"],
        patient_key=row["patient_key"],
        kind=row["kind"],
        total_charge_cents=row["charge_cents"],
        lines=tuple((number, cents) for number, cents in json.loads(bytes(row["lines"]))),
    )
