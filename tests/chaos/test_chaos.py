"""The reliability suite in short, for every change; `make chaos` is the long one."""

from pathlib import Path

import pytest

from streams.brokers import BrokerUnavailable
from tests.chaos.faults import Quota
from tests.chaos.scenario import Run, run
from tests.conftest import REQUIRED

pytestmark = [pytest.mark.apache, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(600)]


def test_workers_that_are_killed_and_stopped_lose_and_double_nothing(tmp_path: Path, postgres_url: str) -> None:
    try:
        result = run(
            Run(charts=250, seed=3, quota=Quota(kills=6, deaths=1, stops=1, broker=0, payers=2)), tmp_path, postgres_url
        )
    except BrokerUnavailable as unavailable:
        if REQUIRED:
            raise
        pytest.skip(str(unavailable))
    assert (result.broken, result.examples, result.refused) == ({}, {}, None)
    assert result.figures["drained"]
    assert result.figures["claims"] > 200
    assert result.figures["answers"] > 200
    assert result.figures["files_imported"] > 5
    assert result.figures["files_imported_twice"] > 0
