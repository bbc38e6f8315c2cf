"""Python source that reads and writes one Avro schema: one function per record, varints inlined, no dispatch left.

Generated at start from the committed schema (its field order and types) and the model (its classes and closed lists).
`b` is the value, `p` the position in it, `o` the bytes written so far. What the inlined path doesn't know at sight, a
varint of several bytes, goes to the functions of schemas/varints.py. Anything that does not fit raises; who calls the
generated code decides what that means.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from schemas import varints
from schemas.derive import Underivable, members
from schemas.events.types import Wire
from schemas.registry import Schema

Reader = Callable[[bytes, int], tuple[Wire, int]]
Writer = Callable[[Wire, bytearray], None]
Lines = list[str]
Field = tuple[str, Any, Any]  # its name, its Avro type, its annotation

_RUN = 12  # nulls and empty arrays in a row that are tried at once, before their halves; measured on charts and claims

_TEXT = "b[p + 1 : (p := p + 1 + (n >> 1))]"
_READS: Mapping[str, Lines] = {
    "string": ["n = b[p]", "if n & 129:", "    n, p = length(b, p)", f"%s = {_TEXT}.decode()"],
    "boolean": ["%s = b[p] != 0", "p += 1"],
    "long": ["n = b[p]", "if n > 127:", "    n, p = varint(b, p)", "else:", "    p += 1", "%s = (n >> 1) ^ -(n & 1)"],
    "date": ["n, p = varint(b, p)", "%s = day(n)"],
    "timestamp-millis": ["i = six(b[p : p + 6])", "if i is None:", "    i, p = instant(b, p)", "else:", "    p += 6",
                         "%s = i"],
}  # fmt: skip
_WRITES: Mapping[str, Lines] = {
    "string": ["s = %s.encode()", "n = len(s)", "if n < 64:", "    o.append(n << 1)", "else:", "    put(o, n)",
               "o += s"],
    "boolean": ["o.append(1 if %s else 0)"],
    "long": ["n = %s", "if 0 <= n < 64:", "    o.append(n << 1)", "else:", "    put(o, n)"],
    "date": ["o += day_bytes(%s)"],
    "timestamp-millis": ["o += instant_bytes(%s)"],
}  # fmt: skip


class Generated:
    """The functions of one schema; `reads` and `writes` are those of its outermost record."""

    def __init__(self, schema: Schema, model: type[Wire]) -> None:
        self._names: dict[str, Any] = _names()
        self._record(schema, model)
        self.reads: Reader = self._names[f"read_{schema['name']}"]
        self.writes: Writer = self._names[f"write_{schema['name']}"]

    def _record(self, record: Schema, model: type[Wire]) -> None:
        name, fields = record["name"], [field["name"] for field in record["fields"]]
        if fields != list(model.model_fields) or not all(word.isidentifier() for word in (name, *fields)):
            raise Underivable(f"{model.__name__} is not what its schema says")
        empty = {field["name"]: () if _array(field["type"]) else None for field in record["fields"]}
        self._names |= {f"C_{name}": model, f"F_{name}": set(fields), f"G_{name}": _getter(fields)}
        self._names[f"E_{name}"] = empty.copy
        kinds = [(field["name"], field["type"], _annotation(model, field["name"])) for field in record["fields"]]
        for source in (self._reader(name, kinds), self._writer(name, kinds)):
            exec("\n".join(source), self._names)  # noqa: S102  our own source, made of checked identifiers

    def _reader(self, name: str, kinds: list[Field]) -> Lines:
        """A null or empty field stays as the copied template has it; only what is there is read and set."""
        body = [line for run in _runs(kinds) for line in self._read_run(run)]
        made = [f"m = new(C_{name})", "set_dict(m, d)", f"set_fields(m, F_{name})", "set_extra(m, None)",
                "set_private(m, None)", "return m, p"]  # fmt: skip
        return [f"def read_{name}(b, p):", f"    d = E_{name}()", *_in(body + made)]

    def _read_run(self, run: list[Field]) -> Lines:
        """Fields in a row that are one zero byte each when empty: all at once if they are, else the halves."""
        if len(run) < 3:
            return [line for field, kind, annotation in run for line in self._read(kind, annotation, f"d[{field!r}]")]
        half = len(run) // 2
        rest = self._read_run(run[:half]) + self._read_run(run[half:])
        return [f"if b[p : p + {len(run)}] == {bytes(len(run))!r}:", f"    p += {len(run)}", "else:", *_in(rest)]

    def _read(self, kind: Any, annotation: Any, to: str) -> Lines:
        """The lines that read one value of `kind` into `to`."""
        match kind:
            case ["null", branch]:
                some = self._read(branch, annotation, to)
                return ["t = b[p]", "p += 1", "if t == 2:", *_in(some), "elif t:", "    raise BadVarint"]
            case {"type": "array", "items": items}:
                return self._read_array(items, _item(annotation), to)
        if (leaf := _leaf(kind)) is None:
            return [f"{to}, p = read_{self._nested(kind, annotation)}(b, p)"]
        words = self._words(annotation)
        if words is not None:
            return [*_READS["string"][:-1], f"{to} = {words}_read[{_TEXT}]"]
        return [line.replace("%s", to) for line in _READS[leaf]]

    def _read_array(self, items: Any, annotation: Any, to: str) -> Lines:
        return ["c = b[p]", "p += 1", "if c:", "    a = []", "    while c:", "        if c & 129:",
                "            c, p = block(b, p - 1)", "        for _ in range(c >> 1):",
                *_in(_in(_in(self._read(items, annotation, "y")))),
                "            a.append(y)", "        c = b[p]", "        p += 1", f"    {to} = tuple(a)"]  # fmt: skip

    def _writer(self, name: str, kinds: list[Field]) -> Lines:
        body = [f"{', '.join(f'x_{field}' for field, _, _ in kinds)}, = G_{name}(m.__dict__)"]
        body += [line for run in _runs(kinds) for line in self._write_run(run)]
        return [f"def write_{name}(m, o):", *_in(body)]

    def _write_run(self, run: list[Field]) -> Lines:
        if len(run) < 3:
            return [line for field, kind, annotation in run for line in self._write(kind, annotation, f"x_{field}")]
        empty = " and ".join(f"not x_{field}" if _array(kind) else f"x_{field} is None" for field, kind, _ in run)
        half = len(run) // 2
        rest = self._write_run(run[:half]) + self._write_run(run[half:])
        return [f"if {empty}:", f"    o += {bytes(len(run))!r}", "else:", *_in(rest)]

    def _write(self, kind: Any, annotation: Any, of: str) -> Lines:
        """The lines that append the value in the variable `of`."""
        words = self._words(annotation)
        if words is not None:
            return [f"o += {words}_write[{of}]"]
        match kind:
            case ["null", branch]:
                some = self._write(branch, annotation, of)
                return [f"if {of} is None:", "    o.append(0)", "else:", "    o.append(2)", *_in(some)]
            case {"type": "array", "items": items}:
                each = self._write(items, _item(annotation), "y")
                return [f"if {of}:", f"    put(o, len({of}))", f"    for y in {of}:", *_in(_in(each)), "o.append(0)"]
        if (leaf := _leaf(kind)) is None:
            return [f"write_{self._nested(kind, annotation)}({of}, o)"]
        return [line.replace("%s", of) for line in _WRITES[leaf]]

    def _nested(self, kind: Any, annotation: Any) -> str:
        """The name of a nested record; where it is defined, its functions are generated first."""
        model = _some(annotation)
        name: str = kind if isinstance(kind, str) else kind["name"]
        if f"C_{name}" not in self._names:
            self._record(kind, model)
        if self._names[f"C_{name}"] is not model:
            raise Underivable(f"{model.__name__} is not what its schema says")
        return name

    def _words(self, annotation: Any) -> str | None:
        """The tables of a closed list: its words in Avro, read and written by one look-up; None for any other type.

        Where null is a choice the written word has its branch before it.
        """
        kinds = list(members(annotation))
        if not all(kind is NoneType or get_origin(kind) is Literal for kind in kinds):
            return None
        words = [word for kind in kinds if kind is not NoneType for word in get_args(kind)]
        name, branch = f"words{len(self._names)}", b"\x02" if NoneType in kinds else b""
        self._names[f"{name}_read"] = {word.encode(): word for word in words}
        self._names[f"{name}_write"] = {word: branch + varints.text(word) for word in words} | (
            {None: b"\x00"} if branch else {}
        )
        return name


def _names() -> dict[str, Any]:
    """What generated code may call. A frozen model's slots are set as pydantic-core sets them, past its __setattr__."""
    slots = BaseModel.__dict__
    return {
        "new": object.__new__,
        "set_dict": slots["__dict__"].__set__,
        "set_fields": slots["__pydantic_fields_set__"].__set__,
        "set_extra": slots["__pydantic_extra__"].__set__,
        "set_private": slots["__pydantic_private__"].__set__,
        **{name: getattr(varints, name) for name in varints.__all__},
    }


def _getter(fields: Lines) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    return itemgetter(*fields) if len(fields) > 1 else lambda values: (values[fields[0]],)


def _runs(kinds: list[Field]) -> Iterator[list[Field]]:
    """Neighbours that are one zero byte each when empty, at most _RUN together; every other field alone."""
    run: list[Field] = []
    for field in kinds:
        if run and (len(run) == _RUN or not _zero(field[1]) or not _zero(run[0][1])):
            yield run
            run = []
        run.append(field)
    yield run


def _zero(kind: Any) -> bool:
    return isinstance(kind, list) or _array(kind)


def _array(kind: Any) -> bool:
    return isinstance(kind, dict) and kind["type"] == "array"


def _leaf(kind: Any) -> str | None:
    """The plain type of a value; None for a record, by definition or by name."""
    name = kind.get("logicalType") if isinstance(kind, dict) else kind
    return name if name in _READS else None


def _annotation(model: type[Wire], field: str) -> Any:
    return model.model_fields[field].annotation


def _some(annotation: Any) -> Any:
    return next(member for member in members(annotation) if member is not NoneType)


def _item(annotation: Any) -> Any:
    return get_args(_some(annotation))[0]


def _in(lines: Lines) -> Lines:
    return ["    " + line for line in lines]
