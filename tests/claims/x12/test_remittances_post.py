"""Each 835 of ours posts to the balances that were computed by hand beside it (835/balances.csv, 835/payments.csv)."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import oxedi
import pytest

from claims.accounts import AccountClaim
from claims.forming import form
from claims.remittance import balances
from claims.settlement import apply, standing, totals
from claims.x12.answers import read_answers
from claims.x12.transactions import Result
from schemas.events import ClaimAdjudicated, Remittance
from schemas.events.claim import ClaimBuilt
from tests.claims.given_accounts import account, chart, committed_partners

HERE = Path(__file__).parent / "835"
FILES = sorted(file.stem for file in HERE.glob("*.835"))


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


BALANCES, PAYMENTS = rows("balances.csv"), rows("payments.csv")


def cents(dollars: str) -> int:
    whole, part = dollars.split(".")
    return int(whole + part)


@cache
def read(name: str) -> tuple[Any, ...]:
    known = {payer.payer_id: payer.id for payer in committed_partners().payers.values()}
    data = (HERE / f"{name}.835").read_bytes()
    return tuple(read_answers([data], lambda ids: next(known[each] for each in ids if each in known)))


def answers_of(name: str) -> list[ClaimAdjudicated]:
    return [said for said in read(name) if isinstance(said, ClaimAdjudicated)]


def remittance_of(name: str) -> Remittance:
    (said,) = (said for said in read(name) if isinstance(said, Remittance))
    return said


@cache
def any_claim() -> ClaimBuilt:
    return form(chart(), account(), committed_partners()).claims[0]


def sent(row: dict[str, str]) -> AccountClaim:
    """The claim as it was sent: its lines with their charges."""
    pairs = [each.split(":") for each in row["sent"].split()]
    lines = tuple(
        any_claim().lines[0].model_copy(update={"control_number": number, "charge_cents": cents(charge)})
        for number, charge in pairs
    )
    total = sum(line.charge_cents for line in lines)
    said = {"control_number": row["claim"], "payer_sequence": int(row["sequence"]), "lines": lines}
    return AccountClaim(claim=any_claim().model_copy(update={**said, "total_charge_cents": total}))


def posted(row: dict[str, str]) -> AccountClaim:
    claim = sent(row)
    for name in row["files"].split():
        for answer in answers_of(name):
            claim = apply(claim, answer) if answer.control_number == row["claim"] else claim
    return claim


@pytest.mark.parametrize("row", BALANCES, ids=lambda row: f"{row['files']}-{row['claim']}")
def test_a_claim_comes_to_the_balance_beside_its_file(row: dict[str, str]) -> None:
    claim = posted(row)
    money = totals(claim)
    assert (len(claim.answers), standing(claim)) == (int(row["answers"]), row["standing"]), row["why"]
    found = (money.charge_cents, money.paid_cents, money.adjusted_cents, money.patient_cents)
    assert found == tuple(cents(row[name]) for name in ("charge", "paid", "written off", "patient")), row["why"]
    assert money.charge_cents == money.paid_cents + money.adjusted_cents + money.patient_cents


@pytest.mark.parametrize("row", PAYMENTS, ids=lambda row: row["file"])
def test_a_payment_is_its_claims_less_what_is_taken(row: dict[str, str]) -> None:
    said = remittance_of(row["file"])
    taken = sum(each.cents for each in said.provider_adjustments)
    assert (said.trace_number, said.claims_count) == (row["trace"], int(row["claims"]))
    assert (said.claims_paid_cents, taken, said.payment_cents) == tuple(
        cents(row[name]) for name in ("claims paid", "taken", "payment")
    ), row["why"]
    assert balances(said, answers_of(row["file"])) is None


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_wrong_with_a_file_of_ours_and_it_stands_in_the_tables(name: str) -> None:
    (result,) = (said for said in read(name) if isinstance(said, Result))
    assert (result.faults, result.findings) == ((), ())
    assert name in {row["file"] for row in PAYMENTS}
    assert {answer.control_number for answer in answers_of(name)} == {
        row["claim"] for row in BALANCES if name in row["files"].split()
    }


def fields(said: Sequence[Any]) -> list[str]:
    return [each.decode() if isinstance(each, bytes) else ":".join(part.decode() for part in each) for each in said]


@pytest.mark.parametrize("name", FILES)
def test_another_reader_finds_no_fault_and_the_same_money(name: str) -> None:
    """oxedi holds the 5010 structure and the three equations (SNIP 1 to 3)."""
    data = (HERE / f"{name}.835").read_bytes()
    theirs = oxedi.parse(data)
    ours = remittance_of(name)
    assert [str(each) for each in theirs.diagnostics] == []
    assert (theirs.count_claims(), int(theirs.sum_payments() * 100)) == (ours.claims_count, ours.payment_cents)


@pytest.mark.parametrize("name", FILES)
def test_another_reader_finds_the_same_claims_and_lines(name: str) -> None:
    theirs = oxedi.parse((HERE / f"{name}.835").read_bytes()).document
    segments = [(theirs[n].id.decode(), fields(theirs[n].elements)) for n in range(len(theirs))]
    claims = [(said[0], said[1], money(said[2]), money(said[3])) for tag, said in segments if tag == "CLP"]
    lines = [(said[0].split(":")[1], money(said[1]), money(said[2])) for tag, said in segments if tag == "SVC"]
    ours = answers_of(name)
    assert claims == [(each.control_number, each.status, each.charge_cents, each.paid_cents) for each in ours]
    assert lines == [
        (line.code or line.revenue_code, line.charge_cents, line.paid_cents) for each in ours for line in each.lines
    ]


def money(said: str) -> int:
    return round(float(said) * 100)
