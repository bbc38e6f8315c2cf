"""Which tests judge a mutant: those that reach what is changed, the likeliest first."""

from pathlib import Path

import pytest

from bench.mutant_tests import Names, Reached, mutants_of

MODULE = """\
LIMIT = 3
_TABLE = {"A": LIMIT}


def over(units):
    return units > _TABLE["A"]


def under(units):
    return units < 0
"""
ELSEWHERE = """\
from tiny import LIMIT

_TABLE = {}


def twice():
    return 2 * LIMIT


def known(code):
    return code in _TABLE
"""
TINY, FAR = "tiny.py", "far.py"


@pytest.fixture
def reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reached:
    monkeypatch.chdir(tmp_path)
    for name, text in ((TINY, MODULE), (FAR, ELSEWHERE), ("test_a.py", "from tiny import over"), ("test_b.py", "")):
        Path(name).write_text(text, encoding="utf-8")
    return Reached({name: name for name in (TINY, FAR)})


def test_a_constant_is_used_where_it_or_what_is_made_of_it_is_named(reached: Reached) -> None:
    """A private name of another module is another."""
    assert Names([TINY, FAR]).readers(TINY, 1) == {(TINY, 2), (TINY, 6), (FAR, 7)}


def test_constants_may_be_made_two_at_a_time(tmp_path: Path) -> None:
    made = tmp_path / "two.py"
    made.write_text("FEW, MANY = 20, 100\n\n\ndef small(size):\n    return size < FEW\n", encoding="utf-8")

    assert Names([str(made)]).readers(str(made), 1) == {(str(made), 5)}


def test_what_uses_a_private_name_tells_of_it(reached: Reached) -> None:
    assert Names([TINY, FAR]).told_by(TINY, 2) == {"_TABLE", "over"}
    assert Names([TINY, FAR]).told_by(TINY, 6) == {"over"}


def test_who_reaches_what_uses_a_constant_judges_it_and_nobody_else(reached: Reached) -> None:
    reached.by_test = {
        "test_b.py::over": {(TINY, 6)},
        "test_b.py::under": {(TINY, 10)},
        "test_b.py::twice": {(FAR, 7)},
    }
    of_limit = next(mutant for mutant in mutants_of(TINY) if mutant.at.what == "3 -> 4")

    assert set(reached.tests(of_limit)) == {"test_b.py::over", "test_b.py::twice"}


def test_who_names_a_constant_judges_it_though_he_reaches_nothing(reached: Reached) -> None:
    reached.by_test = {"test_b.py::is_known": set(), "test_b.py::other": set()}
    reached.texts = {"test_b.py::is_known": "assert LIMIT == 3", "test_b.py::other": "assert LIMITS"}

    assert reached.tests(mutants_of(TINY)[0]) == ["test_b.py::is_known"]


def test_who_names_what_is_changed_is_asked_first_then_who_reaches_little(reached: Reached) -> None:
    whole = {(TINY, line) for line in range(1, 11)}
    reached.by_test = {f"test_b.py::whole-{at}": set(whole) for at in range(300)}
    reached.by_test |= {"test_a.py::names": set(whole), "test_b.py::little": {(TINY, 6)}}
    reached.texts = {"test_a.py::names": "assert over(4)"}
    turned = next(mutant for mutant in mutants_of(TINY) if mutant.at.owner == "over")

    asked = reached.tests(turned)

    assert asked[0] == "test_a.py::names"
    assert "test_b.py::little" in asked[:4]
    assert len(asked) < 300


def test_what_works_long_is_asked_last(reached: Reached) -> None:
    reached.by_test = {"test_a.py::long": {(TINY, 6)}, "test_b.py::quick": {(TINY, 6)}}
    reached.long = {"test_a.py::long": 10**6}
    turned = next(mutant for mutant in mutants_of(TINY) if mutant.at.owner == "over")

    assert reached.tests(turned) == ["test_b.py::quick", "test_a.py::long"]
