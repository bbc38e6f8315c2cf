"""A partner who sends mostly garbage is paused alone: his topics wait, the others go on (docs/design.md, promise 2)."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial

from streams.breaker import TOO_MANY_FAILURES
from streams.source import Stopped
from streams.topics import partner_of

_MOST = 3
"""So many partners at once are no accident."""


@dataclass
class Gate:
    """Shuts a partner's topics for `shut_s` seconds when more than `share` of his last `of_last` records were refused.

    Nothing is lost: what waits stays in his topics. Once they are open again he is judged afresh, so that one who goes
    on costs a batch of dead letters each `shut_s`, however fast he sends. When to shut is no part of any decision:
    another worker may shut at another moment and says the same.
    """

    topics: Collection[str]
    share: float = 0.5
    of_last: int = 200
    shut_s: float = 60.0
    now: Callable[[], float] = time.monotonic
    on_change: Callable[[frozenset[str]], None] = lambda _: None
    """Told the partners that are paused, whenever that changes."""
    _until: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lately: dict[str, deque[bool]] = defaultdict(partial(deque, maxlen=self.of_last))

    def saw(self, seen: Iterable[tuple[str, bool]]) -> None:
        """A batch's records: the topic of each, and whether it was refused."""
        partners = set()
        for topic, refused in seen:
            _, partner = partner_of(topic)
            self._lately[partner].append(refused)
            partners.add(partner)
        shut = {partner for partner in partners if self._is_garbage(self._lately[partner])}
        self._blame(shut | self._until.keys())
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

    def _blame(self, shut: Collection[str]) -> None:
        """Raises Stopped when most partners would be paused: then the fault is ours, a release or a registry's ids."""
        heard = self._lately.keys() | self._until.keys()
        if len(shut) >= _MOST and 2 * len(shut) > len(heard):
            raise Stopped(
                TOO_MANY_FAILURES,
                f"most of what came last from {len(shut)} of {len(heard)} partners was refused: that is no partner's "
                "garbage; look at this release, and at the schema registry's ids",
            )

    def _is_garbage(self, lately: Collection[bool]) -> bool:
        return len(lately) == self.of_last and sum(lately) > self.share * self.of_last

    @cached_property
    def _of(self) -> dict[str, list[str]]:
        by_partner: dict[str, list[str]] = defaultdict(list)
        for topic in self.topics:
            by_partner[partner_of(topic)[1]].append(topic)
        return by_partner
