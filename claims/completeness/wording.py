"""Diagnoses in words: where no code was given, what was said and what was left unsaid."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from claims.completeness.case import Case, codes_of, words_of
from claims.completeness.indicators import named, plain
from schemas.events.chart import Statement

# Said, and not as the patient's condition of today. Whoever writes so is not asked for more of it.
_NOT_SO: Final = named(
    "no", "not", "without", "denies", "negative", "ruled out", "rule out", "history", "h/o", "risk", "screening", "old",
    "healed", "resolved", "family", "suspected", "possible", "probable", "likely", "questionable", "prior",
    "status post",
)  # fmt: skip


class Vague(NamedTuple):
    """A condition that was named without a part of it.

    `codes` are the ones that say 'unspecified'; any other of the `family` says the part. Without a code `words` name
    the condition, and `said` the part.
    """

    family: tuple[str, ...]
    codes: frozenset[str]
    words: re.Pattern[str]
    said: re.Pattern[str]


def vaguely(case: Case, what: Vague) -> Iterator[Statement]:
    """The first statement of a condition without the part, where no diagnosis of the chart has the part."""
    named_so = [statement for statement in case.diagnoses if _names(statement, what)]
    if not any(_says(statement, what) for statement in named_so):
        yield from named_so[:1]


def affirmed(statement: Statement, words: re.Pattern[str]) -> bool:
    """Said of the patient as he is, in words."""
    text = plain(words_of(statement))
    return words.search(text) is not None and _NOT_SO.search(text) is None


def _names(statement: Statement, what: Vague) -> bool:
    codes = codes_of(statement)
    return any(code.startswith(what.family) for code in codes) if codes else affirmed(statement, what.words)


def _says(statement: Statement, what: Vague) -> bool:
    codes = [code for code in codes_of(statement) if code.startswith(what.family)]
    if codes:
        return any(code not in what.codes for code in codes)
    return what.said.search(plain(words_of(statement))) is not None
