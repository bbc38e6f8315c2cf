"""What is looked up when it is first asked for, and then kept."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):
    """functools.cached_property without its lock, which Python 3.11 takes each time: a chart is judged by one thread,
    and a dozen of these are asked for each."""

    def __init__(self, find: Callable[[Any], T]) -> None:
        self._find, self.__doc__ = find, find.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, subject: None, owner: type) -> Self: ...
    @overload
    def __get__(self, subject: object, owner: type) -> T: ...
    def __get__(self, subject: object | None, owner: type) -> Self | T:
        if subject is None:
            return self
        found = self._find(subject)
        setattr(
            subject, self._name, found
        )  # not through __dict__: once that is asked for, each attribute is read slower
        return found
