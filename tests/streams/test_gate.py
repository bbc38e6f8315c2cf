"""A partner who sends mostly garbage is paused alone."""

import pytest

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


def test_garbage_from_most_partners_at_once_stops_the_stage() -> None:
    """That is a release of ours, or a registry's ids."""
    gate = Gate([f"chart-completed.{name}" for name in "abcd"], of_last=4)
    gate.saw([("chart-completed.d", GOOD)] * 4)
    with pytest.raises(Stopped, match="3 of 4 partners"):
        gate.saw([(f"chart-completed.{name}", BAD) for name in "abc"] * 4)


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
