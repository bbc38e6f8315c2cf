"""Chart files as resources: bulk NDJSON and Bundles, and where each resource's references lead."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from claims.fhir.elements import Resource, reference, some, words

_CODES = frozenset({"status", "docStatus", "mode"})  # wherever they stand in what is read here
_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_DIGITS = 30
_LONGEST_NAME = 40


class BadChartFile(ValueError):
    """A chart file that can't be read. It stops the whole export: a chart with a part missing must not look complete.

    The message names the place and the mend, never what the file says.
    """

    def __init__(self, file: str, line: int, column: int, field: str, mend: str) -> None:
        super().__init__(f"{file}:{line}:{column} {field}: {mend}")
        self.file, self.line, self.column, self.field, self.mend = file, line, column, field, mend


class Entry(NamedTuple):
    """A resource and the URL under which a Bundle knows it."""

    url: str | None
    resource: Resource


class Resources:
    """Resources that may refer to each other, found by reference, by encounter and by patient.

    A Bundle is a world of its own (two of them may hold two versions of one chart), with the bulk export behind it.
    """

    def __init__(self, entries: Iterable[Entry], shared: "Resources | None" = None) -> None:
        self._shared = shared
        self._by_key: dict[str, Resource] = {}
        self._urls: dict[str, str] = {}
        for url, resource in entries:
            key = f"{resource['resourceType']}/{resource['id']}"
            self._by_key[key] = resource
            if url:
                self._urls[url] = key
        self._linked: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in self._by_key.values():
            for link in {self.key(link) for link in _links(resource)}:
                self._linked[resource["resourceType"], link].append(resource)

    def key(self, link: str) -> str:
        """A reference as Type/id: relative, absolute, versioned, or a Bundle's own URL."""
        if link in self._urls:
            return self._urls[link]
        return "/".join(link.split("/_history/", maxsplit=1)[0].split("/")[-2:])

    def find(self, link: str | None) -> Resource | None:
        """Where a reference leads, or null if nowhere."""
        if link is None:
            return None
        found = self._by_key.get(self.key(link))
        return self._shared.find(link) if found is None and self._shared else found

    def of(self, kind: str, owner: Resource) -> list[Resource]:
        """The resources of a type that belong to an encounter or a patient, in the order they were sent."""
        return self._linked.get((kind, f"{owner['resourceType']}/{owner['id']}"), [])

    def every(self, kind: str) -> Iterator[Resource]:
        return (resource for resource in self._by_key.values() if resource["resourceType"] == kind)


def _links(resource: Resource) -> Iterator[str]:
    """What a resource hangs on: its encounter and its patient, by the names R4 gives them."""
    places = [resource, *some(resource, "context")]
    for name in ("encounter", "context", "subject", "patient", "beneficiary"):
        for place in places:
            yield from (link for entry in some(place, name) if (link := words(entry, "reference")))


def read_worlds(files: Iterable[tuple[str, str]]) -> Iterator[Resources]:
    """The bulk export as one world, then each Bundle in the order given."""
    lines: list[Entry] = []
    bundles: list[list[Entry]] = []
    for file, text in files:
        if file.endswith((".ndjson", ".jsonl")):
            lines.extend(_bulk(file, text))
        else:
            bundles.append(list(_bundle(file, text)))
    shared = Resources(lines)
    yield shared
    for entries in bundles:
        yield Resources(entries, shared)


def _bulk(file: str, text: str) -> Iterator[Entry]:
    # Not splitlines(): U+2028 inside a JSON string is no end of a line.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield Entry(None, _resource(_json(file, line, number), file, number, ""))


def _bundle(file: str, text: str) -> Iterator[Entry]:
    bundle = _json(file, text, 1)
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise BadChartFile(file, 1, 1, "resourceType", "a .json file is a Bundle; name bulk data .ndjson")
    entries = [
        Entry(words(entry, "fullUrl"), _resource(entry.get("resource"), file, 1, f"entry[{index}].resource."))
        for index, entry in enumerate(some(bundle, "entry"))
    ]
    if not any(entry.resource["resourceType"] == "Patient" for entry in entries):
        raise BadChartFile(file, 1, 1, "entry", "the Bundle has no Patient; add the one its encounters are about")
    yield from entries


def _json(file: str, text: str, line: int) -> Any:
    try:
        value = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        place = (line + error.lineno - 1, error.colno)
        raise BadChartFile(file, *place, "json", f"not JSON ({error.msg}); send the file again") from None
    except (RecursionError, ValueError):
        raise BadChartFile(
            file, line, 1, "json", "not JSON that can be read (too deep, or a number too long)"
        ) from None
    for path, mend in _flaws(value):
        raise BadChartFile(file, line, 1, path, mend)
    return value


def _flaws(document: Any) -> Iterator[tuple[str, str]]:
    """Values that JSON lets through and FHIR does not. It is a loop, because depth would end in Python's own limit."""
    left: list[tuple[str, str, Any]] = [("", "", document)]
    while left:
        path, name, value = left.pop()
        if isinstance(value, dict):
            left += [(f"{path}.{_shown(key)}".lstrip("."), key, each) for key, each in value.items()]
        elif isinstance(value, list):
            left += [(f"{path}[{index}]", "", each) for index, each in enumerate(value)]
        if name in _CODES and not isinstance(value, str | None):
            yield path, "a code is wanted here, in quotes"
        elif isinstance(value, str) and _SURROGATE.search(value):
            yield path, "half a character (a lone surrogate); write the text again, as UTF-8"
        elif isinstance(value, float) or (isinstance(value, Decimal) and abs(value.adjusted()) > _MOST_DIGITS):
            yield path, f"a number of at most {_MOST_DIGITS} digits is wanted here"


def _shown(key: str) -> str:
    """FHIR's own names may be said; what else stands where a name should is the file's."""
    return key if key.isascii() and key.isalnum() and len(key) < _LONGEST_NAME else "?"


def _resource(value: Any, file: str, line: int, path: str) -> Resource:
    """A resource has a type and an id; without them nothing can refer to it."""
    for name in ("resourceType", "id"):
        if not isinstance(value, dict) or not words(value, name):
            raise BadChartFile(file, line, 1, f"{path}{name}", "every FHIR resource of an export has a type and an id")
    return dict(value)


def based_on(resource: Resource) -> list[str]:
    """The orders a result or a performed service answers."""
    return [link for entry in some(resource, "basedOn") if (link := words(entry, "reference"))] or [
        link for link in [reference(resource, "request")] if link
    ]
