"""A partner who sends mostly garbage is paused alone: his topics wait, the others go on (docs/design.md, promise 2)."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from math import inf

from streams.breaker import TOO_MANY_FAILURES
from streams.source import Stopped
from streams.topics import partner_of

Seen = Iterable[tuple[str, bool]]
"""A batch's records: the topic of each, and whether it was refused."""


@dataclass
class Gate:
    """Shuts a partner's topics for `shut_s` seconds when more than `share` of his last `of_last` records were refused.

    Nothing is lost: what waits stays in his topics. Once they are open again he is judged afresh, so that one who goes
    on costs a batch of dead letters each `shut_s`, however fast he sends. When to shut is no part of any decision:
    another worker may shut at another moment and says the same.

    When more than half of the partners heard lately send garbage at once, and they are at least `crowd`, the fault is
    not theirs: bad code or wrong schema ids would dead-letter everybody, one partner after the other. Then the process
    stops, before anything of that batch is committed. Who was heard with fewer than `least` records tells nothing yet.
    """

    topics: Collection[str]
    share: float = 0.5
    of_last: int = 200
    shut_s: float = 60.0
    least: int = 20
    crowd: int = 3
    lately_s: float = 600.0
    now: Callable[[], float] = time.monotonic
    on_change: Callable[[frozenset[str]], None] = lambda _: None
    """Told the partners that are paused, whenever that changes."""
    _until: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lately: dict[str, deque[bool]] = defaultdict(partial(deque, maxlen=self.of_last))
        self._heard: dict[str, float] = {}

    def judge(self, seen: Seen) -> None:
        """Raises Stopped when with this batch most partners send garbage; asked before anything of it is committed."""
        now, fresh = self.now(), _by_partner(seen)
        heard = {partner for partner, at in self._heard.items() if now - at <= self.lately_s} | fresh.keys()
        bad = good = 0
        for partner in heard:
            lately = [*self._lately.get(partner, ()), *fresh.get(partner, ())][-self.of_last :]
            is_bad = self._is_shut(partner) or _mostly(lately, self.share)
            enough = self._is_shut(partner) or len(lately) >= self.least
            bad, good = bad + (enough and is_bad), good + (enough and not is_bad)
        if bad >= self.crowd and bad > good:
            told = f"most of what {bad} of {bad + good} partners sent was refused"
            raise Stopped(TOO_MANY_FAILURES, f"{told}; nothing of this batch was committed")

    def saw(self, seen: Seen) -> None:
        """The batch is in Kafka: what it tells of its partners."""
        partners = _by_partner(seen)
        for partner, refused in partners.items():
            self._lately[partner].extend(refused)
        self._heard.update(dict.fromkeys(partners, self.now()))
        shut = {partner for partner in partners if self._is_garbage(self._lately[partner])}
        for partner in shut:
            del self._lately[partner]
            self._until[partner] = self.now() + self.shut_s
        if shut:
            self.on_change(frozenset(self._until))

    def shut(self) -> frozenset[str]:
        """The topics that wait now."""
        over = [partner for partner, until in self._until.items() if self.now() >= until]
        for partner in over:
            del self._until[partner]
        if over:
            self.on_change(frozenset(self._until))
        return frozenset(topic for partner in self._until for topic in self._of[partner])

    def _is_shut(self, partner: str) -> bool:
        return self.now() < self._until.get(partner, -inf)

    def _is_garbage(self, lately: Collection[bool]) -> bool:
        return len(lately) == self.of_last and _mostly(lately, self.share)

    @cached_property
    def _of(self) -> dict[str, list[str]]:
        by_partner: dict[str, list[str]] = defaultdict(list)
        for topic in self.topics:
            by_partner[partner_of(topic)[1]].append(topic)
        return by_partner


def _mostly(refused: Collection[bool], share: float) -> bool:
    return sum(refused) > share * len(refused)


def _by_partner(seen: Seen) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = defaultdict(list)
    for topic, refused in seen:
        found[partner_of(topic)[1]].append(refused)
    return found
