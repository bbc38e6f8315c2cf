"""The ledger against Kafka: what a stage's two positions mean, and which of them can be mended safely.

The ledger decides first and Kafka hears of it after, so a healthy stage's position is at its committed offset or, for a
moment, ahead of it. Only committed offsets are ever mended, never past what is undecided and never below what can be
said again. A ledger that lost something can't be mended from Kafka: that is explained and left to people.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import NamedTuple

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from agents.assembly import Assembly
from agents.standing import Standing, observe
from streams.provisioning import Partition, ProvisioningRefused
from streams.topics import STAGES

_WAIT_S = 30.0


class Grade(IntEnum):
    """As exit statuses: 1 wants a step that is safe, 2 wants a person."""

    WELL = 0
    MENDABLE = 1
    STOPS = 2


class Explanation(NamedTuple):
    """What one partition's standing means. `commit` is the offset that would mend it, where that is safe."""

    standing: Standing
    state: str
    grade: Grade
    words: str
    commit: int | None = None


def reconcile(assembly: Assembly, admin: AdminClient) -> tuple[Explanation, ...]:
    """Every partition of every stage, explained."""
    return tuple(
        explain(standing) for stage in STAGES for standing in observe(assembly, admin, stage, assembly.reads(stage))
    )


def explain(it: Standing) -> Explanation:
    """What these positions mean; the first that speaks decides."""
    rules = (_never_opened, _records_lost, _topic_is_behind, _offsets_gone, _ledger_behind, _set_back, _ahead)
    spoken = (rule(it) for rule in rules)
    found = next((explanation for explanation in spoken if explanation is not None), None)
    return found or Explanation(it, "in step", Grade.WELL, f"ledger and group stand at {it.position}")


def _never_opened(it: Standing) -> Explanation | None:
    if it.position is not None:
        return None
    if it.committed is None:
        return Explanation(it, "new", Grade.MENDABLE, "nothing was decided here yet: run `claimstream topics apply`")
    words = (
        f"the group stands at {it.committed} and this ledger never saw the partition: give back the group's own ledger"
    )
    return Explanation(it, "another ledger", Grade.STOPS, words)


def _records_lost(it: Standing) -> Explanation | None:
    """Retention took what was not taken yet, or not said yet; only people know whether a partner can send it again."""
    next_ = it.position if it.committed is None else min(it.committed, it.position or 0)
    if next_ is None or next_ >= it.first:
        return None
    words = f"the topic begins at {it.first}, and the stage had to go on at {next_}: ask the partners to send again"
    return Explanation(it, "records lost", Grade.STOPS, words)


def _topic_is_behind(it: Standing) -> Explanation | None:
    furthest = max(it.position or 0, it.committed or 0)
    if it.end is None or furthest <= it.end:
        return None
    words = f"the topic ends at {it.end} and the stage has been at {furthest}: Kafka lost records, or came back older"
    return Explanation(it, "topic behind", Grade.STOPS, words)


def _offsets_gone(it: Standing) -> Explanation | None:
    if it.committed is not None:
        return None
    to = _safe(it)
    if to < it.first:
        words = f"the group has no offset, and outputs stored from {to} on are of records the topic no longer has"
        return Explanation(it, "offsets gone", Grade.STOPS, words)
    again = (
        "nothing is said again" if to == it.position else f"{to} to {it.position} are said again, with the same bytes"
    )
    return Explanation(it, "offsets gone", Grade.MENDABLE, f"the group has no offset: commit {to}; {again}", to)


def _ledger_behind(it: Standing) -> Explanation | None:
    if it.position is None or it.committed is None or it.position >= it.committed:
        return None
    words = f"the ledger is at {it.position}, the group at {it.committed}: an older ledger came back; bring the newer"
    return Explanation(it, "ledger behind", Grade.STOPS, words)


def _set_back(it: Standing) -> Explanation | None:
    """Below what can be said again: those outputs were pruned because Kafka had confirmed them."""
    to = _safe(it)
    if it.committed is None or it.committed >= to:
        return None
    words = f"the group was set back to {it.committed}; everything below {to} has been said: commit {to}"
    return Explanation(it, "offsets set back", Grade.MENDABLE, words, to)


def _ahead(it: Standing) -> Explanation | None:
    if it.position is None or it.committed is None or it.position <= it.committed:
        return None
    words = (
        f"decided up to {it.position}, said up to {it.committed}: the stored outputs are said when the stage goes on"
    )
    return Explanation(it, "ledger ahead", Grade.WELL, words)


def _safe(it: Standing) -> int:
    """Where a group may begin: never past what is undecided, and only where every decision behind can be said again."""
    position = it.position or 0
    return position if it.resumable is None else min(it.resumable, position)


def mend(admin: AdminClient, explained: Iterable[Explanation]) -> tuple[Explanation, ...]:
    """Commits what was found safe, a request a stage; a stage whose workers still run is refused by the broker."""
    mended = tuple(each for each in explained if each.commit is not None)
    for stage in dict.fromkeys(each.standing.stage for each in mended):
        mine = [each for each in mended if each.standing.stage == stage]
        _commit(admin, stage, {(e.standing.topic, e.standing.partition): e.commit or 0 for e in mine})
    return mended


def _commit(admin: AdminClient, group: str, offsets: Mapping[Partition, int]) -> None:
    wanted = [TopicPartition(topic, number, offset) for (topic, number), offset in offsets.items()]
    (answer,) = admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, wanted)]).values()
    try:
        refused = next((tp.error for tp in answer.result(_WAIT_S).topic_partitions if tp.error), None)
    except KafkaException as failed:
        refused = failed.args[0]
    if refused is not None:
        words = f"offsets of {group} were not set ({refused.name()}); mend: stop its workers, then try again"
        raise ProvisioningRefused(words)
