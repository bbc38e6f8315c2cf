"""An example payer: takes claims, acknowledges each (277CA) and answers in remittances (835). Imports nothing of ours.

    python examples/payer.py --bootstrap 127.0.0.1:9092 --payers commercial,medicare --idle 5

It needs the schemas under schemas/avro, and fee_schedule.py and remittance_file.py beside it. Each batch is one
transaction, and every id derives from the claims: a restart neither loses nor doubles an answer.
"""

import argparse
import faulthandler
import json
import time
from io import BytesIO
from pathlib import Path

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from fee_schedule import TWICE, acknowledge, answers, digest, fate
from remittance_file import into_files

AVRO = Path(__file__).resolve().parent.parent / "schemas" / "avro"


class Wire:
    """The Confluent wire format: byte 0, the schema id in four bytes, Avro by that schema. index.json says which id."""

    def __init__(self):
        index = json.loads((AVRO / "index.json").read_text())
        self.ids = {subject: versions[max(versions, key=int)] for subject, versions in index.items()}
        self.schemas = {
            number: parse_schema(json.loads((AVRO / subject / f"{version}.avsc").read_text()))
            for subject, versions in index.items()
            for version, number in versions.items()
        }

    def read(self, value):
        return schemaless_reader(BytesIO(value[5:]), self.schemas[int.from_bytes(value[1:5], "big")])

    def write(self, subject, event):
        out = BytesIO()
        out.write(b"\0" + self.ids[subject].to_bytes(4, "big"))
        schemaless_writer(out, self.schemas[self.ids[subject]], event)
        return out.getvalue()


def remittance(payer, npi, answered):
    """One payment and its answers. Sum of paid - PLB = payment, which is never below 0: a debt is carried over."""
    trace, day = digest(*(each["event_id"] for each in answered)), max(each["adjudicated_on"] for each in answered)
    paid = sum(each["paid_cents"] for each in answered)
    carried = [{"provider": npi, "fiscal_date": day, "code": "FB", "cents": paid}] if paid < 0 else []
    common = {name: answered[-1][name] for name in ("payer", "producer", "occurred_at", "correlation_id")}
    payment = common | {
        "event_id": trace, "trace_number": trace, "method": "ACH" if paid > 0 else "NON", "date": day, "payee_npi": npi,
        "payment_cents": max(paid, 0), "provider_adjustments": carried, "claims_paid_cents": paid,
        "claims_count": len(answered),
    }  # fmt: skip
    yield f"remittance.{payer}", trace, payment
    for position, answer in enumerate(answered, start=1):
        for _ in range(2 if fate(answer) in TWICE else 1):  # a payer may repeat itself, word for word
            yield f"claim-adjudicated.{payer}", trace, answer | {"trace_number": trace, "position": position}


def events(claims, known):
    """(topic, key, event) for a batch of claims: an acknowledgement each, and a remittance for each payee and turn."""
    payments = {}
    for claim in sorted(claims, key=lambda claim: claim["control_number"]):
        yield f"claim-acknowledged.{claim['payer']}", claim["control_number"], acknowledge(claim, known)
        npi = claim["billing_provider"]["npi"] or "unknown"
        for turn, answer in answers(claim, known):
            payments.setdefault((turn, claim["payer"], npi), []).append(answer)
    for (_, payer, npi), answered in sorted(payments.items()):
        yield from remittance(payer, npi, answered)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bootstrap", default="127.0.0.1:9092", help="a Kafka broker")
    parser.add_argument("--payers", default="commercial", help="which payers to be, with commas between")
    parser.add_argument("--idle", type=float, default=float("inf"), help="end after so many seconds without a claim")
    parser.add_argument("--claims-per-remittance", type=int, default=50)
    parser.add_argument("--files", nargs=2, metavar=("FOLDER", "PAYER_ID"), help="write remittances as 835 files there")
    args = parser.parse_args(argv)
    wire, broker, name = Wire(), {"bootstrap.servers": args.bootstrap}, f"payer-{args.payers}"
    consumer = Consumer(broker | {"group.id": name, "isolation.level": "read_committed", "enable.auto.commit": False})
    producer = Producer(broker | {"transactional.id": name})
    producer.init_transactions(30)
    topics = [f"claim-built.{payer}" for payer in args.payers.split(",")]
    partitions = {topic: consumer.list_topics(topic).topics[topic].partitions for topic in topics}
    places = [TopicPartition(topic, number) for topic in topics for number in partitions[topic]]
    done = {(each.topic, each.partition): each.offset for each in consumer.committed(places)}
    # From the beginning: a replacement may name a claim that was answered before this start.
    consumer.assign([TopicPartition(each.topic, each.partition, OFFSET_BEGINNING) for each in places])
    known, heard = {}, time.monotonic()
    while time.monotonic() - heard < args.idle:
        claims = []
        for message in consumer.consume(args.claims_per_remittance, 0.5):
            if message.error():
                raise KafkaException(message.error())
            claim, place = wire.read(message.value()), (message.topic(), message.partition())
            known[digest(claim["claim_id"])] = claim
            if message.offset() >= done[place]:
                claims.append(claim)
                done[place] = message.offset() + 1
        if claims:
            # It may hang when a broker dies (librdkafka's issue 5456): who ends here begins where he last committed.
            faulthandler.dump_traceback_later(70, exit=True)
            producer.begin_transaction()
            for topic, key, event in into_files(events(claims, known), known, args.files):
                producer.produce(topic, wire.write(topic.split(".")[0], event), key)
            offsets = [TopicPartition(*place, offset) for place, offset in done.items() if offset >= 0]
            producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), 30)
            producer.commit_transaction(30)
            faulthandler.cancel_dump_traceback_later()
            heard = time.monotonic()
            print(f"answered {len(claims)} claims", flush=True)


if __name__ == "__main__":
    main()
