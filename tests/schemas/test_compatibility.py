"""Every version of a subject reads every other one; a change that breaks that is found, and named."""

from itertools import groupby
from typing import Any

import pytest

from schemas.compatibility import breaks, unreadable
from schemas.events import SUBJECTS
from schemas.registry import Schema, committed, schema


@pytest.mark.parametrize("subject", SUBJECTS)
def test_all_committed_versions_of_a_subject_read_each_other(subject: str) -> None:
    assert breaks([schema(version) for version in sorted(committed().of) if version.subject == subject]) == []


def test_every_subject_has_its_versions_without_a_gap() -> None:
    counted = {
        subject: [version.version for version in versions]
        for subject, versions in groupby(sorted(committed().of), lambda version: version.subject)
    }
    assert counted == {subject: list(range(1, len(counted[subject]) + 1)) for subject in SUBJECTS}


def record(name: str, **types: Any) -> Schema:
    """A record of required fields; a pair is a type with its default."""
    pairs = {field: kind if isinstance(kind, tuple) else (kind,) for field, kind in types.items()}
    fields = [dict(zip(("name", "type", "default"), (field, *pair), strict=False)) for field, pair in pairs.items()]
    return {"type": "record", "name": name, "fields": fields}


def array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


DAY = {"type": "int", "logicalType": "date"}
INSTANT = {"type": "long", "logicalType": "timestamp-millis"}
LINE = record("Line", code="string")
WIDER = record("Line", code="string", unit="string")
ENUM = {"type": "enum", "name": "Sex", "symbols": ["F", "M"]}

INCOMPATIBLE = {
    "a field is added without a default": (
        record("E", a="string"), record("E", a="string", b="string"), "b: not written and without default",
    ),
    "an optional field is added without a default": (
        record("E", a="string"), record("E", a="string", b=["null", "string"]), "b: not written and without default",
    ),
    "a field without a default is removed": (
        record("E", a="string", b="string"), record("E", a="string"), "b: not written and without default",
    ),
    "a field is renamed": (record("E", a="string"), record("E", b="string"), "b: not written and without default"),
    "a type changes": (record("E", a="string"), record("E", a="long"), "a: string is read as long"),
    "a number is widened and can't be read back": (
        record("E", a="int"), record("E", a="long"), "a: long is read as int",
    ),
    "a number becomes a fraction": (record("E", a="long"), record("E", a="double"), "a: double is read as long"),
    "a day becomes a plain number": (record("E", a=DAY), record("E", a="int"), "a: logical type date is read as None"),
    "an instant becomes a day": (
        record("E", a=INSTANT), record("E", a=DAY), "a: long is read as int",
    ),
    "null becomes possible": (
        record("E", a="string"), record("E", a=["null", "string"]), "a: null is read as string",
    ),
    "null becomes impossible": (
        record("E", a=["null", "string"]), record("E", a="string"), "a: null is read as string",
    ),
    "a branch is added to a union": (
        record("E", a=["null", "string"]), record("E", a=["null", "string", "long"]),
        "a: no branch reads a written long",
    ),
    "one value becomes many": (record("E", a="string"), record("E", a=array("string")), "a: string is read as array"),
    "the items of an array change": (
        record("E", a=array("string")), record("E", a=array("long")), "a[]: string is read as long",
    ),
    "a nested record gains a field without a default": (
        record("E", a=array(LINE)), record("E", a=array(WIDER)), "a[].unit: not written and without default",
    ),
    "a record behind a name changes": (
        record("E", a=LINE, b="Line"), record("E", a=WIDER, b="Line"), "a.unit: not written and without default",
    ),
    "an optional record changes": (
        record("E", a=["null", LINE]), record("E", a=["null", WIDER]), "a: no branch reads a written Line",
    ),
    "a record is renamed": (
        record("E", a=LINE), record("E", a=LINE | {"name": "Row"}), "a: record Line is read as Row",
    ),
    "the event is renamed": (record("E", a="string"), record("F", a="string"), ".: record E is read as F"),
    "an enum gains a symbol": (
        record("E", a=ENUM), record("E", a=ENUM | {"symbols": ["F", "M", "O"]}), "a: enum may not change",
    ),
}  # fmt: skip

COMPATIBLE = {
    "nothing changes": (record("E", a="string"), record("E", a="string")),
    "only the documentation changes": (record("E", a="string"), record("E", a="string") | {"doc": "Other words."}),
    "a field is added with a default": (record("E", a="string"), record("E", a="string", b=("long", 0))),
    "an optional field is added, null by default": (
        record("E", a="string"), record("E", a="string", b=(["null", "string"], None)),
    ),
    "a field with a default is removed": (record("E", a="string", b=("string", "x")), record("E", a="string")),
    "fields change places": (record("E", a="string", b="long"), record("E", b="long", a="string")),
    "a default changes": (record("E", a=("long", 0)), record("E", a=("long", 1))),
    "the branches of a union change places": (
        record("E", a=["null", "string"]), record("E", a=["string", "null"]),
    ),
    "a nested record gains a field with a default": (
        record("E", a=array(LINE)), record("E", a=array(record("Line", code="string", unit=("string", "UN")))),
    ),
    "a record is defined at another place": (
        record("E", a=LINE, b="Line"), record("E", b=LINE, a="Line"),
    ),
    "text becomes bytes": (record("E", a="string"), record("E", a="bytes")),
}  # fmt: skip


@pytest.mark.parametrize(("older", "newer", "why"), INCOMPATIBLE.values(), ids=INCOMPATIBLE)
def test_an_incompatible_change_is_found_and_named(older: Schema, newer: Schema, why: str) -> None:
    assert why in breaks([older, newer])


@pytest.mark.parametrize(("older", "newer"), COMPATIBLE.values(), ids=COMPATIBLE)
def test_a_compatible_change_passes(older: Schema, newer: Schema) -> None:
    assert breaks([older, newer]) == []


def test_a_change_is_compared_with_every_version_not_only_the_last() -> None:
    """Transitive: a field given up and taken up again as another type has no neighbour that minds."""
    first, second = record("E", a="string", b=("string", "")), record("E", a="string")
    third = record("E", a="string", b=("long", 0))
    assert breaks([first, second]) == breaks([second, third]) == []
    assert "b: string is read as long" in breaks([first, second, third])


def test_a_committed_schema_with_one_more_required_field_is_incompatible() -> None:
    """The check sees what is deep in a real contract."""
    chart = schema(next(version for version in committed().of if version.subject == "chart-completed"))
    changed = chart | {"fields": [*chart["fields"], {"name": "new", "type": "string"}]}
    assert unreadable(chart, changed) == ["new: not written and without default"]
