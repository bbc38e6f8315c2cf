"""Given: claims and their answers as Bundles, read back by a library that knows FHIR (fhir.resources).

Its R4B models serve for R4: of every resource written here both releases have the same elements, cardinalities and
required codes. They differ in the types an extension's value may have (CodeableReference, RatioRange, Meta), which
nothing here uses. A bare R4 model would need pydantic 1.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from pydantic import BaseModel

from claims.fhir.bundles import line
from schemas.events.claim import ClaimBuilt
from schemas.events.payer import ClaimAdjudicated
from tests.claims.given_accounts import committed_partners

Json = dict[str, Any]


def written(claim: ClaimBuilt, *answers: ClaimAdjudicated) -> Json:
    """The Bundle as its NDJSON line says it, once it is known to be valid; amounts are decimals."""
    said = line(claim, answers, committed_partners().payers)
    assert said.count(b"\n") == 1
    bundle = Bundle.model_validate_json(said)
    found = read(said)
    assert _moments(read(bundle.model_dump_json())) == _moments(found)  # nothing was dropped or read otherwise
    assert list(outside_required_codes(bundle)) == []
    assert dangling(found) == set()
    return found


def read(text: str | bytes) -> Json:
    found: Json = json.loads(text, parse_float=Decimal)
    return found


def resources(bundle: Json, kind: str) -> list[Json]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def only(bundle: Json, kind: str) -> Json:
    (found,) = resources(bundle, kind)
    return found


def referred(bundle: Json, link: Json) -> Json:
    (found,) = [entry["resource"] for entry in bundle["entry"] if entry["fullUrl"] == link["reference"]]
    assert isinstance(found, dict)
    return found


def code(concept: Json) -> str:
    (coding,) = concept["coding"]
    return str(coding["code"])


def cents(money: Json) -> int:
    assert money["currency"] == "USD"
    amount = money["value"] * 100
    assert amount == int(amount)
    return int(amount)


def by_category(entries: Sequence[Json]) -> dict[str, int]:
    """The amounts of adjudications, or of totals, by category."""
    sums: dict[str, int] = {}
    for entry in entries:
        if "amount" in entry:
            sums[code(entry["category"])] = sums.get(code(entry["category"]), 0) + cents(entry["amount"])
    return sums


def outside_required_codes(element: BaseModel) -> Iterator[str]:
    """Codes that their required binding does not have; the library knows them and does not look."""
    for name, field in type(element).model_fields.items():
        extra = field.json_schema_extra
        allowed = extra.get("enum_values") if isinstance(extra, Mapping) else None
        value = getattr(element, name)
        if isinstance(allowed, list) and allowed and value is not None and value not in allowed:
            yield f"{type(element).__name__}.{name}"
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel):
                yield from outside_required_codes(each)


def dangling(bundle: Json) -> set[str]:
    """References that lead out of the Bundle."""
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    return set(_references(bundle)) - set(urls)


def _moments(value: Any, name: str = "") -> Any:
    """With moments as such: the library writes their fractions with more digits."""
    if isinstance(value, dict):
        return {key: _moments(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_moments(part, name) for part in value]
    return datetime.fromisoformat(value) if name in ("created", "timestamp") else value


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)
