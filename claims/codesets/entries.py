"""What the code sets say: an entry, and an entry found by a phrase."""

from typing import Literal, NamedTuple


class CodeEntry(NamedTuple):
    """One category or code of ICD-10-CM in the release that was compiled."""

    code: str
    title: str
    billable: bool
    parent: str | None
    ccsr: str


class Match(NamedTuple):
    """An entry whose own words a phrase repeats; `term` is those words."""

    entry: CodeEntry
    path: Literal["title", "inclusion-term"]
    term: str
