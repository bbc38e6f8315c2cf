"""`claimstream ledger` and `claimstream codesets`: what must stand before anything else."""

from pathlib import Path

import pytest

from agents.reference import open_codesets
from tests.console.conftest import Terminal


def test_an_empty_ledger_needs_an_upgrade(alone: Terminal) -> None:
    done = alone.run("ledger", "current")
    assert (done.exit_code, "claimstream ledger upgrade" in done.stdout) == (1, True)


READING = [
    ("ledger", "current"),
    ("worklist", "list"),
    ("worklist", "show", "abc"),
    ("worklist", "send"),
    ("chart", "mercy-general", "C-1"),
]


@pytest.mark.parametrize("arguments", READING, ids=[" ".join(arguments) for arguments in READING])
def test_who_reads_a_ledger_that_is_not_there_makes_none(
    alone: Terminal, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = alone.run(*arguments, CLAIMSTREAM_LEDGER=f"sqlite:///{tmp_path}/none/ledger.db")

    assert (done.exit_code > 0, "claimstream ledger upgrade" in done.stdout + done.stderr) == (True, True)
    assert not (tmp_path / "none").exists()


def test_an_upgrade_is_harmless_when_repeated(alone: Terminal) -> None:
    first, again = alone.json("ledger", "upgrade"), alone.json("ledger", "upgrade")
    assert (first["before"], first["after"]) == (None, again["before"])
    assert again["before"] == again["after"]


def test_after_an_upgrade_the_ledger_is_current(alone: Terminal) -> None:
    alone.run("ledger", "upgrade")
    assert alone.run("ledger", "current").exit_code == 0


def test_a_ledger_that_cannot_be_written_is_told_without_its_password(alone: Terminal) -> None:
    done = alone.run("ledger", "upgrade", CLAIMSTREAM_LEDGER="postgresql+psycopg://worker:canary@127.0.0.1:1/claims")
    assert (done.exit_code, "canary" in done.stderr, done.stderr.count("\n")) == (2, False, 1)


@pytest.mark.timeout(300)
def test_the_code_sets_are_compiled_and_told(alone: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "codesets.bin"
    said = alone.json("codesets", "build", "--out", file)
    assert (said["bytes"], said["version"]) == (file.stat().st_size, open_codesets(file).version)
    assert said["rows"] == len(open_codesets(file)) > 90_000
