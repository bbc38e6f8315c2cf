"""An example hospital: publishes one finished chart of an invented person. Imports nothing of ours but the .avsc files.

    python examples/hospital.py --bootstrap 127.0.0.1:9092 --hospital mercy-general --chart EX-1 --wait 30

With --wait it then listens for what comes back: a refusal, a returned chart, or the patient's bill.
"""

import argparse
import json
import time
import uuid
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, Producer
from fastavro import parse_schema, schemaless_reader, schemaless_writer

AVRO = Path(__file__).resolve().parent.parent / "schemas" / "avro"
START, END = datetime(2026, 3, 2, 15, 0, tzinfo=UTC), datetime(2026, 3, 2, 15, 40, tzinfo=UTC)


def schemas():
    """Every schema, parsed, by the id that the Confluent wire format gives it; and the newest id of each subject."""
    index = json.loads((AVRO / "index.json").read_text())
    files = {n: AVRO / subject / f"{v}.avsc" for subject, versions in index.items() for v, n in versions.items()}
    parsed = {number: parse_schema(json.loads(file.read_text())) for number, file in files.items()}
    return parsed, {subject: versions[max(versions, key=int)] for subject, versions in index.items()}


def coded(system, code, display):
    return {"system": system, "code": code, "display": display}


def chart(hospital, chart_id, version, payer):
    """A clinic visit: one diagnosis in ICD-10-CM and one in words, a test with its order, a supply, a signed note.

    What is left out is unknown: the schema's defaults say so. The visit itself is charged by its class.
    """
    icd, loinc, local = "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org", f"urn:{hospital}:services"
    hypertension, note = coded(icd, "I10", "Essential hypertension"), coded(loinc, "11506-3", "Progress note")
    glucose, wrap = coded(loinc, "2345-7", "Glucose"), coded(local, "elastic-bandage-wrap", "Elastic bandage")
    done = {"performed_at": START, "quantity": 1000}  # thousandths
    home = {"lines": ["7 Invented Lane"], "city": "Springfield", "state": "MA", "postal_code": "01103", "country": "US"}
    return {
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{hospital}/{chart_id}/{version}")),
        "occurred_at": END, "producer": hospital, "software": "example hospital 1",
        "hospital": hospital, "chart_id": chart_id, "version": version, "account_number": f"ACC-{chart_id}",
        "patient": {"mrn": f"MRN-{chart_id}", "name": {"family": "Example", "given": "Paula"},
                    "birth_date": date(1961, 7, 4), "sex": "female", "address": home, "phone": "555-0100"},
        "encounter": {"id": f"ENC-{chart_id}", "encounter_class": "ambulatory", "start": START, "end": END,
                      "place_of_service": "22", "facility": hospital, "discharge": {"status": "01"},
                      "providers": [{"role": "attending", "local_id": "DR-IM-001"}]},
        "documents": [{"id": "note", "kind": note, "signed_by": "DR-IM-001", "signed_at": END}],
        "statements": [
            {"id": "dx", "kind": "diagnosis", "text": "Essential hypertension", "codings": [hypertension], "rank": 1},
            {"id": "dx2", "kind": "diagnosis", "text": "Hyperlipidemia, unspecified", "rank": 2},
            done | {"id": "lab", "kind": "laboratory", "codings": [glucose], "result_present": True, "order_id": "o-1"},
            done | {"id": "wrap", "kind": "supply", "codings": [wrap], "text": "Elastic bandage"},
        ],
        "orders": [{"id": "o-1", "coding": glucose, "status": "completed"}],
        "coverages": [{"id": "cover", "payer": payer, "kind": "insurer", "plan_kind": "CI", "member_id": "EXM0001",
                       "subscriber": {"relationship": "self"}, "valid_from": date(2026, 1, 1)}],
    }  # fmt: skip


def publish(args, event, parsed, newest):
    """The Confluent wire format: byte 0, the schema id in four bytes, then Avro."""
    value, sent, topic = BytesIO(), [], f"chart-completed.{args.hospital}"
    value.write(b"\0" + newest["chart-completed"].to_bytes(4, "big"))
    schemaless_writer(value, parsed[newest["chart-completed"]], event)
    producer = Producer({"bootstrap.servers": args.bootstrap, "enable.idempotence": True})
    producer.produce(topic, value.getvalue(), event["chart_id"], on_delivery=lambda error, at: sent.append((error, at)))
    producer.flush(30)
    if not sent or sent[0][0]:
        raise KafkaException(sent[0][0] if sent else "no broker took the chart within 30 s")
    print(f"sent chart {event['chart_id']} version {event['version']} to {topic} at offset {sent[0][1].offset()}")


def listen(args, event, parsed):
    """What comes back for this chart until --wait is over; false when nothing did."""
    reader = Consumer({"bootstrap.servers": args.bootstrap, "group.id": f"{args.hospital}-{uuid.uuid4()}",
                       "auto.offset.reset": "earliest", "isolation.level": "read_committed"})  # fmt: skip
    reader.subscribe([f"{family}.{args.hospital}" for family in ("refused", "chart-returned", "patient-bill")])
    until = time.monotonic() + args.wait
    while time.monotonic() < until:
        message = reader.poll(0.5)
        if message is None or message.error():
            continue
        value = message.value()
        back = schemaless_reader(BytesIO(value[5:]), parsed[int.from_bytes(value[1:5], "big")])
        if event["event_id"] in (back.get("refused_event_id"), back["correlation_id"]):
            told = ("code", "mend", "reason", "findings", "queries", "worklist", "owed_cents")
            said = {name: back[name] for name in told if back.get(name) not in (None, [])}
            print(f"{message.topic()}: {json.dumps(said, default=str)}")
            return True
    return False


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bootstrap", default="127.0.0.1:9092", help="a Kafka broker")
    parser.add_argument("--hospital", default="mercy-general")
    parser.add_argument("--chart", default="EX-1")
    parser.add_argument("--version", type=int, default=1, help="a higher one corrects the chart")
    parser.add_argument("--payer", default="commercial")
    parser.add_argument("--wait", type=float, default=0, help="seconds to wait for what comes back")
    args = parser.parse_args(argv)
    parsed, newest = schemas()
    event = chart(args.hospital, args.chart, args.version, args.payer)
    publish(args, event, parsed, newest)
    if args.wait and not listen(args, event, parsed):
        print("nothing came back: the chart is complete, and its claim waits for its payer")


if __name__ == "__main__":
    main()
