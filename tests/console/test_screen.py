"""Words of a screen."""

import pytest

from console.screen import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 charts"), (1, "1 chart"), (2, "2 charts"), (12_345, "12,345 charts")]
)
def test_one_thing_is_not_several(number: int, said: str) -> None:
    assert counted(number, "chart") == said
