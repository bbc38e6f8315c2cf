"""An answer that names no claim of ours is to the one that fits clearly, or to none."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from claims.forming import form
from claims.matching import ENOUGH, Candidate, match, person, score
from schemas.events.payer import ClaimAdjudicated
from schemas.events.people import Name
from tests.claims.given_accounts import account, answer, chart, committed_partners

OURS = Candidate("OURS", "P1", "M1", "MUNOZ ANA", "2026-03-02", "2026-03-03", 10_000)
OTHER = Candidate("OTHER", "P2", "M1", "MUNOZ ANA", "2026-05-02", "2026-05-02", 10_000)


def said(**other: Any) -> ClaimAdjudicated:
    """An answer about the member's first stay, under a number of nobody's."""
    fixed: dict[str, Any] = {
        "control_number": "0",
        "payer_claim_number": None,
        "member_id": "M1",
        "patient_name": Name(family="Muñoz", given="Ana"),
        "service_from": date(2026, 3, 2),
        "service_to": date(2026, 3, 3),
        "charge_cents": 10_000,
    }
    claim = form(chart(), account(), committed_partners()).claims[0]
    return answer(claim).model_copy(update={**fixed, **other})


MATCHES = [
    # reason, answer, candidates, the claim it is to
    ("member, charge, days and name", said(), [OURS, OTHER], "OURS"),
    ("nobody is there", said(), [], None),
    ("the payer's own number goes before all else", said(payer_claim_number="P2"), [OURS, OTHER], "OTHER"),
    ("the payer's number alone", said(payer_claim_number="P1", member_id=None, patient_name=None, service_from=None),
     [OURS, OTHER], "OURS"),
    ("a part of the claim, by the payer's number", said(payer_claim_number="P1", charge_cents=4_000), [OURS], "OURS"),
    ("a reversal of it", said(charge_cents=-10_000, status="22"), [OURS, OTHER], "OURS"),
    ("two versions alike", said(), [OURS, replace(OURS, control_number="AGAIN")], None),
    ("two alike, of which one is answered already", said(),
     [OURS, replace(OURS, control_number="DONE", is_answered=True)], "OURS"),
    ("a reversal is of the one that was answered", said(charge_cents=-10_000, status="22"),
     [OURS, replace(OURS, control_number="DONE", is_answered=True)], "DONE"),
    ("two versions, one of them by the payer's number", said(payer_claim_number="P1"),
     [OURS, replace(OURS, control_number="AGAIN", payer_number="P9")], "OURS"),
    ("other days that overlap, and nobody else", said(service_to=date(2026, 3, 9)), [OURS], "OURS"),
    ("more was charged than we sent", said(charge_cents=10_001), [OURS], None),
    ("a part, and only member and days", said(charge_cents=4_000, patient_name=None), [OURS], None),
    ("another member", said(member_id="M2"), [OURS], None),
    ("no member at all", said(member_id=None), [OURS], None),
    ("another of the family, who has the same member id", said(patient_name=Name(family="Muñoz", given="Eva")),
     [OURS], None),
    ("twins of one day and charge, of whom one was answered", said(patient_name=Name(family="Munoz", given="Eva")),
     [replace(OURS, is_answered=True), replace(OURS, control_number="EVA", person="MUNOZ EVA")], "EVA"),
    ("twins, and the one who was not answered yet is another", said(),
     [replace(OURS, is_answered=True), replace(OURS, control_number="EVA", person="MUNOZ EVA")], None),
    ("a given name that is cut short, or has a second one", said(patient_name=Name(family="Munoz", given="Ana Maria")),
     [OURS], "OURS"),
    ("the family name alone", said(patient_name=Name(family="Munoz")), [OURS], "OURS"),
    ("the day a stay ended is one of its days", said(service_from=date(2026, 3, 3), service_to=date(2026, 3, 9)),
     [OURS], "OURS"),
    ("and so is the day it began", said(service_from=date(2026, 2, 20), service_to=date(2026, 3, 2)), [OURS], "OURS"),
    ("a claim of nobody who is named", said(), [replace(OURS, person=None)], "OURS"),
    ("member and charge, and nothing else is said", said(patient_name=None, service_from=None),
     [replace(OURS, is_answered=True)], "OURS"),
    ("the same charge of another day, of which we know no claim", said(), [OTHER], None),
    ("a day that is not said", said(service_from=None), [OTHER], "OTHER"),
    ("the payer's number, and a name that he writes otherwise",
     said(payer_claim_number="P1", patient_name=Name(family="Munios", given="Ana")), [OURS], "OURS"),
    ("the payer's number, and another member of another name",
     said(payer_claim_number="P1", member_id="M2", patient_name=Name(family="Smith", given="Bo")), [OURS], None),
    ("the payer's number, of a claim that was replaced", said(payer_claim_number="P1", charge_cents=9_000),
     [replace(OURS, is_answered=True, is_done=True)], None),
    ("which he takes back", said(payer_claim_number="P1", charge_cents=-10_000, status="22"),
     [replace(OURS, is_answered=True, is_done=True)], "OURS"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "answered", "candidates", "number"), MATCHES, ids=[row[0] for row in MATCHES])
def test_an_answer_is_to_the_claim_that_fits_clearly(
    reason: str, answered: ClaimAdjudicated, candidates: list[Candidate], number: str | None
) -> None:
    assert match(answered, candidates).control_number == number, reason


def test_the_order_of_the_candidates_changes_nothing() -> None:
    assert match(said(), [OTHER, OURS]) == match(said(), [OURS, OTHER])


def test_it_is_told_how_many_fit() -> None:
    assert match(said(), [OURS, replace(OURS, control_number="AGAIN")]).fits == 2
    assert match(said(), [OURS]).fits == 1
    assert [match(said(), each).fits for each in ([], [replace(OURS, member_id="M2")])] == [0, 0]


def test_a_claim_of_less_than_what_was_charged_is_not_meant_at_all() -> None:
    assert score(said(charge_cents=10_001), OURS) == 0


def test_member_and_charge_are_enough_and_the_member_alone_is_not() -> None:
    bare, answered = {"patient_name": None, "service_from": None}, replace(OURS, is_answered=True)
    assert score(said(**bare), answered) == ENOUGH
    assert score(said(**bare, charge_cents=1), OURS) < ENOUGH


def test_a_name_is_compared_as_payers_write_it() -> None:
    assert person(Name(family="O\u2019Neill-Smith", given="José  María")) == "ONEILLSMITH JOSE MARIA"
