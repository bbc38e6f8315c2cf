"""Bad code must not dead-letter everything: a stage that fails too much stops before anything is committed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from streams.source import Stopped

TOO_MANY_FAILURES = 10


@dataclass
class Breaker:
    """Opens at `run` failures in a row over all batches, or when of at least `least` records more than `share` fail."""

    share: float = 0.5
    least: int = 20
    run: int = 100
    _row: int = 0

    def judge(self, failed: Sequence[bool], which: Callable[[], str] = str) -> None:
        """Raises Stopped when this batch would be one too many; asked before anything of it is committed."""
        longest = max(self._rows(failed), default=0)
        if longest >= self.run:
            raise _stopped(f"{longest} records failed in a row", which())
        if len(failed) >= self.least and sum(failed) > self.share * len(failed):
            raise _stopped(f"{sum(failed)} of {len(failed)} records failed", which())

    def accept(self, failed: Sequence[bool]) -> None:
        """The batch is decided and won't be judged again: its last failures count towards the next row."""
        *_, self._row = self._row, *self._rows(failed)

    def _rows(self, failed: Sequence[bool]) -> Iterator[int]:
        row = self._row
        for one in failed:
            row = row + 1 if one else 0
            yield row


def _stopped(why: str, which: str) -> Stopped:
    said = f"{why} ({which})" if which else why
    return Stopped(TOO_MANY_FAILURES, f"{said}; nothing of this batch was committed")
