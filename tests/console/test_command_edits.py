"""`claimstream edits` as somebody meets it who has a finding in his hand."""

import pytest

from tests.console.conftest import Terminal


@pytest.mark.parametrize("name", ["N4", "n4"])
def test_a_rule_is_explained_with_its_mend(alone: Terminal, name: str) -> None:
    done = alone.run("edits", "explain", name)
    assert (done.exit_code, "units_not_whole" in done.stdout, "mend " in done.stdout) == (0, True, True)


@pytest.mark.parametrize("name", ["", "A1", "Q-NAME"], ids=["a dollar sign that a shell took", "A1", "a question"])
def test_who_asks_for_what_is_no_edit_is_told_where_it_stands(alone: Terminal, name: str) -> None:
    done = alone.run("edits", "explain", name, TERMINAL_WIDTH="300")
    said = " ".join(done.stderr.replace("│", " ").split())
    assert done.exit_code == 2
    assert all(word in said for word in ("claimstream edits list", "'$1'", "hospital.md", "queries.md"))
