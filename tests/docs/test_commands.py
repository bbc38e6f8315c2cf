"""Every command in the documents exists: its program, its subcommands, its options, its files."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import typer

from console.main import COMMANDS, app
from streams.settings import Settings
from tests.docs.pages import ROOT, Command, every_command, page

COMPOSE = {"POSTGRES_PASSWORD", "KEY_FILE", "KEY_OWNER"}
FOREIGN = {"source", "export", "openssl", "chmod"}
"""Programs of everybody's; their files are looked at where they are ours."""


class Unknown(AssertionError):
    """A document shows something that isn't there."""


def check(command: Command) -> None:
    program, *arguments = command.words
    for name in command.environment:
        _variable(name)
    if program in FOREIGN:
        return
    checks: dict[str, Callable[[list[str]], None]] = {
        "claimstream": partial(_claimstream, whole=command.typed), "make": _make, "python": _python, "docker": _docker,
    }  # fmt: skip
    if program not in checks:
        raise Unknown(f"no such program: {program}")
    checks[program](arguments)


def _variable(name: str) -> None:
    known = {f"CLAIMSTREAM_{field}".upper() for field in Settings.model_fields} | COMPOSE
    if name not in known:
        raise Unknown(f"no such setting: {name}")


def _claimstream(arguments: list[str], whole: bool) -> None:
    """Parsed as the program itself would, to the last option, and not run."""
    command: Any = typer.main.get_command(app)
    rest = arguments
    try:
        while hasattr(command, "commands") and rest[:1] != ["--help"]:
            _, command, rest = command.resolve_command(command.context_class(command), rest)
        if rest[:1] != ["--help"]:
            command.make_context(command.name, list(rest))
    except Exception as refused:
        if whole or type(refused).__name__ != "MissingParameter":
            raise Unknown(_words(refused)) from refused


def _words(refused: Exception) -> str:
    said = getattr(refused, "format_message", None)
    return str(said()) if said is not None else type(refused).__name__


def _make(arguments: list[str]) -> None:
    """`make -n` says what would be done, and refuses a target that isn't there."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "-n", *arguments], cwd=ROOT, env=clean, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unknown(done.stderr.strip())


def _python(arguments: list[str]) -> None:
    if arguments[:2] == ["-m", "pytest"]:
        _pytest(arguments[2:])
        return
    module = arguments[:1] == ["-m"]
    what, options = (arguments[1], arguments[2:]) if module else (arguments[0], arguments[1:])
    if module and importlib.util.find_spec(what) is None:
        raise Unknown(f"no such module: {what}")
    if not module and not (ROOT / what).is_file():
        raise Unknown(f"no such file: {what}")
    asked = [option.split("=")[0] for option in options if option.startswith("--")]
    missing = [option for option in asked if option not in _help(what, module)]
    if missing:
        raise Unknown(f"{what} has no {', '.join(missing)}")


@cache
def _help(what: str, module: bool) -> str:
    """What a program says of itself: its --help, or its source where it takes no such option."""
    source = ROOT / (what.replace(".", "/") if module else what)
    text = next(file for file in (source, source.with_suffix(".py"), source / "__main__.py") if file.is_file())
    if not re.search("argparse|typer", text.read_text(encoding="utf-8")):
        return text.read_text(encoding="utf-8")
    command = [sys.executable, *(["-m"] if module else []), what, "--help"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"}
    )
    return done.stdout


def _pytest(arguments: list[str]) -> None:
    markers = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for at, argument in enumerate(arguments):
        if at and arguments[at - 1] == "-m":
            if f'"{argument.removeprefix("not ")}:' not in markers:
                raise Unknown(f"no such marker: {argument}")
        elif not argument.startswith("-"):
            file, _, test = argument.partition("::")
            if not (ROOT / file).exists():
                raise Unknown(f"no such test: {file}")
            if test and f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8"):
                raise Unknown(f"no such test: {argument}")


def _docker(arguments: list[str]) -> None:
    file = arguments[arguments.index("-f") + 1]
    if arguments[0] != "compose" or not (ROOT / file).is_file():
        raise Unknown(f"no such compose file: {file}")


EVERY = every_command()


@pytest.mark.parametrize("command", EVERY, ids=[f"{c.page}:{c.line} {c.text}" for c in EVERY])
def test_a_command_that_is_shown_exists(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    check(command)


WRONG = [
    # reason, what a document might say
    ("no such subcommand", "claimstream bill"),
    ("no such option", "claimstream topics apply --yes"),
    ("an argument is missing", "claimstream chart mercy-general"),
    ("no such folder", "claimstream publish --hospital riverside charts/nowhere"),
    ("no such target", "make coffee"),
    ("no such module", "python -m bench.nothing"),
    ("a script without that option", "python examples/hospital.py --patient x"),
    ("no such test", "python -m pytest tests/docs/test_nothing.py"),
    ("a test that was renamed", "python -m pytest tests/docs/test_commands.py::test_nothing"),
    ("no such program", "hospitalctl run"),
]


@pytest.mark.parametrize("text", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_command_that_does_not_exist_is_found(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(Unknown):
        check(Command("here", 1, tuple(text.split())))


def test_a_setting_that_does_not_exist_is_found() -> None:
    with pytest.raises(Unknown):
        check(Command("here", 1, ("claimstream", "lag"), ("CLAIMSTREAM_KAFKA",)))


def test_every_command_of_the_program_is_shown_somewhere() -> None:
    shown = {command.words[1] for command in EVERY if command.words[0] == "claimstream" and len(command.words) > 1}
    assert shown >= set(COMMANDS)


def test_every_page_shows_commands() -> None:
    pages = {Path(command.page).name for command in EVERY}
    assert pages >= {"README.md", "hospital.md", "payer.md", "operator.md", "analyst.md", "developer.md"}


def test_the_first_thing_the_readme_shows_is_the_demo() -> None:
    assert next(page("README.md").commands()).text == "make demo"
