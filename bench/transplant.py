"""A changed module, put into a process that has imported the unchanged one: what others hold of it is changed in place.

Functions and classes keep their identity and get the other's code, rules the other's fields; constants are bound anew
wherever they were imported under their name.
"""

import sys
from ast import Module
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from types import FunctionType, ModuleType
from typing import Any


def transplant(module: ModuleType, tree: Module) -> None:
    new: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__, "__package__": module.__package__}
    exec(compile(tree, module.__file__ or "", "exec"), new)
    for name, value in new.items():
        old = vars(module).get(name)
        if old is value or name.startswith("__"):
            continue
        if not _grafted(old, value, module.__name__) and not _is_made_of_rules(old):
            _bind(name, old, value)


def forget(modules: Iterable[ModuleType]) -> None:
    """Empties what functions of the modules remember."""
    for module in modules:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def _grafted(old: Any, new: Any, home: str) -> bool:
    """Whether the old thing could be changed in place."""
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        _graft_function(old, new)
    elif hasattr(old, "cache_clear"):
        _graft_function(old.__wrapped__, new.__wrapped__)
        old.cache_clear()
    elif isinstance(old, type) and isinstance(new, type) and old.__module__ == home:
        for name, value in vars(new).items():
            _graft_member(vars(old).get(name), value)
    elif is_dataclass(old) and not isinstance(old, type) and type(old) is type(new):
        for each in fields(old):
            before, after = getattr(old, each.name), getattr(new, each.name)
            if isinstance(before, FunctionType) and isinstance(after, FunctionType):
                _graft_function(before, after)
            else:
                object.__setattr__(old, each.name, after)
    else:
        return False
    return True


def _graft_member(old: Any, new: Any) -> None:
    """A method, or what holds one: a property, a class method, something that is looked up once."""
    if isinstance(new, FunctionType):
        _graft_function(old, new)
    elif isinstance(new, property):
        _graft_function(old.fget, new.fget)
    else:
        for name, value in getattr(new, "__dict__", {}).items():
            if isinstance(value, FunctionType):
                _graft_function(vars(old)[name], value)


def _graft_function(old: Any, new: Any) -> None:
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _is_made_of_rules(old: Any) -> bool:
    """Its members are changed in place, each under its own name."""
    return isinstance(old, tuple) and bool(old) and all(is_dataclass(each) for each in old)


def _bind(name: str, old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name, _bind) is old:
            setattr(module, name, new)
