"""The example clients as a partner runs them: from their own folder, with nothing of ours but the schemas."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return EXAMPLES


@pytest.fixture
def payer(examples: Path) -> ModuleType:
    return importlib.import_module("payer")


@pytest.fixture
def fees(examples: Path) -> ModuleType:
    return importlib.import_module("fee_schedule")


@pytest.fixture
def hospital(examples: Path) -> ModuleType:
    return importlib.import_module("hospital")
