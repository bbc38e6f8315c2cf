"""Any event a model admits, small: a hypothesis strategy made from the annotations of its fields."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from pydantic import StringConstraints
from pydantic.fields import FieldInfo

from schemas.events.types import Wire

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LETTERS = st.sampled_from("ab Z09.-'é漢🙂")
_NUMBERS = st.integers(-(2**63), 2**63 - 1)
_OLDEST, _NEWEST = -2_208_988_800_000, 4_133_980_799_999  # 1900 and the last millisecond of 2100
# Around the widths of their varints as well as anywhere an instant can be.
_MILLISECONDS = st.one_of(
    st.integers(_OLDEST, _NEWEST),
    st.integers(1_600_000_000_000, 1_900_000_000_000),
    st.sampled_from([sign * 2**power + off for power in (0, 6, 34, 35, 41) for sign in (1, -1) for off in (-1, 0)]),
).filter(lambda milliseconds: _OLDEST <= milliseconds <= _NEWEST)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: _NUMBERS,
    str: st.text(_LETTERS, max_size=70),
    date: st.dates(),
    datetime: _MILLISECONDS.map(lambda milliseconds: _EPOCH + timedelta(milliseconds=milliseconds)),
}


@cache
def events(model: type[Wire]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(model, include_extras=True)
    return st.builds(model, **{name: _values(hints[name]) for name in model.model_fields})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is Annotated:
        base, *constraints = get_args(hint)
        return _constrained(base, constraints)
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Wire):
        return events(hint)
    return st.one_of(*sorted(map(_values, get_args(hint)), key=lambda values: values is not _PLAIN[NoneType]))


def _constrained(base: Any, constraints: list[Any]) -> st.SearchStrategy[Any]:
    if get_origin(base) is tuple:
        return st.lists(_values(get_args(base)[0]), max_size=2).map(tuple)
    if base is date:
        return st.dates(date(1900, 1, 1), date(2100, 12, 31))
    if base is str:
        return _text(next(rule for rule in constraints if isinstance(rule, StringConstraints)))
    bounds = {
        name: getattr(rule, name)
        for info in constraints if isinstance(info, FieldInfo)
        for rule in info.metadata for name in ("ge", "le") if hasattr(rule, name)
    }  # fmt: skip
    return st.integers(bounds["ge"], bounds["le"]) if bounds else _PLAIN[base]


def _text(rule: StringConstraints) -> st.SearchStrategy[str]:
    if rule.pattern == r"^[0-9]{10}$":
        return st.sampled_from(["1234567893", "1245319599"])
    if rule.pattern == r"^[0-9]{2}$":
        return st.sampled_from(["01", "30", "99"])
    return st.text(_LETTERS, min_size=rule.min_length or 0, max_size=min(rule.max_length or 70, 70))
