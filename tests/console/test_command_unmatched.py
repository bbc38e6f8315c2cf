"""`claimstream remit match`: a person's word on an answer is held against the claims that its payer has."""

from typing import Any

import pytest

from agents.rows import claim_row
from claims.accounts import AccountClaim
from claims.forming import form
from ledger import projections
from ledger.upgrade import upgrade
from tests.claims.given_accounts import account, answer, chart, committed_partners
from tests.console.conftest import Terminal

MATCH = ("remit", "match", "commercial", "t1", "1")


@pytest.fixture
def waiting(alone: Terminal) -> Terminal:
    """An answer of the commercial payer waits, and there is a claim of another one."""
    upgrade(alone.assembly.ledger)
    claim = form(chart(), account(), committed_partners()).claims[0]
    said = answer(claim).model_copy(update={"control_number": "0"})
    place: dict[str, Any] = {"payer": "commercial", "trace": "t1", "position": 1, "control_number": "0"}
    body = alone.assembly.codec.encode(said)
    other = {**claim_row(AccountClaim(claim=claim), "patient"), "payer": "medicare", "control_number": "THEIRS"}

    def write(tx: Any) -> None:
        projections.put_claims(tx, [other, {**other, "control_number": "PASSED", "forwarded_to": "commercial"}])
        projections.put_answers(tx, [{**place, "state": projections.UNMATCHED, "body": body}])

    ledger = alone.assembly.ledger
    ledger.run(write)
    ledger.close()
    return alone


@pytest.mark.parametrize("number", ["NOBODYS", "THEIRS", "%"])
def test_a_number_under_which_the_payer_has_no_claim_is_told_and_nothing_is_said(
    waiting: Terminal, number: str
) -> None:
    done = waiting.run(*MATCH, number)
    assert (done.exit_code, "no claim under that number went to commercial; mend:" in done.stderr) == (2, True)


@pytest.mark.parametrize("told", ["PASSED", "--not-ours"])
def test_a_claim_that_was_forwarded_to_the_payer_is_said_or_that_it_is_none(waiting: Terminal, told: str) -> None:
    """There is no broker: it gets as far as that."""
    assert "no broker answers" in waiting.run(*MATCH, told).stderr


@pytest.mark.parametrize("place", [("\udcff", "1"), ("t1", "9" * 30)])
def test_a_place_that_can_not_be_is_no_fault_of_ours(waiting: Terminal, place: tuple[str, str]) -> None:
    done = waiting.run("remit", "match", "commercial", *place, "X")
    assert (done.exit_code, "a fault of ours" in done.stderr) == (2, False)
