"""FHIR elements as plain values. What is absent, of another type or only half said is null, never a crash."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from schemas.events.chart import Coding

Resource = Mapping[str, Any]
T = TypeVar("T")

ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
NDC = "http://hl7.org/fhir/sid/ndc"
US_NPI = "http://hl7.org/fhir/sid/us-npi"
TAG_SYSTEM = "urn:claimstream:tag"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPACE = re.compile(r"\s+")


def some(element: Resource, name: str) -> list[Resource]:
    """The elements under a name: FHIR lists and single elements alike."""
    value = element.get(name)
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, dict)]


def first(element: Resource, name: str) -> Resource:
    """The first element under a name, or an empty one."""
    return next(iter(some(element, name)), {})


def words(element: Resource, name: str) -> str | None:
    """Text on one line; empty text is no text."""
    value = element.get(name)
    return _SPACE.sub(" ", value).strip() or None if isinstance(value, str) else None


def listed_words(element: Resource, name: str) -> list[str]:
    """A list of texts, such as given names or address lines."""
    value = element.get(name)
    return [text.strip() for text in value if isinstance(text, str) and text.strip()] if isinstance(value, list) else []


def reference(element: Resource, name: str) -> str | None:
    return words(first(element, name), "reference")


def codings(concept: Resource) -> tuple[Coding, ...]:
    """Every complete coding of a CodeableConcept, as given."""
    return tuple(
        Coding(system=system, code=code, display=words(entry, "display"))
        for entry in some(concept, "coding")
        if (system := words(entry, "system")) and (code := words(entry, "code"))
    )


def code_values(concept: Resource) -> set[str]:
    """The bare codes of a CodeableConcept, whatever their system."""
    return {code for entry in some(concept, "coding") if (code := words(entry, "code"))}


def meaning(concept: Resource, meanings: Mapping[str, T]) -> T | None:
    """What the first coding means, in the order given, that `meanings` knows; null where it knows none of them."""
    given = (words(entry, "code") or "" for entry in some(concept, "coding"))
    return next((meanings[code] for code in given if code in meanings), None)


def label(concept: Resource) -> str | None:
    """What a CodeableConcept says in words: its text, or the first display."""
    displays = (words(entry, "display") for entry in some(concept, "coding"))
    return words(concept, "text") or next((display for display in displays if display), None)


def instant(value: object, zone: ZoneInfo) -> datetime | None:
    """A FHIR dateTime in UTC to the millisecond. A bare day is its beginning where the hospital stands."""
    return _moment(value, zone, time.min)


def ending(value: object, zone: ZoneInfo) -> datetime | None:
    """The same of a Period's end, which includes its day: a bare day is that day's last millisecond (FHIR R4)."""
    return _moment(value, zone, time.max)


def is_bare_day(value: object) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _moment(value: object, zone: ZoneInfo, of_a_bare_day: time) -> datetime | None:
    if not isinstance(value, str) or not _DAY.match(value):
        return None
    try:
        moment = datetime.fromisoformat(value)
        if is_bare_day(value):
            moment = datetime.combine(moment, of_a_bare_day)
        utc = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def day(value: object, zone: ZoneInfo) -> date | None:
    """The calendar day of a FHIR date or dateTime where the hospital stands; a bare year or month is no day."""
    if is_bare_day(value):
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return None
    moment = instant(value, zone)
    return moment.astimezone(zone).date() if moment else None


def period(element: Resource, stem: str, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """`performed`, `effective` or `occurrence`, each as a moment or as a period."""
    moment = instant(element.get(f"{stem}DateTime"), zone)
    span = first(element, f"{stem}Period")
    return moment or instant(span.get("start"), zone), ending(span.get("end"), zone)


def milli(value: object) -> int | None:
    """A FHIR decimal in thousandths; numbers are read as Decimal, so that 0.1 stays 0.1."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    scaled = Decimal(value) * 1000
    return int(scaled.to_integral_value()) if scaled.is_finite() and scaled >= 0 else None


def extensions(element: Resource, url: str) -> list[Resource]:
    return [extension for extension in some(element, "extension") if extension.get("url") == url]


def parts(extension: Resource) -> dict[str, Resource]:
    """A complex extension's parts by name."""
    return {name: part for part in some(extension, "extension") if (name := words(part, "url"))}
