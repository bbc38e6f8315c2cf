"""Each event of ours says what it was judged by; what a partner said stays as he said it."""

from datetime import timedelta

from agents.assembly import SOFTWARE
from agents.stage import Versions
from agents.timers import announced
from claims.tables import Reference
from ledger import deadlines
from schemas.events import ChartReturned, ClaimBuilt, PatientBill
from schemas.events.types import Event
from tests.agents.given_stages import Stages
from tests.claims.given_accounts import NOON, chart, coverage

HELD = NOON + timedelta(days=30)


def billed(given: Stages, kind: type[Event], payer: str) -> list[Event]:
    """What a chart leads to once its bill hold has ended."""
    given.decide("claiming", chart(received_at=NOON, coverages=(coverage(payer),)))
    with given.assembly.ledger.reading() as tx:
        due = [announced(each) for each in deadlines.due(tx, "claiming", int(HELD.timestamp() * 1000))]
    return given.said(given.decide("claiming", *due), kind)


def judged_by(event: Event) -> tuple[object, ...]:
    return (event.software, getattr(event, "code_sets", None), getattr(event, "edit_tables", None))


def ours(reference: Reference) -> tuple[object, ...]:
    return (SOFTWARE, reference.codes.version, reference.edit_tables)


def test_a_claim_says_what_it_was_judged_by(given: Stages) -> None:
    claims = billed(given, ClaimBuilt, "commercial")
    assert {judged_by(claim) for claim in claims} == {ours(given.assembly.reference)}


def test_a_patient_s_bill_says_what_it_was_judged_by(given: Stages) -> None:
    bills = billed(given, PatientBill, "patient")
    assert {judged_by(bill) for bill in bills} == {ours(given.assembly.reference)}


def test_a_returned_chart_says_what_it_was_judged_by(given: Stages) -> None:
    newer = chart(version=2, event_id="newer", received_at=NOON)
    decisions = given.decide("claiming", newer, chart(received_at=NOON))
    assert [judged_by(said) for said in given.said(decisions, ChartReturned)] == [ours(given.assembly.reference)]


def test_what_a_partner_said_keeps_his_own_software() -> None:
    theirs = chart(producer="mercy-general")
    assert Versions(SOFTWARE).on(theirs, "intake") is theirs
