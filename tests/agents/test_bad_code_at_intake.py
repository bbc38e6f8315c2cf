"""Bad code at intake must not dead-letter everybody, though each record alone looks like its partner's fault."""

import pytest
import sqlalchemy as sa

from ledger.tables import decisions
from streams.breaker import TOO_MANY_FAILURES
from streams.source import Stopped
from tests.agents.without_kafka import Given, Stages

HOSPITALS = ("mercy-general", "st-anna", "riverside")


def unreadable(*hospitals: str) -> list[Given]:
    """As everybody's records look where the schema ids are another registry's."""
    value = b"\x00" + (999_999).to_bytes(4, "big")
    return [Given(f"chart-completed.{hospital}", value) for hospital in hospitals for _ in range(20)]


def test_intake_stops_when_it_can_read_nobody(stages: Stages) -> None:
    with pytest.raises(Stopped, match="3 of 3 partners") as stopped:
        stages.feed("intake", *unreadable(*HOSPITALS))
    assert stopped.value.exit_code == TOO_MANY_FAILURES


def test_nothing_of_that_batch_is_committed(stages: Stages) -> None:
    with pytest.raises(Stopped):
        stages.feed("intake", *unreadable(*HOSPITALS))
    with stages.assembly.ledger.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(decisions)).scalar() == 0


def test_it_goes_on_when_one_partner_sends_garbage(stages: Stages) -> None:
    assert set(stages.outcomes("intake", *unreadable("mercy-general"))) == {"dead-letter:unknown-schema"}
