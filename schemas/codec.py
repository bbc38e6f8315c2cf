"""The strict codec: Avro by fastavro in the Confluent wire format, then the model's own validation.

It trusts nobody, and is the reference the compiled codec is held equal to.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any, Literal

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from pydantic import ValidationError

from schemas.events import SUBJECTS
from schemas.events.types import Wire
from schemas.registry import Ids, Schema, SchemaVersion, newest, schema

MAGIC = 0
PREFIX = 5  # the magic byte and a schema id of four bytes, big-endian

Reason = Literal[
    "null-value", "wrong-magic", "unknown-schema", "unexpected-subject", "truncated", "trailing-bytes", "malformed",
    "invalid-field",
]  # fmt: skip
_MENDS: dict[Reason, str] = {
    "null-value": "send a value: these topics have no tombstones",
    "wrong-magic": "begin the value with the Confluent prefix: byte 0, then the schema id in four bytes",
    "unknown-schema": "write with a schema version of this subject that is registered",
    "unexpected-subject": "send this event on the topic of its own subject",
    "truncated": "send the whole value: it ends before its schema does",
    "trailing-bytes": "send one event only: bytes follow its end",
    "malformed": "encode with the schema the prefix names: these bytes don't fit it",
}


class Undecodable(ValueError):
    """A value that is no event of ours: where and why, never what it held."""

    def __init__(self, code: Reason, field: str | None, mend: str) -> None:
        super().__init__(f"{code}{f' at {field}' if field else ''}: {mend}")
        self.code, self.field, self.mend = code, field, mend


class Unencodable(ValueError):
    """An event of ours that breaks its own contract, which is a fault of ours; names the subject and nothing else."""


def undecodable(code: Reason) -> Undecodable:
    return Undecodable(code, None, _MENDS[code])


def schema_id(value: bytes | None) -> int:
    """The schema id a value's prefix names."""
    if value is None:
        raise undecodable("null-value")
    if value[:1] != b"\x00":
        raise undecodable("wrong-magic")
    if len(value) < PREFIX:
        raise undecodable("truncated")
    return int.from_bytes(value[1:PREFIX], "big")


def prefix(number: int) -> bytes:
    return bytes((MAGIC,)) + number.to_bytes(4, "big")


class Codec:
    """Decodes every version that has an id, encodes the newest. Built once; needs no registry after that."""

    def __init__(self, ids: Ids, contract: Callable[[SchemaVersion], Schema] = schema) -> None:
        self._subjects = {number: version.subject for number, version in ids.versions.items()}
        self._writers = {number: parse_schema(contract(version)) for number, version in ids.versions.items()}
        self._newest = {
            SUBJECTS[subject]: ids.of[version] for subject in SUBJECTS if (version := newest(ids, subject)) is not None
        }

    def subject_of(self, number: int) -> str:
        if number not in self._subjects:
            raise undecodable("unknown-schema")
        return self._subjects[number]

    def model_of(self, number: int) -> type[Wire]:
        return SUBJECTS[self.subject_of(number)]

    def id_of(self, model: type[Wire]) -> int:
        """The id new events of this type are written with."""
        return self._newest[model]

    def decode_strict(self, value: bytes | None, allowed: frozenset[type[Wire]] | None = None) -> Wire:
        """The event in a value nobody vouches for, or Undecodable."""
        number = schema_id(value)
        model = self.model_of(number)
        if allowed is not None and model not in allowed:
            raise undecodable("unexpected-subject")
        assert value is not None
        fields = self._fields(number, value)
        if isinstance(fields, Undecodable):
            raise fields
        event = _validated(model, fields)
        if isinstance(event, Undecodable):
            raise event
        return event

    # The two below return their failure: raised inside an `except`, it would carry the original error, which may quote
    # the input, along as its context.
    def _fields(self, number: int, value: bytes) -> dict[str, Any] | Undecodable:
        source = BytesIO(value)
        source.seek(PREFIX)
        written, current = self._writers[number], self._newest[self.model_of(number)]
        try:
            fields = schemaless_reader(source, written, None if number == current else self._writers[current])
        except EOFError:
            return undecodable("truncated")
        except Exception:  # noqa: BLE001  whatever a stranger's bytes do to the Avro library is their fault
            return undecodable("malformed")
        return fields if source.tell() == len(value) else undecodable("trailing-bytes")  # type: ignore[return-value]

    def encode(self, event: Wire) -> bytes:
        """The value of an event: the prefix by its type, then Avro by its subject's newest schema."""
        number = self.id_of(type(event))
        value = self._encoded(number, event)
        if value is None:
            raise Unencodable(self.subject_of(number))
        return value

    def _encoded(self, number: int, event: Wire) -> bytes | None:
        out = BytesIO()
        out.write(prefix(number))
        try:
            # Both pydantic's warnings and fastavro's errors would quote a value of the wrong type.
            schemaless_writer(out, self._writers[number], event.model_dump(warnings=False))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return None
        return out.getvalue()


def _validated(model: type[Wire], fields: dict[str, Any]) -> Wire | Undecodable:
    try:
        return model.model_validate(fields)
    except ValidationError as failed:
        first = failed.errors(include_url=False, include_context=False, include_input=False)[0]
    # Union branches name themselves in the path with words that are no field's name.
    path = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part.isidentifier())
    return Undecodable("invalid-field", path or None, f"mend this field ({first['type']})")
