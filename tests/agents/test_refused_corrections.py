"""Corrections that can't be taken change nothing of what was billed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from agents.timers import announced
from claims.accounts import Account
from ledger import accounts, deadlines
from schemas.events import ChartCoded, ChartCompleted, Refused
from schemas.events.chart import Part2Consent
from schemas.events.people import Name
from tests.agents.given_stages import Stages, outcomes
from tests.claims.given_accounts import NOON, chart, service
from tests.pipeline import example_charts

AFTER_THE_HOLD = NOON + timedelta(days=30)
KEY = "account/mercy-general/a1"


def visit(chart_id: str, account: str, code: str, version: int = 1) -> ChartCoded:
    return chart(
        event_id=f"{chart_id}-{version}", chart_id=chart_id, account_number=account, version=version,
        received_at=AFTER_THE_HOLD, services=(service(code=code),),
    )  # fmt: skip


def kept(given: Stages) -> Account:
    with given.assembly.ledger.transaction() as tx:
        body = accounts.lock(tx, "claiming", [KEY])[KEY].body
    assert body is not None
    return given.assembly.states.load(Account, body)


def test_a_rejected_correction_leaves_the_version_that_was_billed(given: Stages) -> None:
    """The payer's answer goes by what he was sent, not by what was never accepted."""
    repeats = visit("c1", "a1", "G0380", version=2)
    decisions = given.decide("claiming", visit("c1", "a1", "G0463"), visit("c2", "a2", "G0380"), repeats)
    assert outcomes(decisions) == ["claimed", "claimed", "rejected-by-edits"]
    assert [(each.chart.version, each.state) for each in kept(given).charts] == [(1, "claimed")]


def test_a_chart_that_was_never_billed_is_returned_in_its_newest_version(given: Stages) -> None:
    given.decide("claiming", visit("c2", "a2", "G0380"), visit("c1", "a1", "G0380", version=2))
    assert [(each.chart.version, each.state) for each in kept(given).charts] == [(2, "returned")]


def completed() -> ChartCompleted:
    return example_charts("st-anna")["st-anna"][0].model_copy(update={"received_at": AFTER_THE_HOLD})


ELSEWHERE = [
    ("account_number", lambda c: {"account_number": "another"}),
    ("patient.mrn", lambda c: {"patient": c.patient.model_copy(update={"mrn": "another"})}),
]


@pytest.mark.parametrize(("field", "change"), ELSEWHERE, ids=[row[0] for row in ELSEWHERE])
def test_a_correction_under_another_account_or_patient_is_refused_and_not_billed_again(
    given: Stages, field: str, change: Callable[[ChartCompleted], dict[str, Any]]
) -> None:
    moved = completed().model_copy(update={"version": 2, "event_id": "moved", **change(completed())})
    decisions = given.decide("validation", completed(), moved)
    assert outcomes(decisions)[1] == "version-conflict"
    assert [(said.code, said.field) for said in given.said(decisions, Refused)] == [("version-conflict", field)]


def test_a_correction_of_what_the_patient_is_called_is_taken(given: Stages) -> None:
    renamed = completed().patient.model_copy(update={"name": Name(family="Married")})
    corrected = completed().model_copy(update={"version": 2, "event_id": "renamed", "patient": renamed})
    assert given.said(given.decide("validation", completed(), corrected), Refused) == []


def test_a_correction_that_waited_for_a_consent_in_vain_waits_no_more(given: Stages) -> None:
    """It goes back, and the version whose claims stand is the one that counts; the deadline is over."""
    part2 = Part2Consent(applies=True)
    waits = visit("c1", "a1", "G0463", version=2).model_copy(update={"part2": part2})
    given.decide("claiming", visit("c1", "a1", "G0463"), waits)
    late = AFTER_THE_HOLD + timedelta(days=31)
    with given.assembly.ledger.reading() as tx:
        due = [announced(each) for each in deadlines.due(tx, "claiming", int(late.timestamp() * 1000))]
    overdue = [each for each in due if each.kind == "query-overdue"]
    assert outcomes(given.decide("claiming", *overdue)) == ["incomplete"]
    assert [(each.chart.version, each.state, each.deadline_id) for each in kept(given).charts] == [(1, "claimed", None)]


def test_a_chart_that_waited_for_a_consent_in_vain_repeats_nobodys_service(given: Stages) -> None:
    waits = visit("c1", "a1", "G0463").model_copy(update={"part2": Part2Consent(applies=True)})
    given.decide("claiming", waits)
    late = AFTER_THE_HOLD + timedelta(days=31)
    with given.assembly.ledger.reading() as tx:
        due = [announced(each) for each in deadlines.due(tx, "claiming", int(late.timestamp() * 1000))]
    key = given.assembly.pseudonyms.patient(waits.hospital, waits.patient.mrn).encode()
    given.decide("claiming", *due, key=key)
    assert outcomes(given.decide("claiming", visit("c2", "a2", "G0463"))) == ["claimed"]


def test_a_held_chart_whose_next_version_goes_back_repeats_nobodys_service(given: Stages) -> None:
    """The held version will never be billed."""
    held = visit("c1", "a1", "G0463").model_copy(update={"part2": Part2Consent(applies=True)})
    given.decide("claiming", held, visit("c2", "a2", "G0380"), visit("c1", "a1", "G0380", version=2))
    assert outcomes(given.decide("claiming", visit("c3", "a3", "G0463"))) == ["claimed"]
