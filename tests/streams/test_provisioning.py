"""Topics become what topics.yaml says, a plan at a time; groups get their first offsets once."""

from collections.abc import Iterable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from streams.provisioning import (
    Change,
    Existing,
    Growth,
    Plan,
    ProvisioningRefused,
    apply,
    compare,
    end_offsets,
    plan,
)
from streams.settings import INFRA
from streams.topics import TopicSpec, expand, parse_topics


class Silent:
    """A broker that takes questions and never answers; how long each may take is noted."""

    def __init__(self) -> None:
        self.timeouts: list[float] = []

    def list_offsets(self, asked: Iterable[TopicPartition], request_timeout: float) -> dict[TopicPartition, Any]:
        self.timeouts.append(request_timeout)
        return {each: Future() for each in asked}


class Vague:
    """librdkafka when a request has timed out: no error, and an offset that is none."""

    def list_offsets(self, asked: Iterable[TopicPartition], request_timeout: float) -> dict[TopicPartition, Any]:
        answer: Future[Any] = Future()
        answer.set_result(SimpleNamespace(offset=-1001))
        return dict.fromkeys(asked, answer)


WEEK, DAY = {"retention.ms": "604800000"}, {"retention.ms": "86400000"}


def spec(partitions: int = 2, configs: dict[str, str] | None = None, name: str = "claim-built") -> TopicSpec:
    return TopicSpec(name, partitions, 1, WEEK if configs is None else configs)


def found(partitions: int = 2, configs: dict[str, str] | None = None, replication: int = 1) -> Existing:
    configs = WEEK if configs is None else configs
    return Existing(partitions, replication, configs, frozenset(configs))


def test_a_topic_that_isnt_there_is_made() -> None:
    assert compare([spec()], {}) == Plan(create=(spec(),))


def test_a_topic_as_it_should_be_needs_nothing() -> None:
    assert compare([spec()], {"claim-built": found()}) == Plan()


def test_partitions_grow() -> None:
    assert compare([spec(4)], {"claim-built": found(2)}).grow == (Growth("claim-built", 2, 4),)


def test_partitions_never_shrink() -> None:
    planned = compare([spec(2)], {"claim-built": found(4)})
    assert planned.refused == ("claim-built has 4 partitions and should have 2: partitions never shrink",)
    assert not planned.grow


def test_a_configuration_changes() -> None:
    planned = compare([spec()], {"claim-built": found(configs=DAY)})
    assert planned.change == (Change("claim-built", "retention.ms", "86400000", "604800000"),)


def test_a_configuration_nobody_planned_is_shown_and_left() -> None:
    planned = compare([spec()], {"claim-built": found(configs=WEEK | {"segment.ms": "1000"})})
    assert planned == Plan(drift=("claim-built has segment.ms=1000, which topics.yaml doesn't mention",))


def test_another_replication_is_shown_and_left() -> None:
    planned = compare([spec()], {"claim-built": found(replication=3)})
    assert planned == Plan(drift=("claim-built has 3 replicas instead of 1: reassign its partitions",))


def test_the_topic_of_a_partner_who_left_is_shown_and_left() -> None:
    existing = {"claim-built": found(), "claim-built.gone-payer": found(), "somebody-elses": found()}
    assert compare([spec()], existing).drift == (
        "claim-built.gone-payer is in no plan: nothing here writes or reads it",
    )


def test_a_plan_says_its_refusals_first() -> None:
    planned = compare([spec(1), spec(name="refused")], {"claim-built": found(configs=DAY)})
    assert [line.split(" ")[0] for line in planned.words()] == ["refused:", "create", "change"]


def test_a_plan_with_a_refusal_is_not_carried_out(admin: AdminClient, unique: str) -> None:
    with pytest.raises(ProvisioningRefused, match="never shrink"):
        apply(admin, Plan(create=(spec(name=unique),), refused=("t has 4 partitions: partitions never shrink",)))
    assert unique not in admin.list_topics(timeout=30).topics


def test_the_committed_topics_are_made_and_then_nothing_is_left_to_do(admin: AdminClient) -> None:
    families = parse_topics((INFRA / "topics.yaml").read_text(), "topics.yaml")
    specs = expand(families, ("mercy-general",), ("acme-health",), partitions=2)
    apply(admin, plan(admin, specs))
    assert plan(admin, specs).empty


def test_a_growth_and_a_change_are_carried_out(admin: AdminClient, unique: str) -> None:
    apply(admin, plan(admin, [spec(1, DAY, unique)]))
    planned = plan(admin, [spec(3, WEEK, unique)])
    apply(admin, planned)
    assert (len(planned.grow), len(planned.change)) == (1, 1)
    assert plan(admin, [spec(3, WEEK, unique)]).empty


def test_a_topic_the_broker_cant_make_is_told(admin: AdminClient, unique: str) -> None:
    with pytest.raises(ProvisioningRefused, match="INVALID_REPLICATION_FACTOR"):
        apply(admin, Plan(create=(TopicSpec(unique, 1, 3, {}),)))


def test_a_broker_that_never_answers_is_told_in_words() -> None:
    """Not by a TimeoutError, for which nobody waits: it ended workers whose lag was looked at."""
    with pytest.raises(ProvisioningRefused, match="the broker gave no answer for"):
        end_offsets(cast(AdminClient, Silent()), [("claim-built", 0)], wait_s=0.01)


def test_a_question_ends_before_its_answer_is_no_longer_waited_for() -> None:
    silent = Silent()
    with pytest.raises(ProvisioningRefused):
        end_offsets(cast(AdminClient, silent), [("claim-built", 0)], wait_s=0.01)
    assert [timeout < 0.01 for timeout in silent.timeouts] == [True]


def test_an_offset_that_is_none_is_not_known() -> None:
    assert end_offsets(cast(AdminClient, Vague()), [("claim-built", 0)], wait_s=0.0) == {}
