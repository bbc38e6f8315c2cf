"""What tests of coding are made of: an hour, a diagnosis, a service."""

from datetime import UTC, datetime
from typing import Any

from schemas.events.chart import Coding, Statement

ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def at(day: int, hour: int = 15) -> datetime:
    """An hour of March 2026, UTC."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def said(code: str, **fields: Any) -> Statement:
    """A diagnosis given in ICD-10-CM."""
    return Statement(**{"id": f"d-{code}", "kind": "diagnosis", "codings": (Coding(system=ICD, code=code),), **fields})


def phrase(text: str, **fields: Any) -> Statement:
    """A diagnosis in words."""
    return Statement(**{"id": "d-phrase", "kind": "diagnosis", "text": text, **fields})


def done(code: str = "2345-7", system: str = "http://loinc.org", **fields: Any) -> Statement:
    """A service performed on the day of the chart."""
    common = {
        "id": f"s-{code}",
        "kind": "laboratory",
        "performed_at": at(10),
        "codings": (Coding(system=system, code=code),),
    }
    return Statement(**{**common, **fields})
