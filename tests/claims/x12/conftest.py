"""The program's own tables, as `claimstream check` asks them."""

from pathlib import Path

import pytest

from agents.reference import read_reference
from claims.tables import Reference

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def reference() -> Reference:
    return read_reference(ROOT / "infra/kafka")
