"""`claimstream tail`: decoded, masked, and silent about what it must not say."""

import json

import pytest
from confluent_kafka import Producer

from schemas.codec import Codec
from schemas.events import ChartCompleted
from schemas.examples import example
from schemas.registry import committed
from tests.canaries import canaries, plant
from tests.console.conftest import Terminal

TOPIC = "chart-completed.mercy-general"


def chart() -> ChartCompleted:
    made = example("chart-completed")
    assert isinstance(made, ChartCompleted)
    return plant(made, 1)


@pytest.fixture
def with_records(provisioned: Terminal) -> Terminal:
    """A chart with planted names under a key and a header of the hospital's own, then garbage."""
    producer = Producer({"bootstrap.servers": provisioned.environment["CLAIMSTREAM_BROKERS"], "log_level": 0})
    headers: list[tuple[str, str | bytes | None]] = [("partner", b"CanaryHeader")]
    producer.produce(TOPIC, Codec(committed()).encode(chart()), b"CanaryKey", headers=headers)
    producer.produce(TOPIC, b"CanaryGarbage", b"CanaryKey")
    producer.flush(10)
    return provisioned


def test_a_record_is_decoded_by_its_schema_id(with_records: Terminal) -> None:
    said = with_records.json("tail", TOPIC, "--from-beginning", "--limit", "1")
    assert (said["offset"], said["subject"], said["event"]["hospital"]) == (0, "chart-completed", chart().hospital)


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_without_show_phi_there_is_no_canary_in_key_header_or_value(with_records: Terminal, form: tuple[str]) -> None:
    said = with_records.run("tail", TOPIC, "--from-beginning", "--until-now", *form).stdout
    assert [canary for canary in (*canaries(chart()), "Canary") if canary in said] == []


def test_with_show_phi_everything_is_shown(with_records: Terminal) -> None:
    said = json.dumps(with_records.json("tail", TOPIC, "--from-beginning", "--limit", "1", "--show-phi"))
    assert [canary for canary in (*canaries(chart()), "CanaryKey", "CanaryHeader") if canary not in said] == []


def test_what_cannot_be_decoded_is_told_with_its_reason(with_records: Terminal) -> None:
    said = with_records.json("tail", TOPIC, "--from-beginning", "--until-now")
    assert (said["offset"], said["undecodable"], said["bytes"]) == (1, "wrong-magic", 13)


def test_an_empty_topic_ends_where_it_is(provisioned: Terminal) -> None:
    done = provisioned.run("tail", "refused", "--from-beginning", "--until-now")
    assert (done.exit_code, done.stdout) == (0, "")


def test_an_unknown_topic_is_told_the_known_ones(provisioned: Terminal) -> None:
    done = provisioned.run("tail", "claims")
    assert (done.exit_code, "claim-built.medicare" in done.stderr) == (2, True)
    assert "claims" not in provisioned.admin.list_topics(timeout=5).topics
