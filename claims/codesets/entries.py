"""What the code sets say: an entry, and an entry found by a phrase."""

from typing import NamedTuple

from claims.codesets.layout import Path


class CodeEntry(NamedTuple):
    """One category or code of ICD-10-CM in the release that was compiled."""

    code: str
    title: str
    billable: bool
    parent: str | None
    ccsr: str


class Match(NamedTuple):
    """An entry whose own words a phrase repeats; `term` is those words.

    `default` marks the code that the Index gives a term which has terms below it: for what says no more (NOS, NEC).
    """

    entry: CodeEntry
    path: Path
    term: str
    default: bool = False
