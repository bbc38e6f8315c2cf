"""Denials as rows of the ledger: open, overturned by a later answer, or replaced by the claim that mends them."""

from pathlib import Path
from typing import Any

import pytest

from ledger import denials
from schemas.events.chart import Cause
from tests.agents.given_accounts_of_claiming import built, of_account, settled, visit
from tests.agents.given_stages import Stages, stages
from tests.claims.given_accounts import by_line, coverage, reversal, service, warned


@pytest.fixture
def given(tmp_path: Path) -> Stages:
    return stages(tmp_path)


def open_ones(given: Stages) -> list[tuple[Any, ...]]:
    with given.assembly.ledger.reading() as tx:
        rows = denials.to_appeal(tx)
    return [(row.carc, row.rule, row.cause, row.cents, row.appeal_by, row.line) for row in rows]


def causes(given: Stages) -> list[tuple[Any, ...]]:
    with given.assembly.ledger.reading() as tx:
        return [tuple(row) for row in denials.by_cause(tx, "mercy-general")]


def test_a_denial_is_in_the_queue_until_its_appeal_is_over(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim, 0, [("CO", "197", 10_000)]))
    assert open_ones(given) == [("197", "C6", "authorization", 10_000, "2026-09-16", 0)]
    with given.assembly.ledger.reading() as tx:
        assert list(denials.to_appeal(tx, since="2026-09-17")) == []


def test_a_denial_that_a_correction_takes_back_is_overturned(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    denial = settled(claim, 0, [("CO", "197", 10_000)])
    paid = settled(claim, 10_000, trace_number="t3")
    given.decide("claiming", denial)
    given.decide("claiming", of_account(reversal(denial, 1)), paid)
    assert (open_ones(given), causes(given)) == ([], [("authorization", 1, 0, 10_000, 1)])


def test_a_denial_that_comes_again_is_open_again(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    denial = settled(claim, 0, [("CO", "197", 10_000)])
    given.decide("claiming", denial, of_account(reversal(denial, 1)))
    assert open_ones(given) == []
    given.decide("claiming", settled(claim, 0, [("CO", "197", 10_000)], trace_number="t3"))
    assert len(open_ones(given)) == 1


def test_a_replacement_closes_what_the_claim_before_was_denied(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim, 0, [("CO", "197", 10_000)]))
    (again,) = built(given, given.decide("claiming", visit(2, services=(service(cents=9_000),))))
    assert (again.frequency, open_ones(given)) == ("7", [])
    assert causes(given) == [("authorization", 1, 0, 10_000, 0)]


def test_no_work_injury_is_no_denial_while_a_plan_is_asked(given: Stages) -> None:
    covers = (coverage("workers-compensation"), coverage())
    (claim,) = built(given, given.decide("claiming", visit(coverages=covers, causes=(Cause(kind="employment"),))))
    given.decide("claiming", settled(claim, 0, [("CO", "P4", 10_000)]))
    assert open_ones(given) == []


def test_what_is_paid_writes_nothing(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim))
    assert causes(given) == []


def test_a_warning_in_vain_that_a_correction_bears_out_is_in_vain_no_more(given: Stages) -> None:
    """It was about the claim as a whole, and a line is denied: two rows, of which one counts."""
    (claim,) = built(given, given.decide("claiming", visit(findings=(warned("I2", "140"),))))
    paid = settled(claim)
    given.decide("claiming", paid)
    assert rules(given) == [("I2", "140", 0, 0, 1, 0)]
    denied = of_account(by_line(claim, [[("CO", "140", 10_000)]]))
    given.decide("claiming", of_account(reversal(paid, 1)), denied.model_copy(update={"trace_number": "t3"}))
    assert rules(given) == [("I2", "140", 1, 0, 0, 10_000)]


def test_each_rule_that_warned_is_measured(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit(findings=(warned("I2", "197"), warned("C6", "197")))))
    given.decide("claiming", settled(claim, 0, [("CO", "197", 10_000)]))
    assert rules(given) == [("C6", "197", 1, 0, 0, 10_000), ("I2", "197", 1, 0, 0, 10_000)]


def rules(given: Stages) -> list[tuple[Any, ...]]:
    with given.assembly.ledger.reading() as tx:
        return [tuple(row) for row in denials.by_rule(tx)]
