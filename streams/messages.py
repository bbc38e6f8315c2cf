"""What librdkafka hands over, as ours: records with their headers, the ends of partitions between them, and
metadata without a generation."""

from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, KafkaError

from schemas.records import Headers, Record


def record_of(m: Any) -> Record:
    return Record(m.topic(), m.partition(), m.offset(), m.key(), m.value(), headers_of(m), m.timestamp()[1])


def headers_of(m: Any) -> Headers:
    """A record's headers; none where a name is no UTF-8, which confluent-kafka can't say. Intake asks for none.

    Asked for once a message: its second answer would crash the interpreter (confluent-kafka 2.16.1).
    """
    try:
        return tuple((str(name), value or b"") for name, value in m.headers() or ())
    except (SystemError, UnicodeDecodeError):
        return ()


def ends_in(messages: Sequence[Any]) -> dict[tuple[str, int], int]:
    """Partitions of which a read_committed reader saw the end, and where: nothing before it is left to be read."""
    ends = (m for m in messages if m.error() is not None and m.error().code() == KafkaError._PARTITION_EOF)
    return {(str(m.topic()), int(m.partition())): int(m.offset()) for m in ends}


def count_of(messages: Sequence[Any]) -> int:
    """How many of them are records."""
    return sum(m.error() is None for m in messages)


def arrived_of(messages: Sequence[Any]) -> set[str]:
    """Topics that gave a record or told an end."""
    told = (None, KafkaError._PARTITION_EOF)
    return {str(m.topic()) for m in messages if (m.error() and m.error().code()) in told}


def no_generation(config: Mapping[str, Any]) -> bytes:
    """How the metadata of a consumer begins that is in no generation, -1: Kafka lets it pass unfenced, so we refuse it.

    Format and generation stand before the group's name; a member's id behind it may be left from an earlier generation.
    """
    never_joined = Consumer(dict(config))
    blank: bytes = never_joined.consumer_group_metadata()
    never_joined.close()
    return blank[: blank.rindex(config["group.id"].encode() + b"\0")]
