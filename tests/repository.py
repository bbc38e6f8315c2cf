"""What must never be in the repository, looked for in every file that git has or would take.

    python -m tests.repository [FOLDER]

Prints `file:line what` for each violation, never the value itself, and exits 1. Words that are looked for are put
together from parts, so that this file is clean too.
"""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

MEGABYTE = 1_000_000
CHARTS_BYTES = 3 * MEGABYTE


class Violation(NamedTuple):
    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.what}"


@dataclass(frozen=True)
class File:
    """One file as git names it; its text is null where it is no UTF-8."""

    name: str
    body: bytes

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(self.name)

    @cached_property
    def text(self) -> str | None:
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError:
            return None

    @cached_property
    def lines(self) -> list[str]:
        return (self.text or "").splitlines()

    def at(self, line: int, what: str) -> Violation:
        return Violation(self.name, line, what)

    def where(self, pattern: re.Pattern[str], what: str) -> Iterator[Violation]:
        return (self.at(number, what) for number, line in enumerate(self.lines, start=1) if pattern.search(line))


Found = Iterator[Violation]


def _any(*words: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile("|".join(words), flags)


# Five digits, or four and a letter: CPT's three categories. Level II begins with a letter.
_CPT_SHAPE = re.compile(r"[0-9]{4}[0-9FTUM]")
_CDT_SHAPE = re.compile(r"D[0-9]{4}")
_NUMERIC_SYSTEMS = ("rxnorm", "/ndc", "/cvx", "loinc")  # whose codes may be five digits
_CODE_FIELDS = frozenset({"code", "submitted_code", "hcpcs", "procedure", "billing_code", "service"})

_CPT_SYSTEM = _any("ama-" + r"assn\.org", r"113883\.6\." + r"12(?![0-9])", flags=re.IGNORECASE)
_SNOMED_ID = re.compile("snomed" + r".*\b[0-9]{6,18}\b", re.IGNORECASE)
_NAMED_CODE = re.compile(
    r"""["']?\b(?:""" + "|".join(sorted(_CODE_FIELDS)) + r""")["']?\s*[:=]\s*["']?([0-9A-Z]{5})\b(?!-)"""
)
_TOLD_AS_CPT = re.compile(r"\bC" + r"PT\b.*\b[0-9]{4}[0-9FTUM]\b")
_QUOTED_CDT = re.compile(r"""["'`]D[0-9]{4}["'`]""")

_MACHINE_PATHS = re.compile(
    r"(?<![\w.~$}-])/(?:" + "|".join(("ho" + "me", "ro" + "ot", "wo" + "rk", "Us" + "ers")) + ")/"
)
_HOSTS = _any(
    r"py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", r"repo1?\.maven\." + "(?:apache|org)",
    r"crates\." + "io", r"proxy\.go" + r"lang", "conda." + r"anaconda\.org", "art" + "ifactory",
    r"index-" + r"url[ =]+\S*://",
)  # fmt: skip
_ANY_URL = re.compile("https?" + "://")

_SECRETS = _any(
    "-----BEGIN " + "[A-Z ]*PRIVATE KEY", r"\bAKIA" + "[0-9A-Z]{16}", r"\bgh[pousr]_" + "[A-Za-z0-9]{20}",
    r"\bglpat-" + "[A-Za-z0-9_-]{16}", r"\bxox[abp]-" + "[0-9]", r"\beyJ[A-Za-z0-9_-]{10,}\." + "eyJ",
)  # fmt: skip
_SECRET_FILES = (".key", ".pem", ".p12", ".pfx", ".jks", ".env")

_UNFINISHED = _any(
    r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b", r"\bHA" + r"CK\b", r"\bT" + r"BD\b", r"\bW" + r"IP\b",
    "NotImplemented" + "Error", r"(?i:\bnot\s+yet\s+implemen" + r"ted\b)", r"(?i:\bcoming\s+so" + r"on\b)",
    r"(?i:lorem\s+ip" + "sum)",
)  # fmt: skip


def cpt_system(file: File) -> Found:
    """The American Medical Association's code system is licensed: not even its name as a system."""
    return file.where(_CPT_SYSTEM, "names CPT's code system")


def licensed_codes(file: File) -> Found:
    """CPT, CDT and SNOMED CT codes: in codings by their system, in tables by their column, elsewhere by the name before
    them."""
    if file.text is None:
        return
    match file.path.suffix:
        case ".json" | ".ndjson" | ".avsc":
            yield from _in_json(file)
        case ".csv":
            yield from _in_table(file)
        case _:
            yield from _in_words(file)


def _in_json(file: File) -> Found:
    """A resource a line, or one document; a broken one is somebody else's test."""
    texts = enumerate(file.lines, start=1) if file.path.suffix == ".ndjson" else [(0, file.text or "")]
    for number, text in texts:
        try:
            value = json.loads(text) if text.strip() else None
        except ValueError:
            continue
        for code, what in _codings(value):
            line = number or _line_of(file, code)
            yield file.at(line, what)


def _codings(value: Any) -> Iterator[tuple[str, str]]:
    """(code, what is wrong) for each code of a document that may not be shipped."""
    if isinstance(value, list):
        for each in value:
            yield from _codings(each)
    elif isinstance(value, dict):
        system = str(value.get("system", "")).lower()
        if "snomed" in system:
            yield str(value.get("code", system)), "a SNOMED CT coding"
        for name, inner in value.items():
            if isinstance(inner, str) and name in _CODE_FIELDS and (what := _licensed(inner, system)):
                yield inner, what
            else:
                yield from _codings(inner)


def _licensed(code: str, system: str) -> str | None:
    """What a procedure code's shape says, unless its system has such codes of its own."""
    if _CPT_SHAPE.fullmatch(code) and not any(free in system for free in _NUMERIC_SYSTEMS):
        return "a procedure code of CPT's shape"
    if _CDT_SHAPE.fullmatch(code) and "icd" not in system:
        return "a procedure code of CDT's shape"
    return None


def _line_of(file: File, text: str) -> int:
    return next((number for number, line in enumerate(file.lines, start=1) if f'"{text}"' in line), 1)


def _in_table(file: File) -> Found:
    """The chargemaster's columns: what is billed (hcpcs), and the source's own code under its system."""
    for number, row in enumerate(csv.DictReader(file.lines), start=2):
        system = (row.get("system") or "").lower()
        if "snomed" in system:
            yield file.at(number, "a SNOMED CT coding")
        for column in _CODE_FIELDS & row.keys():
            code = row[column] or ""
            what = _licensed(code, "" if column == "hcpcs" else f"/{system}")
            if what is not None:
                yield file.at(number, what)


def _in_words(file: File) -> Found:
    for number, line in enumerate(file.lines, start=1):
        free = any(system.strip("/") in line.lower() for system in _NUMERIC_SYSTEMS)
        named = (match[1] for match in _NAMED_CODE.finditer(line))
        if _TOLD_AS_CPT.search(line) or (not free and any(_CPT_SHAPE.fullmatch(code) for code in named)):
            yield file.at(number, "a procedure code of CPT's shape")
        if _QUOTED_CDT.search(line):
            yield file.at(number, "a procedure code of CDT's shape")
        if _SNOMED_ID.search(line):
            yield file.at(number, "a SNOMED CT coding")


def machine_paths(file: File) -> Found:
    """No absolute path of somebody's machine."""
    return file.where(_MACHINE_PATHS, "an absolute path of a machine")


def registry_hosts(file: File) -> Found:
    """Packages come from wherever the user's client is told; a lock names no address at all."""
    yield from file.where(_HOSTS, "names a package registry's host")
    if file.path.suffix == ".lock":
        yield from file.where(_ANY_URL, "a lock with an address")


def secrets(file: File) -> Found:
    if file.path.suffix in _SECRET_FILES or file.path.name in _SECRET_FILES:
        yield file.at(1, "a file of secrets by its name")
    yield from file.where(_SECRETS, "looks like a secret")


def unfinished(file: File) -> Found:
    """What is missing is an issue, or stands in docs/design.md; it is no comment."""
    return file.where(_UNFINISHED, "a word of unfinished work")


def last_line(file: File) -> Found:
    if file.text and not file.text.endswith("\n"):
        yield file.at(len(file.lines), "no newline at the end")


def size(file: File) -> Found:
    if len(file.body) > MEGABYTE and file.path.parts[0] != "charts":
        yield file.at(1, f"larger than {MEGABYTE:,} bytes")


CHECKS: tuple[Callable[[File], Found], ...] = (
    cpt_system, licensed_codes, machine_paths, registry_hosts, secrets, unfinished, last_line, size,
)  # fmt: skip


def files(root: Path) -> Iterator[File]:
    """What git has, and what it would take: untracked files that no .gitignore names."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=root, capture_output=True, check=True).stdout.decode()
    for name in sorted({*listed.split("\0")} - {""}):
        path = root / name
        if path.is_file() and not path.is_symlink():
            yield File(name, path.read_bytes())


def violations(found: Iterable[File]) -> Iterator[Violation]:
    charts = 0
    for file in found:
        charts += len(file.body) if file.path.parts[0] == "charts" else 0
        for check in CHECKS:
            yield from check(file)
    if charts > CHARTS_BYTES:
        yield Violation("charts", 1, f"together larger than {CHARTS_BYTES:,} bytes")


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    found = list(violations(files(root)))
    for violation in found:
        print(violation)
    print(f"{len(found)} violations", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
