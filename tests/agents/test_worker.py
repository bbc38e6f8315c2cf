"""What ends a worker, and what doesn't."""

import pytest

from agents.worker import _unless_unavailable


@pytest.mark.parametrize("trouble", [TimeoutError(), RuntimeError("a fault of the monitor's own")])
def test_a_monitor_that_can_t_look_ends_nothing(trouble: Exception) -> None:
    def look() -> None:
        raise trouble

    _unless_unavailable(look)
