"""Reading YAML so that a broken value can be named by file, line and column."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from claims.reference import BadReference

Path = tuple[str | int, ...]
"""Keys and indexes from the top of the document to a value."""

_DEEPEST: Final = 32
_MOST_VALUES: Final = 1_000_000  # a roster of 100,000 has fewer


@dataclass(frozen=True)
class LocatedYaml:
    """A mapping whose every value knows where it stands."""

    root: yaml.MappingNode
    file: str

    def values(self) -> dict[str, Any]:
        """The document as plain values, afresh at each call."""
        try:
            document: dict[str, Any] = yaml.SafeLoader("").construct_document(self.root)
        except yaml.MarkedYAMLError as error:
            raise _syntax(error, self.file) from None
        except ValueError:
            mark = _no_value(self.root)
            raise _bad(mark, self.file, "a value that is no number or date; mend it, or put it in quotes") from None
        return document

    def bad(self, path: Path, mend: str) -> BadReference:
        """The fault of the value at a path; of what is missing, the entry that lacks it."""
        mark = _mark(self.root, path)
        field = ".".join(str(part) for part in path) or "the document"
        return BadReference(self.file, mark.line + 1, mark.column + 1, field, mend)


def read_yaml(text: str, file: str) -> LocatedYaml:
    """A document that is a mapping, with each key once, or BadReference."""
    try:
        _keep_shallow(text, file)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, file) from None
    except yaml.YAMLError:
        raise BadReference(file, 1, 1, "yaml", "a character that YAML does not allow; save the file as UTF-8") from None
    if not isinstance(root, yaml.MappingNode):
        raise BadReference(file, 1, 1, "the document", "it begins with keys at its top, such as 'hospitals:'")
    located = LocatedYaml(root, file)
    for path, mend in _key_faults(root, (), (), set()):
        raise located.bad(path, mend)
    _written_out(root, file, {})
    return located


def _keep_shallow(text: str, file: str) -> None:
    """Composing calls itself at each level and would end in Python's own limit; events come one after the other."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            mend = f"lists and mappings stand in each other {_DEEPEST} deep at most; close the brackets"
            raise _bad(event.start_mark, file, mend)


def _written_out(node: yaml.Node, file: str, sizes: dict[int, int]) -> int:
    """How many values a node has with its aliases written out. Each node is counted once: aliases of aliases double."""
    if id(node) not in sizes:
        entries: list[yaml.Node] = []
        if isinstance(node, yaml.SequenceNode):
            entries = node.value
        elif isinstance(node, yaml.MappingNode):
            entries = [value for _, value in node.value]
        sizes[id(node)] = 1 + sum(_written_out(entry, file, sizes) for entry in entries)
        if sizes[id(node)] > _MOST_VALUES:
            mend = f"more than {_MOST_VALUES} values once its aliases are written out; write out what is meant"
            raise _bad(node.start_mark, file, mend)
    return sizes[id(node)]


def _no_value(node: yaml.Node) -> Any:
    """Where the first scalar stands that looks like a number or a date and is none, such as 2026-13-01."""
    if isinstance(node, yaml.ScalarNode):
        try:
            yaml.SafeLoader("").construct_document(node)
        except ValueError:
            return node.start_mark
        return None
    entries = node.value if isinstance(node, yaml.SequenceNode) else [each for pair in node.value for each in pair]
    return next((mark for entry in entries if (mark := _no_value(entry))), None)


def _syntax(error: yaml.MarkedYAMLError, file: str) -> BadReference:
    return _bad(error.problem_mark or error.context_mark, file, error.problem or "not YAML")


def _bad(mark: Any, file: str, mend: str) -> BadReference:
    """`mark` is of either of PyYAML's two classes of marks, or null."""
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return BadReference(file, line, column, "yaml", mend)


def _key_faults(
    node: yaml.Node, path: Path, above: tuple[yaml.Node, ...], seen: set[int]
) -> Iterator[tuple[Path, str]]:
    """YAML lets the later of two equal keys win in silence, keys be lists, and an alias contain itself."""
    if node in above:
        yield path, "an alias that contains itself; write the value out"
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, entry in enumerate(node.value):
            yield from _key_faults(entry, (*path, index), (*above, node), seen)
    elif isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                yield path, "a key is a word, not a list or a mapping"
                continue
            if key.value in keys:
                yield (*path, key.value), "this key stands twice; remove one"
            keys.add(key.value)
            yield from _key_faults(value, (*path, key.value), (*above, node), seen)


def _mark(node: yaml.Node, path: Path) -> yaml.Mark:
    """Where a value stands: a scalar itself, a mapping's key, the last of repeated keys, or the nearest thing above."""
    mark = node.start_mark
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(part)]
            if not found:
                return mark
            key, node = found[-1]
            mark = node.start_mark if isinstance(node, yaml.ScalarNode) and len(found) == 1 else key.start_mark
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            mark = node.start_mark
        else:
            return mark
    return mark
