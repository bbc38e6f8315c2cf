"""What `--help` shows on a terminal of 80 columns, as most are."""

from collections.abc import Iterator

import pytest

from console.main import COMMANDS
from tests.console.conftest import Terminal

NARROW = {"COLUMNS": "80", "TERMINAL_WIDTH": "80"}


def _paragraphs(shown: str) -> Iterator[list[str]]:
    """The prose of a help page, above its boxes."""
    prose = shown.partition("╭")[0].splitlines()
    for paragraph in "\n".join(line.strip() for line in prose).split("\n\n"):
        yield paragraph.strip().splitlines()


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_lines_of_help_end_where_the_terminal_does(alone: Terminal, command: str) -> None:
    done = alone.run(*command.split(), "--help", **NARROW)
    short = [line for lines in _paragraphs(done.stdout) for line in lines[:-1] if len(line) < 55]
    assert (done.exit_code, short) == (0, [])
