"""A partner who sends mostly garbage is paused alone."""

import pytest

from streams.breaker import TOO_MANY_FAILURES
from streams.gate import Gate
from streams.source import Stopped
from tests.given_watch import Watch

TOPICS = ("chart-completed.mercy", "chart-coded.mercy", "chart-completed.anna")
MERCY, ANNA = "chart-completed.mercy", "chart-completed.anna"
BAD, GOOD = True, False


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def gate(watch: Watch) -> Gate:
    return Gate(TOPICS, of_last=4, shut_s=60, now=watch)


def sent(gate: Gate, topic: str, *refused: bool) -> None:
    gate.saw((topic, each) for each in refused)


@pytest.mark.parametrize(
    ("refused", "expected", "why"),
    [
        ((BAD, BAD, BAD), False, "too few to judge by"),
        ((BAD, BAD, GOOD, GOOD), False, "half is not most"),
        ((BAD, BAD, BAD, GOOD), True, "most of the last four"),
        ((BAD, BAD, BAD, GOOD, GOOD), False, "only the last four count"),
    ],
)
def test_it_shuts_when_most_of_the_last_records_were_refused(
    gate: Gate, refused: tuple[bool, ...], expected: bool, why: str
) -> None:
    sent(gate, MERCY, *refused)
    assert bool(gate.shut()) is expected, why


def test_all_topics_of_that_partner_wait_and_nobody_else_s(gate: Gate) -> None:
    sent(gate, MERCY, BAD, BAD, BAD, BAD)
    assert gate.shut() == {"chart-completed.mercy", "chart-coded.mercy"}


def test_good_records_of_others_don_t_excuse_him(gate: Gate) -> None:
    gate.saw([(MERCY, BAD), (ANNA, GOOD)] * 4)
    assert MERCY in gate.shut()


def test_a_partner_s_topics_are_judged_together(gate: Gate) -> None:
    gate.saw([(MERCY, BAD), ("chart-coded.mercy", BAD)] * 2)
    assert MERCY in gate.shut()


def test_it_opens_again_when_the_time_is_over(gate: Gate, watch: Watch) -> None:
    sent(gate, MERCY, BAD, BAD, BAD, BAD)
    watch.at = 60
    assert gate.shut() == frozenset()


def test_after_the_pause_he_is_judged_afresh(gate: Gate, watch: Watch) -> None:
    sent(gate, MERCY, BAD, BAD, BAD, BAD)
    watch.at = 60
    sent(gate, MERCY, BAD)
    assert gate.shut() == frozenset()


def test_who_goes_on_is_paused_again(gate: Gate, watch: Watch) -> None:
    sent(gate, MERCY, BAD, BAD, BAD, BAD)
    watch.at = 60
    gate.shut()
    sent(gate, MERCY, BAD, BAD, BAD, BAD)
    assert MERCY in gate.shut()


def test_two_partners_garbage_is_theirs(gate: Gate) -> None:
    sent(gate, MERCY, BAD, BAD, BAD, BAD)
    sent(gate, ANNA, BAD, BAD, BAD, BAD)
    assert gate.shut() == set(TOPICS)


def test_whoever_watches_hears_of_the_pause_and_of_its_end(gate: Gate, watch: Watch) -> None:
    heard: list[frozenset[str]] = []
    gate.on_change = heard.append
    sent(gate, MERCY, BAD, BAD, BAD, BAD)
    watch.at = 60
    gate.shut()
    assert heard == [frozenset({"mercy"}), frozenset()]


MANY = tuple(f"chart-completed.{partner}" for partner in "abcdef")


def stops(gate: Gate, *seen: tuple[str, bool]) -> bool:
    try:
        gate.judge(seen)
    except Stopped as stopped:
        return stopped.exit_code == TOO_MANY_FAILURES
    return False


@pytest.mark.parametrize(
    ("refused", "heard", "expected", "why"),
    [
        (3, 3, True, "nobody's records can be read: that is no partner's fault"),
        (3, 5, True, "most of those who were heard"),
        (2, 2, False, "two may be wrong at once"),
        (2, 4, False, "half is not most"),
    ],
)
def test_garbage_of_most_partners_at_once_stops_the_process(
    watch: Watch, refused: int, heard: int, expected: bool, why: str
) -> None:
    gate = Gate(MANY, least=4, now=watch)
    seen = [(topic, n < refused) for n, topic in enumerate(MANY[:heard])] * 4
    assert stops(gate, *seen) is expected, why


def test_it_stops_when_they_come_in_different_batches(watch: Watch) -> None:
    gate = Gate(MANY, of_last=4, least=4, now=watch)
    for topic in MANY[:2]:
        sent(gate, topic, BAD, BAD, BAD, BAD)
    assert stops(gate, *[(MANY[2], BAD)] * 4)


def test_a_few_records_tell_nothing_of_a_partner(watch: Watch) -> None:
    gate = Gate(MANY, least=4, now=watch)
    assert not stops(gate, *[(topic, BAD) for topic in MANY] * 3)


def test_partners_who_have_been_silent_for_long_excuse_nothing(watch: Watch) -> None:
    gate = Gate(MANY, least=4, lately_s=600, now=watch)
    gate.saw([(topic, GOOD) for topic in MANY[3:]] * 4)
    seen = [(topic, BAD) for topic in MANY[:3]] * 4
    assert not stops(gate, *seen)
    watch.at = 601
    assert stops(gate, *seen)


def test_judging_counts_nothing_of_a_batch_that_may_come_again(watch: Watch) -> None:
    gate = Gate(MANY, least=8, now=watch)
    seen = [(topic, BAD) for topic in MANY[:3]] * 4
    stops(gate, *seen)
    assert not stops(gate, *seen)
