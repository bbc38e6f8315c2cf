"""`claimstream demo` empties its folder first, and no other's."""

from pathlib import Path

from tests.console.conftest import Terminal


def test_a_folder_of_somebody_else_s_is_not_emptied(alone: Terminal, tmp_path: Path) -> None:
    kept = tmp_path / "thesis.txt"
    kept.touch()
    done = alone.run("demo", "--home", tmp_path)
    assert (done.exit_code, "say another folder in --home" in done.stderr, kept.exists()) == (2, True, True)


def test_a_file_is_no_folder(alone: Terminal, tmp_path: Path) -> None:
    kept = tmp_path / "thesis.txt"
    kept.touch()
    done = alone.run("demo", "--home", kept)
    assert (done.exit_code, "say another folder in --home" in done.stderr, kept.exists()) == (2, True, True)
