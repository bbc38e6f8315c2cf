"""Making the broker's topics what topics.yaml says, and giving groups their first offsets; a plan is shown first."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from confluent_kafka import (
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # exported for everybody but type checkers
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

from streams.topics import TopicSpec

Partition = tuple[str, int]

_WAIT_S = 30.0
_AT_ONCE = 200  # topics a request: a controller takes a request as a whole or not at all
_UNKNOWN_ID = "A" * 22  # sixteen zero bytes: a broker without topic ids says so (noida-db)
_PASSING = {
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
    KafkaError.UNSTABLE_OFFSET_COMMIT,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.UNKNOWN_TOPIC_OR_PART,  # made a moment ago: not every broker knows it yet
}
_MEMBERS = {"UNKNOWN_MEMBER_ID", "NON_EMPTY_GROUP"}
T = TypeVar("T")


class Existing(NamedTuple):
    """A topic as the broker has it. `configs` are all; `own` names those that were set for this topic."""

    partitions: int
    replication: int
    configs: Mapping[str, str]
    own: frozenset[str]


class Growth(NamedTuple):
    topic: str
    was: int
    now: int


class Change(NamedTuple):
    topic: str
    config: str
    was: str | None
    now: str


@dataclass(frozen=True)
class Plan:
    """What `apply` would do, what it refuses to do, and the drift it leaves as it is."""

    create: tuple[TopicSpec, ...] = ()
    grow: tuple[Growth, ...] = ()
    change: tuple[Change, ...] = ()
    refused: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to do; drift may be left."""
        return not (self.create or self.grow or self.change or self.refused)

    def words(self) -> Iterator[str]:
        """One line each, refusals first."""
        yield from (f"refused: {words}" for words in self.refused)
        yield from (f"create {spec.name}: {spec.partitions} partitions x {spec.replication}" for spec in self.create)
        yield from (f"grow {t}: {was} -> {now} partitions; drain it first, keys move" for t, was, now in self.grow)
        yield from (f"change {topic}: {config} {was} -> {now}" for topic, config, was, now in self.change)
        yield from (f"drift, left as it is: {words}" for words in self.drift)


class ProvisioningRefused(Exception):
    """What can't be carried out, or what the broker refused, in words."""


def plan(admin: AdminClient, specs: Sequence[TopicSpec]) -> Plan:
    """What has to be done so that the broker's topics are `specs`."""
    return compare(specs, observe(admin))


def compare(specs: Sequence[TopicSpec], existing: Mapping[str, Existing]) -> Plan:
    """Topics grow and change; they never shrink, and nothing is deleted."""
    present = [(spec, existing[spec.name]) for spec in specs if spec.name in existing]
    return Plan(
        create=tuple(spec for spec in specs if spec.name not in existing),
        grow=tuple(Growth(s.name, e.partitions, s.partitions) for s, e in present if s.partitions > e.partitions),
        change=tuple(change for s, e in present for change in _changes(s, e)),
        refused=tuple(
            f"{s.name} has {e.partitions} partitions and should have {s.partitions}: partitions never shrink"
            for s, e in present
            if s.partitions < e.partitions
        ),
        drift=tuple(words for s, e in present for words in _drift(s, e))
        + tuple(f"{name} is in no plan: nothing here writes or reads it" for name in sorted(_strays(specs, existing))),
    )


def _changes(spec: TopicSpec, found: Existing) -> Iterator[Change]:
    for config, value in spec.configs.items():
        if found.configs.get(config) != value:
            yield Change(spec.name, config, found.configs.get(config), value)


def _drift(spec: TopicSpec, found: Existing) -> Iterator[str]:
    if found.replication != spec.replication:
        yield f"{spec.name} has {found.replication} replicas instead of {spec.replication}: reassign its partitions"
    for config in sorted(found.own - set(spec.configs)):
        yield f"{spec.name} has {config}={found.configs[config]}, which topics.yaml doesn't mention"


def _strays(specs: Sequence[TopicSpec], existing: Mapping[str, Existing]) -> set[str]:
    """Topics of a family of ours that no spec names: a partner who left, or a misspelt one."""
    families = {spec.name.partition(".")[0] for spec in specs}
    return {name for name in existing if name.partition(".")[0] in families} - {spec.name for spec in specs}


def observe(admin: AdminClient) -> Mapping[str, Existing]:
    """Every topic of the broker but its own."""
    topics = {name: t for name, t in admin.list_topics(timeout=_WAIT_S).topics.items() if not name.startswith("__")}
    configs: dict[str, Mapping[str, Any]] = {}
    for names in _portions(list(topics)):
        asked = [ConfigResource(ResourceType.TOPIC, name) for name in names]
        configs |= {resource.name: found for resource, found in _all(admin.describe_configs(asked))}
    return {
        name: Existing(
            len(topic.partitions),
            max((len(p.replicas) for p in topic.partitions.values()), default=0),
            {entry.name: str(entry.value) for entry in configs[name].values()},
            frozenset(e.name for e in configs[name].values() if e.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value),
        )
        for name, topic in topics.items()
    }


def apply(admin: AdminClient, planned: Plan) -> None:
    """Carries the plan out and waits until every new topic has its leaders; refuses a plan that holds a refusal."""
    if planned.refused:
        raise ProvisioningRefused("; ".join(planned.refused))
    for specs in _portions(planned.create):
        new = [NewTopic(s.name, s.partitions, s.replication, config=dict(s.configs)) for s in specs]
        _all(admin.create_topics(new))
    for growths in _portions(planned.grow):
        _all(admin.create_partitions([NewPartitions(growth.topic, growth.now) for growth in growths]))
    for resources in _portions(list(_resources(planned.change))):
        _all(admin.incremental_alter_configs(list(resources)))
    _await_leaders(admin, {s.name: s.partitions for s in planned.create} | {g.topic: g.now for g in planned.grow})


def _resources(changes: Sequence[Change]) -> Iterator[ConfigResource]:
    for topic in dict.fromkeys(change.topic for change in changes):
        entries = [
            ConfigEntry(change.config, change.now, incremental_operation=AlterConfigOpType.SET)
            for change in changes
            if change.topic == topic
        ]
        yield ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)


def _await_leaders(admin: AdminClient, wanted: Mapping[str, int]) -> None:
    deadline = time.monotonic() + _WAIT_S
    while wanted:
        found = admin.list_topics(timeout=_WAIT_S).topics
        led = {name: sum(p.leader >= 0 for p in topic.partitions.values()) for name, topic in found.items()}
        wanted = {name: count for name, count in wanted.items() if led.get(name, 0) < count}
        if wanted and time.monotonic() > deadline:
            raise ProvisioningRefused(f"no leaders for {', '.join(sorted(wanted))} after {_WAIT_S:.0f} s")
        if wanted:
            time.sleep(0.05)


def topic_ids(admin: AdminClient, topics: Iterable[str]) -> Mapping[str, str]:
    """The broker's id of each topic, so that one made anew isn't taken for the old; its name where it has no id."""
    ids: dict[str, str] = {}
    for names in _portions(list(topics)):
        for name, described in _all(admin.describe_topics(TopicCollection(list(names)))):
            ids[name] = name if str(described.topic_id) == _UNKNOWN_ID else str(described.topic_id)
    return ids


def first_offsets(admin: AdminClient, topics: Iterable[str]) -> Mapping[Partition, int]:
    """The oldest offset of every partition: where a new group, and its ledger, begin."""
    return first_offsets_of(admin, partitions_of(admin, topics))


def first_offsets_of(admin: AdminClient, partitions: Iterable[Partition]) -> Mapping[Partition, int]:
    """The oldest offset of each of these partitions; one that doesn't answer is an error with words."""
    known, refused = _offsets(admin, partitions, OffsetSpec.earliest)
    if refused is not None:
        raise ProvisioningRefused(f"first offsets: {refused.name()}, {refused.str()}")
    return known


def end_offsets(
    admin: AdminClient, partitions: Iterable[Partition], wait_s: float = _WAIT_S
) -> Mapping[Partition, int]:
    """The end of each partition, records of open transactions included; one that doesn't answer is left out."""
    return _offsets(admin, partitions, OffsetSpec.latest, wait_s)[0]


def partitions_of(admin: AdminClient, topics: Iterable[str]) -> tuple[Partition, ...]:
    """Every partition of these topics; one that doesn't exist is an error with words."""
    found = admin.list_topics(timeout=_WAIT_S).topics
    wanted = list(topics)
    if missing := [name for name in wanted if name not in found]:
        raise ProvisioningRefused(f"no topic {', '.join(missing)}: run `claimstream topics apply`")
    return tuple((name, number) for name in wanted for number in sorted(found[name].partitions))


def _offsets(
    admin: AdminClient, partitions: Iterable[Partition], which: Callable[[], OffsetSpec], wait_s: float = _WAIT_S
) -> tuple[dict[Partition, int], KafkaError | None]:
    """Offsets by partition, asked again while leaders are moving; the error of one that stays unknown."""
    deadline = time.monotonic() + wait_s
    known: dict[Partition, int] = {}
    left = tuple(partitions)
    while left:
        asked = {TopicPartition(*partition): which() for partition in left}
        answers = admin.list_offsets(asked, request_timeout=wait_s * 2 / 3)  # it must tell before we stop listening
        refused = {(tp.topic, tp.partition): _trouble(future, wait_s) for tp, future in answers.items()}
        told = {(tp.topic, tp.partition): f.result().offset for tp, f in answers.items() if not f.exception()}
        # A request that timed out is answered with no error and the offset -1001.
        known |= {partition: offset for partition, offset in told.items() if offset >= 0}
        errors = {partition: error.args[0] for partition, error in refused.items() if error}
        lasting = [error for error in errors.values() if error.code() not in _PASSING]
        # While leaders move librdkafka may leave a partition out of its answer: it is asked for again as well.
        left = tuple(partition for partition in left if partition not in known)
        if lasting or (left and time.monotonic() > deadline):
            return known, next(iter([*lasting, *errors.values()]), KafkaError(KafkaError._TIMED_OUT))
        time.sleep(0.1 if left else 0)
    return known, None


def _all(answers: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """Every answer of a request, or the first refusal in words."""
    try:
        return [(about, future.result(_WAIT_S)) for about, future in answers.items()]
    except KafkaException as refused:
        error = refused.args[0]
        raise ProvisioningRefused(f"{error.name()}: {error.str()}") from refused
    except TimeoutError as silent:
        raise _silence(_WAIT_S) from silent


def _trouble(answer: Any, wait_s: float) -> Any:
    """What an answer is instead, null when it is one."""
    try:
        return answer.exception(wait_s)
    except TimeoutError as silent:
        raise _silence(wait_s) from silent


def _silence(wait_s: float) -> ProvisioningRefused:
    return ProvisioningRefused(f"the broker gave no answer for {wait_s:.0f} s")


def _portions(many: Sequence[T]) -> Iterator[Sequence[T]]:
    return (many[start : start + _AT_ONCE] for start in range(0, len(many), _AT_ONCE))
