"""Mutation testing of the edits and of validation: small wrongs are put into the rules, and a test has to notice each.

    python -m bench.mutants [MODULE...] [--json] [--jobs 2] [--sample N] [--tests PATH...]

Without a MODULE (a file, from the repository's root) it is all of claims/edits and claims/validation.py. A survivor is
told with its line and what was changed; bench/equivalent.txt says of some why no test can tell them from the rule (they
count as survivors all the same). The last line of `--json` is one object: mutants, killed, survived, equivalent,
percent, by_module, survivors, seconds. The exit status is 1 where a module has less than 90% killed.

A mutant that survives and whose line runs at import is tried once more, in a child that imports the changed module like
any other before it collects the tests: bench/mutant_session.py has the fast way.
"""

import argparse
import importlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from bench.mutant_session import SURVIVED, UNKNOWN, Only, Plugin, limit_processor, outcome
from bench.mutant_tests import module_name, mutants_of
from bench.mutations import mutated, mutations

AT_LEAST: Final = 90
TESTS: Final = ("tests/claims/coding", "tests/docs/test_tables.py")
LEFT_OUT: Final = ("test_tabular_list.py", "test_dated_tables.py", "test_codesets.py", "test_phrases.py")
"""They read every code of the release, which takes longer than all others, and judge no chart."""
EQUIVALENT: Final = Path(__file__).with_name("equivalent.txt")
_QUIET: Final = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:timeout", "-p", "no:faulthandler")
_OURS: Final = ("agents", "bench", "claims", "console", "ledger", "streams", "tests", "conftest", "__main__")


def modules() -> list[str]:
    return [*map(str, sorted(Path("claims/edits").glob("*.py"))), *map(str, Path("claims").glob("validation.py"))]


def in_a_child(work: Any) -> Any:
    """What the work gives back as JSON, done in a copy of this process, which stays as it is."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as result:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                Path(result.name).write_text(json.dumps(work()), encoding="utf-8")
                code = 0
            finally:
                sys.stdout.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        if status != 0:
            raise SystemExit("the tests could not be run")
        return json.loads(result.read())


def session(paths: Sequence[str], chosen: dict[str, list[int]], tests: Sequence[str], jobs: int) -> dict[str, Any]:
    """All mutants, judged in copies of one session of pytest."""
    mutants = [mutant for path in paths for mutant in mutants_of(path) if mutant.number in set(chosen[path])]
    plugin = Plugin(list(dict.fromkeys([*paths, *modules()])), mutants, jobs)
    left_out = [f"--ignore-glob=*/{name}" for name in LEFT_OUT]
    sys.stdout.flush()
    status = pytest.main([*_QUIET, "--no-header", "--no-summary", *left_out, *tests], plugins=[plugin])
    if status != 0 or plugin.broken:
        raise SystemExit(f"tests fail without any change: {', '.join(plugin.broken) or status}")
    imported = [name for name in sys.modules if name.partition(".")[0] not in _OURS]
    return {"judged": [(*each[0][:2], *each[1:]) for each in plugin.judged], "imported": imported}


class Changed(MetaPathFinder, Loader):
    """Imports one module as the mutant has it."""

    def __init__(self, path: str, index: int) -> None:
        self._path, self._index = path, index
        self._name = module_name(path)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        folder = [str(Path(self._path).parent)] if self._path.endswith("__init__.py") else None
        return spec_from_file_location(fullname, self._path, loader=self, submodule_search_locations=folder)

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        tree = mutated(Path(self._path).read_text(encoding="utf-8"), self._index)
        exec(compile(tree, self._path, "exec"), module.__dict__)


def imported_anew(path: str, index: int, tests: Sequence[str]) -> int:
    """The number of a child that imports everything of ours, the mutant in its module's place, and runs the tests."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        limit_processor()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.meta_path.insert(0, Changed(path, index))
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        code = int(pytest.main([*_QUIET, "-x", *files], plugins=[Only(tests)]))
    finally:
        os._exit(code)


def once_more(judged: list[list[Any]], jobs: int) -> None:
    """Tries again what survived in place though its line runs at import, or could not be put in place."""
    running: dict[int, list[Any]] = {}

    def wait() -> None:
        child, status = os.wait()
        running.pop(child)[2] = outcome(status)

    for one in judged:
        path, index, what, tests, at_import = one
        if tests and (what == UNKNOWN or (what == SURVIVED and at_import)):
            if len(running) >= jobs:
                wait()
            running[imported_anew(path, index, tests)] = one
    while running:
        wait()


def preload(names: Iterable[str]) -> None:
    """Everything that is not ours, so that children needn't."""
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue


def reasons() -> dict[tuple[str, str, str], str]:
    """Of the equivalent mutants in the committed table: module, function and change, and why nobody can tell."""
    rows = (line.split(" | ") for line in EQUIVALENT.read_text(encoding="utf-8").splitlines() if " | " in line)
    return {(path, function, what): why for path, function, what, why in rows}


def report(judged: list[list[Any]], seconds: float) -> dict[str, Any]:
    changes = {path: mutations(Path(path).read_text(encoding="utf-8")) for path in {one[0] for one in judged}}
    known = reasons()
    by_module: dict[str, dict[str, Any]] = {}
    survivors = []
    for path, index, what, _, _ in sorted(judged):
        counted = by_module.setdefault(path, {"mutants": 0, "killed": 0, "survived": 0})
        counted["mutants"] += 1
        counted["survived" if what == SURVIVED else "killed"] += 1
        if what == SURVIVED:
            at = changes[path][index]
            survivors.append(
                {"at": f"{path}:{at.line}", "changed": at.what, "why": known.get((path, at.owner or "", at.what))}
            )
    for counted in by_module.values():
        counted["percent"] = percent(counted)
    total: dict[str, Any] = {
        name: sum(row[name] for row in by_module.values()) for name in ("mutants", "killed", "survived")
    }
    equivalent = sum(survivor["why"] is not None for survivor in survivors)
    total |= {"equivalent": equivalent, "percent": percent(total), "by_module": by_module}
    return total | {"survivors": survivors, "seconds": round(seconds)}


def percent(counted: dict[str, Any]) -> float:
    return round(100.0 * int(counted["killed"]) / max(1, int(counted["mutants"])), 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", nargs="*", help="files, from the root of the repository")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, help="so many mutants, the same ones each time")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help="files or folders of tests")
    asked = parser.parse_args()
    began = time.monotonic()
    paths = asked.module or modules()
    chosen = choose(paths, asked.sample)
    done = in_a_child(lambda: session(paths, chosen, [test for test in asked.tests if Path(test).exists()], asked.jobs))
    preload(done["imported"])
    once_more(done["judged"], asked.jobs)
    said = report(done["judged"], time.monotonic() - began)
    for survivor in said["survivors"]:
        print(f"{survivor['at']}  {survivor['changed']}" + (f"  ({survivor['why']})" if survivor["why"] else ""))
    for path, counted in said["by_module"].items():
        print(f"{path:40} {counted['killed']:5} of {counted['mutants']:5} killed {counted['percent']:6}%")
    print(json.dumps(said) if asked.json else f"{said['killed']} of {said['mutants']} killed, {said['percent']}%")
    return int(any(counted["percent"] < AT_LEAST for counted in said["by_module"].values()))


def choose(paths: Sequence[str], sample: int | None) -> dict[str, list[int]]:
    """The mutants by module, all or a sample of all."""
    every = [(path, at) for path in paths for at in range(len(mutations(Path(path).read_text(encoding="utf-8"))))]
    kept = every if sample is None else random.Random(0).sample(every, min(sample, len(every)))
    return {path: sorted(at for other, at in kept if other == path) for path in paths}


if __name__ == "__main__":
    raise SystemExit(main())
