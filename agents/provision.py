"""What must stand before a worker starts: topics, the ledger's first positions, the groups' first offsets, a window.

The ledger comes before the groups: a group that stands further than its ledger would be a ledger that lost something.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from confluent_kafka.admin import AdminClient
from sqlalchemy.engine import Connection

from agents.assembly import Assembly
from agents.standing import Standing, observe
from agents.statistics import month_of, open_month
from ledger.batches import BatchLedger
from ledger.statistics import NoWindow, open_window
from ledger.upgrade import current, newest
from streams import provisioning
from streams.groups import set_first_offsets
from streams.provisioning import Partition, ProvisioningRefused, topic_ids
from streams.topics import STAGES


@dataclass(frozen=True)
class Plan:
    """What `provision` would do: to topics, to groups and ledger together, and the first statistics window."""

    topics: provisioning.Plan
    begins: Mapping[str, Mapping[Partition, int]]
    refused: tuple[str, ...] = ()
    window: str | None = None

    @property
    def empty(self) -> bool:
        """Nothing to do; drift may be left."""
        return self.topics.empty and not any(self.begins.values()) and not self.refused and self.window is None

    def words(self) -> Iterator[str]:
        """One line each, refusals first."""
        yield from (f"refused: {words}" for words in self.refused)
        yield from self.topics.words()
        for stage, firsts in self.begins.items():
            for topic, found in groupby(sorted(firsts.items()), key=lambda item: item[0][0]):
                offsets = [offset for _, offset in found]
                at = f"at {min(offsets)}" if max(offsets) == min(offsets) else f"at {min(offsets)} to {max(offsets)}"
                yield f"begin {stage} in {topic}: {len(offsets)} partitions, {at}, in ledger and group"
        if self.window is not None:
            yield f"open the statistics window {self.window}"


def plan(assembly: Assembly, admin: AdminClient | None = None) -> Plan:
    """What has to be done; nothing is changed."""
    admin = admin or AdminClient(assembly.settings.admin_config())
    topics = provisioning.plan(admin, assembly.topics)
    begins: dict[str, dict[Partition, int]] = {}
    refused: list[str] = []
    to_come = {spec.name: spec.partitions for spec in topics.create}
    for stage in STAGES:
        reads = assembly.reads(stage)
        standing = observe(assembly, admin, stage, [topic for topic in reads if topic not in to_come])
        begins[stage] = _begins(standing) | _of_new(reads, to_come, topics.grow)
        refused += _another_ledger(stage, standing)
    with assembly.ledger.reading() as tx:
        window = None if _has_window(tx) else month_of(assembly.clock.now())
    return Plan(topics, begins, tuple(refused), window)


def provision(assembly: Assembly) -> Plan:
    """Carries the plan out and returns it. What stands is left as it is; harmless when repeated."""
    if current(assembly.ledger) != newest():
        raise ProvisioningRefused("the ledger's schema isn't this version's; mend: run `claimstream ledger upgrade`")
    admin = AdminClient(assembly.settings.admin_config())
    planned = plan(assembly, admin)
    if planned.refused:
        raise ProvisioningRefused("; ".join(planned.refused))
    provisioning.apply(admin, planned.topics)
    begins = {stage: _begins(observe(assembly, admin, stage, assembly.reads(stage))) for stage in STAGES}
    ids = topic_ids(admin, {topic for firsts in begins.values() for topic, _ in firsts})
    assembly.ledger.run(lambda tx: _open(tx, assembly, begins, ids))
    for stage, firsts in begins.items():
        set_first_offsets(assembly.settings.consumer_config(stage), firsts)
    return replace(planned, begins=begins)


def _open(
    tx: Connection, assembly: Assembly, begins: Mapping[str, Mapping[Partition, int]], ids: Mapping[str, str]
) -> None:
    for stage, firsts in begins.items():
        named = {(ids[topic], number): offset for (topic, number), offset in firsts.items()}
        BatchLedger(stage).open(tx, named)
    if not _has_window(tx):
        open_month(tx, month_of(assembly.clock.now()))


def _begins(standing: Sequence[Standing]) -> dict[Partition, int]:
    """Partitions that are new to the stage, and those that an interrupted `apply` opened in the ledger only.

    Offsets of a group that has decided something are an incident, and `reconcile`'s to explain.
    """
    return {
        (each.topic, each.partition): each.first if each.position is None else each.position
        for each in standing
        if each.position is None or (each.committed is None and each.resumable is None)
    }


def _of_new(
    reads: Sequence[str], to_come: Mapping[str, int], growth: Sequence[provisioning.Growth]
) -> dict[Partition, int]:
    """Partitions that don't exist yet begin at 0."""
    made = {(topic, number): 0 for topic in reads for number in range(to_come.get(topic, 0))}
    return made | {(g.topic, number): 0 for g in growth if g.topic in reads for number in range(g.was, g.now)}


def _another_ledger(stage: str, standing: Sequence[Standing]) -> list[str]:
    """A group that has gone on where this ledger was never opened: to open it now would decide everything twice."""
    far = [each for each in standing if each.position is None and (each.committed or 0) > each.first]
    if not far:
        return []
    words = f"group {stage} stands at {far[0].committed} in {far[0].where}, and this ledger never saw it"
    return [f"{words} ({len(far)} partitions so): it is another ledger's group; use that ledger"]


def _has_window(tx: Connection) -> bool:
    try:
        return bool(open_window(tx))
    except NoWindow:
        return False
