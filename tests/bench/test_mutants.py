"""The mutation testing itself: what a test notices is killed, and what none does survives."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.mutations import mutated, mutations

REPOSITORY = Path(__file__).parents[2]
MODULE = """\
LIMITS = {"A": 3}
FIRST = "B" if LIMITS else "A"


def over(code, units):
    limit = LIMITS.get(code)
    return limit is not None and units > limit
"""
TESTS = """\
from tiny import LIMITS, over


def test_more_than_the_limit_is_over():
    assert over("A", 4)
    assert not over("B", 4)


def test_the_limit_itself_is_asked_for():
    assert {BOUND}


def test_the_table_is_known():
    assert LIMITS
"""


def run(folder: Path, bound: str) -> dict[str, Any]:
    (folder / "tiny.py").write_text(MODULE, encoding="utf-8")
    (folder / "test_tiny.py").write_text(TESTS.replace("{BOUND}", bound), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bench.mutants", "tiny.py", "--tests", "test_tiny.py", "--json", "--jobs", "1"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**said, "status": done.returncode}


def survivors(said: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["at"], each["changed"]) for each in said["survivors"]]


def test_a_mutant_that_no_test_notices_survives_and_is_named(tmp_path: Path) -> None:
    said = run(tmp_path, "True")
    assert ("tiny.py:7", "units > limit -> units >= limit") in survivors(said)
    assert ("tiny.py:2", "LIMITS -> without") not in survivors(said)
    assert said["status"] == 1


def test_a_mutant_that_a_test_notices_is_killed(tmp_path: Path) -> None:
    said = run(tmp_path, 'not over("A", 3)')
    assert ("tiny.py:7", "units > limit -> units >= limit") not in survivors(said)
    assert said["killed"] == said["mutants"] - said["survived"] > 0


@pytest.mark.parametrize(
    ("source", "changes", "why"),
    [
        ("a = b < 3", ["b < 3 -> b <= 3", "3 -> 4", "3 -> 2"], "a bound is moved"),
        ("a = 'text of a message'", [], "a message is not"),
        ("a = {'MA', 'two words'}", ["'MA' -> 'zz~MA'"], "a code of a set is replaced, a sentence is not"),
        ("def f(a: int = 1) -> None:\n    '''Says 1.'''", ["1 -> 2", "1 -> 0"], "defaults are, docstrings are not"),
        ("@lru_cache(4096)\ndef f(): ...", [], "the size of a cache is nobody's business"),
        (
            "@rule('X1', 'warn', carc='16', mend='do', of='any')\ndef f(): ...",
            ["'X1' -> 'zz~X1'", "'warn' -> 'reject'", "'16' -> 'zz~16'", "of='any' -> without"],
            "what a rule decides is changed, what it says is not",
        ),
        ("while a:\n    if b:\n        continue", ["if b -> if not", "continue -> pass"], "a guard is taken out"),
        ("a = not b", ["not b -> without not"], "so is a `not`"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value and "\n" not in value else "",
)
def test_what_is_changed(source: str, changes: list[str], why: str) -> None:
    assert [each.what for each in mutations(source)] == changes, why


def test_each_mutant_has_one_change_alone() -> None:
    made = {ast.unparse(mutated(MODULE, index)) for index in range(len(mutations(MODULE)))}
    assert len(made) == len(mutations(MODULE))
    assert ast.unparse(ast.parse(MODULE)) not in made
