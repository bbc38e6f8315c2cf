"""What ends a worker, and what doesn't."""

import pytest
from structlog.testing import capture_logs

from agents.worker import _unless_unavailable, place_of
from streams.topics import partner_of


@pytest.mark.parametrize("trouble", [TimeoutError(), RuntimeError("a fault of the monitor's own")])
def test_a_monitor_that_can_t_look_ends_nothing(trouble: Exception) -> None:
    def look() -> None:
        raise trouble

    with capture_logs() as said:
        _unless_unavailable(look)

    assert said == [{"event": "lag not known", "kind": type(trouble).__name__, "log_level": "warning"}]


def test_what_nobody_foresaw_is_named_by_our_innermost_line() -> None:
    with pytest.raises(ValueError, match="no partner's topic") as raised:
        partner_of("claims")
    file, line = place_of(raised.value).split(":")
    assert (file, line.isdigit()) == ("streams/topics.py", True)


def test_a_place_repeats_nothing_of_the_error_s_words() -> None:
    with pytest.raises(ValueError, match="Jane Canary") as raised:
        partner_of("Jane Canary")
    assert "Canary" not in place_of(raised.value)
