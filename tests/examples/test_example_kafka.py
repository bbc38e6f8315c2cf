"""The example clients on a broker: what they send is there once, also after a restart."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from confluent_kafka import Consumer, Message, Producer
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from schemas.codec import Codec
from schemas.events import ChartCompleted, ChartReturned, ClaimAcknowledged
from schemas.examples import example
from schemas.identity import derived
from schemas.registry import committed
from streams.brokers import Broker
from tests.examples.test_example_payer import ORDINARY, claim

CODEC = Codec(committed())
FAMILIES = ("claim-built", "claim-acknowledged", "remittance", "claim-adjudicated")


@pytest.fixture
def bootstrap(embedded_broker: Broker) -> str:
    return embedded_broker.bootstrap


def create(bootstrap: str, *topics: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    for future in admin.create_topics([NewTopic(topic, 2, 1) for topic in topics]).values():
        future.result(30)


def send(bootstrap: str, topic: str, *values: bytes) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    for n, value in enumerate(values):
        producer.produce(topic, value, str(n))
    assert producer.flush(30) == 0


def read(bootstrap: str, topic: str) -> Iterator[Message]:
    """Every committed record of a topic."""
    config = {"bootstrap.servers": bootstrap, "group.id": f"all-of-{topic}", "enable.partition.eof": True}
    consumer = Consumer(config | {"auto.offset.reset": "earliest", "isolation.level": "read_committed"})
    consumer.subscribe([topic])
    ended = 0
    while ended < 2:
        message = consumer.poll(30)
        assert message is not None
        if message.error():
            ended += 1
        else:
            yield message
    consumer.close()


def test_a_payer_that_is_started_again_repeats_nothing(bootstrap: str, payer: ModuleType, fees: ModuleType) -> None:
    who = "restarted"
    create(bootstrap, *(f"{family}.{who}" for family in FAMILIES))
    first, second = claim(fees, ORDINARY, payer=who), claim(fees, range(31, 100), payer=who, claim_id="second")
    started = ["--bootstrap", bootstrap, "--payers", who, "--idle", "1"]
    for sent in (first, second):
        send(bootstrap, f"claim-built.{who}", payer.Wire().write("claim-built", sent))
        payer.main(started)
    receipts = [CODEC.decode_strict(message.value()) for message in read(bootstrap, f"claim-acknowledged.{who}")]
    assert {each.claim_id for each in receipts if isinstance(each, ClaimAcknowledged)} == {first["claim_id"], "second"}
    assert len(receipts) == 2
    assert len(list(read(bootstrap, f"claim-adjudicated.{who}"))) == 2


def test_a_hospital_sends_its_chart_and_hears_what_comes_back(
    bootstrap: str, hospital: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    who = "listening"
    create(bootstrap, *(f"{f}.{who}" for f in ("chart-completed", "chart-returned", "patient-bill", "refused")))
    chart_id = hospital.chart(who, "EX-1", 1, "commercial")["event_id"]
    returned = example("chart-returned").model_copy(update={"event_id": derived("r"), "correlation_id": chart_id})
    assert isinstance(returned, ChartReturned)
    send(bootstrap, f"chart-returned.{who}", CODEC.encode(returned))
    hospital.main(["--bootstrap", bootstrap, "--hospital", who, "--wait", "30"])
    (sent,) = read(bootstrap, f"chart-completed.{who}")
    assert isinstance(CODEC.decode_strict(sent.value()), ChartCompleted)
    assert f"chart-returned.{who}: " in capsys.readouterr().out
