"""`claimstream bill`: an account's bills as the patient gets them, and why nobody is billed yet."""

import pytest
from confluent_kafka import Producer

from agents.statistics import open_month
from console.masks import MASK
from schemas.codec import Codec
from schemas.events import ClaimBuilt, PatientBill
from schemas.registry import committed
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, rejection, settled, visit
from tests.agents.given_stages import MONTH, Stages
from tests.console.conftest import Terminal

BILL = ("bill", "mercy-general", "a1")


@pytest.fixture
def given(provisioned: Terminal) -> Stages:
    assembly = provisioned.assembly
    with assembly.ledger.transaction() as tx:
        open_month(tx, MONTH)
    return Stages(assembly)


def billed(terminal: Terminal, given: Stages, version: int, **other: object) -> None:
    """A patient who pays himself, billed, and the bill in his hospital's topic."""
    told = given.said(given.decide("claiming", visit(version, coverages=(), **other)), PatientBill)
    producer = Producer({"bootstrap.servers": terminal.environment["CLAIMSTREAM_BROKERS"], "log_level": 0})
    for bill in told:
        producer.produce("patient-bill.mercy-general", Codec(committed()).encode(bill), b"key")
    producer.produce("patient-bill.mercy-general", b"garbage", b"key")
    assert producer.flush(10) == 0


def test_the_patients_page_needs_show_phi(provisioned: Terminal, given: Stages) -> None:
    billed(provisioned, given, 1)
    hidden, shown = provisioned.run(*BILL).stdout, provisioned.run(*BILL, "--show-phi").stdout
    assert "$100.00" in hidden
    assert "Example" not in hidden
    assert "Patient: Example" in shown
    assert "You owe" in shown


def test_the_newest_revision_is_shown(provisioned: Terminal, given: Stages) -> None:
    billed(provisioned, given, 1)
    billed(provisioned, given, 2, payments_cents=600, received_at=AFTER_THE_HOLD)
    (bill,) = provisioned.json(*BILL)["bills"]
    assert (bill["revision"], bill["owed_cents"], bill["account_number"]) == (2, 9_400, MASK)
    assert provisioned.json(*BILL, "--show-phi")["bills"][0]["account_number"] == "a1"


def test_who_is_not_billed_yet_waits_for_somebody(provisioned: Terminal, given: Stages) -> None:
    (claim,) = given.said(given.decide("claiming", visit()), ClaimBuilt)
    done = provisioned.run(*BILL)
    assert (done.exit_code, done.stderr) == (
        1,
        f"nobody is billed: commercial has not settled claim {claim.control_number}\n",
    )
    given.decide("claiming", settled(claim))
    assert provisioned.run(*BILL).stderr == "nobody is billed: no payer left anything to the patient\n"


def test_a_claim_that_its_payer_rejected_is_named(provisioned: Terminal, given: Stages) -> None:
    (claim,) = given.said(given.decide("claiming", visit()), ClaimBuilt)
    given.decide("claiming", rejection(claim))
    expected = f"nobody is billed: commercial rejected claim {claim.control_number}, which was never filed\n"
    assert provisioned.run(*BILL).stderr == expected


def test_a_chart_on_hold_is_named(provisioned: Terminal, given: Stages) -> None:
    given.decide("claiming", visit(received_at=None))
    assert "1 of its charts wait for the end of the bill hold" in provisioned.run(*BILL).stderr


def test_an_unknown_account_is_told(provisioned: Terminal) -> None:
    done = provisioned.run("bill", "mercy-general", "nobody")
    assert (done.exit_code, done.stderr) == (
        1,
        "nobody is billed: the ledger has no such account of mercy-general\n",
    )


def test_a_bill_that_delivery_has_not_said_is_named_with_its_mend(provisioned: Terminal, given: Stages) -> None:
    given.decide("claiming", visit(coverages=()))
    done = provisioned.run(*BILL)
    assert done.exit_code == 2
    assert "start delivery" in done.stderr
