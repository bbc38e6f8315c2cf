"""The breaker opens before anything of a bad batch is committed."""

import pytest

from streams.breaker import TOO_MANY_FAILURES, Breaker
from streams.source import Stopped

BAD, GOOD = True, False


def opens(breaker: Breaker, failed: list[bool]) -> bool:
    try:
        breaker.judge(failed)
    except Stopped as stopped:
        return stopped.exit_code == TOO_MANY_FAILURES
    return False


@pytest.mark.parametrize(
    ("failed", "expected", "why"),
    [
        ([], False, "nothing was judged"),
        ([BAD] * 19, False, "a share of few records says little"),
        ([BAD] * 10 + [GOOD] * 10, False, "half is not more than half"),
        ([BAD] * 11 + [GOOD] * 9, True, "more than half of twenty"),
        ([BAD, GOOD] * 300, False, "exactly half, however many"),
        ([BAD] * 100 + [GOOD] * 400, True, "a hundred in a row, though a fifth of the batch"),
        ([BAD] * 99 + [GOOD] + [BAD] * 99 + [GOOD] * 300, False, "two rows, each one short"),
    ],
)
def test_it_opens_by_share_and_by_row(failed: list[bool], expected: bool, why: str) -> None:
    assert opens(Breaker(), failed) is expected, why


def test_a_row_goes_on_over_small_batches() -> None:
    breaker = Breaker(run=3)
    breaker.accept([GOOD, BAD, BAD])
    assert opens(breaker, [BAD])


def test_one_good_record_ends_a_row() -> None:
    breaker = Breaker(run=3)
    breaker.accept([BAD, BAD])
    breaker.accept([GOOD])
    assert not opens(breaker, [BAD, BAD])


def test_an_empty_batch_keeps_the_row() -> None:
    breaker = Breaker(run=3)
    breaker.accept([BAD, BAD])
    breaker.accept([])
    assert opens(breaker, [BAD])


def test_judging_counts_nothing() -> None:
    """A transaction that is tried again judges its batch again."""
    breaker = Breaker(run=3)
    breaker.judge([BAD, BAD])
    assert not opens(breaker, [BAD, BAD])


def test_a_stop_tells_how_many_and_which() -> None:
    with pytest.raises(
        Stopped, match=r"3 records failed in a row \(3 x dead-letter:malformed\); nothing of this batch"
    ):
        Breaker(run=3).judge([BAD] * 3, lambda: "3 x dead-letter:malformed")
