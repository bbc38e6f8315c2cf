"""Small wrongs that a test should notice: a comparison turned, a bound moved, a code replaced, a guard taken out.

What people read (docstrings, messages, mends, citations, fields) is left alone, and so are annotations and the sizes of
caches: no test ought to depend on them.
"""

import ast
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

_TURNED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_BOUNDS: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_SWAPPED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
_BEHAVIOUR: Final = frozenset({"severity", "of", "since", "until", "fixed", "proposes", "carc"})
"""Keywords of a rule or a fault that decide something; others are words for people, and `needs` only spares time."""
_PRECAUTIONS: Final = frozenset({"strict", "frozen", "eq", "slots"})
"""Of zip and of dataclasses: they decide nothing where nobody errs."""
_OPPOSITE: Final = {"reject": "warn", "warn": "reject"}
_MOST: Final = 12
"""Of a long list of codes so many are replaced, evenly spaced: a table doesn't outweigh the rules."""
_NO_CODE: Final = "zz~"

Change = Callable[[], None]


class Mutation(NamedTuple):
    """One change. `first` and `last` are the lines of the statement it is in; `owner` is the function, if any."""

    line: int
    first: int
    last: int
    owner: str | None
    what: str


class _Site(NamedTuple):
    at: Mutation
    change: Change


def mutations(source: str) -> list[Mutation]:
    """Every change that is tried on a module, in the order of its text."""
    return [site.at for site in _sites(ast.parse(source))]


def mutated(source: str, index: int) -> ast.Module:
    """The module with that one change."""
    tree = ast.parse(source)
    _sites(tree)[index].change()
    return ast.fix_missing_locations(tree)


def _sites(tree: ast.Module) -> list[_Site]:
    finder = _Finder()
    finder.visit(tree)
    return sorted(finder.found, key=lambda site: site.at.line)


class _Finder(ast.NodeVisitor):
    """Walks a module and keeps the places where something can be changed."""

    def __init__(self) -> None:
        self.found: list[_Site] = []
        self._statement: ast.stmt | ast.Module = ast.Module([], [])
        self._owner: str | None = None

    def visit(self, node: ast.AST) -> None:
        before = self._statement, self._owner
        if isinstance(node, ast.stmt):
            self._statement = node
        super().visit(node)
        self._statement, self._owner = before

    def _add(self, node: ast.expr | ast.stmt | ast.keyword, what: str, change: Change) -> None:
        here = self._statement
        first, last = (here.lineno, here.end_lineno or here.lineno) if isinstance(here, ast.stmt) else (0, 0)
        if isinstance(here, ast.If | ast.For | ast.With):
            last = max(first, here.body[0].lineno - 1)
        self.found.append(_Site(Mutation(node.lineno, first, last, self._owner, what), change))

    def _swap(self, node: ast.expr, field: str, new: object) -> None:
        """The change that gives a field of a node another value."""
        before, old = ast.unparse(node), getattr(node, field)
        setattr(node, field, new)
        after = ast.unparse(node)
        setattr(node, field, old)
        self._add(node, f"{_short(before)} -> {_short(after)}", lambda: setattr(node, field, new))

    # what is left alone

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outside = (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
        for expression in filter(None, outside):
            self.visit(expression)
        self._owner = node.name
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        literal = isinstance(node.value, ast.Subscript)  # a type: Literal[...], tuple[...]
        if not (literal and isinstance(node.targets[0], ast.Name) and node.targets[0].id.lstrip("_")[:1].isupper()):
            self.visit(node.value)

    # operators

    def visit_Compare(self, node: ast.Compare) -> None:
        for at, operator in enumerate(node.ops):
            turned = _TURNED[type(operator)]()
            self._swap(node, "ops", [*node.ops[:at], turned, *node.ops[at + 1 :]])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self._swap(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        joined = (ast.JoinedStr, ast.Tuple, ast.List)
        text = any(isinstance(side, joined) or _is_text(side) for side in (node.left, node.right))
        if type(node.op) in _SWAPPED and not text:
            self._swap(node, "op", _SWAPPED[type(node.op)]())
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            operand = node.operand
            self._add(node, f"{_short(ast.unparse(node))} -> without not", lambda: _become(node, operand))
        self.generic_visit(node)

    # conditions

    def visit_If(self, node: ast.If) -> None:
        self._negate(node, node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        if not any(_is_sentence(each) for each in (node.body, node.orelse)):
            self._negate(node, node.test)
            self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._negate(node, test)
        self.generic_visit(node)

    def _negate(self, holder: ast.AST, test: ast.expr) -> None:
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and not isinstance(test.ops[0], _BOUNDS):
            return  # the turned comparison is the same change
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return  # so is the `not` that is taken out

        def change() -> None:
            negated = ast.UnaryOp(ast.Not(), test)
            if isinstance(holder, ast.comprehension):
                holder.ifs[holder.ifs.index(test)] = negated
            else:
                holder.test = negated  # type: ignore[attr-defined]

        self._add(test, f"if {_short(ast.unparse(test))} -> if not", change)

    # statements

    def visit_Continue(self, node: ast.Continue) -> None:
        self._drop(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._drop(node)
        else:
            self.generic_visit(node)

    def _drop(self, node: ast.Continue | ast.Return) -> None:
        self._add(node, f"{ast.unparse(node)} -> pass", lambda: _become(node, ast.Pass()))

    # values

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._swap(node, "value", not node.value)
        elif isinstance(node.value, int):
            self._swap(node, "value", node.value + 1)
            self._swap(node, "value", node.value - 1)

    def visit_Set(self, node: ast.Set) -> None:
        self._codes(node.elts)
        self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        self._codes(node.elts)
        self.generic_visit(node)

    def visit_List(self, node: ast.List) -> None:
        self._codes(node.elts)
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        self._codes([key for key in node.keys if key is not None])
        self._codes(node.values)
        self.generic_visit(node)

    def _codes(self, members: list[ast.expr]) -> None:
        codes = [each for each in members if isinstance(each, ast.Constant) and _is_code(each.value)]
        for code in codes[:: -(-len(codes) // _MOST) or 1]:
            self._code(code)

    def _code(self, node: ast.expr) -> None:
        self._swap(node, "value", _NO_CODE + _text(node))

    # calls

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func)
        if called in ("lru_cache", "TypeVar", "cast"):
            return
        if called == "rule":
            self._rule(node)
        if called in ("rule", "Fault"):
            self._keywords(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "split" and _is_text(node.func.value):
            self._words(node.func.value)
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in _PRECAUTIONS:
            self.generic_visit(node)

    def _rule(self, node: ast.Call) -> None:
        name, severity = node.args[:2]
        if _is_text(name):
            self._code(name)
        if _is_text(severity):
            self._swap(severity, "value", _OPPOSITE[_text(severity)])

    def _keywords(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg in _BEHAVIOUR:
                if keyword.arg == "carc" and _is_text(keyword.value):
                    self._code(keyword.value)
                elif not isinstance(keyword.value, ast.Constant) or not isinstance(keyword.value.value, bool):
                    what = f"{keyword.arg}={_short(ast.unparse(keyword.value))} -> without"
                    self._add(keyword, what, partial(node.keywords.remove, keyword))

    def _words(self, text: ast.expr) -> None:
        words = _text(text).split()
        for at in range(0, len(words), -(-len(words) // _MOST) or 1):
            self._swap(text, "value", " ".join((*words[:at], _NO_CODE + words[at], *words[at + 1 :])))


def _become(node: ast.AST, other: ast.AST) -> None:
    """Turns a node into another in its place, whoever holds it."""
    node.__class__ = other.__class__
    kept = {name: getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
    node.__dict__.clear()
    node.__dict__.update({**vars(other), **kept})


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _text(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, str)
    return node.value


def _is_sentence(node: ast.expr) -> bool:
    return _is_text(node) and " " in _text(node) and not _is_code(_text(node))


def _is_code(value: object) -> bool:
    """A code, or a few of them; a sentence has words in small letters."""
    return isinstance(value, str) and value != "" and not (" " in value and any(map(str.islower, value)))


def _short(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:67]}..."
