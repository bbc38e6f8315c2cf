"""The whole pipeline on real parts: example charts read once, the example clients as a partner would have them."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from streams.brokers import embedded
from tests.e2e.whole_way import Charts
from tests.pipeline import Pipeline, example_charts, settings

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def charts() -> Charts:
    """Every example chart, as the publisher reads them."""
    return example_charts()


@pytest.fixture(scope="session")
def examples() -> Iterator[None]:
    """The example clients can be imported; they find what they need beside them."""
    sys.path.insert(0, str(EXAMPLES))
    yield
    sys.path.remove(str(EXAMPLES))


@pytest.fixture(scope="session")
def example_payer(examples: None) -> ModuleType:
    return importlib.import_module("payer")


@pytest.fixture(scope="session")
def example_hospital(examples: None) -> ModuleType:
    return importlib.import_module("hospital")


@pytest.fixture(scope="session")
def wire_pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """One pipeline for every test about single records on the wire; its broker is its own."""
    home = tmp_path_factory.mktemp("wire")
    with embedded(home / "broker") as broker:
        made = Pipeline(settings(broker.bootstrap, f"sqlite:///{home}/ledger.db"))
        yield made
        made.close()
