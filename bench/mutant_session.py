"""One session of pytest that collects and runs the tests once, and then judges every mutant in a process of its own.

Each child is a copy of the session with one module changed in place, so nothing is imported or collected again; it runs
the tests that reach the changed lines, those of the rule before those of all rules, until one fails. A child is ended
after a time of processor, not of clock: what else the machine does decides nothing.
"""

import gc
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from bench.mutant_tests import Line, Mutant, Reached, module_name
from bench.mutations import mutated
from bench.transplant import forget, transplant

SURVIVED, KILLED, TIMED_OUT, UNKNOWN = "survived", "killed", "timed out", "unknown"
SECONDS = 60
"""Of processor; the tests of one module take two or three."""
EXAMPLES = 25
"""Of a property, in each child."""
_FAILED = 1
_NOT_TRANSPLANTED = 3


class Judged(NamedTuple):
    """What became of a mutant, the tests that were asked, and whether its line also runs at import."""

    mutant: Mutant
    outcome: str
    tests: tuple[str, ...]
    at_import: bool


class Plugin:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, paths: Sequence[str], mutants: Sequence[Mutant], jobs: int) -> None:
        self.names = {path: module_name(path) for path in paths}
        self.mutants, self.jobs = mutants, jobs
        self.reached = Reached({str(Path(path).resolve()): path for path in paths})
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
        self.reached.done(item, lines)
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
