"""A broken file of infra/kafka stops whatever would use it, which names the file, the line and the column."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from streams.brokers import embedded
from streams.settings import INFRA
from tests.e2e.processes import CLAIMSTREAM, Home
from tests.pipeline import ROOT

pytestmark = pytest.mark.timeout(300)


class Broken(NamedTuple):
    """In a file, the value behind these words is replaced."""

    file: str
    words: str
    value: str
    instead: str


BROKEN = [
    Broken("partners.yaml", "npi: ", '"1999000023"', '"19990000"'),
    Broken("chargemasters/riverside.csv", "class,ambulatory,Clinic visit,G0463,,0510,,,", "20740", "207.40"),
    Broken("topics.yaml", "refused.{partner}: {partitions: ", "1", "one"),
]
PLANNED = [broken for broken in BROKEN if not broken.file.startswith("chargemasters")]
"""A plan needs no prices."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("configuration")
    with embedded(folder / "broker") as broker:
        home = Home(broker.bootstrap, folder)
        assert run(home, "ledger", "upgrade").returncode == 0
        yield home


def run(home: Home, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command, told = [CLAIMSTREAM, *arguments], home.environment(**more)
    return subprocess.run(command, env=told, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def break_(broken: Broken, folder: Path) -> str:
    """Breaks it in a copy of infra/kafka; where, as file, line and column."""
    shutil.copytree(INFRA, folder)
    file = folder / broken.file
    lines = file.read_text().splitlines()
    number = next(n for n, line in enumerate(lines) if broken.words + broken.value in line)
    column = lines[number].index(broken.words) + len(broken.words)
    lines[number] = lines[number][:column] + broken.instead + lines[number][column + len(broken.value) :]
    file.write_text("\n".join(lines))
    return f"{broken.file}:{number + 1}:{column + 1} "


@pytest.mark.parametrize("broken", BROKEN, ids=[broken.file for broken in BROKEN])
def test_a_broken_file_stops_the_worker_at_its_start_with_its_place(home: Home, tmp_path: Path, broken: Broken) -> None:
    where = break_(broken, tmp_path / "infra")
    done = run(home, "worker", infra=str(tmp_path / "infra"))
    assert (done.returncode, where in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("broken", PLANNED, ids=[broken.file for broken in PLANNED])
def test_a_broken_file_stops_the_plan_with_its_place(home: Home, tmp_path: Path, broken: Broken) -> None:
    where = break_(broken, tmp_path / "infra")
    done = run(home, "topics", "plan", infra=str(tmp_path / "infra"))
    assert (done.returncode, where in done.stderr) == (2, True), done.stderr


def test_what_is_broken_is_not_repeated(home: Home, tmp_path: Path) -> None:
    break_(BROKEN[0], tmp_path / "infra")
    done = run(home, "topics", "plan", infra=str(tmp_path / "infra"))
    assert "19990000" not in done.stderr


def test_unbroken_files_let_the_plan_be_shown(home: Home, tmp_path: Path) -> None:
    shutil.copytree(INFRA, tmp_path / "infra")
    done = run(home, "topics", "plan", infra=str(tmp_path / "infra"))
    assert "nothing was changed" in done.stdout, done.stderr
