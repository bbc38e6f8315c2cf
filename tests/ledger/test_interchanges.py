"""Numbers of files: taken with what they stand for, never twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from ledger import interchanges
from ledger.store import Ledger
from ledger.tables import interchanges as table

ROW: dict[str, Any] = {
    "format": "x12", "payer": "commercial", "hospital": "mercy", "kind": "professional", "folder": "out", "claims": 1,
    "cents": 1, "at": 0,
}  # fmt: skip
CLAIM = ("c1", 1)


def begin(ledger: Ledger, *claims: interchanges.Sent) -> int:
    return ledger.run(lambda tx: interchanges.begin(tx, ROW, (interchanges.Held(*each) for each in claims)))


def sent(ledger: Ledger, form: str = "x12") -> frozenset[interchanges.Sent]:
    return ledger.read(lambda tx: interchanges.sent(tx, form, ["c1", "c2"]))


def test_numbers_follow_one_another(ledger: Ledger) -> None:
    assert [begin(ledger), begin(ledger)] == [1, 2]


def test_a_number_that_was_given_up_never_comes_again(ledger: Ledger) -> None:
    number = begin(ledger, CLAIM)
    ledger.run(lambda tx: interchanges.give_up(tx, number))
    assert begin(ledger) == number + 1


def test_its_claims_are_free_again(ledger: Ledger) -> None:
    number = begin(ledger, CLAIM)
    assert sent(ledger) == {CLAIM}
    ledger.run(lambda tx: interchanges.give_up(tx, number))
    assert sent(ledger) == frozenset()


def test_what_was_sent_in_one_format_was_not_in_another(ledger: Ledger) -> None:
    begin(ledger, CLAIM)
    assert sent(ledger, "json") == frozenset()


def test_each_submission_is_sent_for_itself(ledger: Ledger) -> None:
    begin(ledger, CLAIM)
    assert ("c1", 2) not in sent(ledger)


def test_a_claim_may_be_sent_again_under_another_number(ledger: Ledger) -> None:
    assert [begin(ledger, CLAIM), begin(ledger, CLAIM)] == [1, 2]


def test_what_was_begun_is_unfinished_until_its_digest_is_known(ledger: Ledger) -> None:
    begin(ledger, CLAIM)
    second = begin(ledger)
    assert [row["number"] for row in ledger.read(interchanges.unfinished)] == [1, 2]
    ledger.run(lambda tx: interchanges.finish(tx, [(1, "aa")]))
    ledger.run(lambda tx: interchanges.give_up(tx, second))
    assert ledger.read(interchanges.unfinished) == []
    with ledger.reading() as tx:
        digests = tx.execute(sa.select(table.c.state, table.c.sha256).order_by(table.c.number)).all()
    assert [tuple(row) for row in digests] == [("written", "aa"), ("given-up", None)]


def test_a_transaction_that_fails_takes_neither_number_nor_claims(ledger: Ledger) -> None:
    def broken(tx: sa.Connection) -> None:
        interchanges.begin(tx, ROW, [interchanges.Held(*CLAIM)])
        raise LookupError

    with pytest.raises(LookupError):
        ledger.run(broken)
    assert (begin(ledger), sent(ledger)) == (1, frozenset())


@pytest.fixture
def another(ledger: Ledger) -> Iterator[Ledger]:
    other = Ledger(ledger.url)
    yield other
    other.close()


def test_two_at_once_have_different_numbers(ledger: Ledger, another: Ledger) -> None:
    together = Barrier(2)

    def many(which: Ledger) -> list[int]:
        together.wait()
        return [begin(which) for _ in range(5)]

    with ThreadPoolExecutor(2) as pool:
        taken = [number for numbers in pool.map(many, (ledger, another)) for number in numbers]
    assert sorted(taken) == list(range(1, 11))
