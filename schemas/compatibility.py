"""FULL_TRANSITIVE: every version of a schema reads what every other one wrote (Avro 1.12, Schema Resolution).

Stricter where Avro would let the meaning slip: a logical type may not change, and a widened number is refused because
it can't be read back.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from schemas.registry import Schema

_PROMOTIONS = {
    ("int", "long"), ("int", "float"), ("int", "double"), ("long", "float"), ("long", "double"), ("float", "double"),
    ("string", "bytes"), ("bytes", "string"),
}  # fmt: skip
_PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}

Named = Mapping[str, Schema]


def breaks(versions: Sequence[Schema]) -> list[str]:
    """Why some version can't read another; empty if all are fully compatible with all."""
    return [why for writer, reader in permutations(versions, 2) for why in unreadable(writer, reader)]


def unreadable(writer: Schema, reader: Schema) -> list[str]:
    """Why `reader` can't read what `writer` wrote, each with the path of the field."""
    return list(_Pair(dict(_named(writer)), dict(_named(reader))).compare(writer, reader, ""))


class _Pair:
    """Two schemas, each with the records it defines by name."""

    def __init__(self, written: Named, read: Named, compared: frozenset[tuple[str, str]] = frozenset()) -> None:
        self._written, self._read = written, read
        self._compared = set(compared)

    def compare(self, writer: Any, reader: Any, path: str) -> Iterator[str]:
        writer, reader = self._written.get(_key(writer), writer), self._read.get(_key(reader), reader)
        if isinstance(writer, list) or isinstance(reader, list):
            yield from self._union(_branches(writer), _branches(reader), path)
        elif _kind(writer) == _kind(reader) == "record":
            yield from self._record(writer, reader, path)
        elif _kind(writer) == _kind(reader) == "array":
            yield from self.compare(writer["items"], reader["items"], f"{path}[]")
        else:
            yield from _plain(writer, reader, path)

    def _union(self, written: list[Any], read: list[Any], path: str) -> Iterator[str]:
        """Every branch that may have been written must be one that is read."""
        for branch in written:
            tried = [list(self._tried().compare(branch, choice, path)) for choice in read]
            if [] not in tried:
                yield from tried[0] if len(tried) == 1 else [f"{path}: no branch reads a written {_word(branch)}"]

    def _tried(self) -> "_Pair":
        """A pair of its own for each branch: what was met in one that doesn't fit must not pass unseen in another."""
        return _Pair(self._written, self._read, frozenset(self._compared))

    def _record(self, writer: Schema, reader: Schema, path: str) -> Iterator[str]:
        names = writer["name"], reader["name"]
        if names in self._compared:
            return
        self._compared.add(names)
        if names[0] != names[1]:
            yield f"{path or '.'}: record {names[0]} is read as {names[1]}"
        written = {field["name"]: field for field in writer["fields"]}
        for field in reader["fields"]:
            below = f"{path}.{field['name']}".lstrip(".")
            if field["name"] in written:
                yield from self.compare(written[field["name"]]["type"], field["type"], below)
            elif "default" not in field:
                yield f"{below}: not written and without default"


def _plain(writer: Any, reader: Any, path: str) -> Iterator[str]:
    kinds = _kind(writer), _kind(reader)
    if kinds[0] != kinds[1] and kinds not in _PROMOTIONS:
        yield f"{path}: {kinds[0]} is read as {kinds[1]}"
    elif _logical(writer) != _logical(reader):
        yield f"{path}: logical type {_logical(writer)} is read as {_logical(reader)}"
    elif kinds[0] not in _PRIMITIVES and writer != reader:
        yield f"{path}: {kinds[0]} may not change"  # enums, maps and fixed: the wire has none


def _named(node: Any) -> Iterator[tuple[str, Schema]]:
    if isinstance(node, list):
        for branch in node:
            yield from _named(branch)
    elif isinstance(node, dict):
        if node["type"] == "record":
            yield node["name"], node
            for field in node["fields"]:
                yield from _named(field["type"])
        elif node["type"] == "array":
            yield from _named(node["items"])


def _key(node: Any) -> str:
    return node if isinstance(node, str) else ""


def _branches(node: Any) -> list[Any]:
    return node if isinstance(node, list) else [node]


def _kind(node: Any) -> str:
    kind: str = node["type"] if isinstance(node, dict) else node
    return kind


def _word(node: Any) -> str:
    return node["name"] if isinstance(node, dict) and "name" in node else _kind(node)


def _logical(node: Any) -> str | None:
    return node.get("logicalType") if isinstance(node, dict) else None
