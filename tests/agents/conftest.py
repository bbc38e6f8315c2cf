"""Stages without Kafka, on a ledger of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents import given_stages, without_kafka


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[without_kafka.Stages]:
    made = without_kafka.Stages(tmp_path)
    yield made
    made.close()


@pytest.fixture
def given(tmp_path: Path) -> Iterator[given_stages.Stages]:
    made = given_stages.stages(tmp_path)
    yield made
    made.assembly.ledger.close()
