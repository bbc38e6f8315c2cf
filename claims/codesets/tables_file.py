"""tables.yaml: which files of a folder are which tables, and when we learned them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import combinations
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from claims.codesets.add_ons import read_add_ons
from claims.codesets.code_list import read_code_list
from claims.codesets.dated_build import Placed, Release
from claims.codesets.dated_layout import FIRST_DAY, LAST_DAY
from claims.codesets.dated_rows import Setting, SourceFile
from claims.codesets.hcpcs import read_hcpcs
from claims.codesets.icd_order import read_order
from claims.codesets.mue import read_unit_limits
from claims.codesets.necessity import read_necessity
from claims.codesets.ptp import read_pairs
from claims.partners_file import Path, read_yaml

MANIFEST: Final = "tables.yaml"
_LINES: Final = 27
"""Bits of a place that are the line; the bits above say which of a release's files it is in."""
_MOST_FILES: Final = 16
_UNDATED: Final = frozenset({"icd-10-cm", "icd-10-pcs", "mue"})
_READERS: Final = {"add-on": read_add_ons, "necessity": read_necessity, "ptp": read_pairs}
_SETTINGS: Final = {"ptp": ("practitioner", "outpatient"), "mue": ("practitioner", "outpatient", "dme")}

Kind = Literal[
    "add-on", "admission-source", "admission-type", "bill-types", "discharge-status", "hcpcs", "icd-10-cm",
    "icd-10-pcs", "modifiers", "ms-drg", "mue", "necessity", "place-of-service", "poa-exempt", "ptp", "revenue-codes",
]  # fmt: skip
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._ ()-]*$", max_length=120)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Lines = Callable[[str], Iterable[bytes]]
"""The lines of a file by its name."""


class TableFile(BaseModel):
    """One release of one kind of table. `from` and `to` are the days of which it speaks; without them, of all."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Kind
    setting: Setting | None = None
    file: Annotated[tuple[Name, ...], Field(min_length=1, max_length=_MOST_FILES)]
    released: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
    starts: Annotated[date | None, Field(alias="from", ge=FIRST_DAY, le=LAST_DAY)] = None
    ends: Annotated[date | None, Field(alias="to", ge=FIRST_DAY, le=LAST_DAY)] = None
    source: Words

    @property
    def tables(self) -> tuple[str, ...]:
        """CMS's HCPCS file is two tables."""
        if self.kind == "hcpcs":
            return ("hcpcs", "modifiers")
        return (f"{self.kind}-{self.setting}",) if self.setting else (self.kind,)


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    tables: Annotated[tuple[TableFile, ...], Field(min_length=1)]


def parse_manifest(text: str, file: str = MANIFEST) -> tuple[TableFile, ...]:
    """The releases, or BadReference with the place and the mend of the first fault."""
    located = read_yaml(text, file)
    document = located.values()
    _lists_of_one(document)
    try:
        tables = _Manifest.model_validate(document).tables
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise located.bad(tuple(first["loc"]), first["msg"].removeprefix("Value error, ")) from None
    for path, mend in (*_unfit(tables), *_ambiguous(tables)):
        raise located.bad(path, mend)
    return tables


def releases(tables: Iterable[TableFile], lines: Lines, sums: Mapping[str, str]) -> Iterator[Release]:
    """Each table of each entry, to be read when it is compiled; `sums` are the SHA-256 of the files."""
    for entry in tables:
        for table in entry.tables:
            yield Release(
                table,
                _placed(entry, table, lines),
                entry.released,
                entry.starts,
                entry.ends,
                entry.source,
                tuple(SourceFile(name, sums[name]) for name in entry.file),
                partial(_located, entry.file),
            )


def _located(files: tuple[str, ...], place: int) -> tuple[str, int]:
    return files[place >> _LINES], place & ((1 << _LINES) - 1)


def _placed(entry: TableFile, table: str, lines: Lines) -> Iterator[Placed]:
    for at, name in enumerate(entry.file):
        for line, row in _rows(entry, table, lines(name), name):
            yield at << _LINES | line, row


def _rows(entry: TableFile, table: str, lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    """Three kinds need to know more than their lines: of a file of two tables which, or the days the file is of."""
    match entry.kind:
        case "mue" if entry.setting and entry.starts:
            return read_unit_limits(lines, file, entry.setting, entry.starts, entry.ends)
        case ("icd-10-cm" | "icd-10-pcs") as classification if entry.starts:
            return read_order(lines, file, classification, entry.starts, entry.ends)
        case "hcpcs":
            return read_hcpcs(lines, file, "modifiers" if table == "modifiers" else "hcpcs")
    reader = _READERS.get(entry.kind)
    return reader(lines, file) if reader else read_code_list(lines, file, table)


def _lists_of_one(document: dict[str, Any]) -> None:
    """One file may be written without the brackets of a list."""
    tables = document.get("tables")
    for entry in tables if isinstance(tables, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("file"), str):
            entry["file"] = [entry["file"]]


def _unfit(tables: tuple[TableFile, ...]) -> Iterator[tuple[Path, str]]:
    """What only some kinds have."""
    for at, entry in enumerate(tables):
        here: Path = ("tables", at)
        settings = _SETTINGS.get(entry.kind, ())
        if settings and entry.setting not in settings:
            yield (*here, "setting"), f"one of {', '.join(settings)}"
        if not settings and entry.setting is not None:
            yield (*here, "setting"), f"{entry.kind} has no settings; leave it out"
        if entry.kind in _UNDATED and entry.starts is None:
            yield (*here, "from"), "the first day of the file's quarter or year, for the file has no dates"
        if entry.starts and entry.ends and entry.ends < entry.starts:
            yield (*here, "to"), "not before 'from'"
        if len(set(entry.file)) < len(entry.file):
            yield (*here, "file"), "a file stands here twice"


def _ambiguous(tables: tuple[TableFile, ...]) -> Iterator[tuple[Path, str]]:
    """Of two releases of one table, learned on one day and speaking of one day, none is the newest."""
    for (_, one), (at, other) in combinations(enumerate(tables), 2):
        if set(one.tables) & set(other.tables) and one.released == other.released and _meet(one, other):
            yield ("tables", at, "released"), "another release of this table has this day; list their files together"


def _meet(one: TableFile, other: TableFile) -> bool:
    begins = max(one.starts or FIRST_DAY, other.starts or FIRST_DAY)
    return begins <= min(one.ends or LAST_DAY, other.ends or LAST_DAY)
