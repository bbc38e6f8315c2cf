"""Diagnoses in words: where no code was given, what was said and what was left unsaid."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from claims.completeness.case import Case, Entry
from claims.completeness.indicators import named

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


def vaguely(case: Case, what: Vague) -> Iterator[Entry]:
    """The first entry of a condition without the part, where no diagnosis of the chart has the part."""
    named_so = [*case.coded(what.family), *(entry for entry in case.worded if affirmed(entry, what.words))]
    if not any(_says(entry, what) for entry in named_so):
        yield from named_so[:1]


def affirmed(entry: Entry, words: re.Pattern[str]) -> bool:
    """Said of the patient as he is, in words."""
    return words.search(entry.words) is not None and _NOT_SO.search(entry.words) is None


def _says(entry: Entry, what: Vague) -> bool:
    if entry.codes:
        return any(code.startswith(what.family) and code not in what.codes for code in entry.codes)
    return what.said.search(entry.words) is not None
