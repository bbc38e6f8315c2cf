"""Trouble that librdkafka tells once and bears for ever: a topic that is gone or forbidden, refused credentials.

A stage that skips it stands still and looks well. So it is remembered until something arrives again, looked into when
half of its time is over, and then ends the process with words.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from confluent_kafka import KafkaError

REFUSED_CREDENTIALS = frozenset({KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED})
LASTING = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError._UNKNOWN_TOPIC,
        KafkaError._UNKNOWN_PARTITION,
        *REFUSED_CREDENTIALS,
    }
)

Where = str | None
"""A topic, or null for the whole cluster."""


@dataclass
class Troubles:
    """What is in the way of reading, by where, since when."""

    lasts_s: float = 40.0
    now: Callable[[], float] = time.monotonic
    _open: dict[Where, tuple[float, str]] = field(default_factory=dict)
    _looked_into: set[Where] = field(default_factory=set)

    @property
    def any(self) -> bool:
        return bool(self._open)

    def hear(self, where: Where, name: str) -> None:
        """Kafka's word for it; the time counts from when it was first heard."""
        self._open.setdefault(where, (self.now(), name))

    def end(self, topics: Iterable[str]) -> None:
        """These gave a record or told their end, so nothing is in the way of reading them, and none of the cluster."""
        for where in (None, *topics):
            self._open.pop(where, None)
            self._looked_into.discard(where)

    def doubtful(self) -> tuple[Where, ...]:
        """What has lasted for half of its time, each told once: whoever reads asks again, for its end is told by
        nobody."""
        half = [w for w, (since, _) in self._open.items() if self.now() - since >= self.lasts_s / 2]
        new = tuple(where for where in half if where not in self._looked_into)
        self._looked_into.update(new)
        return new

    def lasting(self) -> str | None:
        """What has lasted too long, in words."""
        old = (where for where, (since, _) in self._open.items() if self.now() - since >= self.lasts_s)
        return next((self._words(where) for where in old), None)

    def _words(self, where: Where) -> str:
        return f"Kafka refuses {where or 'this consumer'}: {self._open[where][1]} for {self.lasts_s:.0f} s"
