"""Where a stage stands in each partition it reads: by the ledger, by its group, and by what Kafka still has."""

from collections.abc import Sequence
from typing import NamedTuple

from confluent_kafka.admin import AdminClient

from agents.assembly import Assembly
from ledger import inquiries
from ledger.batches import BatchLedger
from streams.groups import committed_offsets
from streams.provisioning import end_offsets, first_offsets_of, partitions_of, topic_ids


class Standing(NamedTuple):
    """One partition. What isn't known is None, never 0.

    `position` is the ledger's next offset to decide; `resumable` the lowest from which on every decision's outputs are
    stored, None when nothing was decided; `committed` the group's; `first` and `end` are the partition's own.
    """

    stage: str
    topic: str
    partition: int
    position: int | None
    resumable: int | None
    committed: int | None
    first: int
    end: int | None

    @property
    def where(self) -> str:
        return f"{self.topic}[{self.partition}]"


def observe(assembly: Assembly, admin: AdminClient, stage: str, topics: Sequence[str]) -> tuple[Standing, ...]:
    """The group is asked before the ledger, so that beside a running worker no healthy ledger seems to be behind."""
    partitions = partitions_of(admin, topics)
    ids, firsts = topic_ids(admin, topics), first_offsets_of(admin, partitions)
    committed = committed_offsets(assembly.settings.consumer_config(stage), partitions)
    memory = BatchLedger(stage)
    with assembly.ledger.reading() as tx:
        positions = memory.positions(tx)
        named = {partition: (ids[partition[0]], partition[1]) for partition in partitions}
        resumables = {p: inquiries.resumable(tx, stage, named[p]) for p in partitions if named[p] in positions}
    ends = end_offsets(admin, partitions)
    return tuple(
        Standing(stage, *p, positions.get(named[p]), resumables.get(p), committed.get(p), firsts[p], ends.get(p))
        for p in partitions
    )
