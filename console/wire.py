"""What commands share of the wire: a broker that answers, records that it has taken, and the strict codec with the
registry's ids."""

from collections.abc import Iterable
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient

from console.faults import Mendable
from schemas.codec import Codec
from schemas.registry import committed
from streams.schema_registry import registered
from streams.settings import Settings

QUIET = {"log_level": 0}
"""For clients of short commands: what they can't do is said once, by us."""
_ANSWER_S = 6.0
_WAIT_S = 30.0
_COMMIT_S = 120.0


def reachable(settings: Settings) -> AdminClient:
    """A client of a broker that has just answered; asked first, so that no command waits half a minute for nothing."""
    admin = AdminClient({**settings.admin_config(), **QUIET})
    try:
        admin.list_topics(timeout=_ANSWER_S)
    except KafkaException as silent:
        kind = silent.args[0].name()
        mend = "start it (`claimstream kafka up`), or say in CLAIMSTREAM_BROKERS where it is"
        raise Mendable(f"no broker answers at {settings.brokers} ({kind})", mend) from silent
    return admin


def strict_codec(settings: Settings) -> Codec:
    url = settings.schema_registry_url
    return Codec(committed() if url is None else registered(url))


def deliver(settings: Settings, topic: str, records: Iterable[tuple[bytes, bytes]]) -> frozenset[int]:
    """Sends keys and values; which of them, from 0, the broker has on disk. A delivery nobody waited for is none."""
    must_be_there(settings, topic)
    producer = Producer({**settings.producer_config(), **QUIET, "message.timeout.ms": int(_WAIT_S * 1000)})
    taken: set[int] = set()

    def delivered(number: int, error: KafkaError | None, _message: Message) -> None:
        if error is None:
            taken.add(number)

    for number, (key, value) in enumerate(records):
        while True:
            try:
                producer.produce(topic, value, key, on_delivery=partial(delivered, number))
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush(_WAIT_S + 5)
    return frozenset(taken)


def deliver_together(settings: Settings, topic: str, records: Iterable[tuple[bytes, bytes]], name: str) -> bool:
    """Sends all keys and values or none, in one transaction; whether the broker has said that it has them.

    Under the same `name` the next try ends what this one left open.
    """
    must_be_there(settings, topic)
    producer = Producer({**settings.producer_config(name), **QUIET})
    try:
        producer.init_transactions(_WAIT_S)
        producer.begin_transaction()
        for key, value in records:
            producer.produce(topic, value, key)
        producer.commit_transaction(_WAIT_S)
    except KafkaException as refused:
        if refused.args[0].txn_requires_abort():
            producer.abort_transaction(_WAIT_S)
        return False
    return True


class Together:
    """Records of any topics, said together or not at all: nobody reads them before `keep`, and nobody after `drop`.

    It may be a long time until then, so the broker waits for ten minutes; what isn't sent yet takes at most 32 MB.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        bounds = {"transaction.timeout.ms": 600_000, "queue.buffering.max.kbytes": 32_768}
        self._producer = Producer({**settings.producer_config(name), **QUIET, **bounds})
        self._producer.init_transactions(_WAIT_S)
        self._begun = False

    def say(self, topic: str, key: bytes, value: bytes) -> None:
        if not self._begun:
            self._producer.begin_transaction()
            self._begun = True
        while True:
            try:
                self._producer.produce(topic, value, key)
                return
            except BufferError:
                self._producer.poll(0.1)

    def keep(self) -> None:
        """Returns when the broker has said that it has them all; KafkaException when it hasn't."""
        if self._begun:
            self._producer.commit_transaction(_COMMIT_S)
            self._begun = False

    def drop(self) -> None:
        if self._begun:
            self._begun = False  # what can't be aborted now the next try ends, or the broker
            self._producer.abort_transaction(_WAIT_S)


def must_be_there(settings: Settings, topic: str) -> None:
    # Asked for by name, some brokers would create the topic.
    if topic not in reachable(settings).list_topics(timeout=_WAIT_S).topics:
        raise Mendable(f"there is no topic {topic}", "run `claimstream topics apply`")
