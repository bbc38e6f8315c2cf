"""FHIR elements as they are written. What is unknown is left out: FHIR has no null and no empty list."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from claims.fhir.systems import IDENTIFIER_TYPE
from schemas.events.people import Address, Name
from schemas.identity import derived

Element = dict[str, Any]
MEMBER, RECORD, TAX = "MB", "MR", "TAX"  # HL7 v2-0203


def present(parts: Mapping[str, Any]) -> Element:
    """Those parts that say something."""
    return {name: part for name, part in parts.items() if part is not None and part not in ("", [], {})}


def resource(kind: str, names: Iterable[object], parts: Mapping[str, Any]) -> Element:
    """A resource whose id is derived from what it is about, so that the same is the same in every export."""
    return {"resourceType": kind, "id": derived("fhir", kind, *names), **present(parts)}


def link(target: Element) -> Element:
    """A reference to a resource of the same Bundle."""
    return {"reference": f"urn:uuid:{target['id']}", "type": target["resourceType"]}


def coding(system: str, code: str, version: str | None = None) -> Element:
    return present({"system": system, "version": version, "code": code})


def concept(system: str, code: str | None, text: str | None = None, version: str | None = None) -> Element | None:
    if code is None:
        return None
    return present({"coding": [coding(system, code, version)], "text": text})


def identifier(system: str, value: str | None, kind: str | None = None, kinds: str = IDENTIFIER_TYPE) -> list[Element]:
    """An identifier, or none."""
    if value is None:
        return []
    return [present({"type": concept(kinds, kind), "system": system, "value": value})]


def money(cents: int) -> Element:
    """Exact: a decimal of two places, never a float."""
    return {"value": Decimal(cents).scaleb(-2), "currency": "USD"}


def quantity(milli: int, unit: str | None = None) -> Element:
    return present({"value": Decimal(milli) / 1000, "unit": unit})


def day(when: date | None) -> str | None:
    return when.isoformat() if when else None


def moment(when: datetime) -> str:
    """An instant in UTC, with milliseconds only where it has some."""
    precision = "milliseconds" if when.microsecond else "seconds"
    return when.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def period(start: date | None, end: date | None) -> Element:
    return present({"start": day(start), "end": day(end)})


def human_name(name: Name | None) -> list[Element]:
    if name is None:
        return []
    given = [part for part in (name.given, name.middle) if part]
    return [present({"family": name.family, "given": given, "suffix": [name.suffix] if name.suffix else []})]


def postal(address: Address | None, use: str | None = None) -> list[Element]:
    if address is None:
        return []
    parts = {
        "line": list(address.lines),
        "city": address.city,
        "state": address.state,
        "postalCode": address.postal_code,
        "country": address.country,
    }
    return [present({"use": use, **parts})] if present(parts) else []


def as_json(written: Element) -> bytes:
    """One line. A decimal keeps its places (FHIR R4, 2.24.0.1: 0.010 is not 0.01)."""
    return orjson.dumps(written, default=_exact)


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(type(value).__name__)
