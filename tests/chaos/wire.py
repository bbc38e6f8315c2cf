"""The wire as an outsider knows it: the Confluent prefix and the committed .avsc files, by fastavro alone."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from fastavro import parse_schema, schemaless_reader, schemaless_writer

ROOT = Path(__file__).resolve().parent.parent.parent
AVRO = ROOT / "schemas" / "avro"

Event = dict[str, Any]


class Wire:
    """Reads and writes events by the newest schema of their subject."""

    def __init__(self) -> None:
        index = json.loads((AVRO / "index.json").read_text())
        self._ids = {subject: versions[max(versions, key=int)] for subject, versions in index.items()}
        self._subjects = {number: subject for subject, versions in index.items() for number in versions.values()}
        self._schemas = {
            number: parse_schema(json.loads((AVRO / subject / f"{version}.avsc").read_text()))
            for subject, versions in index.items()
            for version, number in versions.items()
        }

    def write(self, subject: str, event: Event) -> bytes:
        out = BytesIO()
        out.write(b"\0" + self._ids[subject].to_bytes(4, "big"))
        schemaless_writer(out, self._schemas[self._ids[subject]], event)
        return out.getvalue()

    def read(self, value: bytes) -> tuple[str, Event]:
        """The subject and the fields; KeyError or worse for what is no event."""
        number = int.from_bytes(value[1:5], "big")
        found: Any = schemaless_reader(BytesIO(value[5:]), self._schemas[number], None)
        return self._subjects[number], found
