"""The clock is an input: the machine's, or one instant that tests, the demo and comparisons fix."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Clock:
    """With `fixed`, every record was received at that instant and the timers stand there."""

    fixed: datetime | None = None

    def now(self) -> datetime:
        return self.fixed or datetime.now(UTC)

    def now_ms(self) -> int:
        return milliseconds(self.now())

    def received(self, timestamp_ms: int) -> datetime:
        """When a record counts as received: the broker's own timestamp, so that a redelivery is judged the same."""
        if self.fixed is not None:
            return self.fixed
        return _EPOCH + timedelta(milliseconds=timestamp_ms)


def milliseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(milliseconds=1)
