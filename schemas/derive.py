"""An Avro record schema from a wire model, so that the committed contract and the code can't drift apart.

`python -m schemas.derive` names the subjects that drifted; with `--write` it writes their next version.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from schemas.events import SUBJECTS
from schemas.events.types import Wire
from schemas.registry import INDEX, Schema, committed, newest, schema

NAMESPACE = "claimstream"
_PLAIN: Mapping[type, str | dict[str, str]] = {
    str: "string",
    bool: "boolean",
    int: "long",
    date: {"type": "int", "logicalType": "date"},
    datetime: {"type": "long", "logicalType": "timestamp-millis"},
}


class Underivable(TypeError):
    """A model uses a type the wire has no form for."""


def avro_schema(model: type[Wire], name: str) -> Schema:
    """The record schema of any wire model: an event of SUBJECTS, or a state the ledger stores."""
    return {"type": "record", "name": name, "namespace": NAMESPACE} | _record(model, name, {name: model})


def _record(model: type[Wire], name: str, named: dict[str, type[Wire]]) -> dict[str, Any]:
    doc = (model.__doc__ or "").strip().splitlines()
    fields = [_field(model, key, named) for key in model.model_fields]
    return {"type": "record", "name": name} | ({"doc": doc[0]} if doc else {}) | {"fields": fields}


def _field(model: type[Wire], key: str, named: dict[str, type[Wire]]) -> dict[str, Any]:
    info = model.model_fields[key]
    field = {"name": key, "type": _type(info.annotation, named)}
    return field if info.is_required() else field | {"default": _default(model, key, info.default)}


def _default(model: type[Wire], key: str, default: object) -> object:
    """Null, the empty array, or a plain value. Null is the first branch, so an optional field defaults only to null."""
    if default == ():
        return []
    optional = NoneType in members(model.model_fields[key].annotation)
    if default is None or (isinstance(default, str | int) and not optional):
        return default
    raise Underivable(f"{model.__name__}.{key}: a default the wire can't state")


def _type(annotation: Any, named: dict[str, type[Wire]]) -> Any:
    kinds: list[Any] = []
    for member in members(annotation):
        kind = "null" if member is NoneType else _member(member, named)
        if kind not in kinds:
            kinds.append(kind)
    kinds.sort(key=lambda kind: kind != "null")
    if len(kinds) > 2 or (len(kinds) == 2 and kinds[0] != "null"):
        raise Underivable("a union of more than one type and null")
    return kinds if len(kinds) == 2 else kinds[0]


def members(annotation: Any) -> Iterator[Any]:
    """The branches of a union, without the constraints: they are the model's, not the wire's."""
    if get_origin(annotation) is Annotated:
        yield from members(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for branch in get_args(annotation):
            yield from members(branch)
    else:
        yield annotation


def _member(member: Any, named: dict[str, type[Wire]]) -> Any:
    if get_origin(member) is Literal and all(isinstance(value, str) for value in get_args(member)):
        return "string"  # never an Avro enum: a new word of a closed list must not break an old reader
    if get_origin(member) is tuple and get_args(member)[1:] == (...,):
        return {"type": "array", "items": _items(get_args(member)[0], named)}
    if isinstance(member, type) and issubclass(member, Wire):
        return _nested(member, named)
    if member in _PLAIN:
        return _PLAIN[member]
    raise Underivable("no Avro type for this annotation")


def _items(annotation: Any, named: dict[str, type[Wire]]) -> Any:
    kind = _type(annotation, named)
    if isinstance(kind, list) or (isinstance(kind, dict) and kind["type"] == "array"):
        raise Underivable("an array of arrays or of optional items")
    return kind


def _nested(model: type[Wire], named: dict[str, type[Wire]]) -> Any:
    """Defined where it is first met, a name after that."""
    name = model.__name__
    if name not in named:
        named[name] = model
        return _record(model, name, named)
    if named[name] is not model:
        raise Underivable(f"two records are named {name}")
    return name


def contract(node: Any) -> Any:
    """A schema without its documentation: the words may be bettered without a new version."""
    if isinstance(node, dict):
        return {key: contract(value) for key, value in node.items() if key != "doc"}
    return [contract(item) for item in node] if isinstance(node, list) else node


class Drift(NamedTuple):
    """A model that says something else than its newest contract, and the version that would say it."""

    name: str
    version: int
    schema: Schema


def drifted() -> Iterator[Drift]:
    """Subjects whose model says something else than their newest contract, with the version that would say it."""
    ids = committed()
    for subject, model in SUBJECTS.items():
        held, derived = newest(ids, subject), avro_schema(model, model.__name__)
        if held is None or contract(schema(held)) != contract(derived):
            yield Drift(subject, held.version + 1 if held else 1, derived)


def text(node: Any, indent: int = 0) -> str:
    """JSON that a reviewer can read: on one line where it fits."""
    flat = json.dumps(node, ensure_ascii=False)
    if len(flat) + indent <= 110 or not isinstance(node, dict | list):
        return flat
    pad = "\n" + " " * (indent + 2)
    pairs = node.items() if isinstance(node, dict) else (("", item) for item in node)
    items = [(json.dumps(key) + ": " if key else "") + text(value, indent + 2) for key, value in pairs]
    opened, closed = "{}" if isinstance(node, dict) else "[]"
    return opened + pad + ("," + pad).join(items) + "\n" + " " * indent + closed


def _write(drift: Drift) -> None:
    """The next version and its id: one more than any id ever given."""
    folder, (subject, version, derived) = Path(__file__).parent / "avro", drift
    (folder / subject).mkdir(exist_ok=True)
    (folder / subject / f"{version}.avsc").write_text(text(derived) + "\n", "utf-8")
    index: dict[str, dict[str, int]] = json.loads((folder / INDEX).read_text("utf-8"))
    number = 1 + max((number for versions in index.values() for number in versions.values()), default=0)
    index.setdefault(subject, {})[str(version)] = number
    (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n", "utf-8")


def report(found: Iterable[Drift], write: Callable[[Drift], None] | None) -> int:
    """Names what drifted and writes it, if it is told how; the exit status is 1 when something is left to write."""
    drifts = list(found)
    for drift in drifts:
        sys.stdout.write(f"{drift.name}: version {drift.version}\n")
        if write is not None:
            write(drift)
    return 1 if drifts and write is None else 0


def main(arguments: list[str]) -> int:
    return report(drifted(), _write if "--write" in arguments else None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
