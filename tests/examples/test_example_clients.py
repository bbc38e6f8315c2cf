"""The promise of the example clients: short, and nothing of ours but the schemas."""

import ast
import sys
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
ALLOWED = {"confluent_kafka", "fastavro", *sys.stdlib_module_names, *(file.stem for file in FILES)}


def _imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_there_is_a_hospital_and_a_payer() -> None:
    assert {"hospital", "payer"} <= {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_client_imports_nothing_of_ours(file: Path) -> None:
    assert _imported(file) <= ALLOWED


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_client_is_under_120_lines(file: Path) -> None:
    assert len(file.read_text().splitlines()) < 120
