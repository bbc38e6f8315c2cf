"""Which schema an id names. Without a schema registry the committed index of `schemas/avro` says so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any, NamedTuple

Schema = dict[str, Any]
INDEX = "index.json"


class SchemaVersion(NamedTuple):
    subject: str
    version: int


@dataclass(frozen=True)
class Ids:
    """(subject, version) <-> id: the committed ones, or those a registry gave to the same schemas."""

    of: Mapping[SchemaVersion, int]

    @cached_property
    def versions(self) -> Mapping[int, SchemaVersion]:
        return {number: version for version, number in self.of.items()}


def committed() -> Ids:
    """The ids of the committed index: stable, and never given to another schema."""
    index: dict[str, dict[str, int]] = json.loads((files("schemas") / "avro" / INDEX).read_text("utf-8"))
    return Ids({SchemaVersion(s, int(v)): number for s, versions in index.items() for v, number in versions.items()})


def schema(version: SchemaVersion) -> Schema:
    """The committed contract of one version of a subject."""
    source = files("schemas") / "avro" / version.subject / f"{version.version}.avsc"
    parsed: Schema = json.loads(source.read_text("utf-8"))
    return parsed


def newest(ids: Ids, subject: str) -> SchemaVersion | None:
    """What is written today; older versions are only read."""
    return max((version for version in ids.of if version.subject == subject), default=None)
