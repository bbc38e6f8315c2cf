"""`claimstream chart`: where a chart is and how it came there, from rows that the stages wrote."""

from typing import Any

import pytest

from claims.accounts import Account, AccountClaim, Answer
from ledger import accounts, deadlines, projections
from ledger.batches import BatchLedger
from ledger.deadlines import Deadline
from ledger.store import Ledger
from ledger.upgrade import upgrade
from schemas.events import ClaimBuilt
from schemas.examples import example
from schemas.records import Decision, Ruling
from tests.console.conftest import Terminal

MERCY, CHART, ACCOUNT, CLAIM = "mercy-general", "C-1", "A1", "CN1"
ABOUT = f"{MERCY}/{ACCOUNT}"


def place(stage: str, version: int, state: str, why: str | None = None) -> dict[str, Any]:
    whose = {"stage": stage, "hospital": MERCY, "chart_id": CHART, "account": ACCOUNT, "held": None}
    return {**whose, "version": version, "revision": 0, "state": state, "why": why, "cents": 12_345, "at": 0}


def decided(at_ms: int, outcome: str, about: str, detail: str) -> Ruling:
    return Ruling("topic", 0, at_ms, b"", "p", f"e{at_ms}", at_ms, Decision((), outcome, about, detail))


def claim() -> dict[str, Any]:
    money = {"charge_cents": 12_345, "paid_cents": 10_000, "patient_cents": 345}
    whom = {"payer": "medicare", "payer_kind": "insurer", "payer_sequence": 1, "hospital": MERCY, "account": ACCOUNT}
    what = {"control_number": CLAIM, "claim_id": "c", "kind": "professional", "frequency": "1", "state": "answered"}
    return {**what, **whom, **money, "patient_key": "k", "lines": b"", "at": 0,
            "forwarded_to": None, "forwarded_as": None, "payer_number": None, "member": None, "person": None,
            "service_from": None, "service_to": None}  # fmt: skip


@pytest.fixture
def terminal_with_chart(alone: Terminal) -> Terminal:
    """A chart that was claimed, answered by its payer and billed, and waits for one thing more."""
    ledger = alone.assembly.ledger
    upgrade(ledger)
    steps = {
        "intake": [decided(1, "taken", ABOUT, f"{CHART} v1")],
        "validation": [decided(2, "coded", ABOUT, f"{CHART} v1")],
        "claiming": [decided(3, "claimed", ABOUT, f"{CHART} v1"), decided(5, "answered", ABOUT, f"{CHART} v1")],
        "adjudication": [decided(4, "settled", "medicare/T1", CLAIM), decided(6, "settled", "medicare/T1", "OTHER")],
    }
    ledger.run(lambda tx: _write(tx, alone, steps))
    ledger.close()
    return alone


def _write(tx: Any, alone: Terminal, steps: dict[str, list[Ruling]]) -> None:
    for stage, rulings in steps.items():
        BatchLedger(stage).remember(tx, rulings)
    projections.put_charts(tx, [place("validation", 1, "coded"), place("claiming", 1, "claimed")])
    projections.put_claims(tx, [claim()])
    bill = {"bill_id": "b", "hospital": MERCY, "account": ACCOUNT, "revision": 1, "charge_cents": 12_345}
    projections.put_bills(tx, [{**bill, "owed_cents": 345, "at": 0}])
    deadlines.open_(tx, [Deadline("d", "answer-overdue", "claiming", "k", f"account/{ABOUT}", 86_400_000)])
    key = f"account/{ABOUT}"
    state = alone.assembly.states.dump(_account())
    accounts.save(tx, "claiming", accounts.lock(tx, "claiming", [key]), {key: state})


def _account() -> Account:
    """As claiming keeps it: the claim with the answer that names its remittance."""
    built = example("claim-built")
    assert isinstance(built, ClaimBuilt)
    claim = built.model_copy(update={"control_number": CLAIM, "payer": "medicare"})
    answer = Answer(
        trace_number="T1",
        position=1,
        status="1",
        adjudicated_on=claim.statement_to,
        charge_cents=12_345,
        paid_cents=10_000,
    )
    return Account(hospital=MERCY, account_number=ACCOUNT, claims=(AccountClaim(claim=claim, answers=(answer,)),))


def test_the_steps_stand_in_the_order_of_time_with_the_payers_answer_among_them(terminal_with_chart: Terminal) -> None:
    said = terminal_with_chart.json("chart", MERCY, CHART)
    assert [(step["stage"], step["outcome"]) for step in said["steps"]] == [
        ("intake", "taken"), ("validation", "coded"), ("claiming", "claimed"), ("adjudication", "settled"),
        ("claiming", "answered"),
    ]  # fmt: skip


def test_it_is_where_the_last_stage_has_it(terminal_with_chart: Terminal) -> None:
    said = terminal_with_chart.json("chart", MERCY, CHART)
    assert (said["state"], said["account"]) == ("claimed", ACCOUNT)


def test_a_newer_version_that_came_back_is_where_it_is(terminal_with_chart: Terminal) -> None:
    ledger: Ledger = terminal_with_chart.assembly.ledger
    ledger.run(lambda tx: projections.put_charts(tx, [place("validation", 2, "returned", "R1")]))
    ledger.close()
    assert terminal_with_chart.json("chart", MERCY, CHART)["state"] == "returned"


def test_claims_bills_and_waits_are_listed_with_their_cents(terminal_with_chart: Terminal) -> None:
    said = terminal_with_chart.json("chart", MERCY, CHART)
    ((claim,), (bill,), (wait,)) = said["claims"], said["bills"], said["waits"]
    assert (claim["payer"], claim["state"], claim["charge_cents"], claim["paid_cents"]) == (
        "medicare", "answered", 12_345, 10_000,
    )  # fmt: skip
    assert bill["owed_cents"] == 345
    assert (wait["for"], wait["until"]) == ("answer-overdue", "1970-01-02 00:00:00")


def test_people_read_dollars(terminal_with_chart: Terminal) -> None:
    said = terminal_with_chart.run("chart", MERCY, CHART)
    assert said.exit_code == 0
    assert [words for words in ("$123.45", "$100.00", "$3.45", "medicare", "settled") if words not in said.stdout] == []


def test_a_chart_nobody_knows_is_told_in_words(terminal_with_chart: Terminal) -> None:
    done = terminal_with_chart.run("chart", MERCY, "C-2")
    assert (done.exit_code, "no such chart" in done.stderr) == (1, True)


def test_another_hospitals_chart_of_that_id_is_not_it(terminal_with_chart: Terminal) -> None:
    assert terminal_with_chart.run("chart", "riverside", CHART).exit_code == 1


def test_an_unknown_hospital_is_told_the_known_ones(terminal_with_chart: Terminal) -> None:
    done = terminal_with_chart.run("chart", "mercy", CHART)
    assert (done.exit_code, "known: mercy-general" in done.stderr) == (2, True)
