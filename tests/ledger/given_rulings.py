"""Builders of what a runner hands to the ledger."""

from hashlib import sha256
from typing import Any

from schemas.records import Decision, Output, Ruling

PLACE = ("topic-id", 0)


def output(value: bytes = b"said", key: bytes | None = b"key") -> Output:
    return Output("claims", key, value, (("content-type", b"application/avro"),))


def hashed(offset: int) -> bytes:
    return sha256(b"payload %d" % offset).digest()


def ruling(
    offset: int,
    *outputs: Output,
    event_id: str | None = "",
    producer: str | None = "mercy",
    place: tuple[str, int] = PLACE,
) -> Ruling:
    """One decision; its event id is its offset's unless another, or none, is given."""
    named = f"event-{offset}" if event_id == "" else event_id
    decision = Decision(outputs, "done", "mercy/A1", "chart-1 v1")
    at_ms = 1_700_000_000_000 + offset
    return Ruling(*place, offset, hashed(offset), producer, named, at_ms, decision)


def denial(state: str, control_number: str = "") -> dict[str, Any]:
    """A denial of 1 September 2026 as it stands."""
    named = {"control_number": control_number or state, "line": 0, "carc": "197", "hospital": "h", "account": "a"}
    why = {"chart_id": "c", "payer": "p", "cause": "authorization", "rule": "C6", "predicted": 0, "group_code": "CO"}
    when = {"denied_on": "2026-09-01", "appeal_by": None, "at": 0}
    return {**named, **why, **when, "remarks": "", "cents": 1, "state": state}
