"""The example payer's 835 files say what its events would have said, on the day of the payment."""

from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from claims.x12.answers import read_answers
from claims.x12.transactions import Result
from schemas.events import ClaimAdjudicated, Remittance
from tests.examples.test_example_payer import CORRECTED, INCOMPLETE, Claim, answers, claim, remittances, said

_SAME = ("trace_number", "control_number", "payer_claim_number", "status", "charge_cents",
         "paid_cents", "patient_responsibility_cents", "remarks", "position")  # fmt: skip


@pytest.fixture
def sent(fees: ModuleType) -> list[Claim]:
    """A claim that is corrected, one that is denied, and the void of another."""
    ordinary = claim(fees, range(30, 100))
    void = ordinary | {"claim_id": "void", "frequency": "8", "original_reference": fees.digest(ordinary["claim_id"])}
    return [claim(fees, CORRECTED), claim(fees, INCOMPLETE), ordinary, void]


@pytest.fixture
def known(fees: ModuleType, sent: list[Claim]) -> dict[str, Claim]:
    return {fees.digest(each["claim_id"]): each for each in sent}


def written(payer: ModuleType, sent: list[Claim], known: dict[str, Claim], folder: Path) -> list[Any]:
    left = payer.into_files(payer.events(sent, known), known, (folder, "EXPAY1"))
    assert {topic for topic, *_ in left} == {f"claim-acknowledged.{sent[0]['payer']}"}
    pieces = [path.read_bytes() for path in sorted(folder.iterdir())]
    return [
        each
        for piece in pieces
        for each in read_answers([piece], lambda ids: "commercial" if "EXPAY1" in ids else None)
    ]


def facts(answer: ClaimAdjudicated) -> dict[str, Any]:
    lines = [(line.control_number, line.charge_cents, line.paid_cents, line.adjustments) for line in answer.lines]
    return {name: getattr(answer, name) for name in _SAME} | {"lines": lines}


def test_every_file_is_whole_and_nothing_is_wrong_with_it(
    payer: ModuleType, sent: list[Claim], known: dict[str, Claim], tmp_path: Path
) -> None:
    results = [each for each in written(payer, sent, known, tmp_path) if isinstance(each, Result)]
    assert [(each.is_whole, each.findings) for each in results] == [(True, ())] * 2


def test_files_say_the_answers_of_the_events(
    payer: ModuleType, sent: list[Claim], known: dict[str, Claim], tmp_path: Path
) -> None:
    read = [each for each in written(payer, sent, known, tmp_path) if isinstance(each, ClaimAdjudicated)]
    told = {answer.event_id: answer for answer in answers(said(payer, *sent, known=known))}.values()
    assert sorted(map(str, map(facts, read))) == sorted(map(str, map(facts, told)))


def test_files_say_the_payments_of_the_events(
    payer: ModuleType, sent: list[Claim], known: dict[str, Claim], tmp_path: Path
) -> None:
    def money(each: Remittance) -> tuple[str, str, date, int, int, list[tuple[str, int]]]:
        taken = [(plb.code, plb.cents) for plb in each.provider_adjustments]
        return each.trace_number, each.method, each.date, each.payment_cents, each.claims_count, taken

    read = [each for each in written(payer, sent, known, tmp_path) if isinstance(each, Remittance)]
    told = [each for each, _ in remittances(said(payer, *sent, known=known))]
    assert sorted(map(money, read)) == sorted(map(money, told))
