"""What Kafka refuses for long ends the process with words; what passes doesn't."""

from dataclasses import dataclass

import pytest

from streams.troubles import Troubles

TOPIC = "chart-completed.mercy"
FORBIDDEN = "TOPIC_AUTHORIZATION_FAILED"


@dataclass
class Watch:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def troubles(watch: Watch) -> Troubles:
    """A topic was refused at second 0."""
    made = Troubles(lasts_s=40, now=watch)
    made.hear(TOPIC, FORBIDDEN)
    return made


def test_trouble_may_pass(troubles: Troubles, watch: Watch) -> None:
    watch.at = 39
    assert troubles.lasting() is None


def test_trouble_that_lasts_is_told_in_words(troubles: Troubles, watch: Watch) -> None:
    watch.at = 40
    assert troubles.lasting() == f"Kafka refuses {TOPIC}: {FORBIDDEN} for 40 s"


def test_its_time_counts_from_when_it_was_first_heard(troubles: Troubles, watch: Watch) -> None:
    watch.at = 39
    troubles.hear(TOPIC, FORBIDDEN)
    watch.at = 40
    assert troubles.lasting() is not None


def test_it_is_looked_into_once_at_half_time(troubles: Troubles, watch: Watch) -> None:
    assert troubles.doubtful() == ()
    watch.at = 20
    assert (troubles.doubtful(), troubles.doubtful()) == ((TOPIC,), ())


def test_a_topic_that_gives_something_is_well(troubles: Troubles, watch: Watch) -> None:
    troubles.end([TOPIC])
    watch.at = 40
    assert troubles.lasting() is None


def test_another_topic_that_gives_something_tells_nothing_of_it(troubles: Troubles, watch: Watch) -> None:
    troubles.end(["chart-completed.anna"])
    watch.at = 40
    assert troubles.lasting() is not None


def test_refused_credentials_are_over_when_anything_arrives(watch: Watch) -> None:
    troubles = Troubles(lasts_s=40, now=watch)
    troubles.hear(None, "_AUTHENTICATION")
    troubles.end([TOPIC])
    watch.at = 40
    assert troubles.lasting() is None
