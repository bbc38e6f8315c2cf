"""One session of pytest that collects and runs the tests once, and then judges every mutant in a process of its own.

Each child is a copy of the session with one module changed in place, so nothing is imported or collected again; it runs
the tests that reach the changed lines, those of the rule before those of all rules, until one fails. A child is ended
after a time of processor, not of clock: what else the machine does decides nothing.
"""

import gc
import os
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from bench.mutations import Mutation, mutated, mutations
from bench.transplant import forget, transplant

SURVIVED, KILLED, TIMED_OUT, UNKNOWN = "survived", "killed", "timed out", "unknown"
SECONDS = 60
"""Of processor; the tests of one module take two or three."""
EXAMPLES = 25
"""Of a property, in each child."""
MOST, SPREAD, LAST = 100, 40, 4
"""Tests of a mutant: of the first; of all others, evenly; and of those that work long. A thousand judge a chart by all
rules, and say the same of it."""
LONG = 100_000
"""Calls of functions from which a test works long."""
_FAILED = 1
_NOT_TRANSPLANTED = 3

Line = tuple[str, int]


class Mutant(NamedTuple):
    path: str
    number: int
    at: Mutation


class Judged(NamedTuple):
    """What became of a mutant, the tests that were asked, and whether its line also runs at import."""

    mutant: Mutant
    outcome: str
    tests: tuple[str, ...]
    at_import: bool


def mutants_of(path: str) -> list[Mutant]:
    return [Mutant(path, number, at) for number, at in enumerate(mutations(Path(path).read_text(encoding="utf-8")))]


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def importers(names: dict[str, str]) -> dict[str, list[str]]:
    """By module, which of the others have a name of it, or of one that has."""
    texts = {path: Path(path).read_text(encoding="utf-8") for path in names}

    def direct(path: str) -> list[str]:
        return [each for each in names if f"from {names[path]} import" in texts[each]]

    return {
        path: list(dict.fromkeys([*direct(path), *(far for near in direct(path) for far in direct(near))]))
        for path in names
    }


@dataclass
class Reached:
    """Which lines of the modules under mutation run, by whom."""

    paths: dict[str, str]
    importers: dict[str, list[str]]
    at_import: set[Line] = field(default_factory=set)
    by_test: dict[str, set[Line]] = field(default_factory=dict)
    by_fixture: dict[str, set[Line]] = field(default_factory=dict)
    long: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    texts: dict[str, str] = field(default_factory=dict)

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

    def tests(self, mutant: Mutant) -> list[str]:
        """Those that reach the changed statement; of what no function has, those that import of the module, or reach it
        or one that imports of it. As many as may be asked.

        First those whose file imports of the module, then those that go where few go in it; what works long comes last.
        """
        at = mutant.at
        name = f"from {module_name(mutant.path)} import"
        through, beside = dict[str, tuple[bool, float]](), dict[str, tuple[bool, float]]()
        for test, by_path in self._by_module.items():
            here = by_path.get(mutant.path, ())
            elsewhere = name not in self._text(test.partition("::")[0])
            if any(at.first <= line <= at.last for line in here):
                through[test] = (elsewhere, self._rare(by_path, mutant.path))
            elif at.owner is None:
                homes = [path for path in (mutant.path, *self.importers[mutant.path]) if path in by_path]
                if homes or not elsewhere:
                    rare = sum(self._rare(by_path, path) for path in homes)
                    beside[test] = (elsewhere, rare if homes else float("-inf"))  # it looks at the constants themselves
        long = sorted({*through, *beside} & self.long.keys(), key=lambda test: (self.long[test], test))
        return [*self._some(through), *self._some(beside), *long[:LAST]]

    def _some(self, asked: dict[str, tuple[bool, float]]) -> list[str]:
        """The first, and of the others some of all."""
        quick = sorted(asked.keys() - self.long.keys(), key=lambda test: (asked[test], test))
        others = quick[MOST:]
        return [*quick[:MOST], *others[:: len(others) // SPREAD + 1]]

    def _rare(self, by_path: dict[str, list[int]], path: str) -> float:
        """The less, the more a test goes where few go."""
        return -sum(1 / self._how_many[path, line] for line in by_path.get(path, ()))

    def _text(self, file: str) -> str:
        if file not in self.texts:
            self.texts[file] = Path(file).read_text(encoding="utf-8")
        return self.texts[file]

    @cached_property
    def _by_module(self) -> dict[str, dict[str, list[int]]]:
        """By test and module, the lines."""
        found: dict[str, dict[str, list[int]]] = {name: {} for name in self.by_test}
        for name, lines in self.by_test.items():
            for path, line in lines:
                found[name].setdefault(path, []).append(line)
        return found

    @cached_property
    def _how_many(self) -> Counter[Line]:
        """How many tests reach a line."""
        return Counter(line for lines in self.by_test.values() for line in lines)


class Plugin:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, paths: Sequence[str], mutants: Sequence[Mutant], jobs: int) -> None:
        self.names = {path: module_name(path) for path in paths}
        self.mutants, self.jobs = mutants, jobs
        self.reached = Reached({str(Path(path).resolve()): path for path in paths}, importers(self.names))
        self.judged: list[Judged] = []
        self.broken: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        self.reached.start()
        try:
            return (yield)
        finally:
            self.reached.stop()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """What a fixture of several tests runs, all of them reach."""
        before, calls = self.reached.now, self.reached.calls
        if fixturedef.scope != "function":
            self.reached.now = self.reached.by_fixture.setdefault(fixturedef.argname, set())
        try:
            return (yield)
        finally:
            self.reached.now = before
            if fixturedef.scope == "session":  # made once, whichever test comes first
                self.reached.calls = calls

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session, self.items = session, {item.nodeid: item for item in session.items}
        self.modules = {path: sys.modules[name] for path, name in self.names.items() if name in sys.modules}
        for item in session.items:
            _fewer_examples(item)
            self._trace(item)
        gc.collect()
        gc.freeze()
        if not self.broken:
            self._judge()
        return True

    def _trace(self, item: pytest.Item) -> None:
        forget(self.modules.values())
        self.reached.now, self.reached.calls = (lines := set[Line]()), 0
        self.reached.start()
        try:
            passed = self._passes(item)
        finally:
            self.reached.stop()
        for name in getattr(item, "fixturenames", ()):
            lines |= self.reached.by_fixture.get(name, set())
        self.reached.by_test[item.nodeid] = lines
        if self.reached.calls > LONG:
            self.reached.long[item.nodeid] = self.reached.calls
        if not passed:
            self.broken.append(item.nodeid)

    def _passes(self, item: pytest.Item) -> bool:
        # The session as "next item" ends what is the test's own, and keeps what serves all tests.
        reports = runtestprotocol(item, log=False, nextitem=self.session)  # type: ignore[arg-type]
        return not any(report.failed for report in reports)

    def _judge(self) -> None:
        running: dict[int, tuple[Mutant, list[str]]] = {}
        for mutant in self.mutants:
            tests = self.reached.tests(mutant)
            if not tests:
                self._done(mutant, SURVIVED, tests)
                continue
            if len(running) >= self.jobs:
                self._wait(running)
            child = os.fork()
            if child == 0:
                os._exit(self._try(mutant, tests))
            running[child] = mutant, tests
        while running:
            self._wait(running)

    def _wait(self, running: dict[int, tuple[Mutant, list[str]]]) -> None:
        child, status = os.wait()
        mutant, tests = running.pop(child)
        self._done(mutant, outcome(status), tests)

    def _done(self, mutant: Mutant, what: str, tests: list[str]) -> None:
        lines = range(mutant.at.first, mutant.at.last + 1)
        at_import = mutant.at.owner is None or any((mutant.path, line) in self.reached.at_import for line in lines)
        self.judged.append(Judged(mutant, what, tuple(tests), at_import))

    def _try(self, mutant: Mutant, tests: list[str]) -> int:
        limit_processor()
        try:
            source = Path(mutant.path).read_text(encoding="utf-8")
            transplant(self.modules[mutant.path], mutated(source, mutant.number))
        except Exception:  # noqa: BLE001  # whatever it is, a child that imports the module says what becomes of it
            return _NOT_TRANSPLANTED
        forget(self.modules.values())
        return 0 if all(self._passes(self.items[test]) for test in tests) else _FAILED


def outcome(status: int) -> str:
    if os.WIFSIGNALED(status):
        return TIMED_OUT
    code = os.waitstatus_to_exitcode(status)
    return {0: SURVIVED, _NOT_TRANSPLANTED: UNKNOWN}.get(code, KILLED)


def limit_processor() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _fewer_examples(item: pytest.Item) -> None:
    """The same few examples of a property in every child, and no search for the smallest that fails."""
    test = getattr(item, "obj", None)
    if not getattr(test, "is_hypothesis_test", False):
        return
    given: Any = getattr(test, "_hypothesis_internal_use_settings", settings.default)
    test._hypothesis_internal_use_settings = settings(  # type: ignore[union-attr]
        given,
        max_examples=min(EXAMPLES, given.max_examples),
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
    )


class Only:
    """Runs these tests alone, in their order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._place = {test: at for at, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self._place), key=lambda i: self._place[i.nodeid])
        for item in items:
            _fewer_examples(item)
