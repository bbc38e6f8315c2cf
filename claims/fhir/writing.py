"""FHIR elements as they are written. What is unknown is left out: FHIR has no null and no empty list."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from claims.fhir.systems import C4BB_IDENTIFIER_TYPE, DATA_ABSENT, IDENTIFIER_TYPE, of_payer
from schemas.events.people import Address, Name
from schemas.identity import derived

Element = dict[str, Any]
MEMBER, RECORD, TAX = "MB", "MR", "TAX"  # HL7 v2-0203


def present(parts: Mapping[str, Any]) -> Element:
    """Those parts that say something: blanks alone say nothing (FHIR R4, string)."""
    return {name: part for name, part in parts.items() if not _says_nothing(part)}


def _says_nothing(part: object) -> bool:
    return part is None or part in ([], {}) or (isinstance(part, str) and not part.strip())


def resource(kind: str, names: Iterable[object], parts: Mapping[str, Any]) -> Element:
    """A resource whose id is derived from what it is about, so that the same is the same in every export."""
    return {"resourceType": kind, "id": derived("fhir", kind, *names), **present(parts)}


def link(target: Element) -> Element:
    """A reference to a resource of the same Bundle."""
    return {"reference": f"urn:uuid:{target['id']}", "type": target["resourceType"]}


def coding(system: str, code: str, version: str | None = None) -> Element:
    """A FHIR code has no blanks around it, and single ones within."""
    return present({"system": system, "version": version, "code": " ".join(code.split())})


def concept(system: str, code: str | None, text: str | None = None, version: str | None = None) -> Element | None:
    if code is None or not code.strip():
        return None
    return present({"coding": [coding(system, code, version)], "text": text})


def coded(system: str, code: str | None, absent: str = "unknown") -> Element:
    """A concept where R4 requires one: the code, or that there is none."""
    return concept(system, code) or {"coding": [coding(DATA_ABSENT, absent)]}


def identifier(system: str, value: str | None, kind: str | None = None, kinds: str = IDENTIFIER_TYPE) -> Element | None:
    if value is None or not value.strip():
        return None
    return present({"type": concept(kinds, kind), "system": system, "value": value})


def payers_number(payer: str, number: str | None) -> Element | None:
    """A payer's own number of a claim (837 REF F8, 835 CLP07)."""
    return identifier(of_payer(payer), number, "uc", C4BB_IDENTIFIER_TYPE)


def listed(*elements: Element | None) -> list[Element]:
    """Those that there are."""
    return [element for element in elements if element is not None]


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
    given, suffix = words_of(name.given, name.middle), words_of(name.suffix)
    said = present({"family": name.family, "given": given, "suffix": suffix})
    return [said] if said else []


def words_of(*parts: str | None) -> list[str]:
    """Those that say something."""
    return [part for part in parts if part and part.strip()]


def postal(address: Address | None, use: str | None = None) -> list[Element]:
    if address is None:
        return []
    parts = {
        "line": words_of(*address.lines),
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
