"""What is asked of a diagnosis code whatever chart it stands in, looked up once for a code and a quarter."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from claims.codesets import CodeSets
from claims.codesets.conventions import Conventions, Named
from claims.codesets.shapes import is_diagnosis_shape, is_external_cause, without_dot
from claims.mce import MedicareCodeEditor

_CACHED: Final = 8192
_AGES: Final = (0, 1, 9, 12, 15, 18, 56, 65)
"""Where an age range of the Medicare Code Editor begins or has ended, now or in an earlier version: within such a class
of ages a code conflicts with all or with none."""
_TRAUMA: Final = "T34"
"""S00 to T34 are injuries, burns and frostbite; what follows names its cause and intent itself (OCG I.C.19.e)."""
_ACTIVE: Final = frozenset("ABC")
"""7th characters of active treatment: later visits are for healing."""


Trait = Literal[
    "incomplete codes", "codes of an age", "manifestations", "fresh injuries", "code-first codes", "codes that ask",
    "causes",
]  # fmt: skip
"""Codes of which a rule has something to say."""


class CodeFacts(NamedTuple):
    """`key` is the code without its dot. `unfit`: classes of ages that it excludes. `first`: its "code first" notes.
    `excludes`: categories of what can't stand beside it. `asks`: what should stand after it."""

    key: str
    billable: bool
    unfit: frozenset[int]
    is_manifestation: bool
    is_fresh_injury: bool
    first: Named
    excludes: frozenset[str]
    asks: tuple[Named, ...]
    traits: tuple[Trait, ...]
    """What rules ask of it; most codes have none."""


class DiagnosisCodes:
    """Codes as the Tabular List of one release and the dated tables of the Medicare Code Editor have them."""

    def __init__(self, codes: CodeSets, mce: MedicareCodeEditor) -> None:
        self._codes, self._mce, self.conventions = codes, mce, Conventions(codes)
        self.facts = lru_cache(_CACHED)(self._facts)
        """Of a code as a chart has it, on the first day of a quarter."""

    def is_billable(self, code: str, day: date) -> bool:
        """Complete and valid on that day (OCG I.B.2: to the highest number of characters).

        The Tabular List is of one release and has no dates: the Medicare Code Editor's tables answer for the days they
        reach (G35 is valid on 2025-03-01 and not on 2026-03-01), the release for all others.
        """
        if not is_diagnosis_shape(code):
            return False
        known = self._mce.known(code, day)
        if known is not None:
            return known
        entry = self._codes.diagnosis(code)
        return entry is not None and entry.billable

    def _facts(self, code: str, since: date) -> CodeFacts:
        key, raised_by = without_dot(code), self._mce.raised_by
        conflicts = (at for at, age in enumerate(_AGES) if "AGE_CONFLICT" in raised_by(key, age, since))
        facts = CodeFacts(
            key=key,
            billable=self.is_billable(code, since),
            unfit=frozenset(conflicts),
            is_manifestation="MANIFESTATION_AS_PDX" in raised_by(key, 0, since),
            is_fresh_injury=key[:1] in {"S", "T"} and key[:3] <= _TRAUMA and key[6:7] in _ACTIVE,
            first=self.conventions.first(key),
            excludes=self.conventions.excludes(key),
            asks=self.conventions.asks(key),
            traits=(),
        )
        return facts._replace(traits=tuple(_traits(facts)))


def _traits(facts: CodeFacts) -> Iterator[Trait]:
    if not facts.billable:
        yield "incomplete codes"
    if facts.unfit:
        yield "codes of an age"
    if facts.is_manifestation:
        yield "manifestations"
    if facts.is_fresh_injury:
        yield "fresh injuries"
    if facts.first.categories:
        yield "code-first codes"
    if facts.asks:
        yield "codes that ask"
    if is_external_cause(facts.key):
        yield "causes"


def age_class(age: int) -> int:
    return bisect_right(_AGES, age) - 1
