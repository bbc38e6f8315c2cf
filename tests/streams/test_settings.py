"""Settings come from the environment once, and become the clients' configurations the protocol needs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaException, Producer
from pydantic import ValidationError

from streams.settings import PRODUCER_BATCH_BYTES, PRODUCER_MESSAGE_BYTES, Settings
from streams.topics import parse_topics


def test_the_infra_folder_is_the_repositorys_own() -> None:
    assert (Settings().infra / "topics.yaml").is_file()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMSTREAM_BROKERS", "kafka-1:9092")
    monkeypatch.setenv("CLAIMSTREAM_CLOCK", "2026-03-01T12:00:00Z")
    assert (Settings().brokers, Settings().clock) == ("kafka-1:9092", datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_a_registry_may_be_named_as_everybody_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEMA_REGISTRY_URL", "http://registry:8081")
    assert Settings().schema_registry_url == "http://registry:8081"


def test_a_clock_without_a_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMSTREAM_CLOCK", "2026-03-01T12:00:00")
    with pytest.raises(ValidationError, match="clock"):
        Settings()


def test_secrets_are_in_no_repr_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMSTREAM_PSEUDONYM_KEY", "feedface")
    monkeypatch.setenv("CLAIMSTREAM_LEDGER", "postgresql://worker:feedface@db/claims")
    monkeypatch.setenv("CLAIMSTREAM_SASL_PASSWORD", "feedface")
    shown = repr(Settings())
    monkeypatch.setenv("CLAIMSTREAM_WEB_PORT", "feedface")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "feedface" not in shown + str(refused.value)


def test_a_stage_reads_committed_records_by_range_and_never_guesses_an_offset() -> None:
    config = Settings().consumer_config("claiming")
    expected = {
        "group.id": "claiming",
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "auto.offset.reset": "error",
        "partition.assignment.strategy": "range",
        "session.timeout.ms": 6000,
        "heartbeat.interval.ms": 1500,
    }
    assert config | expected == config


def test_a_slots_producer_is_transactional_with_a_short_timeout() -> None:
    config = Settings().producer_config("claiming-2")
    assert (config["transactional.id"], config["transaction.timeout.ms"]) == ("claiming-2", 10_000)


def test_security_reaches_the_clients_in_librdkafkas_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMSTREAM_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("CLAIMSTREAM_SASL_MECHANISM", "SCRAM-SHA-512")
    monkeypatch.setenv("CLAIMSTREAM_SASL_USERNAME", "claiming")
    monkeypatch.setenv("CLAIMSTREAM_SASL_PASSWORD", "trial")
    config = Settings().admin_config()
    expected = {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "claiming",
        "sasl.password": "trial",
    }
    assert config | expected == config


def test_librdkafka_takes_the_configurations() -> None:
    """It refuses a word that it doesn't know."""
    settings = Settings(brokers="127.0.0.1:1")
    reads, writes = settings.consumer_config("claiming"), settings.producer_config("claiming-0")
    consumer, _ = Consumer(reads | {"log_level": 0}), Producer(writes | {"log_level": 0})
    assert consumer.assignment() == []
    consumer.close()
    for client, config in ((Consumer, reads), (Producer, writes)):
        with pytest.raises(KafkaException, match=r"no\.such\.word"):
            client(config | {"no.such.word": 1})


def test_the_producers_batches_and_messages_fit_the_topics_limits() -> None:
    path = Path(Settings().infra) / "topics.yaml"
    limits = [family.max_message_bytes for family in parse_topics(path.read_text(), path.name).values()]
    assert PRODUCER_BATCH_BYTES < min(limits) <= max(limits) <= PRODUCER_MESSAGE_BYTES
