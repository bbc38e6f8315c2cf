"""What people ask the ledger: rows follow the decisions."""

from typing import Any

from ledger import inquiries, projections
from ledger.batches import BatchLedger
from ledger.projections import Place
from ledger.store import Ledger
from tests.ledger.given_rulings import ruling

AT = 1_700_000_000_000


def chart(version: int, hospital: str = "mercy", state: str = "coded") -> dict[str, Any]:
    who = {"stage": "validation", "hospital": hospital, "chart_id": "chart-1"}
    return {
        **who,
        "version": version,
        "revision": 0,
        "account": "A1",
        "state": state,
        "why": None,
        "cents": 5,
        "at": AT,
        "held": None,
    }


def answer(payer: str, position: int) -> dict[str, Any]:
    where = {"payer": payer, "trace": "trace-1", "position": position}
    return {**where, "control_number": "C1", "state": "waiting", "body": b"answer"}


def test_the_last_row_of_a_batch_stands(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        projections.put_charts(tx, [chart(1), chart(2, state="returned")])
        found = projections.charts_of(tx, "validation", ["chart-1"])
    assert found["mercy", "chart-1"].state == "returned"


def test_a_later_batch_replaces_a_row(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        projections.put_charts(tx, [chart(1)])
        projections.put_charts(tx, [chart(2)])
        assert projections.charts_of(tx, "validation", ["chart-1"])["mercy", "chart-1"].version == 2


def test_charts_of_one_name_in_two_hospitals_are_two(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        projections.put_charts(tx, [chart(1), chart(3, hospital="st-anna")])
        found = projections.charts_of(tx, "validation", ["chart-1"])
    assert {key: row.version for key, row in found.items()} == {("mercy", "chart-1"): 1, ("st-anna", "chart-1"): 3}


def test_answers_come_in_order_of_position(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        projections.put_answers(tx, [answer("acme", 10), answer("acme", 9), answer("a-payer", 11)])
        found = [(row.payer, row.position) for row in projections.answers_of(tx, ["trace-1"])]
    assert found == [("a-payer", 11), ("acme", 9), ("acme", 10)]


def test_of_the_places_asked_for_those_that_hold_an_answer_are_told(ledger: Ledger) -> None:
    asked = [Place("acme", "trace-1", 9), Place("acme", "trace-2", 9), Place("b-payer", "trace-1", 9)]
    with ledger.transaction() as tx:
        projections.put_answers(tx, [answer("acme", 9), answer("acme", 10)])
        assert projections.answers_at(tx, asked) == {Place("acme", "trace-1", 9): None}


def test_a_trace_tells_an_account_s_decisions_oldest_first(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        BatchLedger("validation").remember(tx, [ruling(5), ruling(3)])
        BatchLedger("claiming").remember(tx, [ruling(4)])
        found = [(row.stage, row.off) for row in projections.trace(tx, "mercy/A1")]
    assert found == [("validation", 3), ("claiming", 4), ("validation", 5)]


def claim(number: str, at: int) -> dict[str, Any]:
    words = ("payer", "payer_kind", "hospital", "account", "patient_key", "kind", "frequency", "state")
    cents = {"charge_cents": 1, "paid_cents": 0, "patient_cents": 0}
    named = {"control_number": number, "claim_id": "claim-1", "payer_sequence": 1, "lines": b"[]", "at": at}
    named |= dict.fromkeys(
        ("forwarded_to", "forwarded_as", "payer_number", "member", "person", "service_from", "service_to")
    )
    return {**dict.fromkeys(words, "x"), **cents, **named}


def test_a_claim_s_id_leads_to_its_newest_submission(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        projections.put_claims(tx, [claim("A", AT + 1), claim("B", AT)])
        assert projections.claims_by_id(tx, ["claim-1"])["claim-1"].control_number == "A"


def test_the_claims_of_an_account_are_found_and_no_other_hospitals(ledger: Ledger) -> None:
    rows = [claim("A", AT) | {"account": "a1"}, claim("B", AT) | {"account": "a1", "hospital": "y"}, claim("C", AT)]
    with ledger.transaction() as tx:
        projections.put_claims(tx, rows)
        assert set(projections.claims_of(tx, [("x", "a1"), ("x", "a2")])) == {"A"}
        assert projections.claims_of(tx, []) == {}


def test_claims_are_found_by_their_payers_number_and_by_their_member(ledger: Ledger) -> None:
    rows = [claim("A", AT) | {"payer_number": "P1"}, claim("B", AT) | {"member": "M1"}, claim("C", AT)]
    with ledger.transaction() as tx:
        projections.put_claims(tx, rows)
        assert set(projections.claims_by_payer_number(tx, ["P1", "P2"])) == {"A"}
        assert set(projections.claims_of_members(tx, ["M1", "M2"])) == {"B"}


def test_an_answer_to_no_claim_is_part_of_its_remittance_and_known_by_what_it_says(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        projections.put_answers(tx, [answer("acme", 9) | {"state": projections.UNMATCHED}, answer("acme", 10)])
        assert [row.position for row in projections.answers_of(tx, ["trace-1"])] == [9, 10]
        at = projections.answers_at(tx, [Place("acme", "trace-1", n) for n in (9, 10, 11)])
        assert at == {Place("acme", "trace-1", 9): answer("acme", 9)["body"], Place("acme", "trace-1", 10): None}
        assert [row.position for row in inquiries.unmatched(tx)] == [9]
