"""Stages without Kafka, on a ledger of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.without_kafka import Stages


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Stages]:
    made = Stages(tmp_path)
    yield made
    made.close()
