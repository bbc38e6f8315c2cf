"""Which tests judge a mutant: those that reach the changed line, the ones most likely to see the change first.

Thousands of tests judge a chart by all rules and reach nearly every line; a test of one rule is among them. So four
orders take turns: the tests that name what is changed, those of its module that go where few go, those that reach
little beside it, and some of every file. A mutant that one of them notices costs a moment, and a survivor as many tests
as may be asked.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, zip_longest
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

import pytest

from bench.mutations import Mutation, mutations

MOST, SPREAD, LAST = 200, 50, 4
"""Tests of a mutant: of the first; of all others, evenly; and of those that work long. A thousand judge a chart by all
rules, and say the same of it."""
LONG: Final = 100_000
"""Calls of functions from which a test works long."""

Line = tuple[str, int]


class Mutant(NamedTuple):
    path: str
    number: int
    at: Mutation


def mutants_of(path: str) -> list[Mutant]:
    return [Mutant(path, number, at) for number, at in enumerate(mutations(Path(path).read_text(encoding="utf-8")))]


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class Names:
    """What is made in the modules at import under which name, and which lines name it."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._trees = {path: ast.parse(Path(path).read_text(encoding="utf-8")) for path in paths}
        self._readers: dict[str, set[Line]] = {}
        for path, tree in self._trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    name = node.id if isinstance(node, ast.Name) else node.attr
                    self._readers.setdefault(name, set()).add((path, node.lineno))

    def at(self, path: str, line: int) -> frozenset[str]:
        """How a line's function is called, or its constant; a field by its own name and its class's."""
        return frozenset(_named(self._trees[path].body, line))

    def readers(self, path: str, line: int) -> set[Line]:
        """The lines that use what is made at a line, or what is made of that; a private name is its module's."""
        lines, waiting = set[Line](), [(path, name) for name in self.at(path, line)]
        asked = set(waiting)
        while waiting:
            home, name = waiting.pop()
            for reader in self._readers.get(name, ()):
                if name.startswith("_") and reader[0] != home:
                    continue
                lines.add(reader)
                further = {(reader[0], each) for each in self.at(*reader) if not self._runs_later(*reader)} - asked
                asked |= further
                waiting += further
        return lines

    def told_by(self, path: str, line: int) -> frozenset[str]:
        """The names by which a test may mean a line: its own; of a constant also those of what uses it; and in place of
        a private one those of what uses that."""
        found = set(self.at(path, line))
        waiting = [(path, name) for name in found if name.startswith("_") or not self._runs_later(path, line)]
        while waiting:
            home, name = waiting.pop()
            for reader in self._readers.get(name, ()):
                if name.startswith("_") and reader[0] != home:
                    continue
                new = self.at(*reader) - found
                found |= new
                waiting += [(reader[0], each) for each in new if each.startswith("_")]
        return frozenset(found)

    def _runs_later(self, path: str, line: int) -> bool:
        return any(node.lineno <= line <= (node.end_lineno or line) for node in self._functions[path])

    @cached_property
    def _functions(self) -> dict[str, list[ast.FunctionDef]]:
        return {
            path: [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
            for path, tree in self._trees.items()
        }


def _named(body: Sequence[ast.stmt], line: int, owner: str | None = None) -> set[str]:
    for node in body:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        if not first <= line <= (node.end_lineno or first):
            continue
        if isinstance(node, ast.ClassDef):
            return _named(node.body, line, node.name)
        if isinstance(node, ast.FunctionDef):
            return {owner or node.name} if node.name.startswith("__") else {node.name}
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found = {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
        return found | ({owner} if owner else set())
    return set()


@dataclass
class Reached:
    """Which lines of the modules under mutation run, by whom."""

    paths: dict[str, str]
    at_import: set[Line] = field(default_factory=set)
    by_test: dict[str, set[Line]] = field(default_factory=dict)
    by_fixture: dict[str, set[Line]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    homes: dict[str, set[str]] = field(default_factory=dict)
    long: dict[str, int] = field(default_factory=dict)
    calls: int = 0

    def __post_init__(self) -> None:
        self.now = self.at_import

    def start(self) -> None:
        sys.settrace(self._called)

    def stop(self) -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, event: str, arg: Any) -> Any:
        self.calls += 1
        path = self.paths.get(frame.f_code.co_filename)
        if path is None:
            return None

        def line(frame: FrameType, event: str, arg: Any) -> Any:
            if event == "line":
                self.now.add((path, frame.f_lineno))
            return line

        return line

    def done(self, item: pytest.Item, lines: set[Line]) -> None:
        """A test has run and has reached these lines, and those of the fixtures that it shares."""
        for name in getattr(item, "fixturenames", ()):
            lines |= self.by_fixture.get(name, set())
        self.by_test[item.nodeid] = lines
        function = getattr(item, "function", None)
        params = getattr(getattr(item, "callspec", None), "params", {})
        given = {name: each for name, each in params.items() if _is_plain(each)}
        self.texts[item.nodeid] = f"{item.name}\n{given}\n{inspect.getsource(function) if function else ''}"
        if self.calls > LONG:
            self.long[item.nodeid] = self.calls

    def tests(self, mutant: Mutant) -> list[str]:
        """Those that reach the changed statement or, of what is made at import, what uses it, and those that name it.
        As many as may be asked; what works long comes last."""
        at = mutant.at
        names = self._names.told_by(mutant.path, at.line)
        asked = {(mutant.path, line) for line in range(at.first, at.last + 1)}
        if at.owner is None:
            asked |= self._names.readers(mutant.path, at.line)
        naming = self._naming(self._names.at(mutant.path, at.line)) if at.owner is None else set()
        reach = {test for line in asked for test in self._tests_at.get(line, ())} | naming
        quick = reach - self.long.keys()
        rare = sorted(quick, key=self._rare(mutant.path))
        ordered = _in_turn(
            sorted(quick & self._naming(names | _literal(at.what)), key=self._focus),
            [test for test in rare if test in self._home(mutant.path)],
            sorted(quick, key=self._focus),
            _in_turn(*_by_file(rare).values()),
        )
        others = ordered[MOST:]
        long = sorted(reach & self.long.keys(), key=lambda test: (self.long[test], test))
        return [*ordered[:MOST], *others[:: len(others) // SPREAD + 1], *long[:LAST]]

    def _naming(self, names: frozenset[str]) -> set[str]:
        word = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b") if names else re.compile("(?!)")
        return {test for test, text in self.texts.items() if word.search(text)}

    def _home(self, path: str) -> set[str]:
        """The tests whose file imports of a module."""
        if path not in self.homes:
            name = f"from {module_name(path)} import"
            files = _by_file(self.by_test)
            found = (tests for file, tests in files.items() if name in Path(file).read_text(encoding="utf-8"))
            self.homes[path] = {test for tests in found for test in tests}
        return self.homes[path]

    def _focus(self, test: str) -> tuple[int, str]:
        """The less, the less a test reaches in all."""
        return len(self.by_test[test]), test

    def _rare(self, path: str) -> Any:
        """The less, the more a test goes where few go in a module."""

        def rare(test: str) -> tuple[float, str]:
            here = (line for line in self.by_test[test] if line[0] == path)
            return -sum(1 / len(self._tests_at[line]) for line in here), test

        return rare

    @cached_property
    def _names(self) -> Names:
        return Names(self.paths.values())

    @cached_property
    def _tests_at(self) -> dict[Line, set[str]]:
        found: dict[Line, set[str]] = {}
        for test, lines in self.by_test.items():
            for line in lines:
                found.setdefault(line, set()).add(test)
        return found


def _is_plain(value: object) -> bool:
    """Text, or a few of them: what is long to say is asked by its name."""
    return isinstance(value, str) or (isinstance(value, list | tuple | set) and all(map(_is_plain, value)))


def _literal(what: str) -> frozenset[str]:
    """The code that is replaced, if it is one."""
    found = re.match(r"'(\w+)' -> ", what)
    return frozenset(found.groups()) if found else frozenset()


def _by_file(tests: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for test in tests:
        found.setdefault(test.partition("::")[0], []).append(test)
    return found


def _in_turn(*orders: list[str]) -> list[str]:
    """One of each order after the other, everybody once."""
    return list(dict.fromkeys(filter(None, chain.from_iterable(zip_longest(*orders)))))
