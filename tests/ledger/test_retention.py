"""What the ledger forgets, and what it must not."""

from functools import partial

import pytest
import sqlalchemy as sa

from ledger import deadlines, projections, tables
from ledger.batches import BatchLedger
from ledger.deadlines import Deadline
from ledger.denials import ENDED, forget_ended
from ledger.retention import forget
from ledger.store import Ledger
from schemas.records import Ruling
from tests.ledger.given_rulings import PLACE, denial, output, ruling

CLAIMING = BatchLedger("claiming")
OTHER = ("topic-id", 1)
FIRST_MS = 1_700_000_000_000  # the ruling at offset n is n ms later


def remembered(ledger: Ledger, *rulings: Ruling) -> None:
    """Decided, said, and their outputs pruned up to offset 8."""
    with ledger.transaction() as tx:
        CLAIMING.open(tx, {PLACE: 0, OTHER: 0})
        for each in rulings:
            CLAIMING.remember(tx, [each])
    with ledger.transaction() as tx:
        CLAIMING.prune(tx, {PLACE: 8, OTHER: 8})


def left(ledger: Ledger, place: tuple[str, int] = PLACE) -> list[int]:
    with ledger.reading() as tx:
        return sorted(CLAIMING.decided(tx, place, 0, 100))


def forgotten(ledger: Ledger, before_ms: int, stage: str = "claiming", limit: int = 5_000) -> int:
    with ledger.transaction() as tx:
        return forget(tx, stage, before_ms, limit)


def test_decisions_older_than_asked_are_forgotten(ledger: Ledger) -> None:
    remembered(ledger, *(ruling(n) for n in range(5)))
    assert (forgotten(ledger, FIRST_MS + 3), left(ledger)) == (3, [3, 4])


def test_every_partition_forgets_its_own(ledger: Ledger) -> None:
    remembered(ledger, ruling(1), ruling(4, event_id="other", place=OTHER), ruling(7, place=OTHER))
    assert (forgotten(ledger, FIRST_MS + 5), left(ledger), left(ledger, OTHER)) == (2, [], [7])


def test_a_decision_whose_outputs_are_stored_is_kept(ledger: Ledger) -> None:
    """Kafka may still ask for it, however old it is."""
    remembered(ledger, ruling(6, output()), ruling(8, output()), ruling(9, output()))
    assert (forgotten(ledger, FIRST_MS + 50), left(ledger)) == (1, [8, 9])


def test_nothing_behind_a_younger_decision_is_forgotten(ledger: Ledger) -> None:
    """What is left of a partition has no hole, so that a hole means pruned."""
    young = ruling(2)._replace(at_ms=FIRST_MS + 50)
    remembered(ledger, ruling(1), young, ruling(3))
    assert (forgotten(ledger, FIRST_MS + 10), left(ledger)) == (1, [2, 3])


def test_no_more_are_forgotten_at_once_than_the_limit(ledger: Ledger) -> None:
    remembered(ledger, *(ruling(n) for n in range(5)))
    assert (forgotten(ledger, FIRST_MS + 50, limit=2), left(ledger)) == (2, [2, 3, 4])


def test_another_stage_keeps_its_decisions(ledger: Ledger) -> None:
    remembered(ledger, ruling(1))
    assert (forgotten(ledger, FIRST_MS + 50, stage="validation"), left(ledger)) == (0, [1])


def test_a_forgotten_event_id_is_free_again(ledger: Ledger) -> None:
    remembered(ledger, ruling(1, event_id="the-id"))
    forgotten(ledger, FIRST_MS + 50)
    with ledger.reading() as tx:
        assert CLAIMING.seen(tx, [("mercy", "the-id")]) == {}


def test_the_limit_is_for_all_partitions_together(ledger: Ledger) -> None:
    """One transaction holds them all."""
    remembered(ledger, *(ruling(n) for n in range(2)), *(ruling(n, event_id=f"o{n}", place=OTHER) for n in range(2)))
    assert (forgotten(ledger, FIRST_MS + 50, limit=3), left(ledger), left(ledger, OTHER)) == (3, [], [1])


def deadline(name: str, due_ms: int = FIRST_MS, stage: str = "claiming") -> Deadline:
    return Deadline(name, "bill-hold-ends", stage, "pseudonym", "account/mercy/A1", due_ms)


@pytest.mark.parametrize("state", ["fired", "closed"])
def test_an_ended_deadline_is_forgotten_as_long_after_it_was_due(ledger: Ledger, state: str) -> None:
    with ledger.transaction() as tx:
        deadlines.open_(tx, [deadline("old"), deadline("young", FIRST_MS + 50)])
        deadlines.end(tx, {"old": state, "young": state})
    assert forgotten(ledger, FIRST_MS + 50) == 1


def test_an_open_deadline_is_never_forgotten(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        deadlines.open_(tx, [deadline("open")])
    assert forgotten(ledger, FIRST_MS + 50) == 0


def test_another_stage_keeps_its_ended_deadlines(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        deadlines.open_(tx, [deadline("theirs", stage="adjudication")])
        deadlines.end(tx, {"theirs": "fired"})
    assert forgotten(ledger, FIRST_MS + 50) == 0


def test_denials_that_stand_no_more_are_forgotten_and_those_that_stand_are_not(ledger: Ledger) -> None:
    states = ("open", *ENDED)
    with ledger.transaction() as tx:
        projections.put_denials(tx, [denial(state) for state in states])
    assert [ledger.run(partial(forget_ended, before=day)) for day in ("2026-09-01", "2026-09-02")] == [0, len(ENDED)]
    with ledger.reading() as tx:
        assert tx.execute(sa.select(tables.denials.c.state)).scalars().all() == ["open"]
