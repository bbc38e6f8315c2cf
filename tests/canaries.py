"""PHI canaries: unique strings in the place of every name, number and address line of a chart, and a scan for them.

What is planted must be found nowhere outside the topics and the ledger: not in logs, metrics, headers, keys, errors or
statistics. The scan also knows them in another case, base64, hex, URL-encoded and JSON-escaped.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from schemas.events.chart import Cause, ChartCompleted, Coverage
from schemas.events.people import Address, Guarantor, Name, Patient, Subscriber

Tell = Callable[[str, str], str]
"""Given a field's kind and its text, the text to put there."""


class Hit(NamedTuple):
    """A canary that was found: in which haystack, which one, and in which form."""

    where: str
    canary: str
    form: str


def canaries(chart: ChartCompleted) -> frozenset[str]:
    """Every name part, number, phone and address line of a chart: patient, guarantor, subscribers, employer."""
    found: set[str] = set()

    def note(_: str, text: str) -> str:
        found.add(text)
        return text

    _rewritten(chart, note)
    return frozenset(found)


def plant(chart: ChartCompleted, n: int) -> ChartCompleted:
    """The chart of the n-th patient with unique strings; all charts of one patient get the same ones."""
    return _rewritten(chart, lambda kind, _: f"Canary{kind}{n:06d}x")


def scan(haystacks: Iterable[tuple[str, bytes]], wanted: Iterable[str]) -> list[Hit]:
    """Every canary in every haystack, once for each form."""
    patterns = [(form, _pattern(needles), needles) for form, needles in _forms(sorted(set(wanted))).items()]
    return [
        Hit(where, canary, form)
        for where, lowered in ((where, haystack.lower()) for where, haystack in haystacks)
        for form, pattern, needles in patterns
        for canary in sorted({needles[found.group()] for found in pattern.finditer(lowered)})
    ]


def _rewritten(chart: ChartCompleted, tell: Tell) -> ChartCompleted:
    told = {
        "patient": _patient(chart.patient, tell),
        "coverages": tuple(_coverage(coverage, f"Cover{i}", tell) for i, coverage in enumerate(chart.coverages)),
        "causes": tuple(_cause(cause, f"Cause{i}", tell) for i, cause in enumerate(chart.causes)),
    }
    return chart.model_copy(update=told)


def _text(text: str | None, kind: str, tell: Tell) -> str | None:
    return None if text is None else tell(kind, text)


def _name(name: Name | None, who: str, tell: Tell) -> Name | None:
    if name is None:
        return None
    parts = {part: _text(getattr(name, part), f"{who}{part.title()}", tell) for part in ("family", "given", "middle")}
    return name.model_copy(update=parts)


def _address(address: Address | None, who: str, tell: Tell) -> Address | None:
    if address is None:
        return None
    lines = tuple(tell(f"{who}Line{i}", line) for i, line in enumerate(address.lines))
    return address.model_copy(update={"lines": lines})


def _patient(patient: Patient, tell: Tell) -> Patient:
    return patient.model_copy(update={
        "mrn": tell("Mrn", patient.mrn),
        "mother_mrn": _text(patient.mother_mrn, "MotherMrn", tell),
        "phone": _text(patient.phone, "Phone", tell),
        "name": _name(patient.name, "", tell),
        "address": _address(patient.address, "", tell),
        "confidential_address": _address(patient.confidential_address, "Confidential", tell),
        "guarantor": _guarantor(patient.guarantor, tell),
    })  # fmt: skip


def _guarantor(guarantor: Guarantor | None, tell: Tell) -> Guarantor | None:
    if guarantor is None:
        return None
    told = {
        "name": _name(guarantor.name, "Guarantor", tell),
        "address": _address(guarantor.address, "Guarantor", tell),
    }
    return guarantor.model_copy(update=told)


def _coverage(coverage: Coverage, which: str, tell: Tell) -> Coverage:
    subscriber = _subscriber(coverage.subscriber, which, tell)
    return coverage.model_copy(
        update={"member_id": _text(coverage.member_id, f"{which}Member", tell), "subscriber": subscriber}
    )


def _subscriber(subscriber: Subscriber, which: str, tell: Tell) -> Subscriber:
    told = {"name": _name(subscriber.name, which, tell), "address": _address(subscriber.address, which, tell)}
    return subscriber.model_copy(update=told)


def _cause(cause: Cause, which: str, tell: Tell) -> Cause:
    told = {
        "claim_number": _text(cause.claim_number, f"{which}Claim", tell),
        "employer": _text(cause.employer, f"{which}Employer", tell),
    }
    return cause.model_copy(update=told)


def _forms(wanted: list[str]) -> dict[str, dict[bytes, str]]:
    """Per form, its needles in lower case with the canary each stands for.

    One expression per form and alignment: planted canaries share a prefix, which makes a search for thousands fast.
    """
    forms: dict[str, dict[bytes, str]] = {}
    for canary in wanted:
        for form, needle in _needles(canary):
            forms.setdefault(form, {})[needle.lower()] = canary
    return forms


def _needles(canary: str) -> Iterator[tuple[str, bytes]]:
    """What a canary may look like. Needles are searched without regard to case, base64's too: a rare false alarm is
    better than a miss."""
    for said in dict.fromkeys((canary, canary.upper(), canary.lower())):
        raw = said.encode()
        yield "plain", raw
        yield "hex", raw.hex().encode()
        yield "utf-16", said.encode("utf-16-le")
        escaped = ("json", json.dumps(said)[1:-1]), ("url", quote(said, safe="")), ("url", quote_plus(said))
        yield from ((form, text.encode()) for form, text in escaped if text != said)
        for shift in range(3):
            yield f"base64+{shift}", _base64(raw, shift)


def _base64(raw: bytes, shift: int) -> bytes:
    """The part of a base64 text that these bytes alone decide, when `shift` bytes stand before them in their group."""
    text = base64.b64encode(bytes(shift) + raw)
    return text[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]


def _pattern(needles: dict[bytes, str]) -> re.Pattern[bytes]:
    longest_first = sorted(needles, key=lambda needle: (-len(needle), needle))
    return re.compile(b"|".join(re.escape(needle) for needle in longest_first))  # IGNORECASE is many times slower
